"""Containers that find what they hold by what it says, as a database's indexes do; tests may change any of it."""

from __future__ import annotations

from collections import UserDict, defaultdict
from dataclasses import dataclass, field
from typing import Any

INDEXED = ("idnumber", "email", "username")


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

    def __setattr__(self, name: str, value: Any) -> None:
        before = self.__dict__.get(name, "")
        super().__setattr__(name, value)
        keeper = self.__dict__.get("keeper")  # no field: an account is described without it
        if keeper is not None and name in INDEXED:
            keeper.moved(self, name, before)

    @property
    def fullname(self) -> str:
        """First and last name."""
        return f"{self.firstname} {self.lastname}"

    @property
    def name(self) -> str:
        """How messages to staff name an account."""
        return f"{self.username} (id {self.id})"


class Users(UserDict[int, User]):
    """Accounts by id."""

    def __init__(self) -> None:
        self._holders: dict[tuple[str, str], set[int]] = defaultdict(set)
        super().__init__()

    def __setitem__(self, userid: int, user: User) -> None:
        if userid in self.data:
            del self[userid]
        self.data[userid] = user
        for column in INDEXED:
            self._holders[column, str(getattr(user, column)).lower()].add(userid)
        user.__dict__["keeper"] = self

    def __delitem__(self, userid: int) -> None:
        user = self.data.pop(userid)
        user.__dict__.pop("keeper")
        for column in INDEXED:
            self._holders[column, str(getattr(user, column)).lower()].discard(userid)

    def moved(self, user: User, column: str, before: str) -> None:
        """Note that an account holds another value now."""
        self._holders[column, before.lower()].discard(user.id)
        self._holders[column, str(getattr(user, column)).lower()].add(user.id)

    def holders(self, column: str, value: str) -> list[User]:
        """Find the accounts that hold a value, case ignored, by id; nobody holds the empty one."""
        found = self._holders.get((column, value.lower()), ()) if value else ()
        return [self.data[userid] for userid in sorted(found)]


@dataclass
class Mirror:
    """A Zoho record as last received (`fields`), and what it is linked to in Moodle.

    Attributes:
        userid: the student's, the teacher's or the enrolment's account.
        courseid: the class's or the enrolment's course.
        categoryid: the programme's category.
        requestid: the request's number.
        teacherid: account of the teacher whom the class has.
        role_given: the role that she has there from the sync, empty if none.
        hidden: whether the sync hid the class's course.
        lines: how many lines its lists had when it was written.
        id: number of the row, given when it is kept.
    """

    fields: dict[str, Any]
    userid: int = 0
    courseid: int = 0
    categoryid: int = 0
    requestid: int = 0
    teacherid: int = 0
    role_given: str = ""
    hidden: bool = False
    lines: int = 0
    id: int = field(default=0, compare=False)

    @property
    def sourcetime(self) -> int:
        """Modified time in Zoho, unix seconds."""
        return int(self.fields["sourcetime"])

    @property
    def deleted(self) -> bool:
        """Whether Zoho deleted the record."""
        return bool(self.fields["deleted"])


class Mirrors(UserDict[str, Mirror]):
    """The rows of one entity by Zoho's id, in the order of their own numbers; a rewritten row keeps its number."""

    def __init__(self) -> None:
        self._last_id = 0
        self._linked: dict[tuple[int, int], dict[str, Mirror]] = defaultdict(dict)
        super().__init__()

    def __setitem__(self, zohoid: str, now: Mirror) -> None:
        before = self.data.get(zohoid)
        if before is None:
            self._last_id += 1
            now.id = self._last_id
        else:
            now.id = before.id
            del self._linked[before.userid, before.courseid][zohoid]
        self.data[zohoid] = now
        self._linked[now.userid, now.courseid][zohoid] = now

    def __delitem__(self, zohoid: str) -> None:
        gone = self.data.pop(zohoid)
        del self._linked[gone.userid, gone.courseid][zohoid]

    def linked(self, userid: int, courseid: int) -> dict[str, Mirror]:
        """Find the rows that are linked to an account (0: none) and a course (0: none), by Zoho's id."""
        return self._linked.get((userid, courseid), {})
