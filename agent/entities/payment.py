"""Payments: money that was received, each in a currency of its own."""

from __future__ import annotations

from typing import Any

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, text_of
from agent.entities.fields import Field, shown
from agent.entities.money import line

ACCEPTED = "Accepted"  # SRM_Active; whatever else it says, and if it says nothing, the payment does not count

FIELDS = (
    Field("number", "Name"),
    Field("student", "Student_ID", "reference"),
    Field("registration", "Registration_ID", "reference"),
    Field("currency", "Currency", "currency"),
    Field("amount", "Payment_Amount", "amount"),
    Field("originalcurrency", "SRM_Original_Currency", "currency"),
    Field("originalamount", "SRM_Original_Amount", "amount"),
    Field("paymentdate", "Payment_Date", "date"),
    Field("type", "Payment_Type", "picklist"),
    Field("method", "Payment_Method", "picklist"),
    Field("voucher", "SRM_Voucher_Number"),
    Field("state", "SRM_Active"),
    Field("installmentno", "Installment_No", "integer"),
)
TEXTS = ("number", "currency", "amount", "originalcurrency", "originalamount", "paymentdate", "voucher")


def row(form: Canonical) -> MoodleRow:
    """Build the payment's own columns of `local_zohosync_upsert_payments`."""
    return {
        **{name: text_of(form, name) for name in TEXTS},
        "studentid": text_of(form, "student"),
        "registrationid": text_of(form, "registration"),
        "type": shown(form["type"]),
        "method": shown(form["method"]),
        "accepted": int(form["state"] == ACCEPTED),
        "installmentno": form["installmentno"] or 0,
    }


def lines(_record_id: str, form: Canonical) -> list[dict[str, Any]]:
    """Build the payment's one line of money; `status` tells a void from an accepted one."""
    return [
        line(
            "payment",
            "",
            amount=form["amount"],
            currency=form["currency"],
            student=form["student"],
            registration=form["registration"],
            paid=form["paymentdate"],
            status=form["state"],
            invoice=form["voucher"],
        )
    ]


PAYMENT = Entity(
    name="payment",
    module="BTEC_Payments",
    mapping_version=1,
    fields=FIELDS,
    upsert="upsert_payments",
    row=row,
    lines=lines,
)
