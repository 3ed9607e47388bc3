"""Whatever the agent's client sends is a call that Zoho describes (the fixtures judge every exchange)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from agent.errors import SyncError
from agent.outbound import TRIES
from agent.sandbox.zoho import RunningSandbox, running_sandbox
from agent.zoho.client import ZohoClient
from agent.zoho.data_centers import endpoints
from agent.zoho.oauth import Credentials, TokenSource
from agent.zoho.transport import Transport
from tests.contract.zoho.recording import Recorder
from tests.support.token_memory import MemoryTokenStore

KEY = "Moodle_Grade_Composite_Key"


async def client_of(sandbox: RunningSandbox, session: aiohttp.ClientSession) -> ZohoClient:
    where = endpoints("us", sandbox.base_url, sandbox.base_url)
    credentials = Credentials("sandbox", "sandbox", "sandbox")
    tokens = TokenSource(session, where, credentials, MemoryTokenStore())  # type: ignore[arg-type]
    return ZohoClient(Transport(session, tokens, concurrency=8, backoff_seconds=0.01))


@pytest.fixture
async def client(sandbox: RunningSandbox) -> AsyncIterator[ZohoClient]:
    async with aiohttp.ClientSession() as session:
        yield await client_of(sandbox, session)


async def test_reads(client: ZohoClient, sandbox: RunningSandbox) -> None:
    fields = ["First_Name", "Last_Name", "Academic_Email", "Modified_Time"]
    listed = [record async for page in client.list_pages("BTEC_Students", fields) for record in page]
    assert [record["id"] for record in reversed(listed)] == sandbox.control.ids("BTEC_Students")
    one = await client.get("BTEC_Students", listed[0]["id"], fields)
    assert one is not None
    assert {name: one[name] for name in fields} == {name: listed[0][name] for name in fields}
    whole = await client.get(
        "BTEC_Registrations", sandbox.control.ids("BTEC_Registrations")[0], ["Payment_Schedule"]
    )
    assert whole is not None
    assert whole["Payment_Schedule"]
    assert await client.get("BTEC_Students", "5725767999999999999", fields) is None
    assert {field["api_name"] for field in await client.fields("BTEC_Grades")} >= {KEY, "Grade"}
    assert (await client.org())["zgid"]
    assert await client.count("BTEC_Students") == 30


async def test_changed_and_deleted_since(client: ZohoClient, sandbox: RunningSandbox) -> None:
    first, second, *_ = sandbox.control.ids("BTEC_Students")
    since = datetime.now(UTC) - timedelta(hours=1)
    sandbox.control.edit("BTEC_Students", first, {"City": "Oran"})
    sandbox.control.delete("BTEC_Students", second)
    changed = client.list_pages("BTEC_Students", ["City"], modified_since=since)
    found = [record async for page in changed for record in page]
    assert {"id": first, "City": "Oran"} in found
    assert [gone.id for gone in await client.deleted("BTEC_Students", since)] == [second]
    later = datetime.now(UTC) + timedelta(hours=1)
    assert [page async for page in client.list_pages("BTEC_Students", ["City"], modified_since=later)] == []
    assert await client.deleted("BTEC_Students", later) == []


async def test_reads_by_ids(client: ZohoClient, sandbox: RunningSandbox) -> None:
    wanted = sandbox.control.ids("BTEC_Payments")[:90]
    pages = client.list_pages("BTEC_Payments", ["Payment_Amount"], ids=wanted)
    assert {record["id"] async for page in pages for record in page} == set(wanted)


async def test_upserts_and_updates_come_back_one_by_one(client: ZohoClient, sandbox: RunningSandbox) -> None:
    student = sandbox.control.ids("BTEC_Students")[0]
    rows = [{KEY: f"7_7_{number}", "Grade": "M", "Student": {"id": student}} for number in range(150)]
    rows[70]["Grade"] = "Marvellous"
    results = await client.upsert("BTEC_Grades", rows, duplicate_check_fields=[KEY])
    assert [result.index for result in results if not result.ok] == [70]
    assert results[70].details["api_name"] == "Grade"
    again = await client.upsert("BTEC_Grades", [rows[0]], duplicate_check_fields=[KEY])
    assert (again[0].id, again[0].action) == (results[0].id, "update")
    link = {"id": student, "Student_Moodle_ID": "12"}
    assert [item.ok for item in await client.update("BTEC_Students", [link])] == [True]
    record = sandbox.control.record("BTEC_Students", student)
    assert record is not None
    assert record["Student_Moodle_ID"] == "12"


async def test_fields_and_channels_that_an_administrator_makes(
    client: ZohoClient, sandbox: RunningSandbox
) -> None:
    administration = client.administration
    assert (await administration.modules())["BTEC_Grades"] == sandbox.state.modules["BTEC_Grades"].id
    wanted = {"field_label": "Held in Moodle", "data_type": "text", "length": 255}
    await administration.create_field("BTEC_Students", wanted)
    [made] = [row for row in await client.fields("BTEC_Students") if row["api_name"] == "Held_in_Moodle"]
    assert made["custom_field"]
    await administration.make_unique("BTEC_Students", made["id"])
    [unique] = [row for row in await client.fields("BTEC_Students") if row["api_name"] == "Held_in_Moodle"]
    assert unique["unique"]
    with pytest.raises(SyncError, match="duplicate data"):
        await administration.create_field("BTEC_Students", wanted)
    expiry = (datetime.now(UTC) + timedelta(days=6)).replace(microsecond=0).isoformat()
    channel = {"channel_id": "1000000068001", "events": ["BTEC_Students.all"], "channel_expiry": expiry}
    channel |= {"notify_url": "https://agent.example.org/v1/events/zoho/student", "token": "t" * 50}
    await administration.open_channel(channel)
    assert [one["channel_id"] for one in await administration.channels()] == [channel["channel_id"]]
    await administration.close_channels([channel["channel_id"]])
    assert await administration.channels() == []
    with pytest.raises(SyncError, match=r"token"):
        await administration.open_channel(channel | {"token": "t" * 51})


async def test_every_write_says_that_no_workflow_runs(
    client: ZohoClient, sandbox: RunningSandbox, recorder: Recorder
) -> None:
    student = sandbox.control.ids("BTEC_Students")[0]
    await client.update("BTEC_Students", [{"id": student, "City": "Oran"}])
    await client.upsert("BTEC_Grades", [{KEY: "1_1_1"}], duplicate_check_fields=[KEY])
    writes = [
        json.loads(e.body) for e in recorder.exchanges if e.method in {"POST", "PUT"} and "/crm/" in e.path
    ]
    assert [body["trigger"] for body in writes] == [[], []]


async def test_repeats_after_faults_are_described_calls_too(
    client: ZohoClient, sandbox: RunningSandbox
) -> None:
    """A lost answer after the commit, a dead token, a limit: each is asked again, and one grade results."""
    for fault in ("drop_after", "token_death", "too_many_requests", "server_error"):
        sandbox.control.fail(fault, path="/upsert")
        row = {KEY: f"fault_{fault}", "Grade": "P"}
        results = await client.upsert("BTEC_Grades", [row], duplicate_check_fields=[KEY])
        assert [result.ok for result in results] == [True], fault
    made = [record[KEY] for record in sandbox.control.records("BTEC_Grades") if record[KEY]]
    assert sorted(made) == sorted(set(made))
    assert len(made) == 4
    assert sandbox.control.count("POST", "/upsert") <= 4 * TRIES


async def test_a_list_longer_than_numbered_pages_goes_on_by_token(recorder: Recorder) -> None:
    """More than 2,000 records: ten pages by number, the rest by page token, none twice, none missing."""
    async with running_sandbox(college=2100, seed=1, observers=[recorder.middleware]) as sandbox:
        async with aiohttp.ClientSession() as session:
            client = await client_of(sandbox, session)
            pages = client.list_pages("BTEC_Students", ["Last_Name"])
            found = [record["id"] async for page in pages for record in page]
        assert sorted(found) == sandbox.control.ids("BTEC_Students")
        assert any("page_token" in exchange.query for exchange in recorder.exchanges)
