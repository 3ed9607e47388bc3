"""Enrolments and requests by hand, staff, hidden courses: docs/protocol.md, sections 3, 5 and 6."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from agent.moodle.client import MoodleClient
from agent.sandbox.moodle import RunningMoodle
from agent.sandbox.moodle.site import Course
from tests.unit.sandbox_moodle.rows import (
    CLASS_ID,
    ENROLLMENT_ID,
    KEPT_IDS,
    TEACHER_ID,
    ZOHO_ID,
    course,
    enrolment,
    kept,
    student,
    teacher,
)

PAST = "2020-01-01"


async def linked(client: MoodleClient) -> tuple[int, int]:
    """Bring a student and a class; their ids in Moodle."""
    (user,) = await client.upsert_students([student()])
    (made,) = await client.upsert_courses([course()])
    return user.moodleid, made.moodleid


async def enrolled(client: MoodleClient, **values: Any) -> tuple[str, str]:
    (result,) = await client.upsert_enrolments([enrolment(**values)])
    return result.status, result.errorcode


async def seen(client: MoodleClient, links: tuple[int, int]) -> tuple[str, str, str]:
    (picture,) = await client.get_enrolments([f"{links[0]}_{links[1]}"])
    return picture.status, picture.startdate, picture.enddate


def told(moodle: RunningMoodle) -> list[tuple[str, str]]:
    """What the outbox holds: the type of event, and the status that it says."""
    bodies = [json.loads(event.body) for event in moodle.control.outbox.events]
    return [
        (body["type"], (body["data"].get("enrolment") or body["data"].get("request"))["status"])
        for body in bodies
    ]


async def test_an_enrolment_has_the_role_that_is_asked_for(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    links = await linked(client)
    assert await enrolled(client, role="learner") == ("error", "rolemissing")
    assert moodle.control.site.enrolments == {}
    moodle.control.site.roles.add("learner")
    assert await enrolled(client, role="learner") == ("created", "")
    assert moodle.control.site.enrolments[links].role == "learner"
    assert await enrolled(client) == ("updated", "")
    assert moodle.control.site.enrolments[links].role == "student"


@pytest.mark.parametrize("change", [{"deleted": 1}, {"enddate": PAST}])
@pytest.mark.parametrize(
    ("withdrawal", "status"), [("suspend", "suspended"), ("unenrol", "absent"), ("keep", "active")]
)
async def test_what_becomes_of_an_enrolment_at_the_end(
    client: MoodleClient, change: dict[str, Any], withdrawal: str, status: str
) -> None:
    links = await linked(client)
    assert await enrolled(client) == ("created", "")
    assert await enrolled(client, withdrawal=withdrawal, sourcetime=1001, **change) == ("updated", "")
    assert (await seen(client, links))[0] == status
    assert await enrolled(client, withdrawal=withdrawal, sourcetime=1002, **change) == ("unchanged", "")
    (record,) = [one async for page in client.list_records("enrollment") for one in page]
    assert record.differs == ""
    assert (await enrolled(client, withdrawal=withdrawal, sourcetime=1003))[1] == ""
    assert (await seen(client, links))[0] == "active"


async def test_a_withdrawal_of_another_kind_is_refused(client: MoodleClient) -> None:
    await linked(client)
    assert await enrolled(client, withdrawal="forget") == ("error", "withdrawalinvalid")


@pytest.mark.parametrize("withdrawal", ["suspend", "unenrol"])
async def test_an_ended_enrollment_changes_nothing_while_another_one_runs(
    client: MoodleClient, withdrawal: str
) -> None:
    links = await linked(client)
    await enrolled(client, startdate="2026-02-01")
    twin = str(int(ENROLLMENT_ID) + 1)
    await enrolled(client, zohoid=twin, enddate=PAST, withdrawal=withdrawal)
    assert await seen(client, links) == ("active", "2026-02-01", "")
    assert await enrolled(client, zohoid=twin, enddate=PAST, withdrawal=withdrawal) == ("unchanged", "")


async def test_of_two_running_enrollments_the_newer_decides(client: MoodleClient) -> None:
    links = await linked(client)
    twin = str(int(ENROLLMENT_ID) + 1)
    await enrolled(client, zohoid=twin, startdate="2026-03-01")
    assert await enrolled(client, startdate="2026-02-01") == ("updated", "")
    assert await seen(client, links) == ("active", "2026-03-01", "")
    rows = [one async for page in client.list_records("enrollment") for one in page]
    assert [row.differs for row in rows] == ["", ""]
    assert await enrolled(client, zohoid=twin, startdate="2026-04-01") == ("updated", "")
    assert await seen(client, links) == ("active", "2026-04-01", "")
    await enrolled(client, zohoid=twin, deleted=1)
    assert await seen(client, links) == ("active", "2026-02-01", "")
    assert await enrolled(client, startdate="2026-02-01") == ("unchanged", "")


async def test_of_two_ended_enrollments_the_newer_decides_and_then_the_one_that_is_left(
    client: MoodleClient,
) -> None:
    links = await linked(client)
    older, newer = (str(int(ENROLLMENT_ID) + number) for number in (1, 2))
    await enrolled(client)
    await enrolled(client, zohoid=newer, enddate=PAST)
    await enrolled(client, zohoid=older, enddate="2020-01-31")
    await enrolled(client, deleted=1)
    assert await seen(client, links) == ("suspended", "", PAST)
    assert await enrolled(client, zohoid=older, enddate="2020-01-31") == ("unchanged", "")
    await enrolled(client, zohoid=newer, deleted=1)
    assert await seen(client, links) == ("suspended", "", "2020-01-31")
    rows = [one async for page in client.list_records("enrollment") for one in page]
    assert {row.differs for row in rows} == {""}


@pytest.mark.parametrize("withdrawal", ["suspend", "unenrol", "keep"])
async def test_an_enrollment_that_has_ended_already_makes_no_enrolment(
    moodle: RunningMoodle, client: MoodleClient, withdrawal: str
) -> None:
    links = await linked(client)
    assert await enrolled(client, enddate=PAST, withdrawal=withdrawal) == ("updated", "")
    assert await enrolled(client, enddate=PAST, withdrawal=withdrawal) == ("unchanged", "")
    assert moodle.control.site.enrolments == {}
    assert (await seen(client, links))[0] == "absent"


async def test_an_enrolment_that_ended_keeps_the_role_and_gets_the_dates(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    links = await linked(client)
    await enrolled(client)
    moodle.control.site.roles.add("learner")
    assert await enrolled(client, enddate=PAST, role="learner") == ("updated", "")
    held = moodle.control.site.enrolments[links]
    assert (held.role, held.enddate, held.suspended) == ("student", PAST, True)


async def test_the_agent_reads_enrolments_of_all_methods_taken_together(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    links = await linked(client)
    assert await seen(client, links) == ("absent", "", "")
    await enrolled(client, startdate="2026-02-01")
    moodle.control.suspend(*links)
    moodle.control.enrol(*links, method="self", startdate="2026-03-01", enddate="2030-01-01")
    assert await seen(client, links) == ("active", "2026-03-01", "2030-01-01")
    moodle.control.suspend(*links, method="self")
    assert await seen(client, links) == ("suspended", "2026-03-01", "2030-01-01")  # the newest
    moodle.control.reactivate(*links)
    assert await seen(client, links) == ("active", "2026-02-01", "")  # the active one
    stranger = moodle.control.add_user("guest7", "guest7@example.org", "A", "B")
    moodle.control.enrol(stranger.id, links[1])
    moodle.control.enrol(links[0], moodle.control.add_course("By hand", "BH").id)
    (row,) = [one async for page in client.list_enrolments() for one in page]
    assert (row.key, row.found, row.studentzohoid, row.classzohoid) == (
        f"{links[0]}_{links[1]}",
        True,
        ZOHO_ID,
        CLASS_ID,
    )
    assert row.id == moodle.control.site.enrolments[links].id
    assert [page async for page in client.list_enrolments(row.id)] == []
    (unknown,) = await client.get_enrolments([f"{stranger.id}_{links[1]}"])
    assert (unknown.found, unknown.status, unknown.studentzohoid) == (False, "active", "")


async def test_the_agent_hears_of_what_people_did_and_of_nothing_else(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    links = await linked(client)
    await enrolled(client)
    assert told(moodle) == []
    moodle.control.suspend(*links)
    moodle.control.suspend(*links)  # nothing changes
    moodle.control.reactivate(*links, event=False)
    moodle.control.enrol(*links, enddate="2030-01-01")
    moodle.control.unenrol(*links)
    moodle.control.enrol(*links)
    stranger = moodle.control.add_user("guest7", "guest7@example.org", "A", "B")
    moodle.control.enrol(stranger.id, links[1])
    changes = ["suspended", "active", "absent", "active"]
    assert told(moodle) == [("enrolment.updated", status) for status in changes]
    event = moodle.control.outbox.events[0]
    assert (event.kind, event.key) == ("enrolment", f"{links[0]}_{links[1]}")


@pytest.mark.parametrize(
    "act",
    [
        lambda control: control.suspend(5, 6),
        lambda control: control.reactivate(5, 6),
        lambda control: control.unenrol(5, 6),
        lambda control: control.unenrol(5, 6, method="self"),
        lambda control: control.enrol(99, 6),
        lambda control: control.enrol(2, 99),
        lambda control: control.delete_user(2),
        lambda control: control.delete_course(99),
        lambda control: control.records("grade"),
    ],
)
async def test_nobody_can_do_what_is_impossible(moodle: RunningMoodle, act: Callable[[Any], Any]) -> None:
    with pytest.raises(KeyError):
        act(moodle.control)
    assert moodle.control.outbox.events == []


async def test_a_deleted_account_leaves_its_enrolments_and_is_no_longer_found(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    links = await linked(client)
    await enrolled(client)
    moodle.control.delete_user(links[0])
    assert (moodle.control.site.enrolments, told(moodle)) == ({}, [])  # that is no withdrawal
    (picture,) = await client.get_enrolments([f"{links[0]}_{links[1]}"])
    assert not picture.found


async def test_a_deleted_course_takes_its_grades_with_it(moodle: RunningMoodle, client: MoodleClient) -> None:
    links = await linked(client)
    await enrolled(client)
    assignment = moodle.control.add_assignment(links[1], "Assignment 1")
    key = moodle.control.grade(*links, assignment, 3)
    (row,) = [one async for page in client.list_grades() for one in page]
    assert (row.key, row.id) == (key, moodle.control.gradebook.grades[key].id)
    moodle.control.delete_course(links[1])
    assert [page async for page in client.list_grades()] == []
    assert (await client.get_grades([key]))[0].found is False
    assert [json.loads(event.body)["type"] for event in moodle.control.outbox.events] == [
        "grade.updated",
        "grade.deleted",
    ]


async def test_only_grades_of_linked_students_and_classes_are_listed(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    links = await linked(client)
    stranger = moodle.control.add_user("guest7", "guest7@example.org", "A", "B")
    assignment = moodle.control.add_assignment(links[1], "Assignment 1")
    moodle.control.grade(stranger.id, links[1], assignment, 3)
    assert [page async for page in client.list_grades()] == []


async def taught(client: MoodleClient, moodle: RunningMoodle, **values: Any) -> tuple[Course, str, str]:
    (result,) = await client.upsert_courses([course(**values)])
    return moodle.control.site.courses[result.moodleid], result.status, result.errorcode


async def test_a_class_waits_for_no_role_that_does_not_exist(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    (one,) = await client.upsert_teachers([teacher()])
    (result,) = await client.upsert_courses([course(teacherid=TEACHER_ID, teacherrole="tutor")])
    assert (result.errorcode, moodle.control.site.courses) == ("rolemissing", {})
    moodle.control.site.roles.add("tutor")
    known, *_ = await taught(client, moodle, teacherid=TEACHER_ID, teacherrole="tutor")
    assert known.roles == {(one.moodleid, "tutor")}
    known, *_ = await taught(client, moodle, teacherid=TEACHER_ID, teacherrole="teacher")
    assert known.roles == {(one.moodleid, "teacher")}


async def test_a_teacher_who_arrives_where_her_role_is_missing_keeps_her_account(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    await taught(client, moodle, teacherid=TEACHER_ID, teacherrole="tutor")
    (result,) = await client.upsert_teachers([teacher()])
    assert (result.status, result.errorcode) == ("error", "rolemissing")
    moodle.control.site.roles.add("tutor")
    (result,) = await client.upsert_teachers([teacher()])
    (known,) = moodle.control.site.courses.values()
    assert (result.status, known.roles) == ("updated", {(result.moodleid, "tutor")})


async def test_every_class_has_the_staff_of_the_settings(moodle: RunningMoodle, client: MoodleClient) -> None:
    add = moodle.control.add_user
    one = add("exams", "exams@example.org", "Ex", "Ams", "S-1")
    two = add("iv", "iv@example.org", "I", "V")
    add("twin1", "twin@example.org", "A", "B")
    add("twin2", "Twin@example.org", "A", "B")
    staff = [
        {"user": "S-1", "role": "manager"},
        {"user": "IV@example.org", "role": "teacher"},
        {"user": "twin@example.org", "role": "teacher"},
        {"user": "nobody", "role": "teacher"},
        {"user": "exams", "role": "no-such-role"},
    ]
    known, status, errorcode = await taught(client, moodle, staff=staff)
    assert known.roles == {(one.id, "manager"), (two.id, "teacher")}
    assert (status, errorcode) == ("created", "staffmissing")
    (again,) = await client.upsert_courses([course(staff=staff)])
    assert (again.status, again.errorcode, again.error) == ("unchanged", "staffmissing", None)
    for name in ("twin@example.org", "nobody", "no-such-role"):
        assert name in again.message
    known.roles.clear()
    assert (await taught(client, moodle, staff=staff[:2]))[1:] == ("updated", "")
    assert await taught(client, moodle, staff=staff[:2]) == (known, "unchanged", "")
    known.roles.discard((two.id, "teacher"))
    (record,) = [row async for page in client.list_records("class") for row in page]
    assert record.differs == "staff"
    assert (await taught(client, moodle, staff=staff[:2]))[1] == "updated"
    known, *_ = await taught(client, moodle, staff=[])
    assert known.roles == {(one.id, "manager"), (two.id, "teacher")}


async def test_a_course_is_hidden_and_shown_by_the_sync_unless_people_meant_otherwise(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    known, *_ = await taught(client, moodle)
    await taught(client, moodle, hide=1)
    assert not known.visible
    await taught(client, moodle, hide=0)
    assert known.visible
    await taught(client, moodle, hide=1)
    known.visible = True  # an administrator shows it
    await taught(client, moodle, hide=1, status="Completed")
    assert known.visible
    await taught(client, moodle, hide=0)
    known.visible = False  # she hides it herself
    await taught(client, moodle, hide=1)
    await taught(client, moodle, hide=0)
    assert not known.visible


async def test_a_request_raised_in_moodle_gets_its_answer(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    userid, _ = await linked(client)
    number = moodle.control.raise_request(userid, "Class Drop", "Too much")
    (event,) = moodle.control.outbox.events
    assert (event.kind, event.key, told(moodle)) == (
        "request",
        str(number),
        [("request.updated", "Pending")],
    )
    (raised,) = [one async for page in client.list_requests() for one in page]
    assert (raised.requestid, raised.studentzohoid, raised.zohoid, raised.reason) == (
        number,
        ZOHO_ID,
        "",
        "Too much",
    )
    answer = kept("request", requestid=number, status="Approved", reason="Other", fees="10", currency="JOD")
    (result,) = await client.upsert_requests([answer])
    assert (result.status, result.moodleid) == ("updated", number)
    answered, unknown = await client.get_requests([number, 999])
    assert (answered.status, answered.reason, answered.type) == ("Approved", "Too much", "Class Drop")
    assert (answered.zohoid, moodle.control.site.requests[number].fees) == (KEPT_IDS["request"], "10")
    assert (unknown.found, unknown.zohoid) == (False, "")
    assert len(moodle.control.outbox.events) == 1


async def test_a_request_typed_into_zoho_is_kept_and_not_listed_as_raised(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    userid, _ = await linked(client)
    (result,) = await client.upsert_requests([kept("request", requesttime=1234, reason="By phone")])
    (held,) = await client.get_requests([result.moodleid])
    assert (held.found, held.userid, held.reason, held.timecreated) == (True, userid, "By phone", 1234)
    assert [page async for page in client.list_requests()] == []


async def test_only_a_linked_student_raises_a_request_of_a_known_type(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    userid, _ = await linked(client)
    with pytest.raises(ValueError, match="Class Drop"):
        moodle.control.raise_request(userid, "Free lunch", "")
    with pytest.raises(ValueError, match="no linked student"):
        moodle.control.raise_request(2, "Student Card", "")
    assert moodle.control.site.requests == {}


async def test_a_second_click_raises_no_second_request(client: MoodleClient, moodle: RunningMoodle) -> None:
    userid, _ = await linked(client)
    now = moodle.control.site.clock()
    moodle.control.site.clock = lambda: now
    number = moodle.control.raise_request(userid, "Student Card", "Lost")
    assert moodle.control.raise_request(userid, "Student Card", "Lost") == number
    assert len(moodle.control.outbox.events) == 1
    assert moodle.control.raise_request(userid, "Student Card", "Stolen") != number
    moodle.control.site.clock = lambda: now + 60
    assert moodle.control.raise_request(userid, "Student Card", "Lost") != number


async def test_a_record_may_turn_out_to_be_a_request_that_was_raised_in_moodle(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    userid, _ = await linked(client)
    await client.upsert_requests([kept("request")])
    numbers = [moodle.control.raise_request(userid, "Class Drop", reason) for reason in ("one", "two")]
    for number in numbers:
        (result,) = await client.upsert_requests([kept("request", requestid=number)])
        assert (result.status, result.moodleid) == ("updated", number)
    links = {number: one.zohoid for number, one in moodle.control.site.requests.items()}
    assert links == {numbers[0]: "", numbers[1]: KEPT_IDS["request"]}


async def test_the_hands_over_http(
    moodle: RunningMoodle, client: MoodleClient, session: aiohttp.ClientSession
) -> None:
    userid, courseid = await linked(client)
    await client.upsert_units([kept("unit")])

    async def post(path: str, **body: Any) -> tuple[int, Any]:
        async with session.post(f"{moodle.base_url}/sandbox/{path}", json=body) as answer:
            return answer.status, await answer.json() if answer.status == 200 else await answer.text()

    async def get(path: str) -> Any:
        async with session.get(f"{moodle.base_url}/sandbox/{path}") as answer:
            return await answer.json() if answer.status == 200 else answer.status

    key = f"{userid}_{courseid}"
    ids = {"userid": userid, "courseid": courseid}
    assert await post("enrolments", **ids, startdate="2026-02-01") == (200, {"key": key})
    (row,) = (await get("enrolments"))["enrolments"]
    assert (row["key"], row["status"], row["startdate"]) == (key, "active", "2026-02-01")
    assert await post("enrolments", **ids, gone=True) == (200, {"key": key})
    assert (await post("enrolments", **ids, gone=True))[0] == 404
    assert (await post("enrolments", **ids, colour="red"))[0] == 400
    assert await get("enrolments") == {"enrolments": []}
    status, made = await post("requests", userid=userid, type="Student Card", reason="Lost")
    assert status == 200
    assert (await post("requests", userid=userid, type="Lunch", reason=""))[0] == 400
    (request,) = (await get("requests"))["requests"]
    assert (request["requestid"], request["status"]) == (made["requestid"], "Pending")
    (unit,) = (await get("records/unit"))["records"]
    assert (unit["zohoid"], len(unit["criteria"])) == (KEPT_IDS["unit"], 2)
    assert await get("records/nothing") == 404
