"""What a call costs and how many may run: credits in a rolling day, concurrency, sub-concurrency."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.errors import CallRefused
from agent.sandbox.zoho.options import SandboxOptions

DAY = timedelta(hours=24)
CONCURRENCY_TEXT = "The concurrency limit of the user for the app is exceeded"
QUOTA_TEXT = "Number of API requests for the 24 hour period is exceeded"


def too_many_requests(message: str = CONCURRENCY_TEXT) -> CallRefused:
    """Refuse a call by a limit; Zoho sends no Retry-After."""
    return CallRefused(429, "TOO_MANY_REQUESTS", message)


class Limits:
    """Counts credits and calls in flight."""

    def __init__(self, options: SandboxOptions, clock: SandboxClock) -> None:
        self.daily_credits = options.daily_credits
        self.concurrency = options.concurrency
        self.sub_concurrency = options.sub_concurrency
        self._clock = clock
        self._spent: deque[tuple[datetime, int]] = deque()
        self.used = 0
        self.in_flight = 0
        self.heavy_in_flight = 0
        self.most_in_flight = 0

    @contextmanager
    def slot(self, *, heavy: bool) -> Iterator[None]:
        """Hold a place among the calls in flight.

        Raises:
            CallRefused: 429 when no place is left, or (before the call counts) when the day is spent.
        """
        full = self.in_flight >= self.concurrency
        if full or (heavy and self.heavy_in_flight >= self.sub_concurrency):
            raise too_many_requests()
        self.in_flight += 1
        self.heavy_in_flight += heavy
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1
            self.heavy_in_flight -= heavy

    def check_quota(self) -> None:
        """Refuse the call when the day's credits are spent."""
        self._forget_old()
        if self.used >= self.daily_credits:
            raise too_many_requests(QUOTA_TEXT)

    def spend(self, credit_cost: int) -> None:
        """Book what a call cost."""
        self._forget_old()
        self._spent.append((self._clock.now(), credit_cost))
        self.used += credit_cost

    def remaining_header(self) -> str | None:
        """Give X-API-CREDITS-REMAINING, which Zoho sends only once half is used."""
        if self.used * 2 < self.daily_credits:
            return None
        return str(max(self.daily_credits - self.used, 0))

    def _forget_old(self) -> None:
        horizon = self._clock.now() - DAY
        while self._spent and self._spent[0][0] <= horizon:
            self.used -= self._spent.popleft()[1]
