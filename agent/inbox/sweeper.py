"""Find events whose agent died or hung, and keep the leases of our own."""

from __future__ import annotations

import time
from collections.abc import Collection

import structlog

from agent.inbox.repository import InboxRepository
from agent.inbox.settings import InboxSettings

log = structlog.get_logger(__name__)

RENEWALS_PER_LEASE = 3


class Sweeper:
    """What one agent remembers between two sweeps."""

    def __init__(self, repository: InboxRepository, agent: int, settings: InboxSettings) -> None:
        self._repository = repository
        self._agent = agent
        self._settings = settings
        self._renew_at = 0.0
        self._dead_since: dict[int, float] = {}
        self._lost_since: float | None = None

    def lost_session(self, *, connected: bool, now: float) -> bool:
        """Tell whether our own session is gone for a sweep: others will soon believe us dead.

        They wait two sweeps, so work that is cancelled after one never runs twice at once.
        """
        if connected:
            self._lost_since = None
            return False
        if self._lost_since is None:
            self._lost_since = now
        return now - self._lost_since >= self._settings.sweep

    async def renew(self, ids: Collection[int]) -> set[int]:
        """Prolong the leases when it is time; returns the events that are no longer ours."""
        now = time.monotonic()
        if now < self._renew_at or not ids:
            return set()
        asked = set(ids)
        ours = await self._repository.renew(self._agent, asked, lease=self._settings.lease)
        self._renew_at = now + self._settings.lease / RENEWALS_PER_LEASE
        return asked - ours

    async def rescue(self, now: float, *, max_tries: int) -> int:
        """Give back events of owners seen dead for two sweeps, and events whose lease ran out; returns how many."""
        dead = await self._repository.dead_owners(self._agent)
        self._dead_since = {owner: self._dead_since.get(owner, now) for owner in dead}
        believed = [
            owner for owner, since in self._dead_since.items() if now - since >= self._settings.sweep * 2
        ]
        count = await self._repository.give_back(believed, max_tries=max_tries)
        if count:
            log.warning("events_given_back", count=count, dead_agents=len(believed))
        return count
