"""The administrator of the college, and what she does on several pages."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.e2e.browser import SETTLED, Person
from tests.e2e.college import College

SETTINGS = "/local/zohosync/agentsettings.php"
FAILURES = "/local/zohosync/failures.php"
CONNECTION = "/admin/settings.php?section=local_zohosync"

TYPE_TOKEN = """token => {
    const field = document.querySelector('input[name=s_local_zohosync_agenttoken]');
    field.disabled = false;
    field.value = token;
    field.form.submit();
}"""


def administrator(college: College, browser: Browser) -> Person:
    """Open a window of the administrator's."""
    return Person(browser, college.site.url, "admin", college.passwords["admin"])


def give_token(college: College, browser: Browser) -> None:
    """Put the agent's token into the plugin's settings, which never show it."""
    person = administrator(college, browser)
    page = person.visit(CONNECTION)
    page.evaluate(TYPE_TOKEN, college.api_token)
    page.wait_for_selector(".alert-success")
    assert college.api_token not in person.visit(CONNECTION).content()
    person.leave()


def press(page: Page, selector: str) -> str:
    """Press a button that leads to another page, and read that."""
    with page.expect_navigation():
        page.click(selector)
    page.wait_for_function(SETTLED)
    return page.inner_text("#region-main")
