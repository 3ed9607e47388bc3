"""The workers: what happens to an event once it is claimed, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.errors import bad_record, misconfigured, throttled, transient, waiting_for
from agent.inbox.events import Event, Outcome
from agent.inbox.repository import InboxRepository
from agent.inbox.workers import Inbox
from tests.integration.inbox_help import QUICK, Recorder, execute, new_event, rows, settled, until


async def test_fifty_deliveries_of_one_event_are_worked_on_once(engine: AsyncEngine) -> None:
    recorder = Recorder()
    async with Inbox(engine, recorder, QUICK) as inbox:
        await asyncio.gather(*(inbox.repository.accept([new_event(event_id="e")]) for _ in range(50)))
        await settled(engine)
    assert [event.event_id for event in recorder.calls] == ["e"]


async def test_several_records_of_one_notification_are_all_worked_on(engine: AsyncEngine) -> None:
    recorder = Recorder()
    ids = [f"10000000{n:02}" for n in range(20)]
    async with Inbox(engine, recorder, QUICK) as inbox:
        await inbox.repository.accept([new_event(record_id) for record_id in ids])
        await settled(engine)
    assert sorted(event.record_id for event in recorder.calls) == ids


async def test_different_records_run_at_once(engine: AsyncEngine) -> None:
    together = asyncio.Barrier(2)

    async def meet(_: Event) -> Outcome:
        await together.wait()  # passes only when two are inside
        return Outcome("applied")

    async with Inbox(engine, Recorder(meet), QUICK) as inbox:
        await inbox.repository.accept([new_event("1000000001"), new_event("1000000002")])
        await settled(engine)
    assert [row.outcome for row in await rows(engine)] == ["applied", "applied"]


async def test_one_record_never_runs_twice_at_once_whatever_the_number_of_agents(engine: AsyncEngine) -> None:
    async def brief(_: Event) -> Outcome:
        await asyncio.sleep(0.01)
        return Outcome("applied")

    recorder = Recorder(brief)
    agents = [Inbox(engine, recorder, QUICK) for _ in range(3)]
    async with agents[0], agents[1], agents[2]:
        for _ in range(15):
            await agents[0].repository.accept([new_event(f"100000000{n}") for n in range(4)])
        await settled(engine)
    assert set(recorder.most_at_once.values()) == {1}
    assert len(recorder.most_at_once) == 4
    newest = {row.record_key: row for row in await rows(engine)}
    assert {row.outcome for row in newest.values()} == {"applied"}  # the last event of each was really run


async def test_a_burst_of_edits_of_one_record_costs_two_looks(engine: AsyncEngine) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def held(_: Event) -> Outcome:
        started.set()
        await go_on.wait()
        return Outcome("applied")

    recorder = Recorder(held)
    async with Inbox(engine, recorder, QUICK) as inbox:
        await inbox.repository.accept([new_event(event_id="first")])
        await started.wait()
        for n in range(20):
            await inbox.repository.accept([new_event(event_id=f"edit{n}")])
        go_on.set()
        await settled(engine)
    assert [event.event_id for event in recorder.calls] == ["first", "edit19"]
    assert [row.outcome for row in await rows(engine)] == ["applied", *["superseded"] * 19, "applied"]


async def test_an_older_event_that_comes_due_after_a_newer_one_is_not_run(engine: AsyncEngine) -> None:
    calls: list[str] = []

    async def first_fails(event: Event) -> Outcome:
        calls.append(event.event_id)
        if event.event_id == "old":
            raise transient("TIMEOUT", "no answer")
        return Outcome("applied")

    async with Inbox(engine, Recorder(first_fails), replace(QUICK, retry_base=3600)) as inbox:
        await inbox.repository.accept([new_event(event_id="old")])

        async def tried() -> bool:
            return (await rows(engine))[0].error_code == "TIMEOUT"

        await until(tried)
        await inbox.repository.accept([new_event(event_id="new")])
        await settled(engine)
    assert calls == ["old", "new"]
    assert (await rows(engine))[0].outcome == "superseded"


async def test_live_events_go_before_bulk_work(engine: AsyncEngine) -> None:
    recorder = Recorder()
    inbox = Inbox(engine, recorder, replace(QUICK, workers=1))
    for n in range(5):
        await inbox.repository.accept([new_event(f"100000000{n}", event_id=f"bulk{n}", priority=10)])
    await inbox.repository.accept([new_event("2000000000", event_id="live")])
    async with inbox:
        await settled(engine)
    assert [event.event_id for event in recorder.calls][:2] == ["live", "bulk0"]


async def test_retries_are_counted_and_end_in_a_parked_event_that_can_be_retried(engine: AsyncEngine) -> None:
    down = True

    async def flaky(_: Event) -> Outcome:
        if down:
            raise transient("MOODLE_AWAY", "Moodle did not answer.", target="moodle")
        return Outcome("applied")

    recorder = Recorder(flaky)
    async with Inbox(engine, recorder, QUICK) as inbox:
        await inbox.repository.accept([new_event("1000000001", event_id="poison")])
        await settled(engine)
        assert [event.try_number for event in recorder.calls] == [1, 2, 3]
        row = (await rows(engine))[0]
        assert (row.status, row.error_code, row.error_message) == (
            "failed",
            "MOODLE_AWAY",
            "Moodle did not answer.",
        )
        down = False
        assert await inbox.repository.retry_failed() == 1
        await settled(engine)
    row = (await rows(engine))[0]
    assert (row.status, row.outcome, row.error_code, row.retry_count) == ("completed", "applied", None, 1)


async def test_a_bad_record_is_parked_at_once_and_the_others_flow(engine: AsyncEngine) -> None:
    async def picky(event: Event) -> Outcome:
        if event.event_id == "bad":
            raise bad_record("EMAIL_TAKEN", "Two users have this e-mail.", target="moodle")
        return Outcome("applied")

    recorder = Recorder(picky)
    async with Inbox(engine, recorder, QUICK) as inbox:
        await inbox.repository.accept([new_event("1000000001", event_id="bad"), new_event("1000000002")])
        await settled(engine)
    assert len(recorder.calls) == 2
    assert [(row.status, row.error_code) for row in await rows(engine)] == [
        ("failed", "EMAIL_TAKEN"),
        ("completed", None),
    ]


async def test_waiting_for_a_record_ends_when_it_arrives_and_burns_no_try(engine: AsyncEngine) -> None:
    there = False

    async def dependent(_: Event) -> Outcome:
        if not there:
            raise waiting_for("student:9", "waits until student 9 is in Moodle")
        return Outcome("applied")

    patient = replace(QUICK, max_tries=1, wait_first=3600, wait_longest=3600)
    async with Inbox(engine, Recorder(dependent), patient) as inbox:
        await inbox.repository.accept([new_event(entity_type="enrollment")])

        async def waits() -> bool:
            return (await rows(engine))[0].waits_for == "student:9"

        await until(waits)
        row = (await rows(engine))[0]
        assert (row.status, row.retry_count) == ("pending", 0)
        there = True
        await inbox.repository.wake(["student:9"])
        await settled(engine)
    assert (await rows(engine))[0].outcome == "applied"


async def test_an_old_event_that_waits_for_a_record_is_looked_at_seldom(engine: AsyncEngine) -> None:
    """Each look costs a call to Zoho, and the record's arrival wakes the event anyway."""

    async def dependent(_: Event) -> Outcome:
        raise waiting_for("class:9", "waits until class 9 is in Moodle")

    repository = InboxRepository(engine)
    await repository.accept([new_event(entity_type="enrollment")])
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE integration_events_log SET received_at = now() - interval '9 hours'")
        )
    async with Inbox(engine, Recorder(dependent), QUICK):

        async def waits() -> bool:
            return (await rows(engine))[0].waits_for == "class:9"

        await until(waits)
    row = (await rows(engine))[0]
    assert row.available_at - row.started_at > timedelta(hours=2)


async def test_throttling_burns_no_try(engine: AsyncEngine) -> None:
    answers = [throttled("TOO_MANY_REQUESTS", "slow down", target="zoho", retry_after=0.01)] * 6

    async def busy(_: Event) -> Outcome:
        if answers:
            raise answers.pop()
        return Outcome("applied")

    async with Inbox(engine, Recorder(busy), replace(QUICK, max_tries=1)) as inbox:
        await inbox.repository.accept([new_event()])
        await settled(engine)
    row = (await rows(engine))[0]
    assert (row.status, row.outcome, row.retry_count) == ("completed", "applied", 1)


async def test_a_stopped_target_burns_no_tries_is_probed_by_one_and_resumes(engine: AsyncEngine) -> None:
    broken = True

    async def refused(_: Event) -> Outcome:
        if broken:
            raise misconfigured("INVALID_TOKEN", "The token was revoked.", target="zoho")
        return Outcome("applied")

    recorder = Recorder(refused)
    inbox = Inbox(engine, recorder, replace(QUICK, max_tries=1, breaker_first=0.3))
    await inbox.repository.accept([new_event(f"10000000{n:02}") for n in range(20)])
    async with inbox:

        async def probed_twice() -> bool:
            return len(recorder.calls) >= QUICK.workers + 2

        await until(probed_twice)
        (breaker,) = inbox.open_breakers()
        assert (breaker.target, breaker.code) == ("zoho", "INVALID_TOKEN")
        assert {row.status for row in await rows(engine)} <= {"pending", "processing"}
        assert inbox.in_flight <= 1
        broken = False
        await settled(engine)
        assert inbox.open_breakers() == []
    stored = await rows(engine)
    assert {(row.outcome, row.retry_count) for row in stored} == {("applied", 1)}
    assert len(recorder.calls) < 20 + QUICK.workers + 6  # only probes ran while it was open


async def test_an_unknown_failure_is_retried_and_says_nothing_of_the_record(engine: AsyncEngine) -> None:
    async def broken(_: Event) -> Outcome:
        raise KeyError("lina@example.org")

    async with Inbox(engine, Recorder(broken), replace(QUICK, max_tries=2)) as inbox:
        await inbox.repository.accept([new_event()])
        await settled(engine)
    row = (await rows(engine))[0]
    assert (row.status, row.error_code, row.retry_count) == ("failed", "INTERNAL_ERROR", 2)
    assert "KeyError" in row.error_message
    assert "lina" not in row.error_message


async def test_a_handler_that_hangs_is_stopped_and_tried_again(engine: AsyncEngine) -> None:
    async def hangs_once(event: Event) -> Outcome:
        if event.try_number == 1:
            await asyncio.Event().wait()
        return Outcome("applied")

    async with Inbox(engine, Recorder(hangs_once), replace(QUICK, run_limit=0.2)) as inbox:
        await inbox.repository.accept([new_event()])
        await settled(engine)
    row = (await rows(engine))[0]
    assert (row.outcome, row.retry_count) == ("applied", 2)


async def test_a_clean_stop_waits_for_work_in_flight(engine: AsyncEngine) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def held(_: Event) -> Outcome:
        started.set()
        await go_on.wait()
        return Outcome("applied")

    inbox = Inbox(engine, Recorder(held), QUICK)
    await inbox.repository.accept([new_event("1000000001")])
    async with inbox:
        await started.wait()
        stop = asyncio.create_task(inbox.stop())
        await asyncio.sleep(0)
        await inbox.repository.accept([new_event("1000000002")])
        go_on.set()
        await stop
    assert [row.status for row in await rows(engine)] == ["completed", "pending"]


async def test_a_clean_stop_gives_back_uncounted_what_does_not_end(engine: AsyncEngine) -> None:
    started = asyncio.Event()

    async def endless(_: Event) -> Outcome:
        started.set()
        await asyncio.Event().wait()
        return Outcome("applied")

    inbox = Inbox(engine, Recorder(endless), replace(QUICK, drain=0.1))
    await inbox.repository.accept([new_event()])
    async with inbox:
        await started.wait()
    row = (await rows(engine))[0]
    assert (row.status, row.retry_count, row.claimed_by) == ("pending", 0, None)


async def test_work_that_another_agent_took_over_is_cancelled(engine: AsyncEngine) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(_: Event) -> Outcome:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return Outcome("applied")

    async with Inbox(engine, Recorder(endless), replace(QUICK, lease=0.6)) as inbox:
        await inbox.repository.accept([new_event()])
        await started.wait()
        await execute(engine, "UPDATE integration_events_log SET claimed_by = 1, retry_count = 2")
        async with asyncio.timeout(30):
            await cancelled.wait()
    row = (await rows(engine))[0]
    assert row.claimed_by != inbox.agent


async def test_a_long_job_keeps_its_lease(engine: AsyncEngine) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def held(_: Event) -> Outcome:
        started.set()
        await go_on.wait()
        return Outcome("applied")

    recorder = Recorder(held)
    async with Inbox(engine, recorder, replace(QUICK, lease=0.6)) as inbox:
        await inbox.repository.accept([new_event()])
        await started.wait()
        first = (await rows(engine))[0].lease_until

        async def renewed_often() -> bool:
            return (await rows(engine))[0].lease_until - first > timedelta(seconds=1.2)

        await until(renewed_often)
        go_on.set()
        await settled(engine)
    assert len(recorder.calls) == 1


async def test_a_lost_session_is_replaced_and_the_work_goes_on(engine: AsyncEngine) -> None:
    recorder = Recorder()
    async with Inbox(engine, recorder, QUICK) as inbox:

        async def listening() -> bool:
            async with engine.connect() as connection:
                found = await connection.execute(
                    text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = :agent"),
                    {"agent": inbox.agent},
                )
                return found.first() is not None

        for n in range(3):
            await until(listening)
            await execute(
                engine,
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :agent",
                agent=inbox.agent,
            )
            await inbox.repository.accept([new_event(f"100000000{n}")])
            await settled(engine)
    assert len(recorder.calls) == 3


async def test_accepting_wakes_the_workers_without_a_poll(engine: AsyncEngine) -> None:
    async with Inbox(engine, Recorder(), replace(QUICK, poll=3600)) as inbox:
        for n in range(4):
            await inbox.repository.accept([new_event(f"100000000{n}")])
            await settled(engine)
    assert len(await rows(engine)) == 4


async def test_an_agent_whose_lock_is_gone_stops_its_work_and_resumes_with_the_lock(
    engine: AsyncEngine, database_url: str
) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def endless_at_first(_: Event) -> Outcome:
        if cancelled.is_set():
            return Outcome("applied")
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return Outcome("unchanged")

    dsn = database_url.replace("postgresql+psycopg", "postgresql")
    async with (
        await psycopg.AsyncConnection.connect(dsn, autocommit=True) as rival,
        Inbox(engine, Recorder(endless_at_first), QUICK) as inbox,
    ):
        await inbox.repository.accept([new_event()])
        await started.wait()
        taking = asyncio.create_task(rival.execute("SELECT pg_advisory_lock(7001, %s)", (inbox.agent,)))

        async def queued() -> bool:
            async with engine.connect() as connection:
                waiting = text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                return (await connection.execute(waiting)).first() is not None

        await until(queued)
        await execute(
            engine,
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND objid = :agent",
            agent=inbox.agent,
        )
        await taking
        async with asyncio.timeout(30):
            await cancelled.wait()
        assert not inbox.connected
        await rival.execute("SELECT pg_advisory_unlock_all()")
        await settled(engine)
    row = (await rows(engine))[0]
    assert (row.outcome, row.retry_count) == ("applied", 1)  # nobody else took it over: the try did not count
