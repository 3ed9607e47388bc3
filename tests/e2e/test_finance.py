"""What a student owes and has paid, on her page: from Zoho, exact, and for her eyes only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.arabic import add_arabic
from tests.e2e.browser import PHONE, SMALLEST, Person, screenshot, section, sideways_scroll
from tests.e2e.college import College, eventually

WITHIN = 20.0  # seconds; the promise is 2, the margin is for a busy machine
FINANCE = "#local-student-dashboard-finance"
PAYMENTS = "#local-student-dashboard-payments"
OURS = ".local-student-dashboard"  # the menu of languages leads to the present address


def registration(college: College) -> dict[str, Any]:
    """Find the registration of the student of the story: Zoho's id and its currency."""
    rows = college.ask(
        "SELECT zohoid, currency FROM mdl_local_zohosync_registration"
        " WHERE studentid = %s AND deleted = 0 ORDER BY id",
        college.people["student"]["zohoid"],
    )
    assert rows, "the story needs a student who is registered"
    return {"id": rows[0][0], "currency": rows[0][1]}


def pay(college: College, **values: Any) -> str:
    """Type a payment into Zoho the way a person there does, and return its record id."""
    known = registration(college)
    made = college.zoho.by_hand(
        "POST",
        "BTEC_Payments",
        {
            "Student_ID": {"id": college.people["student"]["zohoid"]},
            "Registration_ID": {"id": known["id"]},
            "Currency": known["currency"],
            "Payment_Date": "2026-11-20",
            "Payment_Type": "Study Fees",
            "Payment_Method": "Cash",
            "SRM_Active": "Accepted",
            **values,
        },
    )
    return str(made["id"])


@pytest.fixture
def receipt(college: College) -> Iterator[Callable[..., str]]:
    """Payments that are taken out of Zoho again."""
    made: list[str] = []

    def add(**values: Any) -> str:
        made.append(pay(college, **values))
        return made[-1]

    yield add
    for record_id in made:
        college.zoho.by_hand("DELETE", f"BTEC_Payments/{record_id}")


def row(page: Page, voucher: str) -> str:
    """Read the row of the payment with this receipt; empty when there is none."""
    found = page.locator(f"{PAYMENTS} tbody tr", has_text=voucher)
    return " ".join(found.first.inner_text().split()) if found.count() else ""


def test_payment_in_zoho_reaches_the_students_page(
    college: College, student: Person, receipt: Callable[..., str]
) -> None:
    record_id = receipt(Payment_Amount=1234.56, SRM_Voucher_Number="V-E2E-1")

    shown = eventually(
        lambda: row(student.dashboard(tab="payments"), "V-E2E-1") or None, "the payment is shown", WITHIN
    )
    for expected in ("Study fees", "20 November 2026", "Cash", "1,234.56"):
        assert expected in shown
    assert "Void" not in shown

    college.zoho.by_hand("PUT", f"BTEC_Payments/{record_id}", {"SRM_Active": "Void"})
    eventually(
        lambda: "Void" in row(student.dashboard(tab="payments"), "V-E2E-1"),
        "the payment is marked as void",
        WITHIN,
    )


def test_two_currencies_are_never_added(
    college: College, student: Person, receipt: Callable[..., str]
) -> None:
    other = "EUR" if registration(college)["currency"] != "EUR" else "GBP"
    receipt(Payment_Amount=77.07, Currency=other, SRM_Voucher_Number="V-E2E-2")

    eventually(
        lambda: row(student.dashboard(tab="payments"), "V-E2E-2") or None, "the payment is shown", WITHIN
    )

    received = (
        student.dashboard(tab="finance").locator(f"{FINANCE} dt:text-is('Paid') + dd").all_inner_texts()
    )
    alone = [value for value in received if "77.07" in value]
    assert len(alone) == 1, received
    assert len(received) > 1, "an account of its own"


def test_balance_is_shown_only_when_an_administrator_wants_it(college: College, student: Person) -> None:
    words = ("Balance to pay", "Paid too much")
    assert "Net fee" in section(student.dashboard(tab="finance"), "finance")
    assert not any(word in section(student.page, "finance") for word in words)

    def balance() -> bool:
        return any(word in section(student.dashboard(tab="finance"), "finance") for word in words)

    college.command("settings", "set", "student_dashboard.visibility", '{"balance": true}')
    try:
        eventually(balance, "the balance is shown", WITHIN)
    finally:
        college.command("settings", "reset", "student_dashboard.visibility")
    eventually(lambda: not balance(), "the balance is hidden again", WITHIN)


def test_login_as_shows_no_finance_and_raises_no_request(college: College, browser: Browser) -> None:
    admin = Person(browser, college.site.url, "admin", college.passwords["admin"])
    student = college.people["student"]["id"]
    page = admin.dashboard(userid=student, tab="payments")
    assert page.locator(PAYMENTS).count() == 1
    page = admin.dashboard(userid=student, tab="finance")
    assert page.locator(FINANCE).count() == 1
    key = page.evaluate("M.cfg.sesskey")

    admin.visit(f"/course/loginas.php?id=1&user={student}&sesskey={key}")

    for tab in ("finance", "payments"):
        page = admin.dashboard(tab=tab)
        assert page.locator("#local-student-dashboard-overview").count() == 1, (
            "another tab of the student's page"
        )
        assert page.locator(f"{FINANCE}, {PAYMENTS}").count() == 0
        assert page.locator(f"{OURS} a[href*='tab=finance'], {OURS} a[href*='tab=payments']").count() == 0
    page = admin.dashboard(tab="requests")
    assert page.locator("#local-student-dashboard-requests").count() == 1
    assert page.locator("a[href*='/local/student_dashboard/request.php']").count() == 0
    refused = admin.visit("/local/student_dashboard/request.php")
    assert refused.locator("textarea[name=reason]").count() == 0
    admin.leave()


@pytest.mark.parametrize(("tab", "card"), [("finance", FINANCE), ("payments", PAYMENTS)])
def test_pictures_of_finance(college: College, student: Person, tab: str, card: str) -> None:
    page = student.dashboard(tab=tab)
    assert sideways_scroll(page) == 0
    screenshot(page, tab, clip=[card])
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) == 0
    screenshot(page, f"{tab}-phone", clip=[card])
    page.set_viewport_size(SMALLEST)
    assert sideways_scroll(page) == 0


@pytest.mark.parametrize(
    ("tab", "card", "title"), [("finance", FINANCE, "المالية"), ("payments", PAYMENTS, "الدفعات")]
)
def test_finance_in_arabic(college: College, student: Person, tab: str, card: str, title: str) -> None:
    add_arabic(college.site)
    page = student.dashboard(lang="ar", tab=tab)
    assert page.locator(f"{card} h2").inner_text() == title
    screenshot(page, f"{tab}-arabic", clip=[card])
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) == 0
    student.dashboard(lang="en")
