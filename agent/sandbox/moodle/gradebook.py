"""Assignments and grades, and the snapshot of docs/protocol.md, section 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from agent.sandbox.moodle.site import Site

BTEC = ("Refer", "Pass", "Merit", "Distinction")  # scale items; the grade is 1 to 4
VALUE, SCALE = 1, 2
PLACES = Decimal("0.00001")
VOLATILE = frozenset({"gradeid", "timemodified"})  # may change although nothing changed for the student


@dataclass
class Assignment:
    """An assignment; without a scale it is graded from 0 to `grademax`.

    Attributes:
        method: the way of advanced grading, empty for none.
        criteria: what the sync made of it, texts by shortname; None: nothing.
    """

    id: int
    courseid: int
    cmid: int
    itemid: int
    name: str
    scale: tuple[str, ...]
    grademax: Decimal
    maxattempts: int
    method: str = ""
    criteria: Mapping[str, str] | None = None


@dataclass
class Grade:
    """A student's grade as the teacher left it; `mark` is None while ungraded. Names as in the snapshot."""

    id: int
    mark: Decimal | None = None
    overridden: int = 0
    hidden: int = 0
    locked: int = 0
    workflow: str = ""
    attemptnumber: int = 0
    submitted: int = 0
    timegraded: int = 0
    timemodified: int = 0
    grader: str = "Tala Teacher"
    graderrole: str = "editingteacher"
    feedback: str = ""
    criteria: list[dict[str, Any]] = field(default_factory=list)
    method: str = ""
    bycriteria: int = 0
    outcome: str = ""
    outcomereason: str = ""
    outcometime: int = 0
    attempts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def final(self) -> str:
        """The official grade: empty while the marking workflow has not released it."""
        if self.mark is None or self.workflow not in {"", "released"}:
            return ""
        return str(self.mark.quantize(PLACES))


class Gradebook:
    """All assignments and grades of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.assignments: dict[int, Assignment] = {}
        self.grades: dict[str, Grade] = {}

    def add_assignment(
        self,
        courseid: int,
        name: str,
        *,
        scale: Sequence[str] = BTEC,
        grademax: Decimal = Decimal(4),
        maxattempts: int = 2,
    ) -> Assignment:
        """Add an assignment to a course.

        Raises:
            KeyError: there is no such course.
        """
        self._site.courses[courseid]
        ids = [self._site.new_id() for _ in range(3)]
        assignment = Assignment(ids[0], courseid, ids[1], ids[2], name, tuple(scale), grademax, maxattempts)
        self.assignments[assignment.id] = assignment
        return assignment

    def grade(self, userid: int, assignid: int, mark: Decimal | None, values: Mapping[str, Any]) -> str:
        """Save a grade as a teacher does and return its key; `values` are fields of `Grade`.

        Raises:
            KeyError: there is no such user or assignment.
            ValueError: no such field, or the mark is out of range.
        """
        self._site.users[userid]
        assignment = self.assignments[assignid]
        highest = Decimal(len(assignment.scale)) if assignment.scale else assignment.grademax
        lowest = Decimal(1) if assignment.scale else Decimal(0)
        if mark is not None and not lowest <= mark <= highest:
            raise ValueError(f"the mark must be from {lowest} to {highest}")
        key = f"{userid}_{assignment.courseid}_{assignid}"
        grade = self.grades.get(key) or Grade(self._site.new_id())
        unknown = set(values) - set(Grade.__dataclass_fields__)
        if unknown:
            raise ValueError(f"a grade has no {', '.join(sorted(unknown))}")
        now = int(self._site.clock())
        graded = 0 if mark is None else now
        changes = {"mark": mark, "timegraded": graded, "timemodified": graded, **values}
        for name, value in changes.items():
            setattr(grade, name, value)
        self.grades[key] = grade
        return key

    def snapshot(self, key: str) -> dict[str, Any]:
        """Build the picture of a grade as it is now; `found` is 0 when the student or assignment is gone."""
        userid, courseid, assignid = (int(part) for part in key.split("_"))
        assignment, user = self.assignments.get(assignid), self._site.users.get(userid)
        course = self._site.courses.get(courseid)
        picture = {**_NOTHING, "key": key, "userid": userid, "courseid": courseid, "assignid": assignid}
        if user is None or course is None:
            return picture | {"gone": "user" if user is None else "course"}
        if assignment is None or assignment.courseid != courseid:
            return picture | {"gone": "assignment"}
        grade = self.grades.get(key)
        return {
            **picture,
            "found": 1,
            "itemid": assignment.itemid,
            "cmid": assignment.cmid,
            "assignname": assignment.name,
            "coursename": course.fullname,
            "studentzohoid": self._site.zohoid_of_user(userid),
            "classzohoid": self._site.zohoid_of_course(courseid),
            "studentname": user.fullname,
            "gradetype": SCALE if assignment.scale else VALUE,
            "grademax": str(Decimal(len(assignment.scale) or assignment.grademax).quantize(PLACES)),
            "scale": list(assignment.scale),
            "maxattempts": assignment.maxattempts,
            **(_graded(grade) if grade else {}),
        }

    def gone(self, key: str) -> bool:
        """Tell whether there is no grade (any more) under a key."""
        return key not in self.grades

    def fingerprint(self, key: str) -> dict[str, Any] | None:
        """Return what counts when asking whether a grade changed; None when it is gone."""
        if self.gone(key):
            return None
        return {name: value for name, value in self.snapshot(key).items() if name not in VOLATILE}


def _graded(grade: Grade) -> dict[str, Any]:
    return {
        "gradeid": grade.id,
        "finalgrade": grade.final,
        "overridden": grade.overridden,
        "hidden": grade.hidden,
        "locked": grade.locked,
        "workflow": grade.workflow,
        "attemptnumber": grade.attemptnumber,
        "submitted": grade.submitted,
        "timegraded": grade.timegraded,
        "timemodified": grade.timemodified,
        "grader": grade.grader if grade.timegraded else "",
        "graderrole": grade.graderrole if grade.timegraded else "",
        "feedback": grade.feedback,
        "criteria": grade.criteria,
        "method": grade.method,
        "bycriteria": grade.bycriteria,
        "outcome": grade.outcome,
        "outcomereason": grade.outcomereason,
        "outcometime": grade.outcometime,
        "attempts": grade.attempts or [_only_attempt(grade)],
    }


def _only_attempt(grade: Grade) -> dict[str, Any]:
    return {
        "attemptnumber": grade.attemptnumber,
        "submitted": grade.submitted,
        "grade": grade.final,
        "timegraded": grade.timegraded,
        "grader": grade.grader if grade.timegraded else "",
    }


_NOTHING: dict[str, Any] = {
    "key": "",
    "found": 0,
    **dict.fromkeys(("gradeid", "itemid", "cmid", "courseid", "assignid", "userid"), 0),
    **dict.fromkeys(("assignname", "coursename", "studentzohoid", "classzohoid", "studentname"), ""),
    "gradetype": 0,
    "grademax": "",
    "scale": [],
    "finalgrade": "",
    **dict.fromkeys(("overridden", "hidden", "locked"), 0),
    "workflow": "",
    "attemptnumber": -1,
    "maxattempts": 0,
    **dict.fromkeys(("submitted", "timegraded", "timemodified"), 0),
    **dict.fromkeys(("grader", "graderrole", "feedback"), ""),
    "criteria": [],
    "method": "",
    "bycriteria": 0,
    "outcome": "",
    "outcomereason": "",
    "outcometime": 0,
    "attempts": [],
    "gone": "",
}
