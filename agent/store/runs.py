"""The passes' own tables: where each module stands, one row a pass, one a record that it touched; and who may pass.

Whoever holds the `Lead` knows that nobody else is making a pass, so a run that still says `running` is one whose
process ended.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.store.many import insert_rows
from agent.store.tables import extension_modules, extension_run_history, extension_sync_runs

LEAD_LOCK = 7003  # advisory lock of whoever makes a pass
PING_SECONDS = 5.0
POLL_SECONDS = 0.2
ABANDONED = "the process ended before the pass did"
SETTING = "setting"  # the entity of what the history keeps of changed settings

Result = TypeVar("Result")


class LeadTakenError(Exception):
    """Another agent or command is making a pass."""


class LeadLostError(Exception):
    """The database session that held the lead is gone, so somebody else may have it: the pass was stopped."""


@dataclass(frozen=True)
class RecordNote:
    """What a pass did with one record that it wrote, could not write, or that waits.

    Attributes:
        record_id: Zoho's id.
        outcome: created | updated | linked (only Zoho was told Moodle's id) | kept (see `Definitions`) | failed |
            waiting | conflict.
        fields: our names of the fields that differed from what was agreed.
        error_code, error_message: why it failed or waits.
        detail: of a conflict: our name of the field -> what was kept, what was lost, what was agreed before.
    """

    record_id: str
    outcome: str
    fields: list[str] | None = None
    error_code: str | None = None
    error_message: str | None = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Run:
    """One pass over one module.

    Attributes:
        kind: full | incremental | dry_run | drift.
        status: running | completed | failed.
        counts: records by what became of them.
    """

    id: int
    kind: str
    entity: str
    status: str
    counts: Mapping[str, int]
    error: str | None
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class HistoryRow:
    """What became of one record, see `RecordNote`.

    Attributes:
        run_id: the pass that did it, None for an event or a person.
    """

    id: int
    run_id: int | None
    entity: str
    record_id: str
    outcome: str
    fields: list[str] | None
    detail: Mapping[str, Any] | None
    error_code: str | None
    error_message: str | None
    recorded_at: datetime


class Lead:
    """One pass at a time over all agents: an advisory lock on a session of its own.

    It belongs to the session, so it needs a real one: no pgbouncer in transaction mode.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        _, self._options = engine.dialect.create_connect_args(engine.url)

    async def alone(self, work: Coroutine[Any, Any, Result], *, patience: float = 0.0) -> Result:
        """Do the work while nobody else makes a pass.

        Args:
            work: is cancelled when the session is lost.
            patience: seconds to wait for another pass to end.

        Raises:
            LeadTakenError: another pass did not end in time; LeadLostError: the session broke off;
            psycopg.Error: the database cannot be reached.
        """
        try:
            connection = await psycopg.AsyncConnection.connect(
                **self._options, autocommit=True, connect_timeout=int(PING_SECONDS)
            )
        except BaseException:
            work.close()
            raise
        try:
            try:
                await _take(connection, patience)
            except BaseException:
                work.close()
                raise
            return await _while_held(connection, work)
        finally:
            await connection.close()


async def _take(connection: psycopg.AsyncConnection[Any], patience: float) -> None:
    try:
        async with asyncio.timeout(patience or None):
            while True:
                asked = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LEAD_LOCK,))
                row = await asked.fetchone()
                if row is not None and row[0]:
                    return
                if not patience:
                    raise LeadTakenError
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise LeadTakenError from error


async def _while_held(connection: psycopg.AsyncConnection[Any], work: Coroutine[Any, Any, Result]) -> Result:
    task, watch = asyncio.create_task(work), asyncio.create_task(_until_lost(connection))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise LeadLostError
        return task.result()
    finally:
        task.cancel()
        watch.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


async def _until_lost(connection: psycopg.AsyncConnection[Any]) -> None:
    with suppress(psycopg.Error, OSError, TimeoutError):
        while True:
            await asyncio.sleep(PING_SECONDS)
            async with asyncio.timeout(PING_SECONDS):
                await connection.execute("SELECT 1")


class RunStore:
    """Reads and writes of extension_modules, extension_sync_runs and extension_run_history."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def watermarks(self) -> dict[str, datetime]:
        """Read how far each module has come; a module without a completed full pass is absent."""
        table = extension_modules
        query = select(table.c.entity, table.c.watermark).where(table.c.watermark.is_not(None))
        async with self._engine.connect() as connection:
            return {row.entity: row.watermark for row in await connection.execute(query)}

    async def due(self, interval: timedelta) -> set[str]:
        """Name the modules with a watermark whose last pass began at least `interval` ago."""
        table = extension_modules
        query = select(table.c.entity).where(
            table.c.watermark.is_not(None),
            or_(table.c.last_pass_at.is_(None), table.c.last_pass_at <= func.now() - interval),
        )
        async with self._engine.connect() as connection:
            return {row.entity for row in await connection.execute(query)}

    async def due_in_full(self, since: datetime, interval: timedelta) -> set[str]:
        """Name the modules with a watermark whose last full pass ended before `since` (aware).

        One whose last pass began less than `interval` ago is left alone: it may just have failed.
        """
        table = extension_modules
        query = select(table.c.entity).where(
            table.c.watermark.is_not(None),
            or_(table.c.last_full_at.is_(None), table.c.last_full_at < since),
            or_(table.c.last_pass_at.is_(None), table.c.last_pass_at <= func.now() - interval),
        )
        async with self._engine.connect() as connection:
            return {row.entity for row in await connection.execute(query)}

    async def newest(
        self, limit: int, *, entity: str | None = None, kind: str | None = None, before: int | None = None
    ) -> list[Run]:
        """List the newest runs, newest first; only those with a smaller id than `before`."""
        table = extension_sync_runs
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        for column, value in ((table.c.entity, entity), (table.c.kind, kind)):
            query = query if value is None else query.where(column == value)
        query = query if before is None else query.where(table.c.id < before)
        async with self._engine.connect() as connection:
            return [Run(**row._mapping) for row in await connection.execute(query)]

    async def run(self, number: int) -> Run | None:
        """Read one run; None when there is none."""
        query = select(extension_sync_runs).where(extension_sync_runs.c.id == number)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else Run(**row._mapping)

    async def records(self, run_id: int, *, after: int, limit: int) -> list[HistoryRow]:
        """List what a run did with its records, in order, from the row after `after` on."""
        table = extension_run_history
        query = _history().where(table.c.run_id == run_id, table.c.id > after)
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(table.c.id).limit(limit))
            return [HistoryRow(**row._mapping) for row in rows]

    async def conflicts(self, limit: int, *, before: int | None = None) -> list[HistoryRow]:
        """List the newest conflicts, newest first; only those with a smaller id than `before`."""
        return await self._of_outcome(("conflict",), None, limit, before)

    async def changed_settings(self, limit: int, *, before: int | None = None) -> list[HistoryRow]:
        """List who changed which setting, newest first; `detail` has `by`, `before` and `after`."""
        return await self._of_outcome(("changed", "reset"), SETTING, limit, before)

    async def _of_outcome(
        self, outcomes: Sequence[str], entity: str | None, limit: int, before: int | None
    ) -> list[HistoryRow]:
        table = extension_run_history
        query = _history().where(table.c.outcome.in_(outcomes)).order_by(table.c.id.desc()).limit(limit)
        query = query if entity is None else query.where(table.c.entity == entity)
        query = query if before is None else query.where(table.c.id < before)
        async with self._engine.connect() as connection:
            return [HistoryRow(**row._mapping) for row in await connection.execute(query)]

    async def add(self, kind: str, entity: str) -> int:
        """Begin a run that moves no watermark (drift) and return its id; `end` finishes it."""
        added = insert(extension_sync_runs).values(kind=kind, entity=entity)
        async with self._engine.begin() as connection:
            return int((await connection.execute(added.returning(extension_sync_runs.c.id))).scalar_one())

    async def end(self, run_id: int, counts: Mapping[str, int], error: str | None = None) -> None:
        """Finish such a run."""
        async with self._engine.begin() as connection:
            await _finish(connection, run_id, "failed" if error else "completed", counts, error)

    async def fail_abandoned(self) -> int:
        """Mark the runs of ended processes as failed; only for the holder of the lead. Returns how many."""
        table = extension_sync_runs
        values = {"status": "failed", "error": ABANDONED, "finished_at": func.now()}
        async with self._engine.begin() as connection:
            done = await connection.execute(update(table).where(table.c.status == "running").values(values))
        return done.rowcount

    async def begin(self, kind: str, entity: str, remark: str | None = None) -> int:
        """Begin a run (full | incremental) and return its id; `remark` is kept with the module until it succeeds."""
        async with self._engine.begin() as connection:
            module: dict[str, Any] = {"last_pass_at": func.now()}
            if remark:
                module["last_error"] = remark
            await _keep(connection, entity, module)
            added = insert(extension_sync_runs).values(kind=kind, entity=entity)
            done = await connection.execute(added.returning(extension_sync_runs.c.id))
            return int(done.scalar_one())

    async def note(self, run_id: int | None, entity: str, notes: Sequence[RecordNote]) -> None:
        """Keep what became of records; `run_id` None: no pass but an event did it."""
        rows = [{"run_id": run_id, "entity": entity, **vars(note)} for note in notes]
        async with self._engine.begin() as connection:
            await insert_rows(connection, extension_run_history, rows)

    async def complete(
        self, run_id: int, entity: str, counts: Counter[str], *, watermark: datetime | None, full: bool
    ) -> None:
        """Finish a run that did its work, and advance the module's watermark (never back; None leaves it).

        A run that was meanwhile given up as abandoned advances nothing.
        """
        module: dict[str, Any] = {"last_error": None}
        if watermark is not None:
            module["watermark"] = func.greatest(extension_modules.c.watermark, watermark)
        if full:
            module["last_full_at"] = func.now()
        async with self._engine.begin() as connection:
            if await _finish(connection, run_id, "completed", counts, None):
                await _keep(connection, entity, module)

    async def fail(self, run_id: int, entity: str, counts: Counter[str], error: str) -> None:
        """Finish a run that could not do its work; the watermark stays."""
        async with self._engine.begin() as connection:
            if await _finish(connection, run_id, "failed", counts, error):
                await _keep(connection, entity, {"last_error": error})

    async def purge(self, retention: timedelta) -> int:
        """Delete finished runs, with their records, that began longer ago than `retention`; returns how many.

        What events left in the history goes after the same time; who changed which setting stays.
        """
        runs, history = extension_sync_runs, extension_run_history
        of_events = and_(
            history.c.run_id.is_(None),
            history.c.entity != SETTING,
            history.c.recorded_at < func.now() - retention,
        )
        old = select(runs.c.id).where(runs.c.status != "running", runs.c.started_at < func.now() - retention)
        async with self._engine.begin() as connection:
            await connection.execute(delete(history).where(or_(history.c.run_id.in_(old), of_events)))
            return (await connection.execute(delete(runs).where(runs.c.id.in_(old)))).rowcount


def _history() -> Select[Any]:
    return select(*(extension_run_history.c[name] for name in HistoryRow.__dataclass_fields__))


async def _finish(
    connection: AsyncConnection, run_id: int, status: str, counts: Mapping[str, int], error: str | None
) -> bool:
    table = extension_sync_runs
    done = await connection.execute(
        update(table)
        .where(table.c.id == run_id, table.c.status == "running")
        .values(status=status, counts=dict(counts), error=error, finished_at=func.now())
    )
    return done.rowcount == 1


async def _keep(connection: AsyncConnection, entity: str, values: Mapping[str, Any]) -> None:
    """Insert the module's row where there is none, then set values (they may refer to what is there)."""
    table = extension_modules
    await connection.execute(upsert(table).values(entity=entity).on_conflict_do_nothing())
    await connection.execute(
        update(table).where(table.c.entity == entity).values({**values, "updated_at": func.now()})
    )
