"""Values of each data type: what is taken and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest

from agent.sandbox.zoho.errors import ItemRefused
from agent.sandbox.zoho.metadata import Field, load_modules
from agent.sandbox.zoho.rules import RuleContext, clean

MODULES = load_modules({"BTEC_Grades": ("Moodle_Grade_Composite_Key",)})
KNOWN = "5725767000010000001"
STRICT = RuleContext(lambda module, record_id: (module, record_id) == ("BTEC_Students", KNOWN))
LAX = RuleContext(lambda module, record_id: False, enforce_picklists=False)


def field(module: str, name: str) -> Field:
    return MODULES[module].fields[name]


def row_field(module: str, subform: str, name: str) -> Field:
    return field(module, subform).rows[name]


TEXT = field("BTEC_Grades", "BTEC_Unit")
AREA = field("BTEC_Grades", "Feedback")
EMAIL = field("BTEC_Students", "Academic_Email")
INTEGER = field("BTEC_Grades", "Attempt_Number")
CURRENCY = field("BTEC_Payments", "Payment_Amount")
DOUBLE = field("BTEC_Students", "Scholarship_Percentage")
BOOLEAN = field("BTEC_Students", "Synced_to_Moodle")
DATE = field("BTEC_Students", "Birth_Date")
INSTANT = field("BTEC_Students", "Last_Sync_Date")
PICK = field("BTEC_Grades", "Grade")
STATUS = field("Products", "Status")
OPEN_PICK = field("BTEC_Students", "Nationality")
LOOKUP = field("BTEC_Grades", "Student")
OWNER = field("BTEC_Grades", "Owner")
DEFINITION = row_field("BTEC_Grades", "Learning_Outcomes_Assessm", "LO_Definition")

TAKEN: list[tuple[Field, Any, Any]] = [
    (TEXT, "x" * 255, "x" * 255),
    (TEXT, "", None),
    (TEXT, None, None),
    (AREA, "😀" * 1000, "😀" * 1000),
    (EMAIL, "öğrenci.o'neil+1@example.org", "öğrenci.o'neil+1@example.org"),
    (INTEGER, 999_999_999, 999_999_999),
    (CURRENCY, 12.5, 12.5),
    (DOUBLE, 25, 25),
    (BOOLEAN, False, False),
    (DATE, "2024-02-29", "2024-02-29"),
    (PICK, "RR", "RR"),
    (STATUS, "Draft", "Draft"),
    (OPEN_PICK, "Zimbabwe", "Zimbabwe"),
    (LOOKUP, {"id": KNOWN}, KNOWN),
    (LOOKUP, None, None),
    (OWNER, {"id": "5725767000000486001"}, "5725767000000486001"),
    (DEFINITION, "d" * 255, "d" * 255),
]
REFUSED: list[tuple[Field, Any, dict[str, Any]]] = [
    (TEXT, "x" * 256, {"maximum_length": 255}),
    (TEXT, "😀" * 128, {"maximum_length": 255}),  # 256 UTF-16 units
    (TEXT, 12, {"expected_data_type": "text"}),
    (AREA, "x" * 2001, {"maximum_length": 2000}),
    (DEFINITION, "d" * 256, {"maximum_length": 255}),
    (EMAIL, "nobody", {"expected_data_type": "email"}),
    (EMAIL, "a b@example.org", {"expected_data_type": "email"}),
    (EMAIL, "a" * 89 + "@example.org", {"maximum_length": 100}),
    (INTEGER, "1", {"expected_data_type": "integer"}),
    (INTEGER, 1.0, {"expected_data_type": "integer"}),
    (INTEGER, True, {"expected_data_type": "integer"}),
    (INTEGER, 1_000_000_000, {"maximum_length": 9}),
    (CURRENCY, "12.50", {"expected_data_type": "currency"}),
    (CURRENCY, 10.0**16, {"maximum_length": 16}),
    (BOOLEAN, "true", {"expected_data_type": "boolean"}),
    (BOOLEAN, 1, {"expected_data_type": "boolean"}),
    (DATE, "2023-02-29", {"expected_data_type": "date"}),
    (DATE, "29.02.2024", {"expected_data_type": "date"}),
    (DATE, "2024-02-29T00:00:00+00:00", {"expected_data_type": "date"}),
    (INSTANT, "2024-02-29T10:00:00.000+00:00", {"expected_data_type": "datetime"}),
    (INSTANT, "2024-02-29T10:00:00Z", {"expected_data_type": "datetime"}),
    (INSTANT, "2024-02-29T10:00:00", {"expected_data_type": "datetime"}),
    (PICK, "r", {"expected_data_type": "picklist"}),
    (STATUS, "Enabled", {"expected_data_type": "picklist"}),  # the shown form is not the stored one
    (OPEN_PICK, ["Zimbabwe"], {"expected_data_type": "picklist"}),
    (LOOKUP, KNOWN, {"expected_data_type": "jsonobject"}),
    (LOOKUP, {"name": "A"}, {"expected_data_type": "jsonobject"}),
    (OWNER, {"id": "1"}, {"expected_data_type": "jsonobject"}),
]


@pytest.mark.parametrize(("item", "given", "kept"), TAKEN)
def test_a_valid_value_is_kept(item: Field, given: Any, kept: Any) -> None:
    assert clean(item, given, "$.data[0].F", STRICT) == kept


@pytest.mark.parametrize(("item", "given", "said"), REFUSED)
def test_an_invalid_value_is_refused_in_zohos_words(item: Field, given: Any, said: dict[str, Any]) -> None:
    with pytest.raises(ItemRefused) as refused:
        clean(item, given, "$.data[0].F", STRICT)
    assert refused.value.code == "INVALID_DATA"
    assert refused.value.details == {**said, "api_name": item.api_name, "json_path": "$.data[0].F"}


def test_an_instant_keeps_its_moment() -> None:
    kept = clean(INSTANT, "2024-02-29T10:00:00+03:00", "$", STRICT)
    assert kept.isoformat() == "2024-02-29T10:00:00+03:00"


def test_a_lookup_must_exist() -> None:
    with pytest.raises(ItemRefused, match="the id given seems to be invalid") as refused:
        clean(LOOKUP, {"id": "5725767000010000002"}, "$.data[0].Student", STRICT)
    assert refused.value.details == {"api_name": "Student", "json_path": "$.data[0].Student.id"}


def test_picklists_may_be_left_open_as_in_zoho() -> None:
    assert clean(PICK, "Excellent", "$", LAX) == "Excellent"


def test_the_metadata_is_complete_and_marks_what_is_unique() -> None:
    assert len(MODULES) == 10
    assert MODULES["BTEC_Grades"].unique_fields == ("Moodle_Grade_Composite_Key",)
    for module in MODULES.values():
        assert {"id", "Owner", "Created_Time", "Modified_Time"} <= module.fields.keys()
        ids = [item.id for item in module.fields.values()]
        assert len(ids) == len(set(ids))
    with pytest.raises(ValueError, match="no field"):
        load_modules({"BTEC_Grades": ("Composite",)})
