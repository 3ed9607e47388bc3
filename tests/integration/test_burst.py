"""Many events at once: they share their calls, a bad one harms no other, and a backlog is not searched through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.errors import Action, SyncError
from agent.inbox import statements
from agent.inbox.events import Outcome
from agent.inbox.repository import InboxRepository
from agent.store.records import RecordStore, SyncRecord
from agent.store.sync_log import Writes, Written
from agent.sync.plan import plan_record
from agent.tried import WouldWriteError, only_tried
from agent.zoho import paging
from agent.zoho.listing import Listing
from agent.zoho.models import RecordPage
from tests.integration.inbox_help import AGENT, OTHER, execute, new_event, rows
from tests.support.grades import graded, letters, regrade
from tests.support.world import World, open_world

STUDENTS = "BTEC_Students"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=8) as world:
        await world.sync("student", "finance")
        yield world


def reads(world: World) -> int:
    return sum(call.path.startswith(f"/crm/v8/{STUDENTS}") for call in world.zoho.control.calls)


def writes(world: World) -> int:
    return world.moodle.control.count("upsert_students")


async def test_a_burst_is_read_and_written_together(world: World) -> None:
    students = world.zoho.control.ids(STUDENTS)
    for number, student in enumerate(students):
        world.zoho.control.edit(STUDENTS, student, {"Phone_Number": f"+44{number}"}, push=False)
    read, written = reads(world), writes(world)
    outcomes = await asyncio.gather(*(world.look("student", student) for student in students))
    assert outcomes == ["applied"] * len(students)
    assert reads(world) - read == 2  # once as students, once as their finance
    assert writes(world) - written <= 2  # in shares that run at the same time
    held = world.moodle.control.site.students
    assert [held[student].fields["phone"] for student in students] == [
        f"+44{n}" for n in range(len(students))
    ]


async def test_a_record_that_zoho_does_not_know_is_nobody_elses_trouble(world: World) -> None:
    student, *_ = world.zoho.control.ids(STUDENTS)
    world.zoho.control.edit(STUDENTS, student, {"City": "Leeds"}, push=False)
    done = await asyncio.gather(world.look("student", student), world.look("student", "5725767000099999999"))
    assert done == ["applied", "ignored"]


async def test_what_a_page_leaves_out_is_not_taken_for_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 3)
    students = world.zoho.control.ids(STUDENTS)
    assert len(students) > 3
    done = await asyncio.gather(*(world.look("student", student) for student in students))
    assert set(done) == {"unchanged"}
    assert not any(user.suspended for user in world.moodle.control.site.users.values())


async def test_a_list_that_forgets_a_record_is_not_believed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    students = world.zoho.control.ids(STUDENTS)
    whole = Listing.of_ids

    async def forgetful(self: Listing, ids: Sequence[str]) -> AsyncIterator[RecordPage]:
        async for page in whole(self, ids):
            yield replace(page, records=page.records[1:]) if len(ids) > 1 else page

    monkeypatch.setattr(Listing, "of_ids", forgetful)
    done = await asyncio.gather(*(world.look("student", student) for student in students))
    assert set(done) == {"unchanged"}
    assert not any(user.suspended for user in world.moodle.control.site.users.values())


async def test_a_student_deleted_between_reading_and_linking_is_looked_at_again(world: World) -> None:
    names = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "leyla.kaya@college.example.org"}
    student = world.zoho.control.create(STUDENTS, names, push=False)
    engine = world.runtime.engine
    entity = await engine.modules.entity("student")
    record = await engine.reader.read(entity, student)
    world.zoho.control.delete(STUDENTS, student, push=False)
    planned = plan_record(entity, record, await engine.labels(entity), None)
    (done,) = await engine.to_moodle.apply(entity, [planned])
    assert done.error is not None
    assert done.error.action is Action.RETRY
    assert await world.look("student", student) == "applied"
    (user,) = [one for one in world.moodle.control.site.users.values() if one.idnumber == student]
    assert user.suspended


async def test_a_record_that_is_no_good_stops_no_other_of_its_burst(world: World) -> None:
    good, bad, *_ = world.zoho.control.ids(STUDENTS)
    world.zoho.control.edit(STUDENTS, good, {"City": "Leeds"}, push=False)
    empty = dict.fromkeys(("First_Name", "Frist_Name_Native", "Last_Name", "Last_Name_Native"))
    world.zoho.control.edit(STUDENTS, bad, empty, push=False)
    done = await asyncio.gather(
        world.look("student", good), world.look("student", bad), return_exceptions=True
    )
    assert done[0] == "applied"
    assert isinstance(done[1], SyncError)
    assert done[1].code == "NAME_MISSING"


async def test_grades_of_a_class_go_to_zoho_in_one_call(database_url: str) -> None:
    async with open_world(database_url, college=0) as world:
        keys = await graded(world, 2, 3, 4, 2)
        await asyncio.gather(*(world.look("grade", key, "moodle") for key in keys))
        before = len(world.zoho.control.calls)
        for key, mark in zip(keys, (4, 2, 3, 1), strict=True):
            regrade(world, key, mark)
        done = await asyncio.gather(*(world.look("grade", key, "moodle") for key in keys))
        assert done == ["applied"] * 4
        assert [(call.method, call.path) for call in world.zoho.control.calls[before:]] == [
            ("POST", "/crm/v8/BTEC_Grades/upsert")
        ]
        assert letters(world) == dict(zip(keys, "DPMR", strict=True))


async def test_what_is_only_tried_keeps_nobody_from_writing(database_url: str) -> None:
    async with open_world(database_url, college=0) as world:
        keys = await graded(world, 2, 3)

        async def tried(key: str) -> str:
            with only_tried():
                return await world.look("grade", key, "moodle")

        done = await asyncio.gather(
            tried(keys[0]), world.look("grade", keys[1], "moodle"), return_exceptions=True
        )
        assert isinstance(done[0], WouldWriteError)
        assert done[1] == "applied"
        assert letters(world) == {keys[1]: "M"}


async def test_each_event_of_a_burst_is_ended_by_its_own_owner_and_try(engine: AsyncEngine) -> None:
    inbox = InboxRepository(engine)
    await inbox.accept([new_event(f"100000000{number}", event_id=str(number)) for number in range(4)])
    mine, lost, *others = await inbox.claim(AGENT, limit=4, lease=30)
    await execute(
        engine,
        "UPDATE integration_events_log SET claimed_by = :other WHERE id = :id",
        other=OTHER,
        id=lost.id,
    )
    done = [Outcome("applied", {"n": number}) for number in range(4)]
    ours = await asyncio.gather(
        *(
            inbox.complete(AGENT, event, outcome)
            for event, outcome in zip([mine, lost, *others], done, strict=True)
        )
    )
    assert ours == [True, False, True, True]
    assert [(row.status, row.result) for row in await rows(engine)] == [
        ("completed", {"n": 0}), ("processing", None), ("completed", {"n": 2}), ("completed", {"n": 3}),
    ]  # fmt: skip


async def test_of_two_tries_that_end_at_once_only_the_present_one_counts(engine: AsyncEngine) -> None:
    inbox = InboxRepository(engine)
    await inbox.accept([new_event()])
    (stale,) = await inbox.claim(AGENT, limit=1, lease=30)
    await execute(engine, "UPDATE integration_events_log SET lease_until = now() - interval '1 second'")
    await inbox.give_back([], max_tries=9)
    (present,) = await inbox.claim(AGENT, limit=1, lease=30)
    ends = [(stale, Outcome("applied", {"by": "stale"})), (present, Outcome("applied", {"by": "present"}))]
    assert await asyncio.gather(*(inbox.complete(AGENT, *end) for end in ends)) == [False, True]
    assert [row.result for row in await rows(engine)] == [{"by": "present"}]


async def test_a_record_that_is_saved_twice_at_once_is_as_the_later_one_left_it(engine: AsyncEngine) -> None:
    records = RecordStore(engine)
    save = [records.save_many("student", [SyncRecord("11", state)]) for state in ("pending", "synced")]
    twice = records.save_many("student", [SyncRecord("12", state) for state in ("pending", "synced")])
    await asyncio.gather(*save, twice)
    found = await records.get_many("student", ["11", "12"])
    assert {record_id: record.state for record_id, record in found.items()} == {
        "11": "synced",
        "12": "synced",
    }


async def test_what_cannot_be_stored_leaves_the_others_stored_and_each_is_logged_to_its_own_event(
    engine: AsyncEngine,
) -> None:
    records = RecordStore(engine)

    async def save(record_id: str, state: str) -> None:
        written = Writes([Written(record_id, "updated")], None, f"event of {record_id}")
        await records.save_many("student", [SyncRecord(record_id, state)], writes=written)

    done = await asyncio.gather(
        save("11", "synced"), save("12", "no such state"), save("13", "synced"), return_exceptions=True
    )
    assert (done[0], done[2]) == (None, None)
    assert isinstance(done[1], DBAPIError)
    assert set(await records.get_many("student", ["11", "12", "13"])) == {"11", "13"}
    async with engine.connect() as connection:
        log = await connection.execute(
            text("SELECT record_id, correlation_id FROM moodle_sync_log ORDER BY 1")
        )
        assert [tuple(row) for row in log] == [("11", "event of 11"), ("13", "event of 13")]


def visited(plan: dict[str, Any]) -> Iterator[int]:
    """Give how many rows each node of a plan looked at."""
    seen = (
        plan["Actual Rows"]
        + plan.get("Rows Removed by Filter", 0)
        + plan.get("Rows Removed by Join Filter", 0)
    )
    yield seen * plan["Actual Loops"]
    for below in plan.get("Plans", []):
        yield from visited(below)


async def test_a_claim_looks_at_a_few_events_of_a_backlog_only(engine: AsyncEngine) -> None:
    inbox = InboxRepository(engine)
    for turn in range(5):  # so the newest of each record are at the far end
        await inbox.accept([new_event(str(10**9 + n), event_id=f"{turn}:{n}") for n in range(2000)])
    await execute(engine, "ANALYZE integration_events_log")
    explained = text("EXPLAIN (ANALYZE, FORMAT JSON) " + statements.CLAIM.text)
    async with engine.connect() as connection:
        values = {"agent": AGENT, "limit": 10, "lease": 30}
        plan = (await connection.execute(explained, values)).scalar_one()[0]["Plan"]
        await connection.rollback()
    assert max(visited(plan)) < 1000
    claimed = await inbox.claim(AGENT, limit=10, lease=30)
    assert [event.event_id for event in claimed] == [f"4:{number}" for number in range(10)]


async def test_records_that_wait_do_not_hide_those_that_are_due(engine: AsyncEngine) -> None:
    inbox = InboxRepository(engine)
    held = [str(10**9 + number) for number in range(200)]
    await inbox.accept([new_event(record, source="moodle") for record in held])
    await inbox.accept([new_event(record) for record in held])
    # Of each the newest is not due yet; the older one of the other source waits behind it.
    await execute(
        engine,
        "UPDATE integration_events_log SET available_at = now() + interval '1 hour' WHERE source = 'zoho'",
    )
    await inbox.accept([new_event("2000000000")])
    (only,) = await inbox.claim(AGENT, limit=4, lease=30)
    assert only.record_id == "2000000000"


async def test_a_first_grade_that_zoho_does_not_take_is_sent_once(database_url: str) -> None:
    async with open_world(database_url, college=0) as world:
        (key,) = await graded(world, 3)
        (student,) = world.zoho.control.ids(STUDENTS)
        world.zoho.control.delete(STUDENTS, student, push=False)
        before = len(world.zoho.control.calls)
        with pytest.raises(SyncError) as refused:
            await world.look("grade", key, "moodle")
        assert refused.value.action is Action.WAIT
        assert [call.path for call in world.zoho.control.calls[before:]] == ["/crm/v8/BTEC_Grades/upsert"]


async def test_agents_that_save_the_same_records_at_once_do_not_stand_in_each_others_way(
    engine: AsyncEngine,
) -> None:
    one, other = RecordStore(engine), RecordStore(engine)
    there = [SyncRecord(str(number), "synced") for number in range(300)]
    await one.save_many("student", there)
    for _ in range(10):
        await asyncio.gather(one.save_many("student", there), other.save_many("student", there[::-1]))


async def test_a_part_that_fails_beside_others_costs_them_nothing_whatever_it_is(engine: AsyncEngine) -> None:
    records = RecordStore(engine)

    async def broken(_: Any) -> None:
        raise KeyError("a fault of ours")

    done = await asyncio.gather(
        records.save_many("student", [SyncRecord("11", "synced")]),
        records.save_many("student", [SyncRecord("12", "synced")], beside=broken),
        return_exceptions=True,
    )
    assert done[0] is None
    assert isinstance(done[1], KeyError)
    assert set(await records.get_many("student", ["11", "12"])) == {"11"}


async def test_a_student_renamed_while_her_first_grade_is_sent_has_the_new_name_there(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url, college=0) as world:
        (key,) = await graded(world, 3)
        grades = world.runtime.engine.grades
        remember, user = grades._remember, world.moodle.control.site.users[int(key.split("_")[0])]

        async def renamed(*given: Any) -> None:
            user.firstname = (
                "Renamed"  # as the event of the student does, which finds no grade that carries her name
            )
            await remember(*given)

        monkeypatch.setattr(grades, "_remember", renamed)
        assert await world.look("grade", key, "moodle") == "applied"
        (record,) = world.zoho.control.records("BTEC_Grades")
        assert record["Student_Name"].startswith("Renamed")
