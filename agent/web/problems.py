"""Errors as RFC 9457 problem documents: what is wrong in our words, a request id to ask about, nothing internal."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

REQUEST_ID_HEADER = "X-Request-Id"
REQUEST_ID = web.RequestKey("request_id", str)
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ProblemError(Exception):
    """An answer other than success; `detail` goes to the sender, as do `errors` (field, message) of single fields."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = tuple(errors)


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give every request an id and every failure the form of a problem document."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    request_id = given if _GIVEN_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"
    request[REQUEST_ID] = request_id
    with structlog.contextvars.bound_contextvars(correlation_id=request_id):
        response = await _answer(request, handler, request_id)
    response.headers[REQUEST_ID_HEADER] = request_id
    return response


async def _answer(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except ProblemError as error:
        return _problem(error.status, error.detail, request_id, error.headers, error.errors)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        kept = {name: error.headers[name] for name in _KEPT_HEADERS if name in error.headers}
        status = HTTPStatus(error.status)
        return _problem(status, status.description or status.phrase, request_id, kept)
    except Exception:
        log.exception("request_failed", path=request.path)
        return _problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "The agent failed; its log knows why.", request_id, {}
        )


def _problem(
    status: HTTPStatus,
    detail: str,
    request_id: str,
    headers: Mapping[str, str],
    errors: Sequence[Mapping[str, str]] = (),
) -> web.Response:
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "request_id": request_id,
    }
    if errors:
        document["errors"] = [dict(error) for error in errors]
    return web.Response(
        status=status,
        text=json.dumps(document),
        content_type="application/problem+json",
        headers=headers,
    )
