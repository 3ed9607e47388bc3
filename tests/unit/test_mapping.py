"""The college's own names: the overlay and its check against Zoho's metadata."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import agent.sandbox
from agent import findings
from agent.canonical import change_hash
from agent.doctor import Finding
from agent.entities import grade
from agent.entities.base import Entity
from agent.entities.fields import project
from agent.entities.mapping import (
    Mapped,
    Problem,
    UnknownNameError,
    check,
    hindrances,
    mapped_fields,
    names_of,
    nearest,
    overlay,
    overlay_grade,
)
from agent.entities.payment import PAYMENT
from agent.entities.registration import REGISTRATION
from agent.entities.registry import FROM_ZOHO
from agent.entities.student import STUDENT

SOURCE = json.loads((Path(agent.sandbox.__file__).parent / "modules.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def metadata(module: str, **changes: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Zoho's fields of a module; `changes` alter or (None) take away fields."""
    fields: dict[str, dict[str, Any]] = {
        raw["api_name"]: {
            "api_name": raw["api_name"],
            "data_type": raw["data_type"],
            "length": raw.get("length", 0),
            "read_only": raw.get("read_only", False),
            "operation_type": {"api_update": not raw.get("read_only", False)},
            "unique": {"case_sensitive": False} if raw["api_name"] == "Moodle_Grade_Composite_Key" else {},
        }
        for raw in SOURCE[module]
    }
    for name, change in changes.items():
        if change is None:
            fields.pop(name)
        else:
            fields[name] = {"api_name": name, **fields.get(name, {}), **change}
    return list(fields.values())


def student_problems(**changes: dict[str, Any] | None) -> list[Problem]:
    return check("student", mapped_fields(STUDENT), metadata("BTEC_Students", **changes))


def grade_problems(**changes: dict[str, Any] | None) -> list[Problem]:
    return check("grade", mapped_fields(grade.GradeNames()), metadata("BTEC_Grades", **changes))


@pytest.mark.parametrize("name", [*FROM_ZOHO, "grade"])
def test_the_defaults_fit_the_colleges_zoho(name: str) -> None:
    entity = grade.GradeNames() if name == "grade" else FROM_ZOHO[name]
    assert check(name, mapped_fields(entity), metadata(entity.module)) == []


def test_without_rows_nothing_changes() -> None:
    assert overlay(STUDENT, {}) is STUDENT
    assert overlay(STUDENT, {"firstname": "First_Name"}) is STUDENT
    assert STUDENT.mapping_mark == str(STUDENT.mapping_version)


def test_names_are_laid_over_in_every_place() -> None:
    rows = {"module": "Learners", "firstname": "Given_Name", "link": "LMS_ID", "syncedtomoodle": "In_LMS"}
    mapped = overlay(STUDENT, rows)
    assert mapped.module == "Learners"
    assert {"Given_Name", "LMS_ID", "Last_Name"} <= set(mapped.zoho_fields)
    assert not {"First_Name", "Student_Moodle_ID"} & set(mapped.zoho_fields)
    assert mapped.write_back(7, NOW) == {
        "LMS_ID": "7",
        "In_LMS": True,
        "Last_Sync_Date": "2026-03-01T00:00:00+00:00",
    }
    assert names_of(mapped)["firstname"] == "Given_Name"
    assert mapped.mapping_version == STUDENT.mapping_version


def test_another_mapping_is_another_hash_of_the_same_form() -> None:
    form = {"firstname": "Leyla"}
    hashes = {
        change_hash(form, overlay(STUDENT, rows).mapping_mark)
        for rows in ({}, {"firstname": "Given_Name"}, {"firstname": "Name_1"}, {"module": "Learners"})
    }
    assert len(hashes) == 4
    assert change_hash(form, 1) in hashes  # without rows what was agreed before stays agreed


def test_what_lies_outside_the_form_does_not_change_the_hash() -> None:
    assert overlay(STUDENT, {"link": "LMS_ID"}).mapping_mark == STUDENT.mapping_mark


def test_an_unknown_name_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="no name 'fristname'; the nearest is firstname"):
        overlay(STUDENT, {"fristname": "Given_Name"})
    with pytest.raises(UnknownNameError, match=r"grade has no name 'mark'$"):
        overlay_grade({"mark": "X"})


def test_grades_have_their_names_laid_over_too() -> None:
    names = overlay_grade({"module": "Results", "key": "Key", "letter": "Result", "student": "Learner"})
    form = {"key": "1_2_3", "letter": "M", "student": "11"}
    record = grade.zoho_record(form, names)
    assert (names.module, names.key_field) == ("Results", "Key")
    assert (record["Key"], record["Result"], record["Learner"]) == ("1_2_3", "M", {"id": "11"})
    assert "Grade" not in record
    assert grade.from_zoho(record, names)["letter"] == "M"
    assert names.mapping_mark != grade.GradeNames().mapping_mark
    assert overlay_grade({}).mapping_mark == grade.GradeNames().mapping_mark == "2"


@pytest.mark.parametrize("wrong", ["Frist_Name", "FIRST_NAME", "FirstName"])
def test_an_unknown_field_is_named_with_the_nearest_real_one(wrong: str) -> None:
    mapped = mapped_fields(overlay(STUDENT, {"firstname": wrong}))
    (problem,) = check("student", mapped, metadata("BTEC_Students"))
    assert (problem.level, problem.entity, problem.name, problem.field) == (
        "error",
        "student",
        "firstname",
        wrong,
    )
    assert problem.sentence == f"Zoho has no field {wrong}; the nearest is First_Name"


def test_the_nearest_name_is_found_whatever_its_letter_case() -> None:
    assert nearest("btec", ["Beta", "BTEC"]) == "BTEC"
    assert nearest("Attendance", ["Beta", "BTEC"]) is None


@pytest.mark.parametrize(
    ("field", "data_type", "fits"),
    [
        ("First_Name", "textarea", True),
        ("First_Name", "integer", True),
        ("First_Name", "lookup", False),
        ("First_Name", "subform", False),
        ("Academic_Email", "text", True),
        ("Academic_Email", "date", False),
        ("Birth_Date", "text", False),
        ("Birth_Date", "datetime", False),
        ("Gender", "text", True),
        ("Gender", "multiselectpicklist", False),
        ("Student_Moodle_ID", "integer", False),  # the agent writes text
        ("Synced_to_Moodle", "text", False),
        ("Last_Sync_Date", "date", False),
    ],
)
def test_types(field: str, data_type: str, fits: bool) -> None:
    problems = student_problems(**{field: {"data_type": data_type, "length": 255}})
    assert [problem.field for problem in problems] == ([] if fits else [field])
    assert all(problem.level == "error" and data_type in problem.sentence for problem in problems)


@pytest.mark.parametrize("data_type", ["text", "currency", "double", "integer", "formula"])
def test_a_number_may_be_a_text_where_it_is_only_read(data_type: str) -> None:
    known = [{"api_name": "Program_Price", "data_type": data_type}]
    assert check("program", [Mapped("price", "Program_Price", "decimal")], known) == []
    written = check("program", [Mapped("price", "Program_Price", "decimal", written=True)], known)
    assert bool(written) == (data_type in {"text", "formula"})


@pytest.mark.parametrize("change", [{"read_only": True}, {"operation_type": {"api_update": False}}])
def test_what_the_agent_writes_must_be_writable_and_what_it_reads_need_not(change: dict[str, Any]) -> None:
    assert student_problems(First_Name=change) == []
    (problem,) = student_problems(Student_Moodle_ID=change)
    assert (problem.level, problem.name) == ("error", "link")


def test_lengths_count_where_the_agent_writes() -> None:
    assert student_problems(First_Name={"length": 1}) == []
    assert [p.name for p in student_problems(Student_Moodle_ID={"length": 18})] == ["link"]
    assert [p.name for p in grade_problems(Feedback={"length": 255})] == ["feedback"]
    assert [p.name for p in grade_problems(Moodle_Grade_Composite_Key={"length": 20})] == ["key"]
    assert grade_problems(Feedback={"length": 0}) == []  # not known


def test_the_key_of_grades_must_be_unique() -> None:
    (problem,) = grade_problems(Moodle_Grade_Composite_Key={"unique": {}})
    assert (problem.level, problem.name) == ("error", "key")
    silent = [
        {name: value for name, value in row.items() if name != "unique"} for row in metadata("BTEC_Grades")
    ]
    (problem,) = check("grade", mapped_fields(grade.GradeNames()), silent)
    assert (problem.level, problem.name) == ("warning", "key")


def test_two_names_share_a_field_only_when_both_are_read() -> None:
    known = metadata("BTEC_Students")
    shared = mapped_fields(overlay(STUDENT, {"academicemail": "Email"}))
    assert check("student", shared, known) == []
    (problem,) = check("student", mapped_fields(overlay(STUDENT, {"link": "First_Name"})), known)
    assert (problem.level, problem.field) == ("error", "First_Name")


def test_only_what_concerns_the_new_name_hinders_it() -> None:
    def error(name: str, field: str) -> Problem:
        return Problem("error", "student", name, field, "")

    known = names_of(STUDENT)
    mine, other, module, stray = (
        error("firstname", "X"),
        error("city", "Y"),
        error("module", "M"),
        error("frist", "Z"),
    )
    assert hindrances([mine, other, module, stray], known, "firstname", "X") == [mine, module, stray]
    assert hindrances([other], known, "module", "Learners") == []
    assert hindrances([error("link", "X")], known, "firstname", "X") == [error("link", "X")]


@pytest.mark.parametrize(
    ("moodle", "level"),
    [(1000, "OK"), (999, "OK"), (972, "OK"), (969, "WARN"), (1031, "WARN"), (699, "FAIL"), (1301, "FAIL")],
)
def test_clocks(moodle: int, level: str) -> None:
    assert findings.clock_finding(moodle, 1000.2, 1000.9).level == level


@pytest.mark.parametrize(("number", "level"), [(1000, "FAIL"), (4000, "FAIL"), (5000, "OK")])
def test_max_input_vars(number: int, level: str) -> None:
    assert findings.input_finding(number).level == level


def test_exit_codes() -> None:
    well, warned, failed = Finding("OK", "a", ""), Finding("WARN", "a", ""), Finding("FAIL", "a", "")
    assert [findings.exit_code(found) for found in ([well], [well, warned], [failed, warned])] == [0, 1, 2]


def test_the_fields_of_a_subforms_rows_have_names_of_their_own() -> None:
    assert names_of(REGISTRATION)["schedule.amount"] == "Installment_Amount"
    mapped = overlay(REGISTRATION, {"schedule": "Plan", "schedule.amount": "Due_Amount"})
    (subform,) = mapped.subforms
    assert (subform.zoho, [line.zoho for line in subform.rows][:3]) == (
        "Plan",
        ["Installment_No", "Due_Date", "Due_Amount"],
    )
    one = overlay(REGISTRATION, {"schedule.amount": "Due_Amount"})
    assert len({entity.mapping_mark for entity in (mapped, one, REGISTRATION)}) == 3
    assert "Plan" not in mapped.zoho_fields
    row = {"id": "1", "Due_Amount": "5"} | dict.fromkeys(
        [line.zoho for line in subform.rows if line.name != "amount"]
    )
    form = project(mapped.fields, dict.fromkeys(mapped.zoho_fields) | {"Plan": [row]}, {})
    assert form["schedule"][0]["amount"] == "5"
    with pytest.raises(UnknownNameError, match=r"the nearest is schedule\.amount"):
        overlay(REGISTRATION, {"schedule.amout": "Due_Amount"})


def test_a_subform_has_to_be_one_and_its_rows_are_not_looked_for_in_its_module() -> None:
    def problems(rows: dict[str, str], **changes: dict[str, Any] | None) -> list[str]:
        fields = metadata("BTEC_Registrations", **changes)
        return [
            one.sentence for one in check("registration", mapped_fields(overlay(REGISTRATION, rows)), fields)
        ]

    assert problems({"schedule.amount": "Due_Amount"}) == []
    assert problems({"schedule": "Payment_Shedule"}) == [
        "Zoho has no field Payment_Shedule; the nearest is Payment_Schedule"
    ]
    assert problems({"schedule": "Note"}) == ["Note is of type textarea; rows needs subform"]
    (sentence,) = problems({"price": "Payment_Schedule"})
    assert sentence.startswith("Payment_Schedule is of type subform; amount needs bigint or currency or ")


@pytest.mark.parametrize(
    ("entity", "name", "field"),
    [
        (PAYMENT, "currency", "Payment_Date"),
        (PAYMENT, "installmentno", "Payment_Amount"),  # a whole number is never read from money
        (PAYMENT, "amount", "Payment_Date"),
        (REGISTRATION, "discountpercentage", "Discount"),
    ],
)
def test_money_and_numbers_are_read_from_fitting_fields_only(entity: Entity, name: str, field: str) -> None:
    mapped = mapped_fields(overlay(entity, {name: field}))
    (problem,) = check(entity.name, mapped, metadata(entity.module))
    assert (problem.level, problem.name) == ("error", name)
