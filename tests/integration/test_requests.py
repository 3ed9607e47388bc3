"""Students' requests: raised in Moodle, answered in Zoho, each side's fields its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.errors import SyncError
from agent.sync.drift import look_for_drift
from tests.support.people import STUDENTS, add_student, user_of, written
from tests.support.world import World, open_world

REQUESTS = "BTEC_Student_Requests"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def raised(world: World, reason: str = "I moved to the evening class.") -> tuple[int, str]:
    """Raise a request; returns (its number, the student)."""
    student = add_student(world)
    await world.look("student", student)
    return world.moodle.control.raise_request(user_of(world, student).id, "Class Drop", reason), student


async def sent(world: World) -> tuple[int, str]:
    """Raise a request and bring it to Zoho; returns (its number, Zoho's id)."""
    number, _ = await raised(world)
    await world.look("request", str(number), "moodle")
    return number, the_only(world)["id"]


def the_only(world: World) -> dict[str, Any]:
    (record,) = world.zoho.control.records(REQUESTS)
    return record


async def conflicts(world: World) -> list[dict[str, Any]]:
    return await world.rows(
        "SELECT record_id, fields, detail FROM extension_run_history"
        " WHERE outcome = 'conflict' AND entity = 'request'"
    )


async def passed(world: World) -> dict[str, Any]:
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [one.error for one in done if one.error] == []
    return {one.report.entity: dict(one.report.counts) for one in done}


async def at_rest(world: World, number: int) -> None:
    before = written(world)
    assert await world.look("request", the_only(world)["id"]) == "unchanged"
    assert await world.look("request", str(number), "moodle") == "unchanged"
    await passed(world)
    assert written(world) == before
    drift = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [one.differences for one in drift if one.differences] == []


async def test_a_request_raised_in_moodle_is_made_in_zoho_and_moodle_learns_its_id(world: World) -> None:
    number, student = await raised(world)
    assert await world.look("request", str(number), "moodle") == "applied"
    record = the_only(world)
    assert record["Name"] == f"Moodle request {number}: Class Drop"
    assert record["Student"]["id"] == student
    assert record["Academic_Email"] == (world.zoho.control.record(STUDENTS, student) or {})["Academic_Email"]
    assert (record["Request_Type"], record["Status"]) == ("Class Drop", "Pending")
    assert record["Reason"] == "I moved to the evening class."
    assert record["Request_Date"]
    assert record["Moodle_User_ID"] == str(user_of(world, student).id)
    assert world.moodle.control.site.requests[number].zohoid == record["id"]
    (row,) = await world.rows("SELECT record_id, moodle_id, state FROM sync_requests")
    assert row == {"record_id": record["id"], "moodle_id": number, "state": "synced"}
    await at_rest(world, number)


async def test_zohos_answer_comes_back(world: World) -> None:
    number, record_id = await sent(world)
    answer = {"Status": "Approved", "Fees_Amount": 25, "Currency": "USD"}
    world.zoho.control.edit(REQUESTS, record_id, answer, push=False)
    assert await world.look("request", record_id) == "applied"
    request = world.moodle.control.site.requests[number]
    assert (request.status, request.fees, request.currency) == ("Approved", "25", "USD")
    assert await conflicts(world) == []
    await at_rest(world, number)


@pytest.mark.parametrize("how", ["event", "pass"])
async def test_what_is_moodles_is_put_right_in_zoho_and_recorded(world: World, how: str) -> None:
    number, record_id = await sent(world)
    edits = {
        "Name": "Nothing",
        "Reason": "Another reason",
        "Request_Type": "Student Card",
        "Status": "Approved",
    }
    world.zoho.control.edit(REQUESTS, record_id, edits, push=False)
    if how == "event":
        assert await world.look("request", record_id) == "applied"
    else:
        await passed(world)
    record = the_only(world)
    assert record["Name"] == f"Moodle request {number}: Class Drop"
    assert (record["Reason"], record["Request_Type"]) == ("I moved to the evening class.", "Class Drop")
    assert record["Status"] == "Approved"
    assert world.moodle.control.site.requests[number].status == "Approved"
    (conflict,) = await conflicts(world)
    assert conflict["fields"] == ["number", "reason", "type"]
    assert conflict["detail"]["reason"]["lost"] == "Another reason"
    assert conflict["detail"]["reason"]["kept"] == "I moved to the evening class."
    await at_rest(world, number)


async def test_a_repeat_after_a_lost_answer_makes_no_second_one_and_keeps_zohos_answer(world: World) -> None:
    number, _ = await raised(world)
    world.moodle.control.fail("down", count=3, function="local_zohosync_upsert_requests")
    with pytest.raises(SyncError):
        await world.look("request", str(number), "moodle")
    record = the_only(world)
    world.moodle.control.calm()
    world.zoho.control.edit(REQUESTS, record["id"], {"Status": "Rejected"}, push=False)
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE sync_requests")  # killed before it was remembered
    await world.look("request", str(number), "moodle")
    assert the_only(world)["Status"] == "Rejected"
    assert world.moodle.control.site.requests[number].status == "Rejected"
    await at_rest(world, number)


async def test_many_events_at_once_make_one(world: World) -> None:
    number, _ = await raised(world)
    world.zoho.control.set_latency(30)
    await asyncio.gather(*(world.look("request", str(number), "moodle") for _ in range(5)))
    await at_rest(world, number)


async def test_a_pass_finds_a_request_whose_event_was_lost(world: World) -> None:
    number, _ = await raised(world)
    assert (await passed(world))["moodle request"] == {"updated": 1}
    assert the_only(world)["Name"].startswith(f"Moodle request {number}:")
    await at_rest(world, number)


async def test_a_request_made_by_staff_simply_mirrors(world: World) -> None:
    student = add_student(world)
    await world.look("student", student)
    values = {"Name": "At the desk", "Student": {"id": student}, "Request_Type": "Student Card"}
    record_id = world.zoho.control.create(REQUESTS, {**values, "Status": "Pending"}, push=False)
    assert await world.look("request", record_id) == "applied"
    world.zoho.control.edit(REQUESTS, record_id, {"Reason": "Lost the old one"}, push=False)
    assert await world.look("request", record_id) == "applied"
    (request,) = world.moodle.control.site.requests.values()
    assert (request.type, request.reason, request.raised) == ("Student Card", "Lost the old one", False)
    assert await conflicts(world) == []


async def test_a_second_record_for_one_request_is_refused_by_name(world: World) -> None:
    number, record_id = await sent(world)
    values = {"Name": f"Moodle request {number}: Student Card", "Status": "Rejected"}
    copy = world.zoho.control.create(REQUESTS, values, push=False)
    with pytest.raises(SyncError, match="REQUEST_TWICE"):
        await world.look("request", copy)
    assert world.moodle.control.site.requests[number].zohoid == record_id
    assert world.moodle.control.site.requests[number].status == "Pending"


async def test_a_long_reason_is_cut_with_a_mark_and_comes_to_rest(world: World) -> None:
    number, _ = await raised(world, "😀 long " * 600)
    await world.look("request", str(number), "moodle")
    assert the_only(world)["Reason"].endswith("[…]")
    await at_rest(world, number)
