"""Put the interfaces into an application."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.inbox.breakers import OpenBreaker
from agent.store.event_log import EventLog
from agent.store.runs import RunStore
from agent.store.settings import SettingsStore
from agent.store.standing import Standing
from agent.sync.by_request import ByRequest
from agent.sync.outlook import Outlook
from agent.web.api import events_api, passes_api, records_api, settings_api, status_api
from agent.web.api.events_api import LOG
from agent.web.api.metrics import METRICS
from agent.web.api.openapi import document
from agent.web.api.operations import TOKENS, Operation
from agent.web.api.passes_api import BY_REQUEST, RUNS
from agent.web.api.records_api import LOOK, STANDING, Look
from agent.web.api.roles import ApiTokens
from agent.web.api.settings_api import SETTINGS
from agent.web.api.status_api import OUTLOOK, STOPPED

OPERATIONS: tuple[Operation, ...] = (
    *status_api.OPERATIONS,
    *events_api.OPERATIONS,
    *passes_api.OPERATIONS,
    *records_api.OPERATIONS,
    *settings_api.OPERATIONS,
)


def add_api(
    app: web.Application, *, tokens: ApiTokens, database: AsyncEngine, settings: SettingsStore
) -> None:
    """Add every operation, and the document of them all at `/v1/openapi.json` (no secrets, so no token)."""
    app[TOKENS] = tokens
    app[SETTINGS] = settings
    app[LOG] = EventLog(database)
    app[STANDING] = Standing(database)
    app[RUNS] = RunStore(database)
    for one in (*OPERATIONS, METRICS):
        app.router.add_route(one.method, one.path, one.__call__)
    described = document(OPERATIONS)

    async def openapi(_: web.Request) -> web.Response:
        return web.json_response(described)

    app.router.add_get("/v1/openapi.json", openapi)


def open_api(
    app: web.Application,
    *,
    outlook: Outlook,
    by_request: ByRequest,
    look: Look,
    stopped: Callable[[], list[OpenBreaker]],
) -> None:
    """Connect the interfaces with what works in the background, once that runs."""
    app[OUTLOOK] = outlook
    app[STOPPED] = stopped
    app[BY_REQUEST] = by_request
    app[LOOK] = look
