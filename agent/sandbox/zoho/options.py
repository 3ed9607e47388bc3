"""Everything a sandbox can be told at its start, and its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SLUG_OF_MODULE: Mapping[str, str] = {
    "BTEC_Students": "student",
    "BTEC_Teachers": "teacher",
    "Products": "program",
    "BTEC": "unit",
    "BTEC_Classes": "class",
    "BTEC_Registrations": "registration",
    "BTEC_Enrollments": "enrollment",
    "BTEC_Payments": "payment",
    "BTEC_Grades": "grade",
    "BTEC_Student_Requests": "request",
}
"""The workflow rules that call out: module -> last word of the webhook's address."""


@dataclass(frozen=True)
class User:
    """A person (or the integration's login) of the organisation."""

    id: str
    name: str
    email: str
    zuid: str

    def brief(self) -> dict[str, str]:
        """Give the user as write results name one."""
        return {"name": self.name, "id": self.id}

    def full(self) -> dict[str, str]:
        """Give the user as records name one."""
        return {"name": self.name, "id": self.id, "email": self.email}


INTEGRATION = User("5725767000000486001", "Moodle Integration", "integration@example.org", "700000001")
REGISTRAR = User("5725767000000486002", "Rana Registrar", "registrar@example.org", "700000002")
USERS: Mapping[str, User] = {user.id: user for user in (INTEGRATION, REGISTRAR)}


@dataclass(frozen=True)
class SandboxOptions:
    """How a sandbox starts.

    Attributes:
        client_id, client_secret, refresh_token: the only credentials the token endpoint knows.
        college: number of students to generate (0: an empty organisation).
        faulty: whether the college has a few records that cannot be synced (`generate_college`).
        seed: everything random (people, tokens, probable faults) follows from it.
        latency_ms: time every call (tokens included) takes at least.
        webhook_url: address of the workflow webhooks; `{slug}` becomes student, class, ...; None: no rules.
        webhook_secret: signs (form `signed`, as a Deluge function does) or is sent (form `header`).
        throttle_status: HTTP status of "Access Denied" (both are seen in the wild).
        enforce_picklists: False accepts new picklist values, as Zoho itself does; True catches typos.
        trigger_silences_watch: True lets `trigger: []` suppress notifications too (undocumented).
        omit_expires_in: leave `expires_in` out of token answers, as Zoho does at times.
        daily_credits, concurrency, sub_concurrency: limits; the defaults are those of one Enterprise user.
        unique_fields: module -> fields that the organisation made unique.
        start, zone_hours: see `SandboxClock`.
    """

    client_id: str = "sandbox"
    client_secret: str = "sandbox"  # noqa: S105 - the sandbox's published default, not a secret
    refresh_token: str = "sandbox"  # noqa: S105
    college: int = 0
    faulty: bool = False
    seed: int = 0
    latency_ms: int = 0
    webhook_url: str | None = None
    webhook_secret: str | None = None
    webhook_form: Literal["signed", "header"] = "signed"
    throttle_status: Literal[200, 400] = 400
    enforce_picklists: bool = True
    trigger_silences_watch: bool = False
    omit_expires_in: bool = False
    daily_credits: int = 51_000
    concurrency: int = 20
    sub_concurrency: int = 10
    unique_fields: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"BTEC_Grades": ("Moodle_Grade_Composite_Key",)}
    )
    start: datetime | None = None
    zone_hours: int = 3

    def __post_init__(self) -> None:
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("workflow webhooks need a secret: the agent refuses unsigned calls")
