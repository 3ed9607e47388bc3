"""From Zoho's fields to canonical fields: a table of names and kinds, read strictly. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.canonical import Canonical, UnreadableValueError, calendar_date, decimal, instant, text

Record = Mapping[str, Any]
Labels = Mapping[str, Mapping[str, str]]  # field -> stored value -> shown value
AMOUNT_DIGITS, AMOUNT_PLACES = 14, 4  # what Moodle's tables and NUMERIC(18, 4) hold
INTEGER_DIGITS = 9  # of Zoho's own whole numbers
SIGNS = {"$": "USD"}  # what Zoho shows instead of the code


@dataclass(frozen=True)
class Field:
    """One line of a mapping.

    Attributes:
        name: our name of the value in the canonical form.
        zoho: Zoho's API name of the field.
        kind: text | email | date | datetime | decimal | amount (money: at most 14 digits and 4 places) | percentage |
            currency (ISO 4217) | integer | boolean | picklist | lookup (id and name) | reference (id alone) |
            rows (a subform).
        rows: the mapping of a subform's rows.
    """

    name: str
    zoho: str
    kind: str = "text"
    rows: tuple[Field, ...] = ()


def _boolean(value: object, field: str) -> bool:
    if value in (None, "", False, "false"):
        return False
    if value in (True, "true"):
        return True
    raise UnreadableValueError(field, "yes or no", value)


def _email(value: object, field: str) -> str | None:
    raw = text(value)
    if raw is None:
        return None
    if raw.count("@") != 1 or " " in raw:
        raise UnreadableValueError(field, "e-mail address", value)
    return raw.lower()


def _lookup(value: object, field: str) -> dict[str, str | None] | None:
    if value in (None, ""):
        return None
    if not isinstance(value, Mapping) or not value.get("id"):
        raise UnreadableValueError(field, "reference to a record", value)
    return {"id": str(value["id"]), "name": text(value.get("name"))}


def _amount(value: object, field: str) -> str | None:
    plain = decimal(value, field)
    if plain is not None:
        whole, _, places = plain.lstrip("-").partition(".")
        if len(whole) > AMOUNT_DIGITS or len(places) > AMOUNT_PLACES:
            kind = f"amount of at most {AMOUNT_DIGITS} digits and {AMOUNT_PLACES} places"
            raise UnreadableValueError(field, kind, value)
    return plain


def _percentage(value: object, field: str) -> str | None:
    raw = text(value)
    return None if raw is None else _amount(raw.removesuffix("%") or raw, field)


def _currency(value: object, field: str) -> str | None:
    raw = text(value)
    if raw is None:
        return None
    code = SIGNS.get(raw, raw.upper())
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise UnreadableValueError(field, "currency", value)
    return code


def _integer(value: object, field: str) -> int | None:
    plain = decimal(value, field)
    if plain is None:
        return None
    if "." in plain or len(plain.lstrip("-")) > INTEGER_DIGITS:
        raise UnreadableValueError(field, "whole number", value)
    return int(plain)


READERS: dict[str, Callable[[object, str], Any]] = {
    "text": lambda value, _field: text(value),
    "email": _email,
    "date": calendar_date,
    "datetime": instant,
    "decimal": decimal,
    "amount": _amount,
    "percentage": _percentage,
    "currency": _currency,
    "integer": _integer,
    "boolean": _boolean,
    "lookup": _lookup,
    "reference": lambda value, field: (_lookup(value, field) or {}).get("id"),
}


def _picklist(value: object, labels: Mapping[str, str]) -> dict[str, str] | None:
    raw = text(value)
    return None if raw is None else {"stored": raw, "shown": labels.get(raw, raw)}


def _rows(value: object, line: Field) -> list[Canonical]:
    """Read a subform: a row keeps its id, and the order is that of the ids, whatever Zoho's."""
    if value is not None and not isinstance(value, list):
        raise UnreadableValueError(line.zoho, "list of rows", value)
    rows: dict[str, Canonical] = {}
    for row in value or []:
        row_id = row.get("id") if isinstance(row, Mapping) else None
        if not isinstance(row_id, str) or not row_id or row_id in rows:
            raise UnreadableValueError(line.zoho, "list of rows, each with an id of its own", row_id)
        rows[row_id] = {"id": row_id, **project(line.rows, row, {})}
    return [rows[row_id] for row_id in sorted(rows)]


def project(
    fields: tuple[Field, ...], record: Record, labels: Labels, known: Mapping[str, Any] | None = None
) -> Canonical:
    """Project a Zoho record onto its canonical form.

    Args:
        fields: the mapping.
        record: a record that was asked for with all of the mapping's fields; one that is absent counts as a fault,
            for a field that was not asked for is not "cleared".
        labels: stored and shown values of the picklists, from Zoho's fields metadata.
        known: values of the form that stand already and are not read again (a list carries no subforms).

    Raises:
        UnreadableValueError: a value is not of its kind, or was not delivered.
    """
    form: Canonical = {}
    for line in fields:
        if known is not None and line.name in known:
            form[line.name] = known[line.name]
            continue
        if line.zoho not in record:
            raise UnreadableValueError(line.zoho, "field that Zoho delivered", None)
        value = record[line.zoho]
        if line.kind == "picklist":
            form[line.name] = _picklist(value, labels.get(line.zoho, {}))
        elif line.kind == "rows":
            form[line.name] = _rows(value, line)
        else:
            form[line.name] = READERS[line.kind](value, line.zoho)
    return form


def picklist_labels(metadata: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Read the picklists' stored and shown values out of Zoho's `settings/fields` answer."""
    labels: dict[str, dict[str, str]] = {}
    for field in metadata:
        values = field.get("pick_list_values") or []
        labels[field["api_name"]] = {
            str(v["actual_value"]): str(v["display_value"])
            for v in values
            if v.get("actual_value") is not None
        }
    return labels


def shown(value: Mapping[str, str] | None) -> str:
    """Return what people see of a picklist value; empty when there is none."""
    return value["shown"] if value else ""


def stored_value(labels: Labels, field: str, wanted: str) -> str:
    """Return how Zoho stores the picklist value that people see as `wanted`."""
    values = labels.get(field, {})
    return next((stored for stored, seen in values.items() if seen == wanted), wanted)
