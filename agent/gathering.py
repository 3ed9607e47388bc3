"""What several tasks want at the same moment, done by one call: events come many at once, and each call has a price."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

LINGER_SECONDS = 0.01  # little beside any call to another system, much between the events of a burst

Row = TypeVar("Row")
Result = TypeVar("Result")


class Gathering(Generic[Row, Result]):
    """Rows that several tasks want to send at the same moment go together: one call instead of many.

    Args:
        send: sends a batch of any size; returns one result or error a row, in order. What it raises befalls them all.
        linger_seconds: how long the first row waits for others.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Row]], Awaitable[Sequence[Result | Exception]]],
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self._send = send
        self._linger_seconds = linger_seconds
        self._waiting: list[tuple[Row, asyncio.Future[Result]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def one(self, row: Row) -> Result:
        """Send a row with those of others.

        Raises:
            Exception: what its row came to, or the call that carried it.
        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, answer))
        if len(self._waiting) == 1:
            task = asyncio.create_task(self._together())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _together(self) -> None:
        await asyncio.sleep(self._linger_seconds)
        waiting, self._waiting = self._waiting, []
        # Whoever no longer waits was stopped: nothing is done for it any more.
        asked = [(row, answer) for row, answer in waiting if not answer.done()]
        if not asked:
            return
        answers = [answer for _, answer in asked]
        try:
            came = list(zip(answers, await self._send([row for row, _ in asked]), strict=True))
        except Exception as error:  # it is the answer to all of them
            came = [(answer, error) for answer in answers]
        for answer, result in came:
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)
