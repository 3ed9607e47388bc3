"""Read what was sent: JSON or form fields out of bytes. Pure; the unreadable is a Rejection, never an exception."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qsl

MAX_FIELDS = 100


@dataclass(frozen=True)
class Rejection:
    """Why a body cannot be taken. The reason is our own words: no part of the body is in it.

    Attributes:
        event_type, module: what could be read of them, for the row that an administrator finds.
    """

    reason: str
    event_type: str = "unreadable"
    module: str | None = None


@dataclass(frozen=True)
class Fields:
    """The fields of a body: names to JSON values (from a form: texts)."""

    values: dict[str, Any] = field(default_factory=dict)


def decode(body: bytes) -> Fields | Rejection:
    """Read a body by what it is, not by its Content-Type: Zoho sends JSON as text/plain too.

    A body that starts with `{` is JSON, any other is form-encoded.
    """
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return Rejection("the body is not UTF-8")
    if not text:
        return Rejection("the body is empty")
    return _decode_json(text) if text[0] in '{["' else _decode_form(text)


def _decode_json(text: str) -> Fields | Rejection:
    try:
        values = _DECODER.decode(text)
    except (ValueError, RecursionError):  # too deep is as unreadable as malformed
        return Rejection("the body is not JSON")
    return Fields(values) if isinstance(values, dict) else Rejection("the body is not a JSON object")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _decode_form(text: str) -> Fields | Rejection:
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return Rejection("the body is neither JSON nor form-encoded")
    return Fields(dict(pairs))
