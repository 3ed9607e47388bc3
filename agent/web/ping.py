"""POST /v1/ping/moodle: both ways of the connection with Moodle, tried once (docs/protocol.md, section 2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiohttp import web

from agent import __version__
from agent.findings import PLUGIN_VERSION
from agent.web.authentication import check_moodle
from agent.web.events import read_body, refused
from agent.web.keys import CLOCK, SENDERS
from agent.web.rate_limit import RATE_LIMIT
from agent.web.signatures import SignatureRefusedError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WayBack:
    """What came of calling Moodle: its address as it says itself (empty: it was not reached), and what is wrong."""

    site: str
    error: str | None = None


WAY_BACK: web.AppKey[Callable[[], Awaitable[WayBack]]] = web.AppKey("way_back")


async def moodle_ping(request: web.Request) -> web.Response:
    """Answer a signed ping, after calling Moodle's web service in turn. Nothing is stored."""
    body = await read_body(request)
    now = request.app[CLOCK]()
    try:
        check_moodle(request.app[SENDERS], request.headers, body, now)
    except SignatureRefusedError as error:
        raise refused(error) from None
    await request.app[RATE_LIMIT].check("moodle")
    back = await request.app[WAY_BACK]()
    log.info("moodle_ping", error=back.error)
    return web.json_response(
        {
            "version": __version__,
            "plugin_needed": PLUGIN_VERSION,
            "time": datetime.fromtimestamp(now, UTC).isoformat(),
            "moodle": {"site": back.site, "error": back.error},
        }
    )
