"""Moodle's grades against Zoho: what was never sent, typed over, deleted or is gone is put right (A20, A21)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent.errors import Action, SyncError
from tests.support.grades import GRADES, at_rest, conflicts, graded, letters, passed, record_of, regrade
from tests.support.people import add_student, empty
from tests.support.world import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def test_grades_that_no_event_told_are_sent_together_and_the_second_pass_writes_nothing(
    world: World,
) -> None:
    keys = await graded(world, 4, 3, 2, 1, None)
    before = world.zoho.control.count("POST", f"{GRADES}/upsert")
    assert (await passed(world))["grade"] == {"updated": 4}
    assert letters(world) == dict(zip(keys, ["D", "M", "P", "R"], strict=False))
    assert world.zoho.control.count("POST", f"{GRADES}/upsert") == before + 1
    await at_rest(world)
    regrade(world, keys[0], 2)
    regrade(world, keys[1], 3, hidden=True)
    regrade(world, keys[2], None)
    assert (await passed(world))["grade"] == {"updated": 3}
    assert letters(world)[keys[0]] == "P"
    assert record_of(world, keys[1])["Grade_Status"] == "Ready for release"
    assert letters(world)[keys[2]] is None
    await at_rest(world)


@pytest.mark.parametrize("how", ["event", "pass"])
async def test_what_was_typed_over_a_grade_of_moodles_is_put_right_and_recorded(
    world: World, how: str
) -> None:
    keys = await graded(world, 3, 4)
    await passed(world)
    record = record_of(world, keys[0])
    world.zoho.control.edit(GRADES, record["id"], {"Grade": "D", "Feedback": "Well done"}, push=False)
    if how == "event":
        assert await world.look("grade", record["id"]) == "applied"
    else:
        assert (await passed(world))["grade"] == {"updated": 1}
    assert letters(world) == dict(zip(keys, ["M", "D"], strict=True))
    (conflict,) = await conflicts(world)
    assert (conflict["record_id"], conflict["fields"]) == (keys[0], ["feedback", "letter"])
    assert conflict["detail"]["letter"] == {"kept": "M", "lost": "D", "agreed": "M"}
    assert await world.look("grade", record["id"]) == "unchanged"
    await at_rest(world)


@pytest.mark.parametrize("how", ["event", "pass"])
async def test_a_deleted_record_of_a_grade_of_moodles_is_made_anew(world: World, how: str) -> None:
    (key,) = await graded(world, 3)
    await passed(world)
    record = record_of(world, key)
    world.zoho.control.delete(GRADES, record["id"], push=False)
    if how == "event":
        assert await world.look("grade", record["id"]) == "applied"
    else:
        await passed(world)
    assert record_of(world, key)["Grade"] == "M"
    assert record_of(world, key)["id"] != record["id"]
    await at_rest(world)


async def test_a_key_that_was_changed_in_zoho_is_put_right_without_a_second_record(world: World) -> None:
    (key,) = await graded(world, 3)
    await passed(world)
    record = record_of(world, key)
    edit = {"Moodle_Grade_Composite_Key": "1_2_3"}
    world.zoho.control.edit(GRADES, record["id"], edit, push=False)
    assert await world.look("grade", record["id"]) == "applied"
    assert [one["id"] for one in world.zoho.control.records(GRADES)] == [record["id"]]
    assert record_of(world, key)["id"] == record["id"]
    await at_rest(world)


async def test_a_grade_typed_into_zoho_is_shown_in_moodle(world: World) -> None:
    student = add_student(world)
    await world.look("student", student)
    values = {"BTEC_Grade_Name": "Essay", "Grade": "P", "Student": {"id": student}}
    record_id = world.zoho.control.create(GRADES, values, push=False)
    assert await world.look("grade", record_id) == "applied"
    assert world.moodle.control.records("result")[record_id]["letter"] == "P"
    world.zoho.control.delete(GRADES, record_id, push=False)
    assert await world.look("grade", record_id) == "applied"
    assert world.moodle.control.records("result") == {}


async def test_an_emptied_memory_is_filled_again_without_a_write(world: World) -> None:
    keys = await graded(world, 3, 2)
    await passed(world)
    calls = world.zoho.control.count("POST", f"{GRADES}/upsert")
    await empty(world, "sync_grades")
    await passed(world)
    assert world.zoho.control.count("POST", f"{GRADES}/upsert") == calls
    rows = await world.rows("SELECT record_id, zoho_id FROM sync_grades")
    assert {row["record_id"]: row["zoho_id"] for row in rows} == {
        key: record_of(world, key)["id"] for key in keys
    }
    await at_rest(world)


async def test_a_grade_that_is_gone_from_moodle_is_withdrawn_and_not_made_anew(world: World) -> None:
    (key,) = await graded(world, 3)
    await passed(world)
    del world.moodle.control.gradebook.grades[key]  # nobody told
    await passed(world)
    assert (letters(world)[key], record_of(world, key)["Grade_Status"]) == (None, "Not Marked")
    await at_rest(world)
    world.zoho.control.delete(GRADES, record_of(world, key)["id"], push=False)
    await passed(world)
    assert letters(world) == {}
    await at_rest(world)


async def test_one_refused_grade_stops_no_other_and_is_filed_once(world: World) -> None:
    good, odd = await graded(world, 3, 2)
    user, course, _ = (int(part) for part in odd.split("_"))
    control = world.moodle.control
    strange = control.add_assignment(course, "Odd", scale=("no", "yes"))
    control.grade(user, course, strange, 2, event=False)
    assert (await passed(world))["grade"] == {"updated": 2, "failed": 1}
    assert set(letters(world)) == {good, odd}
    assert (await passed(world))["grade"] == {}
    events = await world.rows("SELECT record_id FROM integration_events_log WHERE entity_type = 'grade'")
    assert [row["record_id"] for row in events] == [f"{user}_{course}_{strange}"]


async def test_a_grade_of_a_student_who_was_deleted_in_zoho_is_sent_after_her_restore(world: World) -> None:
    (key,) = await graded(world, 2)
    await passed(world)
    student = record_of(world, key)["Student"]["id"]
    world.zoho.control.delete("BTEC_Students", student, push=False)
    regrade(world, key, 4)
    with pytest.raises(SyncError) as refused:
        await world.look("grade", key, "moodle")
    assert (refused.value.action, refused.value.waits_for) == (Action.WAIT, f"student:{student}")
    assert await world.look("student", student) == "applied"
    assert await world.look("grade", key, "moodle") == "ignored"
    await at_rest(world)
    assert letters(world)[key] == "P"
    world.zoho.control.restore("BTEC_Students", student, push=False)
    await passed(world)
    await passed(world)
    assert letters(world)[key] == "D"
    await at_rest(world)
