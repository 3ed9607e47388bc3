from __future__ import annotations

from typing import Any

import pytest

from agent.moodle.form import flatten
from agent.sandbox.moodle.phpform import parse


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "1"), ("b", "2")], {"a": "1", "b": "2"}),
        ([("a[0]", "x"), ("a[1]", "y")], {"a": ["x", "y"]}),
        ([("s[0][n]", "x"), ("s[0][m]", "y"), ("s[1][n]", "z")], {"s": [{"n": "x", "m": "y"}, {"n": "z"}]}),
        ([("a[1]", "y")], {"a": {"1": "y"}}),  # keys that do not count from 0 stay keys
        ([("a", "1"), ("a", "2")], {"a": "2"}),
    ],
)
def test_brackets_become_arrays(pairs: list[tuple[str, str]], expected: dict[str, Any]) -> None:
    assert parse(pairs, 5000) == expected


def test_input_beyond_the_limit_is_dropped_without_a_word() -> None:
    pairs = [(f"a[{number}]", "x") for number in range(6)]
    assert parse(pairs, 4) == {"a": ["x"] * 4}


def test_php_reads_what_the_client_writes() -> None:
    params = {"count": "1", "rows": [{"zohoid": "7", "tags": ["a", "b"]}, {"zohoid": "8", "tags": ["c"]}]}
    assert parse(flatten(params).items(), 5000) == params
