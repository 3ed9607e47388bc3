"""Breakers: while Zoho or Moodle cannot be used at all, no event burns its tries against it.

Every event reads one side and writes the other, so one open breaker pauses them all; each breaker says which
side it is and why. Pure: the clock (seconds, monotonic) is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import Action, SyncError


@dataclass(frozen=True)
class OpenBreaker:
    """Why a target is stopped: for the status page. `seconds_left` until the next probe (0: it may run now)."""

    target: str
    code: str
    message: str
    seconds_left: float


@dataclass
class _Stop:
    code: str
    message: str
    pause: float
    probe_at: float


class Breakers:
    """The breakers of one agent. Open: nothing is claimed. Then one event probes; its fate decides."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._stops: dict[str, _Stop] = {}
        self._closed: dict[str, tuple[float, float]] = {}  # target: (when closed, its last pause)
        self._probe: int | None = None

    def allowance(self, free: int, in_flight: int, now: float) -> int:
        """Return how many events may be claimed now: all free slots, one probe, or none."""
        if not self._stops:
            return free
        due = all(stop.probe_at <= now for stop in self._stops.values())
        return 1 if due and in_flight == 0 and free > 0 else 0

    def claimed(self, event_id: int) -> None:
        """Remember the event that probes, if there is anything to probe."""
        if self._stops:
            self._probe = event_id

    def failed(self, event_id: int, error: SyncError, now: float) -> float:
        """Take note of a failure; returns the pause in seconds that a STOP_TARGET's event should wait."""
        probed = self._probe == event_id
        if probed:
            self._probe = None
        if error.action is Action.STOP_TARGET:
            return self._open(error, now, probed=probed)
        if not probed:
            return 0.0
        if error.action is Action.RETRY:  # proves nothing: probe again after the same pause
            for stop in self._stops.values():
                stop.probe_at = now + stop.pause
        else:
            self._close(now)
        return 0.0

    def succeeded(self, event_id: int, now: float) -> None:
        """Take note of work done: a probe that came through closes the breakers."""
        if self._probe == event_id:
            self._probe = None
            self._close(now)

    def abandoned(self, event_id: int) -> None:
        """Take note that an event was given up without a result."""
        if self._probe == event_id:
            self._probe = None

    def open_breakers(self, now: float) -> list[OpenBreaker]:
        """List what is stopped and why."""
        return [
            OpenBreaker(target, stop.code, stop.message, max(0.0, stop.probe_at - now))
            for target, stop in sorted(self._stops.items())
        ]

    def _open(self, error: SyncError, now: float, *, probed: bool) -> float:
        target = error.target or "agent"
        stop = self._stops.get(target)
        if stop is not None and not probed:  # others that were in flight when it opened
            return stop.pause
        before = stop.pause if stop else self._recent_pause(target, now)
        pause = min(before * 2, self._longest) if before else self._first
        self._stops[target] = _Stop(error.code, error.message, pause, now + pause)
        return pause

    def _recent_pause(self, target: str, now: float) -> float:
        """Return the last pause if the breaker closed so recently that the trouble is the same, else 0."""
        closed_at, pause = self._closed.get(target, (0.0, 0.0))
        return pause if now - closed_at <= pause else 0.0

    def _close(self, now: float) -> None:
        for target, stop in self._stops.items():
            self._closed[target] = (now, stop.pause)
        self._stops.clear()
