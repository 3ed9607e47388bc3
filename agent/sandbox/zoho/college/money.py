"""Registrations with their schedules, payments, and students' requests."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from agent.sandbox.zoho.college.finance import REGISTRATION_FEE, Plan, in_currency

_REQUESTS = ("Enroll Next Semester", "Class Drop", "Late Submission", "Student Card", "Change Information")
_FEES = {"Late Submission": 25, "Student Card": 10}
WITHOUT_SCHEDULE = 0.03
WITHOUT_REGISTRATION = 0.02
VOID = 0.02
OTHER_CURRENCY = 0.03
UNREADABLE: dict[int, dict[str, str]] = {
    3: {"Program_Price": "on request"},
    23: {"Remaining_Amount": "1.200,50 $"},
}
"""By `number % 40` of the student: amounts that people typed and nobody can read."""


def registration(
    dice: random.Random, student: dict[str, Any], plan: Plan, ids: tuple[str, str], today: date
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give a registration's values (amounts are text, as in the CRM) and its schedule's rows; a few have none."""
    rows = _schedule(dice, plan, today)
    paid = sum(round(row["Installment_Amount"] * 100) for row in rows if row["Installment_Status"] == "Paid")
    values = {
        "Student_ID": ids[0],
        "Program": ids[1],
        "First_Name": student["First_Name"],
        "Last_Name": student["Last_Name"],
        "Registration_Date": plan.start.isoformat(),
        "Registration_Status": _REGISTRATION_STATUS.get(student["Status"], "Active"),
        "Currency": plan.currency,
        "Program_Price": f"{plan.price}",
        "Discount": bool(plan.percent),
        "Discount_Percentage": f"{plan.percent}" if plan.percent else None,
        "Discount_Reason": plan.reason,
        "Remaining_Amount": f"{(plan.due - paid) / 100:.2f}",
        "Study_Mode": student["Study_Mode"],
        "Study_Language": student["Study_Language"],
        "Intake": student["Intake"],
    }
    return values, [] if dice.random() < WITHOUT_SCHEDULE else rows


_REGISTRATION_STATUS = {
    "Freezed": "Freeze",
    "Withdraw": "Withdraw",
    "Graduated": "Graduated",
    "Pending": "New",
}


def _schedule(dice: random.Random, plan: Plan, today: date) -> list[dict[str, Any]]:
    rows = []
    for number, amount, due in plan.instalments():
        paid = due < today and dice.random() < 0.85
        rows.append(
            {
                "Installment_No": number,
                "Due_Date": due.isoformat(),
                "Installment_Amount": amount,
                "Installment_Status": "Paid" if paid else "Pending",
                "Paid_Date": due.isoformat() if paid else None,
            }
        )
    return rows


def payments(
    dice: random.Random, values: dict[str, Any], rows: list[dict[str, Any]], ids: tuple[str, str]
) -> list[dict[str, Any]]:
    """Give the payments of a registration: tuition as scheduled, fees that are no tuition, and what happens."""
    currency, start = values["Currency"], values["Registration_Date"]
    made = [_payment(ids, currency, "Registration Fees", in_currency(REGISTRATION_FEE, currency), start)]
    for row in rows:
        if row["Installment_Status"] == "Paid":
            tuition = _payment(ids, currency, "Study Fees", row["Installment_Amount"], row["Paid_Date"])
            made.append({**tuition, "Installment_No": row["Installment_No"]})
    if dice.random() < 0.12:
        kind = dice.choice(("Books Fees", "Certificate Fees", "Assignment Remark Fees"))
        made.append(_payment(ids, currency, kind, 50, start))
    if dice.random() < VOID:  # a payment that was taken back
        made.append({**_payment(ids, currency, "Study Fees", 75, start), "SRM_Active": "Void"})
    if dice.random() < OTHER_CURRENCY:
        other = "USD" if currency == "TRY" else "TRY"
        worth = {"SRM_Original_Amount": in_currency(120, currency), "SRM_Original_Currency": currency}
        made.append({**_payment(ids, other, "Study Fees", in_currency(120, other), start), **worth})
    if dice.random() < WITHOUT_REGISTRATION:
        made.append({**_payment(ids, currency, "Books Fees", 20, start), "Registration_ID": None})
    for payment in made:
        payment["Payment_Method"] = dice.choice(("Cash", "Bank Transfer"))
        payment["SRM_Voucher_Number"] = f"V{dice.randint(100000, 999999)}"
    return made


def _payment(ids: tuple[str, str], currency: str, kind: str, amount: float, when: str) -> dict[str, Any]:
    return {
        "Student_ID": ids[0],
        "Registration_ID": ids[1],
        "Currency": currency,
        "Payment_Amount": amount,
        "SRM_Original_Amount": amount,
        "SRM_Original_Currency": currency,
        "Payment_Date": when,
        "Payment_Type": kind,
        "SRM_Active": "Accepted",
    }


def request_values(
    dice: random.Random, student: dict[str, Any], student_id: str, number: int, now: datetime
) -> dict[str, Any]:
    """Give a student's request."""
    kind = dice.choice(_REQUESTS)
    fees = _FEES.get(kind)
    return {
        "Name": f"{kind} {number}",
        "Student": student_id,
        "Academic_Email": student.get("Academic_Email"),
        "Request_Type": kind,
        "Fees_Amount": in_currency(fees, student["Currency"]) if fees else None,
        "Currency": student["Currency"] if fees else None,
        "Status": dice.choice(("Pending", "Approved", "Rejected", "Completed")),
        "Reason": "Please consider my request. 🙏",
        "Request_Date": now - timedelta(days=dice.randint(0, 60), hours=dice.randint(0, 23)),
    }
