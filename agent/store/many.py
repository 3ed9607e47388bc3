"""Many rows by one statement: they go as one JSON document, which PostgreSQL reads by the types of their table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, Table, Text, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

ROWS = "rows"  # the parameter
CHUNK = 200  # rows a statement: more cost memory, and no less time


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; the others get their defaults."""
    await write_rows(connection, rows, partial(insert_many, table))


async def write_rows(
    connection: AsyncConnection,
    rows: Sequence[Mapping[str, Any]],
    statement: Callable[[tuple[str, ...]], Insert],
) -> None:
    """Write rows that all name the same columns, by what `statement` makes of `insert_many` for these columns."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        await connection.execute(statement(tuple(chunk[0])), {ROWS: document(chunk)})


@cache  # building it takes longer than the database does
def insert_many(table: Table, names: tuple[str, ...]) -> Insert:
    """Build the statement that inserts what `document` gives it as the parameter `ROWS`."""
    return insert(table).from_select(names, _read(table, names))


def _read(table: Table, names: tuple[str, ...]) -> Select[Any]:
    document = cast(bindparam(ROWS, type_=Text), JSONB)
    read = func.jsonb_populate_recordset(text(f"NULL::{table.name}"), document).table_valued(
        *names, name="given"
    )
    return select(*(read.c[name] for name in names))


def document(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows as the statement reads them: None is NULL, a Decimal keeps all its digits."""
    return f"[{','.join(json.dumps(row, default=_plain, ensure_ascii=False) for row in rows)}]"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):  # and a datetime
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is no value of a column")
