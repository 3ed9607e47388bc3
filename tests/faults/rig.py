"""What the tests of faults break: a PostgreSQL that loses its power, a disk that is full, senders that repeat."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from ops.postgres import PrivatePostgres
from tests.support.world import ZOHO_SECRET

DATABASE = "zohosync"
BUSY = "SELECT 1 FROM integration_events_log WHERE status IN ('pending', 'processing') LIMIT 1"
GONE_SECONDS = 20
PAUSE_SECONDS = 0.05  # between a sender's tries


def children(pid: int) -> list[int]:
    """List the direct children of a process."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cut_power(server: PrivatePostgres) -> list[int]:
    """Kill the postmaster and each of its processes with SIGKILL, at once; returns who they were."""
    assert server.process is not None
    postmaster = server.process.pid
    family = [postmaster, *children(postmaster)]
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return family


def power_again(server: PrivatePostgres, family: Sequence[int]) -> None:
    """Start the server again when none of its former processes is left.

    One that outlived its postmaster would hold the shared memory, and could still write.
    """
    assert server.process is not None
    assert server.process.wait(timeout=GONE_SECONDS) == -signal.SIGKILL
    deadline = time.monotonic() + GONE_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in family):
        assert time.monotonic() < deadline, "a process of PostgreSQL outlived its SIGKILL"
        time.sleep(0.01)
    server.start()


def found(server: PrivatePostgres, statement: str) -> list[tuple[Any, ...]]:
    """Query the agent's database over a connection of our own."""
    with psycopg.connect(server.dsn(DATABASE)) as connection:
        return connection.execute(statement.encode()).fetchall()


async def holds(server: PrivatePostgres, statement: str) -> bool:
    """Tell whether a query of the agent's database finds a row."""
    return bool(await asyncio.to_thread(found, server, statement))


async def quiet(server: PrivatePostgres) -> bool:
    """Tell whether no event is pending or in work."""
    return not await holds(server, BUSY)


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of this size at `folder`, and unmount it afterwards whatever happened.

    Raises:
        PermissionError: this machine lets us mount nothing; the text is mount's own.
    """
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError as problem:
        raise PermissionError(str(problem)) from None
    if done.returncode != 0:
        raise PermissionError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write a file that takes what is left of a file system, to the last byte, and return its path."""
    ballast = folder / "ballast"
    block = bytes(4096)
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(block):
            pass
    return ballast


@dataclass
class Sender:
    """Sends webhooks as Zoho's workflows do, and again what was not acknowledged, until it is told to stop.

    Attributes:
        at: after how many acknowledgements something is done, and what. It is done at once: what has been
            acknowledged a moment ago must be on the disk.
    """

    url: str
    acknowledged: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    at: tuple[int, Callable[[], None]] | None = None

    async def send(self, message: str, record_id: str) -> None:
        """Send one webhook for a student until the agent has said that it is stored."""
        body = {"type": "student.updated", "data": {"module": "BTEC_Students", "id": record_id}}
        headers = {"webhook-id": message, "X-Webhook-Secret": ZOHO_SECRET}
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while message not in self.acknowledged:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    await self._once(session, message, body, headers)
                if message not in self.acknowledged:
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _once(
        self, session: aiohttp.ClientSession, message: str, body: dict[str, Any], headers: dict[str, str]
    ) -> None:
        address = f"{self.url}/v1/events/zoho/student"
        async with session.post(address, json=body, headers=headers) as answer:
            if answer.status in {200, 202}:  # 200: stored by an earlier try whose answer was lost
                self.acknowledged.add(message)
                if self.at is not None and len(self.acknowledged) >= self.at[0]:
                    act, self.at = self.at[1], None
                    act()
            else:
                assert answer.status in {502, 503, 504}, (
                    await answer.text()
                )  # the proxy's, or the agent's own
                self.refused.append(answer.status)

    async def burst(self, messages: Sequence[tuple[str, str]]) -> None:
        """Send many (message, record id) at once; returns when each is acknowledged."""
        async with asyncio.TaskGroup() as group:
            for message, record_id in messages:
                group.create_task(self.send(message, record_id))


async def patiently(look: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until the answer is yes; a database that is away is no answer yet."""
    async with asyncio.timeout(seconds):
        while not await look():  # noqa: ASYNC110 - the state is another process's
            await asyncio.sleep(0.05)
