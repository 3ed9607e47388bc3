"""The generated college: whole, in proportion, valid by Zoho's rules, the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from agent.sandbox.zoho import SandboxControl, SandboxOptions, SandboxState
from agent.sandbox.zoho.college.finance import FIELDS
from agent.sandbox.zoho.options import INTEGRATION
from tests.unit.sandbox.calling import START

KEY = "Moodle_Grade_Composite_Key"
AMOUNT = re.compile(r"-?\d+(\.\d+)?")


def college(students: int, seed: int = 1, *, faulty: bool = False) -> SandboxControl:
    options = SandboxOptions(college=students, seed=seed, start=START, faulty=faulty)
    return SandboxControl(SandboxState(options))


def lists(control: SandboxControl) -> dict[str, list[dict[str, Any]]]:
    return {module: control.records(module) for module in control.state.modules}


@pytest.fixture(scope="module")
def faulty() -> dict[str, list[dict[str, Any]]]:
    return lists(college(200, faulty=True))


@pytest.fixture(scope="module")
def large() -> dict[str, list[dict[str, Any]]]:
    return lists(college(1500))


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
    """Drop what only reads carry, and what no two records may have."""
    written = {
        key: value for key, value in record.items() if not key.startswith("$") and key not in {"id", KEY}
    }
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
    keys = [record[KEY] for record in large["BTEC_Grades"] if record[KEY]]
    assert 20 < len(keys) < 150
    assert not any(re.fullmatch(r"\d+_\d+_\d+", key) for key in keys)  # none is Moodle's
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
    assert any(s["City"] is None and s["Birth_Date"] is None for s in students)
    assert any(s["Last_Name"] is None and s["Last_Name_Native"] for s in students)
    assert {s["Currency"] for s in students} == {"USD", "TRY"}


def test_every_record_can_be_synced_unless_faults_are_asked_for(
    large: dict[str, list[dict[str, Any]]], faulty: dict[str, list[dict[str, Any]]]
) -> None:
    assert unfit(large) == Counter()
    assert unfit(faulty) == {"address": 4, "name": 4, "price": 5, "remaining": 6, "currency": 4}


def unfit(records: dict[str, list[dict[str, Any]]]) -> Counter[str]:
    """Count students of whom no account can be made, registrations and payments with unreadable money."""
    found = Counter[str]()
    for student in records["BTEC_Students"]:
        found["address"] += not (student["Academic_Email"] or student["Email"])
        found["name"] += not (student["First_Name"] and (student["Last_Name"] or student["Last_Name_Native"]))
    for registration in records["BTEC_Registrations"]:
        found["price"] += not AMOUNT.fullmatch(registration["Program_Price"])
        found["remaining"] += not AMOUNT.fullmatch(registration["Remaining_Amount"])
    currencies = {
        p["Registration_ID"]["id"]: p["SRM_Original_Currency"]
        for p in records["BTEC_Payments"]
        if p["Registration_ID"]
    }
    found["currency"] += sum(currency not in {"USD", "TRY"} for currency in currencies.values())
    return +found


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


def test_payments_of_all_kinds(large: dict[str, list[dict[str, Any]]]) -> None:
    payments = large["BTEC_Payments"]
    assert {p["SRM_Active"] for p in payments} == {"Accepted", "Void"}
    assert len({p["Payment_Type"] for p in payments}) == 5
    currency = {r["id"]: r["Currency"] for r in large["BTEC_Registrations"]}
    tied = [p for p in payments if p["Registration_ID"]]
    assert 10 < len(payments) - len(tied) < 80
    foreign = [p for p in tied if p["Currency"] != currency[p["Registration_ID"]["id"]]]
    assert len(foreign) > 20
    assert all(p["SRM_Original_Currency"] == currency[p["Registration_ID"]["id"]] for p in tied)
    assert {p["SRM_Original_Amount"] / p["Payment_Amount"] for p in foreign} == {30, 1 / 30}


def test_registrations_and_students_say_the_same_of_what_is_due(
    large: dict[str, list[dict[str, Any]]],
) -> None:
    students = {student["id"]: student for student in large["BTEC_Students"]}
    firsts: dict[str, dict[str, Any]] = {}
    for registration in large["BTEC_Registrations"]:
        price, percent = Decimal(registration["Program_Price"]), registration["Discount_Percentage"] or "0"
        due = price * (100 - Decimal(percent)) / 100
        rows = registration["Payment_Schedule"]
        paid = [row for row in rows if row["Installment_Status"] == "Paid"]
        if rows:
            assert exact(rows, "Installment_Amount") == due
            assert due - exact(paid, "Installment_Amount") == Decimal(registration["Remaining_Amount"])
        student = students[registration["Student_ID"]["id"]]
        if firsts.setdefault(student["id"], registration) is registration:
            assert Decimal(str(student["Total_Amount"])) == due
            assert Decimal(str(student["Discount_Amount"] or 0)) == price - due
            if rows:
                assert [(row["Installment_Amount"], row["Due_Date"]) for row in rows] == instalments(student)
        else:
            assert registration["Currency"] != firsts[student["id"]]["Currency"]
    assert len(firsts) == 1500
    assert sum(not registration["Payment_Schedule"] for registration in large["BTEC_Registrations"]) > 20


def exact(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(str(row[name])) for row in rows), Decimal(0))


def instalments(student: dict[str, Any]) -> list[tuple[float, str]]:
    return [(student[amount], student[due]) for amount, due in FIELDS if student[amount] is not None]


def test_the_finance_fields_are_filled(large: dict[str, list[dict[str, Any]]]) -> None:
    students = large["BTEC_Students"]
    for name in (
        *("Scholarship", "Reason_of_scholarship", "Scholarship_Percentage", "Currency"),
        *("Currency_of_transferred_amount", "Amount_Transferred", "Payment_Method", "Payment_Mode"),
        *("Bank_Name", "Bank_Holder_Name", "Registration_Fees", "Invoice_Reg_Fees", "Total_Amount"),
        *("Discount_Amount", "Invoice_Num_1", "Invoice_Date_1", "Invoice_Num_8", "Invoice_Date_8"),
    ):
        assert sum(student[name] is not None for student in students) > 20, name
    assert {len(instalments(student)) for student in students} == {1, 2, 4, 8}
    for student in students:
        assert (student["Payment_Mode"] == "One Payment") is (len(instalments(student)) == 1)
        assert (student["Bank_Name"] is None) is (student["Payment_Method"] != "Bank Transfer")


def test_requests_with_and_without_fees(large: dict[str, list[dict[str, Any]]]) -> None:
    requests = large["BTEC_Student_Requests"]
    assert len({request["Request_Type"] for request in requests}) == 5
    assert len({request["Name"] for request in requests}) == len(requests)
    assert {request["Fees_Amount"] is None for request in requests} == {True, False}
    assert all((request["Currency"] is None) is (request["Fees_Amount"] is None) for request in requests)


def test_some_classes_have_no_teacher(large: dict[str, list[dict[str, Any]]]) -> None:
    assert sum(record["Teacher"] is None for record in large["BTEC_Classes"]) == 5


def test_units_have_their_criteria(large: dict[str, list[dict[str, Any]]]) -> None:
    for unit in large["BTEC"]:
        assert unit["P1_description"]
        assert unit["M1_description"]
        assert unit["D1_description"]
    full = [unit for unit in large["BTEC"] if unit["P10_description"]]
    assert len(full) == len(large["Products"])
    for unit in full:
        assert unit["M9_description"]
        assert unit["D6_description"]
        assert len(unit["D1_description"]) > 2500
    names = Counter(unit["Name"] for unit in large["BTEC"])
    assert max(names.values()) > 1  # unit names repeat across levels


def test_a_college_needs_a_student() -> None:
    with pytest.raises(ValueError, match="at least one student"):
        college(-1)
