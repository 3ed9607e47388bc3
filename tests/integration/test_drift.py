"""`zohosync drift` says what differs between Zoho, the agent and Moodle, and writes nothing (A23)."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent.entities.registry import FROM_ZOHO
from agent.sync.compare import Difference
from agent.sync.drift import look_for_drift
from tests.support.agent_process import environment
from tests.support.people import (
    CLASSES,
    STUDENTS,
    add_class,
    add_student,
    contents,
    empty,
    enroll,
    mended_college,
    user_of,
    written,
)
from tests.support.world import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def full(world: World) -> None:
    passes = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [done.error for done in passes if done.error] == []


async def differences(world: World) -> dict[tuple[str, str], Difference]:
    """Look for drift; whatever is found, nothing may have been written."""
    before, calls = await contents(world), written(world)
    found = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert await contents(world) == before
    assert written(world) == calls
    assert [one.error for one in found if one.error] == []
    assert [one.name for one in found] == [part.name for part in world.runtime.passes.parts]
    return {(one.entity, one.record_id): one for drift in found for one in drift.differences}


async def command(world: World, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "agent", "drift", *arguments],
        env=environment(world.settings, 1) | {"COLUMNS": "200"},
        cwd=folder, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip


async def test_before_the_first_pass_everything_differs_and_after_it_nothing(database_url: str) -> None:
    async with open_world(database_url, college=25, seed=5) as world:
        mended_college(world)
        found = await differences(world)
        for name, entity in FROM_ZOHO.items():
            there = {(name, one) for one in world.zoho.control.ids(entity.module)}
            assert there
            assert there <= found.keys(), name
            assert {found[one].operation for one in there} == {"create"}
            assert {found[one].missing for one in there} == {("agent", "moodle")}
        await full(world)
        assert await differences(world) == {}  # an enrollment of a class without a course is none


async def test_each_kind_of_difference_is_told_by_its_sides_and_fields(world: World) -> None:
    edited, gone, forgotten, changed, lost, both, back = (add_student(world, number) for number in range(7))
    world.zoho.control.delete(STUDENTS, back, push=False)
    same = add_student(world, 8)
    await full(world)
    assert await differences(world) == {}
    site = world.moodle.control.site
    world.zoho.control.edit(STUDENTS, edited, {"City": "Oran", "Last_Name": "Demir"}, push=False)
    world.zoho.control.delete(STUDENTS, gone, push=False)
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql(
            "DELETE FROM sync_students WHERE record_id = %(id)s", {"id": forgotten}
        )
    user_of(world, changed).email = "typed@elsewhere.example.org"
    del site.students[lost]
    user_of(world, both).lastname = "Typed in Moodle"
    world.zoho.control.edit(STUDENTS, both, {"City": "Blida"}, push=False)
    world.zoho.control.restore(STUDENTS, back, push=False)
    new = add_student(world, 9)
    bad = add_student(world, 10, Academic_Email=None)
    found = {key: one for key, one in (await differences(world)).items() if key[0] == "student"}
    told = {
        record_id: (one.operation, one.fields, one.missing, one.moodle)
        for (_, record_id), one in found.items()
    }
    every = tuple(sorted(line.name for line in FROM_ZOHO["student"].fields if told[new][1].count(line.name)))
    assert told == {
        edited: ("update", ("city", "lastname"), (), ()),
        gone: ("suspend", (), ("zoho",), ()),
        forgotten: ("adopt", (), ("agent",), ()),
        changed: ("update", (), (), ("email",)),
        lost: ("create", (), ("moodle",), ()),
        both: ("conflict", ("city",), (), ("lastname",)),
        back: ("create", every, ("agent", "moodle"), ()),
        new: ("create", every, ("agent", "moodle"), ()),
        bad: ("update", (), ("agent", "moodle"), ()),
    }
    assert {"firstname", "lastname", "academicemail"} <= set(every)
    assert found["student", bad].reason.startswith("EMAIL_MISSING: ")
    assert same not in told
    await full(world)
    assert set(await differences(world)) == {("student", bad)}


async def test_a_restored_record_and_one_that_only_moodle_knows(world: World) -> None:
    student, only = add_student(world), add_student(world, 2)
    await full(world)
    world.zoho.control.delete(STUDENTS, student, push=False)
    await full(world)
    world.zoho.control.restore(STUDENTS, student, push=False)
    world.zoho.control.delete(STUDENTS, only, push=False)
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM sync_students WHERE record_id = %(id)s", {"id": only})
    found = await differences(world)
    assert (found["student", student].operation, found["student", student].missing) == (
        "restore",
        ("moodle",),
    )
    assert (found["student", only].operation, found["student", only].missing) == (
        "suspend",
        ("zoho", "agent"),
    )


async def test_what_waits_is_drift_only_when_what_it_waited_for_is_there(world: World) -> None:
    student, class_id = add_student(world), add_class(world, "Pending")
    enrollment = enroll(world, student, class_id)
    await full(world)
    assert await differences(world) == {}
    world.zoho.control.edit(CLASSES, class_id, {"Class_Status": "Active"}, push=False)
    assert set(await differences(world)) == {("class", class_id)}
    await world.look("class", class_id)  # its course is there now, and no worker looks at who waited for it
    assert set(await differences(world)) == {("enrollment", enrollment)}
    assert (await differences(world))["enrollment", enrollment].reason.startswith("WAITING_FOR_DEPENDENCY: ")


async def test_many_deletions_are_shown_and_need_no_leave(world: World) -> None:
    students = [add_student(world, number) for number in range(12)]
    await full(world)
    for student in students:
        world.zoho.control.delete(STUDENTS, student, push=False)
    found = await differences(world)
    assert {one.operation for one in found.values()} == {"suspend"}
    assert {record_id for name, record_id in found if name == "student"} == set(students)


async def test_the_command_tells_by_its_exit_code(world: World, tmp_path: Path) -> None:
    student = add_student(world)
    await full(world)
    done = await command(world, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "student: 1 compared, 0 differ\n" in done.stdout
    world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
    done = await command(world, tmp_path)
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if f"student {student}" in line]
    assert [cell.strip() for cell in line.split("│")[1:5]] == [f"student {student}", "update", "", "city"]
    done = await command(world, tmp_path, "--json")
    assert done.returncode == 1
    shown: dict[str, Any] = {one["module"]: one for one in json.loads(done.stdout)}
    assert list(shown) == [part.name for part in world.runtime.passes.parts]
    assert shown["class"] == {"module": "class", "compared": 0, "error": None, "differences": []}
    assert shown["student"]["differences"] == [
        {
            "entity": "student", "record_id": student, "operation": "update", "fields": ["city"],
            "missing": [], "moodle": [], "reason": "",
        }
    ]  # fmt: skip
    done = await command(world, tmp_path, "--module", "class")
    assert (done.returncode, done.stdout) == (0, "class: 0 compared, 0 differ\n")
    world.zoho.control.fail("server_error", count=None, path=CLASSES)
    done = await command(world, tmp_path)
    assert done.returncode == 2
    assert "class cannot be compared: INTERNAL_ERROR" in done.stderr
    assert f"student {student}" in done.stdout  # the others are looked at all the same


async def test_drift_without_a_schema_says_so_and_makes_none(world: World, tmp_path: Path) -> None:
    await empty(world, "alembic_version")
    done = await command(world, tmp_path)
    assert done.returncode == 2
    assert "zohosync migrate" in done.stderr
