"""From Zoho's record to Moodle's row, and from a grade snapshot to Zoho's record."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.canonical import change_hash
from agent.entities import grade
from agent.entities.base import RecordFaultError
from agent.entities.class_ import CLASS
from agent.entities.enrollment import ENROLLMENT
from agent.entities.fields import picklist_labels, project
from agent.entities.program import PROGRAM
from agent.entities.registry import FROM_ZOHO, PARTS, SLUGS
from agent.entities.student import STUDENT
from agent.entities.teacher import TEACHER
from agent.errors import Action, SyncError, transient
from agent.grading.btec import GradeRules
from agent.moodle.models import GradeSnapshot, RowResult
from agent.store.records import SyncRecord
from agent.sync.plan import plan_deletion, plan_record
from agent.sync.to_moodle import judge

LABELS = {"Academic_Program": {"Level 5": "BTEC Level 5"}}


def student(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = dict.fromkeys(STUDENT.zoho_fields)
    record |= {
        "id": "5725767000000415001",
        "Modified_Time": "2026-03-01T10:00:00+03:00",
        "Name": "BTEC-0042",
        "First_Name": "Leyla",
        "Last_Name": "O'Kaya",
        "Academic_Email": "Leyla.Kaya@college.example.org",
        "Academic_Program": "Level 5",
    }
    return record | changes


def row_of(**changes: Any) -> dict[str, Any]:
    return dict(plan_record(STUDENT, student(**changes), LABELS, None).row)


def test_a_student_becomes_a_row() -> None:
    row = row_of()
    assert row["zohoid"] == "5725767000000415001"
    assert row["sourcetime"] == int(datetime(2026, 3, 1, 7, tzinfo=UTC).timestamp())
    assert (row["firstname"], row["lastname"]) == ("Leyla", "O'Kaya")
    assert row["email"] == row["username"] == "leyla.kaya@college.example.org"
    assert row["academicprogram"] == "BTEC Level 5"  # what people see, not what is stored
    assert row["deleted"] == row["suspended"] == 0


def test_the_allow_list_never_asks_for_the_password() -> None:
    for entity in FROM_ZOHO.values():
        asked = [*entity.zoho_fields, *(line.zoho for line in entity.subforms)]
        assert "Academic_Password" not in asked
        assert len(entity.zoho_fields) <= 50  # Zoho's limit


def test_the_password_does_not_come_along_even_if_zoho_sends_it() -> None:
    planned = plan_record(STUDENT, student(Academic_Password="hunter2"), LABELS, None)
    assert "hunter2" not in repr(planned)


@pytest.mark.parametrize(
    ("changes", "username"),
    [
        ({}, "leyla.kaya@college.example.org"),
        ({"Academic_Email": "şule@college.example.org", "Email": "sule@example.com"}, "sule@example.com"),
        ({"Academic_Email": "şule@college.example.org"}, "btec-0042"),
    ],
)
def test_the_user_name_is_one_that_moodle_takes(changes: dict[str, Any], username: str) -> None:
    assert row_of(**changes)["username"] == username


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Academic_Email": None}, "EMAIL_MISSING"),
        ({"Academic_Email": "no address"}, "UNREADABLE_VALUE"),
        ({"First_Name": " "}, "NAME_MISSING"),
        ({"Birth_Date": "31/12/2005"}, "UNREADABLE_VALUE"),
    ],
)
def test_a_record_that_moodle_cannot_take_is_parked_with_the_reason(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(SyncError) as caught:
        row_of(**changes)
    assert caught.value.code == code
    assert caught.value.action is Action.FAIL_RECORD


def test_native_names_stand_in_and_long_names_are_cut_for_moodle_only() -> None:
    row = row_of(First_Name=None, Frist_Name_Native="ليلى", Last_Name="x" * 140, Display_Name="y" * 140)
    assert row["firstname"] == "ليلى"
    assert row["lastname"] == "x" * 100
    assert row["displayname"] == "y" * 140


def test_a_field_that_was_not_delivered_is_no_cleared_field() -> None:
    record = student()
    del record["City"]
    with pytest.raises(SyncError, match="City"):
        plan_record(STUDENT, record, LABELS, None)


def test_a_cleared_field_is_cleared() -> None:
    assert row_of(City="Ankara")["city"] == "Ankara"
    assert row_of(City=None)["city"] == ""


def test_unmapped_fields_and_modified_time_do_not_change_the_hash() -> None:
    one = plan_record(STUDENT, student(), LABELS, None)
    two = plan_record(
        STUDENT, student(Modified_Time="2027-01-01T00:00:00+00:00", Student_Moodle_ID="7"), LABELS, None
    )
    assert one.change_hash == two.change_hash
    assert one.change_hash != plan_record(STUDENT, student(City="Ankara"), LABELS, None).change_hash


def synced(**changes: Any) -> SyncRecord:
    planned = plan_record(STUDENT, student(), LABELS, None)
    record = SyncRecord(
        record_id=planned.record_id,
        state="synced",
        moodle_id=12,
        agreed_state=planned.form,
        agreed_hash=planned.change_hash,
        source_time=planned.source_time,
    )
    return replace(record, **changes)


@pytest.mark.parametrize(
    ("record", "stored", "settled"),
    [
        (student(Student_Moodle_ID="12"), synced(), True),
        (student(Student_Moodle_ID=None), synced(), False),  # Zoho does not know the link yet
        (student(Student_Moodle_ID="13"), synced(), False),  # ... or another
        (student(Student_Moodle_ID="12", City="Ankara"), synced(), False),
        (student(Student_Moodle_ID="12"), synced(state="error"), False),
        (
            student(Student_Moodle_ID="12"),
            synced(deleted_at=datetime.now(UTC), state="deleted"),
            False,
        ),  # restored
        (student(), None, False),
    ],
)
def test_settled(record: dict[str, Any], stored: SyncRecord | None, settled: bool) -> None:
    assert plan_record(STUDENT, record, LABELS, stored).settled is settled


def test_a_deletion_carries_what_was_agreed_and_its_time_so_that_a_restore_is_not_older() -> None:
    plan = plan_deletion(STUDENT, synced())
    assert plan is not None
    assert plan.row["deleted"] == 1
    assert plan.row["firstname"] == "Leyla"
    assert plan.row["sourcetime"] == row_of()["sourcetime"]
    assert plan_deletion(STUDENT, synced(agreed_state=None)) is None


@pytest.mark.parametrize(("status", "create"), [("Active", 1), ("Pending", 0), ("End", 0), (None, 0)])
def test_only_an_active_class_makes_a_course(status: str | None, create: int) -> None:
    record = dict.fromkeys(CLASS.zoho_fields) | {
        "id": "5725767000000415002",
        "Modified_Time": "2026-03-01T10:00:00+03:00",
        "Class_Name": "Unit 4 Database Design",
        "Class_Status": status,
        "Unit": {"id": "1", "name": "Database Design"},
    }
    row = plan_record(CLASS, record, {"Class_Status": {"End": "Completed"}}, None).row
    assert row["create"] == create
    assert row["unitname"] == "Database Design"
    assert row["status"] == {"End": "Completed", None: ""}.get(status, status)


def class_record(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = dict.fromkeys(CLASS.zoho_fields)
    record |= {"id": "5725767000000415002", "Modified_Time": "2026-03-01T10:00:00+03:00"}
    return record | {"Class_Name": "Databases", "Class_Status": "Active"} | changes


def test_a_class_names_its_programme_and_its_teacher_by_id() -> None:
    program = {"id": "5725767000000415010", "name": "HND Computing"}
    teacher = {"id": "5725767000000415011", "name": "Tala Öz"}
    row = plan_record(CLASS, class_record(BTEC_Program=program, Teacher=teacher), {}, None).row
    assert (row["programid"], row["programname"]) == ("5725767000000415010", "HND Computing")
    assert row["teacherid"] == "5725767000000415011"
    bare = plan_record(CLASS, class_record(), {}, None).row
    assert (bare["programid"], bare["programname"], bare["teacherid"]) == ("", "", "")


def test_a_class_agreed_on_by_the_former_mapping_is_looked_at_again_and_can_be_deleted() -> None:
    planned = plan_record(CLASS, class_record(Moodle_Class_ID="9"), {}, None)
    former = {name: value for name, value in planned.form.items() if name != "teacher"}
    stored = SyncRecord(
        record_id=planned.record_id,
        state="synced",
        moodle_id=9,
        agreed_state=former,
        agreed_hash=change_hash(former, "1"),
        source_time=planned.source_time,
    )
    assert not plan_record(CLASS, class_record(Moodle_Class_ID="9"), {}, stored).settled
    now = replace(stored, agreed_state=planned.form, agreed_hash=planned.change_hash)
    assert plan_record(CLASS, class_record(Moodle_Class_ID="9"), {}, now).settled
    gone = plan_deletion(CLASS, stored)
    assert gone is not None
    assert (gone.row["deleted"], gone.row["teacherid"]) == (1, "")


def program_record(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = dict.fromkeys(PROGRAM.zoho_fields)
    record |= {"id": "5725767000000415010", "Modified_Time": "2026-03-01T10:00:00+03:00"}
    return record | {"Product_Name": "HND Computing", "Status": "Draft"} | changes


def test_a_programme_becomes_a_row() -> None:
    planned = plan_record(PROGRAM, program_record(), {"Status": {"Draft": "Enabled"}}, None)
    assert (planned.row["name"], planned.row["description"]) == ("HND Computing", "")
    assert planned.form["status"] == {"stored": "Draft", "shown": "Enabled"}
    assert plan_record(PROGRAM, program_record(Description="Two years"), {}, None).row["description"] == (
        "Two years"
    )
    with pytest.raises(SyncError) as caught:
        plan_record(PROGRAM, program_record(Product_Name=" "), {}, None)
    assert caught.value.code == "NAME_MISSING"


def teacher_row(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = dict.fromkeys(TEACHER.zoho_fields)
    record |= {"id": "5725767000000415011", "Modified_Time": "2026-03-01T10:00:00+03:00"}
    record |= {"Name": "Tala Öz", "Academic_Email": "Tala.Oz@college.example.org"}
    return dict(plan_record(TEACHER, record | changes, {}, None).row)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Tala Öz", "Tala", "Öz"),
        ("Abd  al Rahman\u00a0Said", "Abd  al Rahman", "Said"),
        ("Suharto", "Suharto", "-"),
        ("ليلى عبد الرحمن", "ليلى عبد", "الرحمن"),
        ("x" * 118 + " y", "x" * 100, "y"),
    ],
)
def test_a_teachers_name_is_split_at_the_last_space(name: str, first: str, last: str) -> None:
    row = teacher_row(Name=name)
    assert (row["firstname"], row["lastname"], row["displayname"]) == (first, last, name)


def test_a_teacher_becomes_a_row_by_the_students_rules() -> None:
    row = teacher_row(Phone_Number="+90 555 000 00 00", Email="tala@example.com")
    assert row["email"] == row["username"] == "tala.oz@college.example.org"
    assert (row["phone"], row["suspended"], row["deleted"]) == ("+90 555 000 00 00", 0, 0)
    private = teacher_row(Academic_Email=None, Email="tala@example.com")
    assert private["email"] == private["username"] == "tala@example.com"
    odd = teacher_row(Academic_Email="şule@college.example.org", Email="sule@example.com")
    assert (odd["email"], odd["username"]) == ("şule@college.example.org", "sule@example.com")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Academic_Email": None}, "EMAIL_MISSING"),
        ({"Academic_Email": "şule@college.example.org"}, "USERNAME_MISSING"),
        ({"Name": None}, "NAME_MISSING"),
    ],
)
def test_a_teacher_that_moodle_cannot_take_is_parked_with_the_reason(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(SyncError) as caught:
        teacher_row(**changes)
    assert (caught.value.code, caught.value.action) == (code, Action.FAIL_RECORD)


def test_entities_stand_in_the_order_of_dependence() -> None:
    names = list(FROM_ZOHO)
    assert names == [
        *("program", "unit", "teacher", "student", "finance", "class", "registration", "enrollment"),
        *("payment", "result", "request"),
    ]
    for entity in FROM_ZOHO.values():
        assert all(names.index(earlier) < names.index(entity.name) for earlier in entity.after)


def test_zoho_learns_moodles_ids_in_the_fields_of_the_links() -> None:
    linked = {entity.name: entity for entity in FROM_ZOHO.values() if entity.link}
    assert list(linked) == ["program", "teacher", "student", "class", "enrollment"]
    for entity in linked.values():
        assert entity.write_back(12, datetime.now(UTC))[entity.link] == "12"
    for name in FROM_ZOHO.keys() - linked.keys():
        assert FROM_ZOHO[name].write_back(12, datetime.now(UTC)) == {}


def test_an_enrollment_names_what_it_depends_on() -> None:
    record = dict.fromkeys(ENROLLMENT.zoho_fields) | {
        "id": "5725767000000415003",
        "Modified_Time": "2026-03-01T10:00:00+03:00",
        "Enrolled_Students": {"id": "11", "name": "BTEC-1"},
        "Classes": {"id": "22", "name": "C-1"},
    }
    planned = plan_record(ENROLLMENT, record, {}, None)
    assert (planned.row["studentid"], planned.row["classid"]) == ("11", "22")
    assert ENROLLMENT.depends(planned.form) == ["student:11", "class:22"]
    renamed = record | {"Classes": {"id": "22", "name": "renamed"}}
    assert plan_record(ENROLLMENT, renamed, {}, None).change_hash == planned.change_hash
    with pytest.raises(RecordFaultError):
        ENROLLMENT.row(project(ENROLLMENT.fields, record | {"Classes": None}, {}))


def test_labels_come_from_the_fields_metadata() -> None:
    metadata = [
        {"api_name": "Status", "pick_list_values": [{"actual_value": "Draft", "display_value": "Enabled"}]},
        {"api_name": "Name"},
    ]
    assert picklist_labels(metadata) == {"Status": {"Draft": "Enabled"}, "Name": {}}


def test_every_entity_has_a_slug_or_is_part_of_one_that_has() -> None:
    modules = {entity.name: entity.module for entity in FROM_ZOHO.values()}
    assert {name: modules.pop(name) for name in ("finance", "result")} == {
        "finance": SLUGS["student"],
        "result": SLUGS["grade"],
    }
    assert modules | {"grade": "BTEC_Grades"} == SLUGS
    assert PARTS == {"student": ("finance",)}


SNAPSHOT = GradeSnapshot(
    key="34_12_7", found=True, gradeid=9, itemid=3, cmid=5, courseid=12, assignid=7, userid=34,
    assignname="Assignment 1", coursename="Databases", studentzohoid="11", classzohoid="22",
    studentname="Leyla O'Kaya", gradetype=1, grademax="4.00000", scale=[], finalgrade="3.00000",
    overridden=False, hidden=False, locked=False, workflow="", attemptnumber=0, maxattempts=-1, submitted=0,
    timegraded=1772355600, timemodified=1772355600, grader="Ada Teacher", graderrole="editingteacher",
    feedback="Well done", criteria=[],
)  # fmt: skip


def form_of(snapshot: GradeSnapshot, before: dict[str, Any] | None = None) -> dict[str, Any]:
    result = grade.result_of(snapshot, GradeRules())
    return grade.canonical(snapshot, result, unit="Database Design", before=before)


def test_a_grade_becomes_zohos_record_and_reads_back_the_same() -> None:
    form = form_of(SNAPSHOT)
    record = grade.zoho_record(form, grade.GradeNames())
    assert record["Moodle_Grade_Composite_Key"] == "34_12_7"
    assert (record["Grade"], record["Grade_Status"], record["Attempt_Number"]) == ("M", "Released", 1)
    assert record["Student"] == {"id": "11"}
    assert record["Attempt_Date"] == "2026-03-01"
    assert record["BTEC_Unit"] == "Database Design"
    assert grade.from_zoho(record, grade.GradeNames()) == form


def test_grader_and_verifier_meet_on_one_record() -> None:
    first = form_of(SNAPSHOT)
    second = form_of(replace(SNAPSHOT, grader="Bo Verifier", graderrole="teacher"), before=first)
    assert (second["grader"], second["verifier"]) == ("Ada Teacher", "Bo Verifier")
    third = form_of(SNAPSHOT, before=second)
    assert (third["grader"], third["verifier"]) == ("Ada Teacher", "Bo Verifier")


def test_long_texts_are_cut_at_zohos_limit_with_a_mark() -> None:
    form = form_of(replace(SNAPSHOT, feedback="f" * 5000, assignname="a" * 300))
    assert len(form["feedback"]) == 2000
    assert form["feedback"].endswith(" […]")
    assert len(form["assignment"]) == 255
    emoji = grade.shorten("🎓" * 200, 255)
    assert emoji is not None
    assert emoji.startswith("🎓" * 120)
    assert len(emoji.encode("utf-16-le")) // 2 <= 255


def test_a_withdrawn_grade_keeps_the_record_and_loses_the_letter() -> None:
    gone = grade.withdrawn(form_of(SNAPSHOT))
    assert (gone["letter"], gone["status"], gone["feedback"]) == (None, "Not Marked", None)
    assert gone["key"] == "34_12_7"


@pytest.mark.parametrize(
    ("error", "action"),
    [(transient("DMLWRITEEXCEPTION", "the database was busy"), Action.RETRY), (None, Action.FAIL_RECORD)],
)
def test_a_row_that_failed_for_a_passing_reason_is_tried_again(
    error: SyncError | None, action: Action
) -> None:
    planned = plan_record(STUDENT, student(), LABELS, None)
    result = RowResult(planned.record_id, "error", 0, "dmlwriteexception", "the database was busy", error)
    applied = judge(planned, result)
    assert applied.outcome == "failed"
    assert applied.error is not None
    assert applied.error.action is action
