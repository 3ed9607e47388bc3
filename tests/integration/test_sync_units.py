"""Units, grades typed into Zoho and requests answered there, between both sandboxes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.errors import Action, SyncError
from agent.sync.plan import plan_record
from tests.support.world import World, open_world

UNITS, PROGRAMS, REQUESTS = "BTEC", "Products", "BTEC_Student_Requests"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def add_unit(world: World, **changes: Any) -> str:
    values = {"Name": "Databases", "Unit_Code": "DB-301", "Unit_Level": "Level 5", "Unit_Credit": "15"}
    values |= {"P1_description": "Explain", "M1_description": "Compare", "D1_description": "Judge"}
    return world.zoho.control.create(UNITS, values | changes, push=False)


def edit(world: World, module: str, record_id: str, **changes: Any) -> None:
    world.zoho.control.advance(seconds=1)  # Zoho's Modified_Time counts seconds
    world.zoho.control.edit(module, record_id, changes, push=False)


def mirror(world: World, entity: str, record_id: str) -> dict[str, Any]:
    return world.moodle.control.site.mirrors[entity][record_id].fields


def criteria(world: World, unit: str) -> dict[str, str]:
    """What Moodle holds of a unit's criteria, in its order."""
    return {one["shortname"]: one["description"] for one in mirror(world, "unit", unit)["criteria"]}


async def definitions(world: World) -> list[dict[str, Any]]:
    """What the agent says it last wrote of criteria."""
    return await world.rows(
        "SELECT record_id, moodle_id, criteria, change_hash FROM moodle_grading_definitions"
    )


async def test_a_units_criteria_are_mirrored_changed_cleared_and_remembered(world: World) -> None:
    program = world.zoho.control.create(PROGRAMS, {"Product_Name": "HND"}, push=False)
    unit = add_unit(world, Program={"id": program}, P10_description="Last pass", P2_description="x" * 2000)
    assert await world.look("unit", unit) == "applied"
    held = mirror(world, "unit", unit)
    assert (held["name"], held["code"], held["level"], held["credit"], held["programid"]) == (
        *("Databases", "DB-301", "Level 5", "15"),
        program,
    )
    assert list(criteria(world, unit)) == ["P1", "P2", "P10", "M1", "D1"]
    assert await world.look("unit", unit) == "unchanged"
    edit(world, UNITS, unit, P1_description="Explain twice", M1_description=None)
    assert await world.look("unit", unit) == "applied"
    assert criteria(world, unit) == {
        "P1": "Explain twice",
        "P2": "x" * 2000,
        "P10": "Last pass",
        "D1": "Judge",
    }
    (known,) = await definitions(world)
    assert known == {
        "record_id": unit,
        "moodle_id": world.moodle.control.site.mirrors["unit"][unit].id,
        "criteria": mirror(world, "unit", unit)["criteria"],
        "change_hash": mirror(world, "unit", unit)["changehash"],
    }


async def test_a_deleted_unit_is_deleted_and_comes_back(world: World) -> None:
    unit, other = add_unit(world), add_unit(world, Unit_Level="Level 3")  # one name at two levels
    await world.sync("unit")
    assert sorted(row["record_id"] for row in await definitions(world)) == sorted([unit, other])
    world.zoho.control.delete(UNITS, unit, push=False)
    assert await world.look("unit", unit) == "applied"
    assert mirror(world, "unit", unit)["deleted"] == 1
    assert [row["record_id"] for row in await definitions(world)] == [other]
    world.zoho.control.restore(UNITS, unit, push=False)
    assert await world.look("unit", unit) == "applied"
    assert mirror(world, "unit", unit)["deleted"] == 0
    assert criteria(world, unit) == {"P1": "Explain", "M1": "Compare", "D1": "Judge"}
    assert sorted(row["record_id"] for row in await definitions(world)) == sorted([unit, other])


async def test_units_are_written_in_batches_and_once(world: World) -> None:
    texts = {f"P{number}_description": f"Pass {number}" for number in range(1, 11)}
    units = [add_unit(world, Name=f"Unit {number}", **texts) for number in range(120)]
    (first,) = (await world.sync("unit")).values()
    assert first.counts == {"created": 120}
    assert len(await definitions(world)) == 120
    calls = world.moodle.control.count("upsert_units")
    assert calls < 5
    (again,) = (await world.sync("unit")).values()
    assert again.counts == {"unchanged": 120}
    assert world.moodle.control.count("upsert_units") == calls
    assert len(criteria(world, units[119])) == 12


async def test_a_unit_that_lost_its_name_is_parked_and_stops_no_other(world: World) -> None:
    good, bad = add_unit(world), add_unit(world, Name=" ")
    (report,) = (await world.sync("unit")).values()
    assert report.counts == {"created": 1, "failed": 1}
    assert [row["record_id"] for row in await definitions(world)] == [good]
    with pytest.raises(SyncError) as caught:
        await world.look("unit", bad)
    assert (caught.value.code, caught.value.action) == ("NAME_MISSING", Action.FAIL_RECORD)


async def test_an_older_version_does_not_take_the_place_of_newer_criteria(world: World) -> None:
    unit = add_unit(world)
    engine = world.runtime.engine
    entity = await engine.modules.entity("unit")
    old = plan_record(entity, await _read(world, unit), await engine.labels(entity), None)
    edit(world, UNITS, unit, P1_description="Explain anew")
    assert await world.look("unit", unit) == "applied"
    await engine.to_moodle.apply(entity, [old])  # a pass that read before the edit and writes after it
    assert criteria(world, unit)["P1"] == "Explain anew"
    (known,) = await definitions(world)
    assert known["criteria"][0]["description"] == "Explain anew"
    assert known["change_hash"] == mirror(world, "unit", unit)["changehash"]


async def _read(world: World, unit: str) -> Any:
    entity = await world.runtime.engine.modules.entity("unit")
    async for page in world.runtime.zoho.list_pages(entity.module, entity.zoho_fields, ids=[unit]):
        return page[0]
    raise AssertionError("Zoho has no such unit")


async def test_the_answer_to_a_request_comes_back_and_a_deleted_one_goes(world: World) -> None:
    student = world.zoho.control.create(
        "BTEC_Students",
        {"First_Name": "Leyla", "Last_Name": "Kaya", "Email": "leyla@example.com"},
        push=False,
    )
    values = {
        "Name": "Class Drop 1",
        "Student": {"id": student},
        "Request_Type": "Class Drop",
        "Status": "Pending",
    }
    request = world.zoho.control.create(
        REQUESTS, values | {"Fees_Amount": 25.5, "Currency": "EUR"}, push=False
    )
    assert await world.look("request", request) == "applied"
    held = mirror(world, "request", request)
    assert (held["requestid"], held["studentid"], held["type"], held["fees"], held["currency"]) == (
        *(0, student, "Class Drop", "25.5"),
        "EUR",
    )
    edit(world, REQUESTS, request, Status="Approved")
    assert await world.look("request", request) == "applied"
    assert mirror(world, "request", request)["status"] == "Approved"
    edit(world, REQUESTS, request, Status="Completed")  # its number in Moodle is known by now
    assert await world.look("request", request) == "applied"
    assert mirror(world, "request", request)["status"] == "Completed"
    world.zoho.control.delete(REQUESTS, request, push=False)
    assert await world.look("request", request) == "applied"
    assert mirror(world, "request", request)["deleted"] == 1
