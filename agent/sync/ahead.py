"""Read ahead: what an asynchronous generator gives is fetched in the background into a queue of few places."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TypeVar

Item = TypeVar("Item")

PLACES = 4  # items that lie ready; the reader waits while they are all taken


@asynccontextmanager
async def read_ahead(source: AsyncGenerator[Item, None]) -> AsyncIterator[AsyncIterable[Item]]:
    """Read `source` from now on; give what it gives, once, and then raise what it raised."""
    ready: asyncio.Queue[Item | None] = asyncio.Queue(PLACES)
    failures: list[Exception] = []

    async def read() -> None:
        try:
            async with aclosing(source):
                async for item in source:
                    await ready.put(item)
        except Exception as failure:
            failures.append(failure)
        await ready.put(None)

    async def given() -> AsyncIterator[Item]:
        while (item := await ready.get()) is not None:
            yield item
        for failure in failures:
            raise failure

    reader = asyncio.create_task(read())
    try:
        yield given()
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
