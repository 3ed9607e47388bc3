"""How Moodle's REST protocol wants its parameters: a flat form with PHP's brackets. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MAX_ROWS = 100
MAX_VARIABLES = 4000  # rows x fields; PHP silently drops input beyond max_input_vars (5,000 at least)


def flatten(params: Mapping[str, Any]) -> dict[str, str]:
    """Write nested parameters as `students[0][email]=...`.

    Raises:
        TypeError: a value that a form cannot carry; there is no null, and floats are no exact numbers.
    """
    form: dict[str, str] = {}
    for name, value in params.items():
        _put(form, name, value)
    return form


def _put(form: dict[str, str], name: str, value: Any) -> None:
    match value:
        case bool():
            form[name] = str(int(value))
        case str() | int():
            form[name] = str(value)
        case Mapping():
            for key, inner in value.items():
                _put(form, f"{name}[{key}]", inner)
        case list() | tuple():
            for index, inner in enumerate(value):
                _put(form, f"{name}[{index}]", inner)
        case _:
            raise TypeError(f"{name}: a {type(value).__name__} cannot be sent to Moodle")


def rows_a_call(rows: Sequence[Mapping[str, Any]]) -> int:
    """Say how many of these rows one call may carry."""
    widest = max((len(flatten(row)) for row in rows), default=1)
    return max(1, min(MAX_ROWS, (MAX_VARIABLES - 1) // max(1, widest)))
