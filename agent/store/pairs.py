"""Enrollments by student and class, requests by their number in Moodle; and one piece of work at a time on each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.errors import Action, Fault, SyncError
from agent.store.tables import SYNC_TABLES

PAIR_LOCK = 7004  # first key of the advisory locks; the second is a hash, so strangers may share a lock
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
TAKE = text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
LEAVE = text("SELECT pg_advisory_unlock(:space, hashtext(:name))")

Pair = tuple[str, str]  # Zoho's ids of student and class


@dataclass(frozen=True)
class PairMark:
    """What is remembered of an enrollment: its id, and when it was deleted."""

    record_id: str
    deleted_at: datetime | None


class Pairs:
    """Queries beside those of `RecordStore`, and the locks of pairs over all agents."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sessions = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def all(self) -> dict[Pair, list[PairMark]]:
        """Read every remembered enrollment by its pair."""
        return await self._marks(None)

    async def of(self, pair: Pair) -> list[str]:
        """List the enrollments of one pair that are not deleted, by id."""
        marks = (await self._marks(pair)).get(pair, [])
        return sorted(mark.record_id for mark in marks if mark.deleted_at is None)

    async def request(self, number: int) -> str | None:
        """Return Zoho's id of the request that has this number in Moodle."""
        table = SYNC_TABLES["request"]
        query = select(table.c.record_id).where(table.c.moodle_id == number, table.c.deleted_at.is_(None))
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalar()

    @asynccontextmanager
    async def alone(self, *names: str) -> AsyncIterator[None]:
        """Keep every agent's other work on this pair (or request) away.

        Raises:
            SyncError: others have been at it for a minute (waits, not counted).
        """
        values = {"space": PAIR_LOCK, "name": "_".join(names)}
        connection = await self._taken(values)
        try:
            yield
        finally:
            try:
                await connection.execute(LEAVE, values)
            except BaseException:
                await connection.invalidate()  # the session's end frees the lock
                raise
            finally:
                await connection.close()

    async def _taken(self, values: dict[str, object]) -> AsyncConnection:
        """Take the lock on a session that holds it; while others have it no session is kept."""
        give_up = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            connection = await self._sessions.connect()
            try:
                if (await connection.execute(TAKE, values)).scalar():
                    return connection
            except BaseException:
                await connection.invalidate()
                raise
            await connection.close()
            if asyncio.get_running_loop().time() > give_up:
                raise SyncError(
                    "BUSY",
                    "Another piece of work on the same enrollment or request does not end.",
                    action=Action.WAIT,
                    fault=Fault.DEPENDENCY,
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _marks(self, pair: Pair | None) -> dict[Pair, list[PairMark]]:
        table = SYNC_TABLES["enrollment"]
        student, class_ = (table.c.source_state[name].astext for name in ("student", "class"))
        query = select(table.c.record_id, student, class_, table.c.deleted_at)
        if pair is not None:
            query = query.where(student == pair[0], class_ == pair[1])
        found: dict[Pair, list[PairMark]] = {}
        async with self._engine.connect() as connection:
            for record_id, *key, deleted_at in await connection.execute(query):
                found.setdefault((key[0], key[1]), []).append(PairMark(record_id, deleted_at))
        return found
