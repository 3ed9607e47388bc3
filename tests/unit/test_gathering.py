"""Rows of several tasks in one call: who gets which answer, and whose failure is whose."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from agent.gathering import Gathering


class Sender:
    """Doubles numbers; refuses what it is told to."""

    def __init__(self, *refused: int, away: bool = False) -> None:
        self.batches: list[list[int]] = []
        self.refused = refused
        self.away = away
        self.open = asyncio.Event()
        self.open.set()
        self.called = asyncio.Event()

    async def send(self, rows: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(rows))
        self.called.set()
        await self.open.wait()
        if self.away:
            raise ConnectionError("away")
        return [ValueError(str(row)) if row in self.refused else row * 2 for row in rows]


async def test_what_is_wanted_at_the_same_moment_goes_together_and_each_gets_its_own_answer() -> None:
    sender = Sender()
    gathering = Gathering(sender.send, linger_seconds=0)
    assert await asyncio.gather(*(gathering.one(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert sender.batches == [[0, 1, 2, 3, 4]]


async def test_what_comes_while_a_call_is_under_way_goes_with_the_next_one() -> None:
    sender = Sender()
    sender.open.clear()
    gathering = Gathering(sender.send, linger_seconds=0)
    early = asyncio.create_task(gathering.one(1))
    await sender.called.wait()
    late = [asyncio.create_task(gathering.one(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    sender.open.set()
    assert await asyncio.gather(early, *late) == [2, 4, 6]
    assert sender.batches == [[1], [2, 3]]


async def test_a_refused_row_stops_no_other() -> None:
    gathering = Gathering(Sender(2).send, linger_seconds=0)
    answers = await asyncio.gather(*(gathering.one(number) for number in (1, 2, 3)), return_exceptions=True)
    assert (answers[0], answers[2]) == (2, 6)
    assert isinstance(answers[1], ValueError)


async def test_a_failed_call_befalls_all_that_it_carried_and_nobody_after() -> None:
    sender = Sender(away=True)
    gathering = Gathering(sender.send, linger_seconds=0)
    answers = await asyncio.gather(gathering.one(1), gathering.one(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]
    sender.away = False
    assert await gathering.one(3) == 6


async def test_who_was_stopped_is_left_out_and_the_others_have_their_answers() -> None:
    sender = Sender()
    gathering = Gathering(sender.send, linger_seconds=0.01)
    stopped, other = asyncio.create_task(gathering.one(1)), asyncio.create_task(gathering.one(2))
    await asyncio.sleep(0)
    stopped.cancel()
    assert await other == 4
    assert sender.batches == [[2]]
    with pytest.raises(asyncio.CancelledError):
        await stopped


async def test_who_is_stopped_during_the_call_breaks_nobody_elses_answer() -> None:
    sender = Sender()
    sender.open.clear()
    gathering = Gathering(sender.send, linger_seconds=0)
    stopped, other = asyncio.create_task(gathering.one(1)), asyncio.create_task(gathering.one(2))
    await sender.called.wait()
    stopped.cancel()
    await asyncio.sleep(0)
    sender.open.set()
    assert await other == 4


async def test_an_answer_too_few_leaves_nobody_waiting() -> None:
    async def send(rows: Sequence[int]) -> list[int | Exception]:
        return [row * 2 for row in rows[1:]]

    gathering = Gathering(send, linger_seconds=0)
    answers = await asyncio.gather(gathering.one(1), gathering.one(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError]
