from __future__ import annotations

from typing import Any

import pytest

from agent.moodle.form import flatten, rows_a_call


def test_nested_parameters_are_written_with_phps_brackets() -> None:
    assert flatten(
        {"count": 2, "students": [{"zohoid": "57", "suspended": True}, {"zohoid": "58", "name": "نور 'O"}]}
    ) == {
        "count": "2",
        "students[0][zohoid]": "57",
        "students[0][suspended]": "1",
        "students[1][zohoid]": "58",
        "students[1][name]": "نور 'O",
    }


def test_lists_of_texts() -> None:
    assert flatten({"keys": ["34_12_7", "35_12_7"]}) == {"keys[0]": "34_12_7", "keys[1]": "35_12_7"}


@pytest.mark.parametrize("value", [None, 1.5, b"x", object()])
def test_what_a_form_cannot_carry_is_an_error_that_names_it(value: Any) -> None:
    with pytest.raises(TypeError, match=r"students\[0\]\[phone\]"):
        flatten({"students": [{"phone": value}]})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (1, 100),  # never more than the functions take
        (30, 100),  # a student: 3,000 variables
        (39, 100),
        (40, 99),  # 4,000 would be at the limit: stay below
        (100, 39),
        (5000, 1),
    ],
)
def test_a_call_stays_below_what_php_takes(fields: int, expected: int) -> None:
    rows = [{"zohoid": "1"}, {f"f{number}": "x" for number in range(fields)}]
    assert rows_a_call(rows) == expected


def test_nothing_to_send() -> None:
    assert rows_a_call([]) == 100
