"""Every HTTP exchange of the story, without a socket: as long, as often and as whole as chance will have it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextvars import Context, copy_context
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from tests.simulation.lives import LIFE, Life, go_on

PEER = ("127.0.0.1", 1)


class _Unread:
    """The connection under a body that is there already."""

    _reading_paused = False

    def pause_reading(self) -> None: ...

    def resume_reading(self, *, resume_parser: bool = True) -> None: ...


_UNREAD: Any = _Unread()


class Weather:
    """How often an exchange meets which fate; all nought is a fine day."""

    def __init__(
        self, lost: float = 0.0, unanswered: float = 0.0, stuck: float = 0.0, slow: float = 0.0
    ) -> None:
        self.lost = lost  # it never arrives
        self.unanswered = unanswered  # it arrives and takes effect, the answer does not come back
        self.stuck = stuck  # the answer comes after the caller's patience
        self.slow = slow  # it takes seconds


class Wires:
    """Who answers under which name, and the weather on the way."""

    def __init__(self) -> None:
        self.hosts: dict[str, list[tuple[web.Application, Life | None]]] = {}
        self.chance = Random(0)
        self.weather = Weather()
        self.exchanges = 0

    async def carry(
        self, method: str, url: str, data: Any, headers: Mapping[str, str], patience: float
    ) -> Any:
        """Carry one exchange.

        Raises:
            aiohttp.ClientError, TimeoutError: as aiohttp would.
        """
        await go_on(burning=True)
        self.exchanges += 1
        drawn, weather = self.chance.random(), self.weather
        await asyncio.sleep(self.chance.uniform(0.01, 0.2))
        parts = urlsplit(url)
        here = [(app, host) for app, host in self.hosts.get(parts.netloc, []) if host is None or host.alive]
        if not here or drawn < weather.lost:
            raise aiohttp.ServerDisconnectedError
        drawn -= weather.lost
        app, host = self.chance.choice(here)
        # Whoever answers lives a life of its own.
        answer = asyncio.create_task(_answered(app, host, method, url, data, headers), context=_of(host))
        try:
            if drawn < weather.unanswered:
                await answer
                raise aiohttp.ServerDisconnectedError
            drawn -= weather.unanswered
            if drawn < weather.stuck:
                await answer
                await asyncio.sleep(patience)
                raise TimeoutError
            if drawn - weather.stuck < weather.slow:
                await asyncio.sleep(self.chance.uniform(1, 20))
            return await answer
        finally:
            await go_on(burning=True)  # it may die with the answer in its hands


def _of(life: Life | None) -> Context:
    context = copy_context()
    context.run(LIFE.set, life)
    return context


class _Transport:
    aborted = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return PEER if name == "peername" else default

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None: ...


class _Protocol:
    """What a request asks of its connection."""

    peername, sockname, ssl_context = PEER, PEER, None

    def __init__(self) -> None:
        self.transport = _Transport()


class _Nowhere(AbstractStreamWriter):
    """What half an answer is written to."""

    async def write(self, chunk: Any) -> None: ...

    async def write_eof(self, chunk: bytes = b"") -> None: ...

    async def drain(self) -> None: ...

    async def write_headers(self, status_line: str, headers: Any) -> None: ...

    def enable_compression(self, encoding: str = "deflate", strategy: int | None = None) -> None: ...

    def enable_chunking(self) -> None: ...


def _request(method: str, url: str, data: Any, given: Mapping[str, str], protocol: _Protocol) -> web.Request:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    payload = StreamReader(_UNREAD, 2**16, loop=loop)
    payload.feed_data(data or b"")
    payload.feed_eof()
    headers = CIMultiDict({"Host": parts.netloc, "Content-Length": str(len(data or b"")), **given})
    raw = tuple((name.encode(), value.encode()) for name, value in headers.items())
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    message = RawRequestMessage(
        method, path, HttpVersion11, CIMultiDictProxy(headers), raw, False, None, False, False, URL(path)
    )
    return web.Request(
        message,
        payload,
        protocol,
        _Nowhere(),
        asyncio.current_task(),
        loop,
        client_max_size=2**25,  # type: ignore[arg-type]
    )


async def _answered(
    app: web.Application, host: Life | None, method: str, url: str, data: Any, headers: Mapping[str, str]
) -> Any:
    protocol = _Protocol()
    request = _request(method, url, data, headers, protocol)
    try:
        response = await app._handle(request)
    except web.HTTPException as refused:
        response = refused
    if protocol.transport.aborted or (host is not None and not host.alive):
        raise aiohttp.ServerDisconnectedError
    if not isinstance(response, web.Response):
        raise aiohttp.ClientPayloadError("the answer broke off")
    body = response.body if isinstance(response.body, bytes) else b""
    return _Answer(
        response.status, response.reason or "", CIMultiDictProxy(CIMultiDict(response.headers)), body
    )


class _Answer:
    def __init__(self, status: int, reason: str, headers: Any, body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self._body = body

    async def read(self) -> bytes:
        return self._body

    async def json(self) -> Any:
        return json.loads(self._body)


def session_class(wires: Wires) -> type:
    """Build what stands in for `aiohttp.ClientSession`."""

    class Session:
        def __init__(self, *_: Any, timeout: aiohttp.ClientTimeout | None = None, **__: Any) -> None:
            self._patience = timeout.total if timeout and timeout.total else 300.0

        async def __aenter__(self) -> Session:
            return self

        async def __aexit__(self, *_: object) -> None:
            return None

        async def close(self) -> None:
            return None

        def request(self, method: str, url: str, **given: Any) -> _Exchange:
            limit = given.get("timeout")
            patience = (limit.total if limit else None) or self._patience
            params, data, headers = given.get("params"), given.get("data"), dict(given.get("headers") or {})
            if params:
                url += "?" + urlencode(params)
            if isinstance(data, dict):
                data = urlencode(data).encode()
                headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            return _Exchange(wires, method, url, data, headers, patience)

        def post(self, url: str, **given: Any) -> _Exchange:
            return self.request("POST", url, **given)

        def get(self, url: str, **given: Any) -> _Exchange:
            return self.request("GET", url, **given)

    return Session


class _Exchange:
    def __init__(self, wires: Wires, *call: Any) -> None:
        self._wires = wires
        self._call = call

    async def __aenter__(self) -> _Answer:
        async with asyncio.timeout(self._call[-1]):
            answer: _Answer = await self._wires.carry(*self._call)
            return answer

    async def __aexit__(self, *_: object) -> None:
        return None
