"""How records stand: one with its reasons, everything that belongs to one student, and numbers by module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.store.records import of_entity
from agent.store.tables import SYNC_TABLES, extension_modules

# Which member of a record's form names its student.
STUDENT_IN = {
    "registration": "student",
    "enrollment": "student",
    "payment": "student",
    "result": "student",
    "grade": "student",
    "request": "student",
}


@dataclass(frozen=True)
class RecordStanding:
    """One record as the agent remembers it, without its values.

    Attributes:
        record_id: Zoho's id; of a grade Moodle's composite key.
        state: pending | synced | error | deleted.
        agreed: whether both sides were brought to what the owner last said.
    """

    entity: str
    record_id: str
    zoho_id: str | None
    moodle_id: int | None
    state: str
    agreed: bool
    error_code: str | None
    error_message: str | None
    source_time: datetime | None
    synced_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True)
class ModuleStanding:
    """Where a module's passes stand, and its records by state."""

    entity: str
    watermark: datetime | None
    last_pass_at: datetime | None
    last_full_at: datetime | None
    last_error: str | None
    records: dict[str, int]


class Standing:
    """Reads over the sync tables; it changes nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def record(self, entity: str, record_id: str) -> RecordStanding | None:
        """Read how one record stands; None when the agent does not know it."""
        query = _standing(entity).where(SYNC_TABLES[entity].c.record_id == record_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else RecordStanding(**row._mapping)

    async def student(self, zoho_id: str) -> list[RecordStanding]:
        """Read everything that names this student, herself first; empty when nothing does."""
        queries = [
            _standing(name).where(SYNC_TABLES[name].c.record_id == zoho_id) for name in ("student", "finance")
        ]
        for entity, member in STUDENT_IN.items():
            form = SYNC_TABLES[entity].c.source_state
            named = or_(form[member].astext == zoho_id, form[(member, "id")].astext == zoho_id)
            queries.append(_standing(entity).where(named).order_by(SYNC_TABLES[entity].c.record_id))
        found: list[RecordStanding] = []
        async with self._engine.connect() as connection:
            for query in queries:
                found += [RecordStanding(**row._mapping) for row in await connection.execute(query)]
        return found

    async def student_of(self, moodle_id: int) -> str | None:
        """Find the student who is linked to this Moodle account."""
        table = SYNC_TABLES["student"]
        query = select(table.c.record_id).where(table.c.moodle_id == moodle_id, table.c.deleted_at.is_(None))
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalars().first()

    async def modules(self) -> list[ModuleStanding]:
        """Tell where every module stands, whether a pass was made over it or not."""
        async with self._engine.connect() as connection:
            kept = {row.entity: row for row in await connection.execute(select(extension_modules))}
            counts = {name: await _counts(connection, name) for name in SYNC_TABLES}
        return [_module(name, kept.get(name), counts[name]) for name in SYNC_TABLES]


async def _counts(connection: Any, entity: str) -> dict[str, int]:
    table = SYNC_TABLES[entity]
    query = (
        select(table.c.state, func.count().label("number")).where(of_entity(entity)).group_by(table.c.state)
    )
    return {row.state: row.number for row in await connection.execute(query)}


def _module(entity: str, row: Any, records: dict[str, int]) -> ModuleStanding:
    if row is None:
        return ModuleStanding(entity, None, None, None, None, records)
    return ModuleStanding(entity, row.watermark, row.last_pass_at, row.last_full_at, row.last_error, records)


def _standing(entity: str) -> Select[Any]:
    table = SYNC_TABLES[entity]
    columns = [
        table.c[name] for name in RecordStanding.__dataclass_fields__ if name not in {"entity", "agreed"}
    ]
    agreed = table.c.agreed_hash.is_not(None) & (table.c.agreed_hash == table.c.source_hash)
    return select(
        literal(entity).label("entity"), func.coalesce(agreed, False).label("agreed"), *columns
    ).where(of_entity(entity))
