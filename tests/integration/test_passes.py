"""Passes on a real PostgreSQL between both sandboxes: what no webhook told is found (promises A20, A22, A24)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from agent.app import open_runtime
from agent.entities.registry import FROM_ZOHO
from agent.store.runs import ABANDONED, Lead, LeadLostError, LeadTakenError
from agent.sync.passes import LAG, Pass
from tests.support.agent_process import environment
from tests.support.people import STUDENTS, add_class, add_student, user_of
from tests.support.world import World, open_world, until

NOW = timedelta(0)  # an interval after which every module is due
NOTHING: dict[str, int] = {}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def city(world: World, student: str) -> Any:
    return world.moodle.control.site.students[student].fields["city"]


def zoho_writes(world: World) -> int:
    return sum(call.method in {"PUT", "POST"} and "/crm/" in call.path for call in world.zoho.control.calls)


def errors(passes: list[Pass]) -> list[str]:
    return [done.error.code for done in passes if done.error]


async def first_sync(world: World) -> None:
    assert errors(await world.runtime.passes.by_hand(list(FROM_ZOHO.values()))) == []


async def next_pass(world: World) -> dict[str, dict[str, int]]:
    """Make the scheduled pass; returns what it counted beside what was unchanged."""
    passes = await world.runtime.passes.scheduled(NOW)
    assert errors(passes) == []
    assert [done.report.entity for done in passes] == list(FROM_ZOHO)
    return {
        done.report.entity: {word: n for word, n in done.report.counts.items() if word != "unchanged"}
        for done in passes
    }


async def watermark(world: World, entity: str) -> Any:
    rows = await world.rows("SELECT watermark FROM extension_modules WHERE entity = :e", e=entity)
    return rows[0]["watermark"] if rows else None


async def put_back(world: World, **by: float) -> None:
    """Let the watermarks be older than they are, as if the last pass lay so far back."""
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE extension_modules SET watermark = watermark - %(by)s", {"by": timedelta(**by)}
        )


async def runs(world: World, entity: str = "student") -> list[dict[str, Any]]:
    return await world.rows(
        "SELECT id, kind, status, counts, error, finished_at FROM extension_sync_runs "
        "WHERE entity = :e ORDER BY id", e=entity,
    )  # fmt: skip


async def history(world: World, run: int) -> list[dict[str, Any]]:
    return await world.rows(
        "SELECT record_id, outcome, fields, error_code FROM extension_run_history "
        "WHERE run_id = :run ORDER BY id", run=run,
    )  # fmt: skip


def everything(world: World, **changes: Any) -> dict[str, dict[str, int]]:
    return {entity: {} for entity in FROM_ZOHO} | changes


async def test_a_lost_webhook_is_made_good_by_the_next_pass_and_the_one_after_writes_nothing(
    world: World,
) -> None:
    student, other = add_student(world), add_student(world, 2)
    await first_sync(world)
    world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
    new = add_student(world, 3)
    assert await next_pass(world) == everything(
        world, student={"created": 1, "updated": 1}, finance={"created": 1}
    )
    assert city(world, student) == "Oran"
    assert user_of(world, new).lastname == "Kaya 3"
    assert user_of(world, other).lastname == "Kaya 2"
    writes, calls = zoho_writes(world), world.moodle.control.count("upsert")
    assert await next_pass(world) == everything(world)
    assert zoho_writes(world) == writes
    assert world.moodle.control.count("upsert") == calls


async def test_a_pass_asks_only_for_what_changed_since(world: World) -> None:
    old = add_student(world)
    await first_sync(world)
    world.zoho.control.advance(hours=1)
    new = add_student(world, 2)
    await put_back(world, hours=-0.7)  # after the first student, before the second
    passes = await world.runtime.passes.scheduled(NOW)
    assert {done.report.entity: done.report.seen for done in passes}["student"] == 1
    assert user_of(world, new).lastname == "Kaya 2"
    assert user_of(world, old).lastname == "Kaya 1"


async def test_a_lost_deletion_and_a_lost_restore_are_found(world: World) -> None:
    student = add_student(world)
    await first_sync(world)
    world.zoho.control.delete(STUDENTS, student, push=False)
    assert await next_pass(world) == everything(world, student={"updated": 1}, finance={"updated": 1})
    assert user_of(world, student).suspended
    assert await next_pass(world) == everything(world)
    world.zoho.control.restore(STUDENTS, student, push=False)
    assert await next_pass(world) == everything(world, student={"updated": 1}, finance={"updated": 1})
    assert not user_of(world, student).suspended


async def test_many_deletions_at_once_stop_that_module_and_what_needs_it(world: World) -> None:
    students = [add_student(world, number) for number in range(12)]
    await first_sync(world)
    for student in students:
        world.zoho.control.delete(STUDENTS, student, push=False)
    before = await watermark(world, "student")
    new = add_class(world)
    passes = await world.runtime.passes.scheduled(NOW)
    assert {done.report.entity: done.error.code for done in passes if done.error} == {
        "student": "TOO_MANY_DELETIONS", "finance": "TOO_MANY_DELETIONS",
    }  # fmt: skip
    assert [(done.report.entity, done.not_begun) for done in passes if done.not_begun] == [
        ("enrollment", "student")
    ]
    assert [row["entity"] for row in await world.rows("SELECT DISTINCT entity FROM extension_sync_runs "
            "WHERE kind = 'incremental' AND status = 'failed' ORDER BY 1")] == ["finance", "student"]  # fmt: skip
    assert not any(user_of(world, student).suspended for student in students)
    assert await watermark(world, "student") == before
    assert [course.idnumber for course in world.moodle.control.site.courses.values()] == [new]
    allowed = await world.runtime.passes.by_hand([FROM_ZOHO["student"]], allow_deletions=True)
    assert allowed[0].report.counts["updated"] == 12


async def test_the_watermark_moves_only_after_a_pass_that_did_its_work(world: World) -> None:
    student = add_student(world)
    await first_sync(world)
    await put_back(world, hours=1)
    before = {entity: await watermark(world, entity) for entity in FROM_ZOHO}
    world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
    world.zoho.control.fail("server_error", count=None, path=f"{STUDENTS}/deleted")  # in the middle
    passes = {done.report.entity: done for done in await world.runtime.passes.scheduled(NOW)}
    assert {name for name, done in passes.items() if done.error} == {"student", "finance"}
    assert passes["enrollment"].not_begun == "student"  # Zoho is away: what has not begun does not begin
    assert await watermark(world, "enrollment") == before["enrollment"]
    assert await watermark(world, "student") == before["student"]
    (module,) = await world.rows("SELECT last_error FROM extension_modules WHERE entity = 'student'")
    assert "INTERNAL_ERROR" in module["last_error"]
    assert [(run["kind"], run["status"]) for run in await runs(world)] == [
        ("full", "completed"), ("incremental", "failed")
    ]  # fmt: skip
    world.zoho.control.calm()
    assert await next_pass(world) == everything(world, student={"updated": 1})
    assert city(world, student) == "Oran"
    for entity in FROM_ZOHO:
        assert await watermark(world, entity) > before[entity]
    (module,) = await world.rows("SELECT last_error FROM extension_modules WHERE entity = 'student'")
    assert module["last_error"] is None


async def test_moodle_away_in_the_middle_keeps_the_watermark_too(world: World) -> None:
    student = add_student(world)
    await first_sync(world)
    before = await watermark(world, "student")
    world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
    world.moodle.control.fail("down", count=50)
    assert len(errors(await world.runtime.passes.scheduled(NOW))) == 1
    assert await watermark(world, "student") == before
    world.moodle.control.calm()
    assert await next_pass(world) == everything(world, student={"updated": 1})


async def test_a_change_that_zoho_shows_late_is_within_the_lag(world: World) -> None:
    student = add_student(world)
    began = datetime.now(UTC)
    await first_sync(world)
    reached = await watermark(world, "student")
    assert began - LAG - timedelta(seconds=5) <= reached <= began - LAG + timedelta(seconds=5)
    # the clock of Zoho goes nine minutes behind ours, and the list is nine minutes late
    record = world.zoho.control.state.store.get(STUDENTS, student)
    assert record is not None
    world.zoho.control.edit(STUDENTS, student, {"City": "Oran"}, push=False)
    record.modified = (began - timedelta(minutes=18)).replace(microsecond=0)
    async with world.runtime.database.begin() as connection:  # what is stored is not newer than that
        await connection.exec_driver_sql("UPDATE sync_students SET source_time = '2026-01-01T00:00:00Z'")
    world.moodle.control.site.students[student].fields["sourcetime"] = 0
    assert (await next_pass(world))["student"] != NOTHING


async def test_without_a_first_full_sync_nothing_is_done(world: World) -> None:
    add_student(world)
    assert await world.runtime.passes.scheduled(NOW) == []
    assert world.zoho.control.count("GET", STUDENTS) == 0
    assert await world.rows("SELECT 1 FROM extension_modules") == []
    # what is done by hand over a part of the time sets no watermark: the rest was never looked at
    since = datetime.now(UTC) - timedelta(hours=1)
    await world.runtime.passes.by_hand([FROM_ZOHO["student"]], since=since)
    assert await watermark(world, "student") is None
    await world.runtime.passes.by_hand([FROM_ZOHO["student"]])
    assert [done.report.entity for done in await world.runtime.passes.scheduled(NOW)] == ["student"]


async def test_a_pass_by_hand_that_leaves_a_gap_does_not_move_the_watermark(world: World) -> None:
    await first_sync(world)
    await put_back(world, days=2)
    before = await watermark(world, "student")
    await world.runtime.passes.by_hand([FROM_ZOHO["student"]], since=before + timedelta(days=1))
    assert await watermark(world, "student") == before
    await world.runtime.passes.by_hand([FROM_ZOHO["student"]], since=before)
    assert await watermark(world, "student") > before


async def test_deletions_that_zoho_has_forgotten_are_found_by_a_full_pass(world: World) -> None:
    student = add_student(world)
    await first_sync(world)
    world.zoho.control.delete(STUDENTS, student, push=False)
    world.zoho.control.advance(days=200)
    await put_back(world, days=61)
    await next_pass(world)
    assert user_of(world, student).suspended
    assert [run["kind"] for run in await runs(world)] == ["full", "full"]


async def test_each_pass_leaves_its_rows_and_none_for_what_is_unchanged(world: World) -> None:
    good, quiet, bad = add_student(world), add_student(world, 2), add_student(world, 3, Academic_Email=None)
    await first_sync(world)
    (first,) = await runs(world)
    assert (first["kind"], first["status"], first["error"]) == ("full", "completed", None)
    assert first["counts"] == {"created": 2, "failed": 1}
    assert first["finished_at"] is not None
    rows = {row["record_id"]: row for row in await history(world, first["id"])}
    assert {record: row["outcome"] for record, row in rows.items()} == {
        good: "created", quiet: "created", bad: "failed",
    }  # fmt: skip
    assert rows[bad]["error_code"]
    parked = await world.rows("SELECT record_id FROM integration_events_log WHERE source = 'reconcile'")
    assert [row["record_id"] for row in parked] == [bad]
    world.zoho.control.edit(STUDENTS, good, {"City": "Oran"}, push=False)
    world.zoho.control.edit(STUDENTS, bad, {"Academic_Email": "s3@college.example.org"}, push=False)
    await next_pass(world)
    _, second = await runs(world)
    assert second["kind"] == "incremental"
    seen = {row["record_id"]: (row["outcome"], row["fields"]) for row in await history(world, second["id"])}
    assert seen.keys() == {good, bad}
    assert seen[good] == ("updated", ["city"])
    (full,) = await world.runtime.passes.by_hand([FROM_ZOHO["student"]])
    assert full.report.counts == {"unchanged": 3}
    assert await history(world, (await runs(world))[-1]["id"]) == []


async def test_an_enrollment_that_waits_has_its_row(world: World) -> None:
    student, class_id = add_student(world), add_class(world)
    values = {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}, "Enrollment_Type": "Normal"}
    enrollment = world.zoho.control.create("BTEC_Enrollments", values, push=False)
    (done,) = await world.runtime.passes.by_hand([FROM_ZOHO["enrollment"]])
    assert done.report.counts == {"waiting": 1}
    (run,) = await runs(world, "enrollment")
    (row,) = await history(world, run["id"])
    assert (row["record_id"], row["outcome"], row["error_code"]) == (
        enrollment, "waiting", "WAITING_FOR_DEPENDENCY",
    )  # fmt: skip


async def test_two_agents_make_one_pass_at_a_time(world: World) -> None:
    add_student(world)
    await first_sync(world)
    world.zoho.control.set_latency(50)
    async with open_runtime(world.settings) as other:
        done = await asyncio.gather(
            world.runtime.passes.scheduled(NOW), other.passes.scheduled(NOW), other.passes.scheduled(NOW)
        )
        assert sorted(len(passes) for passes in done) == [0, 0, len(FROM_ZOHO)]
        # and the one that comes later finds that nothing is due
        assert await other.passes.scheduled(timedelta(minutes=15)) == []
    overlap = await world.rows(
        "SELECT 1 FROM extension_sync_runs a JOIN extension_sync_runs b ON a.id < b.id "
        "AND a.entity = b.entity AND a.finished_at > b.started_at"
    )
    assert overlap == []


async def test_a_command_waits_for_the_other_pass_to_end(world: World) -> None:
    lead, ended, said = Lead(world.runtime.database), asyncio.Event(), []

    async def hold() -> None:
        await ended.wait()
        said.append("first")

    async def follow() -> None:
        said.append("second")

    first = asyncio.create_task(lead.alone(hold()))
    locked = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7003"
    await until(lambda: world.rows(locked))
    with pytest.raises(LeadTakenError):
        await lead.alone(follow())
    second = asyncio.create_task(lead.alone(follow(), patience=30))
    ended.set()
    await asyncio.gather(first, second)
    assert said == ["first", "second"]


async def test_a_pass_stops_when_its_session_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.store.runs.PING_SECONDS", 0.2)
    stopped = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(Lead(world.runtime.database).alone(work()))
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7003 AND granted"
    await until(lambda: world.rows(query))
    await world.rows(f"SELECT pg_terminate_backend(pid) FROM ({query}) AS holder")
    with pytest.raises(LeadLostError):
        await task
    assert stopped.is_set()


async def test_a_pass_that_is_killed_is_marked_failed_and_the_next_one_completes(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url, college=1000, seed=3) as world:
        world.moodle.control.latency_ms = 300
        arguments = [sys.executable, "-m", "agent", "sync", "--module", "student"]
        env = environment(world.settings, 1)
        process = subprocess.Popen(  # noqa: ASYNC220 - starts at once
            arguments, env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await until(lambda: world.rows("SELECT 1 FROM extension_run_history LIMIT 1"))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
        (killed,) = await runs(world)
        assert killed["status"] == "running"
        assert await watermark(world, "student") is None
        world.moodle.control.latency_ms = 0
        again = await asyncio.to_thread(
            subprocess.run, arguments, env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert again.returncode in {0, 1}, again.stderr
        first, second = await runs(world)
        assert (first["status"], first["error"]) == ("failed", ABANDONED)
        assert second["status"] == "completed"
        assert 0 < len(await history(world, first["id"])) < len(world.zoho.control.ids(STUDENTS))
        assert await watermark(world, "student") is not None
        left = await world.rows(
            "SELECT count(*) AS n FROM sync_students WHERE state NOT IN ('synced', 'error')"
        )
        assert left == [{"n": 0}]


async def test_a_run_in_work_is_not_given_up_by_who_does_not_lead(world: World) -> None:
    await first_sync(world)
    run = await world.runtime.runs.begin("full", "student")
    options = world.runtime.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(options, autocommit=True) as holder:
        await holder.execute("SELECT pg_advisory_lock(7003)")
        assert await world.runtime.passes.scheduled(NOW) == []
        assert (await runs(world))[-1]["status"] == "running"
    await next_pass(world)
    assert [row["status"] for row in await runs(world) if row["id"] == run] == ["failed"]
