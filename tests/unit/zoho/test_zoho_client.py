"""The Zoho client over real HTTP, against the sandbox and what can go wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from agent.errors import Action, Fault, SyncError
from agent.sandbox.zoho.faults import Fault as Bad
from agent.sandbox.zoho.render import Renderer
from agent.sandbox.zoho.server import RunningSandbox, running_sandbox
from agent.zoho import paging
from agent.zoho.client import ZohoClient
from agent.zoho.data_centers import endpoints
from agent.zoho.models import Record
from agent.zoho.oauth import Credentials, TokenSource
from agent.zoho.transport import Transport
from tests.support.token_memory import MemoryTokenStore

STUDENTS = "BTEC_Students"
GRADES = "BTEC_Grades"
KEY = "Moodle_Grade_Composite_Key"
FIELDS = ["Name", "First_Name", "Last_Name", "Modified_Time"]
API = "/crm/v8"


class Watch:
    """Sees every request at the sandbox's door: what was in flight at once, and the headers."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self.requests: list[tuple[str, str, dict[str, str], str]] = []

    @property
    def middleware(self) -> Any:
        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(API):
                return await handler(request)
            self.now += 1
            self.most = max(self.most, self.now)
            body = await request.text()
            self.requests.append((request.method, request.path_qs, dict(request.headers), body))
            try:
                return await handler(request)
            finally:
                self.now -= 1

        return watch


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def zoho(watch: Watch) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(observers=[watch.middleware]) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def client_of(zoho: RunningSandbox, session: aiohttp.ClientSession, concurrency: int = 8) -> ZohoClient:
    where = endpoints("us", zoho.base_url, zoho.base_url)
    store: Any = MemoryTokenStore()
    tokens = TokenSource(session, where, Credentials("sandbox", "sandbox", "sandbox"), store)
    return ZohoClient(Transport(session, tokens, concurrency=concurrency, backoff_seconds=0.001))


@pytest.fixture
def client(zoho: RunningSandbox, session: aiohttp.ClientSession) -> ZohoClient:
    return client_of(zoho, session)


def fill(zoho: RunningSandbox, count: int) -> list[str]:
    """Add students quietly; returns their ids."""
    return [
        zoho.control.create(STUDENTS, {"First_Name": f"Nour {number}", "Last_Name": "Haddad"}, push=False)
        for number in range(count)
    ]


def grades(count: int, **values: Any) -> list[Record]:
    return [{KEY: f"{number}_1_1", "BTEC_Grade_Name": "A1", **values} for number in range(count)]


async def listed(client: ZohoClient, **how: Any) -> list[Record]:
    return [record async for page in client.list_pages(STUDENTS, FIELDS, **how) for record in page]


@pytest.mark.parametrize("count", [0, 1, 200, 201, 1000, 1001])
async def test_a_list_is_whole(zoho: RunningSandbox, client: ZohoClient, count: int) -> None:
    ids = fill(zoho, count)
    records = await listed(client)
    assert sorted(record["id"] for record in records) == sorted(ids)
    assert all(set(record) <= {"id", *FIELDS} for record in records)


@pytest.mark.parametrize("count", [2001, 2200, 2201, 2450, 2800, 4400, 5200])
async def test_a_list_goes_on_by_page_token_and_from_its_other_end(
    zoho: RunningSandbox, client: ZohoClient, count: int
) -> None:
    ids = fill(zoho, count)
    records = await listed(client)
    assert sorted(record["id"] for record in records) == sorted(ids)
    queries = [call.query for call in zoho.control.calls if call.path == f"{API}/{STUDENTS}"]
    assert all(("page" in query) != ("page_token" in query) for query in queries)
    others = [query for query in queries if "sort_by" in query]
    assert {query["sort_order"] for query in others} == {"asc"}
    # A third of what is left, and where both ends meet.
    assert len(queries) - len(others) <= 11 + (count - 2000) // 600
    assert len(queries) <= ceil(count / 200) + 3


async def test_a_list_that_is_not_sorted_by_id_is_read_from_one_end(
    zoho: RunningSandbox, client: ZohoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That both ends have met is known by their ids only."""
    read = paging.read_page
    monkeypatch.setattr(paging, "read_page", lambda said: replace(read(said), from_highest_id=False))
    ids = fill(zoho, 2450)
    assert sorted(record["id"] for record in await listed(client)) == sorted(ids)
    queries = [call.query for call in zoho.control.calls if call.path == f"{API}/{STUDENTS}"]
    assert sum("page_token" in query for query in queries) == 3
    assert not any("sort_by" in query for query in queries)


async def test_a_list_whose_ends_were_deleted_before_they_were_reached_lacks_nothing_else(
    zoho: RunningSandbox, client: ZohoClient
) -> None:
    ids = fill(zoho, 3300)
    gone = {ids[0], ids[1], ids[-1], ids[-2]}
    seen: set[str] = set()
    async for page in client.list_pages(STUDENTS, FIELDS):
        seen.update(record["id"] for record in page)
        if len(seen) == 2000:
            for record_id in gone:
                zoho.control.delete(STUDENTS, record_id, push=False)
    assert seen >= set(ids) - gone


async def test_pages_of_the_first_two_thousand_are_asked_for_together(
    zoho: RunningSandbox, client: ZohoClient, watch: Watch
) -> None:
    fill(zoho, 1500)
    zoho.control.set_latency(20)
    assert len(await listed(client)) == 1500
    assert watch.most == 5
    assert len(watch.requests) == 10


async def test_a_single_page_costs_a_single_call(zoho: RunningSandbox, client: ZohoClient) -> None:
    fill(zoho, 150)
    await listed(client)
    assert zoho.control.count("GET") == 1


async def test_only_what_changed_since(zoho: RunningSandbox, client: ZohoClient) -> None:
    old, new = fill(zoho, 2)
    zoho.control.advance(hours=1)
    zoho.control.edit(STUDENTS, new, {"First_Name": "Nour"}, push=False)
    modified = datetime.fromisoformat((await client.get(STUDENTS, new, FIELDS) or {})["Modified_Time"])
    assert [record["id"] for record in await listed(client, modified_since=modified)] == [new]
    assert await listed(client, modified_since=modified + timedelta(seconds=1)) == []
    assert len(await listed(client, modified_since=modified - timedelta(hours=2))) == 2
    assert old != new


async def test_some_ids_in_as_few_calls_as_the_address_can_carry(
    zoho: RunningSandbox, client: ZohoClient, watch: Watch
) -> None:
    ids = fill(zoho, 130)
    wanted = [*ids[::2], *ids[1:120:2]]
    records = await listed(client, ids=wanted)
    assert sorted(record["id"] for record in records) == sorted(wanted)
    assert len(watch.requests) == 3
    assert await listed(client, ids=[]) == []


async def test_a_list_of_ids_is_read_to_its_end(
    zoho: RunningSandbox, client: ZohoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What such a list leaves out counts as deleted, so a page with more to come is never the last."""
    monkeypatch.setattr(paging, "PAGE_SIZE", 20)
    ids = fill(zoho, 45)
    assert sorted(record["id"] for record in await listed(client, ids=ids)) == sorted(ids)
    assert zoho.control.count("GET") == 3


async def test_the_rows_of_several_records_come_by_query(
    zoho: RunningSandbox, client: ZohoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.zoho.client.RECORDS_A_QUERY", 3)
    monkeypatch.setattr("agent.zoho.client.ROWS_A_QUERY", 5)
    wanted = {}
    for number in range(8):
        rows = [{"Installment_No": n, "Installment_Amount": n / 8} for n in range(number % 4)]
        made = zoho.control.create("BTEC_Registrations", {"Payment_Schedule": rows}, push=False)
        record = zoho.control.record("BTEC_Registrations", made)
        assert record is not None
        wanted[made] = [
            {"id": row["id"], "Installment_Amount": Decimal(str(row["Installment_Amount"]))}
            for row in record["Payment_Schedule"]
        ]
    found = await client.subform_rows("Payment_Schedule", ["Installment_Amount"], list(wanted))
    assert found == {record_id: rows for record_id, rows in wanted.items() if rows}
    assert await client.subform_rows("Payment_Schedule", ["Installment_Amount"], []) == {}


async def test_a_part_of_one_records_rows_is_none(
    zoho: RunningSandbox, client: ZohoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.zoho.client.ROWS_A_QUERY", 2)
    rows = [{"Installment_No": number} for number in range(3)]
    made = zoho.control.create("BTEC_Registrations", {"Payment_Schedule": rows}, push=False)
    with pytest.raises(SyncError) as caught:
        await client.subform_rows("Payment_Schedule", ["Installment_No"], [made])
    assert (caught.value.code, caught.value.fault) == ("ROWS_MISSING", Fault.RECORD)


async def test_an_expired_page_token_begins_the_list_again_and_repeats_nothing(
    zoho: RunningSandbox, client: ZohoClient
) -> None:
    ids = fill(zoho, 2450)
    seen: list[str] = []
    async for page in client.list_pages(STUDENTS, FIELDS):
        seen += [record["id"] for record in page]
        if len(seen) == 2000:
            zoho.control.advance(hours=25)
    assert sorted(seen) == sorted(ids)


async def test_a_token_that_dies_mid_page_is_replaced_once(zoho: RunningSandbox, client: ZohoClient) -> None:
    ids = fill(zoho, 2450)
    seen: list[str] = []
    async for page in client.list_pages(STUDENTS, FIELDS):
        if not seen:
            zoho.control.kill_tokens()
        seen += [record["id"] for record in page]
    assert sorted(seen) == sorted(ids)
    assert zoho.state.tokens.granted == 2


async def test_a_token_that_dies_again_is_not_replaced_for_ever(
    zoho: RunningSandbox, client: ZohoClient
) -> None:
    zoho.control.fail(Bad.TOKEN_DEATH, count=50)
    with pytest.raises(SyncError) as caught:
        await client.org()
    assert (caught.value.code, caught.value.action) == ("INVALID_TOKEN", Action.STOP_TARGET)
    assert zoho.state.tokens.granted == 2


async def test_records_come_whole_or_not_at_all(zoho: RunningSandbox, client: ZohoClient) -> None:
    (record_id,) = fill(zoho, 1)
    record = await client.get(STUDENTS, record_id, ["First_Name", "Last_Name"])
    assert record == {"id": record_id, "First_Name": "Nour 0", "Last_Name": "Haddad"}
    assert await client.get(STUDENTS, "5725767000009999999", FIELDS) is None
    zoho.control.delete(STUDENTS, record_id, push=False)
    assert await client.get(STUDENTS, record_id, FIELDS) is None


@pytest.mark.parametrize("more", [None, {"Payment_Schedule": False}, {"Learning_Outcomes": True}])
async def test_a_subform_comes_with_its_record(
    zoho: RunningSandbox, client: ZohoClient, monkeypatch: pytest.MonkeyPatch, more: Any
) -> None:
    record_id = registration_saying(zoho, monkeypatch, more)
    record = await client.get("BTEC_Registrations", record_id, ["Payment_Schedule"])
    assert record is not None
    assert record.keys() == {"id", "Payment_Schedule"}
    assert [row["Installment_Amount"] for row in record["Payment_Schedule"]] == [Decimal("99.5")]


async def test_a_subform_of_which_zoho_gives_a_part_is_not_taken_for_whole(
    zoho: RunningSandbox, client: ZohoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = registration_saying(zoho, monkeypatch, {"Payment_Schedule": True})
    with pytest.raises(SyncError) as caught:
        await client.get("BTEC_Registrations", record_id, ["Payment_Schedule"])
    assert (caught.value.code, caught.value.action) == ("ROWS_MISSING", Action.FAIL_RECORD)


def registration_saying(zoho: RunningSandbox, monkeypatch: pytest.MonkeyPatch, more: Any) -> str:
    """Make a registration with one row; from now on Zoho says of every record that it has `more` rows."""
    plain = Renderer._dollar_keys

    def keys(renderer: Renderer, record: Any) -> dict[str, Any]:
        return {**plain(renderer, record), "$has_more": more}

    monkeypatch.setattr(Renderer, "_dollar_keys", keys)
    values = {"Currency": "USD", "Payment_Schedule": [{"Installment_No": 1, "Installment_Amount": 99.5}]}
    return zoho.control.create("BTEC_Registrations", values, push=False)


async def test_an_id_that_is_none_is_the_records_fault(client: ZohoClient) -> None:
    with pytest.raises(SyncError) as caught:
        await client.get(STUDENTS, "../org", FIELDS)
    assert (caught.value.code, caught.value.fault) == ("INVALID_DATA", Fault.RECORD)


async def test_an_unknown_module_is_a_fault_of_the_configuration(client: ZohoClient) -> None:
    with pytest.raises(SyncError) as caught:
        await client.get("BTEC_Sudents", "5725767000009999999", FIELDS)
    assert (caught.value.code, caught.value.action) == ("INVALID_MODULE", Action.STOP_TARGET)


async def test_upsert_inserts_then_updates_and_triggers_nothing(
    zoho: RunningSandbox, client: ZohoClient
) -> None:
    first = await client.upsert(GRADES, grades(250), duplicate_check_fields=[KEY])
    assert [(result.index, result.action) for result in first] == [(n, "insert") for n in range(250)]
    second = await client.upsert(GRADES, grades(250, Grade="M"), duplicate_check_fields=[KEY])
    assert [result.id for result in second] == [result.id for result in first]
    assert {result.action for result in second} == {"update"}
    writes = [call.body for call in zoho.control.calls if call.method == "POST" and "upsert" in call.path]
    assert sorted(len(body["data"]) for body in writes) == [50, 50, 100, 100, 100, 100]
    assert all(body["trigger"] == [] for body in writes)
    assert all(body["duplicate_check_fields"] == [KEY] for body in writes)


async def test_update_changes_what_is_given_and_triggers_nothing(
    zoho: RunningSandbox, client: ZohoClient
) -> None:
    one, two = fill(zoho, 2)
    results = await client.update(
        STUDENTS, [{"id": one, "Student_Moodle_ID": "7"}, {"id": two, "Student_Moodle_ID": "8"}]
    )
    assert [(result.ok, result.id, result.action) for result in results] == [
        (True, one, "update"),
        (True, two, "update"),
    ]
    record = await client.get(STUDENTS, two, ["First_Name", "Student_Moodle_ID"])
    assert record == {"id": two, "First_Name": "Nour 1", "Student_Moodle_ID": "8"}
    (body,) = [call.body for call in zoho.control.calls if call.method == "PUT"]
    assert body["trigger"] == []


async def test_one_bad_record_stops_no_other_and_is_told_in_zohos_words(
    zoho: RunningSandbox, client: ZohoClient
) -> None:
    records = grades(120)
    records[7]["Grade"] = "Z"
    records[110]["Attempt_Number"] = "x" * 300
    results = await client.upsert(GRADES, records, duplicate_check_fields=[KEY])
    assert [result.index for result in results if not result.ok] == [7, 110]
    assert {call.status for call in zoho.control.calls if "upsert" in call.path} == {207}
    bad = results[7]
    assert bad.error is not None
    assert (bad.code, bad.error.fault, bad.details["api_name"]) == ("INVALID_DATA", Fault.RECORD, "Grade")
    assert "field Grade" in bad.message
    assert len(zoho.control.records(GRADES)) == 118


async def test_nothing_to_write_is_no_call(zoho: RunningSandbox, client: ZohoClient) -> None:
    assert await client.upsert(GRADES, [], duplicate_check_fields=[KEY]) == []
    assert zoho.control.calls == []


async def test_deletions_are_listed(zoho: RunningSandbox, client: ZohoClient) -> None:
    one, two, three = fill(zoho, 3)
    zoho.control.delete(STUDENTS, one, push=False)
    zoho.control.advance(hours=1)
    zoho.control.delete(STUDENTS, two, push=False)
    found = await client.deleted(STUDENTS)
    assert {line.id for line in found} == {one, two}
    (late,) = [line for line in found if line.id == two]
    assert [line.id for line in await client.deleted(STUDENTS, late.deleted_at)] == [two]
    assert three not in {line.id for line in found}


async def test_many_deletions_are_listed_whole(zoho: RunningSandbox, client: ZohoClient) -> None:
    ids = fill(zoho, 410)
    for record_id in ids:
        zoho.control.delete(STUDENTS, record_id, push=False)
    assert {line.id for line in await client.deleted(STUDENTS)} == set(ids)
    assert zoho.control.count("GET", "deleted") == 3


async def test_metadata(client: ZohoClient) -> None:
    fields = {field["api_name"]: field for field in await client.fields(GRADES)}
    assert fields[KEY]["unique"]
    assert (await client.org())["id"]


@pytest.mark.parametrize("fault", [Bad.DROP_BEFORE, Bad.DROP_AFTER, Bad.HALF_BODY, Bad.TOO_MANY_REQUESTS])
async def test_a_write_arrives_once_whatever_goes_wrong_on_the_way(
    zoho: RunningSandbox, client: ZohoClient, fault: Bad
) -> None:
    zoho.control.fail(fault, count=2, path="upsert")
    results = await client.upsert(GRADES, grades(30), duplicate_check_fields=[KEY])
    assert all(result.ok for result in results)
    assert len(zoho.control.records(GRADES)) == 30
    assert zoho.control.count("POST", "upsert") == 3


@pytest.mark.parametrize(
    ("fault", "code", "action", "calls"),
    [
        # three tries of ours, none of aiohttp's own
        (Bad.DROP_BEFORE, "CONNECTION_LOST", Action.RETRY, 3),
        (Bad.HALF_BODY, "ANSWER_CUT_SHORT", Action.RETRY, 3),
        (Bad.SERVER_ERROR, "INTERNAL_ERROR", Action.RETRY, 3),
        (Bad.UNAVAILABLE, "SERVICE_UNAVAILABLE", Action.RETRY, 3),
        (Bad.HTML, "HTTP_502", Action.RETRY, 3),
        (Bad.TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", Action.WAIT, 3),
        (Bad.QUOTA_SPENT, "DAILY_QUOTA_SPENT", Action.STOP_TARGET, 1),
    ],
)
async def test_a_fault_that_does_not_pass_is_told(
    zoho: RunningSandbox, client: ZohoClient, fault: Bad, code: str, action: Action, calls: int
) -> None:
    zoho.control.fail(fault, count=10, path="org")
    with pytest.raises(SyncError) as caught:
        await client.org()
    assert (caught.value.code, caught.value.action, zoho.control.count("GET", "org")) == (code, action, calls)


@pytest.mark.parametrize("fault", [Bad.DROP_BEFORE, Bad.HALF_BODY, Bad.HTML, Bad.UNAVAILABLE])
async def test_a_fault_that_passes_is_not_noticed(
    zoho: RunningSandbox, client: ZohoClient, fault: Bad
) -> None:
    ids = fill(zoho, 900)
    zoho.control.fail(fault, count=2, path=STUDENTS, skip=1)
    assert sorted(record["id"] for record in await listed(client)) == sorted(ids)


async def test_a_spent_quota_stops_at_once(zoho: RunningSandbox, client: ZohoClient) -> None:
    zoho.control.fail(Bad.QUOTA_SPENT, count=1000, path="upsert")
    with pytest.raises(SyncError) as caught:
        await client.upsert(GRADES, grades(3000), duplicate_check_fields=[KEY])
    assert caught.value.fault is Fault.QUOTA
    assert zoho.control.count("POST", "upsert") <= 10  # those that were under way at once


async def test_no_more_calls_are_in_flight_than_allowed(
    zoho: RunningSandbox, session: aiohttp.ClientSession, watch: Watch
) -> None:
    client = client_of(zoho, session, concurrency=3)
    zoho.control.set_latency(10)
    await asyncio.gather(*(client.org() for _ in range(12)))
    assert watch.most == 3


async def test_writes_of_many_records_stay_below_zohos_own_limit(
    zoho: RunningSandbox, session: aiohttp.ClientSession, watch: Watch
) -> None:
    client = client_of(zoho, session, concurrency=25)
    zoho.control.set_latency(20)
    writes = [
        client.upsert(GRADES, grades(11, Student_Name=str(number)), duplicate_check_fields=[KEY])
        for number in range(20)
    ]
    results = await asyncio.gather(*writes)
    assert all(result.ok for one in results for result in one)
    assert watch.most == 10


async def test_the_token_goes_in_zohos_own_header_and_in_no_address(client: ZohoClient, watch: Watch) -> None:
    await client.org()
    ((_, path, headers, _),) = watch.requests
    assert headers["Authorization"].startswith("Zoho-oauthtoken 1000.")
    assert "1000." not in path


async def test_credits_left_are_told_once_zoho_tells(
    zoho: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    async with running_sandbox(daily_credits=10) as small:
        client = client_of(small, session)
        assert client.credits_remaining is None
        for _ in range(6):
            await client.org()
        assert client.credits_remaining is not None
        assert client.credits_remaining < 6
        for _ in range(client.credits_remaining):
            await client.org()
        with pytest.raises(SyncError) as caught:
            await client.org()
        assert caught.value.fault is Fault.QUOTA


async def test_a_redirect_is_not_followed(session: aiohttp.ClientSession) -> None:
    @web.middleware
    async def away(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(API):
            raise web.HTTPFound("http://127.0.0.1:9/elsewhere")
        return await handler(request)

    async with running_sandbox(observers=[away]) as zoho:
        with pytest.raises(SyncError) as caught:
            await client_of(zoho, session).org()
    assert (caught.value.code, caught.value.action) == ("HTTP_302", Action.STOP_TARGET)


async def test_too_many_fields_are_refused_before_any_call(zoho: RunningSandbox, client: ZohoClient) -> None:
    with pytest.raises(SyncError):
        await anext(client.list_pages(STUDENTS, [f"F{number}" for number in range(51)]))
    assert zoho.control.calls == []


async def test_a_scope_that_is_missing_mints_no_token(session: aiohttp.ClientSession) -> None:
    said = {"code": "OAUTH_SCOPE_MISMATCH", "details": {}, "message": "invalid scope", "status": "error"}

    @web.middleware
    async def scopeless(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(API):
            return web.json_response(said, status=401)
        return await handler(request)

    async with running_sandbox(observers=[scopeless]) as zoho:
        with pytest.raises(SyncError) as caught:
            await client_of(zoho, session).org()
        assert (caught.value.code, caught.value.action) == ("OAUTH_SCOPE_MISMATCH", Action.STOP_TARGET)
        assert zoho.state.tokens.granted == 1


async def test_a_batch_refused_whole_is_split_until_the_bad_record_stands_alone(
    session: aiohttp.ClientSession,
) -> None:
    said = {"code": "INVALID_DATA", "details": {}, "message": "the body is invalid", "status": "error"}

    @web.middleware
    async def picky(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.endswith("/upsert") and "poison" in await request.text():
            return web.json_response(said, status=400)
        return await handler(request)

    async with running_sandbox(observers=[picky]) as zoho:
        records = grades(100)
        records[42]["BTEC_Grade_Name"] = "poison"
        results = await client_of(zoho, session).upsert(GRADES, records, duplicate_check_fields=[KEY])
        assert [result.index for result in results] == list(range(100))
        assert [result.index for result in results if not result.ok] == [42]
        assert results[42].message == "Zoho refused the record: the body is invalid"
        assert len(zoho.control.records(GRADES)) == 99
