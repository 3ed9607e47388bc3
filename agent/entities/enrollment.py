"""Enrollments: a student in a class; in Moodle a manual enrolment with dates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, RecordFaultError, text_of, zoho_time
from agent.entities.fields import Field, shown

FIELDS = (
    Field("student", "Enrolled_Students", "reference"),  # a single lookup in spite of the plural
    Field("class", "Classes", "reference"),
    Field("startdate", "Start_Date", "date"),
    Field("enddate", "End_Date", "date"),
    Field("type", "Enrollment_Type", "picklist"),
)


@dataclass(frozen=True)
class EnrollmentPolicy:
    """What the settings say about enrolments: the role's shortname, and suspend | unenrol | keep at the end."""

    role: str = "student"
    withdrawal: str = "suspend"

    def digestible(self) -> dict[str, Any]:
        """Give all of it as JSON."""
        return asdict(self)


def row(form: Canonical, policy: EnrollmentPolicy = EnrollmentPolicy()) -> MoodleRow:
    """Build the enrollment's own columns of `local_zohosync_upsert_enrolments`.

    Raises:
        RecordFaultError: student or class is not named.
    """
    if form["student"] is None or form["class"] is None:
        raise RecordFaultError("REFERENCE_MISSING", "the enrollment names no student or no class")
    return {
        "studentid": form["student"],
        "classid": form["class"],
        "startdate": text_of(form, "startdate"),
        "enddate": text_of(form, "enddate"),
        "enrollmenttype": shown(form["type"]),
        "role": policy.role,
        "withdrawal": policy.withdrawal,
    }


def depends(form: Canonical) -> list[str]:
    """Name what must be in Moodle first."""
    keys = []
    if form["student"] is not None:
        keys.append(f"student:{form['student']}")
    if form["class"] is not None:
        keys.append(f"class:{form['class']}")
    return keys


def write_back(moodle_id: int, now: datetime) -> dict[str, Any]:
    """Build what Zoho learns once the enrolment exists: the course it is in."""
    return {"Moodle_Course_ID": str(moodle_id), "Synced_to_Moodle": True, "Last_Sync_Date": zoho_time(now)}


ENROLLMENT = Entity(
    name="enrollment",
    module="BTEC_Enrollments",
    mapping_version=1,
    fields=FIELDS,
    link="Moodle_Course_ID",
    upsert="upsert_enrolments",
    row=row,
    write_back=write_back,
    depends=depends,
    after=("student", "class"),
)
