"""Write db/schema.sql, the reference of the tables, from agent/store/tables.py: `python -m ops.schema`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from agent.store.tables import metadata

TARGET = Path(__file__).resolve().parent.parent / "db" / "schema.sql"
HEADER = (
    "-- Generated from agent/store/tables.py by `python -m ops.schema`; the migrations are the history.\n"
)


def render() -> str:
    """Render every table and index as PostgreSQL DDL."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    parts = [HEADER]
    for table in metadata.sorted_tables:
        parts.append(str(CreateTable(table).compile(dialect=dialect)).strip() + ";\n")
        indexes = sorted(table.indexes, key=lambda item: str(item.name))
        parts.extend(str(CreateIndex(index).compile(dialect=dialect)).strip() + ";\n" for index in indexes)
    return "\n".join(line.rstrip() for line in "\n".join(parts).splitlines()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render())
