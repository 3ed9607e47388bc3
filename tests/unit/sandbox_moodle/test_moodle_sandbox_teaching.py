"""Programmes, teachers and who teaches a class: the sandbox keeps docs/protocol.md, section 3."""

from __future__ import annotations

from typing import Any

import pytest

from agent.errors import Action
from agent.moodle.client import MoodleClient
from agent.sandbox.moodle import RunningMoodle
from agent.sandbox.moodle.site import Course
from tests.unit.sandbox_moodle.rows import (
    PROGRAM_ID,
    TEACHER_ID,
    Row,
    course,
    program,
    student,
    teacher,
)

OTHER_TEACHER = str(int(TEACHER_ID) + 1)


async def program_status(client: MoodleClient, sent: Row) -> str:
    (result,) = await client.upsert_programs([sent])
    return result.errorcode or result.status


async def taught(moodle: RunningMoodle, client: MoodleClient, teacherid: str, **values: Any) -> Course:
    (result,) = await client.upsert_courses([course(teacherid=teacherid, **values)])
    assert result.error is None
    return moodle.control.site.courses[result.moodleid]


async def test_a_programme_becomes_a_category_once_and_is_renamed(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    (made,) = await client.upsert_programs([program()])
    category = moodle.control.site.categories[made.moodleid]
    assert (made.status, category.idnumber, category.name) == ("created", PROGRAM_ID, "HND Computing")
    assert await program_status(client, program(sourcetime=2000)) == "unchanged"
    assert await program_status(client, program(name="Old", sourcetime=1999)) == "stale"
    assert await program_status(client, program(name="HND Software", sourcetime=2001)) == "updated"
    assert (category.name, category.description) == ("HND Software", "Two years")
    assert len(moodle.control.site.categories) == 1


async def test_a_deleted_programme_is_hidden_and_comes_back(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    assert await program_status(client, program(deleted=1)) == "unchanged"  # never seen
    (made,) = await client.upsert_programs([program()])
    category = moodle.control.site.categories[made.moodleid]
    assert await program_status(client, program(deleted=1)) == "updated"
    assert await program_status(client, program(deleted=1)) == "unchanged"
    assert not category.visible
    assert await program_status(client, program()) == "updated"
    assert category.visible
    assert len(moodle.control.site.categories) == 1


async def test_a_category_made_by_hand_is_adopted_and_two_are_refused(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    old = moodle.control.add_category("By hand", PROGRAM_ID)
    (adopted,) = await client.upsert_programs([program()])
    assert (adopted.status, adopted.moodleid, old.name) == ("updated", old.id, "By hand")
    other = str(int(PROGRAM_ID) + 1)
    moodle.control.add_category("One", other)
    moodle.control.add_category("Two", other)
    assert await program_status(client, program(zohoid=other)) == "categoriesambiguous"


@pytest.mark.parametrize(
    ("values", "code"),
    [({"name": ""}, "fieldmissing"), ({"name": "x" * 256}, "valuetoolong"), ({"zohoid": "1"}, "idinvalid")],
)
async def test_a_bad_programme_says_why_and_stops_no_other(
    client: MoodleClient, values: dict[str, Any], code: str
) -> None:
    good = program(zohoid=str(int(PROGRAM_ID) + 1), description="x" * 3000)
    bad, fine = await client.upsert_programs([program(**values), good])
    assert (bad.errorcode, fine.status) == (code, "created")


async def test_a_new_course_goes_into_its_programmes_category(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    (made,) = await client.upsert_programs([program()])
    known = await taught(moodle, client, "", programid=PROGRAM_ID)
    assert known.categoryid == made.moodleid
    known.categoryid = 0  # an administrator moves it
    await taught(moodle, client, "", programid=PROGRAM_ID, status="Active")
    assert known.categoryid == 0
    unknown = await taught(moodle, client, "", zohoid="5725767000000515002", programid=OTHER_TEACHER)
    assert unknown.categoryid == 0


async def test_a_teacher_is_made_suspended_and_restored(moodle: RunningMoodle, client: MoodleClient) -> None:
    (made,) = await client.upsert_teachers([teacher()])
    user = moodle.control.site.users[made.moodleid]
    assert (made.status, user.idnumber, user.fullname) == ("created", TEACHER_ID, "Tala Öz")
    (again,) = await client.upsert_teachers([teacher(sourcetime=2000)])
    assert again.status == "unchanged"
    await client.upsert_teachers([teacher(sourcetime=2000, deleted=1)])
    assert user.suspended
    await client.upsert_teachers([teacher(sourcetime=2000)])
    assert not user.suspended
    assert moodle.control.site.students == {}


async def test_a_teacher_is_never_guessed(moodle: RunningMoodle, client: MoodleClient) -> None:
    moodle.control.add_user("ada", "teacher0@example.org", "A", "B")
    moodle.control.add_user("bob", "TEACHER0@example.org", "A", "B")
    (result,) = await client.upsert_teachers([teacher()])
    assert (result.status, result.errorcode) == ("refused", "usersambiguous")
    assert "ada" in result.message
    assert "bob" in result.message
    assert result.error is not None
    assert result.error.action is Action.FAIL_RECORD
    await client.upsert_students([student()])
    (linked,) = await client.upsert_teachers([teacher(1, email="student0@example.org")])
    assert linked.errorcode == "userlinkedelsewhere"


async def test_a_class_gets_its_teacher_and_a_replaced_one_loses_the_syncs_role_only(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    one, two = (result.moodleid for result in await client.upsert_teachers([teacher(), teacher(1)]))
    known = await taught(moodle, client, TEACHER_ID)
    assert known.teaching == {one}
    helper = moodle.control.add_user("helper", "helper@example.org", "A", "B")
    known.roles.add((helper.id, "editingteacher"))  # enrolled by hand
    await taught(moodle, client, OTHER_TEACHER)
    assert known.teaching == {two, helper.id}
    await taught(moodle, client, "")
    assert known.teaching == {helper.id}


async def test_a_role_that_was_given_by_hand_is_not_taken_away(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    one, two = (result.moodleid for result in await client.upsert_teachers([teacher(), teacher(1)]))
    known = await taught(moodle, client, "")
    known.roles.add((one, "editingteacher"))
    await taught(moodle, client, TEACHER_ID)
    await taught(moodle, client, OTHER_TEACHER)
    assert known.teaching == {one, two}


async def test_a_teacher_who_arrives_later_is_enrolled_where_she_is_named(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    known = await taught(moodle, client, TEACHER_ID)
    other = await taught(moodle, client, OTHER_TEACHER, zohoid="5725767000000515002", shortname="U1B")
    assert (known.teaching, other.teaching) == (set(), set())
    (made,) = await client.upsert_teachers([teacher()])
    assert (made.status, known.teaching, other.teaching) == ("created", {made.moodleid}, set())
    (again,) = await client.upsert_courses([course(teacherid=TEACHER_ID)])
    assert again.status == "unchanged"


async def test_an_equal_hash_does_not_hide_a_class_without_its_teacher(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    await client.upsert_teachers([teacher()])
    known = await taught(moodle, client, TEACHER_ID)
    known.roles.clear()  # an administrator takes her out
    (again,) = await client.upsert_courses([course(teacherid=TEACHER_ID)])
    assert again.status == "updated"
    assert len(known.teaching) == 1


async def test_the_reference_of_a_class_is_empty_or_an_id(client: MoodleClient) -> None:
    (bad,) = await client.upsert_courses([course(teacherid="12")])
    assert bad.errorcode == "idinvalid"
