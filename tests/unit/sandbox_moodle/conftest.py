"""A running Moodle sandbox, and the agent's own client to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from agent.moodle.client import MoodleClient
from agent.sandbox.moodle import RunningMoodle, running_moodle_sandbox


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def moodle() -> AsyncIterator[RunningMoodle]:
    async with running_moodle_sandbox() as running:
        yield running


@pytest.fixture
def client(moodle: RunningMoodle, session: aiohttp.ClientSession) -> MoodleClient:
    return MoodleClient(session, moodle.base_url, moodle.token, concurrency=3, backoff_seconds=0.001)
