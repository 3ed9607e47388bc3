"""Requests of students: Zoho's side, with the answer to those that were raised in Moodle.

What was raised in Moodle carries its number there in Zoho's name of the record, by which the agent finds it too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from agent.canonical import Canonical, text
from agent.entities.base import Entity, MoodleRow, text_of, zoho_time
from agent.entities.fields import Field, Labels, shown, stored_value
from agent.entities.grade import shorten
from agent.moodle.models import Attachment, RequestSnapshot

FIELDS = (
    Field("number", "Name"),
    Field("student", "Student", "reference"),
    Field("type", "Request_Type", "picklist"),
    Field("status", "Status", "picklist"),
    Field("reason", "Reason"),
    Field("requesttime", "Request_Date", "datetime"),
    Field("fees", "Fees_Amount", "amount"),
    Field("currency", "Currency", "currency"),
    Field("email", "Academic_Email"),
    Field("moodleuser", "Moodle_User_ID"),
)
OWN = ("number", "student", "type", "reason", "requesttime")  # Moodle's, of a request that was raised there
PENDING = "Pending"
REASON_LENGTH = 2000
RAISED = re.compile(r"Moodle request ([1-9][0-9]{0,17}): ")
CHANGED = {
    "firstname": "First name",
    "lastname": "Last name",
    "firstnamenative": "First name in native script",
    "lastnamenative": "Last name in native script",
    "birthdate": "Date of birth",
    "nationality": "Nationality",
    "phone": "Phone",
    "email": "Email",
    "address": "Address",
    "city": "City",
    "country": "Country",
}
"""Moodle's names of what a student may ask to be changed, in words for whoever answers in Zoho."""
TEXTS = ("number", "reason", "fees", "currency")


def name_of(number: int, kind: str) -> str:
    """Build Zoho's name of a request that was raised in Moodle."""
    return f"Moodle request {number}: {kind}"


def number_of(name: str | None) -> int:
    """Read a request's number in Moodle out of Zoho's name; 0 when it was not raised there."""
    found = RAISED.match(name or "")
    return int(found[1]) if found else 0


def zoho_name(name: str, fields: tuple[Field, ...] = FIELDS) -> str:
    """Return Zoho's name of one of our fields."""
    return next(line.zoho for line in fields if line.name == name)


def told(snapshot: RequestSnapshot) -> str:
    """Write what a request is about and its reason as one text.

    The columns of Zoho's subforms for both are the organisation's own: nothing says what they mean, so none is filled.
    """
    lines = [f"Class: {one.name} ({one.zohoid})" for one in snapshot.classes]
    if snapshot.assignname:
        lines.append(f"Assignment: {snapshot.assignname}")
    lines += [f"{CHANGED.get(one.field, one.field)}: {one.value}" for one in snapshot.changes]
    return "\n\n".join(part for part in ("\n".join(lines), snapshot.reason) if part)


def file_name(attachment: Attachment) -> str:
    """Build the name of a file in Zoho: Moodle's number of it makes it the only one of that name."""
    return f"{attachment.fileid}-{attachment.filename}"


def raised(snapshot: RequestSnapshot, labels: Labels, fields: tuple[Field, ...] = FIELDS) -> Canonical:
    """Put a request that was raised in Moodle into the fields of OWN."""
    kind = stored_value(labels, zoho_name("type", fields), snapshot.type)
    asked = datetime.fromtimestamp(snapshot.timecreated, UTC)
    return {
        "number": text(name_of(snapshot.requestid, snapshot.type)),
        "student": snapshot.studentzohoid or None,
        "type": {"stored": kind, "shown": snapshot.type},
        "reason": shorten(told(snapshot), REASON_LENGTH),
        "requesttime": zoho_time(asked),
    }


def written(form: Canonical, fields: tuple[Field, ...] = FIELDS) -> dict[str, Any]:
    """Write some of a form's fields as Zoho takes them."""
    record: dict[str, Any] = {}
    for name, value in form.items():
        plain = value
        if name == "type" and value is not None:
            plain = value["stored"]
        elif name == "student" and value is not None:
            plain = {"id": value}
        record[zoho_name(name, fields)] = plain
    return record


def row(form: Canonical) -> MoodleRow:
    """Build the request's own columns of `local_zohosync_upsert_requests`."""
    asked = form["requesttime"]
    return {
        "requestid": number_of(form["number"]),
        **{name: text_of(form, name) for name in TEXTS},
        "studentid": text_of(form, "student"),
        "type": shown(form["type"]),
        "status": shown(form["status"]),
        "requesttime": int(datetime.fromisoformat(asked).timestamp()) if asked else 0,
    }


REQUEST = Entity(
    name="request",
    module="BTEC_Student_Requests",
    mapping_version=1,
    fields=FIELDS,
    upsert="upsert_requests",
    row=row,
)
