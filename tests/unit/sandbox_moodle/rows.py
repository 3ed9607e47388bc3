"""Whole rows for the functions of local_zohosync."""

from __future__ import annotations

import hashlib
from typing import Any

from agent.sandbox.moodle.parameters import COURSE, ENROLMENT, PROGRAM, STUDENT, TEACHER, Fields, Lines

Row = dict[str, Any]
ZOHO_ID = "5725767000000415001"
CLASS_ID = "5725767000000515001"
PROGRAM_ID = "5725767000000715001"
TEACHER_ID = "5725767000000815001"
ENROLLMENT_ID = "5725767000000615001"


def row(fields: Fields, values: dict[str, Any]) -> Row:
    """A whole row: what is not given is empty; the hash follows from the values."""
    empty: Row = {
        name: [] if isinstance(kind, Lines) else 0 if kind is int else "" for name, kind in fields.items()
    }
    content = repr(sorted((name, value) for name, value in values.items() if name != "sourcetime"))
    digest = hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()
    return {**empty, "sourcetime": 1000, "changehash": digest, **values}


def student(number: int = 0, **values: Any) -> Row:
    return row(
        STUDENT,
        {
            "zohoid": str(int(ZOHO_ID) + number),
            "username": f"student{number}",
            "email": f"student{number}@example.org",
            "firstname": "نور",
            "lastname": "O'Brien 🎓",
            **values,
        },
    )


def course(**values: Any) -> Row:
    given = {"zohoid": CLASS_ID, "fullname": "Unit 1 A", "shortname": "U1A", "create": 1}
    return row(COURSE, {**given, "teacherrole": "editingteacher", **values})


def enrolment(**values: Any) -> Row:
    given = {"zohoid": ENROLLMENT_ID, "studentid": ZOHO_ID, "classid": CLASS_ID}
    return row(ENROLMENT, {**given, "role": "student", "withdrawal": "suspend", **values})


def program(**values: Any) -> Row:
    return row(PROGRAM, {"zohoid": PROGRAM_ID, "name": "HND Computing", "description": "Two years", **values})


def teacher(number: int = 0, **values: Any) -> Row:
    return row(
        TEACHER,
        {
            "zohoid": str(int(TEACHER_ID) + number),
            "username": f"teacher{number}",
            "email": f"teacher{number}@example.org",
            "firstname": "Tala",
            "lastname": "Öz",
            **values,
        },
    )
