"""A student asks the college for something in Moodle, Zoho gets it once, and the answer comes back."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.arabic import add_arabic
from tests.e2e.browser import PHONE, SMALLEST, Person, choose_file, screenshot, sideways_scroll
from tests.e2e.college import College, eventually

WITHIN = 20.0  # seconds; the promise is 2, the margin is for a busy machine
FORM = "/local/student_dashboard/request.php"
FIELDS = {"type", "joingroup", "dropgroup", "assignid", "changesgroup", "changes", "reason", "files"} | {
    *("needgroup0", "needgroup1"),
}
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
    return [record for record in records if record["Reason"].endswith(reason)]


def attach(page: Page, path: Path) -> None:
    """Put a file into the form's file manager."""
    page.click(".filemanager .fp-btn-add a")
    choose_file(page, path)
    page.wait_for_selector(f'.filemanager .fp-filename:has-text("{path.name}")')


def send(page: Page) -> None:
    """Send the form, which is taken."""
    page.click("#id_submitbutton")
    page.wait_for_url("**/local/student_dashboard/index.php*")


def shown(page: Page) -> set[str]:
    """Name the fields that the form shows now; the fields for new information are one."""
    visible = page.locator("form.mform .fitem:visible").evaluate_all("all => all.map(one => one.id)")
    names = {field.removeprefix("fitem_id_").removeprefix("fgroup_id_") for field in visible}
    return {name.partition("_")[0] for name in names} & FIELDS


def test_request_goes_to_zoho_and_its_answer_comes_back(college: College, student: Person) -> None:
    reason = "I work in the mornings: أعمل صباحاً <b>&</b> 🙂"
    page = student.dashboard(tab="requests")
    page.locator(CARD).get_by_role("link", name="New request").click()
    page.wait_for_url(f"**{FORM}")
    fill_in(page, "Drop a class", reason)
    page.get_by_role("group", name="Classes to drop").get_by_role("checkbox").first.check()
    send(page)

    assert "has been sent to the college" in page.inner_text("#page")
    told = row(page, reason)
    assert "Drop a class" in told
    assert "Pending" in told

    eventually(lambda: in_zoho(college, reason) or None, "Zoho has the request", WITHIN)
    (record,) = in_zoho(college, reason)
    assert record["Request_Type"] == "Class Drop"
    assert record["Reason"].startswith("Class: ")
    college.zoho.by_hand("PUT", f"BTEC_Student_Requests/{record['id']}", {"Status": "Approved"})

    answered = "The college has agreed."
    eventually(
        lambda: answered in row(student.dashboard(tab="requests"), reason), "the answer is shown", WITHIN
    )
    assert len(in_zoho(college, reason)) == 1


def test_late_submission_reaches_zoho_with_its_file_and_is_answered(
    college: College, student: Person, tmp_path: Path
) -> None:
    reason = "I was in hospital"
    letter = tmp_path / "تقرير طبي.pdf"
    letter.write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 300 + b"\r\n%%EOF")
    assignment = college.people["assignment"]["id"]
    page = student.visit(FORM)
    fill_in(page, "Late submission", reason)
    page.select_option("select[name=assignid]", value=str(assignment))
    page.click("#id_submitbutton")
    page.wait_for_selector("text=This request needs a file. >> visible=true")
    assert page.input_value("textarea[name=reason]") == reason, "nothing that was typed is lost"
    attach(page, letter)
    send(page)

    ((name,),) = college.ask("SELECT name FROM mdl_assign WHERE id = %s", assignment)
    told = row(page, reason)
    assert name in told
    assert letter.name in told
    link = page.get_by_role("link", name=letter.name)
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.body() == letter.read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")

    def files() -> list[dict[str, Any]]:
        (record,) = in_zoho(college, reason)
        return list(
            college.zoho.by_hand("GET", f"BTEC_Student_Requests/{record['id']}/attachments")["attachments"]
        )

    eventually(lambda: in_zoho(college, reason) or None, "Zoho has the request", WITHIN)
    eventually(lambda: files() or None, "Zoho has the file", WITHIN)
    ((file,), (record,)) = files(), in_zoho(college, reason)
    assert base64.b64decode(file["content"]) == letter.read_bytes()
    assert file["name"].partition("-")[2] == letter.name
    assert f"Assignment: {name}\n" in record["Reason"]

    decision = {"Status": "Approved", "Fees_Amount": 25, "Currency": "USD"}
    college.zoho.by_hand("PUT", f"BTEC_Student_Requests/{record['id']}", decision)
    approved = "The college has agreed. Fee: USD 25.00"
    eventually(
        lambda: approved in row(student.dashboard(tab="requests"), reason), "the answer is shown", WITHIN
    )
    assert "The college received it on" in row(page, reason)
    assert "did not arrive" not in row(page, reason)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("", {"type", "reason"}),
        ("Enrol for the next semester", {"type", "joingroup", "reason", "files"}),
        ("Drop a class", {"type", "dropgroup", "reason", "files"}),
        ("Late submission", {"type", "assignid", "reason", "files", "needgroup0"}),
        ("Student card", {"type", "reason", "files"}),
        ("Change of my information", {"type", "changesgroup", "changes", "reason", "files", "needgroup1"}),
    ],
)
def test_form_shows_what_a_type_needs(student: Person, kind: str, fields: set[str]) -> None:
    page = student.visit(FORM)
    page.set_viewport_size(PHONE)
    if kind:
        page.select_option("select[name=type]", label=kind)
    assert shown(page) == fields
    assert sideways_scroll(page) == 0
    screenshot(page, "request-form-" + (kind or "empty").split()[0].lower())


def test_change_of_information_says_what_is_missing(student: Person) -> None:
    page = student.visit(FORM)
    fill_in(page, "Change of my information", "I moved")
    page.click("#id_submitbutton")
    page.wait_for_selector("text=Fill in at least one thing that shall be changed. >> visible=true")
    assert shown(page) >= {"changes", "files"}


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
