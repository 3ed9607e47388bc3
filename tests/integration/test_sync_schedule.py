"""When passes are made: at night in full, between in part, once over all agents (A22)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from agent.entities.registry import FROM_ZOHO
from agent.store.options import Schedule
from agent.sync.passes import Pass
from tests.support.people import add_student, user_of
from tests.support.world import World, open_world

NOW = timedelta(0)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def full(world: World) -> None:
    passes = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [done.error for done in passes if done.error] == []


def kinds(passes: list[Pass]) -> set[str]:
    return {done.report.entity for done in passes}


async def run_kinds(world: World) -> list[str]:
    rows = await world.rows("SELECT kind FROM extension_sync_runs WHERE entity = 'student' ORDER BY id")
    return [row["kind"] for row in rows]


async def age(world: World, column: str, by: timedelta) -> None:
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql(
            f"UPDATE extension_modules SET {column} = {column} - %(by)s", {"by": by}
        )


async def test_the_nightly_full_pass_is_made_once_also_when_the_agent_was_down_at_that_minute(
    world: World,
) -> None:
    student = add_student(world)
    await full(world)
    passes, settings = world.runtime.passes, world.runtime.engine.modules.settings
    assert await passes.scheduled(None) == []  # neither an interval nor a time
    clock = datetime.now(UTC) - timedelta(hours=3)  # three hours ago, nobody was there
    await settings.set("reconcile.schedule", {"full_at": f"{clock:%H:%M}"}, by="test")
    await age(world, "last_pass_at", timedelta(hours=4))
    assert await passes.scheduled(None) == []  # the first full pass was later than that
    await age(world, "last_pass_at", timedelta(hours=-4))
    await age(world, "last_full_at", timedelta(hours=4))
    assert await passes.scheduled(None) == []  # a pass began a moment ago: it may just have failed
    await age(world, "last_pass_at", timedelta(hours=4))
    user_of(world, student).email = "typed@elsewhere.example.org"  # what an incremental pass does not see
    assert kinds(await passes.scheduled(NOW)) == {part.name for part in passes.parts}
    assert user_of(world, student).email == "s1@college.example.org"
    assert await run_kinds(world) == ["full", "full"]
    await age(world, "last_pass_at", timedelta(hours=1))
    assert await passes.scheduled(None) == []  # once a night
    await passes.scheduled(NOW)
    assert await run_kinds(world) == ["full", "full", "incremental"]


async def test_the_setting_says_how_often_an_incremental_pass_is_made(world: World) -> None:
    add_student(world)
    await full(world)
    passes, settings = world.runtime.passes, world.runtime.engine.modules.settings
    await settings.set("reconcile.schedule", {"incremental_minutes": 0}, by="test")
    assert (await settings.get(Schedule)).incremental_minutes == 0
    assert await passes.scheduled(NOW) == []
    await settings.set("reconcile.schedule", {"incremental_minutes": 30}, by="test")
    assert await passes.scheduled(NOW) == []
    await age(world, "last_pass_at", timedelta(minutes=31))
    assert kinds(await passes.scheduled(None)) == set(FROM_ZOHO)
    assert await passes.scheduled(None) == []
