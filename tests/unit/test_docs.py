"""What the documentation names is there: files, anchors, commands with their options, targets, suites, settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from agent.cli import app
from agent.config import Settings
from agent.store.options import OPTIONS
from tests.run import MoodleSuites, all_suites
from tests.unit.test_known_failures import NAMED, functions_of

PROJECT = Path(__file__).resolve().parent.parent.parent
PLUGINS = ("zohosync", "student_dashboard")
DOCUMENTS = sorted(
    [
        *PROJECT.glob("*.md"),
        *PROJECT.glob("docs/*.md"),
        *(path for name in PLUGINS for path in PROJECT.glob(f"moodle/local/{name}/*.md")),
    ]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
# Words that stand for what the reader puts there, by what a parser takes for it.
STANDS_FOR = {"TIME": "2026-11-23T09:00:00Z", "N": "1", "M": "student", "...": ""}
# Read before the settings are, by scripts or by tests.
NO_SETTINGS = {"ZOHOSYNC_FUZZ_EXAMPLES"}


def names_of(documents: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in documents]


def lines_of_blocks(text: str) -> Iterator[str]:
    """Give the lines that a reader types as they stand."""
    for block in CODE.findall(text):
        yield from block.splitlines()


def snippets(text: str) -> Iterator[str]:
    """Give what a reader may type: the lines of blocks, and what stands in backquotes."""
    yield from lines_of_blocks(text)
    yield from SPAN.findall(CODE.sub("", text))


def anchors(text: str) -> set[str]:
    """Build the anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=names_of(DOCUMENTS))
def test_links_lead_somewhere(document: Path) -> None:
    text, broken = document.read_text(), []
    for link in LINK.findall(CODE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)
    assert broken == []


def parsed(words: list[str]) -> None:
    """Parse a command line as the program does, without doing anything.

    Raises:
        Exception: the program would refuse it.
    """
    command: Any = get_command(app)
    context = None
    while True:
        context = command.make_context(command.name, words, parent=context)
        if not hasattr(command, "resolve_command"):
            return
        left = [*context._protected_args, *context.args]
        assert left, f"{command.name} needs a command"
        _, command, words = command.resolve_command(context, left)


def commands(snippets: Iterator[str]) -> Iterator[str]:
    for snippet in snippets:
        for line in re.findall(r"(?:^|sudo |run )zohosync ((?!demo\b)[a-z-][^|;&#\\]*)", snippet):
            yield line.strip()


def refused(line: str) -> str:
    """Say why the program would refuse a command line; empty when it would not."""
    try:
        words = [STANDS_FOR.get(word, word) for word in shlex.split(re.sub(r"[\[\]]", "", line))]
        parsed([word for word in words if word])
    except Exception as error:  # click's, typer's own copy of click's, or shlex's
        return "" if type(error).__name__ == "Exit" else f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=names_of(DOCUMENTS))
def test_every_command_of_ours_is_one(document: Path) -> None:
    text = document.read_text()
    whole = {line: refused(line) for line in commands(lines_of_blocks(text))}
    assert {line: why for line, why in whole.items() if why} == {}
    # In a sentence a command may be named without what it is to be given.
    named = {line: refused(line) for line in commands(snippets(text))}
    lacks = r"MissingParameter|NoArgsIsHelpError|.* requires an argument"
    assert {line: why for line, why in named.items() if why and not re.match(lacks, why)} == {}


def test_a_command_that_is_none_would_be_noticed() -> None:
    found = [line for path in DOCUMENTS for line in commands(snippets(path.read_text()))]
    assert len(found) > 20
    for wrong in ("sync --everything", "back-up", "restore", "mapping set student", "drift one"):
        assert refused(wrong)


@pytest.mark.parametrize("document", DOCUMENTS, ids=names_of(DOCUMENTS))
def test_targets_suites_and_settings_are_there(document: Path) -> None:
    text = "\n".join(snippets(document.read_text()))
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    suites = set(re.findall(r"python -m tests\.run ([a-z_-]+)", text))
    assert suites <= set(all_suites(MoodleSuites()))
    settings = {f"ZOHOSYNC_{name.upper()}" for name in Settings.model_fields}
    named = {name.rstrip("_") for name in re.findall(r"\bZOHOSYNC_[A-Z_]+", text)}
    if document.name != "CHANGELOG.md":  # which also tells what is gone
        assert {name for name in named if not any(one.startswith(name) for one in settings)} <= NO_SETTINGS
    keys = set(re.findall(r"zohosync settings (?:set|reset|show) ([a-z_.]+)", text))
    assert keys <= set(OPTIONS)


def test_each_threat_has_its_tests() -> None:
    page = (PROJECT / "docs" / "security.md").read_text()
    rows = re.findall(r"^\| .* \|$", page.partition("## Threats")[2], re.MULTILINE)[1:]
    assert len(rows) >= 25
    assert [row for row in rows if not NAMED.search(row)] == []
    assert [(file, name) for file, name in NAMED.findall(page) if name not in functions_of(file)] == []
