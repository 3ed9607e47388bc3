"""The one family of errors that the sync acts on.

Each error says what to do (`Action`) and whose fault it is (`Fault`), so that callers decide by
value and never by parsing a message. Clients raise these; the inbox carries them out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What the caller should do with the work that failed."""

    RETRY = "retry"  # try again later, counts as one of the tries
    WAIT = "wait"  # try again later, does not count (throttling, a dependency that is not there yet)
    STOP_TARGET = "stop_target"  # nothing for this target can work now: open its breaker, burn no tries
    FAIL_RECORD = "fail_record"  # this record cannot work as it is: park it with the reason


class Fault(StrEnum):
    """Whose fault the failure is."""

    TRANSIENT = "transient"
    THROTTLED = "throttled"
    QUOTA = "quota"
    CONFIGURATION = "configuration"
    RECORD = "record"
    DEPENDENCY = "dependency"


class SyncError(Exception):
    """A failure with a code, a sentence for a person, and what to do about it.

    Attributes:
        code: stable upper-case word, e.g. ``INVALID_TOKEN``; Zoho's or Moodle's own code where there is one.
        message: a sentence a person understands, with the other system's own words where it gave any.
        action, fault: see the enums.
        target: ``zoho``, ``moodle`` or ``None``: whose breaker a STOP_TARGET opens.
        retry_after: seconds the other side asked us to wait, if it did.
        waits_for: record key (``student:123``) whose arrival resolves a DEPENDENCY fault.
        details: data to act on (field name, length, ids); never secrets.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        action: Action,
        fault: Fault,
        target: str | None = None,
        retry_after: float | None = None,
        waits_for: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.action = action
        self.fault = fault
        self.target = target
        self.retry_after = retry_after
        self.waits_for = waits_for
        self.details = details or {}


def transient(code: str, message: str, *, target: str | None = None, **details: Any) -> SyncError:
    """Build an error for a passing fault: try again, counted."""
    return SyncError(
        code, message, action=Action.RETRY, fault=Fault.TRANSIENT, target=target, details=details
    )


def throttled(
    code: str, message: str, *, target: str, retry_after: float | None = None, **details: Any
) -> SyncError:
    """Build an error for "too many calls": wait, not counted."""
    return SyncError(
        code,
        message,
        action=Action.WAIT,
        fault=Fault.THROTTLED,
        target=target,
        retry_after=retry_after,
        details=details,
    )


def quota_spent(code: str, message: str, *, target: str, **details: Any) -> SyncError:
    """Build an error for a spent daily quota: stop this target, say so, resume later."""
    return SyncError(
        code, message, action=Action.STOP_TARGET, fault=Fault.QUOTA, target=target, details=details
    )


def misconfigured(code: str, message: str, *, target: str, **details: Any) -> SyncError:
    """Build an error for a fault only an administrator can mend: stop this target, burn no tries."""
    return SyncError(
        code, message, action=Action.STOP_TARGET, fault=Fault.CONFIGURATION, target=target, details=details
    )


def bad_record(code: str, message: str, *, target: str | None = None, **details: Any) -> SyncError:
    """Build an error for a record that cannot be synced as it is: park it with the reason."""
    return SyncError(
        code, message, action=Action.FAIL_RECORD, fault=Fault.RECORD, target=target, details=details
    )


def waiting_for(record_key: str, message: str) -> SyncError:
    """Build an error for work whose dependency has not arrived yet: it waits, visible, not counted."""
    return SyncError(
        "WAITING_FOR_DEPENDENCY",
        message,
        action=Action.WAIT,
        fault=Fault.DEPENDENCY,
        waits_for=record_key,
    )
