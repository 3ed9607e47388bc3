"""Classes: one delivery of a unit in Zoho, a course in Moodle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, RecordFaultError, text_of
from agent.entities.fields import Field, shown

ACTIVE, END = "Active", "End"  # Class_Status as stored

FIELDS = (
    Field("name", "Class_Name"),
    Field("shortname", "Class_Short_Name"),
    Field("number", "Name"),
    Field("status", "Class_Status", "picklist"),
    Field("startdate", "Start_Date", "date"),
    Field("enddate", "End_Date", "date"),
    Field("unit", "Unit", "lookup"),
    Field("program", "BTEC_Program", "lookup"),
    Field("teacher", "Teacher", "reference"),
    # The timetable: the fields named after hours hold the days (labels "Day (1)" and "Day (2)").
    Field("day1", "Start_Hour"),
    Field("hours1", "Hours_1"),
    Field("day2", "End_Hour"),
    Field("hours2", "Hours_2"),
    Field("classroom", "Classroom"),
    Field("studymode", "Class_Study_Mode", "picklist"),
    Field("term", "Term", "picklist"),
    Field("year", "Year"),
)
TIMETABLE = ("day1", "hours1", "day2", "hours2", "classroom", "year")


@dataclass(frozen=True)
class Staff:
    """An account that every class has in Moodle, or every class of programmes with this major."""

    user: str
    role: str
    major: str | None = None


@dataclass(frozen=True)
class ClassPolicy:
    """What the settings say about courses.

    Attributes:
        teacher_role: shortname of the class teacher's role.
        hide_at_end: whether the course of a class that is over is hidden.
        staff: who is in every class.
        majors: Zoho's id of a programme -> its major as stored.
    """

    teacher_role: str = "editingteacher"
    hide_at_end: bool = False
    staff: tuple[Staff, ...] = ()
    majors: Mapping[str, str | None] = field(default_factory=dict)

    def digestible(self) -> dict[str, Any]:
        """Give all of it as JSON."""
        return asdict(self)


def row(form: Canonical, policy: ClassPolicy = ClassPolicy()) -> MoodleRow:
    """Build the class's own columns of `local_zohosync_upsert_courses`.

    Only an Active class may make a course; any other is mirrored, and updated when it is linked.

    Raises:
        RecordFaultError: the class has no name.
    """
    fullname = form["name"]
    if fullname is None:
        raise RecordFaultError("NAME_MISSING", "the class has no name in Zoho")
    unit, program = form["unit"] or {}, form["program"] or {}
    status = (form["status"] or {}).get("stored")
    major = policy.majors.get(text_of(program, "id"))
    return {
        "fullname": fullname,
        "shortname": form["shortname"] or form["number"] or fullname,
        "startdate": text_of(form, "startdate"),
        "enddate": text_of(form, "enddate"),
        "unitname": text_of(unit, "name"),
        "programname": text_of(program, "name"),
        "status": shown(form["status"]),
        "create": int(status == ACTIVE),
        "programid": text_of(program, "id"),
        "unitid": text_of(unit, "id"),
        "teacherid": text_of(form, "teacher"),  # absent from what was agreed before mapping 2
        "teacherrole": policy.teacher_role,
        "hide": int(policy.hide_at_end and status == END),
        **{name: text_of(form, name) for name in TIMETABLE},  # absent from what was agreed before mapping 3
        "studymode": shown(form.get("studymode")),
        "term": shown(form.get("term")),
        "staff": [{"user": one.user, "role": one.role} for one in policy.staff if one.major in (None, major)],
    }


def write_back(moodle_id: int, _now: datetime) -> dict[str, Any]:
    """Build what Zoho learns once the course exists."""
    return {"Moodle_Class_ID": str(moodle_id)}


CLASS = Entity(
    name="class",
    module="BTEC_Classes",
    mapping_version=3,
    fields=FIELDS,
    link="Moodle_Class_ID",
    upsert="upsert_courses",
    row=row,
    write_back=write_back,
    after=("program", "teacher"),
)
