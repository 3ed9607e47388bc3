"""Criteria of a grade in Zoho: one row each, whose id stays, however often and badly it is written (A16, A18)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.errors import SyncError
from agent.store.attempts import attempts_of
from agent.sync.drift import look_for_drift
from tests.support.grades import GRADES, at_rest, conflicts, graded, passed, record_of, regrade
from tests.support.world import World, open_world

ROWS = "Learning_Outcomes_Assessm"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def criterion(code: str, achieved: int = 1, description: str = "", remark: str = "") -> dict[str, Any]:
    return {
        "shortname": code,
        "description": description or f"Text of {code}",
        "achieved": achieved,
        "remark": remark,
    }


THREE = [criterion("P1"), criterion("M1", 0, remark="Nearly."), criterion("D1", 0)]


def rows(world: World, key: str) -> list[dict[str, Any]]:
    return list(record_of(world, key).get(ROWS) or [])


def scores(world: World, key: str) -> dict[str, Any]:
    return {row["LO_Code"]: row["LO_Score"] for row in rows(world, key)}


def reads(world: World) -> int:
    return world.zoho.control.count("GET", f"/{GRADES}/")


async def test_each_criterion_is_a_row_whose_id_stays_when_it_changes(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    assert await world.look("grade", key, "moodle") == "applied"
    first = rows(world, key)
    assert [(row["LO_Code"], row["LO_Outcome_Identification"], row["LO_Score"]) for row in first] == [
        ("P1", "Pass", "Achieved"),
        ("M1", "Merit", "Not achieved"),
        ("D1", "Distinction", "Not achieved"),
    ]
    assert (first[1]["LO_Definition"], first[1]["LO_Feedback"]) == ("Text of M1", "Nearly.")
    assert reads(world) == 0  # the record was made just now
    changed = [criterion("P1"), criterion("M1", 1), criterion("D1", 0), criterion("D2", 0)]
    regrade(world, key, 3, criteria=changed)
    assert await world.look("grade", key, "moodle") == "applied"
    assert scores(world, key) == {
        "P1": "Achieved",
        "M1": "Achieved",
        "D1": "Not achieved",
        "D2": "Not achieved",
    }
    assert [row["id"] for row in rows(world, key)][:3] == [row["id"] for row in first]
    assert await world.look("grade", key, "moodle") == "unchanged"
    await at_rest(world)


async def test_a_regrade_that_leaves_the_criteria_alone_reads_them_once_and_writes_none(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    await world.look("grade", key, "moodle")
    before, rows_written = reads(world), world.zoho.control.count("PUT", GRADES)
    regrade(world, key, 3, criteria=THREE)
    assert await world.look("grade", key, "moodle") == "applied"
    assert (reads(world), world.zoho.control.count("PUT", GRADES)) == (before + 1, rows_written)
    await at_rest(world)
    assert reads(world) == before + 1


async def test_an_answer_lost_after_the_rows_were_written_doubles_nothing(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    world.zoho.control.fail("drop_after", method="PUT", path=GRADES)
    with pytest.raises(SyncError):
        await world.look("grade", key, "moodle")
    assert len(rows(world, key)) == 3  # it was written all the same
    assert await world.look("grade", key, "moodle") in {"applied", "unchanged"}
    assert [row["LO_Code"] for row in rows(world, key)] == ["P1", "M1", "D1"]
    await at_rest(world)


async def test_an_answer_lost_after_the_record_was_made_doubles_nothing(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    world.zoho.control.fail("drop_after", method="POST", path=f"{GRADES}/upsert")
    assert await world.look("grade", key, "moodle") == "applied"  # repeated by itself: an upsert may be
    assert [row["LO_Code"] for row in rows(world, key)] == ["P1", "M1", "D1"]
    await at_rest(world)


async def test_rows_that_are_there_twice_become_one_and_a_persons_own_stays(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    await world.look("grade", key, "moodle")
    record = record_of(world, key)
    more = [{"LO_Code": "P1", "LO_Score": "Achieved"}, {"LO_Code": "Note", "LO_Feedback": "by hand"}]
    world.zoho.control.advance(seconds=5)  # Zoho counts whole seconds
    world.zoho.control.edit(GRADES, record["id"], {ROWS: more}, push=False)
    assert len(rows(world, key)) == 5
    await passed(world)
    assert [row["LO_Code"] for row in rows(world, key)] == ["P1", "M1", "D1", "Note"]
    await at_rest(world)


async def test_what_was_typed_over_a_row_is_put_right_and_recorded(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    await world.look("grade", key, "moodle")
    held = {row["LO_Code"]: row for row in rows(world, key)}
    typed = [{"id": held["M1"]["id"], "LO_Score": "Achieved"}]
    world.zoho.control.advance(seconds=5)  # Zoho counts whole seconds
    world.zoho.control.edit(GRADES, record_of(world, key)["id"], {ROWS: typed}, push=False)
    await passed(world)
    assert scores(world, key)["M1"] == "Not achieved"
    (conflict,) = await conflicts(world)
    assert conflict["fields"] == ["criteria.M1.score"]
    assert conflict["detail"]["criteria.M1.score"] == {
        "kept": "Not achieved",
        "lost": "Achieved",
        "agreed": "Not achieved",
    }
    await at_rest(world)


async def test_a_touched_record_whose_rows_are_as_they_were_is_read_once_and_not_written(
    world: World,
) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    await passed(world)
    world.zoho.control.advance(seconds=5)  # Zoho counts whole seconds
    world.zoho.control.edit(GRADES, record_of(world, key)["id"], {"Tag": [{"name": "seen"}]}, push=False)
    before, written = reads(world), world.zoho.control.count("PUT", GRADES)
    await passed(world)
    assert (reads(world), world.zoho.control.count("PUT", GRADES)) == (before + 1, written)
    await passed(world)
    assert reads(world) == before + 1


async def test_a_criterion_that_is_gone_goes_and_a_retracted_grade_tells_no_scores(world: World) -> None:
    (key,) = await graded(world, 2)
    regrade(world, key, 2, criteria=THREE)
    await world.look("grade", key, "moodle")
    regrade(world, key, 2, criteria=THREE[:2])
    await world.look("grade", key, "moodle")
    assert set(scores(world, key)) == {"P1", "M1"}
    regrade(world, key, 2, workflow="inreview", criteria=THREE[:2])
    await world.look("grade", key, "moodle")
    assert scores(world, key) == {"P1": None, "M1": None}
    assert record_of(world, key)["Grade"] is None
    await at_rest(world)


async def test_long_texts_are_cut_at_zohos_limit_with_a_mark(world: World) -> None:
    (key,) = await graded(world, 2)
    long = [criterion("P1", description="ش😀" * 200, remark="r" * 3000)]
    regrade(world, key, 2, criteria=long)
    assert await world.look("grade", key, "moodle") == "applied"
    (row,) = rows(world, key)
    assert len(row["LO_Definition"].encode("utf-16-le")) // 2 <= 255
    assert row["LO_Definition"].endswith("[…]")
    assert row["LO_Feedback"].endswith("[…]")
    await at_rest(world)


async def test_one_record_whose_rows_are_refused_stops_no_other_and_is_told(world: World) -> None:
    first, second = await graded(world, 2, 3)
    for key in (first, second):
        regrade(world, key, 2, criteria=THREE)
    await passed(world)
    filler = [{"LO_Code": f"x{number}"} for number in range(97)]
    world.zoho.control.edit(GRADES, record_of(world, first)["id"], {ROWS: filler}, push=False)
    for key in (first, second):
        regrade(world, key, 3, criteria=[*THREE, criterion("D2")])
    done = await passed(world)
    assert done["grade"]["failed"] == 1
    assert len(rows(world, second)) == 4
    assert record_of(world, first)["Grade"] == "M"  # its fields are right all the same
    (row,) = await world.rows(
        "SELECT state, error_message FROM sync_grades WHERE record_id = :key", key=first
    )
    assert row["state"] == "error"
    assert "too many rows" in row["error_message"]


async def test_an_attempt_that_another_takes_the_place_of_is_kept(world: World) -> None:
    (key,) = await graded(world, 1)
    await passed(world)
    assert record_of(world, key)["Grade"] == "R"
    regrade(world, key, 3, attemptnumber=1, grader="Another Teacher")
    await world.look("grade", key, "moodle")
    assert (record_of(world, key)["Grade"], record_of(world, key)["Attempt_Number"]) == ("M", 2)
    await world.look("grade", key, "moodle")
    (kept,) = await attempts_of(world.runtime.database, key)
    assert (kept["attempt"], kept["letter"], kept["grader"]) == (1, "R", "Tala Teacher")


async def test_an_attempt_that_passed_while_the_agent_was_away_is_kept_from_moodle(world: World) -> None:
    (key,) = await graded(world, None)
    first = {
        "attemptnumber": 0,
        "submitted": 1,
        "grade": "1.00000",
        "timegraded": 1795402557,
        "grader": "T One",
    }
    second = {
        "attemptnumber": 1,
        "submitted": 2,
        "grade": "2.00000",
        "timegraded": 1795402558,
        "grader": "T Two",
    }
    regrade(world, key, 2, attemptnumber=1, attempts=[first, second])
    await world.look("grade", key, "moodle")
    (kept,) = await attempts_of(world.runtime.database, key)
    assert (kept["attempt"], kept["letter"], kept["grader"], kept["date"]) == (1, "R", "T One", "2026-11-23")


async def test_deleting_an_account_or_a_course_in_moodle_leaves_zohos_results_alone(world: World) -> None:
    first, second = await graded(world, 3, 2)
    await passed(world)
    user, course, _ = (int(part) for part in first.split("_"))
    world.moodle.control.delete_user(user)
    assert await world.look("grade", first, "moodle") == "ignored"
    world.moodle.control.delete_course(course)
    for key in (first, second):
        assert await world.look("grade", key, "moodle") == "ignored"
    drift = await look_for_drift(
        world.runtime.sides, [p for p in world.runtime.passes.parts if p.name == "grade"]
    )
    assert [one.differences for one in drift] == [[]]
    assert {one["Grade"] for one in world.zoho.control.records(GRADES)} == {"M", "P"}


async def test_a_generated_letter_reaches_zoho_and_is_taken_back(world: World) -> None:
    (key,) = await graded(world, None)
    why = "Nothing was submitted by 2026-11-20."
    regrade(world, key, None, outcome="F", outcomereason=why, attemptnumber=-1)
    assert await world.look("grade", key, "moodle") == "applied"
    record = record_of(world, key)
    assert (record["Grade"], record["Grade_Status"], record["Attempt_Number"]) == ("F", "Released", 1)
    assert record["Feedback"] == why
    regrade(world, key, None, outcome="", outcomereason="")
    await world.look("grade", key, "moodle")
    assert (record_of(world, key)["Grade"], record_of(world, key)["Feedback"]) == (None, None)
    await at_rest(world)


async def test_changed_rules_reach_every_grade_with_the_next_full_pass(world: World) -> None:
    (key,) = await graded(world, 2)
    settings = world.runtime.engine.modules.settings
    await settings.set("grading.rules", {"scale_letters": ["R", "R", "P", "M"]}, by="test")
    await passed(world)
    assert record_of(world, key)["Grade"] == "R"
    await at_rest(world)
