"""GET /healthz: the process answers. GET /readyz: it can take events."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.store import migrations
from agent.web.bounded import bounded
from agent.web.keys import READINESS
from agent.web.problems import ProblemError

DATABASE_SECONDS = 1.0


async def alive(_: web.Request) -> web.Response:
    """Say that the event loop runs; asks nobody."""
    return web.json_response({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """Say whether events can be taken now; 503 with the reason otherwise."""
    reason = await request.app[READINESS]()
    if reason is not None:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, reason, headers={"Retry-After": "5"})
    return web.json_response({"status": "ready"})


async def database_not_ready(engine: AsyncEngine) -> str | None:
    """Tell why the database cannot be used (away, slow, schema not at head); None when it can."""
    try:
        at_head = await bounded(migrations.at_head(engine), DATABASE_SECONDS)
    except (SQLAlchemyError, OSError):
        return "The database does not answer."
    return None if at_head else "The database's schema is not this version's; run the migrations."
