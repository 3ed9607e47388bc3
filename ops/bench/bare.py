"""The least that can take an event: an aiohttp handler that reads the body and inserts one row. Peer of the agent's."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator

import psycopg
from aiohttp import web
from psycopg.types.json import Jsonb

CONNECTIONS = 15  # as many as the agent's pool opens
TABLE = (
    "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, event_id text NOT NULL, body jsonb NOT NULL)"
)
INSERT = "INSERT INTO bare (event_id, body) VALUES (%s, %s)"
Pool = asyncio.Queue[psycopg.AsyncConnection[tuple[object, ...]]]
POOL = web.AppKey("pool", Pool)


async def insert(pool: Pool, event_id: str, body: object) -> None:
    """Insert one row, durably."""
    connection = await pool.get()
    try:
        await connection.execute(INSERT, (event_id, Jsonb(body)))
    finally:
        pool.put_nowait(connection)


async def open_pool(url: str) -> Pool:
    """Open all connections."""
    pool: Pool = asyncio.Queue()
    for _ in range(CONNECTIONS):
        pool.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))
    return pool


async def rate(url: str, seconds: float) -> float:
    """Insert rows without any HTTP, on all connections at once; returns how many a second."""
    pool, deadline = await open_pool(url), time.monotonic() + seconds

    async def one() -> int:
        done = 0
        while time.monotonic() < deadline:
            await insert(pool, "bare", {"id": done})
            done += 1
        return done

    counts = await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    while not pool.empty():
        await pool.get_nowait().close()
    return sum(counts) / seconds


async def take(request: web.Request) -> web.Response:
    """Take one event."""
    body = json.loads(await request.read())
    await insert(request.app[POOL], body["id"], body)
    return web.Response(status=202)


async def ready(_: web.Request) -> web.Response:
    """Say that it answers."""
    return web.Response()


async def connected(app: web.Application) -> AsyncIterator[None]:
    """Keep the connections as long as the application lives."""
    app[POOL] = await open_pool(os.environ["BARE_DATABASE"])
    yield
    while not app[POOL].empty():
        await app[POOL].get_nowait().close()


def main() -> None:
    """Serve on the port that is given."""
    app = web.Application()
    app.router.add_post("/v1/events/zoho/{slug}", take)
    app.router.add_get("/healthz", ready)
    app.cleanup_ctx.append(connected)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
