"""Lists, single records and the deleted ones."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.sandbox.zoho.errors import CallRefused, invalid_parameter, missing_parameter
from agent.sandbox.zoho.metadata import Module
from agent.sandbox.zoho.paging import Pager, Place, SortKey, read_number, read_per_page
from agent.sandbox.zoho.render import Renderer
from agent.sandbox.zoho.store import Record, RecordStore, Tombstone

MAX_FIELDS = 50
_SORT_KEYS: Mapping[str, Callable[[Record], SortKey]] = {
    "id": lambda record: (record.id, record.id),
    "Created_Time": lambda record: (record.created.isoformat(), record.id),
    "Modified_Time": lambda record: (record.modified.isoformat(), record.id),
}
NO_CONTENT = (204, None)
NOT_MODIFIED = (304, None)
Answer = tuple[int, dict[str, Any] | None]


@dataclass(frozen=True)
class Reader:
    """Answers reads from the store: HTTP status and body (None: an empty one)."""

    store: RecordStore
    renderer: Renderer
    pager: Pager

    def listed(self, module: Module, query: Mapping[str, str], since: datetime | None) -> Answer:
        """List a module's records; `since` is inclusive, as Zoho's If-Modified-Since is."""
        fields = read_fields(query)
        sort_by, order = _read_sort(query)
        place = self.pager.read(module.api_name, query)
        per_page = read_per_page(query)
        found = _select(self.store.all(module.api_name), query.get("ids"), since)
        if not found:
            return NOT_MODIFIED if since is not None else NO_CONTENT
        rows, more = _cut(found, _SORT_KEYS[sort_by], order, place, per_page)
        if not rows:
            return NO_CONTENT
        token = None
        if more:
            token = self.pager.next_token(module.api_name, query, place, _SORT_KEYS[sort_by](rows[-1]))
        info = {
            "per_page": per_page,
            "next_page_token": token,
            "count": len(rows),
            "sort_by": sort_by,
            "page": place.page,
            "previous_page_token": place.previous,
            "page_token_expiry": self.store.clock.text(self.pager.expiry(token)) if token else None,
            "sort_order": order,
            "more_records": more,
        }
        return 200, {"data": [self.renderer.listed(row, fields) for row in rows], "info": info}

    def single(
        self, module: Module, record_id: str, query: Mapping[str, str], since: datetime | None
    ) -> Answer:
        """Give one record whole (or the fields asked for); 204 when there is none."""
        record = self.store.get(module.api_name, record_id)
        if record is None:
            return NO_CONTENT
        if since is not None and record.modified < since:
            return NOT_MODIFIED
        names = read_fields(query) if "fields" in query else None
        return 200, {"data": [self.renderer.whole(record, names)]}

    def deleted(self, module: Module, query: Mapping[str, str], since: datetime | None) -> Answer:
        """List deleted records, newest first, of type all, recycle or permanent."""
        kind = query.get("type", "all")
        if kind not in {"all", "recycle", "permanent"}:
            raise invalid_parameter("type", supported_values=["all", "recycle", "permanent"])
        page, per_page = read_number(query, "page", 1), read_per_page(query)
        now = self.store.clock.now()
        states = [(stone, stone.state_at(now)) for stone in self.store.tombstones(module.api_name)]
        found = [
            (stone, *state)
            for stone, state in states
            if state is not None and kind in ("all", state[0]) and (since is None or state[1] >= since)
        ]
        found.sort(key=operator.itemgetter(2), reverse=True)
        rows = found[(page - 1) * per_page : page * per_page]
        if not rows:
            return NOT_MODIFIED if since is not None and not found else NO_CONTENT
        info = {
            "per_page": per_page,
            "count": len(rows),
            "page": page,
            "more_records": len(found) > page * per_page,
        }
        return 200, {"data": [self._tombstone(*row) for row in rows], "info": info}

    def _tombstone(self, stone: Tombstone, kind: str, deleted: datetime) -> dict[str, Any]:
        forgotten = kind == "permanent"
        return {
            "id": stone.record.id,
            "display_name": None if forgotten else stone.display_name,
            "type": kind,
            "deleted_by": None if forgotten else stone.deleted_by.brief(),
            "created_by": stone.record.created_by.brief(),
            "deleted_time": self.store.clock.text(deleted),
        }


def read_fields(query: Mapping[str, str]) -> list[str]:
    """Read the mandatory `fields`: at most 50 API names."""
    names = [name.strip() for name in query.get("fields", "").split(",") if name.strip()]
    if not names:
        raise missing_parameter("fields")
    if len(names) > MAX_FIELDS:
        raise CallRefused(
            400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_FIELDS, "param_name": "fields"}
        )
    return names


def _read_sort(query: Mapping[str, str]) -> tuple[str, str]:
    sort_by, order = query.get("sort_by", "id"), query.get("sort_order", "desc")
    if sort_by not in _SORT_KEYS:
        raise invalid_parameter("sort_by", supported_values=sorted(_SORT_KEYS))
    if order not in {"asc", "desc"}:
        raise invalid_parameter("sort_order", supported_values=["asc", "desc"])
    return sort_by, order


def _select(records: Any, ids: str | None, since: datetime | None) -> list[Record]:
    wanted = None if ids is None else {part.strip() for part in ids.split(",")}
    return [
        record
        for record in records
        if (wanted is None or record.id in wanted) and (since is None or record.modified >= since)
    ]


def _cut(
    found: list[Record], key: Callable[[Record], SortKey], order: str, place: Place, per_page: int
) -> tuple[list[Record], bool]:
    """Give the page's records and whether more follow. A token continues after a record, a page by number."""
    descending = order == "desc"
    found.sort(key=key, reverse=descending)
    start = (place.page - 1) * per_page
    if place.after is not None:
        passed = operator.ge if descending else operator.le
        start = sum(1 for record in found if passed(key(record), place.after))
    return found[start : start + per_page], len(found) > start + per_page
