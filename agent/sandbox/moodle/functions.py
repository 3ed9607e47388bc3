"""The web-service functions of local_zohosync, by name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from agent.sandbox.moodle import (
    courses,
    definitions,
    enrolments,
    kept,
    listings,
    parameters,
    programs,
    requests,
    students,
    teachers,
    texts,
)
from agent.sandbox.moodle.control import MoodleControl
from agent.sandbox.moodle.gradebook import Gradebook
from agent.sandbox.moodle.outbox import EventStatus
from agent.sandbox.moodle.parameters import MOST_ROWS, Batch, CallFailed
from agent.sandbox.moodle.site import Result, Row, Site, each

SITE_ID = "sandbox"
PREFIX = "local_zohosync_"
MAX_INPUT_VARS = 5000
PROGRAMS = Batch("programs", parameters.PROGRAM)
TEACHERS = Batch("teachers", parameters.TEACHER)
STUDENTS = Batch("students", parameters.STUDENT)
COURSES = Batch("courses", parameters.COURSE)
ENROLMENTS = Batch("enrolments", parameters.ENROLMENT)
REQUESTS = Batch("requests", parameters.REQUEST)
ATTACHMENTS = Batch("attachments", parameters.ATTACHMENT)
KEPT = {  # function, entity, parameter
    "upsert_units": ("unit", Batch("units", parameters.UNIT)),
    "upsert_registrations": ("registration", Batch("registrations", parameters.REGISTRATION)),
    "upsert_payments": ("payment", Batch("payments", parameters.PAYMENT)),
    "upsert_finance": ("finance", Batch("finance", parameters.FINANCE)),
    "upsert_results": ("result", Batch("results", parameters.RESULT)),
}
SETTINGS = (
    *("grading.rules", "grading.attempts", "grading.generated", "grading.definitions"),
    *("student_dashboard.visibility", "student_dashboard.requests"),
)
MODULES = (
    *("program", "unit", "teacher", "student", "class"),
    *("registration", "enrollment", "payment", "grade", "request"),
)
REPORTED = frozenset({"sent", "refused"})  # what became of a file
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]*")
_GRADE_KEY = re.compile(r"[0-9]+_[0-9]+_[0-9]+")
_ENROLMENT_KEY = re.compile(r"[0-9]+_[0-9]+")

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
            "upsert_enrolments": lambda params: self._upsert(params, ENROLMENTS, enrolments.upsert),
            "upsert_requests": self._upsert_requests,
            **{name: partial(self._keep, name) for name in KEPT},
            "list_records": self._list_records,
            "list_enrolments": self._list_enrolments,
            "get_enrolments": self._get_enrolments,
            "list_grades": self._list_grades,
            "list_requests": self._list_requests,
            "get_requests": self._get_requests,
            "get_attachment": self._get_attachment,
            "put_attachments": self._put_attachments,
            "get_students": self._get_students,
            "get_grades": self._get_grades,
            "apply_definitions": self._apply_definitions,
            "list_definitions": lambda params: {
                "definitions": definitions.listed(self._site, self._gradebook, *parameters.page(params))
            },
            "get_settings": self._get_settings,
            "put_settings": self._put_settings,
            "put_asof": self._put_asof,
            "get_events": self._get_events,
            "ack_events": self._ack_events,
            "get_status": self._get_status,
        }

    @property
    def names(self) -> set[str]:
        """The functions that there are, without the plugin's prefix."""
        return set(self._by_name)

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
        return {"results": each(rows, lambda row: work(self._site, texts.cleaned(row)))}

    def _keep(self, function: str, params: Params) -> Any:
        entity, shape = KEPT[function]
        mirrors, kind = self._site.mirrors[entity], kept.KINDS[entity]
        return {"results": each(parameters.batch(params, shape), lambda row: kept.upsert(mirrors, row, kind))}

    def _upsert_requests(self, params: Params) -> Any:
        rows = parameters.batch(params, REQUESTS)
        return {"results": each(rows, lambda row: requests.upsert(self._site, row))}

    def _list_records(self, params: Params) -> Any:
        after, limit = parameters.page(params, "entity")
        if params["entity"] not in self._site.mirrors:
            raise parameters.invalid("entity => no such entity")
        return {"records": listings.records(self._site, params["entity"], after, limit)}

    def _list_enrolments(self, params: Params) -> Any:
        return {"enrolments": enrolments.listed(self._site, *parameters.page(params))}

    def _get_enrolments(self, params: Params) -> Any:
        keys = _keys(params, _ENROLMENT_KEY)
        return {"enrolments": [enrolments.snapshot(self._site, key) for key in keys]}

    def _list_grades(self, params: Params) -> Any:
        return {"grades": listings.grades(self._site, self._gradebook, *parameters.page(params))}

    def _list_requests(self, params: Params) -> Any:
        return {"requests": requests.listed(self._site, *parameters.page(params))}

    def _get_requests(self, params: Params) -> Any:
        numbers = parameters.numbers(params, "ids")
        return {"requests": [requests.snapshot(self._site, number) for number in numbers]}

    def _get_attachment(self, params: Params) -> Any:
        number, fileid = (parameters.one_number(params, name) for name in ("requestid", "fileid"))
        try:
            return requests.content(self._site, number, fileid)
        except KeyError:
            text = f"This request has no file {fileid}."
            raise CallFailed("moodle_exception", "error:requestfilenone", text) from None

    def _put_attachments(self, params: Params) -> Any:
        rest = {name: value for name, value in params.items() if name != "requestid"}
        rows = parameters.batch(rest, ATTACHMENTS)
        if not all(row["status"] in REPORTED for row in rows):
            raise parameters.invalid("status is sent or refused")
        return {"kept": requests.note(self._site, parameters.one_number(params, "requestid"), rows)}

    def _get_students(self, params: Params) -> Any:
        return {"students": students.held(self._site, parameters.texts(params, "zohoids"))}

    def _get_grades(self, params: Params) -> Any:
        return {"grades": [self._gradebook.snapshot(key) for key in _keys(params, _GRADE_KEY)]}

    def _apply_definitions(self, params: Params) -> Any:
        rows = parameters.batch(params, Batch("classes", {"zohoid": str}))
        return {"results": definitions.apply(self._site, self._gradebook, [row["zohoid"] for row in rows])}

    def _get_settings(self, params: Params) -> Any:
        parameters.none(params)
        return {"settings": [{"key": key, "value": value} for key, value in self._site.settings.items()]}

    def _put_settings(self, params: Params) -> Any:
        rows = parameters.batch(params, Batch("settings", parameters.SETTING))
        return {"results": [self._put_setting(row["key"], row["value"]) for row in rows]}

    def _put_setting(self, key: str, value: str) -> dict[str, str]:
        answer = {"key": key, "status": "refused", "errorcode": "", "message": ""}
        if key not in SETTINGS:
            return answer | {"errorcode": "settingunknown", "message": f"There is no setting {key}"}
        try:
            understood = isinstance(json.loads(value), dict)
        except ValueError:
            understood = False
        if not understood:
            return answer | {"errorcode": "settinginvalid", "message": "it is no JSON object"}
        status = "unchanged" if self._site.settings.get(key) == value else "updated"
        self._site.settings[key] = value
        return answer | {"status": status}

    def _put_asof(self, params: Params) -> Any:
        rows = parameters.batch(params, Batch("modules", parameters.ASOF))
        return {"results": [self._put_moment(row["module"], row["asof"]) for row in rows]}

    def _put_moment(self, module: str, asof: int) -> dict[str, str]:
        if module not in MODULES:
            return {"module": module, "status": "refused", "errorcode": "moduleunknown"}
        if asof < 0:
            return {"module": module, "status": "refused", "errorcode": "asofinvalid"}
        status = "unchanged" if self._site.asof.get(module) == asof else "updated"
        self._site.asof[module] = asof
        return {"module": module, "status": status, "errorcode": ""}

    def _get_events(self, params: Params) -> Any:
        limit = parameters.number({"limit": str(MOST_ROWS), **params}, "limit")
        return {
            "events": [
                {"eventid": event.eventid, "kind": event.kind, "body": event.body}
                for event in self._control.outbox.pending()[: max(1, min(MOST_ROWS, limit))]
            ]
        }

    def _ack_events(self, params: Params) -> Any:
        eventids = parameters.texts(params, "eventids")
        if not all(_EVENT_ID.fullmatch(one) for one in eventids):
            raise parameters.invalid("eventids => Invalid parameter value detected")
        return {"acknowledged": self._control.outbox.acknowledge(eventids)}

    def _get_status(self, params: Params) -> Any:
        parameters.none(params)
        outbox = self._control.outbox
        pending, now = outbox.pending(), int(self._site.clock())
        return {
            "pluginversion": 2026112700,
            "moodleversion": "4.5.6 (sandbox)",
            "siteid": SITE_ID,
            "wwwroot": self._control.address,
            "time": now,
            "outboxpending": len(pending),
            "outboxdead": sum(event.status is EventStatus.DEAD for event in outbox.events),
            "oldestpending": int(pending[0].created) if pending else 0,
            "maxinputvars": MAX_INPUT_VARS,
            "enabled": int(bool(outbox.url)),
            "agenturl": outbox.url,
            "signature": outbox.signature("status", now, SITE_ID.encode()),
            "roles": sorted(self._site.roles),
            "functions": sorted(PREFIX + name for name in self.names),
            "lastcron": now,
            "timelimit": 0,
        }

    @property
    def _gradebook(self) -> Gradebook:
        return self._control.gradebook

    @property
    def _site(self) -> Site:
        return self._control.site


def _keys(params: Params, shape: re.Pattern[str]) -> list[str]:
    keys = parameters.texts(params, "keys")
    if not all(shape.fullmatch(key) for key in keys):
        raise parameters.invalid("a key is no key")
    return keys
