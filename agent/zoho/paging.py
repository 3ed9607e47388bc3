"""Which pages of a list to ask for, and how. Pure.

Zoho gives the first 2,000 records by page number, so several pages can be asked for at once; what
follows comes by `page_token`, each of which is in the page before it. So a long list that is sorted by id is read
from both ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from agent.errors import misconfigured, transient
from agent.zoho.errors import TARGET
from agent.zoho.models import Record, RecordPage

PAGE_SIZE = 200
MAX_FIELDS = 50
IDS_A_CALL = 50  # `ids` takes 1,024 characters; an id has up to 20 with its comma
# Pages asked for at once. One page is enough for most passes; a bulk list ends after three round trips.
WINDOWS: tuple[tuple[int, ...], ...] = ((1,), (2, 3, 4, 5), (6, 7, 8, 9, 10))
FROM_THE_END: tuple[tuple[int, ...], ...] = ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10))
ASCENDING = {"sort_by": "id", "sort_order": "asc"}  # without these a list begins with the highest id


def list_params(fields: Sequence[str]) -> dict[str, str]:
    """Build the parameters that all pages of a list share (a page token is bound to them).

    Raises:
        SyncError: no field, or more than Zoho takes; the mapping has to change.
    """
    if not 0 < len(fields) <= MAX_FIELDS:
        raise misconfigured(
            "FIELDS_OUT_OF_RANGE",
            f"Zoho lists 1 to {MAX_FIELDS} fields, the mapping asks for {len(fields)}",
            target=TARGET,
        )
    return {"fields": ",".join(fields), "per_page": str(PAGE_SIZE)}


def since_header(moment: datetime | None) -> dict[str, str]:
    """Build If-Modified-Since as Zoho reads it: offset, whole seconds. Zoho includes that second.

    Raises:
        ValueError: the time has no zone.
    """
    if moment is None:
        return {}
    if moment.tzinfo is None:
        raise ValueError("modified_since needs a time zone")
    return {"If-Modified-Since": moment.isoformat(timespec="seconds")}


def read_page(said: Mapping[str, Any]) -> RecordPage:
    """Read a list's answer; an empty one (204, 304) is an empty last page."""
    info = said.get("info") or {}
    return RecordPage(
        records=list(said.get("data") or []),
        next_token=info.get("next_page_token"),
        more=bool(info.get("more_records")),
        from_highest_id=(info.get("sort_by"), info.get("sort_order")) == ("id", "desc"),
    )


def token_after(page: RecordPage) -> str:
    """Return the token of the page after this one.

    Raises:
        SyncError: Zoho says that there is more and does not say how to get it.
    """
    if page.next_token is None:
        raise transient("PAGE_TOKEN_MISSING", "Zoho says there is more but gave no page token", target=TARGET)
    return page.next_token


class Unseen:
    """Lets each record through once: pages shift while records are added, and a list may begin again."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def of(self, records: Sequence[Record]) -> list[Record]:
        """Return the records not seen before, and remember them."""
        fresh = [record for record in records if record["id"] not in self._ids]
        self._ids.update(record["id"] for record in fresh)
        return fresh
