"""A student logs in to the real Moodle and reads her page."""

from __future__ import annotations

import re

import psycopg

from tests.e2e.arabic import add_arabic
from tests.e2e.browser import PHONE, SMALLEST, Person, facts, screenshot, section, sideways_scroll
from tests.e2e.college import College

ARABIC = re.compile(r"[\u0621-\u064a]{2,}")


def test_student_reads_her_page(college: College, student: Person) -> None:
    record = college.zoho.student(college.people["student"]["zohoid"])
    native = f"{record['Frist_Name_Native']} {record['Last_Name_Native']}"
    assert ARABIC.search(native), "the story needs a student with a name in Arabic"

    student.visit("/my/")
    student.page.click("#user-menu-toggle")
    student.page.get_by_role("menuitem", name="My studies").click()
    page = student.page
    page.wait_for_url("**/local/student_dashboard/index.php")

    assert page.locator(".local-student-dashboard-identity").inner_text().count(record["Name"]) == 1
    page.get_by_role("link", name="Profile", exact=True).last.click()
    page.wait_for_selector("#local-student-dashboard-profile")
    known = facts(page)
    name = record["Display_Name"] or f"{record['First_Name']} {record['Last_Name']}"
    assert known["Name in native script"] == native
    assert name in page.inner_text(".local-student-dashboard-identity")
    assert known["Student number"] == record["Name"]
    student.dashboard(tab="academics")
    assert college.people["course"]["fullname"] in section(page, "courses")
    assert "Active" in section(page, "courses")
    assert page.locator("h1").count() == 1
    assert page.locator(".alert-danger").count() == 0


def test_links_lead_into_the_course(college: College, student: Person) -> None:
    page = student.dashboard(tab="academics")
    page.get_by_role("link", name=college.people["course"]["fullname"], exact=True).click()
    page.wait_for_url(f"**/course/view.php?id={college.people['course']['id']}")


def test_pictures_of_the_page(college: College, student: Person) -> None:
    page = student.dashboard()
    assert sideways_scroll(page) == 0
    assert screenshot(page, "dashboard").stat().st_size > 10_000

    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) == 0
    screenshot(page, "dashboard-phone")
    page.set_viewport_size(SMALLEST)
    assert sideways_scroll(page) == 0


def test_page_reads_right_to_left_in_arabic(college: College, student: Person) -> None:
    add_arabic(college.site)

    page = student.dashboard(lang="ar", tab="academics")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("h1").inner_text() == "دراستي"
    heading = page.locator("#local-student-dashboard-courses h2").bounding_box()
    card = page.locator("#local-student-dashboard-courses").bounding_box()
    assert heading is not None
    assert card is not None
    assert heading["x"] + heading["width"] / 2 > card["x"] + card["width"] / 2, "headings stand at the right"
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) == 0
    screenshot(page, "dashboard-arabic-phone")
    student.dashboard(lang="en")


def test_text_from_zoho_is_never_markup(college: College, student: Person) -> None:
    with psycopg.connect(college.site.postgres.dsn(college.site.database)) as connection:
        before = connection.execute(
            "SELECT city FROM mdl_local_zohosync_student WHERE userid = %s",
            (college.people["student"]["id"],),
        ).fetchone()
    assert before is not None
    evil = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    _set_city(college, evil)
    try:
        page = student.dashboard(tab="profile")
        assert facts(page)["City"] == evil
        assert page.title() != "owned"
    finally:
        _set_city(college, str(before[0]))


def _set_city(college: College, city: str) -> None:
    with psycopg.connect(college.site.postgres.dsn(college.site.database)) as connection:
        connection.execute(
            "UPDATE mdl_local_zohosync_student SET city = %s WHERE userid = %s",
            (city, college.people["student"]["id"]),
        )
