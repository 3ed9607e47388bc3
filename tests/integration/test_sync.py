"""The engine between both sandboxes, on a real PostgreSQL (promises A7-A11, A16, A17, A19, A20)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from agent.errors import Action, SyncError
from tests.support.world import World, open_world

STUDENTS, CLASSES, ENROLLMENTS, GRADES = "BTEC_Students", "BTEC_Classes", "BTEC_Enrollments", "BTEC_Grades"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def add_student(world: World, **changes: Any) -> str:
    values = {
        "First_Name": "Leyla",
        "Last_Name": "O'Kaya",
        "Academic_Email": "leyla@college.example.org",
    }
    return world.zoho.control.create(STUDENTS, values | changes, push=False)


def add_class(world: World, **changes: Any) -> str:
    values = {"Class_Name": "Databases", "Class_Short_Name": "DB-1", "Class_Status": "Active"}
    return world.zoho.control.create(CLASSES, values | changes, push=False)


def enroll(world: World, student: str, class_id: str, **changes: Any) -> str:
    values = {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}, "Enrollment_Type": "Normal"}
    return world.zoho.control.create(ENROLLMENTS, values | changes, push=False)


def user_of(world: World, student: str) -> Any:
    found = [user for user in world.moodle.control.site.users.values() if user.idnumber == student]
    assert len(found) == 1, f"{len(found)} Moodle users for one student"
    return found[0]


def zoho_writes(world: World) -> int:
    return sum(call.method in {"PUT", "POST"} and "/crm/" in call.path for call in world.zoho.control.calls)


async def test_a_new_student_gets_an_account_and_zoho_learns_its_id(world: World) -> None:
    student = add_student(world)
    assert await world.look("student", student) == "applied"
    user = user_of(world, student)
    assert (user.firstname, user.lastname, user.email) == ("Leyla", "O'Kaya", "leyla@college.example.org")
    record = world.zoho.control.record(STUDENTS, student)
    assert record is not None
    assert record["Student_Moodle_ID"] == str(user.id)
    assert record["Synced_to_Moodle"] is True


@pytest.mark.parametrize(
    "name",
    ["ليلى عبد الرحمن", "O'Brien-Şahin", "Zoë 🎓", "x" * 100, "a < b", "50% &amp; more"],
)
async def test_names_survive(world: World, name: str) -> None:
    student = add_student(world, First_Name=name)
    await world.look("student", student)
    assert user_of(world, student).firstname == name


async def test_moodle_keeps_no_markup_and_that_is_no_difference(world: World) -> None:
    student = add_student(world, First_Name="<script>alert(1)</script>")
    assert await world.look("student", student) == "applied"
    assert user_of(world, student).firstname == "alert(1)"
    assert await world.look("student", student) == "unchanged"


async def test_the_second_look_writes_nothing(world: World) -> None:
    student = add_student(world)
    await world.look("student", student)
    before = zoho_writes(world)
    assert await world.look("student", student) == "unchanged"
    assert zoho_writes(world) == before
    assert world.moodle.control.count("local_zohosync_upsert_students") == 1


async def test_a_change_and_a_cleared_value_arrive(world: World) -> None:
    student = add_student(world, City="Oran")
    await world.look("student", student)
    assert world.moodle.control.site.students[student].fields["city"] == "Oran"
    world.zoho.control.edit(STUDENTS, student, {"City": None, "Last_Name": "Kaya"}, push=False)
    assert await world.look("student", student) == "applied"
    assert world.moodle.control.site.students[student].fields["city"] == ""
    assert user_of(world, student).lastname == "Kaya"


async def test_a_deleted_student_is_suspended_and_a_restored_one_is_back(world: World) -> None:
    student = add_student(world)
    await world.look("student", student)
    world.zoho.control.delete(STUDENTS, student, push=False)
    assert await world.look("student", student) == "applied"
    assert user_of(world, student).suspended
    assert await world.look("student", student) == "unchanged"
    world.zoho.control.restore(STUDENTS, student, push=False)
    assert await world.look("student", student) == "applied"
    assert not user_of(world, student).suspended


async def test_a_student_deleted_before_moodle_had_her_is_ignored(world: World) -> None:
    student = add_student(world)
    world.zoho.control.delete(STUDENTS, student, push=False)
    assert await world.look("student", student) == "ignored"


async def test_two_accounts_with_one_address_are_refused_with_both_named(world: World) -> None:
    control = world.moodle.control
    control.add_user("ada", "leyla@college.example.org", "Ada", "One")
    control.add_user("bob", "leyla@college.example.org", "Bob", "Two")
    student = add_student(world)
    with pytest.raises(SyncError) as caught:
        await world.look("student", student)
    assert caught.value.action is Action.FAIL_RECORD
    assert "ada" in caught.value.message
    assert "bob" in caught.value.message
    (row,) = await world.rows("SELECT state, error_code FROM sync_students")
    assert row == {"state": "error", "error_code": "USERSAMBIGUOUS"}


async def test_only_an_active_class_becomes_a_course_and_only_one(world: World) -> None:
    pending, active = add_class(world, Class_Status="Pending", Class_Short_Name="DB-2"), add_class(world)
    assert await world.look("class", pending) == "applied"  # mirrored
    await world.look("class", active)
    assert len(world.moodle.control.site.courses) == 1
    record = world.zoho.control.record(CLASSES, active)
    assert record is not None
    assert record["Moodle_Class_ID"] == str(next(iter(world.moodle.control.site.courses)))
    assert (world.zoho.control.record(CLASSES, pending) or {})["Moodle_Class_ID"] is None


async def test_a_lost_write_back_adopts_the_course_that_is_there(world: World) -> None:
    class_id = add_class(world)
    world.zoho.control.fail("server_error", count=3, path=CLASSES, method="PUT")
    with pytest.raises(SyncError):
        await world.look("class", class_id)
    assert len(world.moodle.control.site.courses) == 1
    await world.look("class", class_id)
    assert len(world.moodle.control.site.courses) == 1
    assert (world.zoho.control.record(CLASSES, class_id) or {})["Moodle_Class_ID"]


async def test_an_enrollment_waits_for_student_and_class_and_resolves_itself(world: World) -> None:
    student, class_id = add_student(world), add_class(world)
    enrollment = enroll(world, student, class_id)
    async with world.workers(wait_first=600.0, wait_longest=600.0):  # only the arrival wakes it
        await world.runtime.enqueue("enrollment", [enrollment])
        await world.until_waiting(f"student:{student}")
        await world.runtime.enqueue("student", [student])
        await world.until_waiting(f"class:{class_id}")
        await world.runtime.enqueue("class", [class_id])
        await world.idle()
    (enrolment,) = world.moodle.control.site.enrolments.values()
    assert enrolment.userid == user_of(world, student).id
    events = await world.rows(
        "SELECT status, outcome FROM integration_events_log WHERE entity_type = 'enrollment'"
    )
    assert {(row["status"], row["outcome"]) for row in events} <= {
        ("completed", "applied"), ("completed", "unchanged"), ("completed", "superseded")
    }  # fmt: skip


async def test_a_pass_brings_everything_and_the_second_writes_nothing(database_url: str) -> None:
    async with open_world(database_url, college=40, seed=7) as world:
        first = await world.sync()
        assert first["student"].counts["created"] > 30
        assert first["enrollment"].counts["created"] > 10
        writes = zoho_writes(world)
        second = await world.sync()
        for report in second.values():
            assert set(report.counts) <= {"unchanged", "failed", "waiting"}
        assert zoho_writes(world) == writes


async def test_a_dry_run_writes_nothing_and_says_what_it_would_do(database_url: str) -> None:
    async with open_world(database_url, college=250, seed=7) as world:  # more than a page, more than a batch
        reports = await world.sync("student", dry_run=True)
        assert reports["student"].counts["create"] > 200
        assert zoho_writes(world) == 0
        assert world.moodle.control.count("upsert") == 0
        assert await world.rows("SELECT 1 FROM sync_students") == []


async def test_a_pass_finds_what_was_deleted_and_stops_when_it_is_suspiciously_much(
    database_url: str,
) -> None:
    async with open_world(database_url, college=30, seed=7) as world:
        await world.sync("student")
        ids = world.zoho.control.ids(STUDENTS)
        world.zoho.control.delete(STUDENTS, ids[0], push=False)
        reports = await world.sync("student")
        assert reports["student"].counts["updated"] == 1
        assert user_of(world, ids[0]).suspended
        for record_id in ids[1:20]:
            world.zoho.control.delete(STUDENTS, record_id, push=False)
        with pytest.raises(SyncError, match="TOO_MANY_DELETIONS"):
            await world.sync("student")
        assert not user_of(world, ids[1]).suspended


async def graded(world: World, mark: int | None = 3, **values: Any) -> tuple[str, str, int]:
    """Set up a student in a class with an assignment and grade it; returns (key, student, user id)."""
    student, class_id = add_student(world), add_class(world)
    enrollment = enroll(world, student, class_id)
    for entity, record_id in (("student", student), ("class", class_id), ("enrollment", enrollment)):
        await world.look(entity, record_id)
    control = world.moodle.control
    course = next(iter(control.site.courses))
    assign = control.add_assignment(course, "Assignment 1")
    user = user_of(world, student).id
    return control.grade(user, course, assign, mark, **values), student, user


def regrade(world: World, key: str, mark: int | None, **values: Any) -> None:
    user, course, assign = (int(part) for part in key.split("_"))
    world.moodle.control.grade(user, course, assign, mark, **values)


def zoho_grades(world: World) -> list[dict[str, Any]]:
    return world.zoho.control.records(GRADES)


@pytest.mark.parametrize(
    ("mark", "attempt", "feedback", "letter"),
    [
        (4, 0, "", "D"),
        (3, 0, "", "M"),
        (2, 0, "", "P"),
        (1, 0, "", "R"),
        (1, 1, "", "RR"),
        (3, 0, "invalid 01122", "F"),
    ],
)
async def test_a_grade_reaches_zoho(
    world: World, mark: int, attempt: int, feedback: str, letter: str
) -> None:
    key, student, _user = await graded(world, mark, attemptnumber=attempt, feedback=feedback)
    assert await world.look("grade", key, "moodle") == "applied"
    (record,) = zoho_grades(world)
    assert (record["Grade"], record["Grade_Status"]) == (letter, "Released")
    assert record["Attempt_Number"] == attempt + 1
    assert record["Moodle_Grade_Composite_Key"] == key
    assert record["Student"]["id"] == student


async def test_an_ungraded_attempt_sends_nothing(world: World) -> None:
    key, _student, _user = await graded(world, None)
    assert await world.look("grade", key, "moodle") == "ignored"
    assert zoho_grades(world) == []


async def test_corrections_end_with_the_last_on_one_record(world: World) -> None:
    key, _student, _user = await graded(world, 2)
    await world.look("grade", key, "moodle")
    for mark in (3, 1, 4):
        regrade(world, key, mark)
    await world.look("grade", key, "moodle")
    await world.look("grade", key, "moodle")
    (record,) = zoho_grades(world)
    assert record["Grade"] == "D"
    assert world.zoho.control.count("POST", "/upsert") == 2


async def test_retraction_hiding_and_deletion_change_zohos_record(world: World) -> None:
    key, _student, _user = await graded(world, 3)
    await world.look("grade", key, "moodle")
    regrade(world, key, 3, hidden=True)
    await world.look("grade", key, "moodle")
    assert zoho_grades(world)[0]["Grade_Status"] == "Ready for release"
    regrade(world, key, None, workflow="inreview", hidden=False)
    await world.look("grade", key, "moodle")
    assert (zoho_grades(world)[0]["Grade"], zoho_grades(world)[0]["Grade_Status"]) == (None, "In review")
    regrade(world, key, 2, workflow="released")
    await world.look("grade", key, "moodle")
    assert (zoho_grades(world)[0]["Grade"], zoho_grades(world)[0]["Grade_Status"]) == ("P", "Released")
    world.moodle.control.delete_grade(key)
    await world.look("grade", key, "moodle")
    assert (zoho_grades(world)[0]["Grade"], zoho_grades(world)[0]["Grade_Status"]) == (None, "Not Marked")


async def test_what_the_sync_wrote_does_not_come_back_as_work(world: World) -> None:
    key, student, _user = await graded(world, 3)
    await world.look("grade", key, "moodle")
    writes = zoho_writes(world)
    (record,) = zoho_grades(world)
    assert await world.look("grade", record["id"]) == "unchanged"
    assert await world.look("student", student) == "unchanged"
    assert zoho_writes(world) == writes
    for call in world.zoho.control.calls:
        if call.method in {"PUT", "POST"} and "/crm/" in call.path:
            assert call.body["trigger"] == []


async def test_a_refused_grade_is_parked_in_zohos_own_words(world: World) -> None:
    key, _, _ = await graded(world, 3)
    modules = world.zoho.state.modules
    letters = replace(
        modules[GRADES].fields["Grade"], picklist=(("D", "D"),)
    )  # merit is no longer among them
    modules[GRADES] = replace(modules[GRADES], fields={**modules[GRADES].fields, "Grade": letters})
    with pytest.raises(SyncError) as caught:
        await world.look("grade", key, "moodle")
    assert caught.value.action is Action.FAIL_RECORD
    (row,) = await world.rows("SELECT state, error_code, error_message FROM sync_grades")
    assert row["state"] == "error"
    assert row["error_code"] == "INVALID_DATA"
    assert "field Grade" in row["error_message"]


async def test_the_password_in_the_crm_is_never_asked_for_nor_stored(world: World) -> None:
    student = add_student(world, Academic_Password="hunter2-marked")
    await world.look("student", student)
    await world.sync("student")
    for table in ("sync_students", "integration_events_log"):
        assert "hunter2" not in str(await world.rows(f"SELECT * FROM {table}"))
    for call in world.zoho.control.calls:
        assert "Academic_Password" not in str(call)
    assert "hunter2" not in str(world.moodle.control.site.students)
