"""The disk of the agent's PostgreSQL is full: what is acknowledged is stored, and all flows again by itself."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.store import migrations
from ops.postgres import PrivatePostgres, free_port
from ops.runas import give
from tests.faults.rig import DATABASE, Sender, fill, found, patiently, quiet, small_disk
from tests.support.agent_process import AgentProcess
from tests.support.people import add_student
from tests.support.world import ZOHO_SECRET, open_world

PROJECT = Path(__file__).resolve().parent.parent.parent
MEGABYTES = 160
MOST_MESSAGES = 20_000  # the server's files have some room left when the disk has none


@pytest.fixture
async def cramped() -> AsyncIterator[PrivatePostgres]:
    """A server on a small disk of its own."""
    folder = PROJECT / ".test" / f"faults-disk-{os.getpid()}"
    try:
        with small_disk(folder, MEGABYTES) as disk:
            server = PrivatePostgres(disk)
            give(disk, server.user)
            with server:
                await asyncio.to_thread(migrations.upgrade, server.create_database(DATABASE))
                yield server
    except PermissionError as problem:
        pytest.skip(f"this machine mounts no small disk: {problem}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_full_disk_refuses_and_loses_nothing(cramped: PrivatePostgres, tmp_path: Path) -> None:
    port = free_port()
    changes = {"zoho_header_secrets": ZOHO_SECRET, "reconcile_minutes": 0}
    async with open_world(cramped.url(DATABASE), college=0, **changes) as world:
        agent = await AgentProcess.of(world.settings, tmp_path, port).start()
        process = agent.process
        try:
            students = [add_student(world, number) for number in range(10)]
            sender = Sender(agent.url)
            await sender.burst([(f"before-{student}", student) for student in students])
            await patiently(lambda: quiet(cramped))
            ballast = await asyncio.to_thread(fill, cramped.folder)
            messages = ((f"full-{number}", students[number % 10]) for number in range(MOST_MESSAGES))
            sending = []
            while not sender.refused:
                batch = [next(messages) for _ in range(50)]
                sending.append(asyncio.create_task(sender.burst(batch)))
                await patiently(lambda task=sending[-1]: done_or_refused(task, sender))
            sent_while_full = set(sender.acknowledged)
            ballast.unlink()
            if cramped.process is not None and cramped.process.poll() is not None:
                await asyncio.to_thread(cramped.start)  # it gives up where its journal finds no room
            await asyncio.gather(*sending)
            last = add_student(world, 11)
            await sender.burst([("after", last)])
            await patiently(lambda: quiet(cramped))
            stored = dict(found(cramped, "SELECT event_id, status FROM integration_events_log"))
            assert sender.acknowledged - set(stored) == set()
            assert len(sent_while_full) < len(sender.acknowledged)
            assert set(stored.values()) == {"completed"}
            accounts = sorted(u.idnumber for u in world.moodle.control.site.users.values() if u.idnumber)
            assert accounts == sorted([*students, last])
            assert agent.process is process
            assert process is not None
            assert process.poll() is None  # it was not restarted
        finally:
            agent.stop()


async def done_or_refused(task: asyncio.Task[None], sender: Sender) -> bool:
    return task.done() or bool(sender.refused)
