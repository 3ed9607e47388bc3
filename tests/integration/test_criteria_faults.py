"""Criteria in Zoho when calls fail on the way and people type in between: no row twice, none wrong (A18, A20, A21)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.entities.grade import ACHIEVED, CUT, NOT_ACHIEVED
from agent.errors import SyncError
from agent.sandbox.zoho.faults import Fault
from agent.sync.drift import look_for_drift
from tests.support.grades import GRADES, at_rest, conflicts, graded, passed, record_of, regrade
from tests.support.world import World, open_world

ROWS = "Learning_Outcomes_Assessm"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def criteria(**achieved: bool) -> list[dict[str, Any]]:
    return [
        {"shortname": code, "description": f"Text of {code}", "achieved": int(done), "remark": f"On {code}"}
        for code, done in achieved.items()
    ]


async def marked(world: World, count: int = 1, **achieved: bool) -> list[str]:
    """Grade students by criteria, without events; returns the keys."""
    keys = await graded(world, *[3] * count)
    for key in keys:
        regrade(world, key, 3, criteria=criteria(**achieved))
    return keys


def rows(world: World, key: str) -> dict[str, str | None]:
    """Scores in Zoho by code; a code that is there twice fails."""
    found = record_of(world, key)[ROWS]
    assert len({row["LO_Code"] for row in found}) == len(found)
    return {row["LO_Code"]: row["LO_Score"] for row in found}


def type_over(world: World, key: str, *typed: dict[str, Any]) -> None:
    """Let a person change the first row, or add others, some seconds later."""
    record = record_of(world, key)
    world.zoho.control.advance(seconds=5)
    first, *more = typed
    lines = [{"id": record[ROWS][0]["id"], **first}, *more]
    world.zoho.control.edit(GRADES, record["id"], {ROWS: lines}, push=False)
    world.zoho.control.advance(seconds=5)


@pytest.mark.parametrize("how", ["event", "pass"])
async def test_rows_whose_answer_was_lost_are_not_doubled(world: World, how: str) -> None:
    (key,) = await marked(world, P1=True, M1=False)
    world.zoho.control.fail(Fault.DROP_AFTER, method="PUT", path=GRADES)
    if how == "event":
        with pytest.raises(SyncError):
            await world.look("grade", key, "moodle")
        assert rows(world, key) == {"P1": ACHIEVED, "M1": NOT_ACHIEVED}  # it had taken effect
        await world.look("grade", key, "moodle")
    else:
        done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
        assert [one.error for one in done if one.error] == []  # one lost answer stops no pass
        (row,) = await world.rows("SELECT state FROM sync_grades")
        assert row["state"] == "error"
        await passed(world)
    assert rows(world, key) == {"P1": ACHIEVED, "M1": NOT_ACHIEVED}
    await at_rest(world)


async def test_a_grade_that_goes_back_after_a_lost_answer_takes_its_rows_back(world: World) -> None:
    (key,) = await marked(world, P1=True)
    await passed(world)
    regrade(world, key, 4, criteria=criteria(P1=False))
    world.zoho.control.fail(Fault.DROP_AFTER, method="PUT", path=GRADES)
    with pytest.raises(SyncError):
        await world.look("grade", key, "moodle")
    assert rows(world, key) == {"P1": NOT_ACHIEVED}
    regrade(world, key, 3, criteria=criteria(P1=True))
    await world.look("grade", key, "moodle")
    assert rows(world, key) == {"P1": ACHIEVED}
    await at_rest(world)


@pytest.mark.parametrize("how", ["event", "pass"])
async def test_a_row_typed_over_before_our_own_write_is_put_right_and_recorded(
    world: World, how: str
) -> None:
    """Our own write moves Modified_Time past the person's: that must not hide what she typed."""
    (key,) = await marked(world, P1=False)
    await passed(world)
    type_over(world, key, {"LO_Score": ACHIEVED})
    regrade(world, key, 3, criteria=criteria(P1=False), feedback="Another word")
    if how == "event":
        assert await world.look("grade", key, "moodle") == "applied"
    await passed(world)
    assert rows(world, key) == {"P1": NOT_ACHIEVED}
    (conflict,) = await conflicts(world)
    detail = {"kept": NOT_ACHIEVED, "lost": ACHIEVED, "agreed": NOT_ACHIEVED}
    assert conflict["detail"] == {"criteria.P1.score": detail}
    await at_rest(world)


async def test_a_row_that_differs_from_ours_by_blanks_alone_is_a_double(world: World) -> None:
    (key,) = await marked(world, P1=True)
    await passed(world)
    type_over(world, key, {}, {"LO_Code": "P1 ", "LO_Score": NOT_ACHIEVED})
    await passed(world)
    assert rows(world, key) == {"P1": ACHIEVED}
    await at_rest(world)


async def test_one_grade_whose_rows_zoho_refuses_stops_none_of_a_hundred(world: World) -> None:
    keys = await marked(world, 100, P1=True)
    many = criteria(**{f"P{number}": True for number in range(1, 102)})  # a subform takes 100
    regrade(world, keys[50], 3, criteria=many)
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    (report,) = [one.report for one in done if one.report.entity == "grade"]
    assert dict(report.counts) == {"updated": 99, "failed": 1}
    assert sum(bool(record_of(world, key)[ROWS]) for key in keys) == 99
    (row,) = await world.rows("SELECT record_id, state, error_code FROM sync_grades WHERE state <> 'synced'")
    assert (row["record_id"], row["state"], row["error_code"]) == (keys[50], "error", "LIMIT_EXCEEDED")
    assert record_of(world, keys[50])["Grade"] == "M"
    regrade(world, keys[50], 3, criteria=criteria(P1=True))
    await passed(world)
    assert rows(world, keys[50]) == {"P1": ACHIEVED}
    await at_rest(world)


@pytest.mark.parametrize("fault", [Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.DROP_BEFORE])
async def test_rows_come_after_zoho_is_well_again(world: World, fault: Fault) -> None:
    keys = await marked(world, 3, P1=True)
    world.zoho.control.fail(fault, method="PUT", path=GRADES)
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [one.error for one in done if one.error] == []
    # "Too many at once" means that nothing was done, so that call alone is repeated at once.
    told = [rows(world, key) for key in keys]
    assert told == [{"P1": ACHIEVED} if fault is Fault.TOO_MANY_REQUESTS else {}] * 3
    await passed(world)
    assert [rows(world, key) for key in keys] == [{"P1": ACHIEVED}] * 3
    await at_rest(world)


async def test_a_spent_quota_stops_the_pass_and_forgets_nothing(world: World) -> None:
    keys = await marked(world, 3, P1=True)
    world.zoho.control.fail(Fault.QUOTA_SPENT, method="PUT", path=GRADES)
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [one.report.entity for one in done if one.error] == ["grade"]
    known = await world.rows("SELECT zoho_id FROM sync_grades WHERE agreed_state->>'letter' = 'M'")
    assert {row["zoho_id"] for row in known} == {record_of(world, key)["id"] for key in keys}
    await passed(world)
    assert [rows(world, key) for key in keys] == [{"P1": ACHIEVED}] * 3
    await at_rest(world)


async def test_texts_are_cut_at_zohos_limits_counted_as_zoho_counts(world: World) -> None:
    (key,) = await graded(world, 3)
    long = [{"shortname": "P1", "description": "😀" * 200, "achieved": 1, "remark": "é" * 3000}]
    regrade(world, key, 3, criteria=long)
    await passed(world)
    (row,) = record_of(world, key)[ROWS]
    for name, limit in {"LO_Definition": 255, "LO_Feedback": 2000}.items():
        assert row[name].endswith(CUT)
        assert limit - 2 <= len(row[name].encode("utf-16-le")) // 2 <= limit
    await at_rest(world)


async def test_criteria_of_one_name_and_of_none_are_all_there(world: World) -> None:
    (key,) = await graded(world, 3)
    one = {"description": "Text", "achieved": 1, "remark": ""}
    regrade(world, key, 3, criteria=[{**one, "shortname": name} for name in ("P1", "P1", "")])
    await passed(world)
    assert set(rows(world, key)) == {"P1", "P1 (2)", "3"}
    await at_rest(world)


async def test_nothing_differs_after_one_pass_that_wrote_the_record_alone(world: World) -> None:
    (key,) = await marked(world, P1=True)
    await passed(world)
    regrade(world, key, 4, criteria=criteria(P1=True), feedback="Better than it looked")
    world.zoho.control.advance(seconds=5)
    await passed(world)
    drift = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [one.differences for one in drift if one.differences] == []
