"""Rows and answers of the plugin's web-service functions (docs/protocol.md, sections 3 to 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from agent.errors import SyncError

# One row of a batch, named as docs/protocol.md names them: texts, whole numbers, lists of such rows.
Row = Mapping[str, Any]
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
class GradeAttempt:
    """One attempt: Moodle's number from 0, unix times (0: not), the mark as decimal text (empty: none), who marked."""

    attemptnumber: int
    submitted: int
    grade: str
    timegraded: int
    grader: str


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
    method: str = ""
    bycriteria: bool = False
    outcome: Literal["", "F", "RR"] = ""
    outcomereason: str = ""
    outcometime: int = 0
    attempts: list[GradeAttempt] = field(default_factory=list)
    gone: Literal["", "user", "course", "assignment", "grade"] = ""


@dataclass(frozen=True, slots=True)
class MoodleRecord:
    """A record as the plugin's mirror has it.

    Attributes:
        id: number of the mirror's row.
        moodleid: Moodle's own id, 0 if none.
        changehash: of the form that was last written (MD5: change detection only).
        sourcetime: Zoho's Modified_Time of that form, unix seconds.
        differs: names, separated by spaces, of what Moodle does not hold as the mirror says; empty when it does.
    """

    id: int
    zohoid: str
    moodleid: int
    changehash: str
    sourcetime: int
    deleted: bool
    differs: str


@dataclass(frozen=True)
class EnrolmentSnapshot:
    """A student's enrolments in one course taken together; fields as docs/protocol.md, section 5.

    Attributes:
        today: the day in Moodle's zone, Y-m-d.
        changed: the day of `timemodified` there; empty where there is no enrolment.
        id: the lowest of its user_enrolments; 0 where it was asked for by key.
    """

    key: str
    found: bool
    userid: int
    courseid: int
    studentzohoid: str
    classzohoid: str
    status: Literal["active", "suspended", "absent"]
    startdate: str
    enddate: str
    timemodified: int
    today: str
    changed: str
    id: int = 0


@dataclass(frozen=True)
class GradeKey:
    """Which grade there is, and when it was last changed (unix seconds)."""

    id: int
    key: str
    timemodified: int


@dataclass(frozen=True)
class NamedClass:
    """A class that a request is about: Zoho's id, and its name when the request was raised."""

    zohoid: str
    name: str


@dataclass(frozen=True)
class WantedChange:
    """A piece of her information that a student wants changed, and its new value."""

    field: str
    value: str


@dataclass(frozen=True)
class Attachment:
    """A file of a request, without its content; `status`: sent, refused, or empty while Zoho does not have it."""

    fileid: int
    filename: str
    size: int
    mimetype: str
    contenthash: str
    status: str
    message: str


@dataclass(frozen=True)
class AttachmentContent:
    """The content of a request's file, in base64, with its SHA-1."""

    filename: str
    contenthash: str
    content: str = field(repr=False)


@dataclass(frozen=True)
class RequestSnapshot:
    """A student's request as Moodle holds it; fields as docs/protocol.md, section 6."""

    requestid: int
    found: bool
    zohoid: str
    userid: int
    studentzohoid: str
    type: str
    status: str
    reason: str
    timecreated: int
    timemodified: int
    classes: list[NamedClass]
    assignid: int
    assignname: str
    changes: list[WantedChange]
    attachments: list[Attachment]


@dataclass(frozen=True)
class ListedDefinition:
    """How an assignment is graded; fields as docs/protocol.md, section 3. `zohoid` is the class's."""

    id: int
    zohoid: str
    unitid: str
    cmid: int
    method: str
    definitionid: int
    state: Literal["current", "missing", "outdated", "foreign", "none"]
    kept: str


@dataclass(frozen=True)
class AppliedDefinition:
    """What became of one assignment of a class whose unit was applied; `kept`: criteria that only marks hold."""

    zohoid: str
    cmid: int
    assignid: int
    status: Literal["created", "updated", "unchanged", "foreign", "refused", "error"]
    method: str
    definitionid: int
    kept: str
    errorcode: str
    message: str


@dataclass(frozen=True)
class KeptSetting:
    """A setting as the plugin keeps it, `value` as JSON."""

    key: str
    value: str


@dataclass(frozen=True)
class SettingAnswer:
    """What Moodle says of a setting; `errorcode` and `message` say why one was refused."""

    key: str
    status: Literal["updated", "unchanged", "refused"]
    errorcode: str
    message: str


@dataclass(frozen=True)
class OutboxEvent:
    """One pending row of Moodle's outbox; `body` is the text that Moodle would send."""

    eventid: str
    kind: str
    body: str


@dataclass(frozen=True)
class MoodleStatus:
    """What the plugin says about itself and its site; times are unix seconds.

    Attributes:
        signature: `webhook-signature` of an event `status` with this time, the identifier of the site being its body.
        timelimit: seconds that PHP gives a request, 0: no limit.
    """

    pluginversion: int
    moodleversion: str
    siteid: str
    wwwroot: str
    time: int
    outboxpending: int
    outboxdead: int
    oldestpending: int
    maxinputvars: int
    enabled: int = 0
    agenturl: str = ""
    signature: str = ""
    roles: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    lastcron: int = 0
    timelimit: int = 0
