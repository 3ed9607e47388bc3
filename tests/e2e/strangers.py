"""Who tries to see a student's data, and by which ways: pages, files, downloads, scripts, web services, the app."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import APIResponse, Browser, Page

from tests.e2e.browser import DASHBOARD, SETTLED, Person
from tests.e2e.callers import Caller
from tests.e2e.college import College
from tests.e2e.marking import by_hand

PAGES = "/local/student_dashboard"
REPORT = r"local_student_dashboard\reportbuilder\local\systemreports\payments"
TABS = r"local_student_dashboard\output\tabs"
# What a tab shows and nothing else does: the frame of its section.
SECTIONS = {
    "overview": "overview",
    "academics": "courses",
    "grades": "grades",
    "finance": "finance",
    "payments": "payments",
    "requests": "requests",
    "card": "studentcard",
    "profile": "profile",
}


@dataclass(frozen=True)
class Owner:
    """The student whose data are tried for, and what gives them away."""

    id: int
    context: int
    number: str
    zohoid: str
    receipt: str
    photo: int
    request: int
    report: int

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that nobody else may read."""
        return (self.number, self.zohoid, self.receipt, FILE)


FILE = "What the doctor wrote about her"


class Visitor:
    """Somebody with a browser, logged in or not, and perhaps with the app."""

    def __init__(self, page: Page, site: str, app: Caller) -> None:
        self.page = page
        self.site = site
        self.app = app
        self.key = str(page.evaluate("window.M && M.cfg ? M.cfg.sesskey : ''"))

    def get(self, path: str, **arguments: Any) -> str:
        """Open an address; returns what came, whatever it is."""
        return self._text(self.page.request.get(f"{self.site}{path}?{urlencode(arguments)}"))

    def post(self, path: str, **form: Any) -> str:
        """Send a form, with her own session's key."""
        values = {name: str(value) for name, value in {"sesskey": self.key, **form}.items()}
        return self._text(self.page.request.post(self.site + path, form=values))

    def script(self, function: str, **arguments: Any) -> str:
        """Call a function the way Moodle's own scripts do."""
        return self._text(
            self.page.request.post(
                f"{self.site}/lib/ajax/service.php?sesskey={self.key}&info={function}",
                data=json.dumps([{"index": 0, "methodname": function, "args": arguments}]),
                headers={"Content-Type": "application/json"},
            )
        )

    def _text(self, answer: APIResponse) -> str:
        # As it came, not as Moodle's JSON spells it.
        return answer.body().decode("utf-8", errors="replace").replace("\\/", "/")


@dataclass(frozen=True)
class Way:
    """One way to somebody's data."""

    name: str
    go: Callable[[Visitor, Owner], str]
    proof: Callable[[Owner], str]
    """What the owner herself finds there."""
    key: str = ""
    """The section of the page that it belongs to, empty: to none that can be hidden."""
    money: bool = False
    """Whether it tells of money, which nobody sees who is logged in as her."""


def tab(name: str) -> list[Way]:
    """The ways to one tab: its page, and what Moodle's script loads."""
    section = f'id="local-student-dashboard-{SECTIONS[name]}"'
    key = "" if name == "overview" else name
    money = name in {"finance", "payments"}
    arguments = {"tab": rf"{TABS}\{name}"}
    return [
        Way(
            f"page {name}",
            lambda who, of: who.get(DASHBOARD, userid=of.id, tab=name),
            lambda _: section,
            key,
            money,
        ),
        Way(
            f"loaded {name}",
            lambda who, of: who.script(
                "core_dynamic_tabs_get_content", **arguments, jsondata=json.dumps({"userid": of.id})
            ).replace("\\", ""),
            lambda _: section,
            key,
            money,
        ),
    ]


def report(who: Visitor, of: Owner) -> str:
    """The list of payments by web service."""
    return who.app.text(
        "core_reportbuilder_retrieve_system_report",
        {
            "source": REPORT,
            "context": {"contextid": 1},
            "parameters": [{"name": "userid", "value": of.id}],
            "perpage": 100,
        },
    )


def download(who: Visitor, of: Owner) -> str:
    """The list of payments as a file."""
    return who.get(
        "/reportbuilder/download.php",
        id=of.report,
        download="csv",
        parameters=json.dumps({"userid": of.id}),
    )


def app(who: Visitor, of: Owner) -> str:
    """The page in Moodle's app."""
    return who.app.text(
        "tool_mobile_get_content",
        {
            "component": "local_student_dashboard",
            "method": "dashboard",
            "args": [
                {"name": "userid", "value": of.id},
                {"name": "appid", "value": "com.moodle.moodlemobile"},
            ],
        },
    )


WAYS = [
    *(way for name in SECTIONS for way in tab(name)),
    Way("page", lambda who, of: who.get(DASHBOARD, userid=of.id), lambda of: of.number),
    Way(
        "timetable",
        lambda who, of: who.get(DASHBOARD, userid=of.id, tab="academics"),
        lambda _: 'id="local-student-dashboard-timetable"',
        "timetable",
    ),
    Way("page, by form", lambda who, of: who.post(DASHBOARD, userid=of.id), lambda of: of.number),
    Way(
        "page, a number with more behind it",
        lambda who, of: who.get(DASHBOARD, userid=f"{of.id} OR 1=1"),
        lambda of: of.number,
    ),
    Way(
        "statement",
        lambda who, of: who.get(f"{PAGES}/statement.php", userid=of.id),
        lambda of: of.number,
        "finance",
        money=True,
    ),
    Way(
        "statement as PDF",
        lambda who, of: who.get(f"{PAGES}/statement.php", userid=of.id, format="pdf"),
        lambda _: "%PDF-",
        "finance",
        money=True,
    ),
    Way(
        "photo",
        lambda who, of: who.get(
            f"/pluginfile.php/{of.context}/local_student_dashboard/photo/{of.photo}/photo.jpg"
        ),
        lambda _: "JFIF",
    ),
    Way(
        "photo, by the app's way",
        lambda who, of: who.get(
            f"/webservice/pluginfile.php/{of.context}/local_student_dashboard/photo/{of.photo}/photo.jpg",
            token=who.app.token or "",
        ),
        lambda _: "JFIF",
    ),
    Way(
        "file of a request",
        lambda who, of: who.get(
            f"/pluginfile.php/{of.context}/local_zohosync/requestfile/{of.request}/letter.pdf"
        ),
        lambda _: FILE,
        "requests",
    ),
    Way(
        "file of a request, by the app's way",
        lambda who, of: who.get(
            f"/webservice/pluginfile.php/{of.context}/local_zohosync/requestfile/{of.request}/letter.pdf",
            token=who.app.token or "",
        ),
        lambda _: FILE,
        "requests",
    ),
    Way("payments by web service", report, lambda of: of.receipt, "payments", money=True),
    Way("payments as a file", download, lambda of: of.receipt, "payments", money=True),
    Way(
        "the dashboard by web service",
        lambda who, of: who.app.text("local_student_dashboard_get_dashboard", {"userid": of.id}),
        lambda of: of.number,
    ),
    Way("the app", app, lambda of: of.number),
]


class Desk:
    """Those who come: the owner, and everybody who has no business there."""

    def __init__(self, college: College, browser: Browser) -> None:
        self.college = college
        self.browser = browser

    def student(self, user: int, caller: Caller) -> Visitor:
        """A student whose password is that of the story's student."""
        known = self.college.people["student"]
        self.college.ask(
            "UPDATE mdl_user SET auth = 'manual', password = (SELECT password FROM mdl_user WHERE id = %s)"
            " WHERE id = %s RETURNING id",
            known["id"],
            user,
        )
        self.college.ask(
            "DELETE FROM mdl_user_preferences WHERE userid = %s"
            " AND name IN ('auth_forcepasswordchange', 'create_password') RETURNING id",
            user,
        )
        ((username,),) = self.college.ask("SELECT username FROM mdl_user WHERE id = %s", user)
        return self.known(username, self.college.passwords["student"], caller)

    def known(self, username: str, password: str, caller: Caller) -> Visitor:
        """Somebody who logs in."""
        site = self.college.site.url
        return Visitor(Person(self.browser, site, username, password).visit("/my/"), site, caller)

    def guest(self) -> Visitor:
        """Somebody who comes in as guest."""
        page = self._window()
        page.click("#loginguestbtn, form#guestlogin button")
        page.wait_for_function(SETTLED)
        return Visitor(page, self.college.site.url, Caller(self.college.site.url, None))

    def nobody(self) -> Visitor:
        """Somebody who is not logged in."""
        return Visitor(self._window(), self.college.site.url, Caller(self.college.site.url, None))

    def _window(self) -> Page:
        page = self.browser.new_context(locale="en").new_page()
        page.goto(self.college.site.url + "/login/index.php")
        return page

    def impostor(self, user: int) -> Visitor:
        """The administrator, logged in as a student."""
        admin = self.known("admin", self.college.passwords["admin"], Caller(self.college.site.url, None))
        admin.page.goto(f"{admin.site}/course/loginas.php?id=1&user={user}&sesskey={admin.key}")
        admin.page.goto(f"{admin.site}/my/")
        return Visitor(admin.page, admin.site, admin.app)


def give_everything(college: College, user: int) -> Owner:
    """Give a student what there is to see: a photo, a request with a file, a grade; money comes from Zoho."""
    photo = by_hand(college, do="photo", user=user)
    request = by_hand(college, do="request", user=user, type="Student Card", reason="I lost my bag.")
    place = {
        "component": "local_zohosync",
        "filearea": "requestfile",
        "itemid": request,
        "filepath": "/",
        "filename": "letter.pdf",
    }
    by_hand(college, do="file", user=user, place=place, content=f"%PDF-1.4 {FILE}")
    ((context,),) = college.ask(
        "SELECT id FROM mdl_context WHERE contextlevel = 30 AND instanceid = %s", user
    )
    ((number, zohoid),) = college.ask(
        "SELECT studentnumber, zohoid FROM mdl_local_zohosync_student WHERE userid = %s", user
    )
    paid = college.ask(
        "SELECT voucher FROM mdl_local_zohosync_payment WHERE studentid = %s AND deleted = 0 AND voucher <> ''",
        zohoid,
    )
    assert paid, "the story needs a student who has paid something"
    return Owner(user, context, number, zohoid, paid[0][0], photo, request, 0)
