"""Requests of students: Zoho's side, with the answer to those that were raised in Moodle."""

from __future__ import annotations

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
TEXTS = ("number", "reason", "fees", "currency")


def row(form: Canonical) -> MoodleRow:
    """Build the request's own columns of `local_zohosync_upsert_requests`."""
    asked = form["requesttime"]
    return {
        "requestid": 0,  # one that was never seen in Moodle; `Entity.own_number` has the others
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
    own_number="requestid",
)
