"""Moodle's ways to say no: each is a table line of answer and what the agent must do."""

from __future__ import annotations

import json

import pytest

from agent.errors import Action, Fault, SyncError
from agent.moodle.errors import read_answer, refusal
from agent.outbound import Answer

STOP = (Action.STOP_TARGET, Fault.CONFIGURATION)
AGAIN = (Action.RETRY, Fault.TRANSIENT)
PARK = (Action.FAIL_RECORD, Fault.RECORD)
WAIT = (Action.WAIT, Fault.THROTTLED)


def said_no(exception: str, errorcode: str | None, message: str = "No.") -> bytes:
    answer = {"exception": exception, "errorcode": errorcode, "message": message}
    return json.dumps({key: value for key, value in answer.items() if value is not None}).encode()


@pytest.mark.parametrize(
    ("body", "code", "verdict"),
    [
        (said_no("core\\exception\\moodle_exception", "invalidtoken"), "INVALIDTOKEN", STOP),
        (said_no("moodle_exception", "invalidtoken"), "INVALIDTOKEN", STOP),
        (said_no("webservice_access_exception", "accessexception"), "ACCESSEXCEPTION", STOP),
        (said_no("moodle_exception", "servicenotavailable"), "SERVICENOTAVAILABLE", STOP),
        (said_no("required_capability_exception", "nopermissions"), "NOPERMISSIONS", STOP),
        (said_no("moodle_exception", "wsaccessusersuspended"), "WSACCESSUSERSUSPENDED", STOP),
        (said_no("moodle_exception", "countmismatch"), "COUNTMISMATCH", STOP),
        (said_no("moodle_exception", "sitecopied"), "SITECOPIED", STOP),
        (
            said_no(
                *("dml_missing_record_exception", "invalidrecord"),
                "Can't find data record in database table external_functions.",
            ),
            *("FUNCTIONMISSING", STOP),
        ),
        (said_no("moodle_exception", "sitemaintenance"), "SITEMAINTENANCE", AGAIN),
        (said_no("dml_write_exception", "dmlwriteexception"), "DMLWRITEEXCEPTION", AGAIN),
        (said_no("dml_read_exception", "dmlreadexception"), "DMLREADEXCEPTION", AGAIN),
        (said_no("dml_connection_exception", "dbconnectionfailed"), "DBCONNECTIONFAILED", AGAIN),
        (said_no("moodle_exception", "locktimeout"), "LOCKTIMEOUT", AGAIN),
        (said_no("invalid_parameter_exception", "invalidparameter"), "INVALIDPARAMETER", PARK),
        (
            said_no("core\\exception\\invalid_parameter_exception", "invalidparameter"),
            "INVALIDPARAMETER",
            PARK,
        ),
        (said_no("TypeError", None), "TYPEERROR", PARK),  # a PHP error has no code
        (said_no("moodle_exception", "somethingnew"), "SOMETHINGNEW", PARK),
        (b"<html>Site is under maintenance</html>", "NOT_JSON", AGAIN),
        (b"", "NOT_JSON", AGAIN),  # PHP died, or could not encode its answer
        (b'{"results":[{"zoho', "NOT_JSON", AGAIN),
    ],
)
def test_what_an_answer_with_status_200_means(body: bytes, code: str, verdict: tuple[Action, Fault]) -> None:
    with pytest.raises(SyncError) as caught:
        read_answer(Answer(200, {}, body))
    error = caught.value
    assert (error.code, (error.action, error.fault), error.target) == (code, verdict, "moodle")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (301, STOP),
        (303, STOP),
        (401, STOP),
        (403, STOP),  # web services or REST are switched off
        (404, STOP),
        (413, PARK),
        (429, WAIT),
        (500, AGAIN),
        (502, AGAIN),
        (503, AGAIN),  # maintenance by the command line
        (504, AGAIN),
    ],
)
def test_what_another_status_means(status: int, verdict: tuple[Action, Fault]) -> None:
    with pytest.raises(SyncError) as caught:
        read_answer(Answer(status, {}, b"<html>"))
    assert (caught.value.action, caught.value.fault) == verdict


def test_a_redirect_is_told_without_its_query() -> None:
    with pytest.raises(SyncError, match=r"https://other\.example/rest;") as caught:
        read_answer(Answer(302, {"Location": "https://other.example/rest?wstoken=secret"}, b""))
    assert "secret" not in caught.value.message


def test_retry_after_is_passed_on() -> None:
    with pytest.raises(SyncError) as caught:
        read_answer(Answer(503, {"Retry-After": "30"}, b""))
    assert caught.value.retry_after == 30


@pytest.mark.parametrize("said", [None, [], {"results": []}, 7])
def test_a_good_answer_is_returned(said: object) -> None:
    assert read_answer(Answer(200, {}, json.dumps(said).encode())) == said


def test_a_refused_row_keeps_moodles_words() -> None:
    error = refusal("usersambiguous", "Two users have this e-mail address: a (12) and b (13).")
    assert (error.action, error.fault) == PARK
    assert "a (12) and b (13)" in error.message
