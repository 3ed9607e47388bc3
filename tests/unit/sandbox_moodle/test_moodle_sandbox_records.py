"""Records without a counterpart in Moodle, and the lists: the sandbox keeps docs/protocol.md, section 3."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from agent.errors import SyncError
from agent.moodle.client import MoodleClient
from agent.moodle.models import MoodleRecord, RowResult
from agent.sandbox.moodle import RunningMoodle
from agent.sandbox.moodle.site import ENTITIES
from tests.unit.sandbox_moodle.rows import (
    CLASS_ID,
    ENROLLMENT_ID,
    KEPT_IDS,
    PROGRAM_ID,
    TEACHER_ID,
    ZOHO_ID,
    Row,
    course,
    enrolment,
    kept,
    program,
    student,
    teacher,
)

KEPT = tuple(KEPT_IDS)


async def sent(client: MoodleClient, entity: str, *rows: Row) -> list[RowResult]:
    upsert: Callable[[Sequence[Row]], Awaitable[list[RowResult]]] = getattr(
        client, f"upsert_{entity if entity == 'finance' else entity + 's'}"
    )
    return await upsert(rows)


async def status_of(client: MoodleClient, entity: str, row: Row) -> str:
    (result,) = await sent(client, entity, row)
    return result.errorcode or result.status


async def all_of(pages: AsyncIterator[list[Any]]) -> list[Any]:
    return [one async for page in pages for one in page]


async def listed(client: MoodleClient, entity: str) -> dict[str, MoodleRecord]:
    return {one.zohoid: one for one in await all_of(client.list_records(entity))}


@pytest.mark.parametrize("entity", KEPT)
async def test_a_record_is_kept_once_changed_deleted_and_restored(
    moodle: RunningMoodle, client: MoodleClient, entity: str
) -> None:
    zohoid = KEPT_IDS[entity]
    assert await status_of(client, entity, {**kept(entity), "deleted": 1}) == "unchanged"  # never seen
    (made,) = await sent(client, entity, kept(entity))
    assert (made.status, made.error, made.moodleid > 0) == ("created", None, True)
    assert await status_of(client, entity, kept(entity, sourcetime=2000)) == "unchanged"
    changed = {**kept(entity, sourcetime=2001), "changehash": "0" * 32}
    assert await status_of(client, entity, {**changed, "sourcetime": 1999}) == "stale"
    (updated,) = await sent(client, entity, changed)
    assert (updated.status, updated.moodleid) == ("updated", made.moodleid)
    tombstone = {name: [] if isinstance(value, list) else "" for name, value in changed.items()} | {
        name: value for name, value in changed.items() if isinstance(value, int) or name == "zohoid"
    }
    assert await status_of(client, entity, {**tombstone, "deleted": 1, "sourcetime": 2002}) == "updated"
    assert moodle.control.records(entity) == {}
    assert (await listed(client, entity))[zohoid].deleted
    assert await status_of(client, entity, {**changed, "sourcetime": 2003}) == "updated"
    assert (await listed(client, entity))[zohoid] == MoodleRecord(
        id=1,
        zohoid=zohoid,
        moodleid=made.moodleid,
        changehash="0" * 32,
        sourcetime=2003,
        deleted=False,
        differs="",
    )


@pytest.mark.parametrize(
    ("entity", "values", "code"),
    [
        ("registration", {"price": "1 200"}, "amountinvalid"),
        ("registration", {"price": "1e3"}, "amountinvalid"),
        ("registration", {"remaining": "1.23456"}, "amountinvalid"),
        ("registration", {"discountpercentage": "10%"}, "amountinvalid"),
        ("registration", {"currency": "JD"}, "currencyinvalid"),
        ("registration", {"registrationdate": "2026-02-30"}, "dateinvalid"),
        ("registration", {"studentid": "12"}, "idinvalid"),
        ("payment", {"amount": "12,5"}, "amountinvalid"),
        ("payment", {"amount": "1" * 15}, "amountinvalid"),
        ("payment", {"originalcurrency": "usd"}, "currencyinvalid"),
        ("payment", {"registrationid": "none"}, "idinvalid"),
        ("finance", {"total": "--1"}, "amountinvalid"),
        ("finance", {"transferredcurrency": "Euro"}, "currencyinvalid"),
        ("result", {"attemptdate": "yesterday"}, "dateinvalid"),
        ("request", {"fees": "free"}, "amountinvalid"),
        ("unit", {"zohoid": "1"}, "idinvalid"),
        ("unit", {"name": "x" * 256}, "valuetoolong"),
        ("unit", {"changehash": "none"}, "hashinvalid"),
        ("request", {"requestid": 99}, "requestmissing"),
    ],
)
async def test_a_bad_record_says_why_and_stops_no_other(
    moodle: RunningMoodle, client: MoodleClient, entity: str, values: dict[str, Any], code: str
) -> None:
    other = str(int(KEPT_IDS[entity]) + 1)
    bad, good = await sent(client, entity, kept(entity, **values), kept(entity, zohoid=other))
    assert (bad.errorcode, bad.moodleid, good.status) == (code, 0, "created")
    assert list(moodle.control.records(entity)) == [other]


@pytest.mark.parametrize(
    ("entity", "name", "line"),
    [
        ("registration", "schedule", {"amount": "a lot"}),
        ("finance", "installments", {"amount": "0x10"}),
    ],
)
async def test_a_bad_line_costs_its_record(
    client: MoodleClient, entity: str, name: str, line: dict[str, str]
) -> None:
    row = kept(entity)
    lines = [row[name][0], {**row[name][0], **line}]
    assert await status_of(client, entity, {**row, name: lines}) == "amountinvalid"


@pytest.mark.parametrize(
    ("entity", "name", "key", "empty"),
    [
        ("registration", "schedule", "zohoid", ""),
        ("finance", "installments", "number", None),
        ("unit", "criteria", "shortname", ""),
    ],
)
async def test_each_line_of_a_list_has_a_key_of_its_own(
    client: MoodleClient, entity: str, name: str, key: str, empty: str | None
) -> None:
    row = kept(entity)
    assert await status_of(client, entity, {**row, name: [row[name][0]] * 2}) == "listkeyinvalid"
    if empty is not None:
        assert await status_of(client, entity, {**row, name: [{**row[name][0], key: ""}]}) == "listkeyinvalid"


async def test_a_schedules_row_has_an_id_of_zohos(client: MoodleClient) -> None:
    row = kept("registration")
    row["schedule"] = [{**row["schedule"][0], "zohoid": "first"}]
    assert await status_of(client, "registration", row) == "idinvalid"


@pytest.mark.parametrize(
    ("entity", "name"),
    [("registration", "schedule"), ("finance", "installments"), ("unit", "criteria")],
)
async def test_a_list_replaces_what_was_there_and_may_be_empty(
    moodle: RunningMoodle, client: MoodleClient, entity: str, name: str
) -> None:
    row = kept(entity)
    await sent(client, entity, row)
    assert moodle.control.records(entity)[KEPT_IDS[entity]][name] == row[name]
    await sent(client, entity, {**row, name: [], "changehash": "0" * 32})
    assert moodle.control.records(entity)[KEPT_IDS[entity]][name] == []


async def test_amounts_are_kept_to_the_last_digit(moodle: RunningMoodle, client: MoodleClient) -> None:
    amount = "-99999999999999.9999"
    await sent(client, "payment", kept("payment", amount=amount, registrationid="", studentid=""))
    assert moodle.control.records("payment")[KEPT_IDS["payment"]]["amount"] == amount


@pytest.mark.parametrize(
    ("function", "params"),
    [
        ("upsert_units", {"count": 1, "units": [{**kept("unit"), "colour": "red"}]}),
        ("upsert_units", {"count": 1, "units": [{**kept("unit"), "criteria": [{"shortname": "P1"}]}]}),
        ("upsert_units", {"count": 1, "units": [{**kept("unit"), "criteria": "P1"}]}),
        ("upsert_units", {"count": 1, "units": [{**kept("unit"), "name": ["a"]}]}),
        (
            "upsert_payments",
            {"count": 1, "payments": [{k: v for k, v in kept("payment").items() if k != "accepted"}]},
        ),
        (
            "upsert_payments",
            {"count": 1, "payments": [{**kept("payment"), "installmentno": "first"}]},
        ),
        (
            "upsert_courses",
            {"count": 1, "courses": [{k: v for k, v in course().items() if k != "teacherrole"}]},
        ),
        (
            "upsert_enrolments",
            {"count": 1, "enrolments": [{k: v for k, v in enrolment().items() if k != "withdrawal"}]},
        ),
        ("list_records", {"entity": "grade", "after": 0, "limit": 10}),
        ("list_records", {"after": 0, "limit": 10}),
        ("list_records", {"entity": "unit", "after": 0, "limit": 1001}),
        ("list_records", {"entity": "unit", "after": -1, "limit": 10}),
        ("list_enrolments", {"after": 0}),
        ("list_grades", {"after": 0, "limit": 10, "entity": "grade"}),
        ("get_enrolments", {"keys": ["1_2_3"]}),
        ("get_requests", {"ids": ["first"]}),
    ],
)
async def test_parameters_that_do_not_fit_refuse_the_call(
    client: MoodleClient, function: str, params: dict[str, Any]
) -> None:
    with pytest.raises(SyncError) as caught:
        await client.call(f"local_zohosync_{function}", params)
    assert caught.value.code == "INVALIDPARAMETER"


async def test_lists_go_on_where_the_last_page_ended(client: MoodleClient) -> None:
    first = int(KEPT_IDS["unit"])
    await sent(client, "unit", *(kept("unit", zohoid=str(first + number)) for number in range(5)))
    pages = []
    after = 0
    for _ in range(4):
        params = {"entity": "unit", "after": after, "limit": 2}
        rows = (await client.call("local_zohosync_list_records", params))["records"]
        pages.append([int(row["zohoid"]) - first for row in rows])
        after = rows[-1]["id"] if rows else after
    assert pages == [[0, 1], [2, 3], [4], []]


async def everything(client: MoodleClient) -> None:
    await client.upsert_programs([program()])
    await client.upsert_teachers([teacher()])
    await client.upsert_students([student()])
    await client.upsert_courses([course(teacherid=TEACHER_ID, programid=PROGRAM_ID)])
    await client.upsert_enrolments([enrolment()])
    for entity in KEPT:
        await sent(client, entity, kept(entity))


async def test_every_entity_is_listed_and_nothing_differs_at_first(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    await everything(client)
    site = moodle.control.site
    (account,), (tutor,) = site.users.holders("idnumber", ZOHO_ID), site.users.holders("idnumber", TEACHER_ID)
    (known,) = site.courses.values()
    expected = {
        "program": known.categoryid,
        "teacher": tutor.id,
        "student": account.id,
        "class": known.id,
        "enrollment": known.id,
    }
    for entity in ENTITIES:
        (record,) = (await listed(client, entity)).values()
        assert (record.differs, record.sourcetime, record.deleted) == ("", 1000, False)
        assert record.moodleid == expected.get(entity, record.moodleid) > 0


def _with_course(change: Callable[[Any], None]) -> Callable[[RunningMoodle], None]:
    return lambda moodle: change(next(iter(moodle.control.site.courses.values())))


def _lose_a_line(entity: str, name: str) -> Callable[[RunningMoodle], None]:
    return lambda moodle: moodle.control.site.mirrors[entity][KEPT_IDS[entity]].fields[name].pop()


def _links(moodle: RunningMoodle) -> tuple[int, int]:
    return next(iter(moodle.control.site.enrolments))


def _account(moodle: RunningMoodle, zohoid: str) -> Any:
    (user,) = moodle.control.site.users.holders("idnumber", zohoid)
    return user


@pytest.mark.parametrize(
    ("change", "entity", "zohoid", "differs"),
    [
        (lambda m: setattr(_account(m, ZOHO_ID), "email", "x@example.org"), "student", ZOHO_ID, "email"),
        (lambda m: setattr(_account(m, ZOHO_ID), "lastname", "X"), "student", ZOHO_ID, "lastname"),
        (lambda m: m.control.delete_user(_account(m, ZOHO_ID).id), "student", ZOHO_ID, "user"),
        (lambda m: m.control.delete_user(_account(m, ZOHO_ID).id), "enrollment", ENROLLMENT_ID, "student"),
        (lambda m: m.control.delete_user(_account(m, TEACHER_ID).id), "teacher", TEACHER_ID, "user"),
        (lambda m: m.control.site.categories.clear(), "program", PROGRAM_ID, "category"),
        (lambda m: m.control.delete_course(_links(m)[1]), "class", CLASS_ID, "course"),
        (lambda m: m.control.delete_course(_links(m)[1]), "enrollment", ENROLLMENT_ID, "course"),
        (_with_course(lambda one: one.roles.clear()), "class", CLASS_ID, "teacher"),
        (
            lambda m: setattr(m.control.site.classes[CLASS_ID], "teacherid", 0),
            "teacher",
            TEACHER_ID,
            "classes",
        ),
        (_lose_a_line("unit", "criteria"), "unit", KEPT_IDS["unit"], "lines"),
        (_lose_a_line("registration", "schedule"), "registration", KEPT_IDS["registration"], "lines"),
        (_lose_a_line("finance", "installments"), "finance", KEPT_IDS["finance"], "lines"),
        (lambda m: m.control.suspend(*_links(m)), "enrollment", ENROLLMENT_ID, "status"),
        (lambda m: m.control.unenrol(*_links(m)), "enrollment", ENROLLMENT_ID, "status"),
        (
            lambda m: m.control.enrol(*_links(m), startdate="2026-01-01", enddate="2027-01-01"),
            "enrollment",
            ENROLLMENT_ID,
            "startdate enddate",
        ),
        (lambda m: m.control.enrol(*_links(m), role="teacher"), "enrollment", ENROLLMENT_ID, "role"),
    ],
)
async def test_what_people_changed_in_moodle_differs_until_it_is_mended(
    moodle: RunningMoodle,
    client: MoodleClient,
    change: Callable[[RunningMoodle], None],
    entity: str,
    zohoid: str,
    differs: str,
) -> None:
    await everything(client)
    change(moodle)
    assert (await listed(client, entity))[zohoid].differs == differs
    await everything(client)  # the same hashes
    assert [one.differs for name in ENTITIES for one in (await listed(client, name)).values()] == [""] * 11


@pytest.mark.parametrize(
    "change",
    [
        _with_course(lambda one: setattr(one, "fullname", "A teacher's name")),
        _with_course(lambda one: setattr(one, "categoryid", 0)),
        _with_course(lambda one: setattr(one, "visible", False)),
        lambda m: setattr(_account(m, ZOHO_ID), "suspended", True),
        lambda m: setattr(next(iter(m.control.site.categories.values())), "name", "Moved"),
    ],
)
async def test_what_people_may_keep_does_not_differ(
    moodle: RunningMoodle, client: MoodleClient, change: Callable[[RunningMoodle], None]
) -> None:
    await everything(client)
    change(moodle)
    assert {one.differs for name in ENTITIES for one in (await listed(client, name)).values()} == {""}


async def test_a_teacher_whom_a_class_awaits_differs_until_she_is_there(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    moodle.control.site.roles.discard("editingteacher")
    await client.upsert_courses([course(teacherid=TEACHER_ID)])
    await client.upsert_teachers([teacher()])  # rolemissing
    assert (await listed(client, "teacher"))[TEACHER_ID].differs == "classes"
    moodle.control.site.roles.add("editingteacher")
    await client.upsert_teachers([teacher()])
    assert (await listed(client, "teacher"))[TEACHER_ID].differs == ""


async def test_a_deleted_student_who_was_reactivated_by_hand_differs(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    await client.upsert_students([student()])
    await client.upsert_students([student(deleted=1)])
    assert (await listed(client, "student"))[ZOHO_ID].differs == ""
    _account(moodle, ZOHO_ID).suspended = False
    assert (await listed(client, "student"))[ZOHO_ID].differs == "suspended"
    (again,) = await client.upsert_students([student(deleted=1)])
    assert (again.status, (await listed(client, "student"))[ZOHO_ID].differs) == ("updated", "")
