"""Moodle's bodies into events, and every way in which a body can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from agent.inbox.events import NewEvent
from agent.web.bodies import Rejection
from agent.web.moodle_events import read

GRADE: dict[str, Any] = {
    "type": "grade.updated",
    "timestamp": "2026-11-22T19:00:00+00:00",
    "site": "https://moodle.example.org",
    "data": {
        "key": "34_12_7",
        "origin": "moodle",
        "grade": {"studentname": "Lina Haddad", "finalgrade": "3"},
    },
}


def test_a_grade_names_its_record_and_keeps_nothing_of_the_snapshot() -> None:
    assert read("grade", GRADE, event_id="e", correlation_id="c") == NewEvent(
        "e",
        "moodle",
        "grade.updated",
        "grade",
        "34_12_7",
        "c",
        payload={
            "origin": "moodle",
            "site": "https://moodle.example.org",
            "timestamp": "2026-11-22T19:00:00+00:00",
        },
    )


def test_a_deleted_grade_is_an_event() -> None:
    deleted = {"type": "grade.deleted", "data": {"key": "34_12_7", "origin": "reconcile", "grade": None}}
    event = read("grade", deleted, event_id="e", correlation_id="c")
    assert isinstance(event, NewEvent)
    assert event.event_type == "grade.deleted"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": None}, "type is none of"),
        ({"type": "grade.exploded"}, "type is none of"),
        ({"type": ["grade.updated"]}, "type is none of"),
        ({"data": None}, "data is missing"),
        ({"data": {"origin": "moodle"}}, "data.key is not"),
        ({"data": {"key": "34_12", "origin": "moodle"}}, "data.key is not"),
        ({"data": {"key": "34_12_7\n", "origin": "moodle"}}, "data.key is not"),
        ({"data": {"key": "34_12_٧", "origin": "moodle"}}, "data.key is not"),
        ({"data": {"key": 34, "origin": "moodle"}}, "data.key is not"),
        ({"data": {"key": "34_12_7"}}, "data.origin is none of"),
        ({"data": {"key": "34_12_7", "origin": ["moodle"]}}, "data.origin is none of"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], reason: str) -> None:
    found = read("grade", {**GRADE, **changes}, event_id="e", correlation_id="c")
    assert isinstance(found, Rejection)
    assert found.reason.startswith(reason)
