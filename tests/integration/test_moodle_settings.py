"""What Moodle keeps of the agent's settings, and up to when it is told that what it shows holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from agent import doctor
from agent.store.options import MOODLES, OPTIONS
from tests.support.world import World, open_world, until


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as opened:
        yield opened


async def test_the_first_push_brings_all_and_the_second_nothing(world: World) -> None:
    assert await world.runtime.moodle_settings.push() == []
    kept = world.moodle.control.site.settings
    assert kept.keys() == set(MOODLES)
    assert {key: json.loads(value) for key, value in kept.items()} == {
        key: OPTIONS[key]().model_dump(mode="json") for key in MOODLES
    }
    await world.runtime.moodle_settings.push()
    assert world.moodle.control.count("put_settings") == 1


async def test_what_differs_in_moodle_is_put_right(world: World) -> None:
    await world.runtime.moodle_settings.push()
    site = world.moodle.control.site
    site.settings["grading.rules"] = '{"passing": "1"}'
    del site.settings["grading.generated"]
    await world.runtime.moodle_settings.push()
    assert json.loads(site.settings["grading.rules"])["passing"] == "2"
    assert json.loads(site.settings["grading.generated"])["enabled"] is False


async def test_a_changed_setting_is_on_its_way_by_itself_and_survives_an_outage(world: World) -> None:
    task = asyncio.create_task(world.runtime.moodle_settings.keep_pushed())
    site = world.moodle.control.site
    await until(lambda: "student_dashboard.visibility" in site.settings)
    await world.runtime.engine.modules.settings.set(
        "student_dashboard.visibility", {"finance": False}, by="test"
    )
    await until(lambda: json.loads(site.settings["student_dashboard.visibility"])["finance"] is False)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_full_pass_pushes_settings_and_says_up_to_when_its_modules_hold(world: World) -> None:
    before = int(datetime.now(UTC).timestamp())
    await world.runtime.passes.by_hand(world.runtime.passes.parts)
    site = world.moodle.control.site
    assert site.settings.keys() == set(MOODLES)
    assert site.asof.keys() == {
        *("program", "unit", "teacher", "student", "class"),
        *("registration", "enrollment", "payment", "grade", "request"),
    }
    assert all(before <= moment <= datetime.now(UTC).timestamp() for moment in site.asof.values())


async def test_a_pass_that_breaks_off_says_nothing_of_its_module(world: World) -> None:
    world.zoho.control.fail("quota_spent", count=None, path="BTEC_Teachers")
    await world.runtime.passes.by_hand(
        [p for p in world.runtime.passes.parts if p.name in {"teacher", "unit"}]
    )
    assert "teacher" not in world.moodle.control.site.asof


async def test_a_setting_that_moodle_refuses_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.sandbox.moodle.functions.SETTINGS", ("grading.rules",))
    refused = await world.runtime.moodle_settings.push()
    assert {one.key for one in refused} == set(MOODLES) - {"grading.rules"}
    assert all(one.errorcode == "settingunknown" for one in refused)


async def test_the_doctor_names_what_moodle_does_not_keep(world: World) -> None:
    async def told() -> tuple[str, str]:
        found = {one.subject: one async for one in doctor.examine(world.settings)}
        return found["settings in Moodle"].level, found["settings in Moodle"].text

    assert (await told())[0] == "OK"  # nothing was pushed yet
    await world.runtime.moodle_settings.push()
    assert await told() == ("OK", "as they are here")
    world.moodle.control.site.settings["grading.rules"] = "{}"
    assert await told() == ("WARN", "not as they are here: grading.rules")
