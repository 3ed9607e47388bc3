"""Teachers: Zoho owns the person; Moodle gets an account; Moodle's id goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.canonical import Canonical
from agent.entities.account import address, name_part, username
from agent.entities.base import Entity, MoodleRow, RecordFaultError, text_of
from agent.entities.fields import Field

NO_LAST_NAME = "-"  # Moodle wants two names; a dash is never taken for one

FIELDS = (
    Field("name", "Name"),
    Field("academicemail", "Academic_Email", "email"),
    Field("email", "Email", "email"),
    Field("phone", "Phone_Number"),
)


def split_name(name: str) -> tuple[str, str]:
    """Split a full name at its last space into first and last name; a single word is a first name."""
    first, *last = name.rsplit(maxsplit=1)
    return first, last[0] if last else NO_LAST_NAME


def row(form: Canonical) -> MoodleRow:
    """Build the teacher's own columns of `local_zohosync_upsert_teachers`.

    Raises:
        RecordFaultError: Moodle needs an e-mail address and a name.
    """
    email = address(form["academicemail"], form["email"])
    if form["name"] is None:
        raise RecordFaultError("NAME_MISSING", "Zoho has no name, Moodle needs one")
    first, last = split_name(form["name"])
    return {
        "suspended": 0,
        "username": username(form["academicemail"], form["email"]),
        "email": email,
        "firstname": name_part(first),
        "lastname": name_part(last),
        "displayname": form["name"],
        "phone": text_of(form, "phone"),
    }


def write_back(moodle_id: int, _now: datetime) -> dict[str, Any]:
    """Build what Zoho learns once the account exists."""
    return {"Teacher_Moodle_ID": str(moodle_id)}


TEACHER = Entity(
    name="teacher",
    module="BTEC_Teachers",
    mapping_version=1,
    fields=FIELDS,
    link="Teacher_Moodle_ID",
    upsert="upsert_teachers",
    row=row,
    write_back=write_back,
)
