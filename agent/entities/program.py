"""Programmes: Zoho owns name and description; Moodle gets a course category; its id goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, RecordFaultError, text_of
from agent.entities.fields import Field

FIELDS = (
    Field("name", "Product_Name"),
    Field("description", "Description"),
    # Remembered, not written: Moodle has no place for them. Staff may be for the classes of one major only.
    Field("status", "Status", "picklist"),
    Field("major", "Program_Major", "picklist"),
)


def row(form: Canonical) -> MoodleRow:
    """Build the programme's own columns of `local_zohosync_upsert_programs`.

    Raises:
        RecordFaultError: the programme has no name.
    """
    name = form["name"]
    if name is None:
        raise RecordFaultError("NAME_MISSING", "the programme has no name in Zoho")
    return {"name": name, "description": text_of(form, "description")}


def write_back(moodle_id: int, _now: datetime) -> dict[str, Any]:
    """Build what Zoho learns once the category exists."""
    return {"MoodleID": str(moodle_id)}


PROGRAM = Entity(
    name="program",
    module="Products",
    mapping_version=2,
    fields=FIELDS,
    link="MoodleID",
    upsert="upsert_programs",
    row=row,
    write_back=write_back,
)
