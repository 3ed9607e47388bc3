"""A whole small world for tests: Zoho sandbox, Moodle sandbox, the agent's rooms on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text

from agent.app import Runtime, open_runtime
from agent.config import Settings
from agent.entities.registry import FROM_ZOHO
from agent.inbox.settings import InboxSettings
from agent.inbox.workers import Inbox
from agent.sandbox.moodle import RunningMoodle, running_moodle_sandbox
from agent.sandbox.zoho import RunningSandbox, running_sandbox
from agent.sync.bulk import ModuleReport

MOODLE_SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgISE="
ZOHO_SECRET = "secret-of-the-tests-long-enough"
WAIT_SECONDS = 30
UNHURRIED = {"moodle_pull_seconds": 0.0}


@dataclass
class World:
    """Everything running; `control`s are the hands of people on both sides."""

    settings: Settings
    zoho: RunningSandbox
    moodle: RunningMoodle
    runtime: Runtime

    async def sync(self, *entities: str, dry_run: bool = False) -> dict[str, ModuleReport]:
        """Make a full pass over these entities (all of them when none is named)."""
        return {
            name: await self.runtime.bulk.run(FROM_ZOHO[name], dry_run=dry_run, progress=lambda _: None)
            for name in entities or FROM_ZOHO
        }

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Query the agent's database."""
        async with self.runtime.database.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(text(sql), values)]

    async def execute(self, sql: str, **values: Any) -> None:
        """Change the agent's database by hand."""
        async with self.runtime.database.begin() as connection:
            await connection.execute(text(sql), values)

    async def look(self, entity: str, record_id: str, source: str = "zoho") -> str:
        """Look at one record and return the outcome."""
        return (await self.runtime.engine.look(source, entity, record_id)).outcome

    @asynccontextmanager
    async def workers(self, **figures: float) -> AsyncIterator[Inbox]:
        """Run the inbox's workers."""
        settings = InboxSettings(
            **{"retry_base": 0.2, "wait_first": 0.1, "sweep": 0.2, "poll": 0.2} | figures
        )
        async with Inbox(self.runtime.database, self.runtime, settings) as inbox:
            yield inbox

    async def until_waiting(self, record_key: str) -> None:
        """Wait until an event waits for this record."""
        query = "SELECT 1 FROM integration_events_log WHERE status = 'pending' AND waits_for = :key"

        async def waits() -> bool:
            return bool(await self.rows(query, key=record_key))

        await until(waits)

    async def idle(self) -> None:
        """Wait until no event is pending or in work."""

        async def busy() -> bool:
            query = "SELECT 1 FROM integration_events_log WHERE status IN ('pending', 'processing') LIMIT 1"
            return bool(await self.rows(query))

        await until(lambda: _not(busy()))


async def _not(question: Any) -> bool:
    return not await question


async def until(condition: Callable[[], Any]) -> None:
    """Wait until a condition (plain or awaitable) holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            answer = condition()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def open_world(
    database_url: str,
    *,
    college: int = 12,
    seed: int = 1,
    faulty: bool = False,
    agent_url: str | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """Start both sandboxes and open the agent's rooms.

    Args:
        database_url: of an empty database with the agent's tables.
        college: number of generated students.
        seed: of the college and of what goes wrong by chance.
        faulty: whether the college has records that cannot be synced.
        agent_url: where both sides send their events; None: nobody sends any.
        changes: of the agent's settings.
    """
    zoho_hook = f"{agent_url}/v1/events/zoho/{{slug}}" if agent_url else None
    moodle_hook = f"{agent_url}/v1/events/moodle" if agent_url else None
    async with (
        running_sandbox(
            college=college,
            seed=seed,
            faulty=faulty,
            webhook_url=zoho_hook,
            webhook_secret=ZOHO_SECRET if zoho_hook else None,
        ) as zoho,
        running_moodle_sandbox(
            webhook_url=moodle_hook, webhook_secret=MOODLE_SECRET, retry_seconds=0.2
        ) as moodle,
    ):
        values: dict[str, Any] = {
            "database_url": database_url,
            "encryption_keys": Fernet.generate_key().decode(),
            "zoho_accounts_url": zoho.base_url,
            "zoho_api_url": zoho.base_url,
            "zoho_client_id": "sandbox",
            "zoho_client_secret": "sandbox",
            "zoho_refresh_token": "sandbox",
            "zoho_webhook_secrets": ZOHO_SECRET,
            "moodle_url": moodle.base_url,
            "moodle_token": moodle.token,
            "moodle_webhook_secrets": MOODLE_SECRET,
            **UNHURRIED,
            **changes,
        }
        settings = Settings(_env_file=None, **values)  # type: ignore[call-arg]
        async with open_runtime(settings) as runtime:
            yield World(settings, zoho, moodle, runtime)
