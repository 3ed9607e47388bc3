"""Deliveries that arrive while others are being stored are stored together, by the next statement.

A commit waits for the disk, and commits that NOTIFY wait for each other: one a delivery would bound how many can be
acknowledged in a second. What arrives alone is stored at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from agent.inbox.events import NewEvent
from agent.inbox.repository import InboxRepository, database_is_away
from agent.web.bounded import bounded

MOST = 500  # events of one statement, unless a single delivery has more
LINGER_SECONDS = 0.003  # between two statements, so that in a burst more deliveries share one


@dataclass(frozen=True)
class _Delivery:
    events: Sequence[NewEvent]
    answer: asyncio.Future[tuple[int, int]]


class Intake:
    """Stores deliveries in the order in which they came; one statement at a time.

    Args:
        inbox: where to.
        seconds: how long one statement may take; what it was to store is refused then.
    """

    def __init__(self, inbox: InboxRepository, seconds: float) -> None:
        self._inbox = inbox
        self._seconds = seconds
        self._waiting: deque[_Delivery] = deque()
        self._storing: asyncio.Task[None] | None = None

    async def accept(self, events: Sequence[NewEvent]) -> tuple[int, int]:
        """Store the events of one delivery, all or none; returns (accepted, duplicates) once they are durable.

        Raises:
            sqlalchemy.exc.SQLAlchemyError, OSError: as `InboxRepository.accept`.
        """
        delivery = _Delivery(events, asyncio.get_running_loop().create_future())
        self._waiting.append(delivery)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        return await delivery.answer

    async def _store_all(self) -> None:
        while batch := self._next():
            try:
                await self._store(batch)
                await asyncio.sleep(LINGER_SECONDS)
            except Exception as error:  # it is the answer to those who wait
                if len(batch) > 1 and isinstance(error, DBAPIError) and not database_is_away(error):
                    # One of them cannot be stored; the others shall not suffer for it.
                    for one in batch:
                        await self._store_alone(one)
                    continue
                for one in batch:
                    _refuse(one, error)

    def _next(self) -> list[_Delivery]:
        batch: list[_Delivery] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].events) <= MOST):
            one = self._waiting.popleft()
            if not one.answer.done():  # nobody waits for it any more; its sender will come again
                batch.append(one)
                size += len(one.events)
        return batch

    async def _store(self, batch: Sequence[_Delivery]) -> None:
        events = [event for one in batch for event in one.events]
        new = await bounded(self._inbox.store(events), self._seconds)
        for one in batch:
            accepted = 0
            for event in one.events:  # of repeats within a batch the first one was stored
                if (event.source, event.event_id) in new:
                    new.discard((event.source, event.event_id))
                    accepted += 1
            if not one.answer.done():
                one.answer.set_result((accepted, len(one.events) - accepted))

    async def _store_alone(self, one: _Delivery) -> None:
        try:
            await self._store([one])
        except Exception as error:
            _refuse(one, error)


def _refuse(one: _Delivery, error: Exception) -> None:
    if not one.answer.done():
        one.answer.set_exception(error)
