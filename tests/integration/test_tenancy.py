"""A database works for the organisation and the site that it was set up for, and for no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from agent.app import open_runtime, pull
from agent.errors import Action, SyncError
from agent.sandbox.zoho import settings_api
from tests.support.agent_process import command
from tests.support.world import World, open_world

STUDENTS = "BTEC_Students"
LEYLA = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "leyla@college.example.org"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def test_both_sides_are_learnt_at_the_first_use(world: World) -> None:
    assert await world.rows("SELECT 1 FROM extension_integrations") == []
    await world.sync("student")
    learnt = await world.rows(
        "SELECT i.* FROM extension_integrations i JOIN extension_tenants t ON t.id = tenant_id ORDER BY side"
    )
    assert [row["side"] for row in learnt] == ["moodle", "zoho"]
    assert learnt[0]["address"] == world.moodle.base_url
    assert learnt[1]["identity"] == settings_api.ORG_ID


async def test_another_organisation_is_not_touched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.sync("student")
    world.zoho.control.create(STUDENTS, LEYLA, push=False)
    monkeypatch.setattr(settings_api, "ORG_ID", "5725767000000000999")
    async with open_runtime(world.settings) as runtime:
        with pytest.raises(SyncError, match="belongs to the Zoho organisation Sandbox College") as refused:
            await replace(world, runtime=runtime).sync("student")
        assert (refused.value.code, refused.value.action) == ("FOREIGN_SIDE", Action.WAIT)
    stopped = await command(world.settings, "sync", "--module", "student")
    assert stopped.returncode == 2
    assert "FOREIGN_SIDE" in stopped.stderr
    assert world.moodle.control.count("local_zohosync_upsert_students") == 0


async def test_events_of_another_site_are_neither_taken_nor_acknowledged(world: World) -> None:
    await world.sync("student")
    async with (
        open_world(world.settings.database_url.get_secret_value(), college=0) as other,
        open_runtime(other.settings) as runtime,
    ):
        with pytest.raises(SyncError, match="belongs to the Moodle site"):
            await pull(runtime)
        assert other.moodle.control.count("local_zohosync_ack_events") == 0
        assert other.moodle.control.count("local_zohosync_get_events") == 0


async def test_a_move_that_is_meant_is_learnt_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.sync("student")
    monkeypatch.setattr(settings_api, "ORG_ID", "5725767000000000999")
    forgot = await command(world.settings, "tenant", "forget", "--yes")
    assert "2 sides" in forgot.stdout
    async with open_runtime(world.settings) as runtime:
        await replace(world, runtime=runtime).sync("student")
    shown = await command(world.settings, "tenant", "show")
    assert "5725767000000000999" in shown.stdout
