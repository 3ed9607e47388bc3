"""Reading ahead goes on while the reader's user is busy, but only so far."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from agent.sync.ahead import PLACES, read_ahead


async def numbers(
    given: list[int], *, until: int, failure: Exception | None = None
) -> AsyncGenerator[int, None]:
    for number in range(until):
        given.append(number)
        yield number
    if failure is not None:
        raise failure


async def settle() -> None:
    """Let every task go on until none can."""
    for _ in range(100):
        await asyncio.sleep(0)


async def test_it_reads_before_anybody_asks_and_stops_when_its_places_are_taken() -> None:
    given: list[int] = []
    async with read_ahead(numbers(given, until=50)) as items:
        await settle()
        assert len(given) == PLACES + 1  # the last one waits for a place
        assert [item async for item in items] == list(range(50))


async def test_what_came_before_a_failure_is_given_first() -> None:
    got: list[int] = []

    async def take(failure: Exception) -> None:
        async with read_ahead(numbers([], until=3, failure=failure)) as items:
            async for item in items:
                got.append(item)

    with pytest.raises(KeyError):
        await take(KeyError("gone"))
    assert got == [0, 1, 2]


async def test_a_failure_that_nobody_asked_for_is_nobodys() -> None:
    async with read_ahead(numbers([], until=0, failure=KeyError("gone"))):
        await settle()


async def test_leaving_early_ends_the_reading() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[int, None]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    async with read_ahead(endless()) as items:
        async for _ in items:
            break
    assert closed.is_set()
