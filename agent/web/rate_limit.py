"""How many events a sender may deliver, by the setting `events.rate_limit`, over all agents together."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiolimiter import AsyncLimiter
from sqlalchemy.exc import SQLAlchemyError

from agent.errors import SyncError
from agent.store.options import EventRateLimit
from agent.store.settings import SettingsStore
from agent.web.bounded import bounded
from agent.web.problems import ProblemError

PERIOD_SECONDS = 60.0
DATABASE_SECONDS = 1.0  # for each look into it
COUNT_SECONDS = 10.0  # how long the number of agents is believed

Agents = Callable[[], Coroutine[Any, Any, int]]


class RateLimit:
    """Each agent lets through its share: the limit divided by the agents that live."""

    def __init__(
        self, settings: SettingsStore, agents: Agents, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._agents = agents
        self._clock = clock
        self._living = 1
        self._stale_at = float("-inf")
        self._limiters: dict[str, AsyncLimiter] = {}

    async def check(self, sender: str) -> None:
        """Count one delivery of a sender whose proof holds.

        Raises:
            ProblemError: 429 with Retry-After; it was one too many and was not taken.
        """
        share = await self._share()
        if share is None:
            return
        limiter = self._limiters.get(sender)
        if limiter is None or limiter.max_rate != share:
            limiter = self._limiters[sender] = AsyncLimiter(share, PERIOD_SECONDS)
        if not limiter.has_capacity():
            wait = max(1, math.ceil(PERIOD_SECONDS / share))
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many events in the last minute; send this one again later.",
                headers={"Retry-After": str(wait)},
            )
        await limiter.acquire()

    async def _share(self) -> float | None:
        """Return how many events a minute this agent takes from a sender; None: any number."""
        try:
            if not self._settings.fresh:  # only what asks the database needs a task to wait for
                await bounded(self._settings.get(EventRateLimit), DATABASE_SECONDS)
            limit = (await self._settings.get(EventRateLimit)).per_minute
            if limit is None:
                return None
            if self._clock() >= self._stale_at:
                self._living = max(1, await bounded(self._agents(), DATABASE_SECONDS))
                self._stale_at = self._clock() + COUNT_SECONDS
            return max(1.0, limit / self._living)
        except (SQLAlchemyError, OSError, SyncError):  # TimeoutError is an OSError
            return None  # whether the event can be stored is decided where it is stored


RATE_LIMIT = web.AppKey("rate_limit", RateLimit)
