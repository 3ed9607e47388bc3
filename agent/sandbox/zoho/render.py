"""Records as answers carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.metadata import LIST_EXCLUDES, Field, Module
from agent.sandbox.zoho.options import USERS
from agent.sandbox.zoho.store import Record, RecordStore

_INSTALLMENTS = ("st", "nd", "rd", "th")
_TOTALLED = tuple(f"{prefix}_Payment" for prefix in _INSTALLMENTS) + tuple(
    f"th_Payment{number}" for number in range(1, 5)
)


def _total(record: Record) -> float | None:
    amounts = [Decimal(str(value)) for name in _TOTALLED if (value := record.values.get(name)) is not None]
    return float(sum(amounts)) if amounts else None  # added as decimals: 0.1 and 0.2 are 0.3


_SYSTEM: Mapping[str, Callable[[Record, SandboxClock], Any]] = {
    "id": lambda record, _: record.id,
    "Owner": lambda record, _: record.owner.full(),
    "Created_By": lambda record, _: record.created_by.full(),
    "Modified_By": lambda record, _: record.modified_by.full(),
    "Created_Time": lambda record, clock: clock.text(record.created),
    "Modified_Time": lambda record, clock: clock.text(record.modified),
    "Last_Activity_Time": lambda record, clock: clock.text(record.modified),
    "Locked__s": lambda _record, _clock: False,
    "Record_Status__s": lambda _record, _clock: "Available",
    "Total_Amount": lambda record, _: _total(record),
    "Tag": lambda record, _: record.values.get("Tag", []),
}
"""Fields that the system fills."""


class Renderer:
    """Turns stored records into Zoho's JSON."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def listed(self, record: Record, names: Iterable[str]) -> dict[str, Any]:
        """Give the record as a list does: the fields asked for and the id; unknown names are left out."""
        fields = self._module(record).fields
        shown = {
            name: self.value(record, fields[name])
            for name in names
            if name in fields and fields[name].data_type not in LIST_EXCLUDES
        }
        return {**shown, "id": record.id}

    def whole(self, record: Record, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Give the record as a single GET does: every field (or those asked for), subforms, `$` keys."""
        fields = self._module(record).fields
        wanted = fields.keys() if names is None else [name for name in names if name in fields]
        shown = {name: self.value(record, fields[name]) for name in wanted}
        return {**shown, "id": record.id, **self._dollar_keys(record)}

    def value(self, record: Record, field: Field) -> Any:
        """Give one field of a record."""
        name = field.api_name
        if name in _SYSTEM:
            return _SYSTEM[name](record, self._store.clock)
        return self._plain(field, record.values.get(name), record)

    def _plain(self, field: Field, value: Any, record: Record) -> Any:
        if field.data_type == "subform":
            return [self._row(field, row, record) for row in value or []]
        if value is None:
            return [] if field.data_type == "multiselectlookup" else None
        if field.data_type == "lookup" and field.lookup_module is not None:
            return {"name": self._store.display_name(field.lookup_module, value), "id": value}
        if field.data_type == "ownerlookup":
            return USERS[value].full()
        return self._store.clock.text(value) if isinstance(value, datetime) else value

    def _row(self, field: Field, row: dict[str, Any], record: Record) -> dict[str, Any]:
        """Give a subform's row; `row` holds id, times and its own fields."""
        clock = self._store.clock
        name = record.values.get(self._module(record).display_field)
        own = {item: row["values"].get(item) for item in field.rows}
        return {
            **own,
            "id": row["id"],
            "Parent_Id": {"name": name, "id": record.id},
            "Created_Time": clock.text(row["created"]),
            "Modified_Time": clock.text(row["modified"]),
            "$in_merge": False,
            "$field_states": None,
        }

    def _dollar_keys(self, record: Record) -> dict[str, Any]:
        return {
            "$approval": {"delegate": False, "approve": False, "reject": False, "resubmit": False},
            "$approval_state": "approved",
            "$currency_symbol": "$",
            "$editable": True,
            "$field_states": None,
            "$in_merge": False,
            "$locked_for_me": False,
            "$process_flow": False,
            "$review_process": {"approve": False, "reject": False, "resubmit": False},
            "$sharing_permission": "full_access",
            "$state": "save",
            "$zia_owner_assignment": "owner_recommendation_unavailable",
        }

    def _module(self, record: Record) -> Module:
        return self._store.modules[record.module]
