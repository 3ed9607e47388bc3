"""A token store without a database, for tests of what stands above it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.store.tokens import StoredToken


class MemoryTokenStore:
    """Does what `agent.store.tokens.TokenStore` does, for one process; it is its own row."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._row: tuple[str, str, float] | None = None
        self.writes = 0

    async def read(self, client_key: str = "") -> StoredToken | None:
        if self._row is None:
            return None
        value, api_domain, until = self._row
        return StoredToken(value, api_domain, until - time.monotonic())

    async def write(self, value: str, api_domain: str, lifetime_seconds: float, scope: str = "") -> None:
        self._row = (value, api_domain, time.monotonic() + lifetime_seconds)
        self.writes += 1

    @asynccontextmanager
    async def locked(self, client_key: str) -> AsyncIterator[MemoryTokenStore]:
        async with self._lock:
            yield self
