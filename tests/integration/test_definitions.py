"""Units' criteria as the grading of assignments: a full pass mends what differs, a second one does nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from agent.sandbox.moodle import definitions
from agent.sync.drift import look_for_drift
from tests.support.people import add_class
from tests.support.world import World, open_world

UNITS = "BTEC"
CLASSES = "BTEC_Classes"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def passed(world: World) -> dict[str, Any]:
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [one.error for one in done if one.error] == []
    return {one.report.entity: dict(one.report.counts) for one in done}


async def drift(world: World) -> list[tuple[str, str, str]]:
    found = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    return [(one.name, d.record_id, d.operation) for one in found for d in one.differences]


async def scene(world: World, **criteria: str) -> tuple[str, str, int]:
    """A unit, a class that has it, and an assignment in its course."""
    texts = {f"{name}_description": text for name, text in criteria.items()}
    unit = world.zoho.control.create(UNITS, {"Name": "Unit 4", **texts}, push=False)
    class_id = add_class(world)
    world.zoho.control.edit(CLASSES, class_id, {"Unit": {"id": unit}}, push=False)
    await passed(world)
    course = next(iter(world.moodle.control.site.courses))
    return unit, class_id, world.moodle.control.add_assignment(course, "Essay")


def criteria(world: World, assign: int) -> Any:
    return world.moodle.control.gradebook.assignments[assign].criteria


async def test_a_pass_gives_assignments_their_criteria_and_a_second_one_does_nothing(world: World) -> None:
    _, class_id, assign = await scene(world, P1="Explain.", M1="Analyse.")
    assert await drift(world) == [("grading definition", class_id, "create")]
    assert criteria(world, assign) is None
    assert (await passed(world))["grading definition"] == {"updated": 1}
    assert criteria(world, assign) == {"P1": "Explain.", "M1": "Analyse."}
    before = world.moodle.control.count("apply_definitions")
    assert (await passed(world))["grading definition"] == {}
    assert world.moodle.control.count("apply_definitions") == before
    assert await drift(world) == []


async def test_a_changed_text_and_a_changed_unit_of_a_class_are_mended(world: World) -> None:
    unit, class_id, assign = await scene(world, P1="Explain.")
    await passed(world)
    world.zoho.control.edit(UNITS, unit, {"P1_description": "Explain better."}, push=False)
    await passed(world)
    assert criteria(world, assign) == {"P1": "Explain better."}
    other = world.zoho.control.create(UNITS, {"Name": "Unit 5", "P1_description": "Other."}, push=False)
    world.zoho.control.edit(CLASSES, class_id, {"Unit": {"id": other}}, push=False)
    await passed(world)
    assert criteria(world, assign) == {"P1": "Other."}
    assert await drift(world) == []


async def test_a_teachers_own_way_of_grading_is_no_difference(world: World) -> None:
    _, _, assign = await scene(world, P1="Explain.")
    world.moodle.control.gradebook.assignments[assign].method = "guide"
    assert await drift(world) == []
    assert (await passed(world))["grading definition"] == {}
    assert criteria(world, assign) is None


async def test_a_dry_run_applies_nothing(world: World) -> None:
    _, class_id, assign = await scene(world, P1="Explain.")
    parts = [part for part in world.runtime.passes.parts if part.name == "grading definition"]
    (done,) = await world.runtime.passes.by_hand(parts, dry_run=True)
    assert [change.record_id for change in done.report.changes] == [class_id]
    assert criteria(world, assign) is None


async def test_what_moodle_cannot_apply_is_told_and_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, class_id, _ = await scene(world, P1="Explain.")
    real = definitions.apply

    def broken(*arguments: Any) -> list[dict[str, Any]]:
        words = {"status": "error", "errorcode": "btecmissing", "message": "The form is not installed"}
        return [row | words for row in real(*arguments)]

    monkeypatch.setattr(definitions, "apply", broken)
    assert (await passed(world))["grading definition"] == {"failed": 1}
    (row,) = await world.rows(
        "SELECT record_id, error_code, error_message FROM extension_run_history"
        " WHERE entity = 'grading definition' AND outcome = 'failed'"
    )
    assert (row["record_id"], row["error_code"]) == (class_id, "BTECMISSING")
    assert "The form is not installed" in row["error_message"]


async def test_criteria_that_only_their_marks_keep_are_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, class_id, _ = await scene(world, P1="Explain.")
    real = definitions.apply
    monkeypatch.setattr(
        definitions, "apply", lambda *given: [row | {"kept": "M1 D1"} for row in real(*given)]
    )
    with structlog.testing.capture_logs() as logs:
        assert (await passed(world))["grading definition"] == {"kept": 1}
    (told,) = [one for one in logs if one["event"] == "criteria_kept"]
    assert (told["class_id"], told["criteria"]) == (class_id, "M1 D1")
    rows = await world.rows(
        "SELECT record_id, outcome FROM extension_run_history WHERE entity = 'grading definition'"
    )
    assert [(row["record_id"], row["outcome"]) for row in rows] == [(class_id, "kept")]


async def test_the_timetable_of_a_class_reaches_moodle(world: World) -> None:
    class_id = add_class(world)
    times = {
        "Start_Hour": "Sunday",
        "Hours_1": "09:00 - 11:00",
        "End_Hour": "Tuesday",
        "Hours_2": "10:00-12:00",
    }
    world.zoho.control.edit(CLASSES, class_id, {**times, "Classroom": "Lab 3", "Term": "T2"}, push=False)
    await passed(world)
    row = world.moodle.control.records("class")[class_id]
    assert [row[name] for name in ("day1", "hours1", "day2", "hours2", "classroom", "term")] == [
        *("Sunday", "09:00 - 11:00", "Tuesday", "10:00-12:00", "Lab 3", "T2")
    ]
