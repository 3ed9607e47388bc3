"""What the organisation's modules and fields are: read from modules.json, completed as Zoho does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent.parent / "modules.json"
PARENT = "Parent_Id"  # of a subform's row
LIST_EXCLUDES = frozenset({"subform", "multiselectlookup", "multiuserlookup"})
"""Types that only a single GET returns (api: "Get Records" never carries them)."""


@dataclass(frozen=True)
class Field:
    """One field of a module or of a subform's rows. `length` counts characters or digits; 0: no limit known."""

    api_name: str
    data_type: str
    id: str
    label: str = ""
    length: int = 0
    mandatory: bool = False
    read_only: bool = False
    custom: bool = False
    unique: bool = False
    picklist: tuple[tuple[str, str], ...] = ()  # (stored, shown)
    picklist_open: bool = False  # the metadata names only some of the values
    lookup_module: str | None = None
    rows: Mapping[str, Field] = field(default_factory=dict)  # of a subform

    @property
    def stored_values(self) -> frozenset[str]:
        """The picklist's values in the form that the API reads and writes."""
        return frozenset(stored for stored, _ in self.picklist)


@dataclass(frozen=True)
class Module:
    """A module and its fields by API name."""

    api_name: str
    id: str
    fields: Mapping[str, Field]
    display_field: str

    @property
    def unique_fields(self) -> tuple[str, ...]:
        """The fields whose values no two records share."""
        return tuple(name for name, item in self.fields.items() if item.unique)

    @property
    def duplicate_field(self) -> str | None:
        """The system's own duplicate-check field, if it can be written."""
        return None if self.fields[self.display_field].data_type == "autonumber" else self.display_field


_SYSTEM: tuple[dict[str, Any], ...] = (
    {"api_name": "Owner", "data_type": "ownerlookup", "length": 120},
    {"api_name": "Created_By", "data_type": "ownerlookup", "length": 120, "read_only": True},
    {"api_name": "Modified_By", "data_type": "ownerlookup", "length": 120, "read_only": True},
    {"api_name": "Created_Time", "data_type": "datetime", "length": 120, "read_only": True},
    {"api_name": "Modified_Time", "data_type": "datetime", "length": 120, "read_only": True},
    {"api_name": "Last_Activity_Time", "data_type": "datetime", "length": 120, "read_only": True},
    {"api_name": "Locked__s", "data_type": "boolean", "length": 5, "read_only": True},
    {"api_name": "Record_Status__s", "data_type": "picklist", "length": 120, "read_only": True},
)
SYSTEM_FIELDS = frozenset(item["api_name"] for item in _SYSTEM)
_TEXT_ROW = ("text", 255)
_ROWS: Mapping[str, Mapping[str, tuple[str, int]]] = {
    "Payment_Schedule": {
        "Installment_No": ("integer", 9),
        "Due_Date": ("date", 20),
        "Installment_Amount": ("currency", 16),
        "Installment_Status": _TEXT_ROW,
        "Paid_Date": ("date", 20),
    },
    "Learning_Outcomes_Assessm": {
        "LO_Code": _TEXT_ROW,
        "LO_Title": _TEXT_ROW,
        "LO_Outcome_Identification": _TEXT_ROW,
        "LO_Definition": _TEXT_ROW,
        "LO_Score": _TEXT_ROW,
        "LO_Feedback": ("textarea", 2000),
    },
    "Requested_Classes": {"Class_Name": _TEXT_ROW},
    "Change_Information": {"Field_Name": _TEXT_ROW, "New_Value": _TEXT_ROW},
    "BTEC_Grading_Template_P1": {"Criterion": _TEXT_ROW, "Description": ("textarea", 2000)},
}
"""Row fields of the subforms (the college's metadata names the subforms only)."""


def subform_module(module: Module, field: Field) -> Module:
    """Give a subform as the module that it is to queries: its rows' fields, their record, and their times."""
    system = (
        Field("id", "bigint", f"{field.id}1", read_only=True),
        Field(PARENT, "lookup", f"{field.id}2", read_only=True, lookup_module=module.api_name),
        Field("Created_Time", "datetime", f"{field.id}3", read_only=True),
        Field("Modified_Time", "datetime", f"{field.id}4", read_only=True),
    )
    return Module(
        field.api_name, field.id, {**field.rows, **{item.api_name: item for item in system}}, PARENT
    )


def _picklist(values: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((v, v) if isinstance(v, str) else (v["stored"], v["shown"]) for v in values)


def _rows(subform: str, base: int) -> dict[str, Field]:
    return {
        name: Field(name, kind, f"5725767{base + number:012d}", label=name.replace("_", " "), length=length)
        for number, (name, (kind, length)) in enumerate(_ROWS[subform].items(), 1)
    }


def _field(raw: Mapping[str, Any], number: int, unique: bool) -> Field:
    name = raw["api_name"]
    return Field(
        api_name=name,
        data_type=raw["data_type"],
        id=f"5725767{number:012d}",
        label=raw.get("label") or name.replace("_", " "),
        length=raw.get("length", 0),
        mandatory=raw.get("required", False),
        read_only=raw.get("read_only", False) or (name in SYSTEM_FIELDS and name != "Owner"),
        custom=raw.get("custom", False),
        unique=unique,
        picklist=_picklist(raw.get("pick_list", [])),
        picklist_open="pick_list_truncated_from" in raw,
        lookup_module=raw.get("lookup_module"),
        rows=_rows(name, number * 100) if raw["data_type"] == "subform" else {},
    )


def load_modules(unique_fields: Mapping[str, tuple[str, ...]]) -> dict[str, Module]:
    """Read the college's metadata and complete it with the system fields every module has."""
    modules = {}
    for index, (api_name, listed) in enumerate(_source().items()):
        known = {raw["api_name"] for raw in listed}
        raws = [*listed, *(raw for raw in _SYSTEM if raw["api_name"] not in known)]
        unique = set(unique_fields.get(api_name, ()))
        if unknown := unique - {raw["api_name"] for raw in raws}:
            raise ValueError(f"{api_name} has no field {sorted(unknown)}")
        start = 10_000 + index * 1_000
        fields = {
            raw["api_name"]: _field(raw, start + number, raw["api_name"] in unique)
            for number, raw in enumerate(raws, 1)
        }
        display = "Product_Name" if api_name == "Products" else "Name"
        modules[api_name] = Module(api_name, f"5725767{2_000 + index:012d}", fields, display)
    return modules


@cache
def _source() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return loaded
