"""What a student owes, in instalments: the finance part of her record. Her registration's schedule says the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agent.sandbox.zoho.college.catalogue import Programme

TRY_PER_USD = 30
REGISTRATION_FEE = 100
DAYS_BETWEEN = 30
BANKS = ("Example Bank", "First Bank of Samples", "Örnek Bankası")
EARLY = "Early registration"
FIELDS = (  # amount and date of the first to the eighth instalment, as the CRM calls them
    ("st_Payment", "st_Payment_Date"),
    ("nd_Payment", "nd_Payment_Date"),
    ("rd_Payment", "rd_Payment_Date"),
    ("th_Payment", "th_Payment_Date"),
    ("th_Payment1", "th_Payment_Date1"),
    ("th_Payment2", "th_Payment_Date2"),
    ("th_Payment3", "th_Payment_Date3"),
    ("th_Payment4", "th_Payment_Date4"),
)


@dataclass(frozen=True)
class Plan:
    """A price in one currency, less `percent` because of `reason`, in `count` instalments from `start` on."""

    currency: str
    price: int
    percent: int
    reason: str | None
    count: int
    start: date

    @property
    def due(self) -> int:
        """What is left of the price, in hundredths."""
        return self.price * (100 - self.percent)

    def instalments(self) -> Iterator[tuple[int, float, date]]:
        """Give number, amount and due date of each; together they are what is due, to the last hundredth."""
        share = self.due // self.count
        for number in range(1, self.count + 1):
            hundredths = share if number < self.count else self.due - share * (self.count - 1)
            yield number, hundredths / 100, self.start + timedelta(days=DAYS_BETWEEN * (number - 1))


def in_currency(dollars: int, currency: str) -> int:
    """Give what something costs in a currency."""
    return dollars * (TRY_PER_USD if currency == "TRY" else 1)


def draw(
    dice: random.Random, programme: Programme, start: date, currency: str, *, scholarship: int, count: int
) -> Plan:
    """Draw a plan: who has no scholarship (`scholarship` is its percentage) may have come early."""
    early = dice.choices((0, 10, 25), (85, 10, 5))[0]
    reason = "Scholarship" if scholarship else EARLY if early else None
    price = in_currency(programme.price, currency)
    return Plan(currency, price, scholarship or early, reason, count, start)


def values(
    dice: random.Random, plan: Plan, number: int, holder: str, method: str, today: date
) -> dict[str, Any]:
    """Give the finance fields of the student's record; what is due already has its invoice."""
    fee = in_currency(REGISTRATION_FEE, plan.currency)
    made: dict[str, Any] = {
        "Payment_Method": method,
        "Payment_Mode": "One Payment" if plan.count == 1 else "Installments",
        "Registration_Fees": fee,
        "Date_of_Registration_Fees": plan.start.isoformat(),
        "Invoice_Reg_Fees": f"RF-{number:05d}",
        "Invoice_Date_Reg_Fees": plan.start.isoformat(),
        "Currency_of_transferred_amount": "TRY" if plan.currency == "TRY" else "$",
        "Discount_Amount": (plan.price * 100 - plan.due) / 100 or None,
    }
    if method == "Bank Transfer":
        made |= {
            "Bank_Name": dice.choice(BANKS),
            "Bank_Holder_Name": holder,
            "Amount_Transferred": fee,
        }
    for (place, amount, due), (amount_field, date_field) in zip(plan.instalments(), FIELDS, strict=False):
        made |= {amount_field: amount, date_field: due.isoformat()}
        if due < today:
            made |= {
                f"Invoice_Num_{place}": f"IN-{number:05d}-{place}",
                f"Invoice_Date_{place}": due.isoformat(),
            }
    return made
