"""A student sees her own page only, whatever address is tried (A25)."""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import DASHBOARD, DESKTOP, Person, section
from tests.e2e.college import College

IDENTITY = ".local-student-dashboard-identity"
REFUSED = "you do not currently have permissions"


def other_student(college: College) -> dict[str, str]:
    """Find another synced student."""
    with psycopg.connect(college.site.postgres.dsn(college.site.database)) as connection:
        row = connection.execute(
            "SELECT u.id, u.lastname, u.idnumber FROM mdl_user u"
            " JOIN mdl_local_zohosync_student s ON s.userid = u.id WHERE u.id <> %s ORDER BY u.id",
            (college.people["student"]["id"],),
        ).fetchone()
    assert row is not None, "the college has one student only"
    return {"id": str(row[0]), "lastname": row[1], "zohoid": row[2]}


@pytest.mark.parametrize("who", ["student", "teacher"])
def test_another_students_id_is_refused(college: College, who: str, request: pytest.FixtureRequest) -> None:
    person: Person = request.getfixturevalue(who)
    other = other_student(college)

    page = person.dashboard(userid=other["id"])

    assert REFUSED in page.inner_text("#page")
    assert other["lastname"] not in page.content()
    assert other["zohoid"] not in page.content()


@pytest.mark.parametrize("tried", ["0", "-1", "abc", "%00", "999999999"])
def test_odd_ids_never_show_another_page(college: College, student: Person, tried: str) -> None:
    own = student.dashboard().inner_text(IDENTITY)
    text = student.dashboard(userid=tried).inner_text("#page")

    assert REFUSED in text or own in text, text
    assert other_student(college)["lastname"] not in text.replace(own, "")


def test_without_login_there_is_nothing(college: College, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(college.site.url + DASHBOARD + f"?userid={college.people['student']['id']}")

    assert "/login/" in page.url
    page.context.close()


def test_guest_is_refused(college: College, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(college.site.url + "/login/index.php")
    page.click("#loginguestbtn, form#guestlogin button")
    page.goto(college.site.url + DASHBOARD)

    assert page.locator(".local-student-dashboard").count() == 0
    page.context.close()


def test_administrators_view_is_allowed_and_logged(college: College, browser: Browser) -> None:
    admin = Person(browser, college.site.url, "admin", college.passwords["admin"])
    student = college.people["student"]

    page = admin.dashboard(userid=student["id"], tab="profile")

    assert "has been logged" in page.inner_text("#page")
    assert student["zohoid"] not in section(page, "profile"), "record ids are no facts about a person"
    with psycopg.connect(college.site.postgres.dsn(college.site.database)) as connection:
        logged = connection.execute(
            "SELECT count(*) FROM mdl_logstore_standard_log WHERE eventname = %s AND relateduserid = %s",
            (r"\local_student_dashboard\event\dashboard_viewed", student["id"]),
        ).fetchone()
    assert logged == (1,)
    admin.leave()
