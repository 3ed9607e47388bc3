"""What may be changed while the agents run: the keys of app_settings, their shapes, defaults and meaning. Pure.

Secrets and addresses are no settings; they are in the environment (`agent.config`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)

Module = Literal[
    "program",
    "unit",
    "teacher",
    "student",
    "class",
    "registration",
    "enrollment",
    "payment",
    "grade",
    "request",
]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,100}$")]  # shortname of a role in Moodle
MODULES: tuple[Module, ...] = get_args(Module)
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class Option(BaseModel):
    """A setting's value; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Switches(Option):
    def on(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return bool(getattr(self, name))


class Operations(_Switches):
    """Which events of a module act by themselves."""

    create: StrictBool = True
    update: StrictBool = True
    delete: StrictBool = True


class _ByModule(Option):
    def of(self, module: str) -> Operations:
        """Return a module's switches."""
        return cast(Operations, getattr(self, module))


# `class` is a module's name and no name for a Python attribute, so these two are made from the list of modules.
_SWITCHES: dict[str, Any] = dict.fromkeys(MODULES, (StrictBool, True))
_OPERATIONS: dict[str, Any] = dict.fromkeys(MODULES, (Operations, Operations()))
ModulesEnabled = create_model(
    "ModulesEnabled",
    __base__=_Switches,
    __doc__="Which modules are synced.",
    **_SWITCHES,
)
AutoEnabled = create_model(
    "AutoEnabled",
    __base__=_ByModule,
    __doc__="Which events of Zoho's act by themselves; the passes bring what these do not.",
    **_OPERATIONS,
)


class Directions(Option):
    """Which side's changes are carried over, where both sides may change a record."""

    enrollment: Literal["both", "zoho_to_moodle", "moodle_to_zoho"] = "both"


class RetryPolicy(Option):
    """How often a failed event is tried: the n-th retry waits base * factor^(n-1) seconds."""

    max_tries: int = Field(3, ge=1, le=50)
    base_seconds: float = Field(60.0, gt=0, le=86_400)
    factor: float = Field(2.0, ge=1, le=10)


class DefaultStaff(Option):
    """An account that every class has: `user` is its user name, idnumber or e-mail address in Moodle.

    `major` limits it to the classes of programmes with that Program_Major (as stored in Zoho).
    """

    user: str = Field(min_length=1, max_length=100)
    role: Role
    major: str | None = None


class Roles(Option):
    """Moodle's roles by shortname, never by number."""

    student: Role = "student"
    class_teacher: Role = "editingteacher"
    default_staff: tuple[DefaultStaff, ...] = Field((), max_length=20)


class Schedule(Option):
    """When passes are made: `full_at` is HH:MM in UTC or null (none); null minutes: as the environment says."""

    incremental_minutes: float | None = Field(None, ge=0, le=7 * 24 * 60)
    full_at: str | None = None

    @model_validator(mode="after")
    def _check_clock(self) -> Schedule:
        if self.full_at is not None and not CLOCK.fullmatch(self.full_at):
            raise ValueError("full_at: must be a time such as 02:30, or null")
        return self


class AtEnd(Option):
    """What becomes of the course of a class whose status is End: it stays as it is, or is hidden."""

    course: Literal["keep", "hide"] = "keep"


class Withdrawal(Option):
    """What becomes of the Moodle enrolment when Zoho's enrollment has ended or was deleted."""

    enrolment: Literal["suspend", "unenrol", "keep"] = "suspend"


Letter = Literal["R", "P", "M", "D"]
Mark = Annotated[Decimal, Field(ge=0, le=100, max_digits=8, decimal_places=5)]


class GradingRules(Option):
    """How a mark becomes a letter (docs/grading.md).

    `distinction`, `merit` and `passing` are the lowest marks of D, M and P where `full_mark` is the highest; a mark
    on another maximum is taken in proportion. `scale_letters` are the letters of a BTEC scale from its first item.
    `invalid_marker`, standing alone in the feedback, means an invalid submission; empty: there is no such marker.
    """

    full_mark: Mark = Decimal(4)
    distinction: Mark = Decimal(4)
    merit: Mark = Decimal(3)
    passing: Mark = Decimal(2)
    scale_letters: tuple[Letter, ...] = Field(("R", "P", "M", "D"), min_length=2, max_length=10)
    invalid_marker: str = Field("01122", max_length=50, pattern=r"^\S*$")

    @model_validator(mode="after")
    def _check_order(self) -> GradingRules:
        if not 0 < self.passing <= self.merit <= self.distinction <= self.full_mark:
            raise ValueError("passing, merit, distinction and full_mark must ascend, from above 0")
        return self


class GradingAttempts(Option):
    """Whether a released R on the first attempt opens the second one in Moodle by itself."""

    open_second: StrictBool = True


class GradingGenerated(Option):
    """Whether Moodle's nightly task generates F and RR where nothing was submitted (docs/grading.md).

    `since`: only for due dates from that day on; null: from the day on which it was switched on. `excluded_types`:
    stored values of Enrollment_Type for which nothing is ever generated.
    """

    enabled: StrictBool = False
    since: date | None = None
    excluded_types: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        ("Recording", "Self-Study", "Not Graded"), max_length=20
    )


class GradingDefinitions(Option):
    """Whether the assignments of a class get its unit's criteria as their advanced grading in Moodle.

    `new_assignments`: also those that are added later, by themselves. `method`: `btec` where gradingform_btec is
    installed and `rubric` elsewhere (`auto`), or always the one named.
    """

    apply: StrictBool = True
    new_assignments: StrictBool = True
    method: Literal["auto", "btec", "rubric"] = "auto"


class DashboardVisibility(_Switches):
    """Which sections of the student's page there are: on the page, in the app and in the web service alike."""

    profile: StrictBool = True
    academics: StrictBool = True
    timetable: StrictBool = True
    finance: StrictBool = True
    balance: StrictBool = False
    payments: StrictBool = True
    grades: StrictBool = True
    attendance: StrictBool = False
    requests: StrictBool = True
    card: StrictBool = True


class RequestWindow(Option):
    """When a type of request may be raised: `opens` and `closes` are days (null: no limit), both included."""

    open: StrictBool = True
    opens: date | None = None
    closes: date | None = None
    attachment: Literal["none", "optional", "required"] = "optional"

    @model_validator(mode="after")
    def _check_days(self) -> RequestWindow:
        if self.opens and self.closes and self.closes < self.opens:
            raise ValueError("closes: must not be before opens")
        return self


class DashboardRequests(Option):
    """Which requests students may raise, when, and whether with a file."""

    enroll_next_semester: RequestWindow = RequestWindow()
    class_drop: RequestWindow = RequestWindow()
    late_submission: RequestWindow = RequestWindow(attachment="required")
    student_card: RequestWindow = RequestWindow()
    change_information: RequestWindow = RequestWindow(attachment="required")


class DryRun(Option):
    """Which modules are only tried: what would be written to either side is recorded, and nothing is written.

    `all` covers every module, whatever `modules` names.
    """

    all: StrictBool = False
    modules: tuple[Module, ...] = Field((), max_length=len(MODULES))

    def covers(self, module: str) -> bool:
        """Tell whether a module is only tried."""
        return self.all or module in self.modules


class EventRetention(Option):
    """For how many days finished events are kept: those that were completed, and those that failed."""

    completed_days: int = Field(90, ge=1, le=3650)
    failed_days: int = Field(365, ge=1, le=3650)


class EventRateLimit(Option):
    """How many events each sender (Zoho, Moodle) may deliver a minute, over all agents; null: as many as it likes."""

    per_minute: int | None = Field(30_000, ge=1, le=10_000_000)


class ZohoPush(Option):
    """How Zoho tells the agent of changes, as `zohosync zoho setup` made it; channels are renewed by the agent.

    With `none` the passes alone find what changed.
    """

    by: Literal["none", "rules", "channels", "functions"] = "none"


OPTIONS: dict[str, type[Option]] = {
    "modules.enabled": ModulesEnabled,
    "workflows.auto_enabled": AutoEnabled,
    "sync.directions": Directions,
    "retry.policy": RetryPolicy,
    "moodle.roles": Roles,
    "reconcile.schedule": Schedule,
    "classes.at_end": AtEnd,
    "enrollments.withdrawal": Withdrawal,
    "grading.rules": GradingRules,
    "grading.attempts": GradingAttempts,
    "grading.generated": GradingGenerated,
    "grading.definitions": GradingDefinitions,
    "student_dashboard.visibility": DashboardVisibility,
    "student_dashboard.requests": DashboardRequests,
    "system.dry_run": DryRun,
    "events.retention": EventRetention,
    "events.rate_limit": EventRateLimit,
    "zoho.push": ZohoPush,
}
MOODLES: tuple[str, ...] = tuple(key for key in OPTIONS if key.startswith(("grading.", "student_dashboard.")))
"""Settings that Moodle's plugins need as well; they are pushed there (docs/protocol.md, `put_settings`)."""


@dataclass(frozen=True)
class Misfit:
    """One thing that is wrong with a value: its field (`default_staff.0.role`, empty: the whole) and the reason."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class OptionError(ValueError):
    """A value does not fit its key; the text names each field and what is wrong with it, `misfits` one by one."""

    def __init__(self, message: str, misfits: Sequence[Misfit] = ()) -> None:
        super().__init__(message)
        self.misfits = tuple(misfits)


def parse(key: str, value: Any) -> Option:
    """Read a setting's value.

    Raises:
        OptionError: there is no such key, or the value does not fit.
    """
    if key not in OPTIONS:
        raise OptionError(f"there is no setting {key!r}; there are " + ", ".join(OPTIONS))
    try:
        return TypeAdapter(OPTIONS[key]).validate_python(value)
    except ValidationError as error:
        misfits = [
            Misfit(".".join(str(part) for part in item["loc"]), item["msg"].removeprefix("Value error, "))
            for item in error.errors(include_url=False, include_context=False)
        ]
        raise OptionError("; ".join(map(str, misfits)), misfits) from None


def describe(key: str) -> str:
    """Say in a sentence what a setting is."""
    return (OPTIONS[key].__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
