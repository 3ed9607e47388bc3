"""docs/protocol.md, the Moodle sandbox and the plugin name the same functions and the same fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.moodle.functions import FUNCTIONS, PREFIX
from agent.sandbox.moodle import MoodleControl, parameters
from agent.sandbox.moodle.functions import Functions
from agent.sandbox.moodle.gradebook import Gradebook
from agent.sandbox.moodle.outbox import Outbox
from agent.sandbox.moodle.parameters import Fields, Lines
from agent.sandbox.moodle.site import Site

PROJECT = Path(__file__).resolve().parents[2]
PROTOCOL = (PROJECT / "docs" / "protocol.md").read_text(encoding="utf-8")
SERVICES = (PROJECT / "moodle" / "local" / "zohosync" / "db" / "services.php").read_text(encoding="utf-8")
ROWS: dict[str, Fields] = {
    "program": parameters.PROGRAM,
    "teacher": parameters.TEACHER,
    "student": parameters.STUDENT,
    "course": parameters.COURSE,
    "enrolment": parameters.ENROLMENT,
    "unit": parameters.UNIT,
    "registration": parameters.REGISTRATION,
    "payment": parameters.PAYMENT,
    "finance": parameters.FINANCE,
    "result": parameters.RESULT,
    "request": parameters.REQUEST,
}
LINES = {  # of a row's list: what the protocol calls its lines
    ("course", "staff"): "staff",
    ("unit", "criteria"): "criterion",
    ("registration", "schedule"): "line",
    ("finance", "installments"): "installment",
}
# `word = `names` (remark), `more names``
DEFINITION = re.compile(r"\b(\w+) = ((?:`[^`]+`(?: \([^)]*\))?,?\s*)+)")


def defined(word: str) -> set[str]:
    """Read what the protocol says that a row or line consists of."""
    texts = [text for name, text in DEFINITION.findall(PROTOCOL) if name == word]
    assert len(texts) == 1, word
    named = re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", texts[0]))
    return {name.strip().removesuffix("[]") for part in named for name in part.split(",")}


@pytest.mark.parametrize("word", ROWS)
def test_the_sandbox_takes_the_fields_of_the_protocol(word: str) -> None:
    assert set(ROWS[word]) == defined(word)


def test_every_list_of_lines_is_described() -> None:
    lists = {
        (word, name): set(kind)
        for word, fields in ROWS.items()
        for name, kind in fields.items()
        if isinstance(kind, Lines)
    }
    assert lists == {place: defined(line) for place, line in LINES.items()}


def test_the_same_functions_are_described_served_and_stood_in_for() -> None:
    site = Site()
    outbox = Outbox(site.clock, url=None, secret=None, retry_seconds=1)
    sandbox = Functions(MoodleControl(site, Gradebook(site), outbox, "")).names
    plugin = set(re.findall(r"^ +'(\w+)' => \['(?:read|write)'", SERVICES, re.MULTILINE))
    described = set(re.findall(r"`local_zohosync_(\w+)\(", PROTOCOL))
    called = {name.removeprefix(PREFIX) for name in FUNCTIONS}
    assert sandbox == plugin == described == called
