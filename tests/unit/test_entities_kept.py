"""Units, grades typed into Zoho and requests: from Zoho's record to Moodle's row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.entities.base import Entity
from agent.entities.program import PROGRAM
from agent.entities.request import REQUEST, name_of, number_of
from agent.entities.result import RESULT
from agent.entities.unit import CRITERIA, UNIT
from agent.errors import SyncError
from agent.sync.plan import Planned, plan_record

LABELS = {"Unit_Major": {"L3": "Applied Science"}, "Status": {"Pending (Default)": "Pending"}}


def plan(entity: Entity, **values: Any) -> Planned:
    record = dict.fromkeys(entity.zoho_fields) | {
        "id": "5725767000000415009",
        "Modified_Time": "2026-03-01T10:00:00+03:00",
    }
    return plan_record(entity, record | values, LABELS, None)


def own(planned: Planned) -> dict[str, Any]:
    """The columns beside those that every row has."""
    return {
        name: value
        for name, value in planned.row.items()
        if name not in {"zohoid", "sourcetime", "changehash", "deleted"}
    }


def test_a_unit_has_all_its_criteria_in_order() -> None:
    assert (
        *("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10"),
        *("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "D1", "D2", "D3", "D4", "D5", "D6"),
    ) == CRITERIA
    texts = {f"{criterion}_description": f"Text of {criterion}" for criterion in CRITERIA}
    criteria = plan(UNIT, Name="Databases", **texts).row["criteria"]
    assert criteria == [
        {"shortname": criterion, "description": f"Text of {criterion}"} for criterion in CRITERIA
    ]


def test_a_unit_becomes_a_row() -> None:
    planned = plan(
        UNIT,
        Name="Databases",
        Unit_Code="DB-301",
        Unit_Number="4",
        Unit_Level="Level 5",
        Unit_Major="L3",
        Unit_Credit="15",
        Program={"id": "22", "name": "HND"},
        M2_description="x" * 30_000,
        P1_description="Explain",
        P2_description="  ",
    )
    assert own(planned) == {
        "name": "Databases",
        "code": "DB-301",
        "number": "4",
        "level": "Level 5",
        "major": "Applied Science",
        "credit": "15",
        "programid": "22",
        "criteria": [
            {"shortname": "P1", "description": "Explain"},
            {"shortname": "M2", "description": "x" * 30_000},
        ],
    }


def test_a_unit_without_a_name_is_parked() -> None:
    with pytest.raises(SyncError) as caught:
        plan(UNIT)
    assert caught.value.code == "NAME_MISSING"


def test_a_programmes_major_is_known_and_changes_nothing_in_moodle() -> None:
    planned = plan(PROGRAM, Product_Name="HND", Program_Major="IT")
    assert planned.form["major"] == {"stored": "IT", "shown": "IT"}
    assert own(planned) == {"name": "HND", "description": ""}


def test_a_typed_result_becomes_a_row_and_keeps_whose_it_is() -> None:
    planned = plan(
        RESULT,
        Moodle_Grade_Composite_Key="34_12_7",
        Student={"id": "11", "name": "Leyla"},
        Class={"id": "22", "name": "C-1"},
        BTEC_Unit="Databases",
        BTEC_Grade_Name="Assignment 1",
        Grade="M",
        Grade_Status="Released",
        Attempt_Number=2,
        Attempt_Date="2026-03-02",
        Feedback="Well argued",
        Grader_Name="Tala Öz",
        IV_Name="Bo Kaya",
    )
    assert own(planned) == {
        "studentid": "11",
        "classid": "22",
        "unitname": "Databases",
        "name": "Assignment 1",
        "letter": "M",
        "gradestatus": "Released",
        "attempt": 2,
        "attemptdate": "2026-03-02",
        "feedback": "Well argued",
        "grader": "Tala Öz",
        "verifier": "Bo Kaya",
    }
    assert planned.form["key"] == "34_12_7"
    assert own(plan(RESULT))["attempt"] == 0


def test_a_request_becomes_a_row() -> None:
    planned = plan(
        REQUEST,
        Name="Class Drop 3",
        Student={"id": "11", "name": "Leyla"},
        Request_Type="Class Drop",
        Status="Pending (Default)",
        Reason="I moved",
        Request_Date="2026-03-01T10:00:00+03:00",
        Fees_Amount=25.5,
        Currency="EUR",
    )
    assert own(planned) == {
        "requestid": 0,
        "number": "Class Drop 3",
        "studentid": "11",
        "type": "Class Drop",
        "status": "Pending",
        "reason": "I moved",
        "requesttime": int(datetime(2026, 3, 1, 7, tzinfo=UTC).timestamp()),
        "fees": "25.5",
        "currency": "EUR",
    }
    assert own(plan(REQUEST))["requesttime"] == 0


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Moodle request 12: Class Drop", 12),
        (name_of(7, "Student Card"), 7),
        ("Class Drop 12", 0),
        ("A Moodle request 12: Class Drop", 0),
        ("Moodle request 012: Class Drop", 0),
        ("Moodle request 1234567890123456789: Class Drop", 0),  # no number of Moodle's
        (None, 0),
    ],
)
def test_the_name_tells_the_number_of_a_request_that_was_raised_in_moodle(
    name: str | None, number: int
) -> None:
    assert number_of(name) == number
    assert own(plan(REQUEST, Name=name))["requestid"] == number
