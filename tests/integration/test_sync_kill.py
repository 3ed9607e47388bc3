"""`zohosync sync --all` killed in the middle of an initial sync: run again, all is right, nothing is double (A22)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from agent.entities.registry import FROM_ZOHO
from agent.sync.drift import look_for_drift
from tests.support.agent_process import environment
from tests.support.people import STUDENTS, mended_college, written
from tests.support.world import World, open_world, until

ARGUMENTS = [sys.executable, "-m", "agent", "sync", "--all"]


async def killed(world: World, folder: Path, condition: str) -> None:
    """Run the command and kill it as soon as a query of the agent's database finds a row."""
    env = environment(world.settings, 1)
    process = subprocess.Popen(  # noqa: ASYNC220 - starts at once
        ARGUMENTS, env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await until(lambda: world.rows(condition))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
    assert process.returncode == -signal.SIGKILL  # it was still at work


def more_than(table: str, number: int) -> str:
    return f"SELECT 1 FROM (SELECT count(*) AS n FROM {table}) AS found WHERE n > {number}"


@pytest.mark.parametrize(
    "points",
    [
        [more_than("extension_sync_runs", 0)],
        [more_than("sync_students", 0), more_than("sync_enrollments", 0)],
        [more_than("sync_payments", 100), more_than("sync_students", 120), more_than("moodle_sync_log", 900)],
    ],
    ids=["at the beginning", "students, then enrollments", "three times"],
)
async def test_a_killed_initial_sync_goes_on_where_it_was(
    database_url: str, tmp_path: Path, points: list[str]
) -> None:
    async with open_world(database_url, college=200, seed=3) as world:
        mended_college(world)
        world.moodle.control.latency_ms = 80
        for point in points:
            await killed(world, tmp_path, point)
        world.moodle.control.latency_ms = 0
        done = await asyncio.to_thread(
            subprocess.run, ARGUMENTS, env=environment(world.settings, 1), cwd=tmp_path,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        await all_is_there_once(world)
        calls = written(world)
        again = await world.runtime.passes.by_hand(world.runtime.passes.parts)
        assert [one.error for one in again if one.error] == []
        assert written(world) == calls


async def all_is_there_once(world: World) -> None:
    site, zoho = world.moodle.control.site, world.zoho.control
    found = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [(one.name, one.differences, one.error) for one in found if one.differences or one.error] == []
    holders = Counter(user.idnumber for user in site.users.values() if user.idnumber)
    people = {*zoho.ids(STUDENTS), *zoho.ids(FROM_ZOHO["teacher"].module)}
    assert holders == dict.fromkeys(people, 1)
    active = {
        record["id"]
        for record in zoho.records(FROM_ZOHO["class"].module)
        if record["Class_Status"] == "Active"
    }
    courses = Counter(course.idnumber for course in site.courses.values())
    assert courses == dict.fromkeys(active, 1)
    for record in zoho.records(STUDENTS):
        (user,) = [user for user in site.users.values() if user.idnumber == record["id"]]
        assert record["Student_Moodle_ID"] == str(user.id)
    runs = await world.rows("SELECT status, count(*) AS n FROM extension_sync_runs GROUP BY 1")
    by_status = {row["status"]: row["n"] for row in runs}
    assert by_status["completed"] >= len(FROM_ZOHO)
    assert by_status["failed"] > 0  # the killed ones
    assert "running" not in by_status
