"""Grades of a class in both sandboxes, and what has become of them in Zoho."""

from __future__ import annotations

from typing import Any

from agent.sync.drift import look_for_drift
from tests.support.people import add_class, add_student, enroll, user_of, written
from tests.support.world import World

GRADES = "BTEC_Grades"


async def graded(world: World, *marks: int | None) -> list[str]:
    """Grade students in one class, without events; returns the keys."""
    class_id = add_class(world)
    students = [add_student(world, number + 1) for number in range(len(marks))]
    for student in students:
        enroll(world, student, class_id)
    await passed(world)
    control = world.moodle.control
    course = next(iter(control.site.courses))
    assign = control.add_assignment(course, "Essay")
    return [
        control.grade(user_of(world, student).id, course, assign, mark, event=False)
        for student, mark in zip(students, marks, strict=True)
    ]


def regrade(world: World, key: str, mark: int | None, **values: Any) -> None:
    user, course, assign = (int(part) for part in key.split("_"))
    world.moodle.control.grade(user, course, assign, mark, event=False, **values)


async def passed(world: World) -> dict[str, Any]:
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [one.error for one in done if one.error] == []
    return {one.report.entity: dict(one.report.counts) for one in done}


async def at_rest(world: World) -> None:
    before = written(world)
    await passed(world)
    assert written(world) == before
    drift = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [one.differences for one in drift if one.differences] == []


def letters(world: World) -> dict[str, Any]:
    return {one["Moodle_Grade_Composite_Key"]: one["Grade"] for one in world.zoho.control.records(GRADES)}


def record_of(world: World, key: str) -> dict[str, Any]:
    (found,) = [one for one in world.zoho.control.records(GRADES) if one["Moodle_Grade_Composite_Key"] == key]
    return found


async def conflicts(world: World) -> list[dict[str, Any]]:
    return await world.rows(
        "SELECT record_id, fields, detail FROM extension_run_history"
        " WHERE outcome = 'conflict' AND entity = 'grade' ORDER BY id"
    )
