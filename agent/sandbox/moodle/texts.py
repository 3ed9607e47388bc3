"""What Moodle keeps of a text: its PARAM_TEXT takes markup away. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

# As PHP's strip_tags(): a tag begins where `<` is followed by anything but white space, and may lack its end.
_TAG = re.compile(r"<[^\s<>][^<>]*(?:>|$)")
_AROUND = " \t\n\r\0\x0b"  # what PHP's trim() takes away


def cleaned(row: Mapping[str, Any], raw: Collection[str] = ()) -> dict[str, Any]:
    """Clean the texts of a row, but those named by `raw`; numbers and lists stay as they are."""
    return {
        name: plain(value) if isinstance(value, str) and name not in raw else value
        for name, value in row.items()
    }


def plain(value: str) -> str:
    """Clean one text."""
    return _TAG.sub("", value).strip(_AROUND)
