"""Notification channels (`actions/watch`): subscribe, renew, change, list, cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.errors import CallRefused, ItemRefused, invalid_data, mandatory_missing
from agent.sandbox.zoho.metadata import Module
from agent.sandbox.zoho.writes import Change

LONGEST = timedelta(weeks=1)
DEFAULT_LIFE = timedelta(hours=1)
MAX_ITEMS = 50
MAX_TOKEN = 50
_OPERATIONS = {"create", "edit", "delete", "all"}
_SUCCESS = "Successfully {} for actions-watch of the given module"


@dataclass(frozen=True)
class Channel:
    """One subscription: a channel id, what it watches, where and how it calls."""

    channel_id: str
    events: tuple[str, ...]
    notify_url: str
    expires: datetime
    token: str | None = None
    return_values: bool = False
    related_actions: bool = True
    condition: tuple[dict[str, Any], ...] = ()

    def wants(self, change: Change) -> bool:
        """Tell whether a change concerns this channel: its event, and for edits its field selection."""
        if not {f"{change.module}.{change.operation}", f"{change.module}.all"} & set(self.events):
            return False
        selected = {name for part in self.condition for name in _selected_fields(part, change.module)}
        return change.operation != "edit" or not selected or bool(selected & set(change.fields))


def _selected_fields(condition: Mapping[str, Any], module: str) -> set[str]:
    if condition["module"]["api_name"] != module:
        return set()
    return {part.get("field", part).get("api_name") for part in condition["field_selection"]["group"]}


def _conditions(item: Mapping[str, Any], path: str) -> tuple[dict[str, Any], ...]:
    """Read `notification_condition`, whose only type selects fields of a module."""
    given = item.get("notification_condition") or []
    try:
        for condition in given:
            _selected_fields(condition, str(condition["module"]["api_name"]))
    except (TypeError, KeyError, AttributeError):
        raise invalid_data("notification_condition", f"{path}.notification_condition") from None
    return tuple(given)


class Channels:
    """All channels of the integration's user."""

    def __init__(self, modules: Mapping[str, Module], clock: SandboxClock) -> None:
        self._modules = modules
        self._clock = clock
        self._channels: dict[str, Channel] = {}

    def clear(self) -> None:
        """Forget all channels."""
        self._channels.clear()

    def alive(self) -> list[Channel]:
        """Give the channels that have not lapsed."""
        now = self._clock.now()
        return [channel for channel in self._channels.values() if now < channel.expires]

    def subscribe(self, body: Any, base: str) -> tuple[int, dict[str, Any]]:
        """POST: open channels; each item succeeds or fails on its own."""
        return self._each(body, lambda item, path: self._open(item, path, base, renew=False), 201)

    def renew(self, body: Any, base: str) -> tuple[int, dict[str, Any]]:
        """PUT: set living channels anew; a lapsed one answers NOT_SUBSCRIBED."""
        return self._each(body, lambda item, path: self._open(item, path, base, renew=True), 200)

    def change(self, body: Any, base: str) -> tuple[int, dict[str, Any]]:
        """PATCH: change parts of channels; `_delete_events` drops the events named."""
        wrapped = body if isinstance(body, dict) and "watch" in body else {"watch": [body]}
        return self._each(wrapped, lambda item, path: self._patch(item, path, base), 200)

    def cancel(self, channel_ids: Iterable[str], base: str) -> tuple[int, dict[str, Any]]:
        """DELETE: close channels."""
        return self._each(
            {"watch": [{"channel_id": channel_id} for channel_id in channel_ids]},
            lambda item, path: self._close(item, path, base),
            200,
        )

    def listed(self, base: str, channel_id: str | None, module: str | None) -> dict[str, Any]:
        """GET: list living channels, one entry each module."""
        entries = [
            {
                **self._resource(channel, name, base),
                "channel_id": channel.channel_id,
                "channel_expiry": self._clock.text(channel.expires),
                "events": [event for event in channel.events if event.split(".")[0] == name],
                "notify_url": channel.notify_url,
                "token": channel.token,
                "notify_on_related_action": channel.related_actions,
                "return_affected_field_values": channel.return_values,
                "notification_condition": list(channel.condition) or None,
                "fields": None,
            }
            for channel in self.alive()
            if channel_id in (None, channel.channel_id)
            for name in _modules_of(channel.events)
            if module in (None, name)
        ]
        info = {"per_page": 200, "count": len(entries), "page": 1, "more_records": False}
        return {"watch": entries, "info": info}

    def _each(
        self, body: Any, work: Callable[[dict[str, Any], str], dict[str, Any]], all_good: int
    ) -> tuple[int, dict[str, Any]]:
        items = body.get("watch") if isinstance(body, dict) else None
        if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
            raise CallRefused(400, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": "watch"})
        if len(items) > MAX_ITEMS:
            raise CallRefused(400, "INVALID_DATA", "invalid data", {"maximum_length": MAX_ITEMS})
        results = []
        for number, item in enumerate(items):
            try:
                results.append(work(item, f"$.watch[{number}]"))
            except ItemRefused as refused:
                results.append(refused.as_json())
        good = sum(result["status"] == "success" for result in results)
        return (all_good if good == len(results) else 207 if good else 400), {"watch": results}

    def _open(self, item: dict[str, Any], path: str, base: str, *, renew: bool) -> dict[str, Any]:
        for name in ("channel_id", "events", "notify_url"):
            if not item.get(name):
                raise mandatory_missing(name, f"{path}.{name}")
        channel_id = str(item["channel_id"])
        if renew and not self._is_alive(channel_id):
            raise _not_subscribed(path)
        channel = Channel(
            channel_id=channel_id,
            events=self._events(item["events"], path),
            notify_url=_short(item, "notify_url", 255, path) or "",
            expires=self._expiry(item.get("channel_expiry"), path),
            token=_short(item, "token", MAX_TOKEN, path),
            return_values=bool(item.get("return_affected_field_values", False)),
            related_actions=bool(item.get("notify_on_related_action", True)),
            condition=_conditions(item, path),
        )
        self._channels[channel_id] = channel
        return self._opened(channel, base, "updated" if renew else "subscribed")

    def _patch(self, item: dict[str, Any], path: str, base: str) -> dict[str, Any]:
        channel_id = str(item.get("channel_id"))
        if not self._is_alive(channel_id):
            raise _not_subscribed(path)
        channel = self._channels[channel_id]
        events = self._events(item["events"], path) if "events" in item else channel.events
        if item.get("_delete_events"):
            events = tuple(event for event in channel.events if event not in events)
        expires = channel.expires
        if "channel_expiry" in item:
            expires = self._expiry(item["channel_expiry"], path)
        channel = replace(
            channel,
            events=events,
            expires=expires,
            token=_short(item, "token", MAX_TOKEN, path) or channel.token,
            notify_url=_short(item, "notify_url", 255, path) or channel.notify_url,
        )
        self._channels[channel_id] = channel
        return self._opened(channel, base, "updated")

    def _close(self, item: dict[str, Any], path: str, base: str) -> dict[str, Any]:
        channel_id = item["channel_id"]
        if not self._is_alive(channel_id):
            raise _not_subscribed(path)
        channel = self._channels.pop(channel_id)
        resource = self._resource(channel, _modules_of(channel.events)[0], base)
        details = {name: resource[name] for name in ("resource_uri", "resource_id")}
        return _success({**details, "channel_id": channel_id}, "un-subscribed")

    def _opened(self, channel: Channel, base: str, verb: str) -> dict[str, Any]:
        expiry = self._clock.text(channel.expires)
        events = [
            {
                **self._resource(channel, name, base),
                "channel_expiry": expiry,
                "channel_id": channel.channel_id,
            }
            for name in _modules_of(channel.events)
        ]
        return _success({"events": events}, verb)

    def _resource(self, channel: Channel, module: str, base: str) -> dict[str, str]:
        return {
            "resource_uri": f"{base}/crm/v8/{module}",
            "resource_id": self._modules[module].id,
            "resource_name": module,
        }

    def _events(self, events: Any, path: str) -> tuple[str, ...]:
        if not isinstance(events, list):
            raise invalid_data("events", f"{path}.events", expected_data_type="jsonarray")
        for number, event in enumerate(events):
            module, _, operation = str(event).partition(".")
            if module not in self._modules or operation not in _OPERATIONS:
                raise invalid_data("events", f"{path}.events[{number}]")
        return tuple(events)

    def _expiry(self, text: Any, path: str) -> datetime:
        """Read `channel_expiry`: absent or more than a week ahead silently becomes one hour."""
        now = self._clock.now()
        if text is None:
            return now + DEFAULT_LIFE
        try:
            expires = datetime.fromisoformat(text)
            too_far = expires > now + LONGEST
            past = expires <= now
        except (TypeError, ValueError):
            raise invalid_data(
                "channel_expiry", f"{path}.channel_expiry", expected_data_type="datetime"
            ) from None
        if past:
            raise invalid_data("channel_expiry", f"{path}.channel_expiry")
        return now + DEFAULT_LIFE if too_far else expires

    def _is_alive(self, channel_id: str) -> bool:
        channel = self._channels.get(channel_id)
        return channel is not None and self._clock.now() < channel.expires


def _not_subscribed(path: str) -> ItemRefused:
    return ItemRefused(
        "NOT_SUBSCRIBED",
        "the channel is not subscribed",
        {"api_name": "channel_id", "json_path": f"{path}.channel_id"},
    )


def _short(item: Mapping[str, Any], name: str, limit: int, path: str) -> str | None:
    value = item.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise invalid_data(name, f"{path}.{name}", expected_data_type="text")
    if len(value) > limit:
        raise invalid_data(name, f"{path}.{name}", maximum_length=limit)
    return value


def _modules_of(events: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(event.split(".")[0] for event in events))


def _success(details: dict[str, Any], verb: str) -> dict[str, Any]:
    return {"code": "SUCCESS", "details": details, "message": _SUCCESS.format(verb), "status": "success"}
