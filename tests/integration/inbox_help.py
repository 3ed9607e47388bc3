"""Shared by the inbox's tests: events, a handler under the test's control, and a way to await a state."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.inbox.events import Event, NewEvent, Outcome
from agent.inbox.settings import InboxSettings

STUDENT = "5725767000000415001"
AGENT, OTHER = 11, 22
QUICK = InboxSettings(
    workers=4,
    retry_base=0.05,
    wait_first=0.05,
    breaker_first=0.2,
    breaker_longest=1.0,
    sweep=0.1,
    poll=0.1,
    drain=5.0,
)

Work = Callable[[Event], Awaitable[Outcome]]


def new_event(record_id: str = STUDENT, *, event_id: str | None = None, **values: Any) -> NewEvent:
    given: dict[str, Any] = {"source": "zoho", "event_type": "update", "entity_type": "student"}
    given |= {"module": "BTEC_Students", "correlation_id": "c", **values}
    return NewEvent(event_id=event_id or uuid.uuid4().hex, record_id=record_id, **given)


class Recorder:
    """A handler that does what the test says and counts what ran, and what ran at once."""

    def __init__(self, work: Work | None = None) -> None:
        self.work = work
        self.calls: list[Event] = []
        self.running: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()

    async def handle(self, event: Event) -> Outcome:
        self.calls.append(event)
        self.running[event.record_key] += 1
        self.most_at_once[event.record_key] = max(
            self.most_at_once[event.record_key], self.running[event.record_key]
        )
        try:
            return await self.work(event) if self.work else Outcome("applied")
        finally:
            self.running[event.record_key] -= 1


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        result = await connection.execute(text("SELECT * FROM integration_events_log ORDER BY id"))
        return list(result.all())


async def execute(engine: AsyncEngine, statement: str, **values: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Await a state; fails the test if it never comes."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - the state is in the database
            await asyncio.sleep(0.02)


async def settled(engine: AsyncEngine) -> None:
    """Await that nothing is pending or in work."""

    async def done() -> bool:
        return all(row.status in {"completed", "failed"} for row in await rows(engine))

    await until(done)
