"""The signed ping: Moodle asks, the agent checks the signature, calls Moodle in turn, and says what came of both."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from agent import __version__
from agent.findings import PLUGIN_VERSION
from tests.integration.test_api import Client, agent_of
from tests.integration.test_web_events import signed
from tests.support.world import MOODLE_SECRET, World, open_world

PING = "/v1/ping/moodle"
BODY = b'{"type":"ping"}'
OTHER_SECRET = "whsec_" + "YW5vdGhlciBzZWNyZXQgb2YgdGhlIHRlc3RzISEhISE="


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as opened:
        yield opened


async def ping(client: Client, secret: str = MOODLE_SECRET, *, age: int = 0) -> tuple[int, Any]:
    """Send a ping, signed so many seconds ago; returns status and answer."""
    headers = signed(secret, BODY, at=int(time.time()) - age)
    async with client.post(PING, data=BODY, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_both_ways_work_and_nothing_is_stored(world: World) -> None:
    async with agent_of(world) as client:
        status, said = await ping(client)
    assert status == 200
    assert (said["version"], said["plugin_needed"]) == (__version__, PLUGIN_VERSION)
    assert said["moodle"] == {"site": world.moodle.base_url, "error": None}
    assert await world.rows("SELECT 1 FROM integration_events_log") == []


async def test_a_wrong_or_stale_signature_is_refused(world: World) -> None:
    async with agent_of(world) as client:
        for status, said in (await ping(client, OTHER_SECRET), await ping(client, age=301)):
            assert status == 401
            assert "site" not in str(said)
        async with client.post(PING, data=BODY) as answer:
            assert answer.status == 401


async def test_what_is_wrong_on_the_way_back_is_said(world: World) -> None:
    settings = world.settings.model_copy(update={"moodle_token": SecretStr("wrong")})
    async with agent_of(replace(world, settings=settings)) as client:
        status, said = await ping(client)
    assert status == 200
    assert said["moodle"]["site"] == ""
    assert "INVALIDTOKEN" in said["moodle"]["error"]


async def test_another_site_than_the_databases_is_said(world: World) -> None:
    async with agent_of(world) as client:
        assert (await ping(client))[1]["moodle"]["error"] is None
    await world.execute("UPDATE extension_integrations SET address = 'https://old.example.org'")
    async with agent_of(world) as client:
        said = (await ping(client))[1]
    assert "FOREIGN_SIDE" in said["moodle"]["error"]
    assert said["moodle"]["site"] == world.moodle.base_url
