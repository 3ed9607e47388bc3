"""Rows and answers of the plugin's web-service functions (docs/protocol.md, sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.errors import SyncError

Row = Mapping[str, str | int]  # one row of a batch, named as docs/protocol.md names them
RowStatus = Literal["created", "updated", "unchanged", "stale", "refused", "error", "waiting"]
FAILED = frozenset({"refused", "error"})


@dataclass(frozen=True)
class RowAnswer:
    """What Moodle says became of one row of a batch.

    Attributes:
        zohoid: the row's Zoho id.
        status: see docs/protocol.md.
        moodleid: Moodle's id of the user or course (for an enrolment: the course), 0 if none.
        errorcode: empty if none; `studentmissing`, `coursemissing` when waiting.
        message: a sentence for a person.
    """

    zohoid: str
    status: RowStatus
    moodleid: int
    errorcode: str
    message: str


@dataclass(frozen=True)
class RowResult(RowAnswer):
    """Moodle's answer to a row, and what to do about it.

    Attributes:
        error: for a row that was refused or failed, or whose call failed; None for all others, `waiting`
            among them (the caller knows the record key that the row waits for).
    """

    error: SyncError | None = None


@dataclass(frozen=True)
class MoodleStudent:
    """A student as Moodle really holds it."""

    zohoid: str
    userid: int
    username: str
    email: str
    firstname: str
    lastname: str
    idnumber: str
    suspended: bool
    changehash: str
    sourcetime: int
    deleted: bool


@dataclass(frozen=True)
class Criterion:
    """One criterion of an advanced-grading method, e.g. P1."""

    shortname: str
    description: str
    achieved: bool
    remark: str


@dataclass(frozen=True)
class GradeSnapshot:
    """A student's grade for one assignment as it is now; fields as docs/protocol.md, section 4."""

    key: str
    found: bool
    gradeid: int
    itemid: int
    cmid: int
    courseid: int
    assignid: int
    userid: int
    assignname: str
    coursename: str
    studentzohoid: str
    classzohoid: str
    studentname: str
    gradetype: int
    grademax: str
    scale: list[str]
    finalgrade: str
    overridden: bool
    hidden: bool
    locked: bool
    workflow: str
    attemptnumber: int
    maxattempts: int
    submitted: int
    timegraded: int
    timemodified: int
    grader: str
    graderrole: str
    feedback: str
    criteria: list[Criterion]


@dataclass(frozen=True)
class OutboxEvent:
    """One pending row of Moodle's outbox; `body` is the text that Moodle would send."""

    eventid: str
    kind: str
    body: str


@dataclass(frozen=True)
class MoodleStatus:
    """What the plugin says about itself and its site; times are unix seconds."""

    pluginversion: int
    moodleversion: str
    siteid: str
    wwwroot: str
    time: int
    outboxpending: int
    outboxdead: int
    oldestpending: int
    maxinputvars: int
