"""extension_tenants and extension_integrations: which organisation and which site this database belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.store.tables import extension_integrations, extension_tenants

LEARN_LOCK = 7004  # advisory lock: several agents may learn at once, one tenant comes of it


@dataclass(frozen=True)
class Integration:
    """One side as it was learnt.

    Attributes:
        side: zoho | moodle.
        identity: id of Zoho's organisation, Moodle's site identifier.
        address: number by which Zoho's people call the organisation (zgid), Moodle's wwwroot.
        name: for people.
    """

    side: str
    identity: str
    address: str
    name: str
    learnt_at: datetime | None = None
    checked_at: datetime | None = None


class TenancyStore:
    """Reads and writes of both tables; there is one tenant a database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self) -> list[Integration]:
        """Read what was learnt; empty at first."""
        async with self._engine.connect() as connection:
            return await _read(connection)

    async def learn(self, found: Integration) -> Integration:
        """Keep a side that is not known yet, else note that it was looked at; returns what is stored."""
        table = extension_integrations
        async with self._engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(LEARN_LOCK)))
            tenant = await _tenant(connection, found.name)
            values: dict[str, Any] = {
                "side": found.side,
                "identity": found.identity,
                "address": found.address,
                "name": found.name,
            }
            await connection.execute(
                upsert(table).values(tenant_id=tenant, **values).on_conflict_do_nothing()
            )
            same = (table.c.side == found.side) & (table.c.identity == found.identity)
            await connection.execute(update(table).where(same).values(checked_at=func.now()))
            return next(known for known in await _read(connection) if known.side == found.side)

    async def forget(self) -> int:
        """Forget both sides, so that the next start learns them anew; returns how many were known."""
        async with self._engine.begin() as connection:
            known = len(await _read(connection))
            await connection.execute(delete(extension_tenants))
            return known


async def _tenant(connection: AsyncConnection, name: str) -> int:
    found = (await connection.execute(select(extension_tenants.c.id))).scalar()
    if found is None:
        added = insert(extension_tenants).values(name=name).returning(extension_tenants.c.id)
        found = (await connection.execute(added)).scalar_one()
    return int(found)


async def _read(connection: AsyncConnection) -> list[Integration]:
    table = extension_integrations
    columns = [table.c[name] for name in Integration.__dataclass_fields__]
    rows = await connection.execute(select(*columns).order_by(table.c.side.desc()))
    return [Integration(**row._mapping) for row in rows]
