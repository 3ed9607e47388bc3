"""integration_events_log as a queue: every statement that moves an event, and nothing else."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Row, TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.gathering import Gathering
from agent.inbox import statements
from agent.inbox.events import Event, FailedEvent, InboxCounts, NewEvent, Outcome
from agent.inbox.plan import Again, Park

RACE_LOST = frozenset({"23505", "40P01", "40001"})  # unique violation, deadlock, serialization failure
PURGE_SLICE = 5000  # rows a statement; keeps locks and WAL bursts short
CONNECTION_LOST = (
    "08",
    "57P",
    "53",
)  # SQLSTATE classes: connection, shutdown, too many connections or full disk


def database_is_away(error: BaseException) -> bool:
    """Tell whether an error means that the database cannot be reached now, rather than that a statement is wrong."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        return error.connection_invalidated or (
            isinstance(error.orig, psycopg.OperationalError)
            and (state is None or state.startswith(CONNECTION_LOST))
        )
    return isinstance(error, PoolTimeoutError)


class InboxRepository:
    """Statements on the inbox. Every method is one transaction; database errors pass through.

    Raises:
        sqlalchemy.exc.SQLAlchemyError, OSError: the database cannot be used; nothing was changed, or the
            answer was lost after the change (accept again: duplicates are recognised).
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._completed = Gathering(self._complete_all, linger_seconds=0)

    async def accept(self, events: Sequence[NewEvent]) -> tuple[int, int]:
        """Store events durably and wake the workers; returns (accepted, duplicates)."""
        accepted = len(await self.store(events))
        return accepted, len(events) - accepted

    async def store(self, events: Sequence[NewEvent]) -> set[tuple[str, str]]:
        """Store events durably and wake the workers; returns source and id of those that were not there before."""
        if not events:
            return set()
        rows = await self._run(
            statements.ACCEPT,
            events=json.dumps([_columns(event) for event in events]),
            channel=statements.CHANNEL,
        )
        return {(source, event_id) for source, event_id in rows[0].stored}

    async def accept_rejected(
        self,
        *,
        event_id: str,
        source: str,
        event_type: str,
        module: str | None,
        entity_type: str,
        reason: str,
        payload: Mapping[str, Any],
        correlation_id: str,
    ) -> None:
        """Keep a row (failed, rejected) of an authenticated body that could not be read."""
        await self._run(
            statements.ACCEPT_REJECTED,
            event_id=event_id,
            source=source,
            event_type=event_type,
            module=module,
            entity_type=entity_type,
            record_key=f"{entity_type}:",
            reason=reason,
            payload=json.dumps(dict(payload)),
            correlation_id=correlation_id,
        )

    async def claim(self, agent: int, *, limit: int, lease: float) -> list[Event]:
        """Take up to `limit` events for this agent, the newest of each record, counting the try."""
        while True:
            try:
                rows = await self._run(statements.CLAIM, agent=agent, limit=limit, lease=lease)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in RACE_LOST:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02))  # noqa: S311 - no secret, spreads the agents
                continue
            return [_event(row) for row in rows]

    async def complete(self, agent: int, event: Event, outcome: Outcome) -> bool:
        """Finish an event; False when it is no longer ours (another agent has it)."""
        ends = {"id": event.id, "agent": agent, "try_number": event.try_number}
        return await self._completed.one({**ends, "outcome": outcome.outcome, "result": dict(outcome.result)})

    async def _complete_all(self, done: Sequence[Mapping[str, Any]]) -> list[bool]:
        rows = await self._run(statements.COMPLETE, done=json.dumps(done, default=str))
        ours = {(row.id, row.agent, row.try_number) for row in rows}
        return [(one["id"], one["agent"], one["try_number"]) in ours for one in done]

    async def park(self, agent: int, event: Event, park: Park) -> bool:
        """Set an event aside as failed with its reason; False when it is no longer ours."""
        return await self._ours(statements.PARK, agent, event, code=park.code, message=park.message)

    async def again(
        self, agent: int, event: Event, again: Again, *, wait_first: float, wait_longest: float
    ) -> bool:
        """Put an event back for later; False when it is no longer ours."""
        return await self._ours(
            statements.AGAIN,
            agent,
            event,
            counted=again.counted,
            delay=again.delay,
            waits_for=again.waits_for,
            code=again.code,
            message=again.message,
            wait_first=wait_first,
            wait_longest=wait_longest,
        )

    async def renew(self, agent: int, ids: Collection[int], *, lease: float) -> set[int]:
        """Prolong the lease of events in flight; returns those that are still ours."""
        rows = await self._run(statements.RENEW, agent=agent, ids=list(ids), lease=lease)
        return {int(row.id) for row in rows}

    async def release_own(self, agent: int, in_flight: Collection[int]) -> int:
        """Give back, uncounted, this agent's events that nobody is working on; returns how many."""
        return len(await self._run(statements.RELEASE_OWN, agent=agent, in_flight=list(in_flight)))

    async def dead_owners(self, agent: int) -> set[int]:
        """Find other agents that own events but no longer hold their advisory lock."""
        rows = await self._run(statements.DEAD_OWNERS, agent=agent, lock_class=statements.LOCK_CLASS)
        return {int(row.claimed_by) for row in rows}

    async def living_agents(self) -> int:
        """Count the agents that hold their advisory lock."""
        rows = await self._run(statements.LIVING, lock_class=statements.LOCK_CLASS)
        return int(rows[0][0])

    async def give_back(self, dead: Iterable[int], *, max_tries: int) -> int:
        """Return events of dead owners and expired leases to pending (parked once their tries are spent)."""
        return len(await self._run(statements.GIVE_BACK, dead=list(dead), max_tries=max_tries))

    async def wake(self, record_keys: Sequence[str]) -> int:
        """Make the events that wait for one of these records due now; returns how many."""
        if not record_keys:
            return 0
        rows = await self._run(statements.WAKE, record_keys=list(record_keys), channel=statements.CHANNEL)
        return int(rows[0][0])

    async def retry_failed(
        self,
        ids: Collection[int] | None = None,
        *,
        entity: str | None = None,
        error_code: str | None = None,
        since: datetime | None = None,
    ) -> int:
        """Make parked events pending with fresh tries; returns how many. None: it does not matter.

        Args:
            ids: only these.
            entity: only of this entity.
            error_code: only those that failed so.
            since: only those received then or later (aware).
        """
        rows = await self._run(
            statements.RETRY_FAILED,
            ids=None if ids is None else list(ids),
            entity=entity,
            code=error_code,
            since=since,
            channel=statements.CHANNEL,
        )
        return int(rows[0][0])

    async def old(self, status: str, retention: timedelta) -> int:
        """Count the events of a final status (completed | failed) that were finished longer ago than `retention`."""
        values = {"status": status, "older_than": retention.total_seconds()}
        return int((await self._run(statements.OLD, **values))[0][0])

    async def purge(self, status: str, retention: timedelta) -> int:
        """Delete those events; returns how many."""
        values = {"status": status, "older_than": retention.total_seconds(), "slice": PURGE_SLICE}
        deleted = 0
        while True:
            async with self._engine.connect() as connection:
                done = await connection.execute(statements.PURGE, values)
            deleted += done.rowcount
            if done.rowcount < PURGE_SLICE:
                return deleted

    async def counts(self) -> InboxCounts:
        """Tell how the inbox stands."""
        row = (await self._run(statements.COUNTS))[0]
        return InboxCounts(**row._mapping)

    async def newest_failed(self, limit: int) -> list[FailedEvent]:
        """Read the failed events, newest first."""
        rows = await self._run(statements.NEWEST_FAILED, limit=limit)
        return [FailedEvent(**row._mapping) for row in rows]

    async def _ours(self, statement: TextClause, agent: int, event: Event, **values: Any) -> bool:
        rows = await self._run(statement, id=event.id, agent=agent, try_number=event.try_number, **values)
        return bool(rows)

    async def _run(self, statement: TextClause, **values: Any) -> Sequence[Row[Any]]:
        async with self._engine.connect() as connection:
            result = await connection.execute(statement, values)
            return result.all() if result.returns_rows else []


def _columns(event: NewEvent) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "source": event.source,
        "event_type": event.event_type,
        "module": event.module,
        "entity_type": event.entity_type,
        "record_id": event.record_id,
        "record_key": event.record_key,
        "payload": dict(event.payload),
        "priority": event.priority,
        "correlation_id": event.correlation_id,
    }


def _event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        event_id=row.event_id,
        source=row.source,
        event_type=row.event_type,
        module=row.module,
        entity_type=row.entity_type,
        record_id=row.record_id,
        record_key=row.record_key,
        payload=row.payload,
        try_number=row.retry_count,
        correlation_id=row.correlation_id,
    )
