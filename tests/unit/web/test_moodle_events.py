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


@pytest.mark.parametrize(
    ("kind", "key", "entity"),
    [("grade", "34_12_7", "grade"), ("enrolment", "34_12", "enrollment"), ("request", "12", "request")],
)
def test_each_kind_names_a_record_of_its_entity(kind: str, key: str, entity: str) -> None:
    body = {"type": f"{kind}.updated", "data": {"key": key, "origin": "moodle", kind: {"userid": 34}}}
    event = read(kind, body, event_id="e", correlation_id="c")
    assert isinstance(event, NewEvent)
    assert (event.entity_type, event.record_id, event.event_type) == (entity, key, f"{kind}.updated")


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("enrolment", "34_12_7"),
        ("enrolment", "34"),
        ("enrolment", "34_12 or 1"),
        ("request", "0"),
        ("request", "-1"),
        ("request", "12_3"),
        ("request", "1" * 19),
    ],
)
def test_a_key_of_another_kind_is_refused(kind: str, key: str) -> None:
    body = {"type": f"{kind}.updated", "data": {"key": key, "origin": "moodle"}}
    found = read(kind, body, event_id="e", correlation_id="c")
    assert isinstance(found, Rejection)
    assert found.reason.startswith("data.key is not")


def test_an_enrolment_is_never_deleted_it_is_absent() -> None:
    body = {"type": "enrolment.deleted", "data": {"key": "34_12", "origin": "moodle"}}
    found = read("enrolment", body, event_id="e", correlation_id="c")
    assert isinstance(found, Rejection)
