"""integration_events_log as a queue: what each statement promises, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.inbox.events import Outcome
from agent.inbox.plan import Again, Park
from agent.inbox.repository import InboxRepository
from tests.integration.inbox_help import AGENT, OTHER, STUDENT, execute, new_event, rows, until

BOUNDS = {"wait_first": 2.0, "wait_longest": 300.0}


@pytest.fixture
def inbox(engine: AsyncEngine) -> InboxRepository:
    return InboxRepository(engine)


async def test_the_same_event_fifty_times_in_parallel_is_one_row(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    answers = await asyncio.gather(*(inbox.accept([new_event(event_id="e1")]) for _ in range(50)))
    assert sorted(answers) == [(0, 1)] * 49 + [(1, 0)]
    assert len(await rows(engine)) == 1


async def test_several_events_of_one_request_are_all_kept_and_repeats_counted(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event("1000000000", event_id="a")])
    given = [new_event(f"100000000{n}", event_id=name) for n, name in enumerate("abca")]
    assert await inbox.accept(given) == (2, 2)
    assert [row.event_id for row in await rows(engine)] == ["a", "b", "c"]
    assert await inbox.accept([]) == (0, 0)


async def test_the_same_id_from_another_source_is_another_event(inbox: InboxRepository) -> None:
    assert await inbox.accept([new_event(event_id="e"), new_event(event_id="e", source="moodle")]) == (2, 0)


async def test_a_row_keeps_what_the_sender_said(inbox: InboxRepository, engine: AsyncEngine) -> None:
    await inbox.accept([new_event(event_id="e", payload={"operation": "update"}, priority=3)])
    row = (await rows(engine))[0]
    assert (row.source, row.event_type, row.module, row.entity_type) == (
        "zoho",
        "update",
        "BTEC_Students",
        "student",
    )
    assert (row.record_id, row.record_key, row.priority) == (STUDENT, f"student:{STUDENT}", 3)
    assert (row.payload, row.status, row.retry_count) == ({"operation": "update"}, "pending", 0)


async def test_the_newest_event_of_a_record_covers_the_older_ones(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    for name in ("old", "older", "newest"):
        await inbox.accept([new_event(event_id=name)])
    claimed = await inbox.claim(AGENT, limit=10, lease=30)
    assert [(event.event_id, event.try_number) for event in claimed] == [("newest", 1)]
    stored = await rows(engine)
    assert [(row.status, row.outcome) for row in stored[:2]] == [("completed", "superseded")] * 2
    assert stored[0].result == {"superseded_by": claimed[0].id}


async def test_an_event_of_another_source_is_not_covered(inbox: InboxRepository) -> None:
    await inbox.accept([new_event(event_id="a", source="reconcile")])
    await inbox.accept([new_event(event_id="b")])
    (first,) = await inbox.claim(AGENT, limit=10, lease=30)
    assert first.event_id == "b"
    assert await inbox.complete(AGENT, first, Outcome("applied"))
    (second,) = await inbox.claim(AGENT, limit=10, lease=30)
    assert second.event_id == "a"


async def test_a_newer_bulk_event_does_not_hold_a_live_one_back(inbox: InboxRepository) -> None:
    await inbox.accept([new_event(event_id="live")])
    await inbox.accept([new_event(event_id="bulk", source="reconcile", priority=10)])
    assert [event.event_id for event in await inbox.claim(AGENT, limit=10, lease=30)] == ["live"]


async def test_a_record_in_work_is_not_claimed_again_but_others_are(inbox: InboxRepository) -> None:
    await inbox.accept([new_event("1000000001")])
    assert len(await inbox.claim(AGENT, limit=10, lease=30)) == 1
    await inbox.accept([new_event("1000000001"), new_event("1000000002")])
    claimed = await inbox.claim(OTHER, limit=10, lease=30)
    assert [event.record_id for event in claimed] == ["1000000002"]


async def test_the_database_itself_refuses_a_second_event_in_work_for_one_record(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event(), new_event()])
    with pytest.raises(Exception, match="ix_integration_events_log_one_per_key"):
        await execute(engine, "UPDATE integration_events_log SET status = 'processing'")


async def test_agents_that_claim_at_once_never_share_a_record(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    for _ in range(4):
        await inbox.accept([new_event(f"10000000{n:02}") for n in range(20)])
    claims = await asyncio.gather(*(inbox.claim(agent, limit=4, lease=30) for agent in range(1, 9)))
    keys = [event.record_key for claimed in claims for event in claimed]
    assert len(keys) == len(set(keys))
    assert keys


async def test_priority_goes_before_age(inbox: InboxRepository) -> None:
    for number, priority in enumerate((10, 10, 0, 5)):
        await inbox.accept([new_event(f"100000000{number}", event_id=str(number), priority=priority)])
    order = []
    for _ in range(4):
        order += [event.event_id for event in await inbox.claim(AGENT, limit=1, lease=30)]
    assert order == ["2", "3", "0", "1"]


async def test_a_late_finish_of_a_former_owner_changes_nothing(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event()])
    (zombie,) = await inbox.claim(AGENT, limit=1, lease=30)
    await execute(engine, "UPDATE integration_events_log SET lease_until = now() - interval '1 second'")
    assert await inbox.give_back([], max_tries=3) == 1
    (heir,) = await inbox.claim(OTHER, limit=1, lease=30)
    assert heir.try_number == 2
    again = Again("X", "x", 1.0, counted=True)
    assert not await inbox.complete(AGENT, zombie, Outcome("applied"))
    assert not await inbox.park(AGENT, zombie, Park("X", "x"))
    assert not await inbox.again(AGENT, zombie, again, **BOUNDS)
    assert await inbox.renew(AGENT, [zombie.id], lease=30) == set()
    row = (await rows(engine))[0]
    assert (row.status, row.claimed_by, row.retry_count) == ("processing", OTHER, 2)
    assert await inbox.complete(OTHER, heir, Outcome("applied", {"moodle_id": 7}))
    row = (await rows(engine))[0]
    assert (row.status, row.outcome, row.result) == ("completed", "applied", {"moodle_id": 7})


async def test_the_former_try_of_the_same_agent_is_fenced_too(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event()])
    (first,) = await inbox.claim(AGENT, limit=1, lease=30)
    await inbox.give_back([AGENT], max_tries=3)
    await inbox.claim(AGENT, limit=1, lease=30)
    assert not await inbox.complete(AGENT, first, Outcome("applied"))
    assert (await rows(engine))[0].status == "processing"


async def test_a_former_owner_is_fenced_even_when_its_try_was_not_counted(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event()])
    (former,) = await inbox.claim(AGENT, limit=1, lease=30)
    await inbox.release_own(AGENT, [])
    (heir,) = await inbox.claim(OTHER, limit=1, lease=30)
    assert heir.try_number == former.try_number
    assert not await inbox.complete(AGENT, former, Outcome("applied"))
    assert (await rows(engine))[0].claimed_by == OTHER


async def test_only_a_lease_that_ran_out_is_given_back(inbox: InboxRepository, engine: AsyncEngine) -> None:
    await inbox.accept([new_event("1000000001"), new_event("1000000002")])
    events = await inbox.claim(AGENT, limit=2, lease=30)
    await execute(engine, "UPDATE integration_events_log SET lease_until = now() - interval '1 second'")
    assert await inbox.renew(AGENT, [events[0].id], lease=30) == {events[0].id}
    assert await inbox.give_back([], max_tries=3) == 1
    assert [row.status for row in await rows(engine)] == ["processing", "pending"]


async def test_an_event_that_loses_its_agent_again_and_again_is_parked(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event()])
    for _ in range(3):
        assert len(await inbox.claim(AGENT, limit=1, lease=30)) == 1
        await inbox.give_back([AGENT], max_tries=3)
    row = (await rows(engine))[0]
    assert (row.status, row.error_code, row.retry_count) == ("failed", "AGENT_LOST", 3)
    assert row.finished_at is not None


async def test_an_agent_is_dead_when_its_lock_is_gone(inbox: InboxRepository, database_url: str) -> None:
    await inbox.accept([new_event("1000000001"), new_event("1000000002")])
    await inbox.claim(AGENT, limit=1, lease=30)
    await inbox.claim(OTHER, limit=1, lease=30)
    dsn = database_url.replace("postgresql+psycopg", "postgresql")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as session:
        await session.execute("SELECT pg_advisory_lock(7001, %s)", (OTHER,))
        assert await inbox.dead_owners(99) == {AGENT}
        assert await inbox.dead_owners(AGENT) == set()  # nobody takes itself for dead

        assert await inbox.living_agents() == 1

    async def both_dead() -> bool:  # the server ends a closed session in its own time
        return await inbox.dead_owners(99) == {AGENT, OTHER}

    await until(both_dead)


async def test_what_nobody_works_on_here_is_released_uncounted(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event("1000000001"), new_event("1000000002"), new_event("1000000003")])
    running, _ = await inbox.claim(AGENT, limit=2, lease=30)
    await inbox.claim(OTHER, limit=1, lease=30)
    assert await inbox.release_own(AGENT, [running.id]) == 1
    assert [(row.status, row.retry_count) for row in await rows(engine)] == [
        ("processing", 1),
        ("pending", 0),
        ("processing", 1),
    ]


async def test_a_retry_counts_and_comes_later(inbox: InboxRepository, engine: AsyncEngine) -> None:
    await inbox.accept([new_event()])
    (event,) = await inbox.claim(AGENT, limit=1, lease=30)
    again = Again("TIMEOUT", "Zoho did not answer.", 60.0, counted=True)
    assert await inbox.again(AGENT, event, again, **BOUNDS)
    row = (await rows(engine))[0]
    assert (row.status, row.retry_count, row.error_code) == ("pending", 1, "TIMEOUT")
    assert timedelta(seconds=50) < row.available_at - row.started_at < timedelta(seconds=90)
    assert await inbox.claim(AGENT, limit=1, lease=30) == []


async def test_waiting_burns_no_try_and_ends_when_the_record_arrives(
    inbox: InboxRepository, engine: AsyncEngine
) -> None:
    await inbox.accept([new_event()])
    (event,) = await inbox.claim(AGENT, limit=1, lease=30)
    wait = Again("WAITING_FOR_DEPENDENCY", "waits", 600.0, counted=False, waits_for="student:9")
    assert await inbox.again(AGENT, event, wait, **BOUNDS)
    row = (await rows(engine))[0]
    assert (row.status, row.retry_count, row.waits_for) == ("pending", 0, "student:9")
    assert (await inbox.counts()).waiting == 1
    assert await inbox.wake([]) == await inbox.wake(["student:8"]) == 0
    assert await inbox.claim(AGENT, limit=1, lease=30) == []
    assert await inbox.wake(["student:9"]) == 1
    (event,) = await inbox.claim(AGENT, limit=1, lease=30)
    assert event.try_number == 1
    assert (await rows(engine))[0].waits_for is None


@pytest.mark.parametrize(
    ("age", "expected"), [(0, 2), (3, 2), (60, 20), (86400, 300)], ids=["new", "young", "minute", "day"]
)
async def test_an_event_that_waits_is_looked_at_soon_at_first_and_seldom_later(
    inbox: InboxRepository, engine: AsyncEngine, age: int, expected: int
) -> None:
    await inbox.accept([new_event()])
    await execute(
        engine, "UPDATE integration_events_log SET received_at = now() - make_interval(secs => :age)", age=age
    )
    (event,) = await inbox.claim(AGENT, limit=1, lease=30)
    await inbox.again(AGENT, event, Again("W", "w", None, counted=False), **BOUNDS)
    row = (await rows(engine))[0]
    delay = (row.available_at - row.started_at).total_seconds()
    assert expected <= delay <= expected + 10


async def test_a_parked_event_stays_until_it_is_retried(inbox: InboxRepository, engine: AsyncEngine) -> None:
    await inbox.accept([new_event("1000000001"), new_event("1000000002")])
    for event in await inbox.claim(AGENT, limit=2, lease=30):
        assert await inbox.park(AGENT, event, Park("INVALID_DATA", "E-mail is no address."))
    first, second = await rows(engine)
    assert (first.status, first.error_code, first.error_message) == (
        "failed",
        "INVALID_DATA",
        "E-mail is no address.",
    )
    assert await inbox.claim(AGENT, limit=2, lease=30) == []
    assert await inbox.retry_failed([second.id]) == 1
    (event,) = await inbox.claim(AGENT, limit=2, lease=30)
    assert (event.id, event.try_number) == (second.id, 1)
    assert await inbox.retry_failed() == 1


@pytest.mark.parametrize(
    "which",
    [{"entity": "class"}, {"error_code": "TAKEN"}, {"since": datetime(2026, 9, 1, tzinfo=UTC)}],
    ids=["entity", "code", "since"],
)
async def test_parked_events_are_retried_by_what_is_asked_for(
    inbox: InboxRepository, engine: AsyncEngine, which: dict[str, Any]
) -> None:
    await inbox.accept([new_event("1000000001"), new_event("1000000002", entity_type="class")])
    for event in await inbox.claim(AGENT, limit=2, lease=30):
        code = "TAKEN" if event.entity_type == "class" else "INVALID_DATA"
        await inbox.park(AGENT, event, Park(code, "x"))
    await execute(
        engine,
        "UPDATE integration_events_log SET received_at = CASE entity_type"
        " WHEN 'class' THEN timestamptz '2026-09-01 00:00Z' ELSE timestamptz '2026-08-31 23:59Z' END",
    )
    assert await inbox.retry_failed(**which) == 1
    assert {row.entity_type: row.status for row in await rows(engine)} == {
        "student": "failed",
        "class": "pending",
    }


async def test_the_newest_failures_are_read_with_their_reasons(inbox: InboxRepository) -> None:
    await inbox.accept([new_event(f"100000000{n}") for n in range(3)])
    for event in await inbox.claim(AGENT, limit=3, lease=30):
        await inbox.park(AGENT, event, Park("INVALID_DATA", f"of {event.record_id}"))
    failed = await inbox.newest_failed(2)
    assert [(one.record_key, one.error_code, one.error_message) for one in failed] == [
        ("student:1000000002", "INVALID_DATA", "of 1000000002"),
        ("student:1000000001", "INVALID_DATA", "of 1000000001"),
    ]


async def test_a_rejected_body_is_one_row_and_never_work(inbox: InboxRepository, engine: AsyncEngine) -> None:
    for _ in range(2):
        await inbox.accept_rejected(
            event_id="r",
            source="zoho",
            event_type="update",
            module="BTEC_Students",
            entity_type="student",
            reason="there is no record id",
            payload={"bytes": 2},
            correlation_id="c",
        )
    (row,) = await rows(engine)
    assert (row.module, row.payload) == ("BTEC_Students", {"bytes": 2})
    assert (row.status, row.outcome, row.error_message) == ("failed", "rejected", "there is no record id")
    assert await inbox.retry_failed() == 0
    assert await inbox.claim(AGENT, limit=1, lease=30) == []


async def test_purge_removes_old_finished_events_only(inbox: InboxRepository, engine: AsyncEngine) -> None:
    await inbox.accept([new_event(f"100000000{n}", event_id=str(n)) for n in range(4)])
    for event in await inbox.claim(AGENT, limit=3, lease=30):
        if event.event_id == "2":
            await inbox.park(AGENT, event, Park("X", "x"))
        else:
            await inbox.complete(AGENT, event, Outcome("applied"))
    await execute(
        engine,
        "UPDATE integration_events_log SET finished_at = now() - interval '91 days' WHERE event_id <> '0'",
    )
    assert await inbox.old("completed", timedelta(days=90)) == 1
    assert await inbox.purge("completed", timedelta(days=90)) == 1
    assert [row.event_id for row in await rows(engine)] == ["0", "2", "3"]
    assert await inbox.purge("failed", timedelta(days=92)) == 0
    assert await inbox.purge("failed", timedelta(days=90)) == 1
    assert [row.event_id for row in await rows(engine)] == ["0", "3"]


async def test_purge_goes_on_until_nothing_old_is_left(
    inbox: InboxRepository, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.inbox.repository.PURGE_SLICE", 2)
    await inbox.accept([new_event(f"100000000{n}") for n in range(5)])
    for event in await inbox.claim(AGENT, limit=5, lease=30):
        await inbox.complete(AGENT, event, Outcome("applied"))
    await execute(engine, "UPDATE integration_events_log SET finished_at = now() - interval '91 days'")
    assert await inbox.purge("completed", timedelta(days=90)) == 5
    assert await rows(engine) == []


async def test_counts(inbox: InboxRepository, engine: AsyncEngine) -> None:
    assert (await inbox.counts()).oldest_pending_seconds is None
    await inbox.accept([new_event(f"100000000{n}") for n in range(4)])
    done, parked, _ = await inbox.claim(AGENT, limit=3, lease=30)
    await inbox.complete(AGENT, done, Outcome("applied"))
    await inbox.park(AGENT, parked, Park("X", "x"))
    await execute(
        engine,
        "UPDATE integration_events_log SET received_at = now() - interval '1 hour', "
        "available_at = now() - interval '10 minutes'",
    )
    counts = await inbox.counts()
    assert (counts.pending, counts.processing, counts.completed, counts.failed) == (1, 1, 1, 1)
    assert counts.oldest_pending_seconds == pytest.approx(3600, abs=60)
    assert counts.due_seconds == pytest.approx(600, abs=60)


@pytest.mark.parametrize("change", ["waits_for = 'student:1'", "available_at = now() + interval '1 hour'"])
async def test_what_waits_is_not_due(inbox: InboxRepository, engine: AsyncEngine, change: str) -> None:
    await inbox.accept([new_event("1000000000")])
    assert (await inbox.counts()).due_seconds is not None
    await execute(engine, f"UPDATE integration_events_log SET {change}")
    counts = await inbox.counts()
    assert (counts.pending, counts.due_seconds) == (1, None)
