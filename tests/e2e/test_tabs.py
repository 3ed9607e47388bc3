"""The tabs of the student's page open in place, each with its address, and without JavaScript as pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.e2e.axe import violations
from tests.e2e.browser import DASHBOARD, SETTLED, Person
from tests.e2e.college import College, eventually

TABS = ("overview", "academics", "grades", "finance", "payments", "requests", "card", "profile")
NAV = ".local-student-dashboard-tabs"
CONTENT = ".local-student-dashboard-content"
MARK = "window.notLoadedAnew = true"
MARKED = "window.notLoadedAnew === true"
SERVICE = "**/lib/ajax/service.php*core_dynamic_tabs_get_content*"
WITHOUT_TIME = re.compile(r"\d{1,2}:\d{2}")


def link(name: str) -> str:
    """Find the link of a tab."""
    return f"{NAV} a[href*='tab={name}']"


def follow(page: Page, name: str) -> None:
    """Click a tab and wait until it is open."""
    page.click(link(name))
    page.wait_for_selector(f"{link(name)}[aria-current=page]")
    page.wait_for_function(SETTLED)


def opened(page: Page) -> str:
    """Name the tab that is marked as open, and the only one."""
    (tab,) = page.locator(f"{NAV} a[aria-current]").all()
    return str(tab.get_attribute("href")).rpartition("tab=")[2]


def said(page: Page) -> str:
    """Read the open tab, without the time of day."""
    return WITHOUT_TIME.sub("", page.inner_text(CONTENT))


@pytest.fixture(scope="module")
def graded(college: College) -> None:
    """The student has results enough for a chart."""
    zohoid = college.people["student"]["zohoid"]
    for number, letter in enumerate("PMD"):
        values = {"Student": {"id": zohoid}, "BTEC_Grade_Name": f"Earlier work {number}", "Grade": letter}
        values |= {"Grade_Status": "Released", "Attempt_Number": 1, "Attempt_Date": "2026-01-15"}
        college.zoho.by_hand("POST", "BTEC_Grades", values)
    query = "SELECT 1 FROM mdl_local_zohosync_result WHERE studentid = %s AND name LIKE 'Earlier work%%'"
    eventually(lambda: len(college.ask(query, zohoid)) == 3, "her results are in Moodle")


@pytest.fixture
def page(graded: None, student: Person) -> Page:
    """Her page, which is not to be loaded anew."""
    page = student.dashboard(tab="overview")
    page.evaluate(MARK)
    return page


def test_every_tab_opens_in_place_and_says_what_its_page_says(page: Page, student: Person) -> None:
    shown = {}
    for name in (*TABS[1:], TABS[0]):
        follow(page, name)
        assert page.evaluate(MARKED), name
        assert page.url.endswith(f"tab={name}")
        assert opened(page) == name
        assert page.get_attribute(CONTENT, "aria-label") == page.inner_text(link(name)).strip()
        assert page.get_attribute(CONTENT, "aria-busy") is None
        assert page.evaluate(f"document.activeElement === document.querySelector('{CONTENT}')"), name
        assert violations(page) == [], name
        shown[name] = said(page)
    for name in TABS:
        assert said(student.dashboard(tab=name)) == shown[name]


def test_back_and_forward_go_from_tab_to_tab(student: Person) -> None:
    page = student.visit(f"{DASHBOARD}?tab=finance&lang=en")  # an address that is no tab's own
    page.evaluate(MARK)
    finance = said(page)
    follow(page, "grades")
    follow(page, "card")

    page.go_back()
    page.wait_for_selector(f"{link('grades')}[aria-current=page]")
    page.go_back()
    page.wait_for_selector(f"{link('finance')}[aria-current=page]")
    page.wait_for_function(SETTLED)

    assert page.evaluate(MARKED)
    assert page.url.endswith("?tab=finance&lang=en")
    assert said(page) == finance
    page.go_forward()
    page.wait_for_selector(f"{link('grades')}[aria-current=page]")
    page.reload()
    assert opened(page) == "grades"


def test_back_leads_to_the_choice_of_results_that_was_made(graded: None, student: Person) -> None:
    page = student.visit(f"{DASHBOARD}?tab=grades&class=&letter=M")
    chosen = said(page)
    assert "Earlier work 1" in chosen
    assert "Earlier work 0" not in chosen
    follow(page, "card")

    page.evaluate(MARK)
    page.go_back()
    page.wait_for_function(f"!({MARKED})")
    page.wait_for_function(SETTLED)

    assert page.url.endswith("letter=M")
    assert opened(page) == "grades"
    assert said(page) == chosen


def test_charts_and_lists_of_a_tab_work_when_it_is_opened_in_place(page: Page) -> None:
    follow(page, "grades")
    page.wait_for_selector(f"{CONTENT} .chart-area canvas")
    follow(page, "payments")
    assert page.evaluate(MARKED)
    rows = f"{CONTENT} .reportbuilder-table tbody tr:not(.emptyrow)"
    count = page.locator(rows).count()
    assert count > 0
    with page.expect_response("**/service.php*core_table_get_dynamic_table_content*"):
        page.click(f"{CONTENT} .reportbuilder-table thead a >> nth=0")
    page.wait_for_function(SETTLED)
    assert page.locator(rows).count() == count
    assert page.evaluate(MARKED)


def test_links_within_a_tab_lead_to_other_tabs_in_place(page: Page) -> None:
    inner = page.locator(f"{CONTENT} a[href*='tab=']")
    assert inner.count() > 0
    name = str(inner.first.get_attribute("href")).rpartition("tab=")[2]
    inner.first.click()
    page.wait_for_selector(f"{link(name)}[aria-current=page]")
    assert page.evaluate(MARKED)


def test_the_keyboard_opens_a_tab(page: Page) -> None:
    page.focus(link("requests"))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{link('requests')}[aria-current=page]")
    assert page.evaluate(MARKED)


def test_a_tab_can_still_be_opened_in_another_window(page: Page) -> None:
    with page.context.expect_page() as other:
        page.click(link("card"), modifiers=["Control"])
    other.value.wait_for_load_state()
    assert opened(other.value) == "card"
    assert opened(page) == "overview"


def test_only_the_tab_that_was_asked_for_last_is_shown(page: Page) -> None:
    held: list[Route] = []
    page.route(SERVICE, lambda route: held.append(route), times=1)
    page.click(link("finance"))
    page.wait_for_function(f"document.querySelector('{CONTENT}').hasAttribute('aria-busy')")
    follow_later = page.locator(link("card"))
    follow_later.click()
    page.wait_for_selector(f"{link('card')}[aria-current=page]")
    shown = page.inner_text(CONTENT)

    (late,) = held
    with page.expect_request_finished(lambda request: request == late.request):
        late.continue_()
    page.wait_for_function(SETTLED)

    assert opened(page) == "card"
    assert page.inner_text(CONTENT) == shown
    assert page.url.endswith("tab=card")


def test_what_cannot_be_loaded_in_place_is_loaded_as_a_page(page: Page) -> None:
    page.route(SERVICE, lambda route: route.abort(), times=1)
    page.click(link("profile"))
    page.wait_for_url("**tab=profile")
    page.wait_for_function(SETTLED)
    assert not page.evaluate(MARKED)
    assert opened(page) == "profile"


def test_a_place_within_the_page_is_no_tab(page: Page) -> None:
    follow(page, "card")
    page.evaluate("window.location.hash = 'local-student-dashboard-card'")
    page.go_back()
    page.wait_for_function(SETTLED)
    assert page.evaluate(MARKED)
    assert opened(page) == "card"


def test_a_lost_session_leads_to_the_login(page: Page) -> None:
    page.context.clear_cookies()
    page.click(link("grades"))
    page.wait_for_url("**/login/index.php*")


def test_without_javascript_tabs_are_pages(college: College, browser: Browser, student: Person) -> None:
    state = student.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(student.site + DASHBOARD)
    for name in TABS:
        page.click(link(name))
        page.wait_for_url(f"**tab={name}")
        assert opened(page) == name
        assert page.locator(f"{CONTENT} section").count() > 0
    context.close()
