"""moodle_grading_definitions: the criteria of each unit as they were last written to Moodle."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.tables import moodle_grading_definitions as definitions


@dataclass(frozen=True)
class Definition:
    """What Moodle was told of one unit.

    Attributes:
        record_id: Zoho's id.
        moodle_id: of the plugin's row, None if it has none.
        criteria: `shortname` and `description` each, in order.
        change_hash: of the unit's form (MD5: change detection only).
    """

    record_id: str
    moodle_id: int | None
    criteria: Sequence[dict[str, str]]
    change_hash: str


async def save_definitions(connection: AsyncConnection, rows: Sequence[Definition]) -> None:
    """Remember definitions within the caller's transaction."""
    if not rows:
        return
    statement = insert(definitions).values([asdict(row) for row in rows])
    new = statement.excluded
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[definitions.c.record_id],
            set_={
                "moodle_id": new.moodle_id,
                "criteria": new.criteria,
                "change_hash": new.change_hash,
                "written_at": func.now(),
            },
        )
    )


async def forget_definitions(connection: AsyncConnection, record_ids: Collection[str]) -> None:
    """Forget the definitions of units that are gone, within the caller's transaction."""
    await connection.execute(delete(definitions).where(definitions.c.record_id.in_(record_ids)))
