"""The whole agent as a process between both sandboxes: both directions, kill -9, outages (A1, A3, A5, A7, A15, A17)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agent.store.settings import SettingsStore
from ops.postgres import free_port
from tests.support.agent_process import AgentProcess, environment
from tests.support.world import World, open_world, until

STUDENTS, GRADES = "BTEC_Students", "BTEC_Grades"


@dataclass
class Running:
    world: World
    agent: AgentProcess


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with open_world(database_url, college=0, agent_url=url) as world:
        retries = {"base_seconds": 0.3, "max_tries": 10}
        await SettingsStore(world.runtime.database).set("retry.policy", retries, by="test")
        agent = await AgentProcess.of(world.settings, tmp_path, port).start()
        try:
            yield Running(world, agent)
        finally:
            agent.stop()


def add_student(world: World, number: int = 1) -> str:
    return world.zoho.control.create(
        STUDENTS,
        {
            "First_Name": f"Leyla {number}",
            "Last_Name": "Kaya",
            "Academic_Email": f"s{number}@college.example.org",
        },
    )


def names(world: World) -> dict[str, str]:
    return {
        user.idnumber: user.firstname for user in world.moodle.control.site.users.values() if user.idnumber
    }


async def classroom(world: World) -> tuple[int, int, int]:
    """Make a student, a class, an enrollment and an assignment; returns (user, course, assignment)."""
    control = world.zoho.control
    student = add_student(world)
    class_id = control.create("BTEC_Classes", {"Class_Name": "Databases", "Class_Status": "Active"})
    control.create("BTEC_Enrollments", {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}})
    site = world.moodle.control.site
    await until(lambda: bool(site.enrolments))
    enrolment = next(iter(site.enrolments.values()))
    assignment = world.moodle.control.add_assignment(enrolment.courseid, "Assignment 1")
    return enrolment.userid, enrolment.courseid, assignment


def letters(world: World) -> list[Any]:
    return [record["Grade"] for record in world.zoho.control.records(GRADES)]


async def test_a_new_student_with_class_and_enrollment_appears_in_moodle_by_webhooks_alone(
    running: Running,
) -> None:
    user, course, _assignment = await classroom(running.world)
    site = running.world.moodle.control.site
    assert site.users[user].firstname == "Leyla 1"
    assert site.courses[course].fullname == "Databases"
    await running.world.idle()
    student = running.world.zoho.control.records(STUDENTS)[0]
    assert student["Student_Moodle_ID"] == str(user)


async def test_an_edit_in_zoho_arrives_and_the_write_back_does_not_echo(running: Running) -> None:
    world = running.world
    student = add_student(world)
    await until(lambda: student in names(world))
    world.zoho.control.edit(STUDENTS, student, {"First_Name": "Meryem"})
    await until(lambda: names(world)[student] == "Meryem")
    await world.idle()
    events = await world.rows("SELECT count(*) AS n FROM integration_events_log")
    assert events[0]["n"] == 2  # one creation, one edit: nothing of our own came back


async def test_a_grade_and_its_corrections_reach_zoho_and_the_last_wins(running: Running) -> None:
    world = running.world
    user, course, assignment = await classroom(world)
    for mark in (2, 1, 4, 3):
        world.moodle.control.grade(user, course, assignment, mark)
    await until(lambda: letters(world) == ["M"])
    await world.moodle.control.settle()
    await world.idle()
    assert letters(world) == ["M"]


async def test_a_burst_of_edits_costs_a_fetch_or_two(running: Running) -> None:
    world = running.world
    student = add_student(world)
    await until(lambda: student in names(world))
    await world.idle()
    world.zoho.control.set_latency(200)
    before = world.zoho.control.count("GET", STUDENTS)
    for number in range(20):
        world.zoho.control.edit(STUDENTS, student, {"First_Name": f"Name {number}"})
    await world.zoho.control.settle()
    await until(lambda: names(world)[student] == "Name 19")
    await world.idle()
    assert world.zoho.control.count("GET", STUDENTS) - before <= 4


async def test_every_acknowledged_event_survives_kill_9(running: Running) -> None:
    world, agent = running.world, running.agent
    world.zoho.control.set_latency(100)  # so that work is in flight when the agent dies
    students: list[str] = []
    for round_ in range(3):
        students += [add_student(world, 10 * round_ + n) for n in range(10)]
        await world.zoho.control.settle()  # delivered: acknowledged, or refused
        await asyncio.sleep(0.05 * round_)  # die at a different moment of the work each round
        agent.kill()
        await agent.start()
    acknowledged = {
        row["record_id"] for row in await world.rows("SELECT record_id FROM integration_events_log")
    }
    assert acknowledged == set(students)
    await world.idle()
    assert set(names(world)) == acknowledged
    accounts = [user.idnumber for user in world.moodle.control.site.users.values() if user.idnumber]
    assert len(accounts) == len(set(accounts))  # once in effect
    rows = await world.rows("SELECT DISTINCT status FROM integration_events_log")
    assert rows == [{"status": "completed"}]


async def test_grades_given_while_the_agent_is_down_arrive_when_it_is_back(running: Running) -> None:
    world, agent = running.world, running.agent
    user, course, assignment = await classroom(world)
    agent.stop()
    for mark in (1, 4, 2):
        world.moodle.control.grade(user, course, assignment, mark)
    assert letters(world) == []
    await agent.start()
    await until(lambda: letters(world) == ["P"])


async def test_what_could_not_be_pushed_is_pulled(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=0, moodle_pull_seconds=0.2) as world:  # nobody pushes
        agent = await AgentProcess.of(world.settings, tmp_path).start()
        try:
            student = add_student(world)
            await world.runtime.enqueue("student", [student])
            class_id = world.zoho.control.create(
                "BTEC_Classes", {"Class_Name": "D", "Class_Status": "Active"}
            )
            await world.runtime.enqueue("class", [class_id])
            await world.idle()
            course = next(iter(world.moodle.control.site.courses))
            user = next(
                user.id for user in world.moodle.control.site.users.values() if user.idnumber == student
            )
            assignment = world.moodle.control.add_assignment(course, "Assignment 1")
            world.moodle.control.grade(user, course, assignment, 3)
            await until(lambda: letters(world) == ["M"])
        finally:
            agent.stop()


async def test_outages_of_both_sides_are_waited_out(running: Running) -> None:
    world = running.world
    world.zoho.control.fail("unavailable", count=4)
    world.zoho.control.fail("token_death", count=1)
    world.moodle.control.fail("html", count=3)
    student = add_student(world)
    await until(lambda: student in names(world))
    # The sandboxes live in this process: nothing may wait for them when the agent is stopped.
    await world.idle()


async def test_a_clean_stop_ends_with_exit_code_0(running: Running) -> None:
    assert running.agent.stop() == 0


async def test_health(running: Running) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz"):
            async with session.get(running.agent.url + path) as answer:
                assert answer.status == 200


async def test_no_secret_and_no_person_in_the_log(running: Running) -> None:
    world, agent = running.world, running.agent
    await classroom(world)
    world.moodle.control.fail("html", count=1)
    add_student(world, 2)
    await world.idle()
    log = agent.log.read_text()
    assert "event_done" in log
    secrets = [
        value for name, value in agent.env.items() if any(w in name for w in ("SECRET", "TOKEN", "KEYS"))
    ]
    for forbidden in (*(value for value in secrets if value != "sandbox"), "Leyla", "college.example.org"):
        assert forbidden not in log


def run_cli(env: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent", *arguments],
        env=env, cwd=folder, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip


async def test_the_sync_command_reports_and_exits(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=20, seed=5) as world:
        env = environment(world.settings, 1) | {"COLUMNS": "160"}
        dry = await asyncio.to_thread(run_cli, env, tmp_path, "sync", "--all", "--dry-run")
        assert "student: would: " in dry.stdout, dry.stderr
        assert world.moodle.control.count("upsert") == 0
        done = await asyncio.to_thread(run_cli, env, tmp_path, "sync", "--all")
        assert "created" in done.stdout, done.stderr
        failed = await world.rows("SELECT count(*) AS n FROM sync_students WHERE state = 'error'")
        assert done.returncode == (1 if failed[0]["n"] else 0)
        world.zoho.control.fail("quota_spent", count=None)
        stopped = await asyncio.to_thread(run_cli, env, tmp_path, "sync", "--module", "student")
        assert stopped.returncode == 2
        assert "zoho stopped student: Zoho's quota for the day is spent" in stopped.stderr


async def test_a_parked_record_is_shown_with_its_reason_and_retried_by_one_command(
    running: Running, tmp_path: Path
) -> None:
    world = running.world
    student = world.zoho.control.create(STUDENTS, {"First_Name": "Leyla", "Last_Name": "Kaya"})
    await world.idle()
    env = dict(running.agent.env) | {"COLUMNS": "160"}
    shown = await asyncio.to_thread(run_cli, env, tmp_path, "events-status")
    assert shown.returncode == 1
    assert "Zoho has no e-mail address, Moodle needs one" in shown.stdout, shown.stderr
    world.zoho.control.edit(STUDENTS, student, {"Academic_Email": "leyla@college.example.org"}, push=False)
    again = await asyncio.to_thread(run_cli, env, tmp_path, "retry-failed")
    assert again.stdout == "1 events are pending again\n", again.stderr
    await until(lambda: student in names(world))


def test_a_missing_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "ZOHOSYNC_MOODLE_URL": "http://moodle.example.org"}
    done = run_cli(env, tmp_path, "serve")
    assert done.returncode == 2
    for name in ("ZOHOSYNC_DATABASE_URL: is missing", "ZOHOSYNC_ZOHO_CLIENT_SECRET: is missing"):
        assert name in done.stderr
    assert "ZOHOSYNC_MOODLE_URL: must use https" in done.stderr


def test_unknown_module_is_named(tmp_path: Path) -> None:
    done = run_cli({"PATH": "/usr/bin:/bin", "COLUMNS": "160"}, tmp_path, "sync", "--module", "teachers")
    assert done.returncode == 2
    said = " ".join(done.stderr.replace("│", " ").split())
    assert "there is no module 'teachers'; there are program, unit, teacher, student" in said
