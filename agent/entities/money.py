"""What the entities with amounts share: lines of `moodle_finance_payments`, exact and typed. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def number(plain: str | None) -> Decimal | None:
    """Read a canonical amount; it was a decimal text all along and stays exact."""
    return None if plain is None else Decimal(plain)


def day(plain: str | None) -> date | None:
    """Read a canonical date."""
    return None if plain is None else date.fromisoformat(plain)


def line(
    kind: str,
    place: str,
    *,
    amount: str | None,
    currency: str | None,
    student: str | None,
    registration: str | None = None,
    due: str | None = None,
    paid: str | None = None,
    status: str | None = None,
    invoice: str | None = None,
) -> dict[str, Any]:
    """Build one line.

    Args:
        kind: installment | schedule | payment.
        place: which line of its record: the instalment's number, the id of the schedule's row, or empty.
        amount: canonical.
        currency: of this line; lines are never added up across currencies.
        student: Zoho's id.
        registration: Zoho's id.
        due: canonical date.
        paid: canonical date.
        status: as Zoho has it.
        invoice: as Zoho has it.
    """
    return {
        "line": place,
        "student_id": student,
        "registration_id": registration,
        "kind": kind,
        "amount": number(amount),
        "currency": currency,
        "due_date": day(due),
        "paid_date": day(paid),
        "status": status,
        "invoice": invoice,
    }
