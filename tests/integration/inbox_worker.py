"""A tiny agent in a process of its own, for tests that kill it. Arguments: database URL, `hang` or `work`.

Its handler notes each start in table `starts` and does its work by an upsert into table `effects`.
"""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agent.inbox.events import Event, Outcome
from agent.inbox.workers import Inbox
from tests.integration.inbox_help import QUICK

TABLES = """
CREATE TABLE starts (event bigint, try_number int);
CREATE TABLE effects (record_key text PRIMARY KEY, writes int NOT NULL);
"""


class EffectHandler:
    def __init__(self, engine: AsyncEngine, *, hang: bool) -> None:
        self._engine = engine
        self._hang = hang

    async def handle(self, event: Event) -> Outcome:
        async with self._engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO starts VALUES (:event, :try_number)"),
                {"event": event.id, "try_number": event.try_number},
            )
            await connection.execute(
                text("INSERT INTO effects VALUES (:key, 1) ON CONFLICT DO NOTHING"), {"key": event.record_key}
            )
        if self._hang:
            await asyncio.Event().wait()
        return Outcome("applied")


async def main(url: str, mode: str) -> None:
    engine = create_async_engine(url)
    await Inbox(engine, EffectHandler(engine, hang=mode == "hang"), QUICK).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
