"""docs/known-failures.md answers every one of the 94, with tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGE = PROJECT / "docs" / "known-failures.md"
ROOTS = (PROJECT / "tests", PROJECT / "moodle" / "local")
NUMBER = 94
NAMED = re.compile(r"`([\w/]+\.(?:py|php))::(\w+)`")
# What an answer without a test begins with; anything else has to name one.
UNBUILT = "Part not built yet: "


def answers() -> dict[int, tuple[str, str]]:
    """Number -> what failed, and what is said of it."""
    items = re.findall(
        r"^(\d+)\. \*\*(.+?)\*\*(.*?)(?=^\d+\. \*\*|^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    return {int(number): (failure, " ".join(answer.split())) for number, failure, answer in items}


@cache
def functions_of(file: str) -> set[str]:
    for root in ROOTS:
        path = root / file
        if path.suffix == ".py" and path.exists():
            tree = ast.parse(path.read_text())
            functions = (ast.FunctionDef, ast.AsyncFunctionDef)
            return {node.name for node in ast.walk(tree) if isinstance(node, functions)}
        if path.exists():
            return set(re.findall(r"public function (test_\w+)\(", path.read_text()))
    return set()


def test_all_are_there_in_order() -> None:
    numbers = [int(number) for number in re.findall(r"^(\d+)\. \*\*", PAGE.read_text(), re.MULTILINE)]
    assert numbers == list(range(1, NUMBER + 1))
    assert list(answers()) == numbers


@pytest.mark.parametrize("number", range(1, NUMBER + 1))
def test_each_is_answered(number: int) -> None:
    failure, answer = answers()[number]
    assert failure
    assert NAMED.search(answer) or (answer.startswith(UNBUILT) and len(answer) > len(UNBUILT)), answer


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE.read_text())
    assert len(named) > NUMBER
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not test.startswith("test_") or test not in functions_of(file)
    ]
    assert missing == []


def test_nothing_else_looks_like_a_test_that_exists() -> None:
    """A name that is written otherwise would not be looked for."""
    loose = [
        text
        for text in re.findall(r"`([^`\n]*::[^`\n]*)`", PAGE.read_text())
        if not NAMED.fullmatch(f"`{text}`")
    ]
    assert loose == []
