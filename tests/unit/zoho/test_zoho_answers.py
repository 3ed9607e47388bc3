from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agent.errors import Fault, SyncError
from agent.outbound import Answer
from agent.zoho.answers import allowed, read_deleted, read_grant, read_items, read_object
from agent.zoho.models import DeletedRecord


def answer(status: int, said: Any) -> Answer:
    return Answer(status, {}, said if isinstance(said, bytes) else json.dumps(said).encode())


GRANT = {
    "access_token": "1000.a.b",
    "scope": "ZohoCRM.modules.ALL",
    "api_domain": "https://www.zohoapis.eu",
    "token_type": "Bearer",
    "expires_in": 1800,
}
ADDED = {"code": "SUCCESS", "details": {"id": "61"}, "message": "record added", "status": "success"}
REFUSED = {
    "code": "INVALID_DATA",
    "details": {"api_name": "Email", "expected_data_type": "email"},
    "message": "invalid data",
    "status": "error",
}


def test_a_grant_is_read() -> None:
    grant = read_grant(answer(200, GRANT))
    assert (grant.access_token, grant.api_domain, grant.lifetime_seconds) == (
        "1000.a.b",
        "https://www.zohoapis.eu",
        1800,
    )
    assert "1000.a.b" not in repr(grant)


def test_the_numbers_of_records_are_exact_and_those_of_writes_can_be_stored() -> None:
    body = b'{"data": [{"id": "61", "Payment_Amount": 12345678901234.5678, "Installment_No": 3}]}'
    (record,) = read_object(Answer(200, {}, body))["data"]
    assert (record["Payment_Amount"], record["Installment_No"]) == (Decimal("12345678901234.5678"), 3)
    said = {"code": "INVALID_DATA", "details": {"maximum": 9.5}, "message": "", "status": "error"}
    (item,) = read_items(answer(200, {"data": [said]}), 1, None)
    assert json.dumps(item.details) == '{"maximum": 9.5}'


def test_a_grant_without_lifetime_lasts_an_hour() -> None:
    said = {key: value for key, value in GRANT.items() if key != "expires_in"}
    assert read_grant(answer(200, said)).lifetime_seconds == 3600


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (200, {"error": "invalid_code"}, "INVALID_CODE"),
        (200, {"access_token": ""}, "HTTP_200"),
        (200, b"<html>", "HTTP_200"),
        (500, b"", "HTTP_500"),
    ],
)
def test_an_answer_without_token_is_an_error_whatever_its_status(status: int, said: Any, code: str) -> None:
    with pytest.raises(SyncError) as caught:
        read_grant(answer(status, said))
    assert caught.value.code == code


@pytest.mark.parametrize("status", [204, 304])
def test_nothing_is_an_empty_object(status: int) -> None:
    assert read_object(answer(status, b"")) == {}


@pytest.mark.parametrize("status", [200, 207, 400])
def test_results_come_in_order_whatever_the_status(status: int) -> None:
    added = {**ADDED, "action": "insert"}
    updated = {**ADDED, "action": "update", "details": {"id": "62"}}
    first, second, third = read_items(answer(status, {"data": [added, REFUSED, updated]}), 3, None)
    assert (first.index, first.ok, first.id, first.action, first.error) == (0, True, "61", "insert", None)
    assert (second.index, second.ok, second.id, second.code) == (1, False, None, "INVALID_DATA")
    assert second.error is not None
    assert second.error.fault is Fault.RECORD
    assert second.message == "Zoho refused the record: invalid data (field Email, expected email)"
    assert (third.index, third.ok, third.id, third.action) == (2, True, "62", "update")


def test_an_update_needs_no_action_word() -> None:
    (result,) = read_items(answer(200, {"data": [ADDED]}), 1, "update")
    assert result.action == "update"


def test_a_success_without_id_is_no_success() -> None:
    (result,) = read_items(answer(200, {"data": [{**ADDED, "details": {}}]}), 1, None)
    assert not result.ok


@pytest.mark.parametrize("items", [[], [ADDED], [ADDED, ADDED, ADDED], [ADDED, "SUCCESS"]])
def test_results_must_be_as_many_as_records(items: list[Any]) -> None:
    with pytest.raises(SyncError) as caught:
        read_items(answer(200, {"data": items}), 2, None)
    assert (caught.value.code, caught.value.fault) == ("RESULTS_MISSING", Fault.TRANSIENT)


@pytest.mark.parametrize(
    ("status", "said", "fault"),
    [
        (400, {"code": "INVALID_DATA", "details": {}, "message": "body", "status": "error"}, Fault.RECORD),
        (401, {"data": [{"code": "INVALID_TOKEN", "message": "", "details": {}}]}, Fault.CONFIGURATION),
        (500, {"data": [ADDED]}, Fault.TRANSIENT),
        (429, {"code": "TOO_MANY_REQUESTS", "details": {}, "message": ""}, Fault.THROTTLED),
        (200, b"<html>", Fault.TRANSIENT),
    ],
)
def test_a_write_refused_whole_is_an_error(status: int, said: Any, fault: Fault) -> None:
    with pytest.raises(SyncError) as caught:
        read_items(answer(status, said), 1, None)
    assert caught.value.fault is fault


def test_only_what_was_asked_for_is_passed_on() -> None:
    record = {"id": "1", "Name": "A", "Academic_Password": "x", "$state": "save"}
    assert allowed(record, ["Name", "City"]) == {"id": "1", "Name": "A"}


def test_deleted_records() -> None:
    lines = [
        {"id": "7", "type": "recycle", "deleted_time": "2026-11-01T10:00:00+03:00", "display_name": "A"},
        {"id": "8", "type": "permanent", "deleted_time": "2026-11-02T10:00:00+00:00", "deleted_by": None},
    ]
    assert read_deleted(lines) == [
        DeletedRecord("7", datetime(2026, 11, 1, 7, tzinfo=UTC), permanent=False),
        DeletedRecord("8", datetime(2026, 11, 2, 10, tzinfo=UTC), permanent=True),
    ]
