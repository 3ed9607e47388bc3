"""Only trying: what would be written to either side is said instead of written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class WouldWriteError(Exception):
    """Something was only tried and has come to its first write.

    Attributes:
        side: zoho | moodle.
        operation: the function, or the module with the method.
        rows: the names of what would have been written, a list a row; no values.
    """

    def __init__(self, side: str, operation: str, rows: Sequence[Sequence[str]]) -> None:
        super().__init__(f"{operation} would be called on {side}")
        self.side = side
        self.operation = operation
        self.rows = [sorted(row) for row in rows]


_tried: ContextVar[bool] = ContextVar("only_tried", default=False)


@contextmanager
def only_tried() -> Iterator[None]:
    """Let nothing that runs inside write to either side: the first call that would raises `WouldWriteError`."""
    token = _tried.set(True)
    try:
        yield
    finally:
        _tried.reset(token)


def is_only_tried() -> bool:
    """Tell whether this runs within `only_tried`."""
    return _tried.get()


def about_to_write(side: str, operation: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Announce a write; every writing method of the clients begins with it.

    Raises:
        WouldWriteError: within `only_tried`.
    """
    if is_only_tried():
        raise WouldWriteError(side, operation, [list(row) for row in rows])
