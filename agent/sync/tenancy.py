"""Refuse to work with another organisation or another site than the one that this database was set up for.

A database that remembers what a sandbox and a test site agreed on would otherwise write its links into production, and
the other way round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from agent.errors import Action, Fault, SyncError
from agent.moodle.client import MoodleClient
from agent.store.tenancy import Integration, TenancyStore
from agent.zoho.client import ZohoClient

FOREIGN = "FOREIGN_SIDE"
WORDS = {"zoho": "Zoho organisation", "moodle": "Moodle site"}


class Tenancy:
    """Learns both sides at first, and compares afterwards; each is asked once a process."""

    def __init__(self, zoho: ZohoClient, moodle: MoodleClient, store: TenancyStore) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self.store = store
        self._checked: set[str] = set()
        self._lock = asyncio.Lock()

    async def check(self) -> None:
        """Compare both sides with what was learnt.

        Raises:
            SyncError: `FOREIGN_SIDE` (waits, opens no breaker): one is another; any other: a side cannot be asked now.
        """
        async with self._lock:
            for side, ask in (("zoho", self.zoho), ("moodle", self.moodle)):
                await self._compare(side, ask)

    async def check_moodle(self) -> None:
        """Compare Moodle alone; see `check`."""
        async with self._lock:
            await self._compare("moodle", self.moodle)

    async def zoho(self) -> Integration:
        """Ask Zoho who it is."""
        organisation = await self._zoho.org()
        name = str(organisation.get("company_name") or "")
        return Integration(
            "zoho", str(organisation.get("id") or ""), str(organisation.get("zgid") or ""), name
        )

    async def moodle(self) -> Integration:
        """Ask Moodle who it is."""
        status = await self._moodle.get_status()
        return Integration("moodle", status.siteid, status.wwwroot, status.wwwroot)

    async def _compare(self, side: str, ask: Callable[[], Awaitable[Integration]]) -> None:
        if side in self._checked:
            return
        found = await ask()
        known = await self.store.learn(found)
        if (known.identity, known.address) != (found.identity, found.address):
            raise foreign(known, found)
        self._checked.add(side)


def foreign(known: Integration, found: Integration) -> SyncError:
    """Build the error of a side that is another than the one learnt."""
    word = WORDS[known.side]
    return SyncError(
        FOREIGN,
        f"This database belongs to the {word} {_called(known)}, but the settings lead to {_called(found)}. Nothing "
        "is written. Mend the settings, or, if the move is meant, `zohosync tenant forget`.",
        action=Action.WAIT,
        fault=Fault.CONFIGURATION,
        target=known.side,
    )


def _called(side: Integration) -> str:
    return (
        f"{side.name} ({side.identity}, {side.address})"
        if side.name != side.address
        else (f"{side.address} ({side.identity})")
    )
