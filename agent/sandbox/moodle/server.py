"""The sandbox as a server: Moodle's REST endpoint, and `/sandbox/…` for whoever plays teacher."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from agent.sandbox.moodle import phpform
from agent.sandbox.moodle.control import Call, Fault, MoodleControl
from agent.sandbox.moodle.control_api import ControlApi
from agent.sandbox.moodle.functions import MAX_INPUT_VARS, Functions
from agent.sandbox.moodle.gradebook import Gradebook
from agent.sandbox.moodle.outbox import Outbox
from agent.sandbox.moodle.parameters import CallFailed
from agent.sandbox.moodle.site import Site

REST = "/webservice/rest/server.php"
MAX_BODY = 16 * 1024 * 1024
OUR_PARAMETERS = ("wstoken", "wsfunction", "moodlewsrestformat")
_PAGE = "<!DOCTYPE html><html><body><p>This site is undergoing maintenance.</p></body></html>"


@dataclass(frozen=True)
class RunningMoodle:
    """A sandbox that serves; `base_url` is Moodle's wwwroot."""

    base_url: str
    token: str
    control: MoodleControl


@asynccontextmanager
async def running_moodle_sandbox(
    *,
    port: int = 0,
    token: str = "sandbox",  # noqa: S107 - the sandbox's published default, not a secret
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    retry_seconds: float = 2.0,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[RunningMoodle]:
    """Serve a sandbox on loopback while the block runs.

    Args:
        port: 0 picks a free one.
        token: the only web-service token that is known.
        webhook_url: where events go (`…/v1/events/moodle`; the kind is appended); None: they can be pulled.
        webhook_secret: `whsec_…`, signs the events.
        retry_seconds: pause after the first failed delivery; it doubles.
        clock: the site's time, unix seconds.

    Raises:
        ValueError: an address without a secret that can sign.
    """
    site = Site(clock=clock)
    outbox = Outbox(clock, url=webhook_url, secret=webhook_secret, retry_seconds=retry_seconds)
    control = MoodleControl(site, Gradebook(site), outbox, "")
    runner = web.AppRunner(_app(control, token), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        control.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await outbox.start()
        yield RunningMoodle(control.address, token, control)
    finally:
        await outbox.stop()
        await runner.cleanup()


def run_moodle_sandbox(*, port: int, webhook_url: str | None, webhook_secret: str | None, token: str) -> None:
    """Serve a sandbox until interrupted; see `running_moodle_sandbox`."""

    async def serve() -> None:
        async with running_moodle_sandbox(
            port=port, token=token, webhook_url=webhook_url, webhook_secret=webhook_secret
        ):
            await asyncio.Event().wait()

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        return


def _app(control: MoodleControl, token: str) -> web.Application:
    app = web.Application(middlewares=[_loopback_only], client_max_size=MAX_BODY)
    app.add_routes([web.post(REST, _Rest(control, token).handle)])
    app.add_routes(ControlApi(control).routes())
    return app


@web.middleware
async def _loopback_only(request: web.Request, handler: Any) -> web.StreamResponse:
    if not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 - an unknown peer is refused
        raise web.HTTPForbidden
    response: web.StreamResponse = await handler(request)
    return response


class _Rest:
    """Moodle's REST server: whatever a function says, the status is 200."""

    def __init__(self, control: MoodleControl, token: str) -> None:
        self._control = control
        self._token = token
        self._functions = Functions(control)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        # Not request.post(): it refuses as many fields as a batch has.
        pairs = parse_qsl(await request.text(), keep_blank_values=True)
        form = phpform.parse(pairs, MAX_INPUT_VARS)
        function = str(form.get("wsfunction", ""))
        self._control.calls.append(Call(function, len(pairs)))
        if self._control.latency_ms:
            await asyncio.sleep(self._control.latency_ms / 1000)
        match self._control.draw(function):
            case Fault.DOWN:
                return web.Response(status=503, text=_PAGE, content_type="text/html")
            case Fault.HTML:
                return web.Response(text=_PAGE, content_type="text/html")
            case Fault.MAINTENANCE:
                return _refused(CallFailed("moodle_exception", "sitemaintenance", "Site in maintenance mode"))
            case Fault.DATABASE:
                return _refused(
                    CallFailed("dml_write_exception", "dmlwriteexception", "Error writing to database")
                )
            case Fault.DROP_BEFORE:
                return _dropped(request)
            case Fault.DROP_AFTER:
                self._answer(function, form)
                return _dropped(request)
        return self._answer(function, form)

    def _answer(self, function: str, form: dict[str, Any]) -> web.Response:
        try:
            self._check_token(form)
            params = {name: value for name, value in form.items() if name not in OUR_PARAMETERS}
            return web.json_response(self._functions.call(function, params))
        except CallFailed as failed:
            return _refused(failed)

    def _check_token(self, form: dict[str, Any]) -> None:
        if not hmac.compare_digest(str(form.get("wstoken", "")).encode(), self._token.encode()):
            raise CallFailed("moodle_exception", "invalidtoken", "Invalid token - token not found")


def _refused(failed: CallFailed) -> web.Response:
    return web.json_response(
        {"exception": failed.exception, "errorcode": failed.errorcode, "message": failed.message}
    )


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
