"""When an agent counts as dead, when our own session counts as lost, and when leases are prolonged."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.inbox.repository import InboxRepository
from agent.inbox.settings import InboxSettings
from agent.inbox.sweeper import Sweeper
from tests.integration.inbox_help import AGENT, OTHER, execute, new_event, rows

SETTINGS = InboxSettings(sweep=1.0, lease=30.0)
LOST_NOW = "UPDATE integration_events_log SET lease_until = now() - interval '1 second'"


@pytest.fixture
def inbox(engine: AsyncEngine) -> InboxRepository:
    return InboxRepository(engine)


@pytest.fixture
def sweeper(inbox: InboxRepository) -> Sweeper:
    return Sweeper(inbox, AGENT, SETTINGS)


def test_our_session_counts_as_lost_after_one_sweep_without_it(sweeper: Sweeper) -> None:
    seen = [
        (True, 10.0),
        (False, 20.0),
        (False, 20.9),
        (False, 21.0),
        (True, 22.0),
        (False, 23.0),
        (False, 24.0),
    ]
    lost = [sweeper.lost_session(connected=connected, now=now) for connected, now in seen]
    assert lost == [False, False, False, True, False, False, True]


async def test_an_owner_without_a_lock_is_believed_dead_after_two_sweeps(
    inbox: InboxRepository, engine: AsyncEngine, sweeper: Sweeper
) -> None:
    await inbox.accept([new_event()])
    await inbox.claim(OTHER, limit=1, lease=30)
    given_back = [await sweeper.rescue(now, max_tries=3) for now in (100.0, 101.9, 102.0, 103.0)]
    assert given_back == [0, 0, 1, 0]
    assert (await rows(engine))[0].status == "pending"


async def test_an_owner_that_is_seen_dead_anew_is_waited_for_anew(
    inbox: InboxRepository, sweeper: Sweeper
) -> None:
    await inbox.accept([new_event()])
    for now, expected in ((100.0, 0), (102.0, 1), (103.0, 0), (110.0, 0), (111.9, 0), (112.0, 1)):
        if now in {100.0, 110.0}:
            await inbox.claim(OTHER, limit=1, lease=30)
        assert await sweeper.rescue(now, max_tries=9) == expected


async def test_an_expired_lease_is_given_back_at_once(
    inbox: InboxRepository, engine: AsyncEngine, sweeper: Sweeper
) -> None:
    await inbox.accept([new_event()])
    await inbox.claim(AGENT, limit=1, lease=30)
    assert await sweeper.rescue(100.0, max_tries=1) == 0
    await execute(engine, LOST_NOW)
    assert await sweeper.rescue(100.0, max_tries=1) == 1
    assert (await rows(engine))[0].status == "failed"  # its only try is spent


async def test_leases_are_prolonged_three_times_as_often_as_they_run_out(
    inbox: InboxRepository, engine: AsyncEngine, sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("agent.inbox.sweeper.time", SimpleNamespace(monotonic=lambda: now))
    await inbox.accept([new_event("1000000001"), new_event("1000000002")])
    ours, lost = [event.id for event in await inbox.claim(AGENT, limit=2, lease=1)]
    await execute(engine, "UPDATE integration_events_log SET claimed_by = 22 WHERE id = :id", id=lost)
    now = 50.0
    assert await sweeper.renew([]) == set()
    assert await sweeper.renew([ours, lost]) == {lost}
    now = 59.9
    assert await sweeper.renew([ours, lost]) == set()  # not yet time to ask
    now = 60.0
    assert await sweeper.renew([ours, lost]) == {lost}
    (lease,) = [row.lease_until - row.started_at for row in await rows(engine) if row.id == ours]
    assert lease.total_seconds() > 25
