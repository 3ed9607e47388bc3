"""kill -9 loses nothing; a database that goes away and comes back needs no restart."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agent.inbox.events import Event, Outcome
from agent.inbox.repository import InboxRepository
from agent.inbox.workers import Inbox
from agent.store import migrations
from ops.postgres import PrivatePostgres
from tests.integration.inbox_help import QUICK, Recorder, execute, new_event, rows, settled, until
from tests.integration.inbox_worker import TABLES

PROJECT = Path(__file__).resolve().parents[2]


async def start_worker(url: str, mode: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.inbox_worker", url, mode, cwd=PROJECT
    )


async def kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.wait()


async def starts(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT try_number FROM starts ORDER BY try_number"))
        return list(found.scalars())


async def test_events_of_a_killed_agent_run_again_and_take_effect_once(
    engine: AsyncEngine, database_url: str
) -> None:
    for statement in TABLES.strip().splitlines():
        await execute(engine, statement)
    inbox = InboxRepository(engine)
    await inbox.accept([new_event(f"100000000{n}") for n in range(3)])
    victim = await start_worker(database_url, "hang")
    try:

        async def all_in_the_middle() -> bool:
            return len(await starts(engine)) == 3

        await until(all_in_the_middle)
        assert {row.status for row in await rows(engine)} == {"processing"}
    finally:
        await kill(victim)
    await inbox.accept([new_event("1000000003")])  # accepted while nobody lives
    heir = await start_worker(database_url, "work")
    try:
        await settled(engine)
    finally:
        await kill(heir)
    assert await starts(engine) == [1, 1, 1, 1, 2, 2, 2]
    assert {(row.status, row.outcome) for row in await rows(engine)} == {("completed", "applied")}
    async with engine.connect() as connection:
        effects = await connection.execute(text("SELECT record_key, writes FROM effects ORDER BY 1"))
        assert [tuple(row) for row in effects] == [(f"student:100000000{n}", 1) for n in range(4)]


async def test_two_agents_of_which_one_is_killed_again_and_again_lose_nothing(
    engine: AsyncEngine, database_url: str
) -> None:
    for statement in TABLES.strip().splitlines():
        await execute(engine, statement)
    inbox = InboxRepository(engine)
    keys = [f"10000000{n:02}" for n in range(30)]
    survivor = await start_worker(database_url, "work")
    try:
        for wave in range(3):
            victim = await start_worker(database_url, "hang")
            before = len(await starts(engine))
            await inbox.accept([new_event(key, event_id=f"{wave}:{key}") for key in keys])

            async def going(before: int = before) -> bool:
                return len(await starts(engine)) > before

            await until(going)
            await kill(victim)
        await settled(engine)
    finally:
        await kill(survivor)
    stored = await rows(engine)
    assert len(stored) == 90
    assert {row.status for row in stored} == {"completed"}
    last = {row.record_key: row.outcome for row in stored}
    assert set(last.values()) == {"applied"}


@pytest.fixture
async def own_server() -> AsyncIterator[PrivatePostgres]:
    """A server that a test may stop, with a migrated database `t`."""
    folder = PROJECT / ".test" / f"inbox-pg-{os.getpid()}"
    try:
        with PrivatePostgres(folder, durable=False) as server:
            await asyncio.to_thread(migrations.upgrade, server.create_database("t"))
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def test_workers_outlive_a_restart_of_the_database(own_server: PrivatePostgres) -> None:
    engine = create_async_engine(own_server.url("t"), pool_pre_ping=True)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def held(event: Event) -> Outcome:
        if event.event_id == "in-flight" and event.try_number == 1 and not go_on.is_set():
            started.set()
            await go_on.wait()
        return Outcome("applied")

    recorder = Recorder(held)
    async with Inbox(engine, recorder, QUICK) as inbox:
        await inbox.repository.accept([new_event("1000000001", event_id="in-flight")])
        await started.wait()
        await asyncio.to_thread(own_server.stop)
        go_on.set()

        async def noticed() -> bool:
            return not inbox.connected

        await until(noticed)
        await asyncio.to_thread(own_server.start)
        await inbox.repository.accept([new_event("1000000002", event_id="after")])
        await settled(engine)
    stored = await rows(engine)
    await engine.dispose()
    assert [(row.event_id, row.outcome) for row in stored] == [("in-flight", "applied"), ("after", "applied")]
    assert [row.retry_count for row in stored] == [1, 1]  # the outage burnt no try
