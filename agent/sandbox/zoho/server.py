"""The sandbox as a server: for the command line, and inside a test's own event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from agent.sandbox.zoho.attachments_api import AttachmentsApi
from agent.sandbox.zoho.automation_api import AutomationApi
from agent.sandbox.zoho.bodies import answer, base_url, read_json
from agent.sandbox.zoho.control import SandboxControl
from agent.sandbox.zoho.control_api import ControlApi, loopback_only
from agent.sandbox.zoho.coql import CoqlApi
from agent.sandbox.zoho.gate import middlewares
from agent.sandbox.zoho.options import SandboxOptions
from agent.sandbox.zoho.records_api import RecordsApi
from agent.sandbox.zoho.settings_api import SettingsApi
from agent.sandbox.zoho.state import SandboxState

MAX_BODY = 32 * 1024 * 1024
STATE = web.AppKey("zoho_sandbox", SandboxState)


def create_app(state: SandboxState, observers: Sequence[Middleware] = ()) -> web.Application:
    """Build the web application around a state; `observers` are put before everything else."""
    app = web.Application(
        middlewares=[*observers, loopback_only, *middlewares(state)], client_max_size=MAX_BODY
    )
    app[STATE] = state
    app.add_routes([web.post("/oauth/v2/token", _token)])
    app.add_routes(SettingsApi(state).routes())
    app.add_routes(AutomationApi(state).routes())
    app.add_routes(CoqlApi(state).routes())
    app.add_routes(_watch_routes())
    app.add_routes(AttachmentsApi(state).routes())
    app.add_routes(RecordsApi(state).routes())
    app.add_routes(ControlApi(SandboxControl(state)).routes())
    app.cleanup_ctx.append(_pushing)
    return app


async def _pushing(app: web.Application) -> AsyncIterator[None]:
    await app[STATE].pushes.start()
    yield
    await app[STATE].pushes.stop()


async def _token(request: web.Request) -> web.Response:
    """POST /oauth/v2/token, parameters in the query or in a form."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    given = {**dict(request.query), **form}
    return answer(*request.app[STATE].tokens.grant(given, base_url(request)))


def _watch_routes() -> list[web.RouteDef]:
    path = "/crm/v8/actions/watch"
    return [
        web.post(path, _subscribe),
        web.put(path, _renew),
        web.patch(path, _change),
        web.get(path, _channels),
        web.delete(path, _cancel),
    ]


async def _subscribe(request: web.Request) -> web.Response:
    body = await read_json(request)
    return answer(*request.app[STATE].channels.subscribe(body, base_url(request)))


async def _renew(request: web.Request) -> web.Response:
    body = await read_json(request)
    return answer(*request.app[STATE].channels.renew(body, base_url(request)))


async def _change(request: web.Request) -> web.Response:
    body = await read_json(request)
    return answer(*request.app[STATE].channels.change(body, base_url(request)))


async def _channels(request: web.Request) -> web.Response:
    query = request.query
    found = request.app[STATE].channels.listed(
        base_url(request), query.get("channel_id"), query.get("module")
    )
    return answer(200, found)


async def _cancel(request: web.Request) -> web.Response:
    ids = [part for part in request.query.get("channel_ids", "").split(",") if part]
    return answer(*request.app[STATE].channels.cancel(ids, base_url(request)))


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that serves: `base_url` is accounts host and API host in one."""

    base_url: str
    control: SandboxControl
    state: SandboxState


@asynccontextmanager
async def running_sandbox(
    options: SandboxOptions | None = None,
    *,
    port: int = 0,
    observers: Sequence[Middleware] = (),
    **knobs: Any,
) -> AsyncIterator[RunningSandbox]:
    """Serve a sandbox on loopback while the block runs.

    Args:
        options: how it starts; or give its fields as keywords (`college=20, seed=1`).
        port: 0 picks a free one.
        observers: aiohttp middlewares that see every call and answer first.
        **knobs: fields of `SandboxOptions`.
    """
    if options is not None and knobs:
        raise TypeError("give options or keywords, not both")
    state = SandboxState(options or SandboxOptions(**knobs))
    runner = web.AppRunner(create_app(state, observers), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        bound = runner.addresses[0][1]
        yield RunningSandbox(f"http://127.0.0.1:{bound}", SandboxControl(state), state)
    finally:
        await runner.cleanup()


def run_zoho_sandbox(port: int, **knobs: Any) -> None:
    """Serve a sandbox on loopback until interrupted; keywords are the fields of `SandboxOptions`.

    Raises:
        OSError: the port is taken. ValueError: the options contradict each other.
    """
    state = SandboxState(SandboxOptions(**knobs))
    web.run_app(create_app(state), host="127.0.0.1", port=port, access_log=None)
