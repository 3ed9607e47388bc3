"""Whole rows for the functions of local_zohosync."""

from __future__ import annotations

import hashlib
from typing import Any

from agent.sandbox.moodle.parameters import (
    COURSE,
    ENROLMENT,
    FINANCE,
    PAYMENT,
    PROGRAM,
    REGISTRATION,
    REQUEST,
    RESULT,
    STUDENT,
    TEACHER,
    UNIT,
    Fields,
    Lines,
)

Row = dict[str, Any]
ZOHO_ID = "5725767000000415001"
CLASS_ID = "5725767000000515001"
PROGRAM_ID = "5725767000000715001"
TEACHER_ID = "5725767000000815001"
ENROLLMENT_ID = "5725767000000615001"
REGISTRATION_ID = "5725767000000915001"
KEPT_IDS = {
    "unit": "5725767000001015001",
    "registration": REGISTRATION_ID,
    "payment": "5725767000001115001",
    "finance": ZOHO_ID,
    "result": "5725767000001215001",
    "request": "5725767000001315001",
}
_KEPT: dict[str, tuple[Fields, dict[str, Any]]] = {
    "unit": (
        UNIT,
        {
            "name": "Programming",
            "programid": PROGRAM_ID,
            "criteria": [
                {"shortname": "P1", "description": "x" * 3000},
                {"shortname": "M1", "description": "اشرح"},
            ],
        },
    ),
    "registration": (
        REGISTRATION,
        {
            "number": "REG-1",
            "studentid": ZOHO_ID,
            "programid": PROGRAM_ID,
            "currency": "JOD",
            "price": "2400",
            "discountpercentage": "12.5",
            "remaining": "-0.5000",
            "schedule": [
                {
                    "zohoid": "5725767000001415001",
                    "number": 1,
                    "duedate": "2026-10-01",
                    "amount": "1200.250",
                    "status": "Paid",
                    "paiddate": "2026-10-02",
                }
            ],
        },
    ),
    "payment": (
        PAYMENT,
        {
            "number": "PAY-1",
            "studentid": ZOHO_ID,
            "registrationid": REGISTRATION_ID,
            "accepted": 1,
            "amount": "1200",
            "currency": "JOD",
            "originalamount": "1692.4",
            "originalcurrency": "USD",
        },
    ),
    "finance": (
        FINANCE,
        {
            "currency": "JOD",
            "total": "2400",
            "installments": [
                {"number": 8, "amount": "300", "duedate": "2026-10-01", "invoice": "7", "invoicedate": ""}
            ],
        },
    ),
    "result": (RESULT, {"studentid": ZOHO_ID, "classid": CLASS_ID, "letter": "P", "attempt": 1}),
    "request": (REQUEST, {"studentid": ZOHO_ID, "type": "Student Card", "status": "Pending"}),
}


def row(fields: Fields, values: dict[str, Any]) -> Row:
    """A whole row: what is not given is empty; the hash follows from the values."""
    empty: Row = {
        name: [] if isinstance(kind, Lines) else "" if kind is str else 0 for name, kind in fields.items()
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


def kept(entity: str, **values: Any) -> Row:
    """A row of an entity that has no counterpart of its own in Moodle."""
    fields, given = _KEPT[entity]
    return row(fields, {"zohoid": KEPT_IDS[entity], **given, **values})
