"""What the site holds: accounts, categories, courses, enrolments, and the plugin's mirror of Zoho's records."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from agent.sandbox.moodle.holdings import Mirrors, User, Users

Row = Mapping[str, Any]
Result = dict[str, Any]

FIRST_ID = 3  # 1 and 2 are the guest and the administrator, as on a fresh site
GUEST_ID, ADMIN_ID = 1, 2
PROTECTED = frozenset({GUEST_ID, ADMIN_ID})
LONGEST = 255
OPTIONAL_IDS = ("programid", "teacherid", "unitid")
IDS = ("zohoid", "studentid", "classid", *OPTIONAL_IDS)
TEACHING = frozenset({"editingteacher", "teacher"})
ROLES = ("student", "teacher", "editingteacher", "manager", "coursecreator")
ENTITIES = (
    *("program", "teacher", "student", "class", "enrollment"),
    *("unit", "registration", "payment", "finance", "result", "request"),
)


class RowFailed(Exception):  # noqa: N818 - a row's own result, not a fault of the sandbox
    """A row cannot be carried out; it becomes the row's result."""

    def __init__(self, status: str, errorcode: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.errorcode = errorcode
        self.message = message


@dataclass
class Category:
    """A course category below the setting's one; `id` 0 stands for the latter."""

    id: int
    name: str
    idnumber: str
    description: str = ""
    visible: bool = True


@dataclass
class Course:
    """A course; dates are Y-m-d or empty, `roles` holds who has which role (shortname) there beside students."""

    id: int
    fullname: str
    shortname: str
    idnumber: str
    startdate: str = ""
    enddate: str = ""
    categoryid: int = 0
    visible: bool = True
    roles: set[tuple[int, str]] = field(default_factory=set)

    @property
    def teaching(self) -> set[int]:
        """The accounts that teach here, editing or not."""
        return {userid for userid, role in self.roles if role in TEACHING}


@dataclass
class Enrolment:
    """A student's enrolment by one method (manual, self ...); `role` is what she got with it.

    Attributes:
        id: number of the user_enrolment.
        timemodified: unix seconds.
    """

    userid: int
    courseid: int
    suspended: bool
    startdate: str = ""
    enddate: str = ""
    role: str = "student"
    id: int = field(default=0, compare=False)
    timemodified: int = field(default=0, compare=False)


@dataclass
class Request:
    """A student's request: raised in Moodle (`raised`), or brought from Zoho."""

    requestid: int
    userid: int
    type: str
    reason: str
    status: str = "Pending"
    zohoid: str = ""
    fees: str = ""
    currency: str = ""
    timecreated: int = 0
    timemodified: int = 0
    raised: bool = True
    classes: list[dict[str, str]] = field(default_factory=list)
    assignid: int = 0
    assignname: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)


@dataclass
class RequestFile:
    """A file of a request, and what became of it on its way to Zoho (`status`: empty, sent or refused)."""

    fileid: int
    requestid: int
    filename: str
    mimetype: str
    content: bytes
    status: str = ""
    message: str = ""


@dataclass
class Site:
    """The whole site.

    Attributes:
        clock: gives unix seconds.
        zone: in which its calendar dates are.
        enrolments: the manual ones, by account and course.
        unmanaged: those of other methods, by account, course and method.
        roles: shortnames of the roles that there are.
        mirrors: by entity, Zoho's records as last received.
        settings: what is kept of the agent's settings, as JSON.
        asof: by module, up to when its changes are known to be here (unix seconds).
    """

    clock: Callable[[], float] = time.time
    zone: tzinfo = UTC
    users: Users = field(default_factory=Users)
    courses: dict[int, Course] = field(default_factory=dict)
    enrolments: dict[tuple[int, int], Enrolment] = field(default_factory=dict)
    unmanaged: dict[tuple[int, int, str], Enrolment] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    requests: dict[int, Request] = field(default_factory=dict)
    files: dict[int, RequestFile] = field(default_factory=dict)
    roles: set[str] = field(default_factory=lambda: set(ROLES))
    mirrors: dict[str, Mirrors] = field(default_factory=lambda: {name: Mirrors() for name in ENTITIES})
    settings: dict[str, str] = field(default_factory=dict)
    asof: dict[str, int] = field(default_factory=dict)
    _last_id: int = FIRST_ID - 1

    def __post_init__(self) -> None:
        self.users[GUEST_ID] = User(GUEST_ID, "guest", "root@localhost", "Guest user", " ")
        self.users[ADMIN_ID] = User(ADMIN_ID, "admin", "admin@example.org", "Admin", "User")

    @property
    def programs(self) -> Mirrors:
        """Programmes as received."""
        return self.mirrors["program"]

    @property
    def teachers(self) -> Mirrors:
        """Teachers as received."""
        return self.mirrors["teacher"]

    @property
    def students(self) -> Mirrors:
        """Students as received."""
        return self.mirrors["student"]

    @property
    def classes(self) -> Mirrors:
        """Classes as received."""
        return self.mirrors["class"]

    @property
    def enrollments(self) -> Mirrors:
        """Enrollments as received."""
        return self.mirrors["enrollment"]

    def new_id(self) -> int:
        """Give an id that nothing else has."""
        self._last_id += 1
        return self._last_id

    def today(self) -> date:
        """Return the site's calendar date."""
        return self.day(self.clock())

    def day(self, moment: float) -> date:
        """Return the calendar date of an instant (unix seconds) in the site's zone."""
        return datetime.fromtimestamp(moment, self.zone).date()

    def zohoid_of_user(self, userid: int) -> str:
        """Find Zoho's id of a student; empty when not linked."""
        return next(iter(self.students.linked(userid, 0)), "")

    def person_of_user(self, userid: int) -> str:
        """Find the record key of the student or teacher whose account this is; empty when not linked."""
        for kind in ("student", "teacher"):
            for zohoid in self.mirrors[kind].linked(userid, 0):
                return f"{kind}:{zohoid}"
        return ""

    def zohoid_of_course(self, courseid: int) -> str:
        """Find Zoho's id of a class; empty when not linked."""
        return next(iter(self.classes.linked(0, courseid)), "")


def result(zohoid: str, status: str, moodleid: int = 0, errorcode: str = "", message: str = "") -> Result:
    """Build the answer to one row."""
    return {
        "zohoid": zohoid,
        "status": status,
        "moodleid": moodleid,
        "errorcode": errorcode,
        "message": message,
    }


def each(rows: Sequence[Row], work: Callable[[Row], Result]) -> list[Result]:
    """Carry out rows one by one; a bad one becomes its own result and stops no other."""
    results = []
    for row in rows:
        try:
            results.append(work(row))
        except RowFailed as failed:
            results.append(result(row["zohoid"], failed.status, 0, failed.errorcode, failed.message))
    return results


def check(row: Row, dates: Sequence[str], lengths: Mapping[str, int]) -> None:
    """Check a row's lengths (0: no limit), dates, hash and ids, in this order; a deleted one has no hash.

    Raises:
        RowFailed: one is wrong.
    """
    for name, value in row.items():
        if isinstance(value, str):
            check_length(name, value, lengths.get(name, LONGEST))
    for name in dates:
        check_date(name, row[name])
    if not row["deleted"] and not re.fullmatch(r"[0-9a-f]{32}", row["changehash"]):
        raise RowFailed("error", "hashinvalid", "changehash is no MD5")
    for name in IDS:
        if name in row and (row[name] or name not in OPTIONAL_IDS):
            check_id(name, row[name])


def check_length(name: str, value: str, longest: int) -> None:
    """Check that a text has at most so many characters (0: no limit).

    Raises:
        RowFailed: it has more.
    """
    if longest and len(value) > longest:
        raise RowFailed("error", "valuetoolong", f"{name} is longer than {longest} characters")


def check_date(name: str, value: str) -> None:
    """Check a calendar date, or nothing.

    Raises:
        RowFailed: it is none.
    """
    if value and not _is_date(value):
        raise RowFailed("error", "dateinvalid", f"{name} is no date: {value}")


def check_id(name: str, value: str) -> None:
    """Check a record id of Zoho's.

    Raises:
        RowFailed: it is none.
    """
    if not re.fullmatch(r"[0-9]{10,20}", value):
        raise RowFailed("error", "idinvalid", f"{name} is no record id of Zoho")


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
