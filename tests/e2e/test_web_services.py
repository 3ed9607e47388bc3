"""Whoever calls the plugin's web services with whatever: refused in words, and nothing told (A2, A30)."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.callers import Caller, token
from tests.e2e.college import College

DESCRIBE = Path(__file__).with_name("describe_functions.php")
RECORD = "5725767000000999999"
HASH = "0" * 32
KEPT = ("zohoid", "changehash", "count", "sourcetime", "deleted", "create")
RULED = re.compile(
    r"id$|ids$|keys?$|date|currency$|amount|price|percentage|fees$|total|remaining|discount$|transferred"
    r"|hash|email|username|withdrawal|role|value|module|create|user$"
)  # texts with a form of their own
UNTHOUGHT_OF = {"accessexception", "exception", "codingerror", "generalexceptionmessage"}
MEGABYTE = 1_000_000
TEXTS = 6  # into how many of a record's texts a megabyte goes, one at a time

Shape = Any  # a value's type, {"list": Shape} or {"fields": {name: Shape}}


def plain(shape: Shape, value: Any, name: str = "") -> Any:
    """Build something of a shape, every value of it `value(name, type)`."""
    if isinstance(shape, str):
        return value(name, shape)
    if "list" in shape:
        return [plain(shape["list"], value, name)]
    return {key: plain(inner, value, key) for key, inner in shape["fields"].items()}


def fine(name: str, kind: str) -> Any:
    known = {"zohoid": RECORD, "changehash": HASH, "create": 0, "entity": "unit", "role": "student"}
    return known.get(name, {"int": 1, "bool": 0}.get(kind, ""))


def instead(of: set[str], value: Any, keep: tuple[str, ...] = ()) -> Any:
    """Put a value in the place of all values of some types."""
    return lambda name, kind: value if (kind in of or not of) and name not in keep else fine(name, kind)


def in_free_texts(value: Any) -> Any:
    """Put a value where people write what they like."""
    return lambda name, kind: value if kind == "raw" and not RULED.search(name) else fine(name, kind)


def hostile(shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give parameters that no agent sends, each with a name."""
    numbers, texts = {"int", "bool"}, {"raw", "text", "alphanumext", "alphanum", "alpha"}
    odd = {
        "words for numbers": (numbers, "many"),
        "numbers beyond all": (numbers, "9" * 40),
        "the greatest number": (numbers, str(2**63 - 1)),
        "less than nothing": (numbers, "-1"),
        "fractions": (numbers, "1e3"),
        "null bytes": (texts, b"a\0b"),
        "broken UTF-8": (texts, b"\xff\xc3\x28 \xed\xa0\x80"),
        "markup and SQL": (texts, "<script>alert('\";--')</script> %_\\ {$a} [[x]]"),
        "another record's id": (texts, RECORD),
        "a day": (texts, "2026-02-29"),
        "an amount": (texts, "-99999999999999.9999"),
        "lists": (set(), {"a": {"b": "c"}}),
    }
    for name, (types, value) in odd.items():
        yield name, plain(shape, instead(types, value))
        yield f"{name} in a record that is fine otherwise", plain(shape, instead(types, value, KEPT))
        yield f"{name} in free texts", plain(shape, in_free_texts(value))
    sample: dict[str, Any] = plain(shape, fine)
    yield "nothing", {}
    yield "something unknown", {**sample, "unknown": "1"}
    for name, inner in shape["fields"].items():
        yield f"{name} is missing", {key: value for key, value in sample.items() if key != name}
        if isinstance(inner, dict):
            yield f"{name} is a word", {**sample, name: "x"}
            yield f"{name} is a list of words", {**sample, name: ["x", "y"]}
            yield f"{name} is empty", {**sample, name: []}
            yield f"{name} are too many", {**sample, "count": 101, name: sample[name] * 101}
            yield f"{name} are not as many as said", {**sample, "count": 7}
            yield f"{name} are beyond what PHP takes", {**sample, name: sample[name] * 6000}
            yield f"{name} twice the same", {**sample, "count": 2, name: sample[name] * 2}
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    yield "nested deeply", dict.fromkeys(sample, deep)


def large(shape: Shape, place: int) -> dict[str, Any]:
    """Put a text of a megabyte into one text of a record that is fine otherwise."""
    texts = iter(range(1_000))

    def value(name: str, kind: str) -> Any:
        if kind in {"int", "bool"} or name in KEPT or next(texts) != place:
            return fine(name, kind)
        return "é" * (MEGABYTE // 2)

    return dict(plain(shape, value))


@pytest.fixture(scope="module")
def functions(college: College) -> dict[str, Shape]:
    """What the plugin's functions take, as Moodle itself says."""
    described = json.loads(college.site.php(str(DESCRIBE), str(college.site.code)))
    return {name: shape for name, shape in described.items() if "fields" in shape}


@pytest.fixture
def agent(college: College) -> Caller:
    return Caller(college.site.url, college.environment["ZOHOSYNC_MOODLE_TOKEN"])


def test_nobody_but_the_agent_gets_anything(
    college: College, functions: dict[str, Shape], agent: Caller
) -> None:
    ours, admin = (
        "local_zohosync_agent",
        college.ask("SELECT id FROM mdl_user WHERE username = 'admin'")[0][0],
    )
    student, teacher = (int(college.people[who]["id"]) for who in ("student", "teacher"))
    agents = college.ask("SELECT id FROM mdl_user WHERE username = 'zohosync_agent'")[0][0]
    college.ask(
        "UPDATE mdl_external_services SET enabled = 1 WHERE shortname = 'moodle_mobile_app' RETURNING id"
    )
    strangers = {
        "no token": None,
        "an empty one": "",
        "one that is none": secrets.token_hex(16),
        "half of the agent's": (agent.token or "")[:16],
        "a student's for the app": token(college, student, "moodle_mobile_app"),
        "the administrator's for the app": token(college, admin, "moodle_mobile_app"),
        "a student's for our service": token(college, student, ours),
        "a teacher's for our service": token(college, teacher, ours),
        "the administrator's for our service": token(college, admin, ours),
        "the agent's, expired": token(college, agents, ours, validuntil=int(time.time()) - 1),
        "the agent's, for another address": token(college, agents, ours, iprestriction="192.0.2.1"),
    }
    for who, given in strangers.items():
        caller = Caller(college.site.url, given)
        for function, shape in functions.items():
            answer = caller(function, plain(shape, fine))
            assert "exception" in answer, f"{who}: {function}: {answer}"
            assert set(answer) <= {"exception", "errorcode", "message"}, f"{who}: {answer}"
    college.ask("DELETE FROM mdl_external_tokens WHERE token <> %s RETURNING id", agent.token)
    assert "exception" not in agent("local_zohosync_get_status", {})


def test_odd_input_is_refused_in_words(college: College, functions: dict[str, Shape], agent: Caller) -> None:
    writing = [name for name in functions if "_upsert_" in name]
    assert len(writing) >= 11
    tables = ("user", "course", "user_enrolments", "role_assignments", "external_tokens")
    count = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM mdl_{name}" for name in tables)
    before = sorted(college.ask(count))
    settings = agent("local_zohosync_get_settings", {})
    for function, shape in functions.items():
        for what, parameters in hostile(shape):
            judge(f"{function}, {what}", agent(function, parameters))
    for function in writing:
        for place in range(TEXTS):
            judge(f"{function}, a large text", agent(function, large(functions[function], place)))
    assert sorted(college.ask(count)) == before
    assert agent("local_zohosync_get_settings", {}) == settings
    log = college.site.web.folder / "logs" / "php.log"
    said = log.read_text().splitlines() if log.exists() else []
    assert [line for line in said if "PHP " in line and "Input variables exceeded" not in line] == []
    forget(college)


def forget(college: College) -> None:
    """Take away what was kept of the record that was sent, so that others find the college as it was."""
    for (table,) in college.ask(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_name LIKE 'mdl_local_zohosync_%%' AND column_name = 'zohoid'"
    ):
        college.ask(f"DELETE FROM {table} WHERE zohoid = %s RETURNING id", RECORD)


def judge(case: str, answer: Any) -> None:
    """An answer names what was wrong by a code of its own; none is an error that nobody thought of."""
    rows = answer.get("results", [answer]) if isinstance(answer, dict) else []
    for row in rows:
        code = row.get("errorcode", "")
        assert code not in UNTHOUGHT_OF, f"{case}: {row}"
        assert "Error" not in row.get("exception", ""), f"{case}: {row}"
