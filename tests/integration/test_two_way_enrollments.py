"""Enrollments, changed on either side: what goes where, what is lost and recorded, and that it comes to rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from agent.errors import Action, SyncError
from agent.sync.drift import look_for_drift
from tests.support.people import ENROLLMENTS, add_class, add_student, empty, enroll, user_of, written
from tests.support.world import World, open_world

YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
SOON = (datetime.now(UTC).date() + timedelta(days=60)).isoformat()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def people(world: World) -> tuple[str, str, int, int]:
    """Make a student and a class on both sides; returns (student, class, user, course)."""
    student, class_id = add_student(world), add_class(world)
    await world.look("student", student)
    await world.look("class", class_id)
    course = next(iter(world.moodle.control.site.courses))
    return student, class_id, user_of(world, student).id, course


async def enrolled(world: World, **changes: Any) -> tuple[str, int, int]:
    """Make an enrollment on which both sides agree; returns (Zoho's id, user, course)."""
    student, class_id, user, course = await people(world)
    enrollment = enroll(world, student, class_id, **changes)
    await world.look("enrollment", enrollment)
    return enrollment, user, course


def in_zoho(world: World, enrollment: str) -> dict[str, Any]:
    record = world.zoho.control.record(ENROLLMENTS, enrollment)
    assert record is not None
    return record


def held(world: World, user: int, course: int) -> Any:
    return world.moodle.control.site.enrolments[user, course]


async def conflicts(world: World) -> list[dict[str, Any]]:
    return await world.rows(
        "SELECT record_id, fields, detail FROM extension_run_history"
        " WHERE outcome = 'conflict' AND entity = 'enrollment' ORDER BY id"
    )


async def passed(world: World) -> dict[str, Any]:
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [one.error for one in done if one.error] == []
    return {one.report.entity: dict(one.report.counts) for one in done}


async def at_rest(world: World, enrollment: str, user: int, course: int) -> None:
    """Neither an event of either side nor a pass finds anything to do, and nothing differs."""
    before = written(world)
    assert await world.look("enrollment", enrollment) == "unchanged"
    assert await world.look("enrollment", f"{user}_{course}", "moodle") == "unchanged"
    await passed(world)
    assert written(world) == before
    drift = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [one.differences for one in drift if one.differences] == []


async def test_an_enrolment_done_in_moodle_makes_one_enrollment_in_zoho(world: World) -> None:
    student, class_id, user, course = await people(world)
    key = world.moodle.control.enrol(user, course, startdate="2026-10-05", enddate=SOON)
    assert await world.look("enrollment", key, "moodle") == "applied"
    (record,) = world.zoho.control.records(ENROLLMENTS)
    assert (record["Enrolled_Students"]["id"], record["Classes"]["id"]) == (student, class_id)
    assert (record["Start_Date"], record["End_Date"]) == ("2026-10-05", SOON)
    assert record["Enrollment_Type"] == "Normal"
    assert (record["Moodle_Course_ID"], record["Synced_to_Moodle"]) == (str(course), True)
    posts = [call for call in world.zoho.control.calls if call.method == "POST" and ENROLLMENTS in call.path]
    assert [call.body["trigger"] for call in posts] == [[]]
    await at_rest(world, record["id"], user, course)
    assert len(world.zoho.control.records(ENROLLMENTS)) == 1


async def test_an_enrollment_that_zoho_has_is_never_made_twice(world: World) -> None:
    student, class_id, user, course = await people(world)
    enrollment = enroll(world, student, class_id)  # its webhook was lost
    key = world.moodle.control.enrol(user, course)
    await world.look("enrollment", key, "moodle")
    assert [record["id"] for record in world.zoho.control.records(ENROLLMENTS)] == [enrollment]
    assert held(world, user, course).startdate == "2026-09-01"  # nothing was agreed on: Zoho's form holds


async def test_a_lost_answer_to_the_insert_makes_no_second_enrollment(world: World) -> None:
    _, _, user, course = await people(world)
    key = world.moodle.control.enrol(user, course)
    world.zoho.control.fail("drop_after", count=1, path=ENROLLMENTS, method="POST")
    with pytest.raises(SyncError):
        await world.look("enrollment", key, "moodle")
    assert len(world.zoho.control.records(ENROLLMENTS)) == 1
    assert (
        await world.rows("SELECT 1 FROM sync_enrollments") == []
    )  # the agent does not know that it is there
    await world.look("enrollment", key, "moodle")
    (record,) = world.zoho.control.records(ENROLLMENTS)
    await at_rest(world, record["id"], user, course)


async def test_many_events_at_once_make_one_enrollment(world: World) -> None:
    _, _, user, course = await people(world)
    key = world.moodle.control.enrol(user, course)
    await world.runtime.engine.modules.entity("enrollment")  # so that all of them begin together
    world.zoho.control.set_latency(400)
    await asyncio.gather(*(world.look("enrollment", key, "moodle") for _ in range(6)))
    assert len(world.zoho.control.records(ENROLLMENTS)) == 1
    assert world.zoho.control.count("POST", f"/{ENROLLMENTS}") == 1


async def test_a_withdrawal_ends_by_moodles_calendar_where_its_day_is_another(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    hours = 14 if datetime.now(UTC).hour > 10 else -12
    zone = world.moodle.control.site.zone = timezone(timedelta(hours=hours))
    today = datetime.now(zone).date()
    assert today != datetime.now(UTC).date()
    key = world.moodle.control.suspend(user, course)
    assert await world.look("enrollment", key, "moodle") == "applied"
    assert in_zoho(world, enrollment)["End_Date"] == (today - timedelta(days=1)).isoformat()
    await at_rest(world, enrollment, user, course)


async def test_of_two_enrollments_the_one_that_runs_by_moodles_day_gets_the_change(world: World) -> None:
    hours = 14 if datetime.now(UTC).hour > 10 else -12
    zone = world.moodle.control.site.zone = timezone(timedelta(hours=hours))
    today = datetime.now(zone).date()
    student, class_id, user, course = await people(world)
    running = enroll(world, student, class_id, End_Date=today.isoformat())
    over = enroll(world, student, class_id, End_Date=(today - timedelta(days=1)).isoformat())
    for enrollment in (running, over):
        await world.look("enrollment", enrollment)
    key = world.moodle.control.enrol(user, course, startdate="2026-09-15", enddate=today.isoformat())
    assert await world.look("enrollment", key, "moodle") == "applied"
    assert in_zoho(world, running)["Start_Date"] == "2026-09-15"
    assert in_zoho(world, over)["Start_Date"] != "2026-09-15"


async def test_an_enrolment_that_the_calendar_ended_is_no_change_of_a_persons(world: World) -> None:
    """Its end has come in Moodle's zone, wherever the agent is; Zoho keeps its record as it is."""
    hours = 14 if datetime.now(UTC).hour > 10 else -12
    zone = world.moodle.control.site.zone = timezone(timedelta(hours=hours))
    today = datetime.now(zone).date()
    enrollment, user, course = await enrolled(world, End_Date=today.isoformat())
    assert not held(world, user, course).suspended
    before = in_zoho(world, enrollment)
    clock = world.moodle.control.site.clock
    world.moodle.control.site.clock = lambda: clock() + 86400
    found = [
        one
        for part in await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
        for one in part.differences
    ]
    assert [(one.entity, one.source) for one in found] == [("enrollment", "reconcile")]
    await passed(world)
    assert held(world, user, course).suspended
    assert in_zoho(world, enrollment) == before
    await at_rest(world, enrollment, user, course)


@pytest.mark.parametrize("how", ["suspend", "unenrol"])
async def test_a_withdrawal_in_moodle_ends_zohos_enrollment_and_a_return_opens_it(
    world: World, how: str
) -> None:
    enrollment, user, course = await enrolled(world)
    control = world.moodle.control
    key = getattr(control, how)(user, course)
    assert await world.look("enrollment", key, "moodle") == "applied"
    assert in_zoho(world, enrollment)["End_Date"] == YESTERDAY
    await at_rest(world, enrollment, user, course)
    if how == "suspend":
        assert held(world, user, course).suspended
        control.reactivate(user, course)
    else:
        assert (user, course) not in control.site.enrolments
        control.enrol(user, course)
    assert await world.look("enrollment", key, "moodle") == "applied"
    assert in_zoho(world, enrollment)["End_Date"] is None
    assert not held(world, user, course).suspended
    assert len(world.zoho.control.records(ENROLLMENTS)) == 1
    await at_rest(world, enrollment, user, course)
    assert await conflicts(world) == []


async def test_dates_changed_in_moodle_go_to_zoho(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    key = world.moodle.control.enrol(user, course, startdate="2026-09-15", enddate=SOON)
    assert await world.look("enrollment", key, "moodle") == "applied"
    assert (in_zoho(world, enrollment)["Start_Date"], in_zoho(world, enrollment)["End_Date"]) == (
        "2026-09-15", SOON,
    )  # fmt: skip
    await at_rest(world, enrollment, user, course)


@pytest.mark.parametrize("first", ["zoho", "moodle"])
async def test_both_changed_one_field_zoho_wins_and_the_loss_is_recorded_once(
    world: World, first: str
) -> None:
    enrollment, user, course = await enrolled(world)
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"Start_Date": "2026-09-10"}, push=False)
    key = world.moodle.control.enrol(user, course, startdate="2026-09-20")
    events = [("zoho", enrollment), ("moodle", key)]
    for source, name in events if first == "zoho" else events[::-1]:
        await world.look("enrollment", name, source)
    assert in_zoho(world, enrollment)["Start_Date"] == "2026-09-10"
    assert held(world, user, course).startdate == "2026-09-10"
    loss = {"startdate": {"kept": "2026-09-10", "lost": "2026-09-20", "agreed": "2026-09-01"}}
    assert await conflicts(world) == [{"record_id": enrollment, "fields": ["startdate"], "detail": loss}]
    await at_rest(world, enrollment, user, course)


@pytest.mark.parametrize("first", ["zoho", "moodle"])
async def test_each_side_changed_a_field_of_its_own_and_both_hold(world: World, first: str) -> None:
    enrollment, user, course = await enrolled(world)
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"Start_Date": "2026-09-10"}, push=False)
    key = world.moodle.control.enrol(user, course, enddate=SOON)  # its event may be lost
    await world.look("enrollment", *((enrollment, "zoho") if first == "zoho" else (key, "moodle")))
    record, enrolment = in_zoho(world, enrollment), held(world, user, course)
    assert (record["Start_Date"], record["End_Date"]) == ("2026-09-10", SOON)
    assert (enrolment.startdate, enrolment.enddate) == ("2026-09-10", SOON)
    assert await conflicts(world) == []
    await at_rest(world, enrollment, user, course)


async def test_an_end_in_zoho_is_not_undone_by_a_cohort_that_keeps_her_in(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    key = world.moodle.control.enrol(user, course, method="cohort", startdate="2026-09-01")
    assert await world.look("enrollment", key, "moodle") == "unchanged"
    for one in (held(world, user, course), world.moodle.control.site.unmanaged[user, course, "cohort"]):
        one.timemodified -= 3600
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"End_Date": YESTERDAY}, push=False)
    await world.look("enrollment", enrollment)
    assert held(world, user, course).suspended
    assert await world.look("enrollment", key, "moodle") == "unchanged"
    assert in_zoho(world, enrollment)["End_Date"] == YESTERDAY
    await at_rest(world, enrollment, user, course)


async def test_a_full_pass_finds_what_no_event_told_and_the_second_does_nothing(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    other = add_student(world, 2)
    await world.look("student", other)
    control = world.moodle.control
    control.suspend(user, course, event=False)
    control.enrol(user_of(world, other).id, course, event=False)
    assert (await passed(world))["moodle enrolment"] == {"updated": 2}
    assert in_zoho(world, enrollment)["End_Date"] == YESTERDAY
    made = [one for one in world.zoho.control.records(ENROLLMENTS) if one["id"] != enrollment]
    assert [one["Enrolled_Students"]["id"] for one in made] == [other]
    assert held(world, user, course).suspended
    await at_rest(world, enrollment, user, course)


async def test_a_restored_backup_of_moodle_withdraws_nobody(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    site = world.moodle.control.site
    del site.enrolments[user, course]
    del site.enrollments[enrollment]  # the plugin's tables came back with the same backup
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"Enrollment_Type": "Recording"}, push=False)
    await world.look("enrollment", enrollment)
    assert in_zoho(world, enrollment)["End_Date"] is None
    assert not held(world, user, course).suspended
    del site.enrolments[user, course]
    del site.enrollments[enrollment]
    await passed(world)
    assert in_zoho(world, enrollment)["End_Date"] is None
    assert not held(world, user, course).suspended


async def test_an_empty_memory_makes_no_enrollment_twice(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    await empty(world)
    await passed(world)
    assert [one["id"] for one in world.zoho.control.records(ENROLLMENTS)] == [enrollment]
    await at_rest(world, enrollment, user, course)


async def test_only_zohos_changes_count_when_the_setting_says_so(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    settings = world.runtime.engine.modules.settings
    await settings.set("sync.directions", {"enrollment": "zoho_to_moodle"}, by="test")
    key = world.moodle.control.suspend(user, course)
    assert await world.look("enrollment", key, "moodle") == "ignored"
    assert in_zoho(world, enrollment)["End_Date"] is None
    await passed(world)
    assert not held(world, user, course).suspended


async def test_only_moodles_changes_count_when_the_setting_says_so(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    settings = world.runtime.engine.modules.settings
    await settings.set("sync.directions", {"enrollment": "moodle_to_zoho"}, by="test")
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"Start_Date": "2026-09-10"}, push=False)
    assert await world.look("enrollment", enrollment) == "ignored"
    await passed(world)
    assert held(world, user, course).startdate == "2026-09-01"
    key = world.moodle.control.enrol(user, course, enddate=SOON)
    assert await world.look("enrollment", key, "moodle") == "applied"
    assert (in_zoho(world, enrollment)["Start_Date"], in_zoho(world, enrollment)["End_Date"]) == (
        "2026-09-01", SOON,
    )  # fmt: skip


async def test_a_person_of_no_student_is_nobodys_enrollment(world: World) -> None:
    _, _, _, course = await people(world)
    stranger = world.moodle.control.add_user("guest1", "guest1@college.example.org", "Guest", "One")
    key = world.moodle.control.enrol(stranger.id, course)
    assert await world.look("enrollment", key, "moodle") == "ignored"
    assert world.zoho.control.records(ENROLLMENTS) == []


async def test_zoho_away_in_the_middle_is_made_up_for(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    key = world.moodle.control.suspend(user, course)
    world.zoho.control.fail("server_error", count=3, path=ENROLLMENTS, method="PUT")
    with pytest.raises(SyncError):
        await world.look("enrollment", key, "moodle")
    world.zoho.control.calm()
    assert await world.look("enrollment", key, "moodle") == "applied"
    await at_rest(world, enrollment, user, course)


async def test_moodle_away_after_zoho_was_told_is_made_up_for(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    key = world.moodle.control.suspend(user, course)
    world.moodle.control.fail("down", count=3, function="local_zohosync_upsert_enrolments")
    with pytest.raises(SyncError):
        await world.look("enrollment", key, "moodle")
    assert in_zoho(world, enrollment)["End_Date"] == YESTERDAY
    world.moodle.control.calm()
    await world.look("enrollment", key, "moodle")
    assert await conflicts(world) == []
    await at_rest(world, enrollment, user, course)


async def test_a_withdrawal_that_both_made_is_no_conflict(world: World) -> None:
    enrollment, user, course = await enrolled(world)
    earlier = (date.fromisoformat(YESTERDAY) - timedelta(days=9)).isoformat()
    world.zoho.control.edit(ENROLLMENTS, enrollment, {"End_Date": earlier}, push=False)
    key = world.moodle.control.suspend(user, course)
    await world.look("enrollment", key, "moodle")
    assert in_zoho(world, enrollment)["End_Date"] == earlier
    assert await conflicts(world) == []
    await at_rest(world, enrollment, user, course)


async def test_an_enrolment_of_a_student_who_was_deleted_in_zoho_waits_for_her_restore(world: World) -> None:
    student, _, user, course = await people(world)
    world.zoho.control.delete("BTEC_Students", student, push=False)
    key = world.moodle.control.enrol(user, course, enddate=SOON)
    with pytest.raises(SyncError) as refused:
        await world.look("enrollment", key, "moodle")
    assert (refused.value.action, refused.value.waits_for) == (Action.WAIT, f"student:{student}")
    assert await world.look("student", student) == "applied"
    assert await world.look("enrollment", key, "moodle") == "ignored"
    before = written(world)
    await passed(world)
    assert written(world) == before
    assert world.zoho.control.ids(ENROLLMENTS) == []
    world.zoho.control.restore("BTEC_Students", student, push=False)
    await passed(world)
    await passed(world)
    (made,) = world.zoho.control.records(ENROLLMENTS)
    assert made["Enrolled_Students"]["id"] == student
    await at_rest(world, made["id"], user, course)
