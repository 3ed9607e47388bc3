"""`zohosync grade`: what the agent knows of one grade, its earlier attempts, and what Moodle says now."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.support.agent_process import command
from tests.support.grades import graded, passed, regrade
from tests.support.people import contents, written
from tests.support.world import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def test_a_grade_is_shown_with_its_attempts_and_nothing_is_written(world: World) -> None:
    (key,) = await graded(world, 1)
    await passed(world)
    row = {"shortname": "P1", "description": "Text", "achieved": 1, "remark": ""}
    regrade(world, key, 3, attemptnumber=1, criteria=[row])
    assert await world.look("grade", key, "moodle") == "applied"
    before = written(world), await contents(world)
    done = await command(world.settings, "grade", key)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0].startswith(f"grade {key} synced, in Zoho ")
    told = [line.split(", ")[0] for line in lines if line.startswith("attempt ")]
    assert told == ["attempt 1: R", "attempt 2: M"]
    assert "P1: Achieved" in lines
    assert lines[-1] == "Moodle now: M, Released: by the mark"
    assert (written(world), await contents(world)) == before


async def test_what_moodle_says_now_and_json(world: World) -> None:
    (key,) = await graded(world, 2)
    await passed(world)
    regrade(world, key, 4)
    told = json.loads((await command(world.settings, "grade", key, "--json")).stdout)
    assert (told["key"], told["state"], told["agreed"]["letter"], told["attempts"]) == (
        key,
        "synced",
        "P",
        [],
    )
    assert told["now"] == "D, Released: by the mark (not yet told to Zoho)"


async def test_a_grade_that_needs_a_person_is_told_with_the_reason(world: World) -> None:
    (key,) = await graded(world, 2)
    await passed(world)
    await world.execute(
        "UPDATE sync_grades SET state = 'error', error_code = 'INVALID_DATA', error_message = 'Zoho says no'"
    )
    done = await command(world.settings, "grade", key)
    assert done.returncode == 1
    assert "INVALID_DATA: Zoho says no" in done.stdout


@pytest.mark.parametrize(("key", "said"), [("1_2_3", "knows no grade 1_2_3"), ("34-12-7", "is no key")])
async def test_a_grade_that_is_not_known_says_so(world: World, key: str, said: str) -> None:
    done = await command(world.settings, "grade", key)
    assert done.returncode == 2
    assert said in done.stderr
