"""Fields that an administrator adds to a module or makes unique, by the API."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from agent.sandbox.zoho.errors import CallRefused, ItemRefused, invalid_data, mandatory_missing
from agent.sandbox.zoho.metadata import Field, Module

MAX_FIELDS = 5
LONGEST_LABEL = 25
_LENGTHS = {
    "text": 255,
    "textarea": 2000,
    "integer": 9,
    "date": 20,
    "datetime": 120,
    "boolean": 5,
    "picklist": 120,
}
_LENGTHS |= {"lookup": 120}


def created(modules: dict[str, Module], module: str, body: Any) -> dict[str, Any]:
    """POST: add the fields; the API name is made of the label.

    Raises:
        CallRefused: one of them is no good; none is added then.
    """
    made = [_made(modules, module, given, f"$.fields[{number}]") for number, given in enumerate(_given(body))]
    fields = {**modules[module].fields, **{field.api_name: field for field in made}}
    modules[module] = replace(modules[module], fields=fields)
    return {"fields": [_success(field, "field created") for field in made]}


def updated(modules: dict[str, Module], module: str, field_id: str, body: Any) -> dict[str, Any]:
    """PATCH: make a custom field unique, or no longer.

    Raises:
        CallRefused: there is no such custom field.
    """
    given = _given(body)[0]
    found = [field for field in modules[module].fields.values() if field.id == field_id]
    if not found or not found[0].custom:
        told = {"resource_path_index": 2}
        raise CallRefused(400, "INVALID_DATA", "the id given seems to be invalid", told)
    unique = given.get("unique", found[0].unique)
    is_unique = not (isinstance(unique, dict) and unique.get("_disable")) and bool(unique)
    field = replace(found[0], unique=is_unique)
    modules[module] = replace(modules[module], fields={**modules[module].fields, field.api_name: field})
    return {"fields": [_success(field, "field updated")]}


def _given(body: Any) -> list[dict[str, Any]]:
    fields = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(fields, list) or not fields or not all(isinstance(one, dict) for one in fields):
        told = {"api_name": "fields", "json_path": "$.fields"}
        raise CallRefused(400, "MANDATORY_NOT_FOUND", "required field not found", told)
    if len(fields) > MAX_FIELDS:
        told = {"api_name": "fields", "maximum_length": str(MAX_FIELDS)}
        raise CallRefused(400, "LIMIT_EXCEEDED", "limit exceeded", told)
    return fields


def _made(modules: dict[str, Module], module: str, given: dict[str, Any], path: str) -> Field:
    for name in ("field_label", "data_type"):
        if not isinstance(given.get(name), str) or not given[name]:
            raise _refused(mandatory_missing(name, f"{path}.{name}"))
    label, kind = str(given["field_label"]), str(given["data_type"])
    if kind not in _LENGTHS:
        raise _refused(invalid_data("data_type", f"{path}.data_type"))
    if len(label) > LONGEST_LABEL:
        raise _refused(invalid_data("field_label", f"{path}.field_label", maximum_length=LONGEST_LABEL))
    api_name = re.sub(r"\W+", "_", label).strip("_")
    if api_name in modules[module].fields:
        raise _refused(ItemRefused("DUPLICATE_DATA", "duplicate data", {"api_name": "field_label"}))
    number = max(int(field.id) for field in modules[module].fields.values()) + 1
    values = tuple((one["display_value"], one["display_value"]) for one in given.get("pick_list_values", []))
    return Field(
        api_name=api_name,
        data_type=kind,
        id=str(number),
        label=label,
        length=given.get("length", _LENGTHS[kind]),
        custom=True,
        unique=bool(given.get("unique")),
        picklist=values,
        lookup_module=(given.get("lookup") or {}).get("module", {}).get("api_name"),
    )


def _refused(error: ItemRefused) -> CallRefused:
    return CallRefused(400, error.code, error.message, error.details)


def _success(field: Field, message: str) -> dict[str, Any]:
    return {"code": "SUCCESS", "details": {"id": field.id}, "message": message, "status": "success"}
