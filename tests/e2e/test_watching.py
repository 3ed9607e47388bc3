"""How an administrator looks into the sync inside Moodle: state, events, passes, differences, conflicts, a student."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.administrator import FAILURES, press
from tests.e2e.arabic import add_arabic
from tests.e2e.axe import violations
from tests.e2e.browser import DESKTOP, PHONE, Person, screenshot, sideways_scroll
from tests.e2e.college import College, eventually
from tests.e2e.marking import by_hand

STATUS = "/local/zohosync/status.php"
EVENTS = "/local/zohosync/events.php"
EVENT = "/local/zohosync/event.php"
RUNS = "/local/zohosync/runs.php"
DRIFT = "/local/zohosync/drift.php"
CONFLICTS = "/local/zohosync/conflicts.php"
OUTBOX = "/local/zohosync/outbox.php"
STUDENT = "/local/zohosync/student.php"
PAGES = (STATUS, EVENTS, RUNS, DRIFT, CONFLICTS, OUTBOX, STUDENT)
WITHIN = 30.0  # seconds for what goes through both systems on a busy machine
MAIN = "#region-main"
FORGED = """async path => {
    const body = new URLSearchParams({start: '1', sync: '1', retry: '1'});
    await fetch(path, {method: 'POST', body});
}"""


def text(page: Page) -> str:
    """Read what the page says."""
    return page.inner_text(MAIN)


def runs(college: College, kind: str) -> list[dict[str, Any]]:
    """Ask the agent for its passes of a kind."""
    return list(college.ask_agent(f"/v1/runs?kind={kind}&limit=200")["runs"])


def over(college: College, kind: str, before: int) -> bool:
    """Tell whether passes of a kind were made since, and all are over."""
    made = [run for run in runs(college, kind) if run["id"] > before]
    return bool(made) and all(run["status"] != "running" for run in made)


def newest(college: College) -> int:
    """Tell the number of the newest pass of any kind."""
    found = college.ask_agent("/v1/runs?limit=1")["runs"]
    return int(found[0]["id"]) if found else 0


def newest_event(college: College) -> int:
    """Tell the number of the newest event of any sender."""
    found = college.ask_agent("/v1/events?limit=1")["events"]
    return int(found[0]["id"]) if found else 0


def fail(college: College, name: str) -> str:
    """Let somebody type a student into Zoho who cannot be carried over; return her record."""
    record = str(
        college.zoho.by_hand("POST", "BTEC_Students", {"First_Name": "Leyla", "Last_Name": name})["id"]
    )
    eventually(
        lambda: bool(college.ask_agent(f"/v1/events?status=failed&record_id={record}")["events"]),
        "she failed",
        WITHIN,
    )
    return record


def mend(college: College, record: str) -> None:
    """Give a student her e-mail address in Zoho; the agent hears of it."""
    college.zoho.by_hand(
        "PUT", f"BTEC_Students/{record}", {"Academic_Email": f"leyla{record[-6:]}@college.example.org"}
    )
    eventually(
        lambda: bool(college.ask("SELECT 1 FROM mdl_local_zohosync_student WHERE zohoid = %s", record)),
        "the student has her account",
        WITHIN,
    )


def test_status_names_what_needs_a_person_and_leads_there(college: College, admin: Person) -> None:
    record = fail(college, "Sahin")

    page = admin.visit(STATUS)

    alert = page.locator(".local-zohosync-status .alert-danger", has_text="could not be carried over")
    assert alert.count() == 1
    said = text(page)
    assert "All is well" not in said
    for name in (
        "Zoho to Moodle, at the agent",
        "Moodle to Zoho, in the outbox here",
        "Zoho API credits left",
    ):
        assert name in said
    assert "Enrollment" in page.inner_text("#local-zohosync-modules")
    screenshot(page, "admin-status")
    alert.locator("a").click()
    page.wait_for_url(f"**{FAILURES}")
    assert record in text(page)
    mend(college, record)


def test_an_event_tells_its_story_and_is_tried_again(college: College, admin: Person) -> None:
    record = fail(college, "Aydin")
    page = admin.visit(EVENTS)
    page.select_option("select[name=status]", "failed")
    page.fill("input[name=record_id]", record)
    press(page, ".local-zohosync-listing form button")
    assert page.locator("#local-zohosync-events tbody tr").count() == 1
    assert "Zoho has no e-mail address, Moodle needs one" in text(page)
    screenshot(page, "admin-events")

    page.click("#local-zohosync-events tbody a")
    page.wait_for_url(f"**{EVENT}?number=*")

    said = text(page)
    assert "Zoho has no e-mail address, Moodle needs one" in said
    assert record in said
    screenshot(page, "admin-event")
    college.zoho.lose_next_webhook()
    address = {"Academic_Email": f"leyla{record[-6:]}@college.example.org"}
    college.zoho.by_hand("PUT", f"BTEC_Students/{record}", address)
    assert "1 are tried again" in press(page, f"{MAIN} button[name=retry]")
    eventually(
        lambda: bool(college.ask("SELECT 1 FROM mdl_local_zohosync_student WHERE zohoid = %s", record)),
        "the student has her account",
        WITHIN,
    )
    said = text(admin.visit(page.url.removeprefix(admin.site)))
    assert "created" in said
    assert page.locator(f"{MAIN} button[name=retry]").count() == 0


def test_a_difference_is_found_by_comparing_and_gone_after_a_pass(college: College, admin: Person) -> None:
    zohoid = college.people["student"]["zohoid"]
    before = college.zoho.student(zohoid)["City"]
    college.zoho.lose_next_webhook()
    college.zoho.type_into_student(zohoid, {"City": "Tlemcen"})
    mark = newest(college)

    assert "The comparison has begun" in press(admin.visit(DRIFT), f"{MAIN} button[name=start]")

    eventually(lambda: over(college, "drift", mark), "the comparison is over", WITHIN)
    page = admin.visit(DRIFT)
    row = page.locator("#local-zohosync-drift-student tr", has_text=zohoid)
    assert "to be updated" in row.inner_text()
    assert "city" in row.inner_text()
    screenshot(page, "admin-drift")
    mark = newest(college)
    assert "The pass has begun" in press(admin.visit(STATUS), f"{MAIN} button[name=start]")
    eventually(lambda: over(college, "full", mark), "the pass is over", WITHIN)
    city = college.ask("SELECT city FROM mdl_local_zohosync_student WHERE zohoid = %s", zohoid)
    assert city == [("Tlemcen",)]
    page = admin.visit(f"{RUNS}?kind=full&entity=student")
    assert "1 updated" in page.inner_text("#local-zohosync-runs tbody tr:first-child")
    screenshot(page, "admin-runs")
    page.click("#local-zohosync-runs tbody tr:first-child a")
    page.wait_for_url("**number=*")
    assert zohoid in page.inner_text("#local-zohosync-records")
    college.zoho.type_into_student(zohoid, {"City": before})
    mark = newest(college)
    press(admin.visit(DRIFT), f"{MAIN} button[name=start]")
    eventually(lambda: over(college, "drift", mark), "the comparison is over", WITHIN)
    assert zohoid not in text(admin.visit(DRIFT))


def test_what_was_typed_over_a_grade_is_a_conflict(college: College, admin: Person) -> None:
    people = college.people
    assignment, student = people["assignment"]["id"], int(people["student"]["id"])
    by_hand(college, do="grade", assignment=assignment, user=student, mark=2)
    college.run_task("deliver")
    eventually(
        lambda: (college.zoho.grade(college.grade_key) or {}).get("Grade") == "P", "Zoho has the pass", WITHIN
    )
    record = college.zoho.grade(college.grade_key)
    assert record is not None
    college.zoho.by_hand("PUT", f"BTEC_Grades/{record['id']}", {"Grade": "D"})

    def listed() -> bool:
        return college.grade_key in text(admin.visit(CONFLICTS))

    by_hand(college, do="grade", assignment=assignment, user=student, mark=3)
    college.run_task("deliver")
    eventually(listed, "the conflict is listed", WITHIN)
    row = admin.page.locator("#local-zohosync-conflicts tr", has_text=college.grade_key).first.inner_text()
    assert "letter\tP\tD" in row
    screenshot(admin.page, "admin-conflicts")


def test_one_student_is_explained_and_synced(college: College, admin: Person) -> None:
    person = college.people["student"]
    zohoid = person["zohoid"]
    page = admin.visit(STUDENT)
    page.fill("input[name=who]", person["username"])
    press(page, f"{MAIN} form button")
    said = text(page)
    assert zohoid in said
    assert person["username"] in said
    assert "Registration" in page.inner_text("#local-zohosync-standing")
    screenshot(page, "admin-student")
    college.zoho.lose_next_webhook()
    before = college.zoho.student(zohoid)["City"]
    college.zoho.type_into_student(zohoid, {"City": "Guelma"})

    assert "are looked at again" in press(page, f"{MAIN} button[name=sync]")

    def city() -> Any:
        return college.ask("SELECT city FROM mdl_local_zohosync_student WHERE zohoid = %s", zohoid)[0][0]

    eventually(lambda: city() == "Guelma", "what was missed is here", WITHIN)
    college.zoho.type_into_student(zohoid, {"City": before})
    eventually(lambda: city() == before, "the old city is back", WITHIN)


def test_a_student_who_never_came_is_explained(college: College, admin: Person) -> None:
    record = fail(college, "Bulut")

    said = text(admin.visit(f"{STUDENT}?who={record}"))

    assert "No account in Moodle is linked to her" in said
    assert "Zoho has no e-mail address, Moodle needs one" in said
    assert "no such student" in text(admin.visit(f"{STUDENT}?who=nobody.at.all"))
    mend(college, record)
    assert "No account in Moodle" not in text(admin.visit(f"{STUDENT}?who={record}"))


def test_parked_events_are_seen_and_sent_again(college: College, admin: Person) -> None:
    people = college.people
    college.agent.stop()
    try:
        by_hand(
            college,
            do="grade",
            assignment=people["assignment"]["id"],
            user=int(people["student"]["id"]),
            mark=4,
        )
        college.change(
            "UPDATE mdl_local_zohosync_outbox SET status = 'dead', lasterror = %s WHERE status = 'pending'",
            "HTTP 422: <b>no such class</b>",
        )
        page = admin.visit(STATUS)
        said = text(page)
        assert "The agent does not answer as it should" in said
        assert "Events that the agent did not take: 1" in said
        screenshot(page, "admin-status-away")
        page = admin.visit(OUTBOX)
        row = page.locator(".reportbuilder-table tbody tr", has_text="no such class").first.inner_text()
        assert "parked" in row
        assert "<b>no such class</b>" in row
        screenshot(page, "admin-outbox")
    finally:
        college.start_agent()

    assert "1 are sent again" in press(admin.page, f"{MAIN} form button.btn-primary")

    college.run_task("deliver")
    eventually(
        lambda: (college.zoho.grade(college.grade_key) or {}).get("Grade") == "D",
        "Zoho has the grade",
        WITHIN,
    )
    assert "did not take" not in text(admin.visit(STATUS))


@pytest.mark.parametrize("path", [f"{STATUS}?", f"{DRIFT}?", f"{STUDENT}?who={{zohoid}}"])
def test_nothing_is_begun_by_a_link_or_from_another_site(college: College, admin: Person, path: str) -> None:
    path = path.format(zohoid=college.people["student"]["zohoid"])
    before = newest(college), newest_event(college)

    admin.page.evaluate(FORGED, college.site.url + path)
    admin.visit(f"{path}&start=1&sync=1")

    assert (newest(college), newest_event(college)) == before


@pytest.mark.parametrize("who", ["student", "teacher"])
@pytest.mark.parametrize(
    "path", [*PAGES, f"{EVENT}?number=1", f"{RUNS}?number=1", f"{STUDENT}?who=1000000000"]
)
def test_others_see_none_of_it(
    college: College, token: None, who: str, path: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(who)
    said = person.visit(path).inner_text("#page")
    assert "Access denied" in said or "do not currently have permissions" in said
    assert college.people["student"]["zohoid"] not in said


@pytest.mark.parametrize("path", [f"{EVENT}?number=999999999", f"{RUNS}?number=999999999"])
def test_what_is_not_there_is_said(admin: Person, path: str) -> None:
    assert "There is no" in text(admin.visit(path))


def test_the_pages_fit_a_phone_and_read_in_arabic(college: College, admin: Person) -> None:
    admin.page.set_viewport_size(PHONE)
    for path in (
        *PAGES,
        f"{EVENT}?number=1",
        f"{RUNS}?number=1",
        f"{STUDENT}?who={college.people['student']['zohoid']}",
    ):
        page = admin.visit(path)
        assert sideways_scroll(page) <= 0, path
        assert violations(page) == [], path
    screenshot(admin.visit(STATUS), "admin-status-phone")
    admin.page.set_viewport_size(DESKTOP)
    add_arabic(college.site)
    page = admin.visit(f"{STATUS}?lang=ar")
    assert "حال المزامنة" in text(page)
    screenshot(page, "admin-status-ar")
    admin.visit("/?lang=en")
