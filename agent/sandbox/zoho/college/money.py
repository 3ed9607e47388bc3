"""Registrations with their schedules, payments, and students' requests."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from agent.sandbox.zoho.college.catalogue import Programme

TRY_PER_USD = 30
_REQUESTS = ("Enroll Next Semester", "Class Drop", "Late Submission", "Student Card", "Change Information")


def registration(
    dice: random.Random, student: dict[str, Any], programme: Programme, ids: tuple[str, str], today: date
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give a registration's values (amounts are text, as in the CRM) and its schedule's rows."""
    currency = student["Currency"]
    price = programme.price * (TRY_PER_USD if currency == "TRY" else 1)
    discount = dice.choices((0, 10, 25), (85, 10, 5))[0]
    due = round(price * (100 - discount) / 100, 2)
    start = date.fromisoformat(student["Registration_Date"])
    rows = _schedule(dice, due, start, today)
    paid = sum(row["Installment_Amount"] for row in rows if row["Installment_Status"] == "Paid")
    values = {
        "Student_ID": ids[0],
        "Program": ids[1],
        "First_Name": student["First_Name"],
        "Last_Name": student["Last_Name"],
        "Registration_Date": start.isoformat(),
        "Registration_Status": _REGISTRATION_STATUS.get(student["Status"], "Active"),
        "Currency": currency,
        "Program_Price": f"{price}",
        "Discount": bool(discount),
        "Discount_Percentage": f"{discount}" if discount else None,
        "Discount_Reason": "Early registration" if discount else None,
        "Remaining_Amount": f"{due - paid:.2f}",
        "Study_Mode": student["Study_Mode"],
        "Study_Language": student["Study_Language"],
        "Intake": student["Intake"],
    }
    return values, rows


_REGISTRATION_STATUS = {
    "Freezed": "Freeze",
    "Withdraw": "Withdraw",
    "Graduated": "Graduated",
    "Pending": "New",
}


def _schedule(dice: random.Random, due: float, start: date, today: date) -> list[dict[str, Any]]:
    count = dice.choice((1, 2, 4, 8))
    share = round(due / count, 2)
    rows = []
    for number in range(1, count + 1):
        when = start + timedelta(days=30 * (number - 1))
        amount = share if number < count else round(due - share * (count - 1), 2)
        paid = when < today and dice.random() < 0.85
        rows.append(
            {
                "Installment_No": number,
                "Due_Date": when.isoformat(),
                "Installment_Amount": amount,
                "Installment_Status": "Paid" if paid else "Pending",
                "Paid_Date": when.isoformat() if paid else None,
            }
        )
    return rows


def payments(
    dice: random.Random, values: dict[str, Any], rows: list[dict[str, Any]], ids: tuple[str, str]
) -> list[dict[str, Any]]:
    """Give the payments of a registration: tuition as scheduled, and fees that are no tuition."""
    fee = 100 * (TRY_PER_USD if values["Currency"] == "TRY" else 1)
    made = [_payment(values, ids, "Registration Fees", fee, values["Registration_Date"])]
    for row in rows:
        if row["Installment_Status"] == "Paid":
            tuition = _payment(values, ids, "Study Fees", row["Installment_Amount"], row["Paid_Date"])
            made.append({**tuition, "Installment_No": row["Installment_No"]})
    if dice.random() < 0.12:
        kind = dice.choice(("Books Fees", "Certificate Fees", "Assignment Remark Fees"))
        made.append(_payment(values, ids, kind, 50, values["Registration_Date"]))
    if dice.random() < 0.02:  # a payment that was taken back
        made.append(
            {**_payment(values, ids, "Study Fees", 75, values["Registration_Date"]), "SRM_Active": "Void"}
        )
    if dice.random() < 0.03:  # paid in the other currency
        other = "USD" if values["Currency"] == "TRY" else "TRY"
        made.append(
            {**_payment(values, ids, "Study Fees", 120, values["Registration_Date"]), "Currency": other}
        )
    for payment in made:
        payment["Payment_Method"] = dice.choice(("Cash", "Bank Transfer"))
        payment["SRM_Voucher_Number"] = f"V{dice.randint(100000, 999999)}"
    return made


def _payment(
    values: dict[str, Any], ids: tuple[str, str], kind: str, amount: float, when: str
) -> dict[str, Any]:
    return {
        "Student_ID": ids[0],
        "Registration_ID": ids[1],
        "Currency": values["Currency"],
        "Payment_Amount": amount,
        "SRM_Original_Amount": amount,
        "SRM_Original_Currency": values["Currency"],
        "Payment_Date": when,
        "Payment_Type": kind,
        "SRM_Active": "Accepted",
    }


def request_values(
    dice: random.Random, student: dict[str, Any], student_id: str, number: int, now: datetime
) -> dict[str, Any]:
    """Give a student's request."""
    kind = dice.choice(_REQUESTS)
    return {
        "Name": f"{kind} {number}",
        "Student": student_id,
        "Academic_Email": student.get("Academic_Email"),
        "Request_Type": kind,
        "Status": dice.choice(("Pending", "Approved", "Rejected", "Completed")),
        "Reason": "Please consider my request. 🙏",
        "Request_Date": now - timedelta(days=dice.randint(0, 60), hours=dice.randint(0, 23)),
    }
