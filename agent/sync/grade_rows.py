"""The criteria of a grade in Zoho: rows of a subform, each kept by its id, so that nothing done twice doubles them.

A row that is written without an id is appended, whatever is there. So rows never go with the upsert, which may be
repeated: they follow by the record's id once it is known which there are, and that call is not repeated by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.canonical import Canonical, text
from agent.entities.grade import GradeNames
from agent.errors import SyncError, bad_record
from agent.zoho.client import ZohoClient
from agent.zoho.models import ItemResult, Record


@dataclass(frozen=True)
class RowsDue:
    """What has to become of the rows of one record.

    Attributes:
        key: of the grade.
        zoho_id: of the record.
        rows: as Zoho has to hold them, in order; a code comes once.
        former: as both sides last agreed on, None if that is not known.
        fresh: whether the record was made just now, so that it has no rows.
    """

    key: str
    zoho_id: str
    rows: Sequence[Canonical]
    former: Sequence[Canonical] | None
    fresh: bool


@dataclass(frozen=True)
class RowsDone:
    """What became of them: Zoho's Modified_Time after a write, what a person's edit lost by it, or why it failed."""

    modified: str | None = None
    lost: Mapping[str, Any] = field(default_factory=dict)
    error: SyncError | None = None


@dataclass(frozen=True)
class RowChanges:
    """The rows to send (`id` where one is kept, `_delete` where it goes), and what that takes from a person."""

    rows: list[Record]
    lost: dict[str, Any]


def changes(due: RowsDue, present: Sequence[Record], names: GradeNames) -> RowChanges:
    """Compare rows by their code. Pure.

    The first row of a code is kept, others of it go; a code that was never ours stays: somebody added it in Zoho.
    """
    wanted = {str(row["code"]): row for row in due.rows}
    former = {str(row["code"]): row for row in due.former or ()}
    told: list[Record] = []
    lost: dict[str, Any] = {}
    seen: set[str] = set()
    for held in present:
        code = str(held.get(names.row_fields["code"]) or "")
        if code in wanted and code not in seen:
            seen.add(code)
            told += _edited(wanted[code], held, names)
            lost |= _lost(wanted[code], former.get(code), held, names)
        elif code in wanted or code in former:
            told.append({"id": held["id"], "_delete": None})
    told += [_written(row, names) for code, row in wanted.items() if code not in seen]
    return RowChanges(told, lost)


def _edited(row: Canonical, held: Record, names: GradeNames) -> list[Record]:
    values = {
        zoho: row[name] for name, zoho in names.row_fields.items() if _plain(held.get(zoho)) != row[name]
    }
    return [{"id": held["id"], **values}] if values else []


def _lost(row: Canonical, former: Canonical | None, held: Record, names: GradeNames) -> dict[str, Any]:
    """Name what somebody typed over a row since both sides agreed."""
    if former is None:
        return {}
    return {
        f"criteria.{row['code']}.{name}": {"kept": row[name], "lost": value, "agreed": former.get(name)}
        for name, zoho in names.row_fields.items()
        if (value := _plain(held.get(zoho))) not in (former.get(name), row[name])
    }


def _written(row: Canonical, names: GradeNames) -> Record:
    return {zoho: row[name] for name, zoho in names.row_fields.items()}


def _plain(value: Any) -> Any:
    return text(value) if isinstance(value, str) else value


class GradeRows:
    """Brings the rows of many records into line; those that are there already are read one record at a time."""

    def __init__(self, zoho: ZohoClient) -> None:
        self._zoho = zoho

    async def bring(self, due: Sequence[RowsDue], names: GradeNames) -> dict[str, RowsDone]:
        """Write what differs; one result a grade.

        Raises:
            SyncError: Zoho cannot be used at all; what was written before is found again by the next try.
        """
        present = await asyncio.gather(*(self._present(one, names) for one in due))
        done: dict[str, RowsDone] = {}
        to_write: list[tuple[RowsDue, RowChanges]] = []
        for one, held in zip(due, present, strict=True):
            if isinstance(held, SyncError):
                done[one.key] = RowsDone(error=held)
                continue
            found = changes(one, held, names)
            if found.rows:
                to_write.append((one, found))
            else:
                done[one.key] = RowsDone()
        records = [{"id": one.zoho_id, names.criteria: found.rows} for one, found in to_write]
        items = await self._zoho.update(names.module, records, repeated=False)
        for (one, found), item in zip(to_write, items, strict=True):
            done[one.key] = _done(item, found.lost)
        return done

    async def _present(self, one: RowsDue, names: GradeNames) -> Sequence[Record] | SyncError:
        if one.fresh:
            return []
        try:
            record = await self._zoho.get(names.module, one.zoho_id, [names.criteria])
        except SyncError as error:
            if error.code != "ROWS_MISSING":
                raise
            return error
        if record is None:
            return bad_record("RECORD_GONE", "the record was deleted in Zoho meanwhile", target="zoho")
        return list(record.get(names.criteria) or [])


def _done(item: ItemResult, lost: Mapping[str, Any]) -> RowsDone:
    if item.ok:
        return RowsDone(modified=item.details.get("Modified_Time"), lost=lost)
    return RowsDone(error=item.error or bad_record(item.code, item.message, target="zoho"))
