"""Insert, update, upsert and delete of records: every item on its own, one result each, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.sandbox.zoho.errors import CallRefused, ItemRefused, all_of, mandatory_missing
from agent.sandbox.zoho.metadata import Field, Module
from agent.sandbox.zoho.options import USERS, User
from agent.sandbox.zoho.rules import IGNORED_TYPES, RuleContext, clean
from agent.sandbox.zoho.store import Record, RecordStore
from agent.sandbox.zoho.subforms import merge_rows


@dataclass(frozen=True)
class Change:
    """What happened to one record; the pushes are made from it."""

    module: str
    record_id: str
    operation: str  # create | edit | delete
    modified: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A success: the record, and for an upsert the way it was found."""

    record: Record
    change: Change
    duplicate_field: str | None = None


class Writer:
    """Applies checked writes to the store on behalf of a user."""

    def __init__(self, store: RecordStore, *, enforce_picklists: bool = True) -> None:
        self._store = store
        self._context = RuleContext(store.exists, enforce_picklists)

    def insert(self, module: Module, item: Mapping[str, Any], path: str, user: User) -> Written:
        """Add a record.

        Raises:
            ItemRefused: a rule is broken or a unique value is taken.
        """
        values = self._cleaned(module, item, path, None)
        self._check_unique(module, values, path, None)
        owner = values.pop("Owner", None)
        record = self._store.insert(module.api_name, values, user)
        self._own(record, owner)
        return Written(record, self._change(record, "create", values))

    def update(
        self,
        module: Module,
        record_id: Any,
        item: Mapping[str, Any],
        path: str,
        user: User,
        unmodified_since: datetime | None = None,
    ) -> Written:
        """Change a record: fields not named stay.

        Raises:
            ItemRefused: no such record, a rule is broken, or ALREADY_MODIFIED after `unmodified_since`.
        """
        record = self._store.get(module.api_name, record_id) if isinstance(record_id, str) else None
        if record is None:
            raise ItemRefused(
                "INVALID_DATA",
                "the id given seems to be invalid",
                {"api_name": "id", "json_path": f"{path}.id"},
            )
        if unmodified_since is not None and record.modified > unmodified_since:
            raise self._already_modified(record)
        values = self._cleaned(module, item, path, record)
        self._check_unique(module, values, path, record)
        owner = values.pop("Owner", None)
        self._store.update(record, values, user)
        self._own(record, owner)
        return Written(record, self._change(record, "edit", values))

    def upsert(
        self,
        module: Module,
        item: Mapping[str, Any],
        path: str,
        user: User,
        check_fields: tuple[str, ...],
        unmodified_since: datetime | None = None,
    ) -> Written:
        """Update the record that a duplicate-check field finds, else insert.

        `check_fields` are tried in order, then the module's other unique fields.
        """
        if item.get("id"):
            return self.update(module, item["id"], item, path, user, unmodified_since)
        others = tuple(name for name in module.unique_fields if name not in check_fields)
        for name in check_fields + others:
            value = item.get(name)
            found = self._holder(module, name, value) if value not in (None, "") else None
            if found is not None:
                done = self.update(module, found.id, item, path, user, unmodified_since)
                return Written(done.record, done.change, duplicate_field=name)
        return self.insert(module, item, path, user)

    def delete(self, module: Module, record_id: str, user: User) -> Change:
        """Move a record to the recycle bin.

        Raises:
            ItemRefused: no such record.
        """
        record = self._store.get(module.api_name, record_id)
        if record is None:
            raise ItemRefused("INVALID_DATA", "record not deleted", {"id": record_id})
        tombstone = self._store.delete(record, user)
        return Change(module.api_name, record_id, "delete", tombstone.deleted, ())

    def check_fields(self, module: Module, given: Any) -> tuple[str, ...]:
        """Read an upsert's `duplicate_check_fields` (None: the system's own field).

        Raises:
            CallRefused: a field that is neither unique nor the system's duplicate field.
        """
        system = module.duplicate_field
        if given is None:
            return (system,) if system else ()
        allowed = [*module.unique_fields, *((system,) if system else ())]
        if not isinstance(given, list) or not all(name in allowed for name in given):
            raise CallRefused(
                400,
                "INVALID_DATA",
                "the duplicate check fields given seem to be invalid",
                {"api_name": "duplicate_check_fields", "json_path": "$.duplicate_check_fields"},
            )
        return tuple(given)

    def _cleaned(
        self, module: Module, item: Mapping[str, Any], path: str, record: Record | None
    ) -> dict[str, Any]:
        """Check every known field of an item; unknown names are dropped without a word, as Zoho does."""
        values: dict[str, Any] = {}
        errors: list[ItemRefused] = []
        for name, field in module.fields.items():
            try:
                if field.mandatory and _lacks(item, name, record):
                    raise mandatory_missing(name, f"{path}.{name}")
                if name in item and not field.read_only and field.data_type not in IGNORED_TYPES:
                    values[name] = self._value(field, item[name], f"{path}.{name}", record)
            except ItemRefused as error:
                errors.append(error)
        if errors:
            raise all_of(errors)
        return values

    def _value(self, field: Field, value: Any, path: str, record: Record | None) -> Any:
        if field.api_name == "Tag":
            return _tags(value)
        if field.data_type != "subform":
            return clean(field, value, path, self._context)
        present = record.values.get(field.api_name, []) if record else []
        now = self._store.clock.stamp()
        return merge_rows(field, value, present, path, self._context, self._store.new_id, now)

    def _holder(self, module: Module, name: str, value: Any) -> Record | None:
        if module.fields[name].unique:
            return self._store.holder_of(module.api_name, name, value)
        return self._store.find_equal(module.api_name, name, value)

    def _check_unique(
        self, module: Module, values: Mapping[str, Any], path: str, record: Record | None
    ) -> None:
        for name in module.unique_fields:
            value = values.get(name)
            holder = None if value is None else self._store.holder_of(module.api_name, name, value)
            if holder is not None and (record is None or holder.id != record.id):
                raise ItemRefused("DUPLICATE_DATA", "duplicate data", _duplicate(module, name, path, holder))

    def _own(self, record: Record, owner: str | None) -> None:
        if owner is not None:
            record.owner = USERS[owner]

    def _already_modified(self, record: Record) -> ItemRefused:
        clock = self._store.clock
        return ItemRefused(
            "ALREADY_MODIFIED",
            "record updated time has already passed if-unmodified-since time",
            stamps(record, clock.text(record.created), clock.text(record.modified)),
        )

    @staticmethod
    def _change(record: Record, operation: str, values: Mapping[str, Any]) -> Change:
        return Change(record.module, record.id, operation, record.modified, tuple(sorted(values)))


def stamps(record: Record, created: str, modified: str) -> dict[str, Any]:
    """Give the details that a write's result carries about its record."""
    return {
        "Modified_Time": modified,
        "Modified_By": record.modified_by.brief(),
        "Created_Time": created,
        "id": record.id,
        "Created_By": record.created_by.brief(),
    }


def _lacks(item: Mapping[str, Any], name: str, record: Record | None) -> bool:
    """Tell whether a mandatory field would be empty after the write."""
    return item.get(name) in (None, "") if record is None or name in item else False


def _tags(value: Any) -> list[dict[str, str]]:
    names = [tag.get("name") for tag in value if isinstance(tag, dict)] if isinstance(value, list) else []
    return [{"name": str(name)} for name in names if name]


def _duplicate(module: Module, name: str, path: str, holder: Record) -> dict[str, Any]:
    owner = holder.owner
    return {
        "api_name": name,
        "json_path": f"{path}.{name}",
        "more_records": False,
        "duplicate_record": {
            "id": holder.id,
            "Owner": {"name": owner.name, "id": owner.id, "zuid": owner.zuid},
            "module": {"api_name": module.api_name, "id": module.id},
        },
    }
