"""The criteria of a grade in Zoho: rows of a subform, each kept by its id, so that nothing done twice doubles them.

A row that is written without an id is appended, whatever is there. So rows never go with the upsert, which may be
repeated: they follow by the record's id once it is known which there are, and that call is not repeated by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.canonical import Canonical, text
from agent.entities.grade import GradeNames
from agent.errors import SyncError, bad_record
from agent.outbound import together
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
    """What became of them.

    Attributes:
        modified: Zoho's Modified_Time at which they are known to be as they have to.
        written: whether they had to be written for that.
        lost: what a person's edit lost by it, as the detail of a conflict.
        error: why they could not be read or written.
    """

    modified: str | None = None
    written: bool = False
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
        code = _plain(held.get(names.row_fields["code"])) or ""
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


@dataclass(frozen=True)
class _Present:
    """The rows that a record has, and its Modified_Time."""

    rows: Sequence[Record]
    modified: str | None


class GradeRows:
    """Brings the rows of many records into line; those that are there already are read one record at a time."""

    def __init__(self, zoho: ZohoClient) -> None:
        self._zoho = zoho

    async def bring(self, due: Sequence[RowsDue], names: GradeNames) -> dict[str, RowsDone]:
        """Write what differs; one result a grade. Raises nothing: what failed is part of the result."""
        present = await together([self._present(one, names) for one in due])
        done: dict[str, RowsDone] = {}
        to_write: list[tuple[RowsDue, RowChanges]] = []
        for one, held in zip(due, present, strict=True):
            if isinstance(held, SyncError):
                done[one.key] = RowsDone(error=held)
            elif (found := changes(one, held.rows, names)).rows:
                to_write.append((one, found))
            else:
                done[one.key] = RowsDone(modified=held.modified)
        return done | await self._write(to_write, names)

    async def _write(
        self, to_write: Sequence[tuple[RowsDue, RowChanges]], names: GradeNames
    ) -> dict[str, RowsDone]:
        records = [{"id": one.zoho_id, names.criteria: found.rows} for one, found in to_write]
        try:
            items = await self._zoho.update(names.module, records, repeated=False)
        except SyncError as error:
            return {one.key: RowsDone(error=error) for one, _ in to_write}
        return {one.key: _done(item, found.lost) for (one, found), item in zip(to_write, items, strict=True)}

    async def _present(self, one: RowsDue, names: GradeNames) -> _Present | SyncError:
        if one.fresh:
            return _Present([], None)
        try:
            record = await self._zoho.get(names.module, one.zoho_id, [names.criteria, "Modified_Time"])
        except SyncError as error:
            return error
        if record is None:
            return bad_record("RECORD_GONE", "the record was deleted in Zoho meanwhile", target="zoho")
        return _Present(record.get(names.criteria) or [], record.get("Modified_Time"))


def _done(item: ItemResult, lost: Mapping[str, Any]) -> RowsDone:
    if item.ok:
        return RowsDone(modified=item.details.get("Modified_Time"), written=True, lost=lost)
    return RowsDone(error=item.error or bad_record(item.code, item.message, target="zoho"))
