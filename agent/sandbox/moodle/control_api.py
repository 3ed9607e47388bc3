"""`/sandbox/…`: the control by HTTP, for whoever plays teacher, student or administrator in another process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from aiohttp import web

from agent.sandbox.moodle import enrolments
from agent.sandbox.moodle.control import MANUAL, MoodleControl


class ControlApi:
    """`/sandbox/…`: JSON in, JSON out; what cannot be done is said with status 400 or 404."""

    def __init__(self, control: MoodleControl) -> None:
        self._control = control

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/sandbox/students", self.students),
            web.get("/sandbox/courses", self.courses),
            web.get("/sandbox/grades", self.grades),
            web.get("/sandbox/enrolments", self.enrolments),
            web.get("/sandbox/requests", self.requests),
            web.get("/sandbox/records/{entity}", self.records),
            web.get("/sandbox/outbox", self.outbox),
            web.post("/sandbox/assignments", self.add_assignment),
            web.post("/sandbox/grades", self.grade),
            web.post("/sandbox/enrolments", self.enrol),
            web.post("/sandbox/requests", self.raise_request),
        ]

    async def students(self, _request: web.Request) -> web.Response:
        """GET every linked student as the account is, with the courses she is enrolled in."""
        site = self._control.site
        rows = [
            {
                "zohoid": zohoid,
                **asdict(site.users[known.userid]),
                "courses": [
                    enrolment.courseid
                    for enrolment in site.enrolments.values()
                    if enrolment.userid == known.userid and not enrolment.suspended
                ],
            }
            for zohoid, known in site.students.items()
            if known.userid in site.users
        ]
        return web.json_response({"students": rows})

    async def courses(self, _request: web.Request) -> web.Response:
        """GET every course with its assignments."""
        assignments = self._control.gradebook.assignments.values()
        rows = [
            {
                **{name: value for name, value in asdict(course).items() if name != "roles"},
                "teaching": sorted(course.teaching),
                "assignments": [
                    {"id": one.id, "name": one.name} for one in assignments if one.courseid == course.id
                ],
            }
            for course in self._control.site.courses.values()
        ]
        return web.json_response({"courses": rows})

    async def grades(self, _request: web.Request) -> web.Response:
        """GET the snapshot of every grade."""
        book = self._control.gradebook
        return web.json_response({"grades": [book.snapshot(key) for key in book.grades]})

    async def enrolments(self, _request: web.Request) -> web.Response:
        """GET the enrolments of linked students in linked courses, as `list_enrolments` does."""
        return web.json_response({"enrolments": enrolments.listed(self._control.site, 0, sys.maxsize)})

    async def requests(self, _request: web.Request) -> web.Response:
        """GET every request, with Zoho's answer."""
        return web.json_response({"requests": [asdict(one) for one in self._control.site.requests.values()]})

    async def records(self, request: web.Request) -> web.Response:
        """GET what the plugin keeps of an entity of docs/protocol.md."""
        try:
            held = self._control.records(request.match_info["entity"])
        except KeyError as missing:
            raise web.HTTPNotFound(text=f"no {missing}") from None
        return web.json_response({"records": list(held.values())})

    async def outbox(self, _request: web.Request) -> web.Response:
        """GET what became of each event."""
        rows = [
            {name: value for name, value in asdict(event).items() if name != "body"}
            for event in self._control.outbox.events
        ]
        return web.json_response({"events": rows})

    async def add_assignment(self, request: web.Request) -> web.Response:
        """POST `{"courseid", "name"}`; answers `{"assignid"}`."""
        with _explained():
            body = await _json(request)
            assignid = self._control.add_assignment(int(body["courseid"]), str(body["name"]))
        return web.json_response({"assignid": assignid})

    async def grade(self, request: web.Request) -> web.Response:
        """POST `{"userid", "courseid", "assignid", "mark", ...}` (see `MoodleControl.grade`); answers `{"key"}`."""
        with _explained():
            body = await _json(request)
            ids = [int(body.pop(name)) for name in ("userid", "courseid", "assignid")]
            mark = body.pop("mark")
            exact = None if mark is None else Decimal(str(mark))
            key = self._control.grade(ids[0], ids[1], ids[2], exact, **body)
        return web.json_response({"key": key})

    async def enrol(self, request: web.Request) -> web.Response:
        """POST `{"userid", "courseid", ...}` as `MoodleControl.enrol`, or with `"gone": true`; answers `{"key"}`."""
        with _explained():
            body = await _json(request)
            userid, courseid = int(body.pop("userid")), int(body.pop("courseid"))
            if body.pop("gone", False):
                key = self._control.unenrol(userid, courseid, method=str(body.get("method", MANUAL)))
            else:
                key = self._control.enrol(userid, courseid, **body)
        return web.json_response({"key": key})

    async def raise_request(self, request: web.Request) -> web.Response:
        """POST `{"userid", "type", "reason"}`; answers `{"requestid"}`."""
        with _explained():
            body = await _json(request)
            number = self._control.raise_request(int(body["userid"]), str(body["type"]), str(body["reason"]))
        return web.json_response({"requestid": number})


@contextmanager
def _explained() -> Iterator[None]:
    """Say what is missing with status 404, what is wrong with 400."""
    try:
        yield
    except KeyError as missing:
        raise web.HTTPNotFound(text=f"no {missing}") from None
    except (TypeError, ValueError, InvalidOperation) as wrong:
        raise web.HTTPBadRequest(text=str(wrong)) from None


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="the body is no JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body is no object")
    return body
