"""Attempts to see another student's data, each refused; and what the college hides is gone everywhere (A25, A26)."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import DASHBOARD
from tests.e2e.callers import Caller, from_the_app, open_app
from tests.e2e.college import College
from tests.e2e.marking import by_hand
from tests.e2e.strangers import PAGES, REPORT, TABS, WAYS, Desk, Owner, Visitor, Way, give_everything

STRANGERS = ("student", "teacher", "guest", "nobody")
HIDDEN = sorted({way.key for way in WAYS if way.key} | {"balance"})
NO_EXCEPTION = '"exception"'


@dataclass
class Scene:
    """The owner of the data, and those who have no business with them."""

    college: College
    owner: Owner
    own: Visitor
    strangers: dict[str, Visitor]
    impostor: Visitor

    def visibility(self, **shown: bool) -> None:
        """Hide sections of the page, or show all: the balance too, which is hidden at first."""
        agent = Caller(self.college.site.url, self.college.environment["ZOHOSYNC_MOODLE_TOKEN"])
        setting = {"key": "student_dashboard.visibility", "value": json.dumps({"balance": True, **shown})}
        answer = agent("local_zohosync_put_settings", {"count": 1, "settings": [setting]})
        assert answer["results"][0]["status"] in {"updated", "unchanged"}, answer

    def requests(self) -> list[tuple[Any, ...]]:
        """List what is kept of the owner's requests."""
        return self.college.ask(
            "SELECT id, status FROM mdl_local_zohosync_request WHERE userid = %s ORDER BY id", self.owner.id
        )

    def seen(self) -> list[tuple[Any, ...]]:
        """List which results somebody is said to have seen, and as what."""
        return self.college.ask(
            "SELECT userid, gradekey, version FROM mdl_local_student_dashboard_seen ORDER BY id"
        )


@pytest.fixture(scope="module")
def scene(college: College, browser: Browser) -> Iterator[Scene]:
    """The story's student owns the data; another student, her teacher, a guest and nobody try to get them."""
    open_app(college)
    people = college.people
    user = int(people["student"]["id"])
    by_hand(college, do="grade", assignment=people["assignment"]["id"], user=user, mark=3)
    owner = give_everything(college, user)
    desk = Desk(college, browser)
    app = {who: from_the_app(college, int(people[who]["id"])) for who in ("student", "teacher")}
    own = desk.known(people["student"]["username"], college.passwords["student"], app["student"])
    own.get(DASHBOARD, tab="payments")  # the report is registered when it is first drawn
    ((number,),) = college.ask("SELECT id FROM mdl_reportbuilder_report WHERE source = %s", REPORT)
    ((other,),) = college.ask(
        "SELECT u.id FROM mdl_user u JOIN mdl_local_zohosync_student s ON s.userid = u.id"
        " WHERE u.id <> %s AND u.suspended = 0 ORDER BY u.id LIMIT 1",
        user,
    )
    strangers = {
        "student": desk.student(other, from_the_app(college, other)),
        "teacher": desk.known(people["teacher"]["username"], college.passwords["teacher"], app["teacher"]),
        "guest": desk.guest(),
        "nobody": desk.nobody(),
    }
    scene = Scene(college, replace(owner, report=number), own, strangers, desk.impostor(user))
    yield scene
    scene.visibility(balance=False)
    for visitor in (own, scene.impostor, *strangers.values()):
        visitor.page.context.close()


def found(text: str, owner: Owner, way: Way) -> list[str]:
    """List what an answer gives away of the owner."""
    return [secret for secret in (*owner.secrets, way.proof(owner)) if secret in text]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_another_students_data_are_out_of_reach(scene: Scene, way: Way) -> None:
    own = way.go(scene.own, scene.owner)
    assert way.proof(scene.owner) in own, f"the owner herself is not served: {own[:500]}"

    for who in STRANGERS:
        assert found(way.go(scene.strangers[who], scene.owner), scene.owner, way) == [], who


@pytest.mark.parametrize(
    "way",
    [way for way in WAYS if way.money and way.name != "payments by web service"],
    ids=lambda way: way.name,
)
def test_whoever_is_logged_in_as_her_sees_no_money(scene: Scene, way: Way) -> None:
    answer = way.go(scene.impostor, scene.owner)

    assert way.proof(scene.owner) not in answer
    assert scene.owner.receipt not in answer
    assert scene.owner.number in scene.impostor.get(DASHBOARD), "the rest of the page is there"


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_sections_are_gone_everywhere(scene: Scene, hidden: str) -> None:
    ways = [way for way in WAYS if way.key == hidden]
    section = re.compile(rf'"{hidden}":[{{\[]')
    for ask in ("the dashboard by web service", "the app"):
        whole = next(way for way in WAYS if way.name == ask)
        scene.visibility()
        assert section.search(whole.go(scene.own, scene.owner).replace('\\"', '"')), ask
        scene.visibility(**{hidden: False})
        answer = whole.go(scene.own, scene.owner).replace('\\"', '"')
        assert scene.owner.number in answer, ask
        assert not section.search(answer), ask
    for way in ways:
        scene.visibility()
        assert way.proof(scene.owner) in way.go(scene.own, scene.owner), way.name
        scene.visibility(**{hidden: False})
        assert way.proof(scene.owner) not in way.go(scene.own, scene.owner), way.name
    scene.visibility()


def test_pages_without_a_student_show_ones_own(scene: Scene) -> None:
    """A number in the address of a page that is always one's own changes nothing."""
    for page in ("card.php", "photo.php", "request.php", "seen.php"):
        for who in STRANGERS:
            text = scene.strangers[who].get(f"{PAGES}/{page}", userid=scene.owner.id, id=scene.owner.id)
            assert [secret for secret in scene.owner.secrets if secret in text] == [], (page, who)


def test_lists_of_staff_are_for_staff(scene: Scene) -> None:
    admin = Desk(scene.college, scene.own.page.context.browser).known(  # type: ignore[arg-type]
        "admin", scene.college.passwords["admin"], Caller(scene.college.site.url, None)
    )
    photos = f"{PAGES}/photos.php"
    assert scene.owner.number in admin.get(photos)
    for page in ("photos.php", "cards.php"):
        for who in STRANGERS:
            text = scene.strangers[who].get(f"{PAGES}/{page}")
            assert [secret for secret in scene.owner.secrets if secret in text] == [], (page, who)
    refused = scene.strangers["student"].post(photos, id=scene.owner.photo, decision="approved")
    assert "do not currently have permissions" in refused
    statement = "SELECT status FROM mdl_local_student_dashboard_photo WHERE id = %s"
    assert scene.college.ask(statement, scene.owner.photo) == [("pending",)]
    admin.page.context.close()


def test_nobody_acts_for_another(scene: Scene) -> None:
    """Requests, photos and what was seen: by forms and by web service, with another student's number and keys."""
    grades = scene.own.app("local_student_dashboard_get_dashboard", {"userid": 0})["grades"]["grades"]
    key, version = grades[0]["key"], grades[0]["version"]
    requests, seen = scene.requests(), scene.seen()
    form = {
        "_qf__local_student_dashboard_form_request_form": 1,
        "type": "Student Card",
        "reason": "For another.",
    }
    for who in STRANGERS:
        visitor = scene.strangers[who]
        visitor.post(f"{PAGES}/seen.php", key=key, version=version, userid=scene.owner.id)
        visitor.post(f"{PAGES}/request.php", **form, userid=scene.owner.id, submitbutton="1")
        answer = visitor.app.text(
            "local_student_dashboard_acknowledge_grade", {"key": key, "version": version}
        )
        assert NO_EXCEPTION in answer, who
    scene.impostor.post(f"{PAGES}/seen.php", key=key, version=version)
    scene.impostor.post(f"{PAGES}/request.php", **form, submitbutton="1")
    assert scene.requests() == requests
    assert scene.seen() == seen

    stale = scene.own.page.request.post(
        f"{scene.own.site}{PAGES}/seen.php", form={"key": key, "version": version, "sesskey": "x" * 10}
    )
    assert "sesskey" in stale.text().lower()
    assert scene.seen() == seen, "without her own session's key"
    scene.own.post(f"{PAGES}/seen.php", key=key, version=version)
    assert (scene.owner.id, key, version) not in seen
    assert (scene.owner.id, key, version) in scene.seen()


def test_a_students_token_opens_nothing_of_the_agent(scene: Scene) -> None:
    student = scene.strangers["student"].app
    tried: dict[str, dict[str, Any]] = {
        "get_students": {"zohoids": [scene.owner.zohoid]},
        "list_records": {"entity": "student", "after": 0, "limit": 1000},
        "get_grades": {"keys": [f"{scene.owner.id}_1_1"]},
        "get_requests": {"ids": [scene.owner.request]},
        "get_events": {"limit": 100},
        "get_status": {},
    }
    for function, parameters in tried.items():
        answer = student.text(f"local_zohosync_{function}", parameters)
        assert NO_EXCEPTION in answer, function
        assert [secret for secret in scene.owner.secrets if secret in answer] == [], function


def test_guessed_codes_of_cards_tell_nothing(scene: Scene) -> None:
    owner = scene.owner
    guesses = (
        secrets.token_hex(12),
        owner.zohoid,
        owner.number,
        str(owner.id),
        "0" * 24,
        "",
        "%",
        "' OR ''='",
    )
    for guess in guesses:
        text = scene.strangers["nobody"].get(f"{PAGES}/verify.php", token=guess)
        assert "This student card is not valid" in text, guess
        assert [secret for secret in owner.secrets if secret in text] == [], guess


@pytest.mark.parametrize(
    "given", ["[]", "{}", '{"userid":[%d]}', '{"userid":{"x":%d}}', '{"userid":"%d "}', '{"userid":-1}']
)
def test_odd_parameters_of_a_tab_open_nothing(scene: Scene, given: str) -> None:
    data = given % scene.owner.id if "%" in given else given
    answer = scene.strangers["student"].script(
        "core_dynamic_tabs_get_content", tab=rf"{TABS}\profile", jsondata=data
    )

    assert [secret for secret in scene.owner.secrets if secret in answer] == []
