"""Requests of students: Zoho's side, with the answer to those that were raised in Moodle.

What was raised in Moodle carries its number there in Zoho's name of the record, by which the agent finds it too.
"""

from __future__ import annotations

import re
from datetime import datetime

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, text_of
from agent.entities.fields import Field, shown

FIELDS = (
    Field("number", "Name"),
    Field("student", "Student", "reference"),
    Field("type", "Request_Type", "picklist"),
    Field("status", "Status", "picklist"),
    Field("reason", "Reason"),
    Field("requesttime", "Request_Date", "datetime"),
    Field("fees", "Fees_Amount", "amount"),
    Field("currency", "Currency", "currency"),
)
RAISED = re.compile(r"Moodle request ([1-9][0-9]{0,17}): ")
TEXTS = ("number", "reason", "fees", "currency")


def name_of(number: int, kind: str) -> str:
    """Build Zoho's name of a request that was raised in Moodle."""
    return f"Moodle request {number}: {kind}"


def number_of(name: str | None) -> int:
    """Read a request's number in Moodle out of Zoho's name; 0 when it was not raised there."""
    found = RAISED.match(name or "")
    return int(found[1]) if found else 0


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
