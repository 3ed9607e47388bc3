"""Registrations: a student in a programme, its price, and the schedule of what is due when."""

from __future__ import annotations

from typing import Any

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, text_of
from agent.entities.fields import Field, shown
from agent.entities.money import line

SCHEDULE = (
    Field("number", "Installment_No", "integer"),
    Field("duedate", "Due_Date", "date"),
    Field("amount", "Installment_Amount", "amount"),
    Field("status", "Installment_Status"),
    Field("paiddate", "Paid_Date", "date"),
)
FIELDS = (
    Field("number", "Name"),
    Field("student", "Student_ID", "reference"),
    Field("program", "Program", "lookup"),
    Field("registrationdate", "Registration_Date", "date"),
    Field("status", "Registration_Status", "picklist"),
    Field("currency", "Currency", "currency"),
    Field("price", "Program_Price", "amount"),
    Field("discountpercentage", "Discount_Percentage", "percentage"),
    Field("discountreason", "Discount_Reason"),
    Field("remaining", "Remaining_Amount", "amount"),
    Field("studymode", "Study_Mode", "picklist"),
    Field("studylanguage", "Study_Language", "picklist"),
    Field("intake", "Intake"),
    Field("schedule", "Payment_Schedule", "rows", rows=SCHEDULE),
)
TEXTS = (
    "number",
    "registrationdate",
    "currency",
    "price",
    "discountpercentage",
    "discountreason",
    "remaining",
    "intake",
)
PICKLISTS = ("status", "studymode", "studylanguage")


def row(form: Canonical) -> MoodleRow:
    """Build the registration's own columns of `local_zohosync_upsert_registrations`."""
    program = form["program"] or {}
    return {
        **{name: text_of(form, name) for name in TEXTS},
        **{name: shown(form[name]) for name in PICKLISTS},
        "studentid": text_of(form, "student"),
        "programid": text_of(program, "id"),
        "programname": text_of(program, "name"),
        "schedule": [
            {
                "zohoid": part["id"],
                "number": part["number"] or 0,
                **{name: text_of(part, name) for name in ("duedate", "amount", "status", "paiddate")},
            }
            for part in _in_order(form)
        ],
    }


def lines(record_id: str, form: Canonical) -> list[dict[str, Any]]:
    """Build the schedule's lines of money; its rows have the registration's currency."""
    return [
        line(
            "schedule",
            part["id"],
            amount=part["amount"],
            currency=form["currency"],
            student=form["student"],
            registration=record_id,
            due=part["duedate"],
            paid=part["paiddate"],
            status=part["status"],
        )
        for part in _in_order(form)
    ]


def _in_order(form: Canonical) -> list[Canonical]:
    """Give the schedule's rows by their number; those without one come last."""
    parts: list[Canonical] = form["schedule"] or []
    return sorted(parts, key=lambda part: (part["number"] is None, part["number"] or 0, part["id"]))


REGISTRATION = Entity(
    name="registration",
    module="BTEC_Registrations",
    mapping_version=1,
    fields=FIELDS,
    upsert="upsert_registrations",
    row=row,
    lines=lines,
)
