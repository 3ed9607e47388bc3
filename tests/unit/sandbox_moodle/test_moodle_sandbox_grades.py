"""Grades in the Moodle sandbox: snapshots, events, signatures, and what happens while the agent is away."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from agent.moodle.client import MoodleClient
from agent.sandbox.moodle import RunningMoodle, running_moodle_sandbox

SECRET = "whsec_" + base64.b64encode(b"a secret of at least 24 bytes").decode()


class Receiver:
    """An agent's event endpoint that verifies with another implementation and answers as told."""

    def __init__(self) -> None:
        self.answers: list[web.Response | None] = []  # None: the connection is cut
        self.bodies: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.url = ""

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(SECRET).verify(body, dict(request.headers))
        self.ids.append(request.headers["webhook-id"])
        if self.answers:
            answer = self.answers.pop(0)
            if answer is None and request.transport is not None:
                request.transport.abort()
            return answer or web.Response(status=499)
        self.bodies.append(json.loads(body))
        return web.json_response({"accepted": 1, "duplicates": 0}, status=202)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/v1/events/moodle/grade", receiver.receive)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/events/moodle"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
async def moodle(receiver: Receiver) -> AsyncIterator[RunningMoodle]:
    async with running_moodle_sandbox(
        webhook_url=receiver.url, webhook_secret=SECRET, retry_seconds=0.01
    ) as running:
        yield running


@pytest.fixture
async def client(moodle: RunningMoodle) -> AsyncIterator[MoodleClient]:
    async with aiohttp.ClientSession() as session:
        yield MoodleClient(session, moodle.base_url, moodle.token, concurrency=3)


def place(moodle: RunningMoodle) -> tuple[int, int, int]:
    """A student, a course and an assignment in it."""
    user = moodle.control.add_user("nour", "nour@example.org", "Nour", "Haddad")
    course = moodle.control.add_course("Unit 1 A", "U1A")
    return user.id, course.id, moodle.control.add_assignment(course.id, "Assignment 1")


async def settled(moodle: RunningMoodle) -> None:
    await asyncio.wait_for(moodle.control.settle(), 10)


async def test_a_grade_is_told_signed_and_can_be_read_back(
    moodle: RunningMoodle, receiver: Receiver, client: MoodleClient
) -> None:
    user, course, assign = place(moodle)
    criteria = [{"shortname": "P1", "description": "Explain", "achieved": 1, "remark": "good"}]
    key = moodle.control.grade(user, course, assign, 4, feedback="Well done", criteria=criteria)
    await settled(moodle)
    (body,) = receiver.bodies
    assert (body["type"], body["data"]["key"], body["data"]["origin"]) == ("grade.updated", key, "moodle")
    assert body["site"] == moodle.base_url
    (snapshot,) = await client.get_grades([key])
    assert key == f"{user}_{course}_{assign}"
    assert (snapshot.found, snapshot.finalgrade, snapshot.gradetype) == (True, "4.00000", 2)
    assert snapshot.scale == ["Refer", "Pass", "Merit", "Distinction"]
    assert (snapshot.feedback, snapshot.studentname) == ("Well done", "Nour Haddad")
    assert [(one.shortname, one.achieved) for one in snapshot.criteria] == [("P1", True)]
    assert body["data"]["grade"]["finalgrade"] == "4.00000"


async def test_the_same_grade_again_is_no_news(moodle: RunningMoodle, receiver: Receiver) -> None:
    now = 1_800_000_000
    moodle.control.site.clock = lambda: now
    place_of = place(moodle)
    for mark in (3, 3, 4):
        moodle.control.grade(*place_of, mark)
    await settled(moodle)
    assert [body["data"]["grade"]["finalgrade"] for body in receiver.bodies] == ["3.00000", "4.00000"]


async def test_an_unreleased_mark_is_no_news_until_it_is_released_and_then_taken_back(
    moodle: RunningMoodle, receiver: Receiver, client: MoodleClient
) -> None:
    place_of = place(moodle)
    key = moodle.control.grade(*place_of, 2, workflow="inreview")
    assert moodle.control.outbox.events == []
    (snapshot,) = await client.get_grades([key])
    assert (snapshot.finalgrade, snapshot.workflow) == ("", "inreview")
    moodle.control.grade(*place_of, 2, workflow="released")
    moodle.control.grade(*place_of, 2, workflow="inreview")
    await settled(moodle)
    assert [body["data"]["grade"]["finalgrade"] for body in receiver.bodies] == ["2.00000", ""]


async def test_a_deleted_grade_is_told(moodle: RunningMoodle, receiver: Receiver) -> None:
    key = moodle.control.grade(*place(moodle), 2)
    moodle.control.delete_grade(key)
    await settled(moodle)
    assert [body["type"] for body in receiver.bodies] == ["grade.updated", "grade.deleted"]
    assert receiver.bodies[1]["data"]["grade"] is None


async def test_where_moodle_raises_no_event_there_is_none(
    moodle: RunningMoodle, client: MoodleClient
) -> None:
    key = moodle.control.grade(*place(moodle), 2, hidden=1, event=False)
    assert moodle.control.outbox.events == []
    (snapshot,) = await client.get_grades([key])
    assert (snapshot.hidden, snapshot.finalgrade) == (True, "2.00000")


async def test_keys_of_nothing_are_not_found(moodle: RunningMoodle, client: MoodleClient) -> None:
    user, course, assign = place(moodle)
    ungraded, strange = await client.get_grades([f"{user}_{course}_{assign}", "9_9_9"])
    assert (ungraded.found, ungraded.finalgrade, ungraded.attemptnumber) == (True, "", -1)
    assert (strange.found, strange.key) == (False, "9_9_9")


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
async def test_events_wait_in_order_until_the_agent_takes_them(
    moodle: RunningMoodle, receiver: Receiver, status: int
) -> None:
    receiver.answers = [web.Response(status=status) for _ in range(3)]
    place_of = place(moodle)
    for mark in (1, 2, 3, 4):
        moodle.control.grade(*place_of, mark)
    await settled(moodle)
    marks = [Decimal(body["data"]["grade"]["finalgrade"]) for body in receiver.bodies]
    assert marks == [1, 2, 3, 4]
    assert receiver.ids[:4] == [receiver.ids[0]] * 4  # the same id over its retries


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_what_the_agent_cannot_take_is_parked(
    moodle: RunningMoodle, receiver: Receiver, client: MoodleClient, status: int
) -> None:
    receiver.answers = [web.Response(status=status)]
    place_of = place(moodle)
    moodle.control.grade(*place_of, 1)
    moodle.control.grade(*place_of, 2)
    await settled(moodle)
    assert [body["data"]["grade"]["finalgrade"] for body in receiver.bodies] == ["2.00000"]
    status_of_site = await client.get_status()
    assert (status_of_site.outboxdead, status_of_site.outboxpending) == (1, 0)


async def test_the_agent_may_pull_what_cannot_be_pushed() -> None:
    async with (
        running_moodle_sandbox() as moodle,
        aiohttp.ClientSession() as session,
    ):
        client = MoodleClient(session, moodle.base_url, moodle.token, concurrency=1)
        place_of = place(moodle)
        for mark in (1, 2, 3):
            moodle.control.grade(*place_of, mark)
        assert (await client.get_status()).outboxpending == 3
        first, second = await client.get_events(2)
        assert json.loads(first.body)["data"]["grade"]["finalgrade"] == "1.00000"
        assert first.kind == "grade"
        assert await client.ack_events([first.eventid, second.eventid, "unknown"]) == 2
        assert await client.ack_events([first.eventid]) == 0
        (third,) = await client.get_events(10)
        assert json.loads(third.body)["data"]["grade"]["finalgrade"] == "3.00000"


async def test_a_lost_connection_is_tried_again(moodle: RunningMoodle, receiver: Receiver) -> None:
    receiver.answers = [None, None]
    moodle.control.grade(*place(moodle), 4)
    await settled(moodle)
    assert len(receiver.bodies) == 1
    assert receiver.ids == [moodle.control.outbox.events[0].eventid] * 3


@pytest.mark.parametrize(
    ("mark", "values"), [(5, {}), (0, {}), (2, {"colour": "red"})], ids=["too high", "too low", "unknown"]
)
async def test_a_grade_that_cannot_be_is_refused(
    moodle: RunningMoodle, mark: int, values: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"the mark must be|a grade has no colour"):
        moodle.control.grade(*place(moodle), mark, **values)


def test_an_address_needs_a_secret_that_can_sign() -> None:
    from agent.sandbox.moodle.outbox import Outbox

    with pytest.raises(ValueError, match="whsec_"):
        Outbox(lambda: 0.0, url="http://127.0.0.1:1", secret="plain", retry_seconds=1)


async def test_the_teacher_over_http(moodle: RunningMoodle, receiver: Receiver) -> None:
    user = moodle.control.add_user("nour", "nour@example.org", "Nour", "Haddad")
    course = moodle.control.add_course("Unit 1 A", "U1A")
    async with aiohttp.ClientSession(moodle.base_url) as web_session:

        async def post(path: str, body: Any) -> tuple[int, Any]:
            async with web_session.post(path, json=body) as response:
                return response.status, await response.text()

        status, text = await post("/sandbox/assignments", {"courseid": course.id, "name": "A1"})
        assign = json.loads(text)["assignid"]
        ids = {"userid": user.id, "courseid": course.id, "assignid": assign}
        status, text = await post("/sandbox/grades", {**ids, "mark": 3, "feedback": "ok"})
        assert (status, json.loads(text)) == (200, {"key": f"{user.id}_{course.id}_{assign}"})
        assert (await post("/sandbox/grades", {**ids, "mark": 9}))[0] == 400
        assert (await post("/sandbox/grades", {**ids, "mark": "x"}))[0] == 400
        assert (await post("/sandbox/grades", {**ids, "mark": 3, "colour": "red"}))[0] == 400
        assert (await post("/sandbox/grades", {**ids, "assignid": 999, "mark": 3}))[0] == 404
        assert (await post("/sandbox/grades", []))[0] == 400
        async with web_session.get("/sandbox/grades") as response:
            (grade,) = (await response.json())["grades"]
        assert (grade["finalgrade"], grade["feedback"]) == ("3.00000", "ok")
        async with web_session.get("/sandbox/courses") as response:
            (listed,) = (await response.json())["courses"]
        assert listed["assignments"] == [{"id": assign, "name": "A1"}]
    await settled(moodle)
    assert len(receiver.bodies) == 1
