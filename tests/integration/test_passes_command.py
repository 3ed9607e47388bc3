"""Passes as people and services make them: `zohosync sync` with its options, and the running agent (A22, A24)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.entities.registry import FROM_ZOHO
from agent.sync.passes import Pass
from tests.support.agent_process import AgentProcess, environment
from tests.support.people import STUDENTS, add_student, user_of
from tests.support.world import World, open_world, until


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def city(world: World, student: str) -> Any:
    return world.moodle.control.site.students[student].fields["city"]


def errors(passes: list[Pass]) -> list[str]:
    return [done.error.code for done in passes if done.error]


async def first_sync(world: World) -> None:
    assert errors(await world.runtime.passes.by_hand(list(FROM_ZOHO.values()))) == []


TABLES = (
    "extension_modules", "extension_sync_runs", "extension_run_history", "integration_events_log",
    "sync_programs", "sync_teachers", "sync_students", "sync_classes", "sync_enrollments",
)  # fmt: skip


def run_cli(env: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent", "sync", *arguments],
        env=env, cwd=folder, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip


async def contents(world: World) -> dict[str, list[dict[str, Any]]]:
    return {table: await world.rows(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}


async def test_a_dry_run_since_a_time_prints_the_plan_and_writes_no_row(world: World, tmp_path: Path) -> None:
    student, gone = add_student(world), add_student(world, 2)
    await first_sync(world)
    moment = datetime.now(UTC) - timedelta(minutes=5)
    world.zoho.control.edit(STUDENTS, student, {"City": "Oran", "Last_Name": "Demir"}, push=False)
    world.zoho.control.delete(STUDENTS, gone, push=False)
    new = [add_student(world, number, Academic_Email=None if number == 10 else f"n{number}@college.example.org")
           for number in range(10, 65)]  # fmt: skip
    before, writes = await contents(world), world.moodle.control.count("upsert")
    env = environment(world.settings, 1) | {"COLUMNS": "160"}
    arguments = ("--since", moment.isoformat(), "--dry-run")
    done = await asyncio.to_thread(run_cli, env, tmp_path, *arguments)
    assert done.returncode == 1, done.stderr  # one has no address
    assert "student: would: 54 create, 1 failed, 1 suspend, 1 update\n" in done.stdout
    lines = {line.split("│")[1].strip(): line for line in done.stdout.splitlines() if line.count("│") == 4}
    assert "update" in lines[f"student {student}"]
    assert "city, lastname" in lines[f"student {student}"].replace("last_name", "lastname")
    assert f"student {gone}" in lines
    assert sum("create" in line or "suspend" in line for line in lines.values()) == 49
    assert "... and 62 more" in done.stdout  # 112 of students and their finance parts, 50 of them shown
    assert done.stdout.splitlines()[-1].startswith(
        "some records need a person: 11 of 11 modules, would: 109 create, 1 failed, 2 suspend, "
    )
    assert await contents(world) == before
    assert world.moodle.control.count("upsert") == writes
    real = await asyncio.to_thread(run_cli, env, tmp_path, "--since", moment.isoformat())
    assert "student: 54 created, 1 failed" in real.stdout, real.stderr
    assert "2 updated" in real.stdout
    assert city(world, student) == "Oran"
    assert user_of(world, gone).suspended
    assert user_of(world, new[1]).email == "n11@college.example.org"


@pytest.mark.parametrize("given", ["2026-11-22T19:00:00", "yesterday"])
async def test_a_time_without_offset_is_refused(world: World, tmp_path: Path, given: str) -> None:
    done = run_cli(environment(world.settings, 1), tmp_path, "--since", given)
    assert done.returncode == 2
    assert "offset" in done.stderr


async def test_serve_makes_the_pass(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=0, reconcile_minutes=0.005) as world:
        student = add_student(world)
        await first_sync(world)
        agent = await AgentProcess.of(world.settings, tmp_path).start()
        try:
            world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
            await until(lambda: city(world, student) == "Oran")
        finally:
            agent.stop()
