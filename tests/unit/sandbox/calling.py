"""Calling a sandbox by hand, and somebody who receives its pushes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from agent.sandbox.zoho import RunningSandbox

START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
GRANT = {
    "grant_type": "refresh_token",
    "client_id": "sandbox",
    "client_secret": "sandbox",
    "refresh_token": "sandbox",
}


@dataclass
class Zoho:
    """A running sandbox and a session that calls it."""

    sandbox: RunningSandbox
    session: aiohttp.ClientSession
    token: str = ""

    @property
    def control(self) -> Any:
        return self.sandbox.control

    async def grant(self, **changed: str) -> tuple[int, dict[str, Any]]:
        url = f"{self.sandbox.base_url}/oauth/v2/token"
        async with self.session.post(url, data={**GRANT, **changed}) as response:
            return response.status, await response.json()

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> tuple[int, Any]:
        """Give status and JSON (None for an empty body)."""
        if not self.token:
            self.token = (await self.grant())[1]["access_token"]
        given = {"Authorization": f"Zoho-oauthtoken {self.token}", **(headers or {})}
        params = {key: str(value) for key, value in query.items()}
        url = f"{self.sandbox.base_url}/crm/v8/{path}"
        async with self.session.request(method, url, json=body, headers=given, params=params) as response:
            return response.status, await response.json() if await response.read() else None

    async def insert(self, module: str, *items: dict[str, Any], **body: Any) -> list[dict[str, Any]]:
        """Insert records and give their results."""
        _, said = await self.call("POST", module, body={"data": list(items), **body})
        results: list[dict[str, Any]] = said["data"]
        return results

    async def insert_one(self, module: str, **values: Any) -> str:
        """Insert a record that must succeed and give its id."""
        [result] = await self.insert(module, values)
        assert result["status"] == "success", result
        return str(result["details"]["id"])


@dataclass
class Receiver:
    """Takes what the sandbox sends out."""

    url: str = ""
    answer_with: int = 202
    calls: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.calls.append((request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.answer_with)
