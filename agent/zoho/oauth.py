"""Access tokens for Zoho: one shared by all tasks and all agents, minted as seldom as can be.

Zoho mints at most ten tokens per refresh token in ten minutes and keeps fifteen alive. So a token is
kept in the database over restarts, renewed by one task of one agent while the others wait, and a token
that Zoho refuses is replaced only if no one else has replaced it already.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
import structlog

from agent.errors import Fault, SyncError, throttled
from agent.outbound import exchange
from agent.store.tokens import StoredToken, TokenRow, TokenStore
from agent.zoho.answers import Grant, read_grant
from agent.zoho.data_centers import Endpoints
from agent.zoho.errors import TARGET

EXPIRY_MARGIN_SECONDS = 60.0  # a call that starts with the token must be able to end with it
MINT_SECONDS = 15.0  # the row is locked meanwhile
MINTS_A_WINDOW = 5  # half of Zoho's ten, so that two agents stay below
WINDOW_SECONDS = 600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Credentials:
    """What the refresh grant takes."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def client_key(self, accounts_url: str) -> str:
        """Name the row of these credentials without telling them."""
        parts = (accounts_url, self.client_id, self.refresh_token)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class AccessToken:
    """A token, the address it may be sent to, and the monotonic time at which it is no longer used."""

    value: str = field(repr=False)
    api_url: str
    use_until: float


class TokenSource:
    """Gives out the access token of one client."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoints: Endpoints,
        credentials: Credentials,
        store: TokenStore,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._endpoints = endpoints
        self._credentials = credentials
        self._store = store
        self._clock = clock
        self._client_key = credentials.client_key(endpoints.accounts_url)
        self._single_flight = asyncio.Lock()
        self._token: AccessToken | None = None
        self._minted: deque[float] = deque()
        self._closed_until = 0.0

    async def current(self) -> AccessToken:
        """Return a token that is still good for a call.

        Raises:
            SyncError: there is none and none can be minted.
        """
        return self._usable() or await self._obtain(refused=None)

    async def replace(self, refused: AccessToken) -> AccessToken:
        """Return another token than one that Zoho refused, minting only if nobody else has.

        Raises:
            SyncError: none can be minted.
        """
        return await self._obtain(refused=refused.value)

    def _usable(self, refused: str | None = None) -> AccessToken | None:
        token = self._token
        if token is None or token.value == refused or token.use_until <= self._clock():
            return None
        return token

    async def _obtain(self, refused: str | None) -> AccessToken:
        async with self._single_flight:
            token = self._usable(refused)
            if token is None:
                token = self._adopt(await self._store.read(self._client_key), refused)
            if token is None:
                async with self._store.locked(self._client_key) as row:
                    token = self._adopt(await row.read(), refused) or await self._renew(row)
            self._token = token
            return token

    def _adopt(self, stored: StoredToken | None, refused: str | None) -> AccessToken | None:
        if stored is None or stored.value == refused or stored.seconds_left <= EXPIRY_MARGIN_SECONDS:
            return None
        return self._access(stored.value, stored.api_domain, stored.seconds_left)

    def _access(self, value: str, api_domain: str, lifetime_seconds: float) -> AccessToken:
        use_until = self._clock() + lifetime_seconds - EXPIRY_MARGIN_SECONDS
        return AccessToken(value, self._endpoints.api_url(api_domain), use_until)

    async def _renew(self, row: TokenRow) -> AccessToken:
        grant = await self._mint()
        api_domain = grant.api_domain or self._endpoints.default_api_url
        token = self._access(grant.access_token, api_domain, grant.lifetime_seconds)
        await row.write(grant.access_token, api_domain, grant.lifetime_seconds, grant.scope)
        log.info("zoho_token_minted", api_url=token.api_url, lifetime_seconds=grant.lifetime_seconds)
        return token

    async def _mint(self) -> Grant:
        self._check_budget()
        self._minted.append(self._clock())
        form = {
            "grant_type": "refresh_token",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
            "refresh_token": self._credentials.refresh_token,
        }
        try:
            answer = await exchange(
                self._session,
                "POST",
                f"{self._endpoints.accounts_url}/oauth/v2/token",
                target=TARGET,
                total_seconds=MINT_SECONDS,
                data=form,  # in the body: a query string would stand in access logs
            )
            return read_grant(answer)
        except SyncError as error:
            if error.code == "CONNECTION_FAILED":
                self._minted.pop()  # nothing was asked of Zoho
            if error.fault is Fault.THROTTLED:
                self._closed_until = self._clock() + (error.retry_after or WINDOW_SECONDS)
            raise

    def _check_budget(self) -> None:
        now = self._clock()
        while self._minted and self._minted[0] <= now - WINDOW_SECONDS:
            self._minted.popleft()
        until = self._closed_until
        if len(self._minted) >= MINTS_A_WINDOW:
            until = max(until, self._minted[0] + WINDOW_SECONDS)
        if until > now:
            raise throttled(
                "TOKEN_BUDGET_SPENT",
                "Zoho's tokens were refused or minted too often in the last ten minutes; waiting",
                target=TARGET,
                retry_after=until - now,
            )
