"""integration_events_log as people read it: pages of events, one with its story, and how both directions stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.store.tables import integration_events_log as events
from agent.store.tables import moodle_sync_log as writes

RELATED = 20  # events of the same record that are shown with one
SHOWN = (
    "id",
    "source",
    "event_type",
    "entity_type",
    "record_id",
    "status",
    "outcome",
    "retry_count",
    "waits_for",
    "error_code",
    "error_message",
    "received_at",
    "started_at",
    "finished_at",
    "available_at",
    "correlation_id",
)


@dataclass(frozen=True)
class EventRow:
    """One event as the log holds it. `retry_count` is the number of tries so far; times are aware."""

    id: int
    source: str
    event_type: str
    entity_type: str
    record_id: str
    status: str
    outcome: str | None
    retry_count: int
    waits_for: str | None
    error_code: str | None
    error_message: str | None
    received_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    available_at: datetime
    correlation_id: str


@dataclass(frozen=True)
class WriteRow:
    """One write to Moodle, see `moodle_sync_log`."""

    id: int
    entity: str
    record_id: str
    moodle_id: int | None
    operation: str
    fields: list[str] | None
    error_code: str | None
    error_message: str | None
    run_id: int | None
    correlation_id: str | None
    written_at: datetime


@dataclass(frozen=True)
class EventStory:
    """An event, what it carried for the audit, what came of it, and what else is known of its record."""

    event: EventRow
    payload: Mapping[str, Any]
    result: Mapping[str, Any] | None
    writes: Sequence[WriteRow]
    same_record: Sequence[EventRow]


@dataclass(frozen=True)
class EventFilter:
    """Which events are wanted; None: any. `before` is an id: only older rows, for the next page."""

    status: str | None = None
    source: str | None = None
    entity: str | None = None
    record_id: str | None = None
    error_code: str | None = None
    since: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class Direction:
    """How the events of one sender stand: waiting rows, the oldest one's age in seconds, and the newest arrival."""

    source: str
    pending: int
    failed: int
    oldest_seconds: float | None
    newest_at: datetime | None


@dataclass(frozen=True)
class Day:
    """One day's events (UTC) by what became of them."""

    day: str
    source: str
    completed: int
    failed: int


class EventLog:
    """Reads of the log; it changes nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, wanted: EventFilter, limit: int) -> list[EventRow]:
        """List events, the newest first."""
        query = _shown().order_by(events.c.id.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return [EventRow(**row._mapping) for row in await connection.execute(_where(query, wanted))]

    async def story(self, number: int) -> EventStory | None:
        """Read one event with its writes and the other events of its record; None when there is none."""
        whole = select(
            *(events.c[name] for name in SHOWN), events.c.payload, events.c.result, events.c.record_key
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(whole.where(events.c.id == number))).first()
            if row is None:
                return None
            same = _shown().where(events.c.record_key == row.record_key, events.c.id != number)
            others = await connection.execute(same.order_by(events.c.id.desc()).limit(RELATED))
            written = await connection.execute(
                _writes().where(
                    writes.c.correlation_id == row.correlation_id, writes.c.record_id == row.record_id
                )
            )
            return EventStory(
                EventRow(**{name: row._mapping[name] for name in SHOWN}),
                row.payload,
                row.result,
                [WriteRow(**one._mapping) for one in written],
                [EventRow(**one._mapping) for one in others],
            )

    async def writes(self, entity: str, record_id: str, limit: int) -> list[WriteRow]:
        """List what was written to Moodle of one record, the newest first."""
        query = _writes().where(writes.c.entity == entity, writes.c.record_id == record_id)
        async with self._engine.connect() as connection:
            found = await connection.execute(query.order_by(writes.c.id.desc()).limit(limit))
            return [WriteRow(**row._mapping) for row in found]

    async def directions(self) -> list[Direction]:
        """Tell how each sender's events stand."""
        open_ones = events.c.status.in_(("pending", "processing"))
        age = func.extract("epoch", func.now() - func.min(case((open_ones, events.c.received_at))))
        query = select(
            events.c.source,
            func.count().filter(open_ones).label("pending"),
            func.count().filter(events.c.status == "failed").label("failed"),
            age.label("oldest_seconds"),
            func.max(events.c.received_at).label("newest_at"),
        ).group_by(events.c.source)
        async with self._engine.connect() as connection:
            return [
                Direction(
                    row.source,
                    row.pending,
                    row.failed,
                    None if row.oldest_seconds is None else float(row.oldest_seconds),
                    row.newest_at,
                )
                for row in await connection.execute(query.order_by(events.c.source))
            ]

    async def last_webhooks(self) -> dict[str, datetime]:
        """Tell when Zoho last spoke of each module."""
        query = (
            select(events.c.entity_type, func.max(events.c.received_at).label("at"))
            .where(events.c.source == "zoho")
            .group_by(events.c.entity_type)
        )
        async with self._engine.connect() as connection:
            return {row.entity_type: row.at for row in await connection.execute(query)}

    async def days(self, number: int) -> list[Day]:
        """Count the finished events of the last days, the oldest day first."""
        day = func.to_char(func.timezone("UTC", events.c.finished_at), "YYYY-MM-DD")
        query = (
            select(
                day.label("day"),
                events.c.source,
                func.count().filter(events.c.status == "completed").label("completed"),
                func.count().filter(events.c.status == "failed").label("failed"),
            )
            .where(events.c.finished_at >= func.now() - timedelta(days=number))
            .group_by(day, events.c.source)
            .order_by(day, events.c.source)
        )
        async with self._engine.connect() as connection:
            return [Day(**row._mapping) for row in await connection.execute(query)]


def _shown() -> Select[Any]:
    return select(*(events.c[name] for name in SHOWN))


def _writes() -> Select[Any]:
    return select(*(writes.c[name] for name in WriteRow.__dataclass_fields__))


def _where(query: Select[Any], wanted: EventFilter) -> Select[Any]:
    equal = {
        "status": wanted.status,
        "source": wanted.source,
        "entity_type": wanted.entity,
        "record_id": wanted.record_id,
        "error_code": wanted.error_code,
    }
    for name, value in equal.items():
        if value is not None:
            query = query.where(events.c[name] == value)
    if wanted.since is not None:
        query = query.where(events.c.received_at >= wanted.since)
    return query if wanted.before is None else query.where(events.c.id < wanted.before)
