"""Zoho's values are read strictly, and money exactly, from the JSON text to the form."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.canonical import UnreadableValueError, canonical_json
from agent.entities.fields import Field, project
from agent.outbound import Answer
from agent.zoho.answers import read_object

ROWS = Field(
    "schedule", "Schedule", "rows", rows=(Field("number", "No", "integer"), Field("amount", "Sum", "amount"))
)
AMOUNTS = st.decimals(
    min_value=Decimal("-99999999999999.9999"), max_value=Decimal("99999999999999.9999"), places=4
)


def read(kind: str, value: object) -> Any:
    return project((Field("it", "It", kind),), {"It": value}, {})["it"]


def from_json(text: str) -> dict[str, Any]:
    """What the client gives of a record that Zoho sent as this JSON."""
    answer = Answer(200, {}, f'{{"data": [{text}]}}'.encode())
    return dict(read_object(answer)["data"][0])


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("amount", "1200.50", "1200.5"),
        ("amount", 1200, "1200"),
        ("amount", Decimal("0.0001"), "0.0001"),
        ("amount", "-75", "-75"),
        ("amount", "0.00", "0"),
        ("amount", "99999999999999.9999", "99999999999999.9999"),
        ("amount", "12.50000000", "12.5"),
        ("amount", None, None),
        ("amount", " ", None),
        ("percentage", "10", "10"),
        ("percentage", "12.5 %", "12.5"),
        ("percentage", Decimal("33.3333"), "33.3333"),
        ("percentage", None, None),
        ("currency", "USD", "USD"),
        ("currency", "$", "USD"),
        ("currency", "try", "TRY"),
        ("currency", "", None),
        ("integer", 3, 3),
        ("integer", "3", 3),
        ("integer", Decimal("3.0"), 3),
        ("integer", 0, 0),
        ("integer", None, None),
    ],
)
def test_a_value_is_read(kind: str, value: object, expected: object) -> None:
    found = read(kind, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(
            ("amount", value)
            for value in ("12,50", "1_000", "1200 USD", "n/a", "0.00001", "1e999999999", "NaN")
        ),
        ("amount", "100000000000000"),  # fifteen digits
        ("amount", True),
        ("amount", {"amount": 5}),
        ("percentage", "ten"),
        ("percentage", "%"),
        *(("currency", value) for value in ("Dollar", "US", "U$D", "ДОЛ", 5)),
        *(("integer", value) for value in ("2.5", "second", "1000000000", False)),
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_nothing(kind: str, value: object) -> None:
    with pytest.raises(UnreadableValueError) as caught:
        read(kind, value)
    assert caught.value.field == "It"


@given(AMOUNTS)
def test_every_amount_arrives_as_it_was_sent(amount: Decimal) -> None:
    as_number = read("amount", from_json(f'{{"It": {amount:f}}}')["It"])
    as_text = read("amount", from_json(json.dumps({"It": f"{amount:f}"}))["It"])
    assert Decimal(as_number) == Decimal(as_text) == amount
    assert "E" not in as_number


@pytest.mark.parametrize("sent", ["99999999999999.9999", "12345678901234.5678", "1234567890123.4567"])
def test_an_amount_of_more_digits_than_a_float_holds_is_exact(sent: str) -> None:
    assert read("amount", from_json(f'{{"It": {sent}}}')["It"]) == sent


@given(st.integers(min_value=-(10**14) + 1, max_value=10**14 - 1))
def test_whole_amounts_are_exact(amount: int) -> None:
    assert read("amount", from_json(f'{{"It": {amount}}}')["It"]) == str(amount)


def schedule(*rows: Any) -> Any:
    return project((ROWS,), {"Schedule": list(rows)}, {})["schedule"]


def test_the_rows_of_a_subform_keep_their_ids_whatever_their_order() -> None:
    one = {"id": "11", "No": 1, "Sum": Decimal("10.50"), "Parent_Id": {"id": "9"}, "$in_merge": False}
    two = {"id": "12", "No": 2, "Sum": None, "Modified_Time": "2026-03-01T10:00:00+03:00"}
    rows = schedule(two, one)
    assert rows == [{"id": "11", "number": 1, "amount": "10.5"}, {"id": "12", "number": 2, "amount": None}]
    assert rows == schedule(one, two)
    assert canonical_json({"schedule": rows}) == canonical_json({"schedule": schedule(one, two)})


@pytest.mark.parametrize("value", [[], None])
def test_an_empty_subform_has_no_rows(value: object) -> None:
    assert project((ROWS,), {"Schedule": value}, {}) == {"schedule": []}


@pytest.mark.parametrize(
    "rows",
    [
        "rows",
        {"id": "11", "No": 1, "Sum": 5},
        ["row"],
        [{"No": 1, "Sum": 5}],
        [{"id": None, "No": 1, "Sum": 5}],
        [{"id": "11", "No": 1, "Sum": 5}, {"id": "11", "No": 2, "Sum": 5}],
        [{"id": "11", "No": 1, "Sum": "five"}],
        [{"id": "11", "No": 1}],  # not delivered
    ],
)
def test_a_subform_that_cannot_be_read_fails_its_record(rows: object) -> None:
    with pytest.raises(UnreadableValueError):
        project((ROWS,), {"Schedule": rows}, {})


def test_what_stands_already_is_not_read_again() -> None:
    known = {"schedule": [{"id": "11", "number": 1, "amount": "5"}]}
    name = Field("name", "Name")
    assert project((name, ROWS), {"Name": "x"}, {}, known) == {"name": "x", **known}
    with pytest.raises(UnreadableValueError, match="Schedule"):
        project((name, ROWS), {"Name": "x"}, {})
