"""What is remembered of a write to Moodle beside the sync row: lines of money, definitions of criteria."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.entities.base import Entity
from agent.store.definitions import Definition, forget_definitions, save_definitions
from agent.store.finance import replace_lines
from agent.store.records import Beside
from agent.store.tables import SYNC_TABLES
from agent.sync.plan import Planned

Agreed = tuple[Planned, int | None]  # what Moodle took, and Moodle's id of it


def beside(entity: Entity, done: Sequence[Agreed]) -> Beside | None:
    """Build what `RecordStore.save_many` writes in its transaction; None where the entity has nothing of the kind.

    Args:
        entity: whose records.
        done: those that both sides agree on now.
    """
    if entity.lines is None and entity.name != "unit":
        return None

    async def write(connection: AsyncConnection) -> None:
        current = await _current(connection, entity, done)
        if entity.lines is not None:
            make = entity.lines
            lines = {
                item.record_id: [] if item.deleted else make(item.record_id, item.form) for item, _ in current
            }
            await replace_lines(connection, entity.name, lines)
        else:
            await _define(connection, current)

    return write


async def _current(connection: AsyncConnection, entity: Entity, done: Sequence[Agreed]) -> list[Agreed]:
    """Leave out what the sync table did not take, for it knows a newer version already."""
    table = SYNC_TABLES[entity.name]
    ids = [item.record_id for item, _ in done]
    query = select(table.c.record_id, table.c.agreed_hash).where(table.c.record_id.in_(ids))
    hashes = {row.record_id: row.agreed_hash for row in await connection.execute(query)}
    return [(item, moodle_id) for item, moodle_id in done if hashes[item.record_id] == item.change_hash]


async def _define(connection: AsyncConnection, current: Sequence[Agreed]) -> None:
    await save_definitions(
        connection,
        [
            Definition(item.record_id, moodle_id, item.row["criteria"], item.change_hash)
            for item, moodle_id in current
            if not item.deleted
        ],
    )
    await forget_definitions(connection, [item.record_id for item, _ in current if item.deleted])
