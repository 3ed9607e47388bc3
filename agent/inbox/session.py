"""The agent's own database session: it hears NOTIFY, and its advisory lock tells the others that the agent lives.

The lock belongs to the session, so it needs a real one: no pgbouncer in transaction mode. When the process dies,
PostgreSQL drops the lock at once and the other agents take over its events within seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.inbox.statements import CHANNEL, LOCK_CLASS

log = structlog.get_logger(__name__)

PING_SECONDS = 5.0
ANSWER_SECONDS = 5.0
RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0)  # the last one repeats


class AgentSession:
    """Keeps the session alive and calls `on_wake` for each NOTIFY and after each (re)connection."""

    def __init__(self, engine: AsyncEngine, agent: int, on_wake: Callable[[], None]) -> None:
        _, self._options = engine.dialect.create_connect_args(engine.url)
        self._agent = agent
        self._on_wake = on_wake
        self.connected = asyncio.Event()  # set while the lock is held

    async def run(self) -> None:
        """Listen until cancelled; reconnects for as long as it takes."""
        failures = 0
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                pause = RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]
                failures = 1 if self.connected.is_set() else failures + 1
                log.warning("inbox_session_lost", error=type(error).__name__, retry_seconds=pause)
            finally:
                self.connected.clear()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            **self._options, autocommit=True, connect_timeout=int(ANSWER_SECONDS)
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._take_lock(connection)
                await connection.execute(f"LISTEN {CHANNEL}")
            self.connected.set()
            self._on_wake()
            while True:
                heard = False
                async for _ in connection.notifies(timeout=PING_SECONDS, stop_after=1):
                    heard = True
                    self._on_wake()
                if not heard:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await connection.execute("SELECT 1")
        finally:
            await connection.close()

    async def _take_lock(self, connection: psycopg.AsyncConnection[object]) -> None:
        """Hold the agent's lock. After a lost connection the server may still know the old session for a while."""
        row = await (
            await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, self._agent))
        ).fetchone()
        if row is None or not row[0]:  # type: ignore[index]
            raise TimeoutError("the agent's former session still holds its lock")
