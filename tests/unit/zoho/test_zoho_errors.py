"""Zoho's ways to say no: each is a table line of status, body and what the agent must do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.errors import Action, Fault
from agent.zoho.errors import classify, classify_token, refusal, wants_new_token


def flat(code: str, message: str = "", **details: Any) -> bytes:
    return json.dumps({"code": code, "details": details, "message": message, "status": "error"}).encode()


def wrapped(code: str, message: str = "", **details: Any) -> bytes:
    item = {"code": code, "details": details, "message": message, "status": "error"}
    return json.dumps({"data": [item]}).encode()


HTML = b"<html><head><title>502 Bad Gateway</title></head></html>"
CONCURRENCY = "The concurrency limit of the user for the app is exceeded"
DAY = "Number of API requests for the 24 hour period is exceeded"
STOP = (Action.STOP_TARGET, Fault.CONFIGURATION)
AGAIN = (Action.RETRY, Fault.TRANSIENT)
PARK = (Action.FAIL_RECORD, Fault.RECORD)
WAIT = (Action.WAIT, Fault.THROTTLED)


@pytest.mark.parametrize(
    ("status", "body", "code", "verdict"),
    [
        (401, flat("INVALID_TOKEN", "invalid oauth token"), "INVALID_TOKEN", STOP),
        (401, flat("AUTHENTICATION_FAILURE", "Authentication failed"), "AUTHENTICATION_FAILURE", STOP),
        (401, flat("OAUTH_SCOPE_MISMATCH", "invalid oauth scope"), "OAUTH_SCOPE_MISMATCH", STOP),
        (401, wrapped("INVALID_TOKEN", "invalid oauth token"), "INVALID_TOKEN", STOP),
        (403, flat("NO_PERMISSION", "permission denied", permissions=["x"]), "NO_PERMISSION", STOP),
        (400, flat("INVALID_MODULE", "the module name given seems to be invalid"), "INVALID_MODULE", STOP),
        (404, flat("INVALID_URL_PATTERN", "Please check"), "INVALID_URL_PATTERN", STOP),
        (400, flat("REQUIRED_PARAM_MISSING", param_name="fields"), "REQUIRED_PARAM_MISSING", STOP),
        (404, flat("SOMETHING_NEW"), "SOMETHING_NEW", STOP),
        (400, flat("INVALID_DATA", "the id given seems to be invalid"), "INVALID_DATA", PARK),
        (400, wrapped("MANDATORY_NOT_FOUND", "required field not found"), "MANDATORY_NOT_FOUND", PARK),
        (400, flat("SOMETHING_NEW"), "SOMETHING_NEW", PARK),
        (412, wrapped("ALREADY_MODIFIED", "time has passed"), "ALREADY_MODIFIED", AGAIN),
        (400, flat("EXPIRED_VALUE", api_name="page_token"), "EXPIRED_VALUE", AGAIN),
        (429, flat("TOO_MANY_REQUESTS", CONCURRENCY), "TOO_MANY_REQUESTS", WAIT),
        (
            429,
            b'{"code":429,"error":"TOO_MANY_REQUESTS","error_info":"slow down"}',
            "TOO_MANY_REQUESTS",
            WAIT,
        ),
        (400, flat("RATE_LIMIT_EXCEEDED"), "RATE_LIMIT_EXCEEDED", WAIT),
        (429, HTML, "TOO_MANY_REQUESTS", WAIT),
        (
            *(429, flat("TOO_MANY_REQUESTS", DAY), "DAILY_QUOTA_SPENT"),
            (Action.STOP_TARGET, Fault.QUOTA),
        ),
        (500, flat("INTERNAL_ERROR", "Internal Server Error"), "INTERNAL_ERROR", AGAIN),
        (503, b"", "HTTP_503", AGAIN),
        (502, HTML, "HTTP_502", AGAIN),
        (200, HTML, "HTTP_200", AGAIN),  # a login or maintenance page
        (200, b'{"data": [{"id": "1', "HTTP_200", AGAIN),
        (200, b"[]", "HTTP_200", AGAIN),
        (400, HTML, "HTTP_400", AGAIN),
        (404, HTML, "HTTP_404", STOP),
        (401, HTML, "HTTP_401", STOP),
        (302, b"", "HTTP_302", STOP),
        (413, HTML, "HTTP_413", PARK),
    ],
)
def test_what_an_answer_of_the_api_means(
    status: int, body: bytes, code: str, verdict: tuple[Action, Fault]
) -> None:
    error = classify(status, {}, body)
    assert (error.code, (error.action, error.fault), error.target) == (code, verdict, "zoho")


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("body", "code", "verdict"),
    [
        (b'{"error":"invalid_code"}', "INVALID_CODE", STOP),
        (b'{"error":"invalid_client"}', "INVALID_CLIENT", STOP),
        (b'{"error":"invalid_client_secret"}', "INVALID_CLIENT_SECRET", STOP),
        (b'{"error":"something_new"}', "SOMETHING_NEW", STOP),
        (b'{"error":"general_error"}', "GENERAL_ERROR", AGAIN),
        (
            b'{"error_description":"You have made too many requests","error":"Access Denied","status":"failure"}',
            *("ACCESS_DENIED", WAIT),
        ),
    ],
)
def test_what_an_answer_without_token_means(
    status: int, body: bytes, code: str, verdict: tuple[Action, Fault]
) -> None:
    error = classify_token(status, {}, body)
    assert (error.code, (error.action, error.fault)) == (code, verdict)


def test_a_throttled_token_endpoint_is_left_alone_for_its_whole_window() -> None:
    assert classify_token(400, {}, b'{"error":"Access Denied"}').retry_after == 600


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, flat("INVALID_TOKEN"), True),
        (401, flat("AUTHENTICATION_FAILURE"), True),
        (401, flat("OAUTH_SCOPE_MISMATCH"), False),
        (403, flat("NO_PERMISSION"), False),
        (401, HTML, False),
    ],
)
def test_only_a_dead_token_asks_for_another(status: int, body: bytes, expected: bool) -> None:
    assert wants_new_token(classify(status, {}, body)) is expected


def test_retry_after_is_passed_on() -> None:
    assert classify(429, {"Retry-After": "7"}, flat("TOO_MANY_REQUESTS", CONCURRENCY)).retry_after == 7
    assert classify(503, {"Retry-After": "9"}, b"").retry_after == 9
    assert classify(503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"").retry_after is None


@pytest.mark.parametrize(
    ("code", "message", "details", "sentence"),
    [
        (
            *("INVALID_DATA", "invalid data"),
            {"expected_data_type": "email", "api_name": "Email", "json_path": "$.data[0].Email"},
            "Zoho refused the record: invalid data (field Email, expected email)",
        ),
        (
            *("INVALID_DATA", "invalid data"),
            {"maximum_length": 255, "api_name": "LO_Definition"},
            "Zoho refused the record: invalid data (field LO_Definition, at most 255)",
        ),
        (
            *("DUPLICATE_DATA", "duplicate data"),
            {"api_name": "Email", "duplicate_record": {"id": "57", "Owner": {"name": "Rana"}}},
            "Zoho refused the record: duplicate data (field Email, record 57 has it)",
        ),
        (
            *("MULTIPLE_OR_MULTI_ERRORS", ""),
            {
                "errors": [
                    {"message": "invalid data", "details": {"api_name": "Email"}},
                    {"message": "required field not found", "details": {"api_name": "Last_Name"}},
                ]
            },
            "Zoho refused the record: invalid data (field Email); required field not found (field Last_Name)",
        ),
    ],
)
def test_a_refusal_names_the_field_in_zohos_own_words(
    code: str, message: str, details: dict[str, Any], sentence: str
) -> None:
    assert refusal(code, message, details).message == sentence


def test_names_of_people_do_not_travel_in_an_errors_details() -> None:
    details = {"api_name": "Email", "duplicate_record": {"id": "57", "Owner": {"name": "Rana"}}}
    assert refusal("DUPLICATE_DATA", "duplicate data", details).details == {"api_name": "Email"}


def test_a_locked_record_is_tried_again() -> None:
    error = refusal("RECORD_LOCKED", "record is locked", {"id": "5"})
    assert (error.action, error.fault) == AGAIN
