"""Zoho's bodies into events, and every way in which a body can be wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.entities.registry import SLUGS
from agent.inbox.events import NewEvent
from agent.web.bodies import Fields, Rejection, decode
from agent.web.zoho_events import Notice, events, read

ID, OTHER_ID = "5725767000000415001", "5725767000000415002"
SIGNED = {
    "type": "student.updated",
    "timestamp": "2026-11-22T19:00:00+00:00",
    "data": {"module": "BTEC_Students", "id": ID},
}
NATIVE = {
    "module": "BTEC_Students",
    "id": ID,
    "operation": "edit",
    "modified_time": "2026-11-22T22:00:00+03:00",
}
NOTIFICATION = {
    "server_time": 1750102639787,
    "query_params": {},
    "module": "BTEC_Students",
    "resource_uri": "https://www.zohoapis.com/crm/v8/BTEC_Students",
    "ids": [ID, OTHER_ID],
    "affected_values": [{"record_id": ID, "values": {"Email": "lina@example.org"}}],
    "operation": "update",
    "channel_id": "1105420521999070702",
    "token": "generated-token",
}


def built(fields: dict[str, Any], *, message_id: str | None = None, now: float = 1000.9) -> list[NewEvent]:
    notice = read("student", fields)
    assert isinstance(notice, Notice), notice
    body = json.dumps(fields).encode()
    return events(notice, message_id=message_id, body=body, now=now, correlation_id="c")


def test_the_signed_form() -> None:
    (event,) = built(SIGNED, message_id="msg_1")
    assert event == NewEvent("msg_1", "zoho", "student.updated", "student", ID, "c", "BTEC_Students", {})
    assert event.record_key == f"student:{ID}"


def test_the_native_form() -> None:
    (event,) = built(NATIVE)
    assert event.event_id == f"BTEC_Students:{ID}:edit:2026-11-22T22:00:00+03:00"
    assert event.event_type == "edit"
    assert event.payload == {"operation": "edit", "modified_time": "2026-11-22T22:00:00+03:00"}


def test_a_notification_is_one_event_a_record_and_keeps_no_values_and_no_token() -> None:
    found = built(NOTIFICATION)
    assert [event.event_id for event in found] == [
        f"BTEC_Students:{record_id}:update:1750102639787" for record_id in (ID, OTHER_ID)
    ]
    assert found[0].payload == {
        "operation": "update",
        "server_time": "1750102639787",
        "channel_id": "1105420521999070702",
    }


def test_several_records_of_one_message_have_ids_of_their_own() -> None:
    several = {**SIGNED, "data": {"module": "BTEC_Students", "ids": [ID, OTHER_ID, ID]}}
    assert [event.event_id for event in built(several, message_id="m")] == [f"m:{ID}", f"m:{OTHER_ID}"]


@pytest.mark.parametrize(
    "modified_time", [None, "", "22/11/2026 19:00", "2026-11-22T19:00+00:00", "2026-11-22", "x\u0000"]
)
def test_a_time_too_coarse_to_tell_two_edits_apart_is_no_time(modified_time: str | None) -> None:
    fields = {**NATIVE, "modified_time": modified_time}
    first, repeat, later = built(fields), built(fields, now=1000.1), built(fields, now=1003.0)
    assert first[0].event_id == repeat[0].event_id  # the same second
    assert first[0].event_id != later[0].event_id  # the second edit is not lost


def test_a_deletion_in_the_second_of_an_edit_is_another_event() -> None:
    assert built(NATIVE)[0].event_id != built({**NATIVE, "operation": "delete"})[0].event_id


def test_a_module_left_out_is_the_address_own_and_a_number_is_an_id() -> None:
    (event,) = built({"id": int(ID)})
    assert (event.module, event.record_id, event.event_type) == ("BTEC_Students", ID, "changed")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "${BTEC_Students.Id}"}, "id still holds a merge field"),
        ({"id": "$!{BTEC_Students.Id}", "module": "${!Module}"}, "module still holds a merge field"),
        ({"ids": [ID, "${x}"]}, "ids still holds a merge field"),
        ({"modified_time": "${BTEC_Students.Modified Time}"}, "modified_time still holds a merge field"),
        ({"id": None}, "there is no record id"),
        ({"id": ""}, "there is no record id"),
        ({"ids": []}, "there is no record id"),
        ({"id": "12345"}, "id is no record id"),
        ({"id": "5" * 21}, "id is no record id"),
        ({"id": "57257670000004150a1"}, "id is no record id"),
        ({"id": " " + ID}, "id is no record id"),
        ({"id": ID + "\n"}, "id is no record id"),
        ({"id": "٥٧٢٥٧٦٧٠٠٠٠٠٠٤١٥٠٠١"}, "id is no record id"),
        ({"id": -int(ID)}, "id is no record id"),
        ({"id": 10**5000}, "id is no record id"),
        ({"id": True}, "id is no record id"),
        ({"id": {"id": ID}}, "id is no record id"),
        ({"ids": [ID, None]}, "id is no record id"),
        ({"ids": [[ID]]}, "id is no record id"),
        ({"module": "BTEC_Classes"}, "module is not BTEC_Students"),
        ({"module": None}, "module is not BTEC_Students"),
        ({"module": ["BTEC_Students"]}, "module is not BTEC_Students"),
        ({"data": "x"}, "data is not an object"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], reason: str) -> None:
    found = read("student", {**NATIVE, **changes})
    assert isinstance(found, Rejection)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"id": 1}', {"id": 1}),
        (b'\xef\xbb\xbf {"id": "1"}\r\n', {"id": "1"}),
        (b"module=BTEC_Students&id=5&operation=", {"module": "BTEC_Students", "id": "5", "operation": ""}),
        (b"id=%D9%A1", {"id": "١"}),
        (b"", None),
        (b" ", None),
        (b"[1]", None),
        (b'"text"', None),
        (b"{", None),
        (b'{"a": NaN}', None),
        (b"[" * 200_000, None),
        (b'{"a":' * 50_000, None),
        (b'{"a": ' + b"9" * 5000 + b"}", None),
        (b"hello", None),
        (b"a=%ff", None),
        (b"a=1&" * 200, None),
        (b"\xff\xfe", None),
        (b"<xml/>", None),
    ],
)
def test_bodies(body: bytes, expected: dict[str, Any] | None) -> None:
    found = decode(body)
    assert found == Fields(expected) if expected is not None else isinstance(found, Rejection)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ID, "${x}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["type", "data", "module", "id", "ids", "operation", "modified_time", "server_time"])


@given(
    slug=st.sampled_from(sorted(SLUGS)), fields=st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON))
)
def test_any_fields_are_an_event_or_a_rejection_that_a_database_can_hold(
    slug: str, fields: dict[str, Any]
) -> None:
    found = read(slug, fields)
    if isinstance(found, Rejection):
        assert found.reason.isascii()
        assert found.event_type.isascii()
        return
    for event in events(found, message_id=None, body=b"", now=0.0, correlation_id="c"):
        assert event.record_id.isdigit()
        assert "\x00" not in json.dumps([event.event_id, event.event_type, event.payload], ensure_ascii=False)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_fields_or_a_rejection(body: bytes) -> None:
    assert isinstance(decode(body), Fields | Rejection)


def test_a_college_may_call_its_module_otherwise() -> None:
    notice = read("student", {**NATIVE, "module": "Learners"})
    assert isinstance(notice, Notice)
    assert (notice.entity_type, notice.module, notice.record_ids) == ("student", "Learners", (ID,))
