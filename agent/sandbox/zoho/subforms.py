"""How a written list of rows changes a subform (API v6 and later)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from agent.sandbox.zoho.errors import ItemRefused, invalid_data
from agent.sandbox.zoho.metadata import Field
from agent.sandbox.zoho.rules import RuleContext, clean

MAX_ROWS = 100


def merge_rows(
    field: Field,
    written: Any,
    present: list[dict[str, Any]],
    path: str,
    context: RuleContext,
    new_id: Callable[[], str],
    now: datetime,
) -> list[dict[str, Any]]:
    """Give the rows after the write.

    A row without id is appended, one with an id is kept and changed, one with `_delete` goes, rows not
    mentioned stay, an empty list removes all.

    Raises:
        ItemRefused: a value breaks a rule, an id is of no row, or more than 100 rows result.
    """
    if not isinstance(written, list) or not all(isinstance(row, dict) for row in written):
        raise invalid_data(field.api_name, path, expected_data_type="jsonarray")
    if not written:
        return []
    rows = {row["id"]: row for row in present}
    for number, row in enumerate(written):
        _apply(field, row, rows, f"{path}[{number}]", context, new_id, now)
    if len(rows) > MAX_ROWS:
        raise ItemRefused(
            "LIMIT_EXCEEDED",
            "the subform holds too many rows",
            {"limit": MAX_ROWS, "api_name": field.api_name, "json_path": path},
        )
    return list(rows.values())


def _apply(
    field: Field,
    written: dict[str, Any],
    rows: dict[str, dict[str, Any]],
    path: str,
    context: RuleContext,
    new_id: Callable[[], str],
    now: datetime,
) -> None:
    row_id = written.get("id")
    if row_id is not None and not (isinstance(row_id, str) and row_id in rows):
        raise ItemRefused(
            "INVALID_DATA",
            "the id given seems to be invalid",
            {"api_name": field.api_name, "json_path": f"{path}.id"},
        )
    if "_delete" in written:
        rows.pop(str(row_id), None)
        return
    values = {
        name: clean(field.rows[name], value, f"{path}.{name}", context)
        for name, value in written.items()
        if name in field.rows
    }
    if row_id is None:
        row_id = new_id()
        rows[row_id] = {"id": row_id, "values": values, "created": now, "modified": now}
    elif values:
        old = rows[row_id]
        rows[row_id] = {**old, "values": {**old["values"], **values}, "modified": now}
