"""What stands before every endpoint: the log, Zoho's error shapes, latency, faults, token and limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from agent.sandbox.zoho.bodies import CREDITS, answer, parse_json
from agent.sandbox.zoho.errors import CallRefused
from agent.sandbox.zoho.faults import Fault, Plan
from agent.sandbox.zoho.limits import QUOTA_TEXT, too_many_requests
from agent.sandbox.zoho.state import LoggedCall, SandboxState

API = "/crm/"
OAUTH = "/oauth/"
HEAVY_RECORDS = 10
DROPPED = 499
"""Status that the log and observers see of a call whose connection ended without an answer."""
_SCHEME = "Zoho-oauthtoken "
_ERROR_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def middlewares(state: SandboxState) -> list[Middleware]:
    """Give the gate's parts, outermost first."""
    return [_logged(state), _faulty(state), _shaped, _limited(state)]


def _logged(state: SandboxState) -> Middleware:
    @web.middleware
    async def logged(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path
        status = 0
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            if path.startswith((API, OAUTH)):
                await _note(state, request, status)

    return logged


async def _note(state: SandboxState, request: web.Request, status: int) -> None:
    """Write the call down, without the token endpoint's secrets."""
    body, query = None, dict(request.query)
    if request.path.startswith(OAUTH):
        query = {}
    else:
        body = _parsed(await request.read())
    state.calls[f"{request.method} {request.path}"] += 1
    state.log.append(LoggedCall(request.method, request.path, query, body, status))


def _parsed(raw: bytes) -> object:
    try:
        return parse_json(raw) if raw else None
    except ValueError:
        return raw.decode(errors="replace")


def _faulty(state: SandboxState) -> Middleware:
    @web.middleware
    async def faulty(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith((API, OAUTH)):
            return await handler(request)
        plan = state.faults.for_call(request.method, request.path)
        if plan is None:
            return await handler(request)
        return await _misbehave(state, plan, request, handler)

    return faulty


async def _misbehave(
    state: SandboxState, plan: Plan, request: web.Request, handler: Handler
) -> web.StreamResponse:
    match plan.fault:
        case Fault.TOKEN_DEATH:
            state.tokens.revoke_all()
            return await handler(request)
        case Fault.DROP_BEFORE:
            await request.read()
            return _drop(request)
        case Fault.DROP_AFTER:
            await handler(request)
            return _drop(request)
        case Fault.HALF_BODY:
            return await _half(request, await handler(request))
        case Fault.HTML:
            return web.Response(status=502, body=_ERROR_PAGE, content_type="text/html")
    refused = _REFUSALS[plan.fault]()
    return answer(refused.status, refused.body)


_REFUSALS: dict[Fault, Callable[[], CallRefused]] = {
    Fault.TOO_MANY_REQUESTS: too_many_requests,
    Fault.QUOTA_SPENT: lambda: too_many_requests(QUOTA_TEXT),
    Fault.SERVER_ERROR: lambda: CallRefused(500, "INTERNAL_ERROR", "Internal Server Error"),
    Fault.UNAVAILABLE: lambda: CallRefused(503, "SERVICE_UNAVAILABLE", "Service Unavailable"),
}


def _drop(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=DROPPED)


async def _half(request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
    """Send the headers of the whole answer and half of its body, then end the connection."""
    body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
    if len(body) < 2:
        return _drop(request)
    half = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.headers["Content-Type"]})
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


@web.middleware
async def _shaped(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bring refusals of the API into Zoho's shape."""
    if not request.path.startswith(API):
        return await handler(request)
    try:
        return await handler(request)
    except CallRefused as refused:
        return answer(refused.status, refused.body)
    except web.HTTPNotFound:
        return answer(404, _NO_SUCH_URL.body)
    except web.HTTPMethodNotAllowed:
        return answer(400, _NO_SUCH_METHOD.body)


_NO_SUCH_URL = CallRefused(
    404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"
)
_NO_SUCH_METHOD = CallRefused(
    400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one"
)


def _limited(state: SandboxState) -> Middleware:
    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(OAUTH):
            await _pass_time(state)
        if not request.path.startswith(API):
            return await handler(request)
        with state.limits.slot(heavy=await _is_heavy(request)):
            await _pass_time(state)
            _check_token(state, request)
            state.limits.check_quota()
            return await _charged(state, request, handler(request))

    return limited


async def _pass_time(state: SandboxState) -> None:
    if state.latency_ms:
        await state.wait(state.latency_ms / 1000)


async def _charged(
    state: SandboxState, request: web.Request, work: Awaitable[web.StreamResponse]
) -> web.StreamResponse:
    """Book the call's cost, refused or not, and tell what is left once half is used."""
    try:
        response = await work
    except CallRefused as refused:
        response = answer(refused.status, refused.body)
    state.limits.spend(request.get(CREDITS, 1))
    remaining = state.limits.remaining_header()
    if remaining is not None:
        response.headers["X-API-CREDITS-REMAINING"] = remaining
    return response


def _check_token(state: SandboxState, request: web.Request) -> None:
    header = request.headers.get("Authorization", "")
    if not header.startswith(_SCHEME):
        raise CallRefused(401, "AUTHENTICATION_FAILURE", "Authentication failed")
    if not state.tokens.accepts(header.removeprefix(_SCHEME)):
        raise CallRefused(401, "INVALID_TOKEN", "invalid oauth token")


async def _is_heavy(request: web.Request) -> bool:
    """Tell whether the call counts towards the sub-concurrency limit of 10."""
    if request.path.endswith("/coql") or "sort_by" in request.query or "cvid" in request.query:
        return True
    # A form is read once, by its handler.
    if request.method not in {"POST", "PUT"} or request.content_type.startswith("multipart/"):
        return False
    body = _parsed(await request.read())
    data = body.get("data") if isinstance(body, dict) else None
    return isinstance(data, list) and len(data) > HEAVY_RECORDS
