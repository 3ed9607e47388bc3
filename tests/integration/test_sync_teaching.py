"""Programmes, teachers and who teaches a class, between both sandboxes (promises A11, A13, A19)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.entities.registry import FROM_ZOHO
from agent.errors import Action, SyncError
from agent.sandbox.moodle.site import Course
from tests.support.world import World, open_world

PROGRAMS, TEACHERS, CLASSES = "Products", "BTEC_Teachers", "BTEC_Classes"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def add_program(world: World, **changes: Any) -> str:
    return world.zoho.control.create(PROGRAMS, {"Product_Name": "HND Computing"} | changes, push=False)


def add_teacher(world: World, name: str = "Tala Öz", mailbox: str = "tala") -> str:
    values = {"Name": name, "Academic_Email": f"{mailbox}@college.example.org"}
    return world.zoho.control.create(TEACHERS, values, push=False)


def add_class(world: World, **links: str) -> str:
    values: dict[str, Any] = {"Class_Name": "Databases", "Class_Short_Name": "DB-1", "Class_Status": "Active"}
    return world.zoho.control.create(CLASSES, values | references(**links), push=False)


def references(**links: str) -> dict[str, Any]:
    return {field: {"id": record_id} for field, record_id in links.items()}


def linked(world: World, module: str, record_id: str) -> str | None:
    record = world.zoho.control.record(module, record_id)
    assert record is not None
    return record[{PROGRAMS: "MoodleID", TEACHERS: "Teacher_Moodle_ID"}[module]]


def course_of(world: World, class_id: str) -> Course:
    (course,) = [one for one in world.moodle.control.site.courses.values() if one.idnumber == class_id]
    return course


def account(world: World, teacher: str) -> int:
    return world.moodle.control.site.teachers[teacher].userid


def zoho_writes(world: World) -> int:
    return sum(call.method in {"PUT", "POST"} and "/crm/" in call.path for call in world.zoho.control.calls)


async def test_a_programme_has_a_category_is_renamed_hidden_and_shown_again(world: World) -> None:
    program = add_program(world)
    assert await world.look("program", program) == "applied"
    (category,) = world.moodle.control.site.categories.values()
    assert (category.name, category.idnumber) == ("HND Computing", program)
    assert linked(world, PROGRAMS, program) == str(category.id)
    writes = zoho_writes(world)
    assert await world.look("program", program) == "unchanged"
    world.zoho.control.edit(PROGRAMS, program, {"Product_Name": "HND Software"}, push=False)
    assert await world.look("program", program) == "applied"
    assert category.name == "HND Software"
    world.zoho.control.delete(PROGRAMS, program, push=False)
    assert await world.look("program", program) == "applied"
    assert not category.visible
    world.zoho.control.restore(PROGRAMS, program, push=False)
    assert await world.look("program", program) == "applied"
    assert category.visible
    assert list(world.moodle.control.site.categories) == [category.id]
    assert zoho_writes(world) == writes


async def test_a_teacher_has_an_account_is_renamed_suspended_and_restored(world: World) -> None:
    teacher = add_teacher(world)
    assert await world.look("teacher", teacher) == "applied"
    user = world.moodle.control.site.users[account(world, teacher)]
    assert (user.firstname, user.lastname, user.email) == ("Tala", "Öz", "tala@college.example.org")
    assert linked(world, TEACHERS, teacher) == str(user.id)
    writes = zoho_writes(world)
    assert await world.look("teacher", teacher) == "unchanged"
    world.zoho.control.edit(TEACHERS, teacher, {"Name": "Tala Demir"}, push=False)
    assert await world.look("teacher", teacher) == "applied"
    assert user.fullname == "Tala Demir"
    world.zoho.control.delete(TEACHERS, teacher, push=False)
    assert await world.look("teacher", teacher) == "applied"
    assert user.suspended
    world.zoho.control.restore(TEACHERS, teacher, push=False)
    assert await world.look("teacher", teacher) == "applied"
    assert not user.suspended
    assert zoho_writes(world) == writes


async def test_two_accounts_with_a_teachers_address_are_refused_with_both_named(world: World) -> None:
    control = world.moodle.control
    control.add_user("ada", "tala@college.example.org", "Ada", "One")
    control.add_user("bob", "tala@college.example.org", "Bob", "Two")
    teacher = add_teacher(world)
    with pytest.raises(SyncError) as caught:
        await world.look("teacher", teacher)
    assert caught.value.action is Action.FAIL_RECORD
    assert "ada" in caught.value.message
    assert "bob" in caught.value.message
    assert await world.rows("SELECT state, error_code FROM sync_teachers") == [
        {"state": "error", "error_code": "USERSAMBIGUOUS"}
    ]


async def test_a_changed_teacher_is_enrolled_and_the_former_one_loses_the_syncs_role(world: World) -> None:
    one, two = add_teacher(world), add_teacher(world, "Bo Kaya", "bo")
    program = add_program(world)
    class_id = add_class(world, Teacher=one, BTEC_Program=program)
    for entity, record_id in (("program", program), ("teacher", one), ("teacher", two), ("class", class_id)):
        await world.look(entity, record_id)
    course = course_of(world, class_id)
    assert str(course.categoryid) == linked(world, PROGRAMS, program)
    assert course.teaching == {account(world, one)}
    by_hand = world.moodle.control.add_user("helper", "helper@example.org", "Help", "Er")
    course.roles.add((by_hand.id, "editingteacher"))
    world.zoho.control.edit(CLASSES, class_id, references(Teacher=two), push=False)
    assert await world.look("class", class_id) == "applied"
    assert course.teaching == {account(world, two), by_hand.id}
    assert await world.look("class", class_id) == "unchanged"
    world.zoho.control.edit(CLASSES, class_id, {"Teacher": None}, push=False)
    assert await world.look("class", class_id) == "applied"
    assert course.teaching == {by_hand.id}


async def test_a_class_does_not_wait_for_its_teacher(world: World) -> None:
    teacher = add_teacher(world)
    class_id = add_class(world, Teacher=teacher)
    assert await world.look("class", class_id) == "applied"
    course = course_of(world, class_id)
    assert course.teaching == set()
    assert await world.look("teacher", teacher) == "applied"
    assert course.teaching == {account(world, teacher)}
    assert await world.look("class", class_id) == "unchanged"


async def test_a_class_agreed_on_by_the_former_mapping_is_looked_at_again_once(world: World) -> None:
    teacher = add_teacher(world)
    class_id = add_class(world, Teacher=teacher)
    await world.look("teacher", teacher)
    await world.look("class", class_id)
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE sync_classes SET agreed_state = agreed_state - 'teacher', agreed_hash = repeat('0', 32)"
        )
    assert await world.look("class", class_id) == "applied"
    assert await world.look("class", class_id) == "unchanged"
    assert len(world.moodle.control.site.courses) == 1


async def test_a_college_arrives_whole_and_a_second_pass_writes_nothing(database_url: str) -> None:
    async with open_world(database_url, college=40, seed=7) as world:
        first = await world.sync()
        assert list(first) == list(FROM_ZOHO)
        for name in ("program", "teacher", "class"):
            assert first[name].seen > 1
            assert not first[name].failures
        site, control = world.moodle.control.site, world.zoho.control
        for class_id in control.ids(CLASSES):
            record = control.record(CLASSES, class_id)
            assert record is not None
            if record["Moodle_Class_ID"]:
                course = course_of(world, class_id)
                named = [record["Teacher"]["id"]] if record["Teacher"] else []
                assert course.teaching == {account(world, teacher) for teacher in named}
                assert course.categoryid == site.programs[record["BTEC_Program"]["id"]].categoryid
        assert site.courses
        writes = zoho_writes(world)
        second = await world.sync()
        for report in second.values():
            assert set(report.counts) <= {"unchanged", "failed", "waiting"}
        assert zoho_writes(world) == writes


async def test_what_carries_the_name_of_a_programme_or_unit_follows_when_it_is_renamed(world: World) -> None:
    program, zoho = add_program(world), world.zoho.control
    unit = zoho.create("BTEC", {"Name": "Databases"}, push=False)
    class_id = add_class(world, BTEC_Program=program, Unit=unit)
    registration = zoho.create("BTEC_Registrations", references(Program=program), push=False)
    await world.sync()
    zoho.edit(PROGRAMS, program, {"Product_Name": "HND Digital Technologies"}, push=False)
    zoho.edit("BTEC", unit, {"Name": "Data Modelling"}, push=False)
    async with world.workers():
        await world.look("program", program)
        await world.look("unit", unit)
        await world.idle()
    course = world.moodle.control.site.classes[class_id].fields
    assert (course["programname"], course["unitname"]) == ("HND Digital Technologies", "Data Modelling")
    kept = world.moodle.control.records("registration")[registration]
    assert kept["programname"] == "HND Digital Technologies"


async def test_zohos_grade_follows_when_its_student_or_class_is_renamed(world: World) -> None:
    zoho, moodle = world.zoho.control, world.moodle.control
    person = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "leyla@college.example.org"}
    student, class_id = zoho.create("BTEC_Students", person, push=False), add_class(world)
    links = {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}}
    zoho.create("BTEC_Enrollments", links, push=False)
    await world.sync()
    course = course_of(world, class_id)
    key = moodle.grade(
        moodle.site.students[student].userid, course.id, moodle.add_assignment(course.id, "A"), 3
    )
    assert await world.look("grade", key, "moodle") == "applied"
    zoho.edit("BTEC_Students", student, {"First_Name": "Lale"}, push=False)
    zoho.edit(CLASSES, class_id, {"Class_Name": "Data Modelling"}, push=False)
    async with world.workers():
        await world.look("student", student)
        await world.look("class", class_id)
        await world.idle()
    (grade,) = zoho.records("BTEC_Grades")
    assert (grade["Student_Name"], grade["Class_Name"]) == ("Lale Kaya", "Data Modelling")
