"""What becomes of an event whose work failed. Pure: an error and the try's number in, a plan out."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import Action, SyncError
from agent.inbox.settings import InboxSettings

JITTER = (
    0.2  # share by which a retry may be early or late, so that what failed together does not return together
)
LONGEST_RETRY = 24 * 3600.0
INTERNAL_ERROR = "INTERNAL_ERROR"


@dataclass(frozen=True)
class Again:
    """Look at the event again later.

    Attributes:
        delay: seconds; None lets the inbox choose by the event's age.
        counted: whether the try counts.
        waits_for: record key whose arrival makes it due at once.
    """

    code: str
    message: str
    delay: float | None
    counted: bool
    waits_for: str | None = None


@dataclass(frozen=True)
class Park:
    """Set the event aside as failed until a person looks."""

    code: str
    message: str


def retry_delay(try_number: int, settings: InboxSettings, spread: float) -> float:
    """Return the seconds to wait after the given try failed.

    Args:
        try_number: from 1.
        settings: base and factor.
        spread: a number from -1 to 1, drawn by the caller.
    """
    # The exponent is bounded before it is used: 2.0 ** 5000 would overflow.
    plain = settings.retry_base * settings.retry_factor ** min(try_number - 1, 64)
    return min(plain, LONGEST_RETRY) * (1 + JITTER * spread)


def plan_failure(
    error: SyncError, try_number: int, settings: InboxSettings, *, spread: float, pause: float
) -> Again | Park:
    """Decide what becomes of an event.

    Args:
        error: why the work failed.
        try_number: of the try that failed, from 1.
        settings: tries and delays.
        spread: a number from -1 to 1 for the jitter.
        pause: seconds for which the stopped target's breaker stays open (STOP_TARGET only).
    """
    if error.action is Action.FAIL_RECORD:
        return Park(error.code, error.message)
    if error.action is Action.WAIT:
        return Again(error.code, error.message, error.retry_after, counted=False, waits_for=error.waits_for)
    if error.action is Action.STOP_TARGET:
        return Again(error.code, error.message, pause, counted=False)
    if try_number >= settings.max_tries:
        return Park(error.code, error.message)
    delay = max(retry_delay(try_number, settings, spread), error.retry_after or 0.0)
    return Again(error.code, error.message, delay, counted=True)
