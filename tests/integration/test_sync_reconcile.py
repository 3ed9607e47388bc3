"""A full pass brings Zoho, the agent and Moodle back together, whatever of them was lost or put back (A20, A23)."""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.entities.registry import FROM_ZOHO
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


async def cli(world: World, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "agent", *arguments],
        env=environment(world.settings, 1) | {"COLUMNS": "160"},
        cwd=folder, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip


async def full(world: World, *names: str) -> dict[str, dict[str, int]]:
    """Make a full pass; returns what it counted."""
    chosen = [part for part in world.runtime.passes.parts if not names or part.name in names]
    passes = await world.runtime.passes.by_hand(chosen)
    assert [done.error for done in passes if done.error] == []
    return {done.report.entity: dict(done.report.counts) for done in passes}


async def test_the_second_full_pass_of_a_college_writes_nothing_anywhere(database_url: str) -> None:
    async with open_world(database_url, college=40, seed=5) as world:
        add_student(world, Academic_Email=None)
        first = await full(world)
        assert all(sum(counts.values()) for counts in (first[name] for name in FROM_ZOHO))
        assert first["enrollment"]["waiting"]  # of classes without a course
        assert first["student"]["failed"]
        before = {
            name: rows
            for name, rows in (await contents(world)).items()
            if name not in {"extension_sync_runs", "extension_modules"}  # a pass is a pass
        }
        calls = written(world)
        second = await full(world)
        assert written(world) == calls
        after = await contents(world)
        assert {name: after[name] for name in before} == before
        for name in FROM_ZOHO:
            assert set(second[name]) <= {"unchanged", "waiting", "failed"}
            assert sum(second[name].values()) == sum(first[name].values())


async def test_an_emptied_memory_is_filled_without_a_write_to_moodle_or_zoho(database_url: str) -> None:
    async with open_world(database_url, college=30, seed=5) as world:
        mended_college(world)
        first = await full(world)
        remembered = (
            "SELECT record_id, moodle_id, agreed_hash, state FROM {} WHERE state = 'synced' ORDER BY 1"
        )
        tables = ("sync_students", "sync_classes", "sync_enrollments", "sync_payments", "moodle_finance_info")
        before = {table: await world.rows(remembered.format(table)) for table in tables}
        money = "SELECT * FROM moodle_finance_payments ORDER BY 1, 2, 3"
        amounts = [{**row, "written_at": None} for row in await world.rows(money)]
        assert all(before.values())
        assert amounts
        calls = written(world)
        await empty(world)
        again = await full(world)
        zoho, moodle = written(world)
        assert zoho == calls[0]
        assert again["student"] == {"adopted": sum(first["student"].values())}
        assert {table: await world.rows(remembered.format(table)) for table in tables} == before
        assert [{**row, "written_at": None} for row in await world.rows(money)] == amounts
        waiting = again["enrollment"].get("waiting", 0)  # asked about once more: nothing remembers them
        assert moodle == calls[1] + (waiting > 0)
        calls = written(world)
        assert set((await full(world))["student"]) == {"unchanged"}
        assert written(world) == calls


async def test_a_lost_mirror_is_written_anew_and_finds_its_accounts(world: World) -> None:
    student, class_id = add_student(world), add_class(world)
    enrollment = enroll(world, student, class_id)
    await full(world)
    site = world.moodle.control.site
    users, courses = dict(site.users), dict(site.courses)
    for mirror in site.mirrors.values():
        for zohoid in list(mirror):
            del mirror[zohoid]
    assert (await full(world))["student"] == {"updated": 1}
    assert set(site.users) == set(users)
    assert set(site.courses) == set(courses)
    assert enrollment in site.mirrors["enrollment"]
    assert set((await full(world))["student"]) == {"unchanged"}


async def test_a_moodle_that_was_put_back_to_a_backup_follows_again(world: World) -> None:
    kept, edited, gone, back = (add_student(world, number) for number in range(1, 5))
    world.zoho.control.delete(STUDENTS, back, push=False)
    await full(world)
    site = world.moodle.control.site
    backup = copy.deepcopy({zohoid: site.students[zohoid] for zohoid in (kept, edited, gone)})
    people = {zohoid: copy.deepcopy(user_of(world, zohoid).__dict__) for zohoid in (edited, gone)}
    world.zoho.control.edit(STUDENTS, edited, {"City": "Oran", "Last_Name": "Demir"}, push=False)
    world.zoho.control.delete(STUDENTS, gone, push=False)
    world.zoho.control.restore(STUDENTS, back, push=False)
    new = add_student(world, 9)
    await full(world)
    for zohoid in (new, back):  # the backup is from before they came
        user = user_of(world, zohoid)
        del site.students[zohoid]
        del site.users[user.id]
    for zohoid, mirror in backup.items():
        site.students[zohoid] = mirror
    for zohoid, values in people.items():
        user_of(world, zohoid).lastname = values["lastname"]
        user_of(world, zohoid).suspended = values["suspended"]
    counts = (await full(world))["student"]
    assert counts == {"created": 2, "updated": 2, "unchanged": 1}
    assert user_of(world, edited).lastname == "Demir"
    assert user_of(world, gone).suspended
    assert not user_of(world, new).suspended
    assert not user_of(world, back).suspended
    assert set((await full(world))["student"]) == {"unchanged"}


async def test_a_zoho_that_was_put_back_to_a_backup_is_believed(world: World) -> None:
    student, later = add_student(world, City="Oran"), add_student(world, 2)
    await full(world)
    record = world.zoho.control.state.store.get(STUDENTS, student)
    assert record is not None
    backup = copy.deepcopy(record)
    world.zoho.control.advance(hours=1)
    world.zoho.control.edit(STUDENTS, student, {"City": "Annaba"}, push=False)
    await full(world)
    assert world.moodle.control.site.students[student].fields["city"] == "Annaba"
    record.values.clear()
    record.values.update(backup.values)
    record.modified = backup.modified
    world.zoho.control.delete(STUDENTS, later, push=False)
    assert (await full(world))["student"] == {"updated": 2}
    assert world.moodle.control.site.students[student].fields["city"] == "Oran"
    assert user_of(world, later).suspended
    calls = written(world)
    assert (await full(world))["student"] == {"unchanged": 1}
    assert written(world) == calls
    # and what is edited from now on arrives, by the pass and by the event
    world.zoho.control.edit(STUDENTS, student, {"City": "Blida"}, push=False)
    world.zoho.control.advance(hours=2)
    world.zoho.control.edit(STUDENTS, student, {"City": "Setif"}, push=False)
    assert await world.look("student", student) == "applied"
    assert world.moodle.control.site.students[student].fields["city"] == "Setif"


async def test_what_only_moodle_still_knows_is_a_deletion_for_every_entity(database_url: str) -> None:
    async with open_world(database_url, college=12, seed=5) as world:
        mended_college(world)
        await full(world)
        site = world.moodle.control.site
        chosen = {
            name: next(one for one, row in site.mirrors[name].items() if not row.deleted)
            for name in FROM_ZOHO
        }
        await empty(world)
        for name, record_id in chosen.items():
            if name != "finance":  # a student's own record
                world.zoho.control.delete(FROM_ZOHO[name].module, record_id, push=False)
        counts = await full(world)
        for name, record_id in chosen.items():
            assert site.mirrors[name][record_id].deleted or name == "finance", name
            assert counts[name].get("failed", 0) == 0, name
        assert user_of(world, chosen["student"]).suspended
        calls = written(world)
        await full(world)
        assert written(world) == calls


async def test_an_event_of_what_a_pass_has_forgotten_finds_nothing_to_do(world: World) -> None:
    enrollment = enroll(world, add_student(world), add_class(world))
    await full(world)
    await empty(world)
    world.zoho.control.delete("BTEC_Enrollments", enrollment, push=False)
    await full(world)
    calls = written(world)
    assert await world.look("enrollment", enrollment) == "ignored"
    assert written(world) == calls


async def test_many_records_that_only_moodle_knows_stop_the_module(world: World) -> None:
    students = [add_student(world, number) for number in range(12)]
    await full(world)
    await empty(world)
    for student in students:
        world.zoho.control.delete(STUDENTS, student, push=False)
    (done,) = await world.runtime.passes.by_hand([FROM_ZOHO["student"]])
    assert done.error is not None
    assert done.error.code == "TOO_MANY_DELETIONS"
    assert not any(user_of(world, student).suspended for student in students)


async def test_a_record_that_failed_and_then_left_zoho_is_forgotten(world: World) -> None:
    bad = add_student(world, Academic_Email=None)
    assert (await full(world, "student"))["student"] == {"failed": 1}
    world.zoho.control.delete(STUDENTS, bad, push=False)
    assert (await full(world, "student"))["student"] == {"adopted": 1}
    assert await world.rows("SELECT state FROM sync_students") == [{"state": "deleted"}]
    assert (await full(world, "student"))["student"] == {}
    world.zoho.control.restore(STUDENTS, bad, push=False)
    world.zoho.control.edit(STUDENTS, bad, {"Academic_Email": "s1@college.example.org"}, push=False)
    assert (await full(world, "student"))["student"] == {"created": 1}


async def test_an_edit_in_moodle_of_what_zoho_owns_is_undone(world: World) -> None:
    student, other = add_student(world), add_student(world, 2)
    await full(world)
    user_of(world, student).email = "typed@elsewhere.example.org"
    before = written(world)
    assert (await full(world))["student"] == {"updated": 1, "unchanged": 1}
    assert user_of(world, student).email == "s1@college.example.org"
    assert user_of(world, other).email == "s2@college.example.org"
    assert written(world) == (before[0], before[1] + 1)
    assert await world.runtime.runs.conflicts(10) == []  # only one side had changed it


async def test_where_both_sides_changed_a_record_the_owner_wins_and_the_loss_is_listed(
    world: World, tmp_path: Path
) -> None:
    student = add_student(world)
    await full(world)
    user_of(world, student).lastname = "Typed in Moodle"
    world.zoho.control.edit(STUDENTS, student, {"Last_Name": "Demir"}, push=False)
    plan = await cli(world, tmp_path, "sync", "--all", "--dry-run")
    assert "student: would: 1 conflict\n" in plan.stdout
    assert await world.runtime.runs.conflicts(10) == []
    assert (await full(world))["student"] == {"updated": 1}
    assert user_of(world, student).lastname == "Demir"
    (conflict,) = await world.runtime.runs.conflicts(10)
    assert (conflict.entity, conflict.record_id, conflict.fields) == ("student", student, ["lastname"])
    assert conflict.detail == {"lastname": {"kept": "Demir", "agreed": "Kaya 1"}}
    assert conflict.run_id is not None
    shown = await cli(world, tmp_path, "conflicts")
    assert shown.returncode == 0
    assert f"student {student}" in shown.stdout
    assert "lastname: kept 'Demir', agreed 'Kaya 1'" in shown.stdout
    (listed,) = json.loads((await cli(world, tmp_path, "conflicts", "--json")).stdout)
    assert listed["detail"]["lastname"]["kept"] == "Demir"


async def test_an_enrollment_of_a_class_without_a_course_is_sent_once_and_again_when_the_course_is_there(
    world: World,
) -> None:
    student, class_id = add_student(world), add_class(world, "Pending")
    enrollment = enroll(world, student, class_id)
    assert (await full(world))["enrollment"] == {"waiting": 1}
    calls = written(world)
    assert (await full(world))["enrollment"] == {"waiting": 1}
    assert written(world) == calls
    world.zoho.control.edit(CLASSES, class_id, {"Class_Status": "Active"}, push=False)
    counts = await full(world)
    assert counts["class"] == {"updated": 1} or counts["class"] == {"created": 1}
    assert counts["enrollment"] == {"created": 1}
    assert world.moodle.control.site.mirrors["enrollment"][enrollment].courseid


async def test_what_a_dependency_broke_off_is_not_begun(world: World) -> None:
    student, class_id = add_student(world), add_class(world)
    enroll(world, student, class_id)
    world.moodle.control.fail("database", count=50, function="local_zohosync_upsert_students")
    passes = {
        done.report.entity: done for done in await world.runtime.passes.by_hand(list(FROM_ZOHO.values()))
    }
    assert passes["student"].error is not None
    assert passes["enrollment"].not_begun == "student"
    assert await world.rows("SELECT 1 FROM extension_sync_runs WHERE entity = 'enrollment'") == []
    assert world.moodle.control.count("upsert_enrolments") == 0


async def test_a_module_whose_mapping_does_not_fit_holds_up_no_other(world: World) -> None:
    add_class(world)
    await world.runtime.engine.modules.store.set("teacher", "phone", "Telephone_Nummer")
    passes = {
        done.report.entity: done for done in await world.runtime.passes.by_hand(list(FROM_ZOHO.values()))
    }
    assert [name for name, done in passes.items() if done.error or done.not_begun] == ["teacher"]
    assert passes["class"].report.counts == {"created": 1}


async def test_a_module_that_is_switched_off_is_left_out(world: World, tmp_path: Path) -> None:
    add_student(world)
    add_class(world)
    await world.runtime.engine.modules.settings.set("modules.enabled", {"student": False}, by="test")
    counts = await full(world)
    assert "student" not in counts
    assert "finance" not in counts  # of the same records
    assert counts["class"] == {"created": 1}
    assert world.moodle.control.count("upsert_students") == 0
    named = await cli(world, tmp_path, "sync", "--module", "student")
    assert named.returncode == 2
    assert "switched off" in named.stderr


async def test_the_commands_say_that_the_database_is_away(world: World, tmp_path: Path) -> None:
    env = environment(world.settings, 1)
    env["ZOHOSYNC_DATABASE_URL"] = "postgresql+psycopg://nobody:secret-word@127.0.0.1:9/none"
    for arguments in (["sync", "--all"], ["drift"], ["runs"], ["conflicts"]):
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "agent", *arguments],
            env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        assert done.returncode == 2, arguments
        assert "the agent's database cannot be" in done.stderr
        assert "Traceback" not in done.stderr
        assert "secret-word" not in done.stderr + done.stdout


async def test_the_command_sums_up_for_a_cron_job(world: World, tmp_path: Path) -> None:
    modules = len(world.runtime.passes.parts)
    add_student(world)
    done = await cli(world, tmp_path, "sync", "--all")
    assert done.returncode == 0, done.stderr
    assert "student: 1 created\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith(f"done: {modules} of {modules} modules, 2 created; ")
    listed = await cli(world, tmp_path, "runs", "--limit", "50")
    assert any(
        "student full completed" in line and "1 created" in line for line in listed.stdout.splitlines()
    )
    add_student(world, 2, Academic_Email=None)
    done = await cli(world, tmp_path, "sync", "--all")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("some records need a person: ")
    assert "EMAIL_MISSING" in done.stdout
    world.zoho.control.fail("server_error", count=None, path="BTEC_Payments")
    done = await cli(world, tmp_path, "sync", "--module", "payment")
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1].startswith("stopped: 0 of 1 modules")
    assert "INTERNAL_ERROR" in done.stderr
    done = await cli(world, tmp_path, "sync", "--module", "nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr
