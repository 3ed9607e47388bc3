"""What the files of the project must not be or hold, whoever adds one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PLUGINS = PROJECT / "moodle" / "local"
FOLDERS = ("agent", "db", "docs", "moodle", "ops", "tests")
# Text that is read and reviewed, and pictures of generated people in docs/.
KINDS = {
    ".conf", ".css", ".dockerfile", ".js", ".json", ".lua", ".mako", ".map", ".md", ".mustache", ".php", ".py",
    ".service", ".sh", ".sql", ".svg", ".timer", ".toml", ".xml", ".yml",
}  # fmt: skip
CREDENTIALS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b1000\.[0-9a-f]{32}\.[0-9a-f]{32}\b|\b1000\.[0-9A-Z]{30,}\b"  # Zoho's refresh tokens and client ids
    r"|\bwstoken=[0-9a-f]{32}\b"
)
OTHER_HOST = re.compile(
    r"""(?:\b(?:src|srcset|action|data)\s*=\s*["']?|url\(\s*["']?|@import\s+["']|import\(\s*["']|from\s+["'])(?:https?:)?//""",
    re.IGNORECASE,
)
FOREIGN_SQL = re.compile(
    r"\b(?:FROM_UNIXTIME|UNIX_TIMESTAMP|IFNULL|GROUP_CONCAT|DATE_FORMAT|FIND_IN_SET)\s*\(|\bON\s+DUPLICATE\s+KEY\b"
    r"|\bORDER\s+BY\s+FIELD\s*\(|\bINSERT\s+IGNORE\b"
)


def files(*suffixes: str, below: Path | None = None) -> Iterator[Path]:
    roots = [below] if below else [PROJECT / folder for folder in FOLDERS]
    for root in roots:
        for path in sorted(root.rglob("*")):
            hidden = any(part == "__pycache__" or part.startswith(".") for part in path.parts[-3:])
            if path.is_file() and not hidden and (not suffixes or path.suffix in suffixes):
                yield path


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_no_data_file_lies_among_the_sources() -> None:
    pictures = PROJECT / "docs"
    strange = [
        name(path)
        for path in files()
        if path.suffix not in KINDS and not (path.suffix == ".png" and path.is_relative_to(pictures))
    ]
    assert strange == [], "photos, dumps, logs, keys and databases have no place here"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "1000." + "ab12" * 8 + "." + "cd34" * 8,
        "1000." + "ABCDEFGHIJ0123456789ABCDEFGHIJ",
        "?wstoken=" + "0" * 32,
    ],
)
def test_credentials_are_recognised(text: str) -> None:
    assert CREDENTIALS.search(text)


def test_no_credential_lies_among_the_sources() -> None:
    assert [name(path) for path in files(*KINDS) if CREDENTIALS.search(path.read_text())] == []


FOR_EVERYBODY = {"verify.php"}  # whoever holds a student card in her hand may ask whether it is valid


def test_every_page_of_the_plugins_asks_who_is_there() -> None:
    pages = 0
    for path in files(".php", below=PLUGINS):
        code = path.read_text()
        if not re.search(r"require(?:_once)?\b[^;\n]*config\.php", code):
            continue
        pages += 1
        guarded = re.search(r"\brequire_(?:login|admin)\s*\(|\badmin_externalpage_setup\s*\(", code)
        if path.name in FOR_EVERYBODY:
            # It must not even know who is there.
            assert "define('NO_MOODLE_COOKIES', true)" in code
            continue
        assert guarded or "define('CLI_SCRIPT', true)" in code, f"{name(path)} is open to everybody"
    assert pages >= 2


def test_every_other_file_of_the_plugins_does_nothing_when_it_is_asked_for() -> None:
    for path in files(".php", below=PLUGINS):
        code = path.read_text()
        stops = "defined('MOODLE_INTERNAL') || die" in code or re.search(
            r"require(?:_once)?\b[^;\n]*config\.php", code
        )
        declares = re.search(r"^(?:namespace \S+;|(?:abstract |final )?class )", code, re.MULTILINE)
        lone = path.parent.name in {"pure", "fixtures"}  # run by bare PHPUnit, and by tests themselves
        functions_only = not re.search(
            r"^(?!function|namespace|use |//|/\*| \*|\}|\s|<\?php|$)", code, re.MULTILINE
        )
        assert stops or declares or lone or functions_only, (
            f"{name(path)} runs when somebody calls its address"
        )


def test_pages_load_nothing_from_other_hosts() -> None:
    assert OTHER_HOST.search('<script src="https://cdn.example.org/chart.js">')
    assert OTHER_HOST.search("background: url(//cdn.example.org/a.png)")
    found = [
        name(path)
        for path in files(".mustache", ".css", ".js", below=PLUGINS)
        if OTHER_HOST.search(path.read_text())
    ]
    assert found == []


def test_the_plugins_speak_no_databases_dialect() -> None:
    assert FOREIGN_SQL.search("ORDER BY FIELD(status, 'a', 'b')")
    found = [name(path) for path in files(".php", below=PLUGINS) if FOREIGN_SQL.search(path.read_text())]
    assert found == []


def test_the_plugins_templates_hold_no_words_of_a_language() -> None:
    spoken = re.compile(r"\{\{!.*?\}\}|\{\{#(str|pix|js)\}\}.*?\{\{/\1\}\}", re.DOTALL)
    for path in files(".mustache", below=PLUGINS):
        markup = spoken.sub("", path.read_text())
        shown = re.sub(r"\{\{.*?\}\}|<[^>]*>|&\w+;", " ", markup, flags=re.DOTALL)
        assert not re.search(r"[^\W\d_]{2,}", shown), f"{name(path)} says something that is no lang string"


def test_every_word_of_the_students_pages_is_there_in_arabic() -> None:
    english, arabic = (
        set(re.findall(r"^\$string\['([^']+)'\]", path.read_text(), re.MULTILINE))
        for language in ("en", "ar")
        for path in files(".php", below=PLUGINS / "student_dashboard" / "lang" / language)
    )
    assert english
    assert arabic == english


def test_tests_make_their_own_database() -> None:
    reading = re.compile(r"environ\W.*(?:DATABASE|PGHOST|PGDATABASE)|getenv\(.*(?:DATABASE|PG)")
    here = Path(__file__)
    found = [
        name(p) for p in files(".py", below=PROJECT / "tests") if p != here and reading.search(p.read_text())
    ]
    assert found == [], "a test must never work on whatever database happens to be configured"


def test_the_students_pages_call_no_other_machine() -> None:
    calling = re.compile(
        r"\bcurl\b|http_client|file_get_contents\s*\(|\bfetch\s*\(|XMLHttpRequest", re.IGNORECASE
    )
    pages = [*files(".php", ".js", below=PLUGINS / "student_dashboard")]
    assert pages
    assert [name(p) for p in pages if "tests" not in p.parts and calling.search(p.read_text())] == []
