"""Writing down what goes over the wire, and calling the sandbox by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from agent.sandbox.zoho import RunningSandbox
from tests.contract.zoho.description import Description, Exchange


@dataclass
class Recorder:
    """An aiohttp middleware that keeps what went over the wire, and gives its verdict at the end."""

    description: Description
    exchanges: list[Exchange] = field(default_factory=list)
    wrong_on_purpose: bool = False  # set by a test that sends what Zoho must refuse

    @property
    def middleware(self) -> Any:
        @web.middleware
        async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
            body = await request.read()
            response = await handler(request)
            assert isinstance(response, web.Response)
            self.exchanges.append(
                Exchange(
                    method=request.method,
                    path=request.path,
                    query=dict(request.query),
                    headers=dict(request.headers),
                    body=body,
                    status=response.status,
                    answer_headers=dict(response.headers),
                    answer=response.body if isinstance(response.body, bytes) else b"",
                )
            )
            return response

        return record

    def verdict(self) -> list[str]:
        return [
            complaint
            for exchange in self.exchanges
            for complaint in self.description.complaints(exchange, judge_request=not self.wrong_on_purpose)
        ]


@dataclass(frozen=True)
class Caller:
    """Calls the sandbox's API by hand, with a living token."""

    sandbox: RunningSandbox
    session: aiohttp.ClientSession
    token: str

    async def __call__(
        self, method: str, path: str, *, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> tuple[int, Any]:
        """Give status and JSON (None for an empty body) of a call to `/crm/v8/<path>`."""
        given = {"Authorization": f"Zoho-oauthtoken {self.token}", **(headers or {})}
        url = f"{self.sandbox.base_url}/crm/v8/{path}"
        async with self.session.request(
            method, url, json=body, headers=given, params={key: str(value) for key, value in query.items()}
        ) as response:
            return response.status, await response.json() if await response.read() else None


@asynccontextmanager
async def calling(sandbox: RunningSandbox) -> AsyncIterator[Caller]:
    grant = {
        "grant_type": "refresh_token",
        "client_id": "sandbox",
        "client_secret": "sandbox",
        "refresh_token": "sandbox",
    }
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{sandbox.base_url}/oauth/v2/token", data=grant) as response:
            token = (await response.json())["access_token"]
        yield Caller(sandbox, session, token)
