"""What Zoho sends by itself: workflow webhooks and notifications, each once, without a retry."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from agent.sandbox.zoho.automation import Automation
from agent.sandbox.zoho.faults import Fault, Faults
from agent.sandbox.zoho.options import SLUG_OF_MODULE, SandboxOptions
from agent.sandbox.zoho.render import Renderer
from agent.sandbox.zoho.store import RecordStore
from agent.sandbox.zoho.watch import Channel, Channels
from agent.sandbox.zoho.writes import Change

PARALLEL = 10
TIMEOUT_SECONDS = 10
DROPPED = "dropped"  # the reason of a delivery that was never tried
_PAST = {"create": "created", "edit": "updated", "delete": "deleted"}
_WEBHOOK_OPERATION = {"create": "create", "edit": "update", "delete": "delete"}
_NOTIFIED = {"create": "insert", "edit": "update", "delete": "delete"}


@dataclass(frozen=True)
class Push:
    """One call to the outside, ready to be sent; the same bytes each time."""

    url: str
    body: bytes
    headers: dict[str, str]
    kind: str  # webhook | notification
    module: str
    record_ids: tuple[str, ...]


@dataclass(frozen=True)
class Delivery:
    """What became of a push: the receiver's status, or 0 and a reason."""

    push: Push
    status: int
    reason: str = ""
    at: datetime | None = None


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign as the documented Deluge function does: the secret is text, unless it is a `whsec_` one."""
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Pushes:
    """Makes pushes out of changes and delivers them in the background.

    Signatures carry the machine's time, not the sandbox's: the receiver's clock is not under control.
    """

    def __init__(
        self,
        options: SandboxOptions,
        store: RecordStore,
        channels: Channels,
        automation: Automation,
        faults: Faults,
    ) -> None:
        self._options = options
        self._store = store
        self._renderer = Renderer(store)
        self._channels = channels
        self._automation = automation
        self._faults = faults
        self._sequence = itertools.count(1)
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(PARALLEL)
        self._held: list[tuple[int, Push]] = []  # how many deliveries it still waits for
        self.deliveries: list[Delivery] = []

    async def start(self) -> None:
        """Open the connections that pushes go out by."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout)

    async def stop(self) -> None:
        """Drop what is under way and close the connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def publish(
        self, changes: Sequence[Change], *, workflows: bool = True, notifications: bool = True
    ) -> None:
        """Send what the changes of one call cause: a webhook a record, a notification a module and kind."""
        pushes: list[Push] = []
        if workflows and self._options.webhook_url:
            pushes += [self._webhook(change) for change in changes if change.module in SLUG_OF_MODULE]
        if workflows:
            pushes += [push for change in changes for push in self._ruled(change)]
        if notifications:
            pushes += self._notifications(changes)
        for push in pushes:
            self._launch(push)

    async def idle(self) -> None:
        """Wait until no push is under way; held ones stay held."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def settle(self) -> None:
        """Wait until every push made so far has been delivered or has failed (held ones are let go)."""
        await self.idle()
        held, self._held = self._held, []
        for _, push in held:
            self._spawn(push, 0.0)
        await self.idle()

    def failures(self) -> list[Delivery]:
        """Give the deliveries that were not answered with 2xx."""
        return [delivery for delivery in self.deliveries if not 200 <= delivery.status < 300]

    def _webhook(self, change: Change) -> Push:
        slug = SLUG_OF_MODULE[change.module]
        url = (self._options.webhook_url or "").replace("{slug}", slug)
        secret = self._options.webhook_secret or ""
        modified = self._store.clock.text(change.modified)
        headers = {"Content-Type": "application/json"}
        if self._options.webhook_form == "header":
            payload: dict[str, Any] = {
                "module": change.module,
                "id": change.record_id,
                "operation": change.operation,
                "modified_time": modified,
            }
            headers["X-Webhook-Secret"] = secret
            return Push(url, _compact(payload), headers, "webhook", change.module, (change.record_id,))
        now = time.time()
        payload = {
            "type": f"{slug}.{_PAST[change.operation]}",
            "timestamp": datetime.fromtimestamp(now, UTC).replace(microsecond=0).isoformat(),
            "data": {
                "module": change.module,
                "id": change.record_id,
                "operation": _WEBHOOK_OPERATION[change.operation],
                "modified_time": modified,
            },
        }
        body = _compact(payload)
        message_id = f"msg_{int(now * 1000)}_{next(self._sequence)}_{change.record_id}"
        headers |= {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now)),
            "webhook-signature": sign(secret, message_id, int(now), body),
        }
        return Push(url, body, headers, "webhook", change.module, (change.record_id,))

    def _ruled(self, change: Change) -> list[Push]:
        pushes = []
        for webhook, body in self._automation.fired(change):
            custom = (webhook.get("headers") or {}).get("custom_parameters") or []
            headers = {one["name"]: one["value"] for one in custom} | {"Content-Type": "application/json"}
            url, ids = webhook["url"], (change.record_id,)
            pushes.append(Push(url, body.encode(), headers, "webhook", change.module, ids))
        return pushes

    def _notifications(self, changes: Sequence[Change]) -> list[Push]:
        grouped: dict[tuple[str, str], list[Change]] = defaultdict(list)
        for change in changes:
            grouped[change.module, change.operation].append(change)
        return [
            self._notification(channel, wanted)
            for group in grouped.values()
            for channel in self._channels.alive()
            if (wanted := [change for change in group if channel.wants(change)])
        ]

    def _notification(self, channel: Channel, changes: list[Change]) -> Push:
        module, operation = changes[0].module, changes[0].operation
        edits = [change for change in changes if change.operation == "edit"]
        payload: dict[str, Any] = {
            "server_time": int(self._store.clock.now().timestamp() * 1000),
            "query_params": {},
            "module": module,
            "resource_uri": f"https://www.zohoapis.com/crm/v8/{module}",
            "ids": [change.record_id for change in changes],
            "affected_fields": [{change.record_id: list(change.fields)} for change in edits],
            "operation": _NOTIFIED[operation],
            "channel_id": channel.channel_id,
            "token": channel.token,
        }
        if channel.return_values:
            payload["affected_values"] = [self._affected(change) for change in edits]
        headers = {"Content-Type": "application/json"}
        ids = tuple(change.record_id for change in changes)
        return Push(channel.notify_url, _compact(payload), headers, "notification", module, ids)

    def _affected(self, change: Change) -> dict[str, Any]:
        record = self._store.get(change.module, change.record_id)
        values = {} if record is None else self._renderer.listed(record, change.fields)
        values.pop("id", None)
        return {"record_id": change.record_id, "values": values}

    def _launch(self, push: Push) -> None:
        plan = self._faults.for_push(push.url)
        if plan is None:
            self._spawn(push, 0.0)
            return
        match plan.fault:
            case Fault.PUSH_DROP:
                self._note(push, 0, DROPPED)
            case Fault.PUSH_REORDER:
                self._held.append((plan.behind, push))
            case Fault.PUSH_DELAY:
                self._spawn(push, plan.seconds)
            case Fault.PUSH_DUPLICATE:
                self._spawn(push, 0.0)
                self._spawn(push, 0.0)

    def _spawn(self, push: Push, delay: float) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(push, delay))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, push: Push, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        await self._send(push)
        self._held = [(behind - 1, held) for behind, held in self._held]
        while due := next((one for one in self._held if one[0] <= 0), None):
            self._held.remove(due)
            await self._send(due[1])

    async def _send(self, push: Push) -> None:
        if self._session is None:
            raise RuntimeError("the sandbox is not running: pushes need its server")
        async with self._places:
            try:
                async with self._session.post(
                    push.url, data=push.body, headers=push.headers, allow_redirects=False
                ) as response:
                    await response.read()
                    self._note(push, response.status, response.reason or "")
            except (aiohttp.ClientError, TimeoutError) as error:
                self._note(push, 0, type(error).__name__)

    def _note(self, push: Push, status: int, reason: str) -> None:
        self.deliveries.append(Delivery(push, status, reason, self._store.clock.now()))


def _compact(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
