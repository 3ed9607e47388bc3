"""The rules a value must keep before Zoho takes it, per data type of the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agent.sandbox.zoho.errors import ItemRefused, invalid_data
from agent.sandbox.zoho.metadata import Field
from agent.sandbox.zoho.options import USERS

IGNORED_TYPES = frozenset({"autonumber", "formula", "bigint", "profileimage", "fileupload"})
"""What a caller sends for these is silently dropped: Zoho computes them or takes them elsewhere."""
_Checker = Callable[[Field, Any, str, "RuleContext"], Any]
_EMAIL = re.compile(r"[^\s@,;<>()\[\]\"]+@[^\s@.,;<>()]+(\.[^\s@.,;<>()]+)+")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_RECORD_ID = re.compile(r"\d{10,20}")


@dataclass(frozen=True)
class RuleContext:
    """What a rule has to know beyond the value: existing records, and how strict picklists are."""

    exists: Callable[[str, str], bool]  # (module, record id)
    enforce_picklists: bool = True


def is_record_id(text: str) -> bool:
    """Tell whether a text has the form of a record id."""
    return _RECORD_ID.fullmatch(text) is not None


def utf16_length(text: str) -> int:
    """Count as Java does (an emoji is two): Zoho's servers are Java, so this is the careful reading."""
    return len(text.encode("utf-16-le")) // 2


def clean(field: Field, value: Any, path: str, context: RuleContext) -> Any:
    """Give the value as the store keeps it (an empty text is None; a lookup is its id).

    Raises:
        ItemRefused: in Zoho's words, with the field's name and JSON path.
    """
    if value is None or value == "":
        return None
    checker: _Checker = _CHECKERS.get(field.data_type, _text)
    return checker(field, value, path, context)


def _wrong_type(field: Field, path: str) -> ItemRefused:
    return invalid_data(field.api_name, path, expected_data_type=field.data_type)


def _text(field: Field, value: Any, path: str, _: RuleContext) -> str:
    if not isinstance(value, str):
        raise _wrong_type(field, path)
    if field.length and utf16_length(value) > field.length:
        raise invalid_data(field.api_name, path, maximum_length=field.length)
    return value


def _email(field: Field, value: Any, path: str, context: RuleContext) -> str:
    text = _text(field, value, path, context)
    if not _EMAIL.fullmatch(text):
        raise _wrong_type(field, path)
    return text


def _integer(field: Field, value: Any, path: str, _: RuleContext) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(field, path)
    if len(str(abs(value))) > 9:
        raise invalid_data(field.api_name, path, maximum_length=9)
    return value


def _number(field: Field, value: Any, path: str, _: RuleContext) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(field, path)
    if abs(value) >= 10**16:
        raise invalid_data(field.api_name, path, maximum_length=16)
    return value


def _boolean(field: Field, value: Any, path: str, _: RuleContext) -> bool:
    if not isinstance(value, bool):
        raise _wrong_type(field, path)
    return value


def _date(field: Field, value: Any, path: str, _: RuleContext) -> str:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _wrong_type(field, path)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise _wrong_type(field, path) from None


def _datetime(field: Field, value: Any, path: str, _: RuleContext) -> datetime:
    if not isinstance(value, str) or not _DATETIME.fullmatch(value):
        raise _wrong_type(field, path)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise _wrong_type(field, path) from None


def _pick(field: Field, value: Any, path: str, context: RuleContext) -> str:
    text = _text(field, value, path, context)
    closed = context.enforce_picklists and field.picklist and not field.picklist_open
    if closed and text not in field.stored_values:
        raise _wrong_type(field, path)
    return text


def _lookup(field: Field, value: Any, path: str, context: RuleContext) -> str:
    target = value.get("id") if isinstance(value, Mapping) else None
    if not isinstance(target, str):
        raise invalid_data(field.api_name, path, expected_data_type="jsonobject")
    if field.lookup_module is None or not context.exists(field.lookup_module, target):
        raise ItemRefused(
            "INVALID_DATA",
            "the id given seems to be invalid",
            {"api_name": field.api_name, "json_path": f"{path}.id"},
        )
    return target


def _owner(field: Field, value: Any, path: str, _: RuleContext) -> str:
    target = value.get("id") if isinstance(value, Mapping) else None
    if not isinstance(target, str) or target not in USERS:
        raise invalid_data(field.api_name, path, expected_data_type="jsonobject")
    return target


def _objects(field: Field, value: Any, path: str, _: RuleContext) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid_data(field.api_name, path, expected_data_type="jsonarray")
    return value


_CHECKERS: Mapping[str, _Checker] = {
    "email": _email,
    "integer": _integer,
    "double": _number,
    "currency": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "picklist": _pick,
    "lookup": _lookup,
    "ownerlookup": _owner,
    "multiselectlookup": _objects,
}
