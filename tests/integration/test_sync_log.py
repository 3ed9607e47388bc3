"""What a pass leaves in moodle_sync_log and in the history, and for how long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from agent.store import sync_log
from agent.store.runs import RecordNote
from tests.support.people import STUDENTS, add_class, add_student, enroll, user_of
from tests.support.world import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def full(world: World, *names: str) -> dict[str, dict[str, int]]:
    """Make a full pass; returns what it counted."""
    chosen = [part for part in world.runtime.passes.parts if not names or part.name in names]
    passes = await world.runtime.passes.by_hand(chosen)
    assert [done.error for done in passes if done.error] == []
    return {done.report.entity: dict(done.report.counts) for done in passes}


async def logged(world: World) -> list[dict[str, Any]]:
    return await world.rows(
        "SELECT entity, record_id, operation, moodle_id, fields, error_code, run_id, correlation_id "
        "FROM moodle_sync_log ORDER BY id"
    )


async def test_every_write_to_moodle_is_logged_with_who_asked_for_it(world: World) -> None:
    student, class_id, bad = add_student(world), add_class(world, "Pending"), add_student(world, 2)
    control = world.moodle.control
    control.add_user("ada", "s2@college.example.org", "Ada", "One")
    control.add_user("bob", "s2@college.example.org", "Bob", "Two")
    enrollment = enroll(world, student, class_id)
    await full(world)
    rows = {(row["entity"], row["record_id"]): row for row in await logged(world)}
    assert rows["student", student]["operation"] == "created"
    assert rows["student", student]["moodle_id"] == user_of(world, student).id
    refused = rows["student", bad]
    assert (refused["operation"], refused["error_code"]) == ("refused", "USERSAMBIGUOUS")
    assert rows["enrollment", enrollment]["operation"] == "waiting"
    runs = {
        row["id"]: row["entity"] for row in await world.rows("SELECT id, entity FROM extension_sync_runs")
    }
    assert all(runs[row["run_id"]] == row["entity"] for row in rows.values())
    assert {row["correlation_id"] for row in rows.values()} == {None}
    number = len(await logged(world))
    async with world.workers():
        world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
        await world.runtime.enqueue("student", [student])
        await world.idle()
    (event,) = await world.rows("SELECT correlation_id FROM integration_events_log WHERE outcome = 'applied'")
    new = [row for row in (await logged(world))[number:] if row["record_id"] == student]
    assert [(row["operation"], row["fields"], row["run_id"]) for row in new] == [("updated", ["city"], None)]
    assert new[0]["correlation_id"] == event["correlation_id"]
    world.zoho.control.delete(STUDENTS, student, push=False)
    await full(world, "student")
    assert (await logged(world))[-2]["operation"] == "deleted" or (await logged(world))[-1][
        "operation"
    ] == "deleted"


async def test_the_log_of_writes_is_kept_for_its_time(world: World) -> None:
    student = add_student(world)
    await full(world, "student")
    assert await sync_log.purge(world.runtime.database, timedelta(days=90)) == 0
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE moodle_sync_log SET written_at = written_at - interval '91 days'"
        )
    user_of(world, student).email = "typed@elsewhere.example.org"
    await full(world, "student")
    assert await sync_log.purge(world.runtime.database, timedelta(days=90)) == 1
    assert [row["operation"] for row in await logged(world)] == ["updated"]


async def test_the_history_of_events_goes_after_its_time(world: World) -> None:
    runs, old = world.runtime.runs, timedelta(days=91)
    await runs.note(None, "enrollment", [RecordNote("1", "conflict", ["enddate"], detail={})])
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE extension_run_history SET recorded_at = recorded_at - %(by)s", {"by": old}
        )
    await runs.note(None, "enrollment", [RecordNote("2", "conflict", ["enddate"], detail={})])
    await runs.purge(timedelta(days=90))
    assert [conflict.record_id for conflict in await runs.conflicts(10)] == ["2"]
