"""One access token for all tasks and agents: real PostgreSQL, and a token endpoint that counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agent.errors import Action, Fault, SyncError
from agent.sandbox.zoho.server import RunningSandbox, running_sandbox
from agent.store.secrets import SecretBox
from agent.store.tables import zoho_tokens
from agent.store.tokens import TokenStore
from agent.zoho.data_centers import Endpoints, endpoints
from agent.zoho.oauth import Credentials, TokenSource

KEY = SecretStr(Fernet.generate_key().decode())
OTHER_KEY = SecretStr(Fernet.generate_key().decode())
CREDENTIALS = Credentials("sandbox", "sandbox", "sandbox")


class Clock:
    """Monotonic time under the test's control."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def zoho() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def where(zoho: RunningSandbox) -> Endpoints:
    return endpoints("us", zoho.base_url, zoho.base_url)


@pytest.fixture
async def other_engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Another agent's connections to the same database."""
    engine = create_async_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def agent(
    engine: AsyncEngine, session: aiohttp.ClientSession, where: Endpoints
) -> Callable[..., TokenSource]:
    """Start one more agent: a token source that has nothing in memory."""

    def start(
        *keys: SecretStr,
        engine: AsyncEngine = engine,
        credentials: Credentials = CREDENTIALS,
        clock: Callable[[], float] | None = None,
        where: Endpoints = where,
    ) -> TokenSource:
        store = TokenStore(engine, SecretBox(keys or (KEY,)))
        more = {} if clock is None else {"clock": clock}
        return TokenSource(session, where, credentials, store, **more)

    return start


async def age(engine: AsyncEngine, seconds: int) -> None:
    """Let the stored token be so many seconds older."""
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE zoho_tokens SET expires_at = expires_at - make_interval(secs => :seconds)"),
            {"seconds": seconds},
        )


async def test_many_tasks_mint_one_token(zoho: RunningSandbox, agent: Callable[..., TokenSource]) -> None:
    source = agent()
    tokens = await asyncio.gather(*(source.current() for _ in range(50)))
    assert len({token.value for token in tokens}) == 1
    assert zoho.state.tokens.granted == 1


async def test_waiting_tasks_hold_no_connections(
    zoho: RunningSandbox, agent: Callable[..., TokenSource], database_url: str
) -> None:
    narrow = create_async_engine(database_url, pool_size=1, max_overflow=0, pool_timeout=0.001)
    source = agent(engine=narrow)
    await asyncio.gather(*(source.current() for _ in range(50)))
    await narrow.dispose()
    assert zoho.state.tokens.granted == 1


async def test_several_agents_mint_one_token(
    zoho: RunningSandbox, agent: Callable[..., TokenSource], other_engine: AsyncEngine
) -> None:
    agents = [agent(), agent(), agent(engine=other_engine), agent(engine=other_engine)]
    tokens = await asyncio.gather(*(source.current() for source in agents))
    assert len({token.value for token in tokens}) == 1
    assert zoho.state.tokens.granted == 1


async def test_several_agents_replace_a_dead_token_once(
    zoho: RunningSandbox, agent: Callable[..., TokenSource], other_engine: AsyncEngine
) -> None:
    agents = [agent(), agent(engine=other_engine)]
    dead = await agents[0].current()
    assert (await agents[1].current()).value == dead.value
    zoho.control.kill_tokens()
    fresh = await asyncio.gather(*(source.replace(dead) for source in agents for _ in range(10)))
    assert len({token.value for token in fresh}) == 1
    assert fresh[0].value != dead.value
    assert zoho.state.tokens.granted == 2


async def test_a_restart_takes_the_stored_token(
    zoho: RunningSandbox, agent: Callable[..., TokenSource]
) -> None:
    first = await agent().current()
    second = await agent().current()
    assert second.value == first.value
    assert zoho.state.tokens.granted == 1


async def test_the_token_is_not_stored_in_clear(
    engine: AsyncEngine, agent: Callable[..., TokenSource]
) -> None:
    token = await agent().current()
    async with engine.connect() as connection:
        row = (await connection.execute(select(zoho_tokens))).one()
    stored = b" ".join(
        column if isinstance(column, bytes) else str(column).encode() for column in row._mapping.values()
    )
    secret_part = token.value.removeprefix("1000.")[:16].encode()
    assert secret_part not in stored
    assert b"sandbox" not in row.client_key.encode()
    assert SecretBox([KEY]).decrypt(row.access_token) == token.value


async def test_neither_tokens_nor_credentials_show_in_a_repr(agent: Callable[..., TokenSource]) -> None:
    token = await agent().current()
    assert token.value not in repr(token)
    assert "hidden" not in repr(Credentials("id", "hidden", "hidden"))


async def test_keys_can_be_changed_without_a_gap(
    zoho: RunningSandbox, agent: Callable[..., TokenSource]
) -> None:
    token = await agent(KEY).current()
    assert (await agent(OTHER_KEY, KEY).current()).value == token.value
    assert zoho.state.tokens.granted == 1


async def test_a_token_that_no_key_reads_is_replaced(
    zoho: RunningSandbox, agent: Callable[..., TokenSource]
) -> None:
    await agent(KEY).current()
    token = await agent(OTHER_KEY).current()
    assert zoho.state.tokens.granted == 2
    assert (await agent(OTHER_KEY).current()).value == token.value


async def test_a_token_near_its_end_is_not_used(
    zoho: RunningSandbox, engine: AsyncEngine, agent: Callable[..., TokenSource]
) -> None:
    old = await agent().current()
    await age(engine, 3600 - 59)
    assert (await agent().current()).value != old.value
    assert zoho.state.tokens.granted == 2


async def test_a_token_in_memory_is_not_used_beyond_its_end(
    zoho: RunningSandbox, engine: AsyncEngine, agent: Callable[..., TokenSource]
) -> None:
    clock = Clock()
    source = agent(clock=clock)
    old = await source.current()
    clock.now += 3530
    assert (await source.current()).value == old.value
    clock.now += 20
    await age(engine, 3550)
    assert (await source.current()).value != old.value
    assert zoho.state.tokens.granted == 2


async def test_a_token_without_lifetime_is_taken_for_an_hour(
    engine: AsyncEngine, session: aiohttp.ClientSession
) -> None:
    async with running_sandbox(omit_expires_in=True) as zoho:
        store = TokenStore(engine, SecretBox([KEY]))
        where = endpoints("us", zoho.base_url, zoho.base_url)
        await TokenSource(session, where, CREDENTIALS, store).current()
        stored = await store.read(CREDENTIALS.client_key(where.accounts_url))
    assert stored is not None
    assert 3500 < stored.seconds_left <= 3600


@pytest.mark.parametrize("status", [200, 400])
async def test_a_throttled_endpoint_is_asked_no_more(
    engine: AsyncEngine, session: aiohttp.ClientSession, status: int
) -> None:
    async with running_sandbox(throttle_status=status) as zoho:
        where = endpoints("us", zoho.base_url, zoho.base_url)
        form = {"grant_type": "refresh_token", "refresh_token": "sandbox", "client_id": "sandbox"}
        for _ in range(10):  # somebody else uses the same refresh token
            url = f"{zoho.base_url}/oauth/v2/token"
            async with session.post(url, data={**form, "client_secret": "sandbox"}) as response:
                assert "access_token" in await response.json()
        clock = Clock()
        source = TokenSource(session, where, CREDENTIALS, TokenStore(engine, SecretBox([KEY])), clock=clock)
        with pytest.raises(SyncError) as caught:
            await source.current()
        assert (caught.value.code, caught.value.fault) == ("ACCESS_DENIED", Fault.THROTTLED)
        before = zoho.control.count("POST", "/oauth/")
        with pytest.raises(SyncError) as caught:
            await source.current()
        assert (caught.value.action, caught.value.retry_after) == (Action.WAIT, 600)
        assert zoho.control.count("POST", "/oauth/") == before
        zoho.control.advance(minutes=10)
        clock.now += 601
        assert (await source.current()).value


async def test_an_agent_never_mints_more_than_five_in_ten_minutes(
    zoho: RunningSandbox, agent: Callable[..., TokenSource]
) -> None:
    clock = Clock()
    source = agent(clock=clock)
    token = await source.current()
    for _ in range(4):
        token = await source.replace(token)
    with pytest.raises(SyncError) as caught:
        await source.replace(token)
    assert (caught.value.code, caught.value.action) == ("TOKEN_BUDGET_SPENT", Action.WAIT)
    assert zoho.state.tokens.granted == 5
    clock.now += 601
    await source.replace(token)
    assert zoho.state.tokens.granted == 6


async def test_refused_credentials_stop_the_target(
    zoho: RunningSandbox, agent: Callable[..., TokenSource]
) -> None:
    source = agent(credentials=Credentials("sandbox", "sandbox", "revoked"))
    with pytest.raises(SyncError) as caught:
        await source.current()
    assert (caught.value.code, caught.value.action) == ("INVALID_CODE", Action.STOP_TARGET)


async def test_other_credentials_have_their_own_token(
    zoho: RunningSandbox, engine: AsyncEngine, agent: Callable[..., TokenSource]
) -> None:
    await agent().current()
    with pytest.raises(SyncError):
        await agent(credentials=Credentials("sandbox", "sandbox", "another")).current()


async def test_a_token_for_a_strange_host_is_neither_used_nor_stored(
    zoho: RunningSandbox, engine: AsyncEngine, agent: Callable[..., TokenSource]
) -> None:
    """Without a configured API address the sandbox's own is none of Zoho's."""
    where = endpoints("us", zoho.base_url, None)
    with pytest.raises(SyncError) as caught:
        await agent(where=where).current()
    assert caught.value.code == "UNKNOWN_API_DOMAIN"
    async with engine.connect() as connection:
        assert (await connection.execute(select(zoho_tokens))).first() is None


async def test_an_agent_that_dies_while_minting_lets_go(
    zoho: RunningSandbox, engine: AsyncEngine, agent: Callable[..., TokenSource]
) -> None:
    store = TokenStore(engine, SecretBox([KEY]))
    key = CREDENTIALS.client_key(zoho.base_url)

    async def die() -> None:
        async with store.locked(key) as row:
            await row.write("1000.half", zoho.base_url, 3600)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await die()
    token = await asyncio.wait_for(agent().current(), 10)
    assert token.value != "1000.half"
