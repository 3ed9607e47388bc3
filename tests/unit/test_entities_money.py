"""Registrations, payments and the finance part of a student: Zoho's record, Moodle's row, the lines of money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agent.entities.base import Entity
from agent.entities.finance import FINANCE, INSTALLMENTS
from agent.entities.payment import PAYMENT
from agent.entities.registration import REGISTRATION
from agent.errors import Action, SyncError
from agent.store.tables import moodle_finance_info, moodle_finance_payments
from agent.sync.plan import Planned, plan_record

LABELS = {"Payment_Method": {"Bank Transfer": "Bank"}}
ID = "5725767000000415009"


def record(entity: Entity, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys([*entity.zoho_fields, *(line.zoho for line in entity.subforms)])
    return empty | {"id": ID, "Modified_Time": "2026-03-01T10:00:00+03:00"} | values


def plan(entity: Entity, **values: Any) -> Planned:
    return plan_record(entity, record(entity, **values), LABELS, None)


def installment(row_id: str, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("Installment_No", "Due_Date", "Installment_Amount", "Installment_Status", "Paid_Date")
    )
    return empty | {"id": row_id} | values


def test_a_registration_becomes_a_row_with_its_schedule_in_order() -> None:
    planned = plan(
        REGISTRATION,
        Name="RG-7",
        Student_ID={"id": "11", "name": "Leyla"},
        Program={"id": "22", "name": "HND Computing"},
        Registration_Status="Active",
        Currency="TRY",
        Program_Price="144000.00",
        Discount_Percentage="10%",
        Remaining_Amount="0.5",
        Payment_Schedule=[
            installment(
                "32", Installment_No=2, Installment_Amount=Decimal("64800.1250"), Due_Date="2026-04-01"
            ),
            installment("33"),
            installment(
                "39",
                Installment_No=1,
                Installment_Amount=64800,
                Installment_Status="Paid",
                Paid_Date="2026-03-01",
            ),
        ],
    )
    row = planned.row
    assert (row["number"], row["studentid"], row["programid"], row["programname"]) == (
        *("RG-7", "11", "22"),
        "HND Computing",
    )
    assert (row["currency"], row["price"], row["discountpercentage"], row["remaining"]) == (
        *("TRY", "144000", "10"),
        "0.5",
    )
    assert row["schedule"] == [
        {
            "zohoid": "39",
            "number": 1,
            "duedate": "",
            "amount": "64800",
            "status": "Paid",
            "paiddate": "2026-03-01",
        },
        {
            "zohoid": "32",
            "number": 2,
            "duedate": "2026-04-01",
            "amount": "64800.125",
            "status": "",
            "paiddate": "",
        },
        {"zohoid": "33", "number": 0, "duedate": "", "amount": "", "status": "", "paiddate": ""},
    ]
    assert REGISTRATION.lines is not None
    one, two, _ = REGISTRATION.lines(ID, planned.form)
    assert (one["line"], one["amount"], one["currency"], one["paid_date"], one["status"]) == (
        *("39", Decimal(64800), "TRY", date(2026, 3, 1)),
        "Paid",
    )
    assert (two["amount"], two["due_date"], two["registration_id"], two["student_id"], two["kind"]) == (
        *(Decimal("64800.125"), date(2026, 4, 1), ID, "11"),
        "schedule",
    )


def test_a_registration_whose_references_are_cleared_is_cleared() -> None:
    row = plan(REGISTRATION, Payment_Schedule=[]).row
    assert {row[name] for name in ("studentid", "programid", "programname", "price", "currency")} == {""}
    assert row["schedule"] == []


@pytest.mark.parametrize(
    ("said", "accepted"),
    [("Accepted", 1), (" Accepted ", 1), ("Void", 0), ("accepted", 0), (None, 0), ("", 0)],
)
def test_only_an_accepted_payment_counts(said: str | None, accepted: int) -> None:
    assert plan(PAYMENT, SRM_Active=said).row["accepted"] == accepted


def test_a_payment_becomes_a_row_and_one_line() -> None:
    planned = plan(
        PAYMENT,
        Name="PY-1",
        Student_ID={"id": "11", "name": "Leyla"},
        Registration_ID={"id": "44", "name": "RG-7"},
        Currency="USD",
        Payment_Amount=Decimal("-120.2500"),
        SRM_Original_Currency="TRY",
        SRM_Original_Amount=Decimal("-3600.25"),
        Payment_Date="2026-03-02",
        Payment_Type="Study Fees",
        Payment_Method="Bank Transfer",
        SRM_Voucher_Number="V1",
        SRM_Active="Void",
        Installment_No=2,
    )
    row = {name: planned.row[name] for name in planned.row if name not in {"changehash", "sourcetime"}}
    assert row == {
        "zohoid": ID,
        "deleted": 0,
        "number": "PY-1",
        "studentid": "11",
        "registrationid": "44",
        "currency": "USD",
        "amount": "-120.25",
        "originalcurrency": "TRY",
        "originalamount": "-3600.25",
        "paymentdate": "2026-03-02",
        "type": "Study Fees",
        "method": "Bank",  # what people see
        "voucher": "V1",
        "accepted": 0,
        "installmentno": 2,
    }
    assert planned.form["method"] == {"stored": "Bank Transfer", "shown": "Bank"}
    assert PAYMENT.lines is not None
    (line,) = PAYMENT.lines(ID, planned.form)
    assert (line["kind"], line["line"], line["amount"], line["currency"]) == (
        *("payment", "", Decimal("-120.25")),
        "USD",
    )
    assert (line["status"], line["registration_id"]) == ("Void", "44")


@pytest.mark.parametrize(
    ("entity", "field", "value"),
    [
        (PAYMENT, "Payment_Amount", "1,200"),
        (PAYMENT, "Currency", "Lira"),
        (PAYMENT, "Installment_No", "first"),
        (PAYMENT, "Payment_Date", "02/03/2026"),
        (REGISTRATION, "Program_Price", "ask the office"),
        (REGISTRATION, "Remaining_Amount", "12.34567"),
        (REGISTRATION, "Payment_Schedule", [installment("1", Installment_Amount="?")]),
        (FINANCE, "st_Payment", "123456789012345"),
        (FINANCE, "Total_Amount", "#ERROR"),
        (FINANCE, "Currency_of_transferred_amount", "€$"),
    ],
)
def test_an_unreadable_value_parks_its_record_and_is_never_nothing(
    entity: Entity, field: str, value: Any
) -> None:
    with pytest.raises(SyncError) as caught:
        plan(entity, **{field: value})
    assert (caught.value.code, caught.value.action) == ("UNREADABLE_VALUE", Action.FAIL_RECORD)


def test_the_eight_instalments_stand_in_their_order_under_irregular_names() -> None:
    values = {amount: Decimal(place) for place, (amount, _) in enumerate(INSTALLMENTS, 1)}
    values |= {day: f"2026-0{place}-01" for place, (_, day) in enumerate(INSTALLMENTS, 1)}
    values |= {f"Invoice_Num_{place}": f"I{place}" for place in range(1, 9)}
    values |= {f"Invoice_Date_{place}": f"2026-0{place}-02" for place in range(1, 9)}
    planned = plan(FINANCE, Currency="EUR", **values)
    assert planned.row["installments"] == [
        {
            "number": place,
            "amount": str(place),
            "duedate": f"2026-0{place}-01",
            "invoice": f"I{place}",
            "invoicedate": f"2026-0{place}-02",
        }
        for place in range(1, 9)
    ]
    names = [amount for amount, _ in INSTALLMENTS]
    assert names[3:5] == ["th_Payment", "th_Payment1"]  # the 4th and the 5th
    assert INSTALLMENTS[-1] == ("th_Payment4", "th_Payment_Date4")
    assert FINANCE.lines is not None
    lines = FINANCE.lines(ID, planned.form)
    assert [(line["line"], line["amount"], line["currency"]) for line in lines] == [
        (str(place), Decimal(place), "EUR") for place in range(1, 9)
    ]
    assert {line["student_id"] for line in lines} == {ID}


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ({}, []),
        ({"th_Payment2": 0}, [6]),  # nothing due is a value, no value is not
        ({"nd_Payment_Date": "2026-03-01", "Invoice_Num_8": "I8"}, [2, 8]),
    ],
)
def test_only_instalments_of_which_something_is_said_are_sent(
    values: dict[str, Any], numbers: list[int]
) -> None:
    assert [one["number"] for one in plan(FINANCE, **values).row["installments"]] == numbers


def test_the_thirteen_fields_of_finance_have_typed_columns() -> None:
    planned = plan(
        FINANCE,
        Currency="USD",
        Scholarship="Partial Scholarship %",
        Reason_of_scholarship="High school results",
        Scholarship_Percentage=Decimal("12.50"),
        Currency_of_transferred_amount="$",
        Amount_Transferred=Decimal("99999999999999.9999"),
        Payment_Method="Bank Transfer",
        Payment_Mode="Installments",
        Bank_Name="First Bank",
        Bank_Holder_Name="O'Kaya",
        Registration_Fees=100,
        Invoice_Reg_Fees="I-1",
        Total_Amount=Decimal("4800.1"),
        Discount_Amount=None,
    )
    assert FINANCE.columns(planned.form) == {
        "currency": "USD",
        "scholarship": "Partial Scholarship %",
        "scholarship_reason": "High school results",
        "scholarship_percentage": Decimal("12.5"),
        "transferred_currency": "USD",
        "transferred": Decimal("99999999999999.9999"),
        "payment_method": "Bank",
        "payment_mode": "Installments",
        "bank_name": "First Bank",
        "bank_holder": "O'Kaya",
        "registration_fees": Decimal(100),
        "registration_invoice": "I-1",
        "total": Decimal("4800.1"),
        "discount": None,
    }
    assert planned.row["transferred"] == "99999999999999.9999"
    assert planned.row["discount"] == ""
    assert FINANCE.columns(planned.form).keys() <= set(moodle_finance_info.c.keys())


def test_finance_and_student_never_ask_for_more_fields_than_a_list_takes() -> None:
    assert len(FINANCE.zoho_fields) <= 50
    assert "Payment_Schedule" not in REGISTRATION.zoho_fields  # a list would not carry it
    assert [line.zoho for line in REGISTRATION.subforms] == ["Payment_Schedule"]


@pytest.mark.parametrize("entity", [FINANCE, REGISTRATION, PAYMENT])
def test_lines_are_rows_of_their_table(entity: Entity) -> None:
    planned = plan(
        entity, **({"Payment_Schedule": [installment("1")]} if entity is REGISTRATION else {"st_Payment": 1})
    )
    assert entity.lines is not None
    for line in entity.lines(ID, planned.form):
        assert {"entity", "record_id", *line} == set(moodle_finance_payments.c.keys()) - {"written_at"}
