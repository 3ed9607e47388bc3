"""Deliveries that are stored together: each gets its own answer, none suffers for another. On a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.inbox.events import NewEvent
from agent.inbox.repository import InboxRepository
from agent.web.intake import MOST, Intake
from tests.integration.inbox_help import new_event, rows

NUL = "a\x00b"  # PostgreSQL stores no such text


class Gate(InboxRepository):
    """The inbox, whose statements wait until the gate is open; it notes how many events each had."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.open, self.entered = asyncio.Event(), asyncio.Event()
        self.sizes: list[int] = []
        self.now = self.most = 0  # statements under way: now, and at most

    async def store(self, events: Sequence[NewEvent]) -> set[tuple[str, str]]:
        self.sizes.append(len(events))
        self.entered.set()
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.open.wait()
            return await super().store(events)
        finally:
            self.now -= 1


@pytest.fixture
def gate(engine: AsyncEngine) -> Gate:
    return Gate(engine)


async def crowd(intake: Intake, gate: Gate, deliveries: Sequence[Sequence[NewEvent]]) -> list[object]:
    """Bring all deliveries while the first one is being stored; then open the gate."""
    tasks = [asyncio.create_task(intake.accept(deliveries[0]))]
    await gate.entered.wait()
    tasks += [asyncio.create_task(intake.accept(one)) for one in deliveries[1:]]
    await asyncio.sleep(0)
    gate.open.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_arrives_together_is_stored_together(gate: Gate, engine: AsyncEngine) -> None:
    deliveries = [[new_event(f"10000000{n:02}", event_id=str(n))] for n in range(30)]

    answers = await crowd(Intake(gate, 10.0), gate, deliveries)

    assert answers == [(1, 0)] * 30
    assert gate.sizes == [1, 29]
    assert gate.most == 1, "one statement at a time"
    assert [row.event_id for row in await rows(engine)] == [str(n) for n in range(30)]


async def test_a_single_delivery_is_stored_at_once(gate: Gate, engine: AsyncEngine) -> None:
    gate.open.set()
    assert await Intake(gate, 10.0).accept([new_event(event_id="a")]) == (1, 0)
    assert [row.event_id for row in await rows(engine)] == ["a"]
    assert await Intake(gate, 10.0).accept([]) == (0, 0)


async def test_repeats_among_those_stored_together_are_repeats(gate: Gate, engine: AsyncEngine) -> None:
    twice = [new_event("1000000001", event_id="a"), new_event("1000000001", event_id="a")]
    deliveries = [
        [new_event(event_id="first")],
        twice,
        [twice[0]],
        [new_event(event_id="a", source="moodle")],
    ]

    answers = await crowd(Intake(gate, 10.0), gate, deliveries)

    assert answers == [(1, 0), (1, 1), (0, 1), (1, 0)]
    assert len(await rows(engine)) == 3


async def test_one_that_cannot_be_stored_is_refused_alone(gate: Gate, engine: AsyncEngine) -> None:
    bad = [new_event("1000000002", event_id="good too"), new_event("1000000003", event_id=NUL)]
    deliveries = [[new_event(event_id="first")], [new_event(event_id="a")], bad, [new_event(event_id="b")]]

    answers = await crowd(Intake(gate, 10.0), gate, deliveries)

    assert isinstance(answers[2], DBAPIError)
    assert [answers[0], answers[1], answers[3]] == [(1, 0)] * 3
    assert {row.event_id for row in await rows(engine)} == {"first", "a", "b"}, "all of a delivery or nothing"


async def test_a_statement_that_hangs_is_given_up_and_the_next_ones_go_on(gate: Gate) -> None:
    intake = Intake(gate, 0.2)

    stuck = await asyncio.gather(*(intake.accept([new_event()]) for _ in range(3)), return_exceptions=True)

    assert [type(one) for one in stuck] == [TimeoutError] * 3
    gate.open.set()
    assert await intake.accept([new_event(event_id="a")]) == (1, 0)


async def test_a_delivery_that_was_given_up_is_not_stored_later(gate: Gate, engine: AsyncEngine) -> None:
    intake = Intake(gate, 10.0)
    first = asyncio.create_task(intake.accept([new_event(event_id="first")]))
    await gate.entered.wait()
    gone = asyncio.create_task(intake.accept([new_event(event_id="gone")]))
    await asyncio.sleep(0)
    gone.cancel()
    gate.open.set()

    assert await first == (1, 0)
    assert await intake.accept([new_event(event_id="last")]) == (1, 0)
    assert [row.event_id for row in await rows(engine)] == ["first", "last"]


async def test_a_statement_has_a_bounded_number_of_events(gate: Gate) -> None:
    large = [new_event(f"1{n:09}", event_id=f"l{n}") for n in range(MOST + 1)]
    small = [[new_event(f"2{n:09}", event_id=f"s{n}")] for n in range(3)]

    answers = await crowd(Intake(gate, 30.0), gate, [[new_event(event_id="first")], *small, large, small[0]])

    assert answers == [(1, 0), (1, 0), (1, 0), (1, 0), (MOST + 1, 0), (0, 1)]
    assert max(gate.sizes) == MOST + 1
    assert len(gate.sizes) >= 3
