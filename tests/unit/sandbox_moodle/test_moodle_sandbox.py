"""The Moodle sandbox keeps the rules of docs/protocol.md, section 3, seen through the agent's own client."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from agent.errors import Action, SyncError
from agent.moodle.client import MoodleClient
from agent.sandbox.moodle import Fault, RunningMoodle
from tests.unit.sandbox_moodle.rows import (
    CLASS_ID,
    ENROLLMENT_ID,
    ZOHO_ID,
    Row,
    course,
    enrolment,
    student,
)


async def status_of(client: MoodleClient, sent: Row) -> str:
    (result,) = await client.upsert_students([sent])
    return result.errorcode or result.status


async def test_a_student_is_made_once_and_then_unchanged(moodle: RunningMoodle, client: MoodleClient) -> None:
    (created,) = await client.upsert_students([student()])
    assert (created.zohoid, created.status, created.error) == (ZOHO_ID, "created", None)
    (again,) = await client.upsert_students([student(sourcetime=2000)])
    assert (again.status, again.moodleid) == ("unchanged", created.moodleid)
    (held,) = await client.get_students([ZOHO_ID, "999"])
    assert (held.userid, held.email, held.idnumber) == (created.moodleid, "student0@example.org", ZOHO_ID)
    assert (held.firstname, held.lastname, held.sourcetime) == ("نور", "O'Brien 🎓", 2000)
    assert (held.suspended, held.deleted) == (False, False)


async def test_an_older_row_changes_nothing(client: MoodleClient) -> None:
    await client.upsert_students([student(sourcetime=2000)])
    assert await status_of(client, student(sourcetime=1999, firstname="Old")) == "stale"
    (held,) = await client.get_students([ZOHO_ID])
    assert held.firstname == "نور"


async def test_an_equal_hash_does_not_hide_what_moodle_really_holds(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    (created,) = await client.upsert_students([student()])
    moodle.control.site.users[created.moodleid].email = "edited@example.org"
    assert await status_of(client, student()) == "updated"
    assert moodle.control.site.users[created.moodleid].email == "student0@example.org"


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"idnumber": ZOHO_ID, "email": "x@example.org", "username": "x"}, "updated"),
        ({"email": "STUDENT0@example.org", "username": "x"}, "updated"),
        ({"email": "x@example.org", "username": "student0"}, "updated"),
        ({"email": "x@example.org", "username": "x"}, "created"),
    ],
)
async def test_an_account_made_by_hand_is_found(
    moodle: RunningMoodle, client: MoodleClient, account: dict[str, str], expected: str
) -> None:
    user = moodle.control.add_user(**{"firstname": "A", "lastname": "B", **account})
    (result,) = await client.upsert_students([student()])
    assert (result.status, result.moodleid == user.id) == (expected, expected == "updated")


async def test_an_account_is_found_by_what_it_is_called_now(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    user = moodle.control.add_user("x", "STUDENT0@example.org", "A", "B")
    user.email = "moved@example.org"
    (first,) = await client.upsert_students([student()])
    assert first.status == "created"
    user.email = "Student1@example.org"
    (second,) = await client.upsert_students([student(1)])
    assert (second.status, second.moodleid) == ("updated", user.id)
    moodle.control.delete_user(user.id)
    (third,) = await client.upsert_students([student(2, email="student1@example.org")])
    assert third.status == "created"


async def test_two_accounts_with_one_address_are_refused_by_name(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    first = moodle.control.add_user("first", "student0@example.org", "A", "B")
    second = moodle.control.add_user("second", "Student0@example.org", "A", "B")
    (result,) = await client.upsert_students([student()])
    assert (result.status, result.errorcode, result.moodleid) == ("refused", "usersambiguous", 0)
    assert f"first (id {first.id})" in result.message
    assert f"second (id {second.id})" in result.message
    assert result.error is not None
    assert result.error.action is Action.FAIL_RECORD


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"email": "student0@example.org"}, "userlinkedelsewhere"),
        ({"email": "admin@example.org"}, "userprotected"),
        ({"email": ""}, "fieldmissing"),
        ({"email": "no address"}, "emailinvalid"),
        ({"username": "a b"}, "usernameinvalid"),
        ({"firstname": "x" * 101}, "valuetoolong"),
        ({"birthdate": "2000-02-30"}, "dateinvalid"),
        ({"changehash": "none"}, "hashinvalid"),
        ({"zohoid": "12"}, "idinvalid"),
    ],
)
async def test_a_bad_row_says_why_and_stops_no_other(
    client: MoodleClient, values: dict[str, Any], code: str
) -> None:
    await client.upsert_students([student()])
    bad, good = await client.upsert_students([student(1, **values), student(2)])
    assert (bad.errorcode, bad.moodleid, good.status) == (code, 0, "created")


async def test_a_deleted_student_is_suspended_and_comes_back(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    (created,) = await client.upsert_students([student()])
    assert await status_of(client, student(deleted=1, sourcetime=1001)) == "updated"
    assert await status_of(client, student(deleted=1, sourcetime=1001)) == "unchanged"
    assert moodle.control.site.users[created.moodleid].suspended
    assert await status_of(client, student(sourcetime=1002)) == "updated"
    assert not moodle.control.site.users[created.moodleid].suspended


async def test_deleting_the_unknown_is_nothing(client: MoodleClient) -> None:
    assert await status_of(client, student(deleted=1)) == "unchanged"


async def test_a_course_keeps_what_a_teacher_edited(moodle: RunningMoodle, client: MoodleClient) -> None:
    (created,) = await client.upsert_courses([course()])
    moodle.control.site.courses[created.moodleid].fullname = "Better name"
    (updated,) = await client.upsert_courses([course(status="Active", enddate="2027-01-31")])
    assert (updated.status, updated.moodleid) == ("updated", created.moodleid)
    kept = moodle.control.site.courses[created.moodleid]
    assert (kept.fullname, kept.enddate) == ("Better name", "2027-01-31")
    await client.upsert_courses([course(fullname="Renamed in Zoho")])
    assert moodle.control.site.courses[created.moodleid].fullname == "Renamed in Zoho"


async def test_a_course_is_adopted_by_its_idnumber(moodle: RunningMoodle, client: MoodleClient) -> None:
    old = moodle.control.add_course("Made before", "old", CLASS_ID)
    (result,) = await client.upsert_courses([course()])
    assert (result.status, result.moodleid) == ("updated", old.id)
    assert moodle.control.site.courses[old.id].fullname == "Made before"


async def test_a_class_that_is_not_active_makes_no_course(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    (result,) = await client.upsert_courses([course(create=0)])
    assert (result.status, result.moodleid, moodle.control.site.courses) == ("updated", 0, {})
    (again,) = await client.upsert_courses([course(create=0)])
    assert again.status == "unchanged"


async def test_a_taken_shortname_gets_a_suffix(moodle: RunningMoodle, client: MoodleClient) -> None:
    moodle.control.add_course("Other", "U1A")
    (result,) = await client.upsert_courses([course()])
    assert moodle.control.site.courses[result.moodleid].shortname == f"U1A ({CLASS_ID[-6:]})"


async def test_an_enrolment_waits_for_its_student_and_its_class(client: MoodleClient) -> None:
    (result,) = await client.upsert_enrolments([enrolment()])
    assert (result.status, result.errorcode, result.error) == ("waiting", "studentmissing", None)
    await client.upsert_students([student()])
    (result,) = await client.upsert_enrolments([enrolment()])
    assert (result.status, result.errorcode) == ("waiting", "coursemissing")
    (made,) = await client.upsert_courses([course()])
    (result,) = await client.upsert_enrolments([enrolment()])
    assert (result.status, result.moodleid) == ("created", made.moodleid)
    (result,) = await client.upsert_enrolments([enrolment()])
    assert result.status == "unchanged"


@pytest.mark.parametrize("change", [{"deleted": 1, "sourcetime": 1001}, {"enddate": "2020-01-01"}])
async def test_a_deleted_or_ended_enrolment_is_suspended(
    moodle: RunningMoodle, client: MoodleClient, change: dict[str, Any]
) -> None:
    await client.upsert_students([student()])
    await client.upsert_courses([course()])
    await client.upsert_enrolments([enrolment()])
    (result,) = await client.upsert_enrolments([enrolment(**change)])
    assert result.status == "updated"
    assert [held.suspended for held in moodle.control.site.enrolments.values()] == [True]
    (result,) = await client.upsert_enrolments([enrolment(sourcetime=1002)])
    assert [held.suspended for held in moodle.control.site.enrolments.values()] == [False]


async def test_another_enrollment_of_the_same_class_keeps_it_alive(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    await client.upsert_students([student()])
    await client.upsert_courses([course()])
    twin = str(int(ENROLLMENT_ID) + 1)
    await client.upsert_enrolments([enrolment(), enrolment(zohoid=twin)])
    await client.upsert_enrolments([enrolment(deleted=1)])
    assert [held.suspended for held in moodle.control.site.enrolments.values()] == [False]
    await client.upsert_enrolments([enrolment(zohoid=twin, deleted=1)])
    assert [held.suspended for held in moodle.control.site.enrolments.values()] == [True]


async def test_many_students_arrive_whole(moodle: RunningMoodle, client: MoodleClient) -> None:
    results = await client.upsert_students([student(number) for number in range(250)])
    assert {result.status for result in results} == {"created"}
    assert len(moodle.control.site.students) == 250
    assert moodle.control.count("upsert_students") == 3
    assert max(call.variables for call in moodle.control.calls) < 4000


async def test_what_php_drops_is_noticed(moodle: RunningMoodle, client: MoodleClient) -> None:
    """Beyond max_input_vars input arrives cut short, without a word; `count` gives it away."""
    rows = [{"zohoid": str(number)} for number in range(6000)]
    with pytest.raises(SyncError) as caught:
        await client.call("local_zohosync_upsert_students", {"students": rows, "count": 6000})
    assert caught.value.code == "INVALIDPARAMETER"  # even the count was dropped
    assert moodle.control.calls[-1].variables == 6004
    cut = {"count": 99, "students": [student(number) for number in range(98)]}
    with pytest.raises(SyncError) as caught:
        await client.call("local_zohosync_upsert_students", cut)
    assert (caught.value.code, caught.value.action) == ("COUNTMISMATCH", Action.STOP_TARGET)
    assert moodle.control.site.students == {}


@pytest.mark.parametrize(
    ("function", "params", "code"),
    [
        ("core_user_get_users", {}, "ACCESSEXCEPTION"),
        ("local_zohosync_drop_everything", {}, "FUNCTIONMISSING"),
        ("local_zohosync_upsert_students", {"count": 2, "students": [student()]}, "COUNTMISMATCH"),
        ("local_zohosync_upsert_students", {"students": [student()]}, "INVALIDPARAMETER"),
        ("local_zohosync_upsert_students", {"count": 1, "students": [{"zohoid": "1"}]}, "INVALIDPARAMETER"),
        (
            "local_zohosync_upsert_students",
            {"count": 1, "students": [{**student(), "colour": "red"}]},
            "INVALIDPARAMETER",
        ),
        ("local_zohosync_get_grades", {"keys": ["1_2"]}, "INVALIDPARAMETER"),
        ("local_zohosync_get_events", {"limit": "many"}, "INVALIDPARAMETER"),
        ("local_zohosync_get_status", {"more": "1"}, "INVALIDPARAMETER"),
        (
            "local_zohosync_upsert_students",
            {"count": 101, "students": [student(number) for number in range(101)]},
            "ERROR:BATCHTOOLARGE",
        ),
        (
            "local_zohosync_get_grades",
            {"keys": [f"1_2_{number}" for number in range(101)]},
            "ERROR:BATCHTOOLARGE",
        ),
    ],
)
async def test_a_call_that_does_not_fit_is_refused_whole(
    client: MoodleClient, function: str, params: dict[str, Any], code: str
) -> None:
    with pytest.raises(SyncError) as caught:
        await client.call(function, params)
    assert caught.value.code == code


async def test_another_token_is_refused(moodle: RunningMoodle, session: aiohttp.ClientSession) -> None:
    stranger = MoodleClient(session, moodle.base_url, "guess", concurrency=1)
    with pytest.raises(SyncError) as caught:
        await stranger.get_status()
    assert (caught.value.code, caught.value.action) == ("INVALIDTOKEN", Action.STOP_TARGET)


async def test_status(moodle: RunningMoodle, client: MoodleClient) -> None:
    status = await client.get_status()
    assert (status.wwwroot, status.outboxpending, status.oldestpending) == (moodle.base_url, 0, 0)
    assert status.maxinputvars == 5000


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_student_arrives_once_whatever_goes_wrong_on_the_way(
    moodle: RunningMoodle, client: MoodleClient, fault: Fault
) -> None:
    moodle.control.fail(fault, count=2)
    (result,) = await client.upsert_students([student()])
    assert result.status == ("unchanged" if fault is Fault.DROP_AFTER else "created")
    assert len(moodle.control.site.students) == 1
    assert moodle.control.count() == 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.DOWN, "HTTP_503"),
        (Fault.MAINTENANCE, "SITEMAINTENANCE"),
        (Fault.HTML, "NOT_JSON"),
        (Fault.DATABASE, "DMLWRITEEXCEPTION"),
        (Fault.DROP_BEFORE, "CONNECTION_LOST"),
        (Fault.DROP_AFTER, "CONNECTION_LOST"),
    ],
)
async def test_a_fault_that_does_not_pass_is_told(
    moodle: RunningMoodle, client: MoodleClient, fault: Fault, code: str
) -> None:
    moodle.control.fail(fault, count=10)
    with pytest.raises(SyncError) as caught:
        await client.upsert_students([student()])
    assert (caught.value.code, caught.value.action) == (code, Action.RETRY)
    moodle.control.calm()
    (result,) = await client.upsert_students([student()])
    assert result.error is None
