"""Units: name, code, level and the texts of their criteria, which Moodle's plugin keeps for pages and grading."""

from __future__ import annotations

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, RecordFaultError, text_of
from agent.entities.fields import Field, shown

# Criteria as they are taught and shown: all passes, then merits, then distinctions.
CRITERIA = tuple(
    f"{letter}{number}" for letter, count in (("P", 10), ("M", 9), ("D", 6)) for number in range(1, count + 1)
)
TEXTS = ("code", "number", "credit")

FIELDS = (
    Field("name", "Name"),
    Field("code", "Unit_Code"),
    Field("number", "Unit_Number"),
    Field("level", "Unit_Level", "picklist"),
    Field("major", "Unit_Major", "picklist"),
    Field("credit", "Unit_Credit"),
    Field("program", "Program", "reference"),
    *(Field(criterion.lower(), f"{criterion}_description") for criterion in CRITERIA),
)


def row(form: Canonical) -> MoodleRow:
    """Build the unit's own columns of `local_zohosync_upsert_units`; a criterion without a text is none.

    Raises:
        RecordFaultError: the unit has no name.
    """
    if form["name"] is None:
        raise RecordFaultError("NAME_MISSING", "the unit has no name in Zoho")
    return {
        "name": form["name"],
        **{name: text_of(form, name) for name in TEXTS},
        "level": shown(form["level"]),
        "major": shown(form["major"]),
        "programid": text_of(form, "program"),
        "criteria": [
            {"shortname": criterion, "description": form[criterion.lower()]}
            for criterion in CRITERIA
            if form[criterion.lower()] is not None
        ],
    }


UNIT = Entity(
    name="unit",
    module="BTEC",
    mapping_version=1,
    fields=FIELDS,
    upsert="upsert_units",
    row=row,
)
