"""What a request is about and its files: Zoho's record gets each of them once, whatever breaks on the way."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.errors import Action, SyncError
from agent.sync.drift import look_for_drift
from tests.support.people import add_student, user_of, written
from tests.support.world import World, open_world

REQUESTS = "BTEC_Student_Requests"
LETTER = b"%PDF-1.4\r\n" + bytes(range(256)) * 40 + b"\r\n--boundary\r\n%%EOF"
SCAN = b"\x89PNG\r\n\x1a\n" + b"picture" * 900
FILES = (('تقرير "طبي".pdf', "application/pdf", LETTER), ("scan.png", "image/png", SCAN))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


async def raised(world: World, *files: tuple[str, str, bytes], **about: Any) -> int:
    student = add_student(world)
    await world.look("student", student)
    user = user_of(world, student).id
    return world.moodle.control.raise_request(user, "Late Submission", "I was ill.", files=files, **about)


def the_only(world: World) -> dict[str, Any]:
    (record,) = world.zoho.control.records(REQUESTS)
    return record


def arrived(world: World) -> list[tuple[str, bytes]]:
    return world.zoho.control.attachments(the_only(world)["id"])


def told(world: World) -> list[tuple[str, str]]:
    return [(one.status, one.message) for one in world.moodle.control.site.files.values()]


def expected(world: World) -> list[tuple[str, bytes]]:
    files = world.moodle.control.site.files.values()
    return [(f"{one.fileid}-{one.filename}", one.content) for one in files]


async def passed(world: World) -> dict[str, Any]:
    done = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    return {one.report.entity: dict(one.report.counts) for one in done}


async def drifted(world: World) -> list[Any]:
    drift = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    return [difference for one in drift for difference in one.differences]


async def at_rest(world: World, number: int) -> None:
    before, files = written(world), arrived(world)
    assert await world.look("request", str(number), "moodle") == "unchanged"
    await passed(world)
    assert (written(world), arrived(world)) == (before, files)
    assert await drifted(world) == []


async def test_files_reach_the_record_byte_for_byte(world: World) -> None:
    number = await raised(world, *FILES)
    assert await world.look("request", str(number), "moodle") == "applied"
    assert arrived(world) == expected(world)
    assert told(world) == [("sent", ""), ("sent", "")]
    await at_rest(world, number)


async def test_what_it_is_about_stands_in_zohos_text(world: World) -> None:
    number = await raised(
        world,
        classes=[{"zohoid": "5725767000000415001", "name": "Programming"}],
        assignid=7,
        assignname="Report <1>",
        changes=[{"field": "lastname", "value": "O'Neil"}, {"field": "city", "value": "إسطنبول"}],
    )
    await world.look("request", str(number), "moodle")
    assert the_only(world)["Reason"] == (
        "Class: Programming (5725767000000415001)\nAssignment: Report <1>\n"
        "Last name: O'Neil\nCity: إسطنبول\n\nI was ill."
    )
    await at_rest(world, number)


@pytest.mark.parametrize("fault", ["drop_after", "half_body"])
async def test_a_lost_answer_to_an_upload_makes_no_second_file(world: World, fault: str) -> None:
    number = await raised(world, *FILES)
    world.zoho.control.fail(fault, method="POST", path="/Attachments")
    with pytest.raises(SyncError) as failed:
        await world.look("request", str(number), "moodle")
    assert failed.value.action is Action.RETRY
    assert told(world) == [("", ""), ("", "")]
    assert len(arrived(world)) == 1
    await world.look("request", str(number), "moodle")
    assert arrived(world) == expected(world)
    assert told(world) == [("sent", ""), ("sent", "")]
    await at_rest(world, number)


@pytest.mark.parametrize("fault", ["server_error", "drop_before", "html"])
async def test_a_fault_in_the_middle_keeps_what_arrived(world: World, fault: str) -> None:
    number = await raised(world, *FILES)
    world.zoho.control.fail(fault, method="POST", path="/Attachments", skip=1)
    with pytest.raises(SyncError):
        await world.look("request", str(number), "moodle")
    assert told(world) == [("sent", ""), ("", "")]
    assert arrived(world) == expected(world)[:1]
    await world.look("request", str(number), "moodle")
    assert arrived(world) == expected(world)
    assert world.zoho.control.count("POST", "/Attachments") == 3, "the first one is not sent again"
    await at_rest(world, number)


async def test_a_dead_token_or_too_many_calls_are_no_fault_of_the_file(world: World) -> None:
    number = await raised(world, *FILES)
    world.zoho.control.fail("too_many_requests", method="POST", path="/Attachments")
    world.zoho.control.fail("token_death", method="POST", path="/Attachments", skip=1)
    await world.look("request", str(number), "moodle")
    assert arrived(world) == expected(world)
    await at_rest(world, number)


async def test_moodle_not_told_is_told_later(world: World) -> None:
    number = await raised(world, *FILES)
    world.moodle.control.fail("down", count=3, function="local_zohosync_put_attachments")
    with pytest.raises(SyncError):
        await world.look("request", str(number), "moodle")
    assert arrived(world) == expected(world)
    await world.look("request", str(number), "moodle")
    assert told(world) == [("sent", ""), ("sent", "")]
    await at_rest(world, number)


async def test_a_pass_brings_a_file_whose_look_broke_off(world: World) -> None:
    number = await raised(world, *FILES)
    world.zoho.control.fail("server_error", count=1, method="POST", path="/Attachments")
    with pytest.raises(SyncError):
        await world.look("request", str(number), "moodle")
    (difference,) = await drifted(world)
    assert (difference.record_id, difference.fields) == (str(number), ("attachments",))
    assert (await passed(world))["moodle request"] == {"updated": 1}
    assert arrived(world) == expected(world)
    await at_rest(world, number)


async def test_a_file_that_zoho_refuses_stops_no_other_and_is_said(world: World) -> None:
    number = await raised(world, ("tool.exe", "application/pdf", LETTER), FILES[1])
    with pytest.raises(SyncError) as refused:
        await world.look("request", str(number), "moodle")
    assert refused.value.action is Action.FAIL_RECORD
    assert "Invalid file type" in refused.value.message
    assert the_only(world)["Status"] == "Pending", "the request itself has arrived"
    assert world.moodle.control.site.requests[number].zohoid == the_only(world)["id"]
    assert arrived(world) == expected(world)[1:]
    assert told(world) == [("refused", refused.value.message), ("sent", "")]
    before = written(world)
    assert await drifted(world) == [], "it is settled until somebody asks for it again"
    await passed(world)
    assert written(world) == before


async def test_too_large_for_zoho(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.sandbox.zoho.attachments_api.MAX_BYTES", 1000)
    number = await raised(world, FILES[0])
    with pytest.raises(SyncError) as refused:
        await world.look("request", str(number), "moodle")
    assert refused.value.code == "FILE_SIZE_MORE_THAN_ALLOWED_SIZE"
    assert arrived(world) == []
    assert [status for status, _ in told(world)] == ["refused"]


async def test_a_record_that_was_deleted_in_zoho_gets_no_file(world: World) -> None:
    number = await raised(world, FILES[0])
    world.zoho.control.fail("server_error", method="POST", path="/Attachments")
    with pytest.raises(SyncError):
        await world.look("request", str(number), "moodle")
    world.zoho.control.delete(REQUESTS, the_only(world)["id"], push=False)
    assert await world.look("request", str(number), "moodle") == "applied"
    await passed(world)
    assert world.zoho.control.records(REQUESTS) == []
    assert await drifted(world) == []


async def test_a_file_that_breaks_on_the_way_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await raised(world, FILES[0])
    site = world.moodle.control.site
    (file,) = site.files.values()
    monkeypatch.setattr("agent.sandbox.moodle.requests._hash", lambda _: hashlib.md5(LETTER).hexdigest())
    with pytest.raises(SyncError) as broken:
        await world.look("request", str(number), "moodle")
    assert file.status == ""
    assert broken.value.code == "CONTENT_BROKEN"
    assert arrived(world) == []


async def test_nothing_of_a_file_is_kept_by_the_agent(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    number = await raised(world, ("letter.pdf", "application/pdf", b"%PDF-1.4 diagnosis of a person"))
    world.zoho.control.fail("server_error", method="POST", path="/Attachments")
    with pytest.raises(SyncError) as failed:
        await world.look("request", str(number), "moodle")
    await world.look("request", str(number), "moodle")
    tables = await world.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    assert {"table_name": "sync_requests"} in tables
    for table in tables:
        rows = await world.rows(f'SELECT * FROM "{table["table_name"]}"')
        assert "diagnosis" not in repr(rows)
        assert "letter.pdf" not in repr(rows)
    said = "".join(capfd.readouterr()) + str(failed.value)
    assert "diagnosis" not in said
    assert "letter.pdf" not in said
