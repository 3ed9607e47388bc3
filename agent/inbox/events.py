"""What the inbox carries. An event names a record and says "look at it again"; it never carries the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class NewEvent:
    """An event as a sender gave it, not stored yet.

    Attributes:
        event_id: unique together with `source`; the same id again is a duplicate and is not stored twice.
        source: zoho | moodle | reconcile.
        event_type: the sender's own word (``update``, ``grade.updated``).
        module: Zoho's module, None for Moodle.
        record_id: id of the record in the source system.
        payload: facts for the audit (operation, times, channel); never data to write, never secrets.
        correlation_id: ties the rows, the log lines and the HTTP request together.
        priority: lower goes first; live events 0, bulk work 10.
    """

    event_id: str
    source: str
    event_type: str
    entity_type: str
    record_id: str
    correlation_id: str
    module: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 0

    @property
    def record_key(self) -> str:
        """The key that is worked on by one worker at a time."""
        return f"{self.entity_type}:{self.record_id}"


@dataclass(frozen=True)
class Event:
    """A stored event that this agent has claimed. `try_number` counts from 1 and fences the finish."""

    id: int
    event_id: str
    source: str
    event_type: str
    module: str | None
    entity_type: str
    record_id: str
    record_key: str
    payload: Mapping[str, Any]
    try_number: int
    correlation_id: str


@dataclass(frozen=True)
class Outcome:
    """What came of an event: ``applied``, ``unchanged``, ``ignored`` or ``dry_run``, and details for a person."""

    outcome: str
    result: Mapping[str, Any] = field(default_factory=dict)


class Handler(Protocol):
    """Does the work of one event. Must be safe to repeat: a killed agent's events run again."""

    async def handle(self, event: Event) -> Outcome:
        """Work on the event.

        Raises:
            SyncError: what failed; the inbox carries its action out.
        """
        ...


@dataclass(frozen=True)
class InboxCounts:
    """How the inbox stands: rows by status, of the pending those that wait, age of the oldest in seconds.

    Attributes:
        due_seconds: for how long the one that is due longest could have been worked on; None: nothing is due. What
            waits for another record, or for its next try, is not due.
    """

    pending: int
    processing: int
    completed: int
    failed: int
    waiting: int
    oldest_pending_seconds: float | None
    due_seconds: float | None


@dataclass(frozen=True)
class FailedEvent:
    """An event that needs a person: which record, and why in a sentence."""

    id: int
    record_key: str
    error_code: str
    error_message: str
