"""What PHP makes of a form: brackets become arrays, and input beyond `max_input_vars` is silently dropped. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PART = re.compile(r"\[([^\]]*)\]")


def parse(pairs: Iterable[tuple[str, str]], max_input_vars: int) -> dict[str, Any]:
    """Read form fields as PHP does; an array whose keys count from 0 becomes a list."""
    form: dict[str, Any] = {}
    for number, (name, value) in enumerate(pairs):
        if number >= max_input_vars:
            break
        _put(form, [name.partition("[")[0], *_PART.findall(name)], value)
    return {name: _listed(value) for name, value in form.items()}


def _put(form: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for part in parents:
        form = form.setdefault(part, {})
    form[last] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if list(value) == [str(number) for number in range(len(value))]:
        return [_listed(inner) for inner in value.values()]
    return {name: _listed(inner) for name, inner in value.items()}
