"""The web-service functions of local_zohosync, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from agent.sandbox.moodle import courses, parameters, programs, students, teachers
from agent.sandbox.moodle.control import MoodleControl
from agent.sandbox.moodle.gradebook import Gradebook
from agent.sandbox.moodle.outbox import EventStatus
from agent.sandbox.moodle.parameters import Batch, CallFailed
from agent.sandbox.moodle.site import Result, Row, Site, each

PREFIX = "local_zohosync_"
MAX_INPUT_VARS = 5000
PROGRAMS = Batch("programs", parameters.PROGRAM)
TEACHERS = Batch("teachers", parameters.TEACHER)
STUDENTS = Batch("students", parameters.STUDENT)
COURSES = Batch("courses", parameters.COURSE)
ENROLMENTS = Batch("enrolments", parameters.ENROLMENT)
_KEY = re.compile(r"[0-9]+_[0-9]+_[0-9]+")

Params = Mapping[str, Any]


class Functions:
    """Answers calls; a function outside the restricted service is refused like everywhere in Moodle."""

    def __init__(self, control: MoodleControl) -> None:
        self._control = control
        self._by_name: dict[str, Callable[[Params], Any]] = {
            "upsert_programs": lambda params: self._upsert(params, PROGRAMS, programs.upsert),
            "upsert_teachers": lambda params: self._upsert(params, TEACHERS, teachers.upsert),
            "upsert_students": lambda params: self._upsert(params, STUDENTS, students.upsert),
            "upsert_courses": lambda params: self._upsert(params, COURSES, courses.upsert),
            "upsert_enrolments": lambda params: self._upsert(params, ENROLMENTS, courses.upsert_enrolment),
            "get_students": self._get_students,
            "get_grades": self._get_grades,
            "get_events": self._get_events,
            "ack_events": self._ack_events,
            "get_status": self._get_status,
        }

    def call(self, name: str, params: Params) -> Any:
        """Carry out one function.

        Raises:
            CallFailed: it fails as a whole.
        """
        if name.startswith("core_"):
            raise CallFailed("webservice_access_exception", "accessexception", "Access control exception")
        function = self._by_name.get(name.removeprefix(PREFIX))
        if function is None or not name.startswith(PREFIX):
            raise CallFailed(
                "dml_missing_record_exception",
                "invalidrecord",
                "Can't find data record in database table external_functions.",
            )
        return function(params)

    def _upsert(self, params: Params, shape: Batch, work: Callable[[Site, Row], Result]) -> Any:
        rows = parameters.batch(params, shape)
        return {"results": each(rows, lambda row: work(self._control.site, row))}

    def _get_students(self, params: Params) -> Any:
        return {"students": students.held(self._control.site, parameters.texts(params, "zohoids"))}

    def _get_grades(self, params: Params) -> Any:
        keys = parameters.texts(params, "keys")
        if not all(_KEY.fullmatch(key) for key in keys):
            raise CallFailed("invalid_parameter_exception", "invalidparameter", "A key is no key")
        return {"grades": [self._gradebook.snapshot(key) for key in keys]}

    def _get_events(self, params: Params) -> Any:
        limit = parameters.number(params, "limit")
        return {
            "events": [
                {"eventid": event.eventid, "kind": event.kind, "body": event.body}
                for event in self._control.outbox.pending()[:limit]
            ]
        }

    def _ack_events(self, params: Params) -> Any:
        return {"acknowledged": self._control.outbox.acknowledge(parameters.texts(params, "eventids"))}

    def _get_status(self, params: Params) -> Any:
        parameters.none(params)
        outbox = self._control.outbox
        pending = outbox.pending()
        return {
            "pluginversion": 2026112300,
            "moodleversion": "4.5.6 (sandbox)",
            "siteid": "sandbox",
            "wwwroot": self._control.address,
            "time": int(self._control.site.clock()),
            "outboxpending": len(pending),
            "outboxdead": sum(event.status is EventStatus.DEAD for event in outbox.events),
            "oldestpending": int(pending[0].created) if pending else 0,
            "maxinputvars": MAX_INPUT_VARS,
        }

    @property
    def _gradebook(self) -> Gradebook:
        return self._control.gradebook
