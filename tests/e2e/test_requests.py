"""A student asks the college for something in Moodle, Zoho gets it once, and the answer comes back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.e2e.arabic import add_arabic
from tests.e2e.browser import PHONE, SMALLEST, Person, screenshot, sideways_scroll
from tests.e2e.college import College, eventually

WITHIN = 20.0  # seconds; the promise is 2, the margin is for a busy machine
FORM = "/local/student_dashboard/request.php"
CARD = "#local-student-dashboard-requests"

# What a double click does, without the page's own script, which would swallow the second one.
SEND_TWICE = """async () => {
    const form = document.querySelector('form.mform');
    const body = new URLSearchParams(new FormData(form));
    body.set('submitbutton', '1');
    const send = () => fetch(form.action, {method: 'POST', body});
    return (await Promise.all([send(), send()])).map(answer => answer.status);
}"""


def fill_in(page: Page, kind: str, reason: str) -> None:
    """Fill in the form, without sending it."""
    page.select_option("select[name=type]", label=kind)
    page.fill("textarea[name=reason]", reason)


def row(page: Page, reason: str) -> str:
    """Read the row of the request with this reason; empty when there is none."""
    found = page.locator(f"{CARD} tbody tr", has_text=reason)
    return " ".join(found.first.inner_text().split()) if found.count() else ""


def in_zoho(college: College, reason: str) -> list[dict[str, Any]]:
    """List Zoho's requests with this reason."""
    listed = college.zoho.by_hand("GET", "BTEC_Student_Requests")["records"]
    raised = [each for each in listed if each["name"].startswith("Moodle request")]
    records = [college.zoho.by_hand("GET", f"BTEC_Student_Requests/{each['id']}") for each in raised]
    return [record for record in records if record["Reason"] == reason]


def test_request_goes_to_zoho_and_its_answer_comes_back(college: College, student: Person) -> None:
    reason = "I work in the mornings: أعمل صباحاً <b>&</b> 🙂"
    page = student.dashboard(tab="requests")
    page.locator(CARD).get_by_role("link", name="New request").click()
    page.wait_for_url(f"**{FORM}")
    fill_in(page, "Drop a class", reason)
    page.click("#id_submitbutton")
    page.wait_for_url("**/local/student_dashboard/index.php*")

    assert "has been sent to the college" in page.inner_text("#page")
    shown = row(page, reason)
    assert "Drop a class" in shown
    assert "Pending" in shown

    eventually(lambda: in_zoho(college, reason) or None, "Zoho has the request", WITHIN)
    (record,) = in_zoho(college, reason)
    assert record["Request_Type"] == "Class Drop"
    college.zoho.by_hand("PUT", f"BTEC_Student_Requests/{record['id']}", {"Status": "Approved"})

    answered = "The college has agreed."
    eventually(
        lambda: answered in row(student.dashboard(tab="requests"), reason), "the answer is shown", WITHIN
    )
    assert len(in_zoho(college, reason)) == 1


def test_double_click_makes_one_request(college: College, student: Person) -> None:
    reason = "Sent twice at the same moment"
    page = student.visit(FORM)
    fill_in(page, "Student card", reason)

    assert page.evaluate(SEND_TWICE) == [200, 200]

    assert student.dashboard(tab="requests").locator(f"{CARD} tbody tr", has_text=reason).count() == 1
    made = college.ask("SELECT count(*) FROM mdl_local_zohosync_request WHERE reason = %s", reason)
    assert made == [(1,)]


def test_an_empty_form_is_not_sent(college: College, student: Person) -> None:
    before = college.ask("SELECT count(*) FROM mdl_local_zohosync_request")
    page = student.visit(FORM)
    with page.expect_navigation():
        page.evaluate("document.querySelector('form.mform').submit()")

    assert page.locator("textarea[name=reason]").count() == 1, "the form is shown again"
    assert college.ask("SELECT count(*) FROM mdl_local_zohosync_request") == before


def test_teacher_raises_no_request(teacher: Person) -> None:
    page = teacher.visit(FORM)

    assert page.locator("textarea[name=reason]").count() == 0
    assert "you do not currently have permissions" in page.inner_text("#page")


def test_pictures_of_requests(college: College, student: Person) -> None:
    page = student.dashboard(tab="requests")
    screenshot(page, "requests", clip=[CARD])
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) == 0
    screenshot(page, "requests-phone", clip=[CARD])
    page = student.visit(FORM)
    assert sideways_scroll(page) == 0
    screenshot(page, "request-form-phone")
    page.set_viewport_size(SMALLEST)
    assert sideways_scroll(page) == 0


def test_requests_in_arabic(college: College, student: Person) -> None:
    add_arabic(college.site)
    page = student.dashboard(lang="ar", tab="requests")
    assert page.locator(f"{CARD} h2").inner_text() == "الطلبات"
    screenshot(page, "requests-arabic", clip=[CARD])
    page = student.visit(FORM)
    assert page.locator("h1").inner_text() == "طلب جديد"
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) == 0
    student.dashboard(lang="en")
