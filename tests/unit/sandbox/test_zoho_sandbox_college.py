"""The generated college: whole, in proportion, valid by Zoho's rules, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from agent.sandbox.zoho import SandboxControl, SandboxOptions, SandboxState
from agent.sandbox.zoho.options import INTEGRATION
from tests.unit.sandbox.calling import START


def college(students: int, seed: int = 1) -> SandboxControl:
    return SandboxControl(SandboxState(SandboxOptions(college=students, seed=seed, start=START)))


@pytest.fixture(scope="module")
def large() -> dict[str, list[dict[str, Any]]]:
    control = college(1500)
    return {module: control.records(module) for module in control.state.modules}


def test_proportions(large: dict[str, list[dict[str, Any]]]) -> None:
    counts = {module: len(records) for module, records in large.items()}
    assert counts["BTEC_Students"] == 1500
    assert counts["BTEC_Classes"] == 200
    assert counts["BTEC_Teachers"] == 25
    assert 1500 <= counts["BTEC_Registrations"] <= 1700
    assert 3000 <= counts["BTEC_Enrollments"] <= 4500
    assert 4500 <= counts["BTEC_Payments"] <= 9000
    assert 700 <= counts["BTEC_Grades"] <= 2000
    assert counts["BTEC_Student_Requests"] == 75
    assert counts["Products"] >= 5
    assert counts["BTEC"] >= 30


@pytest.mark.parametrize("students", [1, 2, 60])
def test_every_record_could_have_been_written_by_the_api(students: int) -> None:
    """Written back as read, each record passes the rules (lengths, picklists, lookups, formats)."""
    control = college(students)
    state = control.state
    for name, module in state.modules.items():
        records = control.records(name)
        assert records or (name, students < 60) == ("BTEC_Grades", True), name  # old results need old classes
        for record in records:
            state.writer.insert(module, _as_written(record), "$.data[0]", INTEGRATION)


def _as_written(record: dict[str, Any]) -> dict[str, Any]:
    """Drop what only reads carry."""
    written = {key: value for key, value in record.items() if not key.startswith("$") and key != "id"}
    for name, value in written.items():
        if isinstance(value, list):
            written[name] = [
                {key: item for key, item in row.items() if key not in {"id", "Parent_Id"}} for row in value
            ]
    return written


def test_the_same_seed_makes_the_same_college() -> None:
    first, again, other = college(40, 5), college(40, 5), college(40, 6)
    for module in first.state.modules:
        assert first.records(module) == again.records(module)
    assert first.records("BTEC_Students") != other.records("BTEC_Students")
    first.edit("BTEC_Students", first.ids("BTEC_Students")[0], {"City": "elsewhere"}, push=False)
    first.reset()
    assert first.records("BTEC_Students") == again.records("BTEC_Students")


def test_new_students_and_classes_are_not_linked_yet(large: dict[str, list[dict[str, Any]]]) -> None:
    assert all(record["Student_Moodle_ID"] is None for record in large["BTEC_Students"])
    assert all(record["Moodle_Class_ID"] is None for record in large["BTEC_Classes"])
    assert all(record["Moodle_Grade_Composite_Key"] is None for record in large["BTEC_Grades"])
    assert all(record["Academic_Password"] is None for record in large["BTEC_Students"])


def test_people_of_three_languages(large: dict[str, list[dict[str, Any]]]) -> None:
    students = large["BTEC_Students"]
    arabic = [s for s in students if any("\u0600" <= c <= "\u06ff" for c in s["Frist_Name_Native"] or "")]
    turkish = [s for s in students if set("ğşıİçöüĞŞÇÖÜ") & set(s["Frist_Name_Native"] or "")]
    neither = [s for s in students if s["Frist_Name_Native"] is None]
    assert len(arabic) > 500
    assert len(turkish) > 150
    assert len(neither) > 100
    mails = [s["Academic_Email"] for s in students if s["Academic_Email"]]
    assert len(set(mails)) == len(mails)
    both = mails + [s["Email"] for s in students if s["Email"]]
    assert {mail.partition("@")[2] for mail in both} == {"example.org", "example.com"}


def test_unusual_people_are_among_them(large: dict[str, list[dict[str, Any]]]) -> None:
    students = large["BTEC_Students"]
    assert any(len(s["First_Name"]) == 100 for s in students)
    assert any("'" in s["Last_Name"] for s in students if s["Last_Name"])
    assert any("🌅" in (s["Note"] or "") and "<b>" in s["Note"] for s in students)
    assert any(s["Academic_Email"] is None and s["Email"] for s in students)
    assert any(s["Academic_Email"] is None and s["Email"] is None for s in students)
    assert any(s["City"] is None and s["Birth_Date"] is None for s in students)
    assert any(s["Last_Name"] is None for s in students)
    assert {s["Currency"] for s in students} == {"USD", "TRY"}


def test_classes_and_enrolments_of_all_kinds(large: dict[str, list[dict[str, Any]]]) -> None:
    statuses = Counter(record["Class_Status"] for record in large["BTEC_Classes"])
    assert statuses["Active"] > 60
    assert statuses["End"] > 30
    assert statuses["Pending"] > 5
    assert len({record["Class_Short_Name"] for record in large["BTEC_Classes"]}) == 200
    assert len({record["Class_Name"] for record in large["BTEC_Classes"]}) < 200
    ends = {record["id"]: record["End_Date"] for record in large["BTEC_Classes"]}
    withdrawn = [e for e in large["BTEC_Enrollments"] if e["End_Date"] < ends[e["Classes"]["id"]]]
    assert 40 < len(withdrawn) < 250
    assert all(record["End_Date"] < "2026-03-02" for record in withdrawn)
    types = Counter(record["Enrollment_Type"] for record in large["BTEC_Enrollments"])
    assert set(types) == {"Normal", "Recording", "Self-Study", "Not Graded"}
    pairs = [(e["Classes"]["id"], e["Enrolled_Students"]["id"]) for e in large["BTEC_Enrollments"]]
    assert len(set(pairs)) == len(pairs)


def test_grades_hang_together(large: dict[str, list[dict[str, Any]]]) -> None:
    enrolled = {(e["Classes"]["id"], e["Enrolled_Students"]["id"]) for e in large["BTEC_Enrollments"]}
    assert {(g["Class"]["id"], g["Student"]["id"]) for g in large["BTEC_Grades"]} <= enrolled
    assert {g["Grade"] for g in large["BTEC_Grades"]} == {"D", "M", "P", "R", "RR", "F", "Mapped"}
    assert all(g["Attempt_Number"] == 2 for g in large["BTEC_Grades"] if g["Grade"] == "RR")
    assert all(g["Learning_Outcomes_Assessm"] for g in large["BTEC_Grades"])


def test_money_adds_up(large: dict[str, list[dict[str, Any]]]) -> None:
    assert {p["SRM_Active"] for p in large["BTEC_Payments"]} == {"Accepted", "Void"}
    assert len({p["Payment_Type"] for p in large["BTEC_Payments"]}) == 5
    currency = {r["id"]: r["Currency"] for r in large["BTEC_Registrations"]}
    assert any(p["Currency"] != currency[p["Registration_ID"]["id"]] for p in large["BTEC_Payments"])
    for registration in large["BTEC_Registrations"]:
        due = (
            float(registration["Program_Price"])
            * (100 - float(registration["Discount_Percentage"] or 0))
            / 100
        )
        scheduled = sum(row["Installment_Amount"] for row in registration["Payment_Schedule"])
        assert scheduled == pytest.approx(due, abs=0.005)


def test_units_have_their_criteria(large: dict[str, list[dict[str, Any]]]) -> None:
    for unit in large["BTEC"]:
        assert unit["P1_description"]
        assert unit["M1_description"]
        assert unit["D1_description"]
    names = Counter(unit["Name"] for unit in large["BTEC"])
    assert max(names.values()) > 1  # unit names repeat across levels


def test_a_college_needs_a_student() -> None:
    with pytest.raises(ValueError, match="at least one student"):
        college(-1)
