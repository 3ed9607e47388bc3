"""The hand behind the scenes: what teachers, administrators and bad luck do to the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agent.sandbox.moodle import enrolments, requests
from agent.sandbox.moodle.gradebook import BTEC, Gradebook
from agent.sandbox.moodle.holdings import User
from agent.sandbox.moodle.outbox import Outbox
from agent.sandbox.moodle.site import PROTECTED, Category, Course, Enrolment, Site

MANUAL = "manual"
CHANGEABLE = frozenset({"suspended", "startdate", "enddate", "role"})


class Fault(StrEnum):
    """What can go wrong with a call of a web service."""

    DOWN = "down"  # 503 and a page, as in maintenance by the command line
    MAINTENANCE = "maintenance"  # HTTP 200 and errorcode sitemaintenance
    HTML = "html"  # HTTP 200 and a page
    DATABASE = "database"  # HTTP 200 and a dml exception
    DROP_BEFORE = "drop_before"  # the connection ends before anything is done
    DROP_AFTER = "drop_after"  # it ends after the work is committed


@dataclass
class Plan:
    """A fault for the next `count` calls, of one function or of all."""

    fault: Fault
    count: int
    function: str | None


@dataclass(frozen=True)
class Call:
    """A call of a web service: function and number of form fields received."""

    function: str
    variables: int


class MoodleControl:
    """Steers one sandbox."""

    def __init__(self, site: Site, gradebook: Gradebook, outbox: Outbox, address: str) -> None:
        self.site = site
        self.gradebook = gradebook
        self.outbox = outbox
        self.address = address
        self.latency_ms = 0
        self.calls: list[Call] = []
        self._plans: list[Plan] = []
        self._told: dict[str, dict[str, Any] | None] = {}

    def add_user(self, username: str, email: str, firstname: str, lastname: str, idnumber: str = "") -> User:
        """Make an account by hand, as an administrator does."""
        user = User(self.site.new_id(), username, email, firstname, lastname, idnumber)
        self.site.users[user.id] = user
        return user

    def add_course(self, fullname: str, shortname: str, idnumber: str = "") -> Course:
        """Make a course by hand, as an administrator does."""
        course = Course(self.site.new_id(), fullname, shortname, idnumber)
        self.site.courses[course.id] = course
        return course

    def add_category(self, name: str, idnumber: str = "") -> Category:
        """Make a course category by hand, as an administrator does."""
        category = Category(self.site.new_id(), name, idnumber)
        self.site.categories[category.id] = category
        return category

    def delete_user(self, userid: int) -> None:
        """Delete an account by hand, with its enrolments (that is no withdrawal: no event); the mirror keeps its row.

        Raises:
            KeyError: there is no such account, or it is the administrator's or the guest's.
        """
        if userid in PROTECTED:
            raise KeyError(userid)
        self.site.users[userid]
        self._end_all(lambda one: one.userid == userid)
        for course in self.site.courses.values():
            course.roles = {line for line in course.roles if line[0] != userid}
        del self.site.users[userid]

    def delete_course(self, courseid: int) -> None:
        """Delete a course by hand, with its assignments, grades and enrolments (of these no event is stored).

        The mirror keeps its row.

        Raises:
            KeyError: there is no such course.
        """
        self.site.courses[courseid]
        for key in [key for key in self.gradebook.grades if key.split("_")[1] == str(courseid)]:
            self.delete_grade(key)
        self._end_all(lambda one: one.courseid == courseid)
        for assignment in [one for one in self.gradebook.assignments.values() if one.courseid == courseid]:
            del self.gradebook.assignments[assignment.id]
        del self.site.courses[courseid]

    def enrol(
        self, userid: int, courseid: int, *, method: str = MANUAL, event: bool = True, **values: Any
    ) -> str:
        """Enrol a student by hand, or change how she is enrolled, and return the key of her enrolments there.

        Args:
            userid: Moodle's id of the student.
            courseid: Moodle's id of the course.
            method: manual, self, cohort ...; each has an enrolment of its own.
            event: False stores no event, as where one got lost.
            values: fields of `Enrolment`: suspended, startdate, enddate (Y-m-d or empty), role; a new one is active and
                without dates.

        Raises:
            KeyError: there is no such account or course.
            ValueError: no such field.
        """
        self.site.users[userid]
        self.site.courses[courseid]
        unknown = set(values) - CHANGEABLE
        if unknown:
            raise ValueError(f"an enrolment has no {', '.join(sorted(unknown))}")
        before = self._enrolment(userid, courseid, method)
        now = replace(before or Enrolment(userid, courseid, suspended=False, id=self.site.new_id()), **values)
        if now != before:
            now.timemodified = int(self.site.clock())
            self._store(now, method)
            self._tell_enrolment(userid, courseid, event)
        return f"{userid}_{courseid}"

    def suspend(self, userid: int, courseid: int, *, method: str = MANUAL, event: bool = True) -> str:
        """Suspend a student's enrolment by hand; see `enrol`.

        Raises:
            KeyError: she has none.
        """
        self._existing(userid, courseid, method)
        return self.enrol(userid, courseid, method=method, event=event, suspended=True)

    def reactivate(self, userid: int, courseid: int, *, method: str = MANUAL, event: bool = True) -> str:
        """Make a suspended enrolment active by hand; see `enrol`.

        Raises:
            KeyError: she has none.
        """
        self._existing(userid, courseid, method)
        return self.enrol(userid, courseid, method=method, event=event, suspended=False)

    def unenrol(self, userid: int, courseid: int, *, method: str = MANUAL, event: bool = True) -> str:
        """Unenrol a student by hand; her grades stay; see `enrol`.

        Raises:
            KeyError: she is not enrolled.
        """
        self._existing(userid, courseid, method)
        if method == MANUAL:
            del self.site.enrolments[userid, courseid]
        else:
            del self.site.unmanaged[userid, courseid, method]
        self._tell_enrolment(userid, courseid, event)
        return f"{userid}_{courseid}"

    def raise_request(
        self,
        userid: int,
        kind: str,
        reason: str,
        *,
        event: bool = True,
        files: Sequence[tuple[str, str, bytes]] = (),
        **about: Any,
    ) -> int:
        """Raise a request as a student does and return its number; a repeat within a minute is the same request.

        Args:
            userid: whose.
            kind: of what type.
            reason: why.
            event: whether the outbox tells of it.
            files: name, type and content of each.
            **about: `classes`, `assignid`, `assignname`, `changes` of docs/protocol.md, section 6.

        Raises:
            ValueError: there is no such type of request, or the account is no linked student's.
        """
        number, new = requests.raise_by(self.site, userid, kind, reason, **about)
        if new:
            for file in files:
                requests.add_file(self.site, number, *file)
        if new and event:
            data = {"key": str(number), "origin": "moodle", "request": requests.snapshot(self.site, number)}
            self.outbox.add("request", str(number), "request.updated", self.address, data)
        return number

    def records(self, entity: str) -> dict[str, dict[str, Any]]:
        """Give what the plugin keeps of an entity of docs/protocol.md, by Zoho's id, those deleted in Zoho left out.

        Raises:
            KeyError: there is no such entity.
        """
        rows = self.site.mirrors[entity].items()
        return {zohoid: dict(known.fields) for zohoid, known in rows if not known.deleted}

    def add_assignment(
        self, courseid: int, name: str, *, scale: Sequence[str] = BTEC, maxattempts: int = 2
    ) -> int:
        """Add an assignment to a course and return its id; without a scale it is graded from 0 to 4.

        Raises:
            KeyError: there is no such course.
        """
        return self.gradebook.add_assignment(courseid, name, scale=scale, maxattempts=maxattempts).id

    def grade(
        self, userid: int, courseid: int, assignid: int, mark: Decimal | int | None, **values: Any
    ) -> str:
        """Save a grade as a teacher does and return its key; an event is stored when something changed.

        Args:
            userid: Moodle's id of the student.
            courseid: Moodle's id of the course.
            assignid: Moodle's id of the assignment.
            mark: on the BTEC scale 1 refer, 2 pass, 3 merit, 4 distinction; None clears the grade.
            values: other fields of `Grade`: feedback, workflow, hidden, attemptnumber, grader, criteria ...
                `event=False` stores no event, as where Moodle raises none.

        Raises:
            KeyError: no such user or assignment in this course.
            ValueError: no such field, or the mark is out of range.
        """
        if self.gradebook.assignments[assignid].courseid != courseid:
            raise KeyError(assignid)
        emits = values.pop("event", True)
        exact = None if mark is None else Decimal(mark)
        key = self.gradebook.grade(userid, assignid, exact, values)
        if emits:
            self._tell(key)
        return key

    def delete_grade(self, key: str) -> None:
        """Remove a grade, as an unenrolment does.

        Raises:
            KeyError: there is none.
        """
        del self.gradebook.grades[key]
        self._tell(key)

    def fail(self, fault: Fault | str, *, count: int = 1, function: str | None = None) -> None:
        """Plan a fault for the next `count` calls (of one function, or of any)."""
        self._plans.append(Plan(Fault(fault), count, function))

    def calm(self) -> None:
        """Forget all planned faults."""
        self._plans.clear()

    def count(self, function: str = "") -> int:
        """Count the calls so far of functions with this text in their name."""
        return sum(function in call.function for call in self.calls)

    def draw(self, function: str) -> Fault | None:
        """Take the fault that is planned for a call, if any."""
        for plan in self._plans:
            if plan.function in {None, function}:
                plan.count -= 1
                if plan.count <= 0:
                    self._plans.remove(plan)
                return plan.fault
        return None

    async def settle(self) -> None:
        """Wait until every event has been delivered, pulled or parked."""
        await self.outbox.settle()

    def _enrolment(self, userid: int, courseid: int, method: str) -> Enrolment | None:
        if method == MANUAL:
            return self.site.enrolments.get((userid, courseid))
        return self.site.unmanaged.get((userid, courseid, method))

    def _existing(self, userid: int, courseid: int, method: str) -> None:
        if self._enrolment(userid, courseid, method) is None:
            raise KeyError(f"{method} enrolment of {userid} in {courseid}")

    def _store(self, now: Enrolment, method: str) -> None:
        if method == MANUAL:
            self.site.enrolments[now.userid, now.courseid] = now
        else:
            self.site.unmanaged[now.userid, now.courseid, method] = now

    def _end_all(self, ends: Callable[[Enrolment], bool]) -> None:
        manual = [(*links, MANUAL) for links, one in self.site.enrolments.items() if ends(one)]
        others = [links for links, one in self.site.unmanaged.items() if ends(one)]
        for userid, courseid, method in manual + others:
            self.unenrol(userid, courseid, method=method, event=False)

    def _tell_enrolment(self, userid: int, courseid: int, event: bool) -> None:
        """Store an event of a student and a class that Zoho knows; of others the agent has nothing to hear."""
        key = f"{userid}_{courseid}"
        picture = enrolments.snapshot(self.site, key)
        if event and picture["found"]:
            data = {"key": key, "origin": "moodle", "enrolment": picture}
            self.outbox.add("enrolment", key, "enrolment.updated", self.address, data)

    def _tell(self, key: str) -> None:
        """Store an event unless the agent was told just this, or has nothing to hear of yet."""
        now = self.gradebook.fingerprint(key)
        if now == self._told.get(key) or (key not in self._told and now and not now["finalgrade"]):
            return
        self._told[key] = now
        gone = now is None
        data = {"key": key, "origin": "moodle", "grade": None if gone else self.gradebook.snapshot(key)}
        self.outbox.add("grade", key, "grade.deleted" if gone else "grade.updated", self.address, data)
