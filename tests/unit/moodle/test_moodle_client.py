from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aioresponses import CallbackResult
from yarl import URL

from agent.errors import Action, Fault, SyncError
from agent.moodle.client import MoodleClient
from tests.support.http_patches import aioresponses

ADDRESS = "https://moodle.example.org/webservice/rest/server.php"
MAINTENANCE = {"exception": "moodle_exception", "errorcode": "sitemaintenance", "message": "Back soon."}
BAD_TOKEN = {"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "Invalid token"}
BAD_PARAMETER = {
    "exception": "invalid_parameter_exception",
    "errorcode": "invalidparameter",
    "message": "Invalid parameter value detected",
}


@pytest.fixture
def moodle() -> Iterator[aioresponses]:
    with aioresponses() as mocked:
        yield mocked


@pytest.fixture
async def client() -> AsyncIterator[MoodleClient]:
    async with aiohttp.ClientSession() as session:
        yield MoodleClient(
            session, "https://moodle.example.org/", "secret-token", concurrency=3, backoff_seconds=0.001
        )


def form_of(request: dict[str, Any]) -> dict[str, str]:
    """Read the form that a call carried, as PHP does."""
    assert request["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(request["data"].decode("ascii"), keep_blank_values=True, strict_parsing=True))


def sent(moodle: aioresponses) -> list[dict[str, str]]:
    """The forms of all calls so far, in order."""
    calls = moodle.requests.get(("POST", URL(ADDRESS)), [])
    return [form_of(call.kwargs) for call in calls]


def rows(count: int) -> list[dict[str, str | int]]:
    return [
        {"zohoid": str(number), "sourcetime": 1, "email": f"s{number}@example.org"} for number in range(count)
    ]


def row_ids(form: dict[str, str]) -> list[str]:
    return [value for name, value in form.items() if name.endswith("[zohoid]") and name.count("[") == 2]


def upserting(moodle: aioresponses, *, poison: str = "", status: str = "created") -> None:
    """Let Moodle answer each row; a call that carries the poisoned row is refused whole."""

    def reply(_url: URL, **request: Any) -> CallbackResult:
        ids = row_ids(form_of(request))
        if poison in ids:
            return CallbackResult(payload=BAD_PARAMETER)
        results = [
            {"zohoid": one, "status": status, "moodleid": int(one) + 2, "errorcode": "", "message": ""}
            for one in ids
        ]
        return CallbackResult(payload={"results": results})

    moodle.post(ADDRESS, callback=reply, repeat=True)


async def test_the_token_goes_in_the_body_and_never_in_the_address(
    moodle: aioresponses, client: MoodleClient
) -> None:
    moodle.post(ADDRESS, payload={"acknowledged": 2})
    assert await client.ack_events(["a", "b"]) == 2
    ((method, url),) = moodle.requests
    assert (method, url.query_string) == ("POST", "")
    assert sent(moodle) == [
        {
            "wstoken": "secret-token",
            "wsfunction": "local_zohosync_ack_events",
            "moodlewsrestformat": "json",
            "eventids[0]": "a",
            "eventids[1]": "b",
        }
    ]


async def test_rows_go_in_batches_and_results_come_in_order(
    moodle: aioresponses, client: MoodleClient
) -> None:
    upserting(moodle)
    results = await client.upsert_students(rows(250))
    assert [result.zohoid for result in results] == [str(number) for number in range(250)]
    assert {(result.status, result.error) for result in results} == {("created", None)}
    assert results[7].moodleid == 9
    assert sorted((form["count"], len(row_ids(form))) for form in sent(moodle)) == [
        ("100", 100),
        ("100", 100),
        ("50", 50),
    ]
    assert {form["wsfunction"] for form in sent(moodle)} == {"local_zohosync_upsert_students"}


@pytest.mark.parametrize(
    "name",
    [
        *("programs", "teachers", "students", "courses", "enrolments", "units", "registrations", "payments"),
        *("finance", "results", "requests"),
    ],
)
async def test_every_kind_of_row_has_its_function_and_parameter(
    moodle: aioresponses, client: MoodleClient, name: str
) -> None:
    upserting(moodle)
    await getattr(client, f"upsert_{name}")(rows(1))
    (form,) = sent(moodle)
    assert form["wsfunction"] == f"local_zohosync_upsert_{name}"
    assert (form["count"], form[f"{name}[0][zohoid]"]) == ("1", "0")


async def test_a_poisoned_row_is_found_and_stops_no_other(moodle: aioresponses, client: MoodleClient) -> None:
    upserting(moodle, poison="42")
    results = await client.upsert_courses(rows(130))
    failed = [result for result in results if result.status != "created"]
    assert [(result.zohoid, result.status, result.errorcode) for result in failed] == [
        ("42", "error", "INVALIDPARAMETER")
    ]
    assert failed[0].error is not None
    assert failed[0].error.action is Action.FAIL_RECORD
    assert len(results) == 130
    assert len(sent(moodle)) == 1 + 1 + 2 * 7  # both batches, then two halves at each of seven levels


async def test_a_refused_row_says_what_to_do(moodle: aioresponses, client: MoodleClient) -> None:
    results = [
        {"zohoid": "0", "status": "refused", "moodleid": 0, "errorcode": "usersambiguous", "message": "a, b"},
        {"zohoid": "1", "status": "waiting", "moodleid": 0, "errorcode": "studentmissing", "message": ""},
        {"zohoid": "2", "status": "error", "moodleid": 0, "errorcode": "dmlwriteexception", "message": "x"},
        {"zohoid": "3", "status": "stale", "moodleid": 5, "errorcode": "", "message": ""},
    ]
    moodle.post(ADDRESS, payload={"results": results})
    refused, waiting, failed, stale = await client.upsert_enrolments(rows(4))
    assert refused.error is not None
    assert refused.error.fault is Fault.RECORD
    assert failed.error is not None
    assert failed.error.fault is Fault.TRANSIENT
    assert (waiting.error, stale.error) == (None, None)


async def test_a_passing_fault_is_tried_again_within_the_call(
    moodle: aioresponses, client: MoodleClient
) -> None:
    moodle.post(ADDRESS, exception=aiohttp.ServerDisconnectedError())
    moodle.post(ADDRESS, payload=MAINTENANCE)
    upserting(moodle)
    (result,) = await client.upsert_students(rows(1))
    assert (result.status, len(sent(moodle))) == ("created", 3)


async def test_three_tries_are_enough(moodle: aioresponses, client: MoodleClient) -> None:
    moodle.post(ADDRESS, status=503, body="<html>", repeat=True)
    with pytest.raises(SyncError) as caught:
        await client.upsert_students(rows(1))
    assert (caught.value.code, len(sent(moodle))) == ("HTTP_503", 3)


async def test_a_long_pause_is_left_to_the_inbox(moodle: aioresponses, client: MoodleClient) -> None:
    moodle.post(ADDRESS, status=503, headers={"Retry-After": "120"}, repeat=True)
    with pytest.raises(SyncError) as caught:
        await client.get_status()
    assert (caught.value.retry_after, len(sent(moodle))) == (120, 1)


@pytest.mark.parametrize("said", [BAD_TOKEN, BAD_PARAMETER])
async def test_what_will_not_pass_is_not_tried_again(
    moodle: aioresponses, client: MoodleClient, said: dict[str, str]
) -> None:
    moodle.post(ADDRESS, payload=said, repeat=True)
    with pytest.raises(SyncError):
        await client.get_status()
    assert len(sent(moodle)) == 1


async def test_a_site_that_refuses_the_token_is_asked_no_further(
    moodle: aioresponses, client: MoodleClient
) -> None:
    moodle.post(ADDRESS, payload=BAD_TOKEN, repeat=True)
    with pytest.raises(SyncError) as caught:
        await client.upsert_students(rows(1000))
    assert (caught.value.code, caught.value.action) == ("INVALIDTOKEN", Action.STOP_TARGET)
    assert len(sent(moodle)) <= 3  # those that were under way at once


async def test_one_lost_batch_leaves_the_others_results(moodle: aioresponses, client: MoodleClient) -> None:
    def reply(_url: URL, **request: Any) -> CallbackResult:
        ids = row_ids(form_of(request))
        if "0" in ids:
            return CallbackResult(status=502, body="<html>")
        done = [
            {"zohoid": one, "status": "updated", "moodleid": 3, "errorcode": "", "message": ""} for one in ids
        ]
        return CallbackResult(payload={"results": done})

    moodle.post(ADDRESS, callback=reply, repeat=True)
    results = await client.upsert_students(rows(150))
    assert {result.errorcode for result in results[:100]} == {"HTTP_502"}
    assert all(result.error and result.error.fault is Fault.TRANSIENT for result in results[:100])
    assert {result.status for result in results[100:]} == {"updated"}


@pytest.mark.parametrize(
    "said",
    [
        {"results": []},  # fewer than sent
        {"results": [{"zohoid": "9", "status": "created", "moodleid": 1, "errorcode": "", "message": ""}]},
        {"results": [{"zohoid": "0", "status": "done", "moodleid": 1, "errorcode": "", "message": ""}]},
        {"results": [{"zohoid": "0", "status": "created"}]},
        {"rows": []},
        None,
        [],
    ],
)
async def test_an_answer_of_another_shape_stops_the_target(
    moodle: aioresponses, client: MoodleClient, said: Any
) -> None:
    moodle.post(ADDRESS, body=json.dumps(said))
    with pytest.raises(SyncError) as caught:
        await client.upsert_students(rows(1))
    assert (caught.value.code, caught.value.action) == ("UNEXPECTED_ANSWER", Action.STOP_TARGET)


async def test_nothing_to_do_is_no_call(moodle: aioresponses, client: MoodleClient) -> None:
    assert await client.upsert_students([]) == []
    assert await client.get_grades([]) == []
    assert await client.get_students([]) == []
    assert await client.ack_events([]) == 0
    assert moodle.requests == {}


async def test_the_token_is_in_no_error(moodle: aioresponses, client: MoodleClient) -> None:
    moodle.post(ADDRESS, exception=aiohttp.ClientOSError(104, "Connection reset by peer"), repeat=True)
    with pytest.raises(SyncError) as caught:
        await client.get_status()
    assert caught.value.code == "CONNECTION_LOST"
    assert "secret-token" not in f"{caught.value!r} {caught.value.__cause__!r}"


def listing(moodle: aioresponses, member: str, count: int, shape: dict[str, Any], place: str = "id") -> None:
    """Let Moodle list `count` rows, numbered from 1, as its list functions do."""

    def reply(_url: URL, **request: Any) -> CallbackResult:
        after, limit = (int(form_of(request)[name]) for name in ("after", "limit"))
        numbers = range(after + 1, min(after + limit, count) + 1)
        return CallbackResult(payload={member: [{**shape, place: number} for number in numbers]})

    moodle.post(ADDRESS, callback=reply, repeat=True)


RECORD = {
    "zohoid": "9",
    "moodleid": 4,
    "changehash": "",
    "sourcetime": 5,
    "deleted": 0,
    "differs": "email suspended",
}
ENROLMENT = {
    "key": "3_4",
    "found": 1,
    "userid": 3,
    "courseid": 4,
    "studentzohoid": "9",
    "classzohoid": "8",
    "status": "active",
    "startdate": "2026-09-01",
    "enddate": "",
    "timemodified": 7,
    "today": "2026-11-22",
    "changed": "1970-01-01",
}
REQUEST = {
    "found": 1,
    "zohoid": "",
    "userid": 3,
    "studentzohoid": "9",
    "type": "Class Drop",
    "status": "Pending",
    "reason": "I moved",
    "timecreated": 6,
    "timemodified": 7,
    "classes": [{"zohoid": "5", "name": "Programming"}],
    "assignid": 0,
    "assignname": "",
    "changes": [{"field": "city", "value": "Amman"}],
    "attachments": [],
}


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (3, 1), (999, 1), (1000, 2), (1001, 2), (2500, 3)])
async def test_a_list_is_read_page_by_page_to_its_end(
    moodle: aioresponses, client: MoodleClient, count: int, calls: int
) -> None:
    listing(moodle, "records", count, RECORD)
    pages = [page async for page in client.list_records("payment")]
    assert [row.id for page in pages for row in page] == list(range(1, count + 1))
    assert [form["entity"] for form in sent(moodle)] == ["payment"] * calls


async def test_a_list_begins_where_it_is_told(moodle: aioresponses, client: MoodleClient) -> None:
    listing(moodle, "grades", 12, {"key": "3_4_5", "timemodified": 7})
    assert [[row.id for row in page] async for page in client.list_grades(after=10)] == [[11, 12]]


@pytest.mark.parametrize(
    ("function", "member", "shape", "place"),
    [
        ("list_enrolments", "enrolments", ENROLMENT, "id"),
        ("list_requests", "requests", REQUEST, "requestid"),
    ],
)
async def test_every_list_has_its_function_and_place(
    moodle: aioresponses,
    client: MoodleClient,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    member: str,
    shape: dict[str, Any],
    place: str,
) -> None:
    monkeypatch.setattr("agent.moodle.client.LIST_ROWS", 50)  # aioresponses holds no longer answers
    listing(moodle, member, 51, shape, place)
    pages = [page async for page in getattr(client, function)()]
    assert [len(page) for page in pages] == [50, 1]
    assert pages[1][0].studentzohoid == "9"
    assert [form["after"] for form in sent(moodle)] == ["0", "50"]
    assert {form["wsfunction"] for form in sent(moodle)} == {f"local_zohosync_{function}"}


async def test_a_list_that_does_not_go_on_is_not_read_for_ever(
    moodle: aioresponses, client: MoodleClient
) -> None:
    moodle.post(ADDRESS, payload={"records": [{**RECORD, "id": 5}] * 1000}, repeat=True)
    with pytest.raises(SyncError) as caught:
        _ = [page async for page in client.list_records("unit")]
    assert caught.value.code == "UNEXPECTED_ANSWER"
    assert len(sent(moodle)) == 2


async def test_snapshots_come_in_the_order_asked_for(moodle: aioresponses, client: MoodleClient) -> None:
    def reply(_url: URL, **request: Any) -> CallbackResult:
        keys = [value for name, value in form_of(request).items() if name.startswith("keys[")]
        return CallbackResult(payload={"enrolments": [{**ENROLMENT, "key": key} for key in reversed(keys)]})

    moodle.post(ADDRESS, callback=reply, repeat=True)
    keys = [f"{number}_4" for number in range(150)]
    found = await client.get_enrolments(keys)
    assert [one.key for one in found] == keys
    assert (found[0].status, found[0].found, found[0].id) == ("active", True, 0)


async def test_requests_are_asked_for_by_number(moodle: aioresponses, client: MoodleClient) -> None:
    moodle.post(ADDRESS, payload={"requests": [{**REQUEST, "requestid": 7}]})
    (request,) = await client.get_requests([7])
    assert (request.requestid, request.type, request.reason) == (7, "Class Drop", "I moved")
    moodle.post(ADDRESS, payload={"requests": [{**REQUEST, "requestid": 7}]})
    with pytest.raises(SyncError) as caught:
        await client.get_requests([8])
    assert caught.value.code == "UNEXPECTED_ANSWER"


async def test_a_row_with_long_lists_leaves_room_for_fewer(
    moodle: aioresponses, client: MoodleClient
) -> None:
    upserting(moodle)
    lines = [{"zohoid": str(line), "number": line, "amount": "1.5"} for line in range(100)]
    await client.upsert_registrations([{"zohoid": str(number), "schedule": lines} for number in range(40)])
    assert all(len(form) < 4010 for form in sent(moodle))  # PHP drops what is beyond 5,000
    assert [form["count"] for form in sent(moodle)] == ["13", "13", "13", "1"]
