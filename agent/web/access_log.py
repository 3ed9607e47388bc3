"""The access log: who asked what and how long it took. No query strings, no headers, no bodies."""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from agent.measures import OTHER, REQUESTS
from agent.web.problems import REQUEST_ID_HEADER

log = structlog.get_logger("agent.web.access")


class AccessLog(AbstractAccessLogger):
    """Give it to `web.run_app(access_log_class=AccessLog)` or to an `AppRunner`."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._log = log.bind()  # once, and not for each of thousands in a second

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one line, and count; `time` is in seconds."""
        match = request.match_info if isinstance(request, web.Request) else None
        resource = match.route.resource if match else None
        route = resource.canonical if resource else OTHER
        REQUESTS.labels(route, str(response.status)).observe(time)
        self._log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status,
            milliseconds=round(time * 1000, 1),
            remote=request.remote,
            request_id=response.headers.get(REQUEST_ID_HEADER),
        )
