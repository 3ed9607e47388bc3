"""The sync_* tables: what the owner of a record last said, and what both sides last agreed on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, null, or_, select, true, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.gathering import Gathering
from agent.store.many import insert_many, write_rows
from agent.store.sync_log import Writes, write_log
from agent.store.tables import SYNC_TABLES

# Whose names are part of whose form.
NAMED_BY = {
    "program": ("class", "registration"),
    "unit": ("class",),
    "class": ("grade",),
    "student": ("grade",),
}
CHUNK = 500  # rows a statement: stays far below PostgreSQL's 65,535 parameters

Beside = Callable[[AsyncConnection], Awaitable[None]]  # what else is written in the same transaction


@dataclass(frozen=True, slots=True)
class SyncRecord:
    """One row of a sync table.

    Attributes:
        record_id: Zoho's record id; for grades Moodle's composite key.
        source_state, source_hash, source_time: what the owning side last said (MD5: change detection only).
        agreed_state, agreed_hash: what both sides last agreed on; None until a target write succeeded.
        state: pending | synced | error | deleted.
        columns: typed columns that the entity's table has beside these, by name; only written, never read.
    """

    record_id: str
    state: str
    zoho_id: str | None = None
    moodle_id: int | None = None
    source_state: dict[str, Any] | None = None
    source_hash: str | None = None
    source_time: datetime | None = None
    agreed_state: dict[str, Any] | None = None
    agreed_hash: str | None = None
    mapping_version: int = 1
    error_code: str | None = None
    error_message: str | None = None
    deleted_at: datetime | None = None
    columns: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class _Save:
    """What one call of `save_many` wants written together."""

    records: Sequence[SyncRecord]
    writes: Writes | None
    beside: Beside | None


COLUMNS = tuple(name for name in SyncRecord.__dataclass_fields__ if name != "columns")
FORMS = frozenset({"source_state", "agreed_state"})


class RecordStore:
    """Reads and writes of the sync tables; every write is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._gatherings: dict[str, Gathering[str, SyncRecord | None]] = {}
        self._saved: dict[str, Gathering[_Save, None]] = {}

    async def get(self, entity: str, record_id: str) -> SyncRecord | None:
        """Read one record; those that several tasks want at the same moment come with one statement."""
        if entity not in self._gatherings:
            self._gatherings[entity] = Gathering(partial(self._each, entity), linger_seconds=0)
        return await self._gatherings[entity].one(record_id)

    async def _each(self, entity: str, record_ids: Sequence[str]) -> list[SyncRecord | None]:
        found = await self.get_many(entity, record_ids)
        return [found.get(record_id) for record_id in record_ids]

    async def get_many(self, entity: str, record_ids: Iterable[str]) -> dict[str, SyncRecord]:
        """Read several records, by record id; those unknown are absent."""
        table = SYNC_TABLES[entity]
        ids = list(record_ids)
        found: dict[str, SyncRecord] = {}
        async with self._engine.connect() as connection:
            for start in range(0, len(ids), CHUNK):
                query = _columns(table).where(table.c.record_id.in_(ids[start : start + CHUNK]))
                for row in await connection.execute(query):
                    found[row.record_id] = _record(row)
        return found

    async def by_zoho_id(self, entity: str, zoho_id: str) -> SyncRecord | None:
        """Read the record that Zoho knows under this id."""
        table = SYNC_TABLES[entity]
        query = _columns(table).where(table.c.zoho_id == zoho_id, of_entity(entity))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _record(row)

    async def marks(self, entity: str) -> dict[str, SyncRecord]:
        """Read every record of an entity without its forms (`source_state` and `agreed_state` are None), by id.

        Enough to tell whether a record is settled, in one statement and a fraction of the memory.
        """
        table = SYNC_TABLES[entity]
        wanted = [null().label(name) if name in FORMS else table.c[name] for name in COLUMNS]
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(*wanted).where(of_entity(entity)))
            return {row.record_id: _record(row) for row in rows}

    async def known_ids(self, entity: str) -> set[str]:
        """List the ids of every record that is not deleted."""
        table = SYNC_TABLES[entity]
        query = select(table.c.record_id).where(table.c.deleted_at.is_(None), of_entity(entity))
        async with self._engine.connect() as connection:
            return {row.record_id for row in await connection.execute(query)}

    async def deleted_ids(self, entity: str) -> set[str]:
        """List the ids of every record that was deleted."""
        table = SYNC_TABLES[entity]
        query = select(table.c.record_id).where(table.c.deleted_at.is_not(None), of_entity(entity))
        async with self._engine.connect() as connection:
            return {row.record_id for row in await connection.execute(query)}

    async def linked_ids(self, entity: str) -> set[str]:
        """List the ids of every record that Moodle has a counterpart of, also of those that were deleted since."""
        table = SYNC_TABLES[entity]
        query = select(table.c.record_id).where(table.c.moodle_id.is_not(None), of_entity(entity))
        async with self._engine.connect() as connection:
            return {row.record_id for row in await connection.execute(query)}

    async def waiting_for(self, entity: str, record_ids: list[str]) -> dict[str, list[str]]:
        """Find records that wait for these: entity -> record ids (an enrollment waits for student and class)."""
        if entity not in {"student", "class"}:
            return {}
        table = SYNC_TABLES["enrollment"]
        query = select(table.c.record_id).where(
            table.c.state == "pending", table.c.source_state[entity].astext.in_(record_ids)
        )
        async with self._engine.connect() as connection:
            found = [row.record_id for row in await connection.execute(query)]
        return {"enrollment": found} if found else {}

    async def naming(self, entity: str, record_ids: list[str]) -> dict[str, list[str]]:
        """Find records that carry the names of these: entity -> record ids; of grades those of Moodle."""
        found: dict[str, list[str]] = {}
        async with self._engine.connect() as connection:
            for dependent in NAMED_BY.get(entity, ()):
                table = SYNC_TABLES[dependent]
                named = table.c.source_state[entity]
                query = select(table.c.record_id).where(
                    table.c.deleted_at.is_(None),
                    (named if dependent == "grade" else named["id"]).astext.in_(record_ids),
                )
                if dependent == "grade":
                    query = query.where(table.c.record_id != table.c.zoho_id)
                if rows := [row.record_id for row in await connection.execute(query)]:
                    found[dependent] = rows
        return found

    async def save(self, entity: str, record: SyncRecord) -> None:
        """Write one record; see `save_many`."""
        await self.save_many(entity, [record])

    async def save_many(
        self,
        entity: str,
        records: Iterable[SyncRecord],
        *,
        writes: Writes | None = None,
        beside: Beside | None = None,
    ) -> None:
        """Insert or update records. A record whose source is older than what is stored changes nothing.

        Args:
            entity: whose table.
            records: what to remember.
            writes: the log of the writes to Moodle that led to this.
            beside: writes what else belongs to it. All of it is one transaction.
        """
        if entity not in self._saved:
            self._saved[entity] = Gathering(partial(self._save_all, entity), linger_seconds=0)
        await self._saved[entity].one(_Save(list(records), writes, beside))

    async def _save_all(self, entity: str, saves: Sequence[_Save]) -> Sequence[Exception | None]:
        """Write what several tasks want to save in one transaction, or each in its own where that fails."""
        try:
            await self._save(entity, saves)
        except Exception as error:  # one of them may be the cause: it shall not cost the others
            if len(saves) == 1:
                return [error]
            alone = [self._save(entity, [save]) for save in saves]
            return [_failure(done) for done in await asyncio.gather(*alone, return_exceptions=True)]
        return [None] * len(saves)

    async def _save(self, entity: str, saves: Sequence[_Save]) -> None:
        # A statement takes a row once, and rows of the same columns.
        groups: dict[tuple[int, frozenset[str]], list[dict[str, Any]]] = {}
        turns: Counter[str] = Counter()
        for save in saves:
            for record in save.records:
                row = {**{name: getattr(record, name) for name in COLUMNS}, **(record.columns or {})}
                groups.setdefault((turns[record.record_id], frozenset(row)), []).append(row)
                turns[record.record_id] += 1
        async with self._engine.begin() as connection:
            for rows in groups.values():
                rows.sort(key=itemgetter("record_id"))  # who locks several rows locks them in one order
                await write_rows(connection, rows, partial(_upsert, SYNC_TABLES[entity]))
            await write_log(connection, entity, [save.writes for save in saves if save.writes is not None])
            for save in saves:
                if save.beside is not None:
                    await save.beside(connection)

    async def move(self, entity: str, times: Mapping[str, datetime]) -> None:
        """Note that records (id -> Zoho's Modified_Time) are still what both sides agreed on, under a later time."""
        table = SYNC_TABLES[entity]
        async with self._engine.begin() as connection:
            for record_id, moment in sorted(times.items()):
                same = (table.c.record_id == record_id, table.c.source_hash == table.c.agreed_hash)
                await connection.execute(
                    update(table)
                    .where(*same, table.c.source_time < moment)
                    .values(source_time=moment, updated_at=func.now())
                )

    async def fail(self, entity: str, record_id: str, code: str, message: str) -> None:
        """Note why a record could not be synced; see `fail_many`."""
        await self.fail_many(entity, [(record_id, code, message)])

    async def fail_many(self, entity: str, failures: Sequence[tuple[str, str, str]]) -> None:
        """Note why records (id, code, message) could not be synced; what was agreed stays."""
        if not failures:
            return
        table = SYNC_TABLES[entity]
        rows = [
            {"record_id": record_id, "state": "error", "error_code": code, "error_message": message}
            for record_id, code, message in failures
        ]
        async with self._engine.begin() as connection:
            for start in range(0, len(rows), CHUNK):
                statement = insert(table)
                changes = {name: statement.excluded[name] for name in rows[0] if name != "record_id"}
                await connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=[table.c.record_id], set_={**changes, "updated_at": func.now()}
                    ),
                    rows[start : start + CHUNK],
                )


@cache  # building it takes longer than the database does
def _upsert(table: Table, names: tuple[str, ...]) -> Insert:
    statement = insert_many(table, names)
    new = statement.excluded
    changes: Mapping[str, Any] = {
        **{name: new[name] for name in names if name != "record_id"},
        "synced_at": func.now(),
        "updated_at": func.now(),
    }
    return statement.on_conflict_do_update(
        index_elements=[table.c.record_id],
        set_=changes,
        where=or_(
            table.c.source_time.is_(None),
            new.source_time.is_(None),
            table.c.source_time <= new.source_time,
        ),
    )


def _failure(done: BaseException | None) -> Exception | None:
    if done is None or isinstance(done, Exception):
        return done
    raise done


def of_entity(entity: str) -> ColumnElement[bool]:
    """Tell an entity's rows from those of the other one in its table: only Moodle's keys of grades have a `_`."""
    if entity not in {"grade", "result"}:
        return true()
    of_moodle = SYNC_TABLES[entity].c.record_id.contains("_", autoescape=True)
    return of_moodle if entity == "grade" else ~of_moodle


def _columns(table: Table) -> Any:
    return select(*(table.c[name] for name in COLUMNS))


def _record(row: Row[Any]) -> SyncRecord:
    return SyncRecord(*tuple(row))  # selected in the order of its fields
