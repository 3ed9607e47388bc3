"""The finance part of a student, of the same record as the student: scholarship, bank, fees, eight instalments."""

from __future__ import annotations

from typing import Any

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, text_of
from agent.entities.fields import Field, shown
from agent.entities.money import line, number

# Zoho's own names of the instalments: amount and date of the first to the eighth.
INSTALLMENTS = (
    ("st_Payment", "st_Payment_Date"),
    ("nd_Payment", "nd_Payment_Date"),
    ("rd_Payment", "rd_Payment_Date"),
    ("th_Payment", "th_Payment_Date"),
    ("th_Payment1", "th_Payment_Date1"),
    ("th_Payment2", "th_Payment_Date2"),
    ("th_Payment3", "th_Payment_Date3"),
    ("th_Payment4", "th_Payment_Date4"),
)
PARTS = ("amount", "duedate", "invoice", "invoicedate")
NUMBERS = range(1, len(INSTALLMENTS) + 1)

FIELDS = (
    Field("currency", "Currency", "currency"),
    Field("scholarship", "Scholarship", "picklist"),
    Field("scholarshipreason", "Reason_of_scholarship"),
    Field("scholarshippercentage", "Scholarship_Percentage", "percentage"),
    Field("transferredcurrency", "Currency_of_transferred_amount", "currency"),
    Field("transferred", "Amount_Transferred", "amount"),
    Field("method", "Payment_Method", "picklist"),
    Field("mode", "Payment_Mode", "picklist"),
    Field("bankname", "Bank_Name"),
    Field("bankholder", "Bank_Holder_Name"),
    Field("registrationfees", "Registration_Fees", "amount"),
    Field("registrationinvoice", "Invoice_Reg_Fees"),
    Field("total", "Total_Amount", "amount"),
    Field("discount", "Discount_Amount", "amount"),
    *(
        field
        for place, (amount, date) in zip(NUMBERS, INSTALLMENTS, strict=True)
        for field in (
            Field(f"amount{place}", amount, "amount"),
            Field(f"duedate{place}", date, "date"),
            Field(f"invoice{place}", f"Invoice_Num_{place}"),
            Field(f"invoicedate{place}", f"Invoice_Date_{place}", "date"),
        )
    ),
)
PICKLISTS = ("scholarship", "method", "mode")
AMOUNTS = ("scholarshippercentage", "transferred", "registrationfees", "total", "discount")
TEXTS = (
    *(
        "currency",
        "scholarshipreason",
        "transferredcurrency",
        "bankname",
        "bankholder",
        "registrationinvoice",
    ),
    *AMOUNTS,
)
COLUMNS = {  # of moodle_finance_info, where a name differs from ours
    "scholarshipreason": "scholarship_reason",
    "scholarshippercentage": "scholarship_percentage",
    "transferredcurrency": "transferred_currency",
    "method": "payment_method",
    "mode": "payment_mode",
    "bankname": "bank_name",
    "bankholder": "bank_holder",
    "registrationfees": "registration_fees",
    "registrationinvoice": "registration_invoice",
}


def row(form: Canonical) -> MoodleRow:
    """Build the student's own columns of `local_zohosync_upsert_finance`."""
    return {
        **{name: text_of(form, name) for name in TEXTS},
        **{name: shown(form[name]) for name in PICKLISTS},
        "installments": [
            {"number": place, **{part: text_of(form, f"{part}{place}") for part in PARTS}}
            for place in _places(form)
        ],
    }


def columns(form: Canonical) -> dict[str, Any]:
    """Build the typed columns of `moodle_finance_info`."""
    values: dict[str, Any] = {name: form[name] for name in TEXTS}
    values |= {name: number(form[name]) for name in AMOUNTS}
    values |= {name: shown(form[name]) or None for name in PICKLISTS}
    return {COLUMNS.get(name, name): value for name, value in values.items()}


def lines(record_id: str, form: Canonical) -> list[dict[str, Any]]:
    """Build the instalments' lines of money; they have the student's currency."""
    return [
        line(
            "installment",
            str(place),
            amount=form[f"amount{place}"],
            currency=form["currency"],
            student=record_id,
            due=form[f"duedate{place}"],
            invoice=form[f"invoice{place}"],
        )
        for place in _places(form)
    ]


def _places(form: Canonical) -> list[int]:
    """Name the instalments of which Zoho says anything, by number."""
    return [place for place in NUMBERS if any(form[f"{part}{place}"] is not None for part in PARTS)]


FINANCE = Entity(
    name="finance",
    module="BTEC_Students",
    mapping_version=1,
    fields=FIELDS,
    upsert="upsert_finance",
    row=row,
    columns=columns,
    lines=lines,
)
