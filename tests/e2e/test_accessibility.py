"""Every tab of the student's page and the pages around it: axe finds nothing, the keyboard alone reaches everything.

The pictures for the documentation are taken here too (`UPDATE_SCREENSHOTS=1`): light and heavy use, an empty student.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.arabic import add_arabic
from tests.e2e.axe import OURS, violations
from tests.e2e.browser import DESKTOP, PHONE, Person, screenshot, sideways_scroll
from tests.e2e.college import College, eventually

TABS = ("overview", "academics", "grades", "finance", "payments", "requests", "card", "profile")
AROUND = ("request.php", "photo.php", "statement.php")
GRADES, REGISTRATIONS = 60, 8
LETTERS = ("D", "M", "P", "R")
WITHIN = 90.0
TALLEST = 1500.0  # pixels of a picture
REACHED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) { return ''; }
    if (!one.dataset.reached) { one.dataset.reached = String(document.querySelectorAll('[data-reached]').length + 1); }
    return one.dataset.reached;
}"""
# Everything of ours that somebody with a mouse could click or fill in.
USABLE = """() => [...document.querySelectorAll('#region-main a[href], #region-main button, #region-main input,'
    + ' #region-main select, #region-main textarea, #region-main summary')]
    .filter(one => !one.disabled && one.type !== 'hidden' && one.checkVisibility({visibilityProperty: true})
        && one.tabIndex >= 0 && !one.closest('[aria-hidden=true]'))"""
UNREACHED = f"() => ({USABLE})().filter(one => !one.dataset.reached).map(one => one.outerHTML.slice(0, 200))"
COUNT = f"() => ({USABLE})().length"


def heavy_student(college: College) -> str:
    """Pick another student of the college than that of the story, with an account: Zoho's id."""
    rows = college.ask(
        "SELECT zohoid FROM mdl_local_zohosync_student WHERE userid > 0 AND deleted = 0 AND zohoid <> %s"
        " ORDER BY zohoid LIMIT 1",
        college.people["student"]["zohoid"],
    )
    return str(rows[0][0])


def much(college: College, student: str) -> None:
    """Let the college register her eight times and record sixty results, in Zoho."""
    classes = college.ask(
        "SELECT zohoid FROM mdl_local_zohosync_course WHERE deleted = 0 ORDER BY zohoid LIMIT 6"
    )
    for number in range(REGISTRATIONS):
        values = {"Student_ID": {"id": student}, "Program_Price": str(4000 + number), "Currency": "USD"}
        values |= {"Registration_Date": f"20{18 + number}-09-01", "Study_Mode": "Onsite"}
        college.zoho.by_hand("POST", "BTEC_Registrations", values)
    for number in range(GRADES):
        values = {"Student": {"id": student}, "Class": {"id": classes[number % len(classes)][0]}}
        values |= {
            "BTEC_Grade_Name": f"Assignment {number + 1}",
            "Grade": LETTERS[number % 4],
            "Attempt_Number": 1,
        }
        values |= {"Grade_Status": "Released", "Attempt_Date": f"2026-{number % 12 + 1:02}-15"}
        college.zoho.by_hand("POST", "BTEC_Grades", values)

    def arrived() -> bool:
        query = "SELECT count(*) FROM mdl_local_zohosync_{} WHERE studentid = %s AND deleted = 0"
        counts = [college.ask(query.format(name), student)[0][0] for name in ("result", "registration")]
        return bool(counts[0] >= GRADES and counts[1] >= REGISTRATIONS)

    eventually(arrived, "the results and registrations are in Moodle", WITHIN)


def log_in_as(college: College, browser: Browser, user: int) -> Person:
    """Log somebody in whose password nobody knows: she gets that of the student of the story."""
    known = college.ask("SELECT password FROM mdl_user WHERE id = %s", college.people["student"]["id"])[0][0]
    change = "UPDATE mdl_user SET password = %s, auth = 'manual' WHERE id = %s RETURNING username"
    rows = college.ask(change, known, user)
    forced = "DELETE FROM mdl_user_preferences WHERE name = 'auth_forcepasswordchange' AND userid = %s RETURNING id"
    college.ask(forced, user)
    return Person(browser, college.site.url, rows[0][0], college.passwords["student"])


@pytest.fixture(scope="module")
def heavy(college: College, browser: Browser) -> Iterator[Person]:
    """A student with eight registrations and sixty results."""
    student = heavy_student(college)
    much(college, student)
    user = college.ask("SELECT userid FROM mdl_local_zohosync_student WHERE zohoid = %s", student)[0][0]
    person = log_in_as(college, browser, user)
    yield person
    person.leave()


@pytest.fixture(scope="module")
def empty(college: College, browser: Browser) -> Iterator[Person]:
    """Somebody of whom the college knows nothing."""
    person = Person(browser, college.site.url, "admin", college.passwords["admin"])
    yield person
    person.leave()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_on_a_tab(college: College, heavy: Person, tab: str, language: str) -> None:
    add_arabic(college.site)
    try:
        for size in (DESKTOP, PHONE):
            heavy.page.set_viewport_size(size)
            page = heavy.dashboard(tab=tab, lang=language)
            assert page.locator(f"{OURS} section").count() > 0
            assert violations(page) == []
            assert sideways_scroll(page) == 0
    finally:
        heavy.page.set_viewport_size(DESKTOP)
        heavy.dashboard(lang="en")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", AROUND)
def test_axe_finds_nothing_on_the_pages_around(
    college: College, student: Person, path: str, language: str
) -> None:
    add_arabic(college.site)
    try:
        page = student.visit(f"/local/student_dashboard/{path}?lang={language}")
        assert violations(page) == []
    finally:
        student.dashboard(lang="en")


@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_where_there_is_nothing(empty: Person, tab: str) -> None:
    page = empty.dashboard(tab=tab)
    assert page.locator(".alert-danger").count() == 0
    assert violations(page) == []


@pytest.mark.parametrize("tab", TABS)
def test_the_keyboard_alone_reaches_everything_on_a_tab(student: Person, tab: str) -> None:
    page = student.dashboard(tab=tab)
    wanted = int(page.evaluate(COUNT))
    assert wanted >= len(TABS), "the tabs at least"
    page.locator("body").click(position={"x": 1, "y": 1})
    seen: set[str] = set()
    for _ in range(wanted + 120):  # what stands around ours is passed as well
        page.keyboard.press("Tab")
        seen.add(page.evaluate(REACHED))
        if not page.evaluate(UNREACHED):
            break
    assert page.evaluate(UNREACHED) == []


def test_the_keyboard_opens_a_tab(student: Person) -> None:
    page = student.dashboard()
    page.get_by_role("link", name="Profile", exact=True).last.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#local-student-dashboard-profile")


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    ("name", "size", "language"), [("", DESKTOP, "en"), ("-phone", PHONE, "en"), ("-arabic", PHONE, "ar")]
)
def test_pictures_of_much(
    college: College, heavy: Person, tab: str, name: str, size: Any, language: str
) -> None:
    add_arabic(college.site)
    try:
        heavy.page.set_viewport_size(size)
        page = heavy.dashboard(tab=tab, lang=language)
        taken = screenshot(page, f"tab-{tab}{name}", clip=[".local-student-dashboard"], tallest=TALLEST)
        assert taken.stat().st_size > 5_000
    finally:
        heavy.page.set_viewport_size(DESKTOP)
        heavy.dashboard(lang="en")


def test_pictures_of_nothing_and_of_paper(empty: Person, heavy: Person) -> None:
    for tab in ("overview", "grades", "finance"):
        page = empty.dashboard(tab=tab)
        screenshot(page, f"empty-{tab}", clip=[".local-student-dashboard"])
    page = heavy.dashboard(tab="grades")
    page.emulate_media(media="print")
    screenshot(page, "print-grades", clip=[".local-student-dashboard"], tallest=TALLEST)
    page.emulate_media(media="screen")
