"""The organisation's records, in memory: ids, automatic numbers, unique values, the recycle bin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.metadata import Module
from agent.sandbox.zoho.options import User

RECYCLE_DAYS = 60
PERMANENT_DAYS = 120
FIRST_RECORD = 10_000_001
_NUMBER_PREFIX: Mapping[str, str] = {
    "BTEC_Students": "ST",
    "BTEC_Classes": "CL",
    "BTEC_Registrations": "RG",
    "BTEC_Enrollments": "EN",
    "BTEC_Payments": "PY",
    "BTEC_Grades": "GR",
    "Products": "PR",
}


@dataclass(slots=True)
class Record:
    """One record. `values` holds what was written, cleaned: lookups as ids, empty as absent, rows as dicts."""

    module: str
    id: str
    values: dict[str, Any]
    owner: User
    created_by: User
    modified_by: User
    created: datetime
    modified: datetime


@dataclass(slots=True)
class Tombstone:
    """A deleted record: in the recycle bin at first, permanently deleted later."""

    record: Record
    display_name: str | None
    deleted_by: User
    deleted: datetime
    purged: datetime | None = None

    def state_at(self, now: datetime) -> tuple[str, datetime] | None:
        """Give (`recycle`|`permanent`, deleted time), or None when Zoho has forgotten it."""
        emptied = self.purged or self.deleted + timedelta(days=RECYCLE_DAYS)
        if now < emptied:
            return "recycle", self.deleted
        return ("permanent", emptied) if now < emptied + timedelta(days=PERMANENT_DAYS) else None


@dataclass
class _Shelf:
    """What one module holds."""

    records: dict[str, Record] = field(default_factory=dict)
    unique: dict[str, dict[str, str]] = field(default_factory=dict)  # field -> folded value -> record id
    deleted: dict[str, Tombstone] = field(default_factory=dict)
    numbered: int = 0


class RecordStore:
    """All records of all modules. Values given here are already checked and cleaned (see `rules`)."""

    def __init__(self, modules: Mapping[str, Module], clock: SandboxClock) -> None:
        self.modules = modules
        self.clock = clock
        self.clear()

    def clear(self) -> None:
        """Forget every record; ids start anew."""
        self._shelves = {name: _Shelf() for name in self.modules}
        self._next_id = FIRST_RECORD

    def new_id(self) -> str:
        """Give the next id of the organisation: 19 digits, ascending."""
        number, self._next_id = self._next_id, self._next_id + 1
        return f"5725767{number:012d}"

    def get(self, module: str, record_id: str) -> Record | None:
        """Give a living record."""
        return self._shelves[module].records.get(record_id)

    def exists(self, module: str, record_id: str) -> bool:
        """Tell whether a living record has this id."""
        return record_id in self._shelves[module].records

    def all(self, module: str) -> Iterator[Record]:
        """Go through a module's living records."""
        return iter(self._shelves[module].records.values())

    def count(self, module: str) -> int:
        """Count a module's living records."""
        return len(self._shelves[module].records)

    def tombstones(self, module: str) -> Iterator[Tombstone]:
        """Go through a module's deleted records."""
        return iter(self._shelves[module].deleted.values())

    def display_name(self, module: str, record_id: str) -> str | None:
        """Give the name that a lookup to this record shows; None for a deleted target."""
        record = self.get(module, record_id)
        return None if record is None else record.values.get(self.modules[module].display_field)

    def insert(
        self, module: str, values: dict[str, Any], user: User, *, at: datetime | None = None
    ) -> Record:
        """Add a record; automatic numbers are filled in. `at` (generated past) defaults to now."""
        stamp = at or self.clock.stamp()
        shelf = self._shelves[module]
        shelf.numbered += 1
        kept = {name: value for name, value in values.items() if value is not None}
        for name, item in self.modules[module].fields.items():
            if item.data_type == "autonumber":
                kept[name] = f"{_NUMBER_PREFIX[module]}-{shelf.numbered:06d}"
        record = Record(module, self.new_id(), kept, user, user, user, stamp, stamp)
        self._keep(record)
        return record

    def update(self, record: Record, values: Mapping[str, Any], user: User) -> None:
        """Change a record: absent fields stay, None empties."""
        self._unindex(record)
        for name, value in values.items():
            if value is None:
                record.values.pop(name, None)
            else:
                record.values[name] = value
        record.modified = self.clock.stamp()
        record.modified_by = user
        self._index(record)

    def delete(self, record: Record, user: User) -> Tombstone:
        """Move a record to the recycle bin."""
        shelf = self._shelves[record.module]
        name = self.display_name(record.module, record.id)
        self._unindex(record)
        del shelf.records[record.id]
        tombstone = shelf.deleted[record.id] = Tombstone(record, name, user, self.clock.stamp())
        return tombstone

    def restore(self, module: str, record_id: str, user: User) -> Record:
        """Take a record back out of the recycle bin.

        Raises:
            KeyError: it is not in the bin (any more).
        """
        shelf = self._shelves[module]
        state = shelf.deleted[record_id].state_at(self.clock.now())
        if state is None or state[0] != "recycle":
            raise KeyError(record_id)
        record = shelf.deleted.pop(record_id).record
        record.modified, record.modified_by = self.clock.stamp(), user
        self._keep(record)
        return record

    def purge(self, module: str, record_id: str) -> None:
        """Delete a record in the recycle bin permanently."""
        self._shelves[module].deleted[record_id].purged = self.clock.stamp()

    def holder_of(self, module: str, field_name: str, value: Any) -> Record | None:
        """Give the record that holds this value in a unique field (letter case does not count)."""
        shelf = self._shelves[module]
        found = shelf.unique.get(field_name, {}).get(_fold(value))
        return None if found is None else shelf.records[found]

    def find_equal(self, module: str, field_name: str, value: Any) -> Record | None:
        """Give the oldest record with this value in any field (letter case does not count)."""
        wanted = _fold(value)
        return next(
            (r for r in self.all(module) if field_name in r.values and _fold(r.values[field_name]) == wanted),
            None,
        )

    def _keep(self, record: Record) -> None:
        self._shelves[record.module].records[record.id] = record
        self._index(record)

    def _index(self, record: Record) -> None:
        unique = self._shelves[record.module].unique
        for name in self.modules[record.module].unique_fields:
            if name in record.values:
                unique.setdefault(name, {})[_fold(record.values[name])] = record.id

    def _unindex(self, record: Record) -> None:
        unique = self._shelves[record.module].unique
        for name in self.modules[record.module].unique_fields:
            if name in record.values:
                unique.get(name, {}).pop(_fold(record.values[name]), None)


def _fold(value: Any) -> str:
    return str(value).casefold()
