"""What an operation of the interfaces is, and how a request becomes a typed call and its answer a response."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from agent.web.api.roles import ApiTokens, Role
from agent.web.bounded import bounded
from agent.web.problems import ProblemError

log = structlog.get_logger(__name__)

MAX_BODY = 64 * 1024  # bytes
SECONDS = 10.0  # an answer takes no longer; what lasts longer is started and followed
BY_HEADER = "X-Acting-User"
BY_LENGTH = 100

TOKENS = web.AppKey("api_tokens", ApiTokens)
Model = TypeVar("Model", bound=BaseModel)


class Asked(BaseModel):
    """What a request carries; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Asked):
    """No parameters."""


class Told(BaseModel):
    """What an answer carries."""

    model_config = ConfigDict(frozen=True)


class WrongField(Told):
    """One thing that is wrong with what was sent."""

    field: str = Field(description="path of the field, its parts joined by dots; empty: the whole")
    message: str


class Problem(Told):
    """RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str = Field(description="what is wrong, for a person")
    request_id: str = Field(description="the log knows the request by it")
    errors: list[WrongField] | None = Field(None, description="which fields are wrong (422 only)")


@dataclass(frozen=True)
class Call:
    """One request, read and checked. `by` says who acts, for the record: the header, else the token's role."""

    app: web.Application
    role: Role
    by: str
    path: Any
    query: Any
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What an operation answers."""

    content: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One address and method.

    Attributes:
        path: aiohttp's pattern.
        role: the least role that may call it.
        summary: one line for the document; the rest comes from the handler's docstring.
        reply: what is answered, with `status`.
        path_in, query_in, body_in: what is asked.
        problems: which other answers there are, besides those that every operation has.
        conditional: takes `If-Match` and refuses to go without (428, 412).
        tagged: answers with an `ETag`.
    """

    method: str
    path: str
    role: Role
    summary: str
    handler: Callable[[Call], Awaitable[Reply]]
    reply: type[BaseModel]
    status: HTTPStatus = HTTPStatus.OK
    path_in: type[Asked] = Nothing
    query_in: type[Asked] = Nothing
    body_in: type[Asked] | None = None
    problems: tuple[HTTPStatus, ...] = ()
    conditional: bool = False
    tagged: bool = False

    async def __call__(self, request: web.Request) -> web.Response:
        """Carry out a request.

        Raises:
            ProblemError: whatever is wrong with it.
        """
        reply = await self.told(request)
        return web.Response(
            status=self.status,
            text=reply.content.model_dump_json(),
            content_type="application/json",
            headers={"Cache-Control": "no-store", **reply.headers},
        )

    async def told(self, request: web.Request) -> Reply:
        """Check a request and carry it out; raises as `__call__`."""
        role = _allowed(request, self.role)
        call = Call(
            app=request.app,
            role=role,
            by=_acting(request, role),
            path=_read(self.path_in, dict(request.match_info)),
            query=_read(self.query_in, _query(request)),
            body=None if self.body_in is None else _read(self.body_in, await _json(request)),
            headers=request.headers,
        )
        try:
            return await bounded(self._handle(call), SECONDS)
        except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
            log.warning("api_database_away", error=type(error).__name__, operation=self.summary)
            raise ProblemError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The agent's database does not answer; try again.",
                headers={"Retry-After": "5"},
            ) from error

    async def _handle(self, call: Call) -> Reply:
        return await self.handler(call)


def _allowed(request: web.Request, least: Role) -> Role:
    role = request.app[TOKENS].role_of(request.headers.get("Authorization"))
    if role is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "A token of this agent is needed (Authorization: Bearer ...).",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if role < least:
        raise ProblemError(HTTPStatus.FORBIDDEN, f"This takes the role of {least.name.lower()}.")
    return role


def _acting(request: web.Request, role: Role) -> str:
    given = request.headers.get(BY_HEADER, "")
    if len(given) > BY_LENGTH:
        raise _wrong([{"field": BY_HEADER, "message": f"may have {BY_LENGTH} characters at most"}])
    return "".join(sign for sign in given if sign.isprintable()).strip() or role.name.lower()


def _query(request: web.Request) -> dict[str, str]:
    """Give the parameters; one that is there twice is no question that has an answer."""
    names = list(request.query.keys())
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong([{"field": name, "message": "is there more than once"} for name in doubled])
    return dict(request.query)


async def _json(request: web.Request) -> Any:
    if request.content_type != "application/json":
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON (Content-Type: application/json).")
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body may have {MAX_BODY} bytes at most."
            )
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "The body is no JSON.") from error


def _read(shape: type[Model], values: Any) -> Model:
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise _wrong(
            [{"field": ".".join(map(str, item["loc"])), "message": item["msg"]} for item in found]
        ) from None


def _wrong(errors: list[dict[str, str]]) -> ProblemError:
    """Say which fields are wrong."""
    detail = "; ".join(
        f"{one['field']}: {one['message']}" if one["field"] else one["message"] for one in errors
    )
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)
