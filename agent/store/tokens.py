"""The access token that all agents share: one encrypted row a client, renewed by one agent at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from psycopg import errors as postgres_errors
from sqlalchemy import Float, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.errors import transient
from agent.store.secrets import SecretBox, UnreadableSecretError
from agent.store.tables import zoho_tokens

# Longer than a renewal takes, so that waiting agents see its outcome instead of giving up.
LOCK_TIMEOUT = text(
    "SELECT set_config('lock_timeout', '25s', true), set_config('statement_timeout', '26s', true)"
)


@dataclass(frozen=True)
class StoredToken:
    """An access token as stored.

    Attributes:
        value: the token, in clear; in memory only.
        api_domain: the API host Zoho named with it.
        seconds_left: until it expires, by the database's clock; negative when it has.
    """

    value: str = field(repr=False)
    api_domain: str
    seconds_left: float


class TokenRow:
    """A client's row, held under its lock."""

    def __init__(self, connection: AsyncConnection, box: SecretBox, client_key: str) -> None:
        self._connection = connection
        self._box = box
        self._client_key = client_key

    async def read(self) -> StoredToken | None:
        """Read the token; None when there is none, or none that the configured keys can read."""
        return await _read(self._connection, self._box, self._client_key)

    async def write(self, value: str, api_domain: str, lifetime_seconds: float, scope: str = "") -> None:
        """Store a new token, encrypted; visible to others when the lock is released."""
        columns = {
            "access_token": self._box.encrypt(value),
            "api_domain": api_domain,
            "expires_at": func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, lifetime_seconds),
            "refreshed_at": func.clock_timestamp(),
            "scope": scope or None,
        }
        await self._connection.execute(
            insert(zoho_tokens)
            .values(client_key=self._client_key, **columns)
            .on_conflict_do_update(index_elements=[zoho_tokens.c.client_key], set_=columns)
        )


class TokenStore:
    """Access tokens in `zoho_tokens`."""

    def __init__(self, engine: AsyncEngine, box: SecretBox) -> None:
        self._engine = engine
        self._box = box

    async def read(self, client_key: str) -> StoredToken | None:
        """Read a client's token without waiting for anybody; None when there is none to use."""
        async with self._engine.connect() as connection:
            return await _read(connection, self._box, client_key)

    async def readable(self, client_key: str) -> bool | None:
        """Tell whether the configured keys decrypt a client's token; None when none is stored."""
        query = select(zoho_tokens.c.access_token).where(zoho_tokens.c.client_key == client_key)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        try:
            self._box.decrypt(row.access_token)
        except UnreadableSecretError:
            return False
        return True

    async def scope(self, client_key: str) -> str | None:
        """Say what Zoho allows with a client's token, in its own words; None when it has not said."""
        query = select(zoho_tokens.c.scope).where(zoho_tokens.c.client_key == client_key)
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalar()

    @asynccontextmanager
    async def locked(self, client_key: str) -> AsyncIterator[TokenRow]:
        """Hold a client's row while its token is renewed: the other agents wait and then find the new one.

        Raises:
            SyncError: another agent has held it for too long.
        """
        async with self._engine.begin() as connection:
            await connection.execute(LOCK_TIMEOUT)
            try:
                await connection.execute(
                    select(func.pg_advisory_xact_lock(func.hashtextextended(f"zoho_tokens:{client_key}", 0)))
                )
            except OperationalError as error:
                if isinstance(error.orig, postgres_errors.LockNotAvailable):
                    raise transient("TOKEN_LOCKED", "Another agent is renewing Zoho's token") from error
                raise
            yield TokenRow(connection, self._box, client_key)


async def _read(connection: AsyncConnection, box: SecretBox, client_key: str) -> StoredToken | None:
    left = cast(func.extract("epoch", zoho_tokens.c.expires_at - func.clock_timestamp()), Float)
    query = select(zoho_tokens.c.access_token, zoho_tokens.c.api_domain, left.label("seconds_left"))
    row = (await connection.execute(query.where(zoho_tokens.c.client_key == client_key))).first()
    if row is None:
        return None
    try:
        return StoredToken(box.decrypt(row.access_token), row.api_domain, row.seconds_left)
    except UnreadableSecretError:
        return None  # a token is replaceable: minting a new one is the cure
