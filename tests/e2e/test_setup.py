"""The set-up as an administrator does it, a copied site, the checks, and that what needs a person is told at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from agent.web.api.roles import digest
from ops.runas import SetupError
from tests.e2e.arabic import add_arabic
from tests.e2e.browser import DESKTOP, PHONE, SETTLED, Person, screenshot, sideways_scroll
from tests.e2e.callers import Caller
from tests.e2e.college import College, eventually
from tests.e2e.test_accessibility import violations
from tests.e2e.test_administration import (
    FAILURES,
    WITHIN,
    administrator,
    has_account,
    mend,
    poor_student,
    press,
    row,
)

SETUP = "/local/zohosync/setup.php"
CHECKS = "/report/status/index.php"
FORMER = "https://production.example.org"
SECRETS = "pre[data-secrets]"
TEST, RUN, ROTATE = (
    "button[value=test]",
    ".local-zohosync-setup #id_submitbutton",
    "button[value=rotate]",
)
STEPS = 5
HIDE_SECRETS = "element => { element.textContent = element.textContent.replace(/=.*/g, '=…'); }"
FORGED = """async ([path, action]) => {
    const answer = await fetch(path, {method: 'POST', body: new URLSearchParams({action})});
    return answer.status;
}"""


@pytest.fixture
def admin(college: College, browser: Browser) -> Iterator[Person]:
    """An administrator, logged in."""
    person = administrator(college, browser)
    yield person
    person.leave()


def configure(college: College, name: str, value: str) -> None:
    """Set a setting of the plugin from the command line."""
    college.site.php("admin/cli/cfg.php", "--component=local_zohosync", f"--name={name}", f"--set={value}")


def make_copy(college: College) -> None:
    """Let the site look as one that was restored under another address than its own."""
    configure(college, "sitewwwroot", FORMER)


def kept(college: College, name: str) -> str | None:
    """Read a setting of the plugin as the database has it."""
    query = "SELECT value FROM mdl_config_plugins WHERE plugin = 'local_zohosync' AND name = %s"
    found = college.ask(query, name)
    return str(found[0][0]) if found else None


def call_moodle(college: College) -> Any:
    """Call Moodle as the agent does."""
    return Caller(college.site.url, college.environment["ZOHOSYNC_MOODLE_TOKEN"])(
        "local_zohosync_get_status", {}
    )


def trip(page: Page) -> list[bool]:
    """Read which steps of the round trip succeeded."""
    marks = page.locator("[data-trip] .badge").all_inner_texts()
    return [mark == "Done" for mark in marks]


def shown(page: Page) -> dict[str, str]:
    """Read the settings that the agent is to be given."""
    lines = page.inner_text(SECRETS).strip().splitlines()
    return dict(line.split("=", 1) for line in lines)


def give_agent(college: College, settings: dict[str, str]) -> None:
    """Put settings into the agent's environment and start it anew, as its administrator does."""
    tokens = "ZOHOSYNC_API_ADMINISTRATOR_TOKENS"
    both = {tokens: f"{digest(college.api_token)},{settings[tokens]}"}
    college.environment.update({**settings, **both})
    college.agent.env = {**college.agent.env, **settings, **both}
    college.agent.stop()
    college.start_agent()


def tokens(college: College) -> list[tuple[Any, ...]]:
    """List the agent's tokens."""
    query = """SELECT t.id, t.token, t.validuntil FROM mdl_external_tokens t
        JOIN mdl_external_services s ON s.id = t.externalserviceid
        WHERE s.shortname = 'local_zohosync_agent' ORDER BY t.id"""
    return college.ask(query)


def check(page: Page, name: str) -> str:
    """Read what a check of the status report says."""
    return page.locator(f"tr:has(a[href*='detail=local_zohosync_{name}'])").first.inner_text()


def test_a_copied_site_neither_sends_nor_takes_until_it_is_confirmed(college: College, admin: Person) -> None:
    assert call_moodle(college)["wwwroot"] == college.site.url
    make_copy(college)

    refused = call_moodle(college)
    assert refused["errorcode"] == "sitecopied"
    assert "has moved" in refused["message"]
    for path in (FAILURES, "/admin/settings.php?section=local_zohosync"):
        assert "is a copy of the one" in admin.visit(path).inner_text(".alert-warning")
    admin.visit("/my/")
    assert "is a copy of the one" not in admin.page.inner_text("#page")
    page = admin.visit(SETUP)
    assert FORMER in page.inner_text(".alert-warning")
    assert page.locator(RUN).count() == 0
    screenshot(page, "admin-setup-copied")
    assert page.evaluate(FORGED, [college.site.url + SETUP, "moved"]) in {200, 403, 404}
    admin.visit(f"{SETUP}?action=moved")
    assert kept(college, "sitewwwroot") == FORMER, "neither another site nor a link decides"
    page = admin.visit(SETUP)

    assert "is the college's site now" in press(page, "button[value=moved]")

    assert call_moodle(college)["wwwroot"] == college.site.url
    press(page, TEST)
    assert trip(page) == [True] * STEPS
    assert "is a copy" not in admin.visit(FAILURES).inner_text("#page")


def test_from_nothing_to_a_round_trip_again_and_with_new_secrets(college: College, admin: Person) -> None:
    make_copy(college)
    former = call_moodle(college)
    assert "its secrets are forgotten" in press(admin.visit(SETUP), "button[value=copy]")
    assert former["errorcode"] == "sitecopied"
    assert call_moodle(college)["errorcode"] == "invalidtoken"
    assert [kept(college, name) for name in ("agenturl", "signingsecrets", "agenttoken")] == [None] * 3
    assert tokens(college) == []
    page = admin.visit(SETUP)
    assert page.locator(TEST).count() == 0, "there is nothing to test yet"
    page.fill("#id_agenturl", "http://agent.example.org")
    press(page, RUN)
    assert "cannot be the agent's address" in page.inner_text(".local-zohosync-setup")
    assert kept(college, "agenturl") is None

    page.fill("#id_agenturl", college.agent_url)
    with page.expect_navigation() as went:
        page.click(RUN)
    page.wait_for_function(SETTLED)

    answer = went.value
    assert answer is not None
    assert "no-store" in answer.headers["cache-control"]
    settings = shown(page)
    assert settings["ZOHOSYNC_MOODLE_URL"] == college.site.url
    secret_ones = (settings["ZOHOSYNC_MOODLE_TOKEN"], settings["ZOHOSYNC_MOODLE_WEBHOOK_SECRETS"])
    assert page.url == college.site.url + SETUP
    assert trip(page) == [True, False], "the agent has not got the new secret yet"
    page.eval_on_selector(SECRETS, HIDE_SECRETS)
    screenshot(page, "admin-setup")
    give_agent(college, settings)
    press(page, TEST)
    assert trip(page) == [True] * STEPS
    screenshot(page, "admin-setup-tested")

    # Once more: nothing changes, and nothing secret is shown again.
    before = tokens(college)
    press(page, RUN)
    assert "nothing has changed" in page.inner_text(".local-zohosync-setup")
    assert trip(page) == [True] * STEPS
    assert tokens(college) == before
    for secret in secret_ones:
        assert secret not in page.content()

    # New secrets: the running agent, which has the old ones, goes on.
    press(page, ROTATE)
    renewed = shown(page)
    assert renewed["ZOHOSYNC_MOODLE_TOKEN"] != settings["ZOHOSYNC_MOODLE_TOKEN"]
    assert trip(page) == [True] * STEPS
    (old, new) = tokens(college)
    assert (old[1], new[1]) == (settings["ZOHOSYNC_MOODLE_TOKEN"], renewed["ZOHOSYNC_MOODLE_TOKEN"])
    assert "was replaced" in check(admin.visit(CHECKS), "service_token")
    give_agent(college, renewed)
    press(admin.visit(SETUP), TEST)
    assert trip(page) == [True] * STEPS
    assert renewed["ZOHOSYNC_MOODLE_TOKEN"] not in admin.visit(SETUP).content()
    logged = college.ask(
        "SELECT other FROM mdl_logstore_standard_log WHERE eventname = %s",
        r"\local_zohosync\event\setup_done",
    )
    assert {json.loads(one[0])["what"] for one in logged} >= {"copy", "run", "rotate"}
    assert not any(secret in str(logged) for secret in (*secret_ones, renewed["ZOHOSYNC_MOODLE_TOKEN"]))


def test_the_command_line_makes_the_same_round_trip(college: College) -> None:
    college.site.php("local/zohosync/cli/setup.php", "--test")
    again = college.site.connect(college.agent_url)
    assert again["ZOHOSYNC_MOODLE_TOKEN"] == college.environment["ZOHOSYNC_MOODLE_TOKEN"]
    with pytest.raises(SetupError, match="nothing to decide"):
        college.site.php("local/zohosync/cli/setup.php", "--moved")
    college.agent.stop()
    try:
        with pytest.raises(SetupError, match="Failed: The agent answers"):
            college.site.php("local/zohosync/cli/setup.php", "--test")
    finally:
        college.start_agent()
    make_copy(college)
    with pytest.raises(SetupError, match="or it has moved"):
        college.site.connect(college.agent_url)
    college.site.php("local/zohosync/cli/setup.php", "--moved")
    college.site.php("local/zohosync/cli/setup.php", "--test")


def test_what_needs_a_person_is_told_within_a_minute_and_retried_there(
    college: College, admin: Person
) -> None:
    record = poor_student(college, "Yildiz")
    eventually(
        lambda: college.ask_agent("/v1/status")["inbox"]["failed"] or None, "the record is parked", WITHIN
    )
    schedule = "SELECT minute, hour, disabled FROM mdl_task_scheduled WHERE classname = %s"
    assert college.ask(schedule, r"\local_zohosync\task\watch") == [("*", "*", 0)]

    college.run_task("watch")

    page = admin.visit("/message/output/popup/notifications.php")
    page.get_by_text("Zoho sync needs you").first.click()
    page.wait_for_selector("text=wait for a person: 1 new, 1 in all")
    page = admin.visit(CHECKS)
    assert re.search(r"Error\s", said := check(page, "parked")), said
    with page.expect_navigation():
        page.click("a[href$='/local/zohosync/failures.php']:visible")
    page.wait_for_function(SETTLED)
    mend(college, record)
    press(page, f"{row(page, record)} button")
    eventually(lambda: has_account(college, record), "the student has her account", WITHIN)
    college.run_task("watch")
    told = college.ask("SELECT subject FROM mdl_notifications WHERE component = 'local_zohosync'")
    assert {subject for (subject,) in told} == {"Zoho sync needs you"}, (
        "well again is told after five minutes"
    )


def test_the_checks_say_how_everything_stands(college: College, admin: Person) -> None:
    for task in ("deliver", "read_history", "watch", "compare_grades", "generate_outcomes", "purge"):
        college.run_task(task)
    page = admin.visit(CHECKS)
    names = ("site_copy", "agent_connection", "agent_status", "clock", "backlog", "inbox", "zoho_access")
    for name in (*names, "service_token", "tasks", "grade_history"):
        assert check(page, name).startswith("OK"), check(page, name)
    ends = [f"tr:has(a[href*='detail=local_zohosync_{name}'])" for name in ("site_copy", "grade_history")]
    screenshot(page, "admin-checks", ends, 1200)
    college.agent.stop()
    try:
        page = admin.visit(CHECKS)
        assert check(page, "agent_connection").startswith("Error")
        page = admin.visit(f"{CHECKS}?detail=local_zohosync_agent_connection")
        assert "See that it runs" in page.inner_text("#region-main")
    finally:
        college.start_agent()


@pytest.mark.parametrize("who", ["student", "teacher"])
def test_others_do_not_get_there(college: College, who: str, request: pytest.FixtureRequest) -> None:
    assert_refused(college, request.getfixturevalue(who))


def test_a_manager_does_not_get_there(college: College, browser: Browser) -> None:
    """Whoever only manages the college has no business with secrets."""
    teacher = college.people["teacher"]
    given = """INSERT INTO mdl_role_assignments (roleid, contextid, userid, timemodified)
        SELECT r.id, c.id, u.id, 0 FROM mdl_role r, mdl_context c, mdl_user u
        WHERE r.shortname = 'manager' AND c.contextlevel = 10 AND u.username = %s RETURNING id"""
    with psycopg.connect(college.site.postgres.dsn(college.site.database)) as connection:
        found = connection.execute(given, (teacher["username"],)).fetchone()
    assert found is not None
    try:
        person = Person(browser, college.site.url, teacher["username"], college.passwords["teacher"])
        assert "Failed records" in person.visit(FAILURES).inner_text("#page")
        assert_refused(college, person)
        person.leave()
    finally:
        with psycopg.connect(college.site.postgres.dsn(college.site.database)) as connection:
            connection.execute("DELETE FROM mdl_role_assignments WHERE id = %s", found)


def assert_refused(college: College, person: Person) -> None:
    """Neither the page nor a button of it is there for her."""
    text = person.visit(SETUP).inner_text("#page")
    assert "Access denied" in text or "do not currently have permissions" in text
    before = tokens(college)
    key = person.page.evaluate("M.cfg.sesskey")
    for action in ("rotate", "copy", "moved", "test"):
        form = {"action": action, "sesskey": key}
        answer = person.page.request.post(college.site.url + SETUP, form=form)
        assert "data-trip" not in answer.text()
    assert tokens(college) == before


def test_the_pages_fit_a_phone_and_read_in_arabic(college: College, admin: Person) -> None:
    page = admin.visit(SETUP)
    press(page, TEST)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) <= 0
    screenshot(page, "admin-setup-phone")
    page.set_viewport_size(DESKTOP)
    make_copy(college)
    page = admin.visit(SETUP)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert sideways_scroll(page) <= 0
    screenshot(page, "admin-setup-copied-phone")
    page.set_viewport_size(DESKTOP)
    add_arabic(college.site)
    page = admin.visit(f"{SETUP}?lang=ar")
    assert "انتقل الموقع" in page.inner_text("#region-main")
    press(page, "button[value=moved]")
    press(page, TEST)
    assert page.locator("[data-trip=whole]").count() == 1
    screenshot(page, "admin-setup-ar")
    admin.visit("/?lang=en")
