"""Students: Zoho owns the person; Moodle gets an account and a profile; Moodle's id goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.canonical import Canonical
from agent.entities.account import address, name_part, username
from agent.entities.base import Entity, MoodleRow, RecordFaultError, text_of, zoho_time
from agent.entities.fields import Field, shown

FIELDS = (
    Field("studentnumber", "Name"),
    Field("firstname", "First_Name"),
    Field("lastname", "Last_Name"),
    Field("firstnamenative", "Frist_Name_Native"),  # Zoho's own spelling
    Field("lastnamenative", "Last_Name_Native"),
    Field("displayname", "Display_Name"),
    Field("academicemail", "Academic_Email", "email"),
    Field("email", "Email", "email"),
    Field("phone", "Phone_Number"),
    Field("birthdate", "Birth_Date", "date"),
    Field("gender", "Gender", "picklist"),
    Field("nationality", "Nationality", "picklist"),
    Field("city", "City"),
    Field("country", "Country", "picklist"),
    Field("address", "Address"),
    Field("status", "Status", "picklist"),
    Field("academicprogram", "Academic_Program", "picklist"),
    Field("major", "Major", "picklist"),
    Field("submajor", "Sub_Major", "picklist"),
    Field("award", "Desired_Award", "picklist"),
    Field("studymode", "Study_Mode", "picklist"),
    Field("studylanguage", "Study_Language", "picklist"),
    Field("intake", "Intake"),
    Field("registrationdate", "Registration_Date", "date"),
    Field("btecnumber", "BTEC_Registration_Number"),
)
PICKLISTS = tuple(field.name for field in FIELDS if field.kind == "picklist")
TEXTS = (
    *("studentnumber", "displayname", "firstnamenative", "lastnamenative", "phone", "birthdate"),
    *("city", "address", "intake", "registrationdate", "btecnumber"),
)


def row(form: Canonical) -> MoodleRow:
    """Build the student's own columns of `local_zohosync_upsert_students`.

    Raises:
        RecordFaultError: Moodle needs an e-mail address, a first and a last name.
    """
    email = address(form["academicemail"], form["email"])
    first = form["firstname"] or form["firstnamenative"]
    last = form["lastname"] or form["lastnamenative"]
    if first is None or last is None:
        raise RecordFaultError("NAME_MISSING", "Zoho has no first or no last name, Moodle needs both")
    return {
        "suspended": 0,
        "username": username(form["academicemail"], form["email"], form["studentnumber"]),
        "email": email,
        "firstname": name_part(first),
        "lastname": name_part(last),
        **{name: text_of(form, name) for name in TEXTS},
        **{name: shown(form[name]) for name in PICKLISTS},
    }


def write_back(moodle_id: int, now: datetime) -> dict[str, Any]:
    """Build what Zoho learns once the account exists."""
    return {"Student_Moodle_ID": str(moodle_id), "Synced_to_Moodle": True, "Last_Sync_Date": zoho_time(now)}


STUDENT = Entity(
    name="student",
    module="BTEC_Students",
    mapping_version=1,
    fields=FIELDS,
    link="Student_Moodle_ID",
    upsert="upsert_students",
    row=row,
    write_back=write_back,
)
