"""What an administrator does inside Moodle: the agent's settings, and records that could not be carried over."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.administrator import FAILURES, SETTINGS, administrator, press
from tests.e2e.arabic import add_arabic
from tests.e2e.browser import DESKTOP, PHONE, Person, screenshot, sideways_scroll
from tests.e2e.college import College, eventually

WITHIN = 30.0  # seconds for what goes through both systems on a busy machine
OBEYED = 2.0  # seconds: the promise for a changed setting
WHY = "Zoho has no e-mail address, Moodle needs one"

# A form that another site would send in her name: no session key.
FORGED = """async path => {
    const body = new URLSearchParams({all: '1'});
    await fetch(path, {method: 'POST', body});
}"""


def form(person: Person, key: str) -> Page:
    """Open the form of a setting."""
    return person.visit(f"{SETTINGS}?key={key}")


def save(page: Page) -> str:
    """Send the form, and read what is said then."""
    return press(page, "#id_submitbutton")


def module(college: College, name: str) -> dict[str, Any]:
    """Ask the agent how a module stands."""
    modules = college.ask_agent("/v1/status")["modules"]
    return dict(next(one for one in modules if one["entity"] == name))


def max_tries(college: College) -> int:
    """Ask the agent how often it tries."""
    return int(college.ask_agent("/v1/settings/retry.policy")["value"]["max_tries"])


def outcomes(college: College, record: str) -> list[str]:
    """Ask the agent what became of a record's events, the newest first."""
    return [one["outcome"] for one in college.ask_agent(f"/v1/events?record_id={record}")["events"]]


def city(college: College, record: str) -> Any:
    """Read what Moodle keeps of a student's city."""
    return college.ask("SELECT city FROM mdl_local_zohosync_student WHERE zohoid = %s", record)[0][0]


def poor_student(college: College, name: str) -> str:
    """Let somebody type a student without an e-mail address into Zoho."""
    values = {"First_Name": "Leyla", "Last_Name": name}
    return str(college.zoho.by_hand("POST", "BTEC_Students", values)["id"])


def has_account(college: College, record: str) -> bool:
    """Tell whether Moodle has an account for a student of Zoho."""
    return bool(college.ask("SELECT 1 FROM mdl_local_zohosync_student WHERE zohoid = %s", record))


def row(page: Page, record: str) -> str:
    """Find the row of a failed record."""
    return f".local-zohosync-failures tr:has(th:has-text('{record}'))"


def failed(person: Person, record: str) -> bool:
    """Open the list of failed records, and tell whether one is on it."""
    page = person.visit(FAILURES)
    return page.locator(row(page, record)).count() == 1


def mend(college: College, record: str) -> None:
    """Let somebody give the student her e-mail address, without the agent being told."""
    college.zoho.lose_next_webhook()
    address = {"Academic_Email": f"leyla{record[-6:]}@college.example.org"}
    college.zoho.by_hand("PUT", f"BTEC_Students/{record}", address)


def test_a_setting_is_changed_and_the_agent_obeys(college: College, admin: Person) -> None:
    zohoid = college.people["student"]["zohoid"]
    before = college.zoho.student(zohoid)["City"]
    text = admin.visit(SETTINGS).inner_text("[data-setting='modules.enabled']")
    assert "Which modules are synced." in text
    assert "This is the default" in text
    page = form(admin, "modules.enabled")
    page.uncheck("input[type=checkbox][name=value-student]")
    screenshot(page, "admin-agent-setting")

    assert "modules.enabled is saved" in save(page)

    eventually(lambda: not module(college, "student")["enabled"], "the agent obeys", OBEYED)
    college.zoho.type_into_student(zohoid, {"City": "Oran"})
    eventually(lambda: outcomes(college, zohoid)[:1] == ["ignored"], "the change is left alone", WITHIN)
    assert city(college, zohoid) == before
    text = admin.page.inner_text("[data-setting='modules.enabled']")
    assert "Default: Yes" in text
    assert "Changed by Admin User" in text
    page = form(admin, "modules.enabled")
    assert "has its default again" in press(page, "form[action*=agentsettings] button:has-text('Set back')")
    eventually(lambda: module(college, "student")["enabled"], "the agent obeys", OBEYED)
    college.zoho.type_into_student(zohoid, {"City": "Jijel"})
    eventually(lambda: city(college, zohoid) == "Jijel", "the change is taken", WITHIN)
    college.zoho.type_into_student(zohoid, {"City": before})
    eventually(lambda: city(college, zohoid) == before, "the old city is back", WITHIN)
    logged = college.ask(
        "SELECT count(*) FROM mdl_logstore_standard_log WHERE eventname = %s",
        r"\local_zohosync\event\agent_setting_changed",
    )
    assert logged == [(2,)]


def test_what_the_agent_refuses_is_said_beside_its_field(college: College, admin: Person) -> None:
    page = form(admin, "retry.policy")
    page.fill("#id_value-max_tries", "51")

    save(page)

    said = page.inner_text("#fitem_id_value-max_tries")
    assert "less than or equal to 50" in said
    assert page.input_value("#id_value-max_tries") == "51"
    assert max_tries(college) == 3


def test_two_administrators_race_and_the_second_decides(
    college: College, admin: Person, browser: Browser
) -> None:
    other = administrator(college, browser)
    mine, theirs = form(admin, "retry.policy"), form(other, "retry.policy")
    theirs.fill("#id_value-max_tries", "5")
    assert "retry.policy is saved" in save(theirs)
    mine.fill("#id_value-max_tries", "7")

    said = save(mine)

    assert "Another changed this setting" in said
    assert mine.locator(".alert-warning tbody tr").inner_text().split("\t") == ["Max tries", "5", "7"]
    assert max_tries(college) == 5
    screenshot(mine, "admin-lost-race")
    assert "retry.policy is saved" in save(mine)
    assert max_tries(college) == 7
    page = form(admin, "retry.policy")
    press(page, "form[action*=agentsettings] button:has-text('Set back')")
    assert max_tries(college) == 3
    other.leave()


def test_while_the_agent_is_down_the_last_known_values_are_shown(college: College, admin: Person) -> None:
    assert admin.visit(SETTINGS).locator("a.btn:has-text('Edit')").count() > 0
    college.agent.stop()
    try:
        page = admin.visit(SETTINGS)
        text = page.inner_text("#region-main")
        assert "The agent does not answer as it should" in text
        assert "as they were last seen" in text
        assert "Max tries" in page.inner_text("[data-setting='retry.policy']")
        assert page.locator("a.btn:has-text('Edit')").count() == 0
        screenshot(page, "admin-agent-away", [".alert-danger", "[data-setting='retry.policy']"])
        assert "The agent does not answer" in form(admin, "retry.policy").inner_text("#region-main")
        text = admin.visit(FAILURES).inner_text("#region-main")
        assert "The agent does not answer" in text
        assert "Nothing failed" not in text
    finally:
        college.start_agent()
    assert admin.visit(SETTINGS).locator("a.btn:has-text('Edit')").count() > 0


def test_a_failed_record_is_understood_mended_retried_and_gone(college: College, admin: Person) -> None:
    record = poor_student(college, "Kaya")
    eventually(lambda: failed(admin, record), "the failed record is listed", WITHIN)
    page = admin.page
    text = page.inner_text(row(page, record))
    assert WHY in text
    assert "Student" in text
    screenshot(page, "admin-failures")
    mend(college, record)
    assert failed(admin, record), "it waits for a person"

    said = press(page, f"{row(page, record)} button")

    assert "1 are tried again" in said
    eventually(lambda: has_account(college, record), "the student has her account", WITHIN)
    assert not failed(admin, record)


def test_selected_ones_and_all_are_retried(college: College, admin: Person) -> None:
    first, second, third = (poor_student(college, name) for name in ("Arslan", "Demir", "Tekin"))
    for record in (first, second, third):
        eventually(lambda record=record: failed(admin, record), "the failed record is listed", WITHIN)  # type: ignore[misc]
        mend(college, record)
    page = admin.visit(FAILURES)
    assert "Select the records" in press(page, "button[name=some]")
    page.check(f"{row(page, first)} input[type=checkbox]")

    assert "1 are tried again" in press(page, "button[name=some]")

    eventually(lambda: has_account(college, first), "the selected one is through", WITHIN)
    assert not has_account(college, second)
    press(admin.visit(FAILURES), "button[name=all]")
    for record in (second, third):
        eventually(lambda record=record: has_account(college, record), "all are through", WITHIN)  # type: ignore[misc]


def test_nothing_is_retried_by_a_link_or_from_another_site(college: College, admin: Person) -> None:
    record = poor_student(college, "Polat")
    eventually(lambda: failed(admin, record), "the failed record is listed", WITHIN)
    mend(college, record)

    admin.page.evaluate(FORGED, college.site.url + FAILURES)
    admin.visit(f"{FAILURES}?all=1")

    assert failed(admin, record)
    assert not has_account(college, record)
    press(admin.page, f"{row(admin.page, record)} button")
    eventually(lambda: has_account(college, record), "the student has her account", WITHIN)


@pytest.mark.parametrize("who", ["student", "teacher"])
@pytest.mark.parametrize("path", [SETTINGS, f"{SETTINGS}?key=retry.policy", FAILURES])
def test_others_see_none_of_it(
    college: College, token: None, who: str, path: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(who)
    text = person.visit(path).inner_text("#page")
    assert "Access denied" in text or "do not currently have permissions" in text
    assert "retry.policy" not in text


def test_the_pages_fit_a_phone_and_read_in_arabic(college: College, admin: Person) -> None:
    record = poor_student(college, "Yilmaz")
    eventually(lambda: failed(admin, record), "the failed record is listed", WITHIN)
    for path, name in ((SETTINGS, "admin-agent-settings"), (FAILURES, "admin-failures")):
        page = admin.visit(path)
        if path == SETTINGS:
            screenshot(page, name)
        page.set_viewport_size(PHONE)
        assert sideways_scroll(page) <= 0
        screenshot(page, f"{name}-phone")
        page.set_viewport_size(DESKTOP)
    add_arabic(college.site)
    page = admin.visit(f"{FAILURES}?lang=ar")
    assert "السجلات الفاشلة" in page.inner_text("#region-main")
    screenshot(page, "admin-failures-ar")
    mend(college, record)
    press(page, "button[name=all]")
    eventually(lambda: has_account(college, record), "the student has her account", WITHIN)
    admin.visit("/?lang=en")
