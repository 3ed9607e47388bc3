"""Wait, but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Value = TypeVar("Value")

_given_up: set[asyncio.Task[Any]] = set()  # keeps tasks alive until their cancellation is done


async def bounded(work: Coroutine[Any, Any, Value], seconds: float) -> Value:
    """Wait for `work`, at most so long.

    asyncio.timeout would also wait until the work has let itself be cancelled, and a driver that talks to a
    dead server takes its time over that.

    Raises:
        TimeoutError: it took longer; the work is cancelled and left to end by itself.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            _given_up.add(task)
            task.add_done_callback(_forget)
    if not done:
        raise TimeoutError
    return task.result()


def _forget(task: asyncio.Task[Any]) -> None:
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()  # seen: nobody waits for it any more
