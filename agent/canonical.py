"""Canonical form and change hash. Pure: no I/O, imports nothing of ours.

A canonical form is a flat mapping of the mapped fields only, each value normalised: text trimmed and NFC,
dates ISO, instants UTC, decimals as plain strings, empty as None. Two records that mean the same have the
same form, whatever Zoho's key order, spelling of emptiness or system fields.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Canonical = dict[str, Any]
LONGEST_EXPONENT = 100


class UnreadableValueError(ValueError):
    """A value that is not of its field's type. Never read as zero or empty."""

    def __init__(self, field: str, kind: str, value: object) -> None:
        super().__init__(f"{field}: {str(value)[:60]!r} is no {kind}")
        self.field = field
        self.kind = kind


def text(value: object) -> str | None:
    """Normalise a text: NFC, trimmed, NUL removed, half a character (a surrogate alone) as U+FFFD; empty is None."""
    if value is None:
        return None
    # Cut in the middle of an emoji, a text could be neither hashed, nor stored, nor sent.
    whole = str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    cleaned = unicodedata.normalize("NFC", whole).replace("\x00", "").strip()
    return cleaned or None


def calendar_date(value: object, field: str) -> str | None:
    """Normalise a calendar date to ``YYYY-MM-DD``."""
    raw = text(value)
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        raise UnreadableValueError(field, "date", value) from None


def instant(value: object, field: str) -> str | None:
    """Normalise a point in time (with offset) to ISO 8601 in UTC, whole seconds."""
    raw = text(value)
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        raise UnreadableValueError(field, "time", value) from None
    if moment.tzinfo is None:
        raise UnreadableValueError(field, "time with offset", value)
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def decimal(value: object, field: str) -> str | None:
    """Normalise a number to a plain decimal string without trailing zeros (``1200``, ``12.5``)."""
    raw = text(value)
    if raw is None:
        return None
    try:
        number = Decimal(raw)
    except InvalidOperation:
        raise UnreadableValueError(field, "number", value) from None
    # Python reads 1_0 as ten; and written out, 1e999999999 would fill the memory.
    if "_" in raw or not number.is_finite() or abs(int(number.as_tuple().exponent)) > LONGEST_EXPONENT:
        raise UnreadableValueError(field, "number", value)
    plain = format(number, "f")  # normalize() would round to 28 digits
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def canonical_json(form: Canonical) -> bytes:
    """Serialise a canonical form to the one byte string that is hashed."""
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def change_hash(form: Canonical, mapping: int | str) -> str:
    """Hash a canonical form together with the mapping that made it: its version, or `Entity.mapping_mark`.

    MD5 serves change detection only, never security: nobody gains by forging an equal form.
    """
    digest = hashlib.md5(usedforsecurity=False)
    digest.update(str(mapping).encode() + b"\n")
    digest.update(canonical_json(form))
    return digest.hexdigest()


def differences(before: Canonical | None, after: Canonical) -> list[str]:
    """Name the fields in which two forms differ, sorted."""
    old = before or {}
    return sorted(name for name in old.keys() | after.keys() if old.get(name) != after.get(name))
