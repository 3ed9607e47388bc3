"""What may be changed while the agents run: the keys of app_settings, their shapes, defaults and meaning. Pure.

Secrets and addresses are no settings; they are in the environment (`agent.config`).
"""

from __future__ import annotations

import re
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


OPTIONS: dict[str, type[Option]] = {
    "modules.enabled": ModulesEnabled,
    "workflows.auto_enabled": AutoEnabled,
    "sync.directions": Directions,
    "retry.policy": RetryPolicy,
    "moodle.roles": Roles,
    "reconcile.schedule": Schedule,
    "classes.at_end": AtEnd,
    "enrollments.withdrawal": Withdrawal,
}


class OptionError(ValueError):
    """A value does not fit its key; the text names each field and what is wrong with it."""


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
        lines = []
        for item in error.errors(include_url=False, include_context=False):
            where = ".".join(str(part) for part in item["loc"])
            reason = item["msg"].removeprefix("Value error, ")
            lines.append(f"{where}: {reason}" if where else reason)
        raise OptionError("; ".join(lines)) from None


def describe(key: str) -> str:
    """Say in a sentence what a setting is."""
    return (OPTIONS[key].__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
