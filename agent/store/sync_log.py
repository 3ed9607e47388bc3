"""moodle_sync_log: every write to Moodle, one row a record, also those that Moodle refused or that wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.store.many import insert_rows
from agent.store.tables import moodle_sync_log


@dataclass(frozen=True)
class Written:
    """What one write to Moodle did to one record.

    Attributes:
        operation: created | updated | deleted | refused | waiting.
        change_hash: of the form that was written (MD5: change detection only).
        fields: our names of what differed from what was agreed.
        error_code, error_message: why it was refused or waits.
    """

    record_id: str
    operation: str
    moodle_id: int | None = None
    change_hash: str | None = None
    fields: list[str] | None = None
    error_code: str | None = None
    error_message: str | None = None


@dataclass(frozen=True)
class Writes:
    """What one call wrote, and who asked for it: a pass (`run_id`) or an event (`correlation_id`)."""

    rows: Sequence[Written] = ()
    run_id: int | None = None
    correlation_id: str | None = None


async def write_log(connection: AsyncConnection, entity: str, writes: Iterable[Writes]) -> None:
    """Add the rows of several calls within the caller's transaction."""
    rows = [
        {"entity": entity, "run_id": one.run_id, "correlation_id": one.correlation_id, **vars(row)}
        for one in writes
        for row in one.rows
    ]
    await insert_rows(connection, moodle_sync_log, rows)


async def purge(engine: AsyncEngine, retention: timedelta) -> int:
    """Delete what was written longer ago than `retention`; returns how many rows."""
    table = moodle_sync_log
    async with engine.begin() as connection:
        done = await connection.execute(delete(table).where(table.c.written_at < func.now() - retention))
    return done.rowcount
