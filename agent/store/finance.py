"""moodle_finance_payments: every single amount that was last written to Moodle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.many import insert_rows
from agent.store.tables import moodle_finance_payments as payments


async def replace_lines(
    connection: AsyncConnection, entity: str, lines: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Put these lines in the place of what there was of the same records, within the caller's transaction.

    Args:
        connection: in a transaction.
        entity: finance | registration | payment.
        lines: record id -> its lines, each with the table's other columns; none of a record that was deleted.
    """
    if not lines:
        return
    await connection.execute(
        delete(payments).where(payments.c.entity == entity, payments.c.record_id.in_(lines))
    )
    rows = [
        {"entity": entity, "record_id": record_id, **line} for record_id, own in lines.items() for line in own
    ]
    await insert_rows(connection, payments, rows)
