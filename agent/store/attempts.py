"""sync_grades.attempts: what came of the attempts that a later one has taken the place of in Zoho."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.store.tables import sync_grades

Attempt = Mapping[str, Any]  # attempt (from 1), letter, status, date, grader, verifier, feedback


async def keep_attempts(connection: AsyncConnection, earlier: Mapping[str, Sequence[Attempt]]) -> None:
    """Add attempts (by the grade's key) that are not kept yet, within the caller's transaction; none is overwritten."""
    rows = [(key, attempt) for key, attempts in earlier.items() for attempt in attempts]
    held = func.coalesce(sync_grades.c.attempts, literal_column("'[]'::jsonb"))
    added = type_coerce(bindparam("added"), JSONB)
    statement = (
        update(sync_grades)
        .where(sync_grades.c.record_id == bindparam("key"), ~held.contains(bindparam("named", type_=JSONB)))
        .values(attempts=held.concat(added))
    )
    for key, attempt in rows:
        named = [{"attempt": attempt["attempt"]}]
        await connection.execute(statement, {"key": key, "named": named, "added": [dict(attempt)]})


async def attempts_of(engine: AsyncEngine, key: str) -> list[Attempt]:
    """Read the earlier attempts of a grade, the first one first."""
    query = select(sync_grades.c.attempts).where(sync_grades.c.record_id == key)
    async with engine.connect() as connection:
        found = (await connection.execute(query)).scalar_one_or_none()
    return sorted(found or [], key=lambda attempt: attempt["attempt"])
