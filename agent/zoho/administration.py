"""What an administrator sets up in Zoho: webhooks, workflow rules, notification channels, custom fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from agent.outbound import Answer
from agent.tried import about_to_write
from agent.zoho.answers import read_object
from agent.zoho.errors import classify, details_of, refusal
from agent.zoho.models import Record
from agent.zoho.transport import Transport

Kind = Literal["webhooks", "workflow_rules"]
PAGE = 200
DELETED_A_CALL = 10
NOT_SUBSCRIBED = "NOT_SUBSCRIBED"
_AUTOMATION = "settings/automation"
_WATCH = "actions/watch"


class Administration:
    """Reads and changes what Zoho is set up to do. Every method raises `SyncError` (target `zoho`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def modules(self) -> dict[str, str]:
        """Map the API names of the organisation's modules to their ids."""
        said = await self._transport.get("settings/modules", read_object)
        return {str(module["api_name"]): str(module["id"]) for module in said.get("modules") or []}

    async def listed(self, kind: Kind) -> list[Record]:
        """List all webhooks or rules, without their inner details."""
        found: list[Record] = []
        page, more = 1, True
        while more:
            said = await self._transport.get(
                f"{_AUTOMATION}/{kind}", read_object, params={"page": str(page), "per_page": str(PAGE)}
            )
            found += said.get(kind) or []
            page, more = page + 1, bool((said.get("info") or {}).get("more_records"))
        return found

    async def one(self, kind: Kind, item_id: str) -> Record:
        """Read one webhook or rule whole; empty when Zoho says nothing of it."""
        said = await self._transport.get(f"{_AUTOMATION}/{kind}/{item_id}", read_object)
        return dict((said.get(kind) or [{}])[0])

    async def create(self, kind: Kind, item: Mapping[str, Any]) -> str:
        """Make a webhook or rule and return its id. Never repeated: a repeat would make a second one."""
        about_to_write("zoho", f"POST {kind}", [item])
        body: dict[str, Any] = {kind: [dict(item)]}
        made = await self._transport.send(
            "POST", f"{_AUTOMATION}/{kind}", lambda answer: _done(answer, kind), body=body, repeated=False
        )
        return made[0]

    async def update(self, kind: Kind, item_id: str, item: Mapping[str, Any]) -> None:
        """Change the parts given of a webhook or rule."""
        about_to_write("zoho", f"PUT {kind}", [item])
        body: dict[str, Any] = {kind: [dict(item)]}
        path = f"{_AUTOMATION}/{kind}/{item_id}"
        await self._transport.send("PUT", path, lambda answer: _done(answer, kind), body=body)

    async def delete(self, kind: Kind, ids: Sequence[str]) -> None:
        """Take webhooks or rules away. A webhook that a rule uses is refused: the rules go first."""
        about_to_write("zoho", f"DELETE {kind}", [{"id": one} for one in ids])
        for start in range(0, len(ids), DELETED_A_CALL):
            params = {"ids": ",".join(ids[start : start + DELETED_A_CALL])}
            await self._transport.send(
                "DELETE", f"{_AUTOMATION}/{kind}", lambda answer: _done(answer, kind), params=params
            )

    async def create_field(self, module: str, field: Mapping[str, Any]) -> None:
        """Add a custom field to a module; Zoho makes its API name of the label. Never repeated."""
        about_to_write("zoho", f"POST fields of {module}", [field])
        await self._transport.send(
            "POST",
            "settings/fields",
            lambda answer: _done(answer, "fields"),
            body={"fields": [dict(field)]},
            params={"module": module},
            repeated=False,
        )

    async def make_unique(self, module: str, field_id: str) -> None:
        """Let Zoho refuse a second record with the same value of a custom field."""
        about_to_write("zoho", f"PATCH fields of {module}", [{"unique": True}])
        await self._transport.send(
            "PATCH",
            f"settings/fields/{field_id}",
            lambda answer: _done(answer, "fields"),
            body={"fields": [{"id": field_id, "unique": {"case_sensitive": False}}]},
            params={"module": module},
        )

    async def channels(self) -> list[Record]:
        """List the notification channels that have not lapsed, an entry a module."""
        said = await self._transport.get(_WATCH, read_object)
        return list(said.get("watch") or [])

    async def open_channel(self, channel: Mapping[str, Any]) -> None:
        """Open a notification channel, or set a living one of that id anew. Safe to repeat."""
        about_to_write("zoho", "POST watch", [channel])
        body = {"watch": [dict(channel)]}
        await self._transport.send("POST", _WATCH, lambda answer: _done(answer, "watch"), body=body)

    async def close_channels(self, ids: Sequence[str]) -> None:
        """Close notification channels."""
        about_to_write("zoho", "DELETE watch", [{"channel_id": one} for one in ids])
        if ids:
            params = {"channel_ids": ",".join(ids)}
            await self._transport.send("DELETE", _WATCH, lambda answer: _done(answer, "watch"), params=params)


def _done(answer: Answer, key: str) -> list[str]:
    """Read the answer to a change: the ids (empty where there is none) of what was changed, all of it.

    Raises:
        SyncError: some of it was refused, in Zoho's words.
    """
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    items = said.get(key) if isinstance(said, dict) else None
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list) or answer.status not in {200, 201, 207, 400}:
        raise classify(answer.status, answer.headers, answer.body)
    for item in items:
        if item.get("code") != "SUCCESS":
            details = details_of(item)
            raise refusal(str(item.get("code") or "NO_CODE"), str(item.get("message", "")), details)
    return [str(details_of(item).get("id", "")) for item in items]
