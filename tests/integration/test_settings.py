"""Settings in the database: checked, in force on running agents, and what each of them does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from agent.errors import Action, SyncError
from agent.inbox.events import NewEvent
from agent.inbox.settings import InboxSettings
from agent.inbox.workers import Inbox
from agent.store.options import RetryPolicy
from agent.store.settings import SettingsStore
from tests.support.agent_process import command
from tests.support.world import World, open_world, until

STUDENTS, CLASSES, PROGRAMS = "BTEC_Students", "BTEC_Classes", "Products"
LEYLA = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "leyla@college.example.org"}
CLASS = {"Class_Name": "Databases", "Class_Short_Name": "DB-1", "Class_Status": "Active"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def settings(world: World) -> SettingsStore:
    return world.runtime.engine.modules.settings


async def tell(world: World, entity: str, record_id: str, event_type: str = "update") -> None:
    event = NewEvent(f"{entity}-{record_id}-{event_type}", "zoho", event_type, entity, record_id, "c")
    await world.runtime.inbox.accept([event])


async def done(world: World, entity: str) -> dict[str, Any]:
    query = "SELECT * FROM integration_events_log WHERE entity_type = :entity AND status = 'completed'"

    async def is_done() -> bool:
        return bool(await world.rows(query, entity=entity))

    await until(is_done)
    return (await world.rows(query, entity=entity))[-1]


async def test_a_change_is_in_force_on_an_agent_that_runs_already(world: World) -> None:
    other = SettingsStore(world.runtime.database)
    assert (await other.get(RetryPolicy)).max_tries == 3
    shown = await command(world.settings, "settings", "set", "retry.policy", '{"max_tries": 7}')
    assert shown.returncode == 0, shown.stderr

    async def followed() -> bool:
        return (await other.get(RetryPolicy)).max_tries == 7

    await until(followed)
    rows = await world.rows("SELECT key, value_json, version, updated_by FROM app_settings")
    assert [(row["key"], row["value_json"], row["version"]) for row in rows] == [
        ("retry.policy", {"max_tries": 7}, 1)
    ]
    listed = await command(world.settings, "settings", "show", "--json")
    shown = json.loads(listed.stdout)["retry.policy"]
    assert shown == {"max_tries": 7, "base_seconds": 60.0, "factor": 2.0}
    assert (await command(world.settings, "settings", "reset", "retry.policy")).returncode == 0
    assert await world.rows("SELECT 1 FROM app_settings") == []


async def test_a_value_that_does_not_fit_is_refused_and_nothing_is_stored(world: World) -> None:
    for key, value in (("retry.policy", '{"max_tries": 0}'), ("retry.polcy", "{}"), ("retry.policy", "{")):
        refused = await command(world.settings, "settings", "set", key, value)
        assert refused.returncode == 2
        assert "nothing was stored" in refused.stderr
    assert await world.rows("SELECT 1 FROM app_settings") == []


async def test_a_value_that_somebody_wrote_past_the_check_makes_work_wait_and_says_so(world: World) -> None:
    async with world.runtime.database.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO app_settings (key, value_json, description, updated_by) "
                """VALUES ('retry.policy', '{"max_tries": -1}', '', 'somebody')"""
            )
        )
    with pytest.raises(SyncError, match=r"retry\.policy cannot be read: max_tries") as refused:
        await settings(world).get(RetryPolicy)
    assert refused.value.action is Action.WAIT


async def test_events_of_a_module_that_is_off_are_finished_with_the_reason(world: World) -> None:
    await settings(world).set("modules.enabled", {"student": False}, by="test")
    student = world.zoho.control.create(STUDENTS, LEYLA, push=False)
    async with world.workers():
        await tell(world, "student", student)
        row = await done(world, "student")
    assert row["outcome"] == "ignored"
    assert "modules.enabled" in row["result"]["reason"]
    assert world.moodle.control.count("local_zohosync_upsert_students") == 0


async def test_an_event_that_does_nothing_by_itself_leaves_its_record_to_the_pass(world: World) -> None:
    await settings(world).set("workflows.auto_enabled", {"student": {"create": False}}, by="test")
    student = world.zoho.control.create(STUDENTS, LEYLA, push=False)
    async with world.workers():
        await tell(world, "student", student, "student.created")
        assert (await done(world, "student"))["outcome"] == "ignored"
    assert world.moodle.control.count("local_zohosync_upsert_students") == 0
    await world.sync("student")
    assert world.moodle.control.count("local_zohosync_upsert_students") == 1


async def test_the_policy_of_retries_decides_how_often_an_event_is_tried(world: World) -> None:
    await settings(world).set("retry.policy", {"max_tries": 2, "base_seconds": 0.05, "factor": 1}, by="test")
    student = world.zoho.control.create(STUDENTS, LEYLA, push=False)
    world.moodle.control.fail("html", count=1000, function="local_zohosync_upsert_students")
    query = "SELECT status, retry_count FROM integration_events_log WHERE status = 'failed'"

    async def parked() -> bool:
        return bool(await world.rows(query))

    figures = InboxSettings(sweep=0.2, poll=0.2, wait_first=0.1)
    async with Inbox(world.runtime.database, world.runtime, figures, retry=world.runtime.retry_policy):
        await tell(world, "student", student)
        await until(parked)
    assert (await world.rows(query))[0]["retry_count"] == 2


async def test_roles_staff_and_the_end_of_a_class_come_from_the_settings(world: World) -> None:
    it = world.zoho.control.create(PROGRAMS, {"Product_Name": "IT 5", "Program_Major": "IT"}, push=False)
    art = world.zoho.control.create(
        PROGRAMS, {"Product_Name": "Art 5", "Program_Major": "Art & Design"}, push=False
    )
    ids = [
        world.zoho.control.create(
            CLASSES, CLASS | {"Class_Short_Name": name, "BTEC_Program": {"id": program}}, push=False
        )
        for name, program in (("IT-1", it), ("ART-1", art))
    ]
    await world.sync()
    staff = [{"user": "admin", "role": "manager", "major": "IT"}]
    await settings(world).set("moodle.roles", {"class_teacher": "teacher", "default_staff": staff}, by="test")
    await settings(world).set("classes.at_end", {"course": "hide"}, by="test")
    world.zoho.control.edit(CLASSES, ids[1], {"Class_Status": "End"}, push=False)
    await world.sync()
    classes = world.moodle.control.site.classes
    sent = [classes[class_id].fields for class_id in ids]
    assert [row["teacherrole"] for row in sent] == ["teacher", "teacher"]
    assert [len(row["staff"]) for row in sent] == [1, 0]
    assert [row["hide"] for row in sent] == [0, 1]
