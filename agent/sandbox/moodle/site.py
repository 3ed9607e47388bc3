"""What the site holds: accounts, categories, courses, enrolments, and the plugin's mirror of Zoho's records."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

Row = Mapping[str, Any]
Result = dict[str, Any]

FIRST_ID = 3  # 1 and 2 are the guest and the administrator, as on a fresh site
ADMIN_ID = 2
LONGEST = 255
OPTIONAL_IDS = ("programid", "teacherid")


class RowFailed(Exception):  # noqa: N818 - a row's own result, not a fault of the sandbox
    """A row cannot be carried out; it becomes the row's result."""

    def __init__(self, status: str, errorcode: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.errorcode = errorcode
        self.message = message


@dataclass
class User:
    """An account."""

    id: int
    username: str
    email: str
    firstname: str
    lastname: str
    idnumber: str = ""
    suspended: bool = False

    @property
    def fullname(self) -> str:
        """First and last name."""
        return f"{self.firstname} {self.lastname}"

    @property
    def name(self) -> str:
        """How messages to staff name an account."""
        return f"{self.username} (id {self.id})"


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
    """A course; dates are Y-m-d or empty, `teaching` holds the accounts with the role of setting `teacherrole`."""

    id: int
    fullname: str
    shortname: str
    idnumber: str
    startdate: str = ""
    enddate: str = ""
    categoryid: int = 0
    teaching: set[int] = field(default_factory=set)


@dataclass
class Enrolment:
    """A manual enrolment with the role student."""

    userid: int
    courseid: int
    suspended: bool
    startdate: str = ""
    enddate: str = ""


@dataclass
class Mirror:
    """A Zoho record as last received (`fields`), and what it is linked to in Moodle.

    Attributes:
        userid: the student's, the teacher's or the enrolment's account.
        courseid: the class's or the enrolment's course.
        categoryid: the programme's category.
        teacherid: account of the teacher whom the class has.
        role_given: whether she has her role there from the sync.
    """

    fields: dict[str, Any]
    userid: int = 0
    courseid: int = 0
    categoryid: int = 0
    teacherid: int = 0
    role_given: bool = False

    @property
    def sourcetime(self) -> int:
        """Modified time in Zoho, unix seconds."""
        return int(self.fields["sourcetime"])

    @property
    def deleted(self) -> bool:
        """Whether Zoho deleted the record."""
        return bool(self.fields["deleted"])


@dataclass
class Site:
    """The whole site. `clock` gives unix seconds."""

    clock: Callable[[], float] = time.time
    users: dict[int, User] = field(default_factory=dict)
    courses: dict[int, Course] = field(default_factory=dict)
    enrolments: dict[tuple[int, int], Enrolment] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    programs: dict[str, Mirror] = field(default_factory=dict)
    teachers: dict[str, Mirror] = field(default_factory=dict)
    students: dict[str, Mirror] = field(default_factory=dict)
    classes: dict[str, Mirror] = field(default_factory=dict)
    enrollments: dict[str, Mirror] = field(default_factory=dict)
    _last_id: int = FIRST_ID - 1

    def __post_init__(self) -> None:
        self.users[ADMIN_ID] = User(ADMIN_ID, "admin", "admin@example.org", "Admin", "User")

    def new_id(self) -> int:
        """Give an id that nothing else has."""
        self._last_id += 1
        return self._last_id

    def today(self) -> date:
        """Return the site's calendar date (its zone is UTC)."""
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def holders(self, column: str, value: str) -> list[User]:
        """Find the accounts that hold a value, case ignored."""
        wanted = value.lower()
        return [
            user for user in self.users.values() if wanted and str(getattr(user, column)).lower() == wanted
        ]

    def zohoid_of_user(self, userid: int) -> str:
        """Find Zoho's id of a student; empty when not linked."""
        return next((zohoid for zohoid, known in self.students.items() if known.userid == userid), "")

    def person_of_user(self, userid: int) -> str:
        """Find the record key of the student or teacher whose account this is; empty when not linked."""
        for kind, people in (("student", self.students), ("teacher", self.teachers)):
            for zohoid, known in people.items():
                if known.userid == userid:
                    return f"{kind}:{zohoid}"
        return ""

    def zohoid_of_course(self, courseid: int) -> str:
        """Find Zoho's id of a class; empty when not linked."""
        return next((zohoid for zohoid, known in self.classes.items() if known.courseid == courseid), "")


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
    """Check a row's ids, dates, hash and lengths (0: no limit).

    Raises:
        RowFailed: one is wrong.
    """
    for name in ("zohoid", "studentid", "classid", *OPTIONAL_IDS):
        optional = name in OPTIONAL_IDS and not row.get(name)
        if name in row and not optional and not re.fullmatch(r"[0-9]{10,20}", row[name]):
            raise RowFailed("error", "idinvalid", f"{name} is no record id of Zoho")
    for name in dates:
        if row[name] and not _is_date(row[name]):
            raise RowFailed("error", "dateinvalid", f"{name} is no date: {row[name]}")
    if not row["deleted"] and not re.fullmatch(r"[0-9a-f]{32}", row["changehash"]):
        raise RowFailed("error", "hashinvalid", "changehash is no MD5")
    for name, value in row.items():
        longest = lengths.get(name, LONGEST)
        if isinstance(value, str) and longest and len(value) > longest:
            raise RowFailed("error", "valuetoolong", f"{name} is longer than {longest} characters")


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
