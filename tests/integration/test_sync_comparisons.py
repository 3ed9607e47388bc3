"""What Moodle owns, or both sides may change, is compared apart: by passes, dry runs and drift alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from agent.app import Runtime
from agent.entities.registry import FROM_ZOHO
from agent.errors import SyncError, misconfigured
from agent.store.records import RecordStore
from agent.sync.bulk import Bulk
from agent.sync.compare import Difference
from agent.sync.drift import look_for_drift
from agent.sync.passes import Pass
from agent.sync.sides import Sides
from tests.support.people import ENROLLMENTS, add_class, add_student, enroll, user_of, written
from tests.support.world import World, open_world

GRADES = "BTEC_Grades"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


@dataclass
class Grades:
    """The grades of these keys, as if they were all that differs."""

    found: list[Difference]
    name: str = "grades of the test"
    entity: str = "grade"
    after: tuple[str, ...] = ("enrollment",)
    failure: SyncError | None = None
    began_after: list[str] = field(default_factory=list)

    async def differences(self) -> AsyncIterator[Difference]:
        for one in self.found:
            yield one
        if self.failure is not None:
            raise self.failure


async def everything(runtime: Runtime, comparison: Grades, *, dry_run: bool = False) -> dict[str, Pass]:
    passes = await runtime.passes.by_hand([*FROM_ZOHO.values(), comparison], dry_run=dry_run)
    return {done.report.entity: done for done in passes}


async def graded(world: World) -> str:
    """Grade a student in a class; returns the key."""
    student, class_id = add_student(world), add_class(world)
    enroll(world, student, class_id)
    await everything(world.runtime, Grades([]))
    control = world.moodle.control
    course = next(iter(control.site.courses))
    return control.grade(user_of(world, student).id, course, control.add_assignment(course, "Essay"), 3)


async def test_a_full_pass_looks_at_each_difference_and_leaves_its_rows(world: World) -> None:
    key = await graded(world)
    comparison = Grades([Difference("grade", key, "create", missing=("zoho", "agent"), source="moodle")])
    planned = await everything(world.runtime, comparison, dry_run=True)
    assert planned[comparison.name].report.counts == {"create": 1}
    assert world.zoho.control.records(GRADES) == []
    (shown,) = await look_for_drift(world.runtime.sides, [comparison])
    assert shown.differences == comparison.found
    assert world.zoho.control.records(GRADES) == []
    done = await everything(world.runtime, comparison)
    assert done[comparison.name].report.counts == {"updated": 1}
    assert [record["Grade"] for record in world.zoho.control.records(GRADES)] == ["M"]
    runs = await world.rows(
        "SELECT id, status, started_at FROM extension_sync_runs WHERE entity = :name ORDER BY id",
        name=comparison.name,
    )
    assert [run["status"] for run in runs] == ["completed", "completed"]
    history = await world.rows(
        "SELECT record_id, outcome FROM extension_run_history WHERE run_id = :id", id=runs[1]["id"]
    )
    assert history == [{"record_id": key, "outcome": "updated"}]
    before = await world.rows(
        "SELECT max(finished_at) AS over FROM extension_sync_runs WHERE entity = 'enrollment'"
    )
    assert before[0]["over"] <= runs[1]["started_at"]  # not before the enrollments' pass was over


async def test_a_difference_that_cannot_be_mended_is_filed_and_stops_no_other(world: World) -> None:
    key = await graded(world)
    user, course, _ = (int(part) for part in key.split("_"))
    control = world.moodle.control
    odd = control.grade(user, course, control.add_assignment(course, "Odd", scale=("no", "yes")), 2)
    comparison = Grades([Difference("grade", odd, "create"), Difference("grade", key, "create")])
    report = (await everything(world.runtime, comparison))[comparison.name].report
    assert report.counts == {"failed": 1, "updated": 1}
    assert [(record_id, error.code) for record_id, error in report.failures] == [(odd, "GRADE_NOT_BTEC")]
    parked = await world.rows("SELECT record_id, entity_type FROM integration_events_log")
    assert parked == [{"record_id": odd, "entity_type": "grade"}]


async def test_an_incremental_pass_leaves_it_out_and_a_side_that_is_away_fails_it(world: World) -> None:
    comparison = Grades([], failure=misconfigured("TOKEN_REFUSED", "no", target="moodle"))
    done = await everything(world.runtime, comparison)
    assert done[comparison.name].error is comparison.failure
    passes = await world.runtime.passes.by_hand(
        [*FROM_ZOHO.values(), comparison], since=world.zoho.control.state.clock.now()
    )
    assert comparison.name not in {one.report.entity for one in passes}


async def test_what_moodle_changed_of_an_enrollment_is_left_to_its_comparison(world: World) -> None:
    student, class_id = add_student(world), add_class(world)
    enrollment = enroll(world, student, class_id)
    await everything(world.runtime, Grades([]))
    user, course = user_of(world, student).id, next(iter(world.moodle.control.site.courses))
    runtime = world.runtime
    records = RecordStore(runtime.database)
    apart = Sides(runtime.engine, runtime.zoho, runtime.moodle, records, {"enrollment"})
    bulk = Bulk(runtime.engine, apart, records)

    async def counts() -> dict[str, int]:
        report = await bulk.run(FROM_ZOHO["enrollment"], dry_run=False, progress=lambda _: None)
        return dict(report.counts)

    world.moodle.control.suspend(user, course, event=False)
    calls = written(world)
    assert await counts() == {"unchanged": 1}
    assert written(world) == calls
    settings = runtime.engine.modules.settings
    await settings.set("sync.directions", {"enrollment": "zoho_to_moodle"}, by="test")
    assert await counts() == {"updated": 1}  # Moodle's changes are not carried over: they are undone
    assert not world.moodle.control.site.enrolments[user, course].suspended
    await settings.reset("sync.directions", by="test")
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"Start_Date": "2026-10-01"}, push=False)
    assert await counts() == {"updated": 1}


async def test_a_grade_under_a_key_of_moodles_is_no_result_even_with_an_empty_memory(world: World) -> None:
    key = await graded(world)
    assert await world.look("grade", key, "moodle") == "applied"
    typed = world.zoho.control.create(GRADES, {"BTEC_Grade_Name": "Typed", "Grade": "P"}, push=False)
    strange = world.zoho.control.create(
        GRADES, {"BTEC_Grade_Name": "Odd", "Moodle_Grade_Composite_Key": "99_98_97"}, push=False
    )
    await everything(world.runtime, Grades([]))
    results = world.moodle.control.site.mirrors["result"]
    assert set(results) == {typed, strange}
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE sync_grades")
    await everything(world.runtime, Grades([]))
    assert set(results) == {typed, strange}
    own = next(
        record for record in world.zoho.control.records(GRADES) if record["Moodle_Grade_Composite_Key"] == key
    )
    world.zoho.control.edit(GRADES, typed, {"Moodle_Grade_Composite_Key": f"{key}0"}, push=False)
    await everything(world.runtime, Grades([]))
    assert not results[typed].deleted
    assert own["id"] not in results


async def test_modules_that_do_not_need_each_other_go_side_by_side(world: World) -> None:
    world.zoho.control.set_latency(30)
    student, class_id = add_student(world), add_class(world)
    enroll(world, student, class_id)
    await everything(world.runtime, Grades([]))
    spans = {
        row["entity"]: (row["started_at"], row["finished_at"])
        for row in await world.rows("SELECT entity, started_at, finished_at FROM extension_sync_runs")
    }
    assert max(spans[name][0] for name in ("unit", "teacher", "student")) < min(
        spans[name][1] for name in ("unit", "teacher", "student")
    )
    for name, entity in FROM_ZOHO.items():
        for needed in entity.after:
            assert spans[needed][1] <= spans[name][0]
