"""Events that wait for the agent: stored first, sent after, in order per object, until they are delivered."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import aiohttp

PARKING = frozenset({400, 404, 413, 422})
SEND_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 300.0


class EventStatus(StrEnum):
    """What became of an event."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass
class Event:
    """One outbox row; `body` is what is signed, sent and pulled, the same bytes each time."""

    eventid: str
    kind: str
    key: str
    body: str
    created: float
    status: EventStatus = EventStatus.PENDING
    attempts: int = 0
    next_at: float = 0.0
    answer: int = 0  # HTTP status of the last try, 0 when there was none


def sign(secret: str, eventid: str, timestamp: int, body: bytes) -> str:
    """Sign as Standard Webhooks says; `secret` is `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{eventid}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Outbox:
    """The events of one site. Without an address nothing is sent; the agent may still pull."""

    def __init__(
        self, clock: Callable[[], float], *, url: str | None, secret: str | None, retry_seconds: float
    ) -> None:
        if url and not (secret or "").startswith("whsec_"):
            raise ValueError("the webhook secret must start with whsec_")
        self._clock = clock
        self._url = url.rstrip("/") if url else None
        self._secret = secret or ""
        self._retry_seconds = retry_seconds
        self._work = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._task: asyncio.Task[None] | None = None
        self._pending: dict[str, Event] = {}  # by event id, oldest first
        self.events: list[Event] = []

    @property
    def url(self) -> str:
        """Where events go; empty: they can only be pulled."""
        return self._url or ""

    def signature(self, eventid: str, timestamp: int, body: bytes) -> str:
        """Sign as an event is signed; empty without a secret."""
        return sign(self._secret, eventid, timestamp, body) if self._secret else ""

    def add(self, kind: str, key: str, event_type: str, site: str, data: dict[str, Any]) -> Event:
        """Store an event; it is sent as soon as its object's earlier ones are."""
        now = self._clock()
        body = {
            "type": event_type,
            "timestamp": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
            "site": site,
            "data": data,
        }
        event = Event(str(uuid.uuid4()), kind, key, json.dumps(body, ensure_ascii=False), now)
        self.events.append(event)
        self._pending[event.eventid] = event
        self._empty.clear()
        self._work.set()
        return event

    def pending(self) -> list[Event]:
        """Return what is not delivered yet, oldest first."""
        return list(self._pending.values())

    def acknowledge(self, eventids: list[str]) -> int:
        """Mark events as delivered; returns how many were pending."""
        taken = [self._pending[eventid] for eventid in dict.fromkeys(eventids) if eventid in self._pending]
        for event in taken:
            self._finish(event, EventStatus.DELIVERED)
        return len(taken)

    async def start(self) -> None:
        """Begin to send."""
        if self._url:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop sending; what is pending stays so."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until no event is pending."""
        await self._empty.wait()

    def _finish(self, event: Event, status: EventStatus) -> None:
        event.status = status
        self._pending.pop(event.eventid, None)
        if not self._pending:
            self._empty.set()

    async def _run(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                self._work.clear()
                due = self._due()
                if due is None:
                    await self._pause()
                else:
                    await self._deliver(session, due)

    def _due(self) -> Event | None:
        """Find the oldest event that may be sent: no earlier one of the same object is pending."""
        seen: set[tuple[str, str]] = set()
        for event in self._pending.values():
            if (event.kind, event.key) not in seen and event.next_at <= self._clock():
                return event
            seen.add((event.kind, event.key))
        return None

    async def _pause(self) -> None:
        waits = [
            event.next_at - self._clock() for event in self._pending.values() if event.next_at > self._clock()
        ]
        try:
            await asyncio.wait_for(self._work.wait(), min(waits, default=None))
        except TimeoutError:
            return

    async def _deliver(self, session: aiohttp.ClientSession, event: Event) -> None:
        event.attempts += 1
        event.answer, wait = await self._send(session, event)
        if 200 <= event.answer < 300:
            self._finish(event, EventStatus.DELIVERED)
        elif event.answer in PARKING:
            self._finish(event, EventStatus.DEAD)
        else:
            longest = min(LONGEST_PAUSE_SECONDS, self._retry_seconds * 2 ** (event.attempts - 1))
            event.next_at = self._clock() + max(wait, random.uniform(longest / 2, longest))  # noqa: S311

    async def _send(self, session: aiohttp.ClientSession, event: Event) -> tuple[int, float]:
        """Send once; returns the answer's status (0 without one) and how long it asked to wait."""
        body, timestamp = event.body.encode(), int(self._clock())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event.eventid,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._secret, event.eventid, timestamp, body),
        }
        limits = aiohttp.ClientTimeout(total=SEND_SECONDS)
        try:
            async with session.post(
                f"{self._url}/{event.kind}", data=body, headers=headers, timeout=limits, allow_redirects=False
            ) as response:
                asked = response.headers.get("Retry-After", "")
                return response.status, float(asked) if asked.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError):
            return 0, 0.0
