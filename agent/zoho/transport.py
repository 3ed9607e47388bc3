"""One call to Zoho's API: a place in the queue, a token, the exchange, repeats, credits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import aiohttp
import structlog

from agent.errors import SyncError
from agent.outbound import Answer, exchange, repeat
from agent.zoho.errors import TARGET, wants_new_token
from agent.zoho.oauth import AccessToken, TokenSource

API = "/crm/v8"
SUB_CONCURRENCY = 10  # in every edition, for writes of more than ten records, COQL and sorted lists
HEAVY_RECORDS = 10
BACKOFF_SECONDS = 0.5

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


class Transport:
    """Carries calls to Zoho; every call may be repeated unless it is said to be made once."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: TokenSource,
        *,
        concurrency: int,
        backoff_seconds: float = BACKOFF_SECONDS,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._slots = asyncio.Semaphore(concurrency)
        self._heavy_slots = asyncio.Semaphore(SUB_CONCURRENCY)
        self._backoff_seconds = backoff_seconds
        self.credits_remaining: int | None = None

    async def get(
        self,
        path: str,
        read: Callable[[Answer], Result],
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        heavy: bool = False,
    ) -> Result:
        """Ask, and read the answer with `read`, which raises `SyncError` for one that is no good."""
        return await self._call("GET", path, read, heavy=heavy, params=params, headers=headers)

    async def write(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        read: Callable[[Answer], Result],
        *,
        repeated: bool = True,
    ) -> Result:
        """Write records (`body["data"]`); `repeated` like a question only where the write is idempotent."""
        heavy = len(body["data"]) > HEAVY_RECORDS
        return await self._call(
            method,
            path,
            read,
            heavy=heavy,
            repeated=repeated,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
        )

    async def post(
        self, path: str, body: Mapping[str, Any], read: Callable[[Answer], Result], *, repeated: bool
    ) -> Result:
        """Post a body that is no batch of records; `repeated` False where a second time would do it twice."""
        return await self.send("POST", path, read, body=body, repeated=repeated)

    async def query(self, select: str, read: Callable[[Answer], Result]) -> Result:
        """Ask by COQL."""
        return await self.send("POST", "coql", read, body={"select_query": select}, heavy=True)

    async def send(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], Result],
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        repeated: bool = True,
        heavy: bool = False,
    ) -> Result:
        """Make a call that writes no records; see `post`."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return await self._call(
            method,
            path,
            read,
            heavy=heavy,
            repeated=repeated,
            data=content,
            params=params,
            headers={"Content-Type": "application/json"} if body is not None else {},
        )

    async def upload(
        self, path: str, content: bytes, content_type: str, read: Callable[[Answer], Result]
    ) -> Result:
        """Post a body that is no JSON, once: only being told "too many at once" repeats it."""
        headers = {"Content-Type": content_type}
        return await self._call(
            "POST", path, read, heavy=False, repeated=False, data=content, headers=headers
        )

    async def _call(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], Result],
        *,
        heavy: bool,
        repeated: bool = True,
        **request: Any,
    ) -> Result:
        # The place is kept while a call pauses: being told "too many at once", fewer are what helps.
        async with AsyncExitStack() as places:
            if heavy:
                await places.enter_async_context(self._heavy_slots)
            await places.enter_async_context(self._slots)
            return await repeat(
                lambda: self._attempt(method, path, read, request),
                backoff_seconds=self._backoff_seconds,
                if_refused=not repeated,
            )

    async def authenticate(self) -> None:
        """Have an access token, minting one where the last is used up. It costs no API credit.

        Raises:
            SyncError: there is none and none can be minted.
        """
        await self._tokens.current()

    async def _attempt(
        self, method: str, path: str, read: Callable[[Answer], Result], request: Mapping[str, Any]
    ) -> Result:
        token = await self._tokens.current()
        try:
            return read(await self._exchange(token, method, path, request))
        except SyncError as error:
            if not wants_new_token(error):
                log.info("zoho_call_failed", method=method, path=path, code=error.code, fault=error.fault)
                raise
        token = await self._tokens.replace(token)
        return read(await self._exchange(token, method, path, request))

    async def _exchange(
        self, token: AccessToken, method: str, path: str, request: Mapping[str, Any]
    ) -> Answer:
        headers = {**(request.get("headers") or {}), "Authorization": f"Zoho-oauthtoken {token.value}"}
        answer = await exchange(
            self._session,
            method,
            f"{token.api_url}{API}/{path}",
            target=TARGET,
            **{**request, "headers": headers},
        )
        left = answer.headers.get("X-API-CREDITS-REMAINING", "")
        if left.isascii() and left.isdigit():
            self.credits_remaining = int(left)
        return answer
