"""From Zoho's fields to canonical fields: a table of names and kinds, read strictly. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.canonical import Canonical, UnreadableValueError, calendar_date, decimal, instant, text

Record = Mapping[str, Any]
Labels = Mapping[str, Mapping[str, str]]  # field -> stored value -> shown value


@dataclass(frozen=True)
class Field:
    """One line of a mapping.

    Attributes:
        name: our name of the value in the canonical form.
        zoho: Zoho's API name of the field.
        kind: text | email | date | datetime | decimal | boolean | picklist | lookup (id and name) |
            reference (id alone).
    """

    name: str
    zoho: str
    kind: str = "text"


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


READERS: dict[str, Callable[[object, str], Any]] = {
    "text": lambda value, _field: text(value),
    "email": _email,
    "date": calendar_date,
    "datetime": instant,
    "decimal": decimal,
    "boolean": _boolean,
    "lookup": _lookup,
    "reference": lambda value, field: (_lookup(value, field) or {}).get("id"),
}


def _picklist(value: object, labels: Mapping[str, str]) -> dict[str, str] | None:
    raw = text(value)
    return None if raw is None else {"stored": raw, "shown": labels.get(raw, raw)}


def project(fields: tuple[Field, ...], record: Record, labels: Labels) -> Canonical:
    """Project a Zoho record onto its canonical form.

    Args:
        fields: the mapping.
        record: a record that was asked for with all of the mapping's fields; one that is absent counts as a fault,
            for a field that was not asked for is not "cleared".
        labels: stored and shown values of the picklists, from Zoho's fields metadata.

    Raises:
        UnreadableValueError: a value is not of its kind, or was not delivered.
    """
    form: Canonical = {}
    for line in fields:
        if line.zoho not in record:
            raise UnreadableValueError(line.zoho, "field that Zoho delivered", None)
        value = record[line.zoho]
        if line.kind == "picklist":
            form[line.name] = _picklist(value, labels.get(line.zoho, {}))
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
