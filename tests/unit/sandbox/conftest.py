"""A sandbox whose clock stands still, a caller with a token, and somebody who receives its pushes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from agent.sandbox.zoho import running_sandbox
from tests.unit.sandbox.calling import START, Receiver, Zoho


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{tail:.*}", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    await runner.cleanup()


@pytest.fixture
def knobs() -> dict[str, Any]:
    """Override to start the sandbox differently (`@pytest.mark.parametrize("knobs", [...])`)."""
    return {}


@pytest.fixture
async def zoho(knobs: dict[str, Any]) -> AsyncIterator[Zoho]:
    async with (
        running_sandbox(**{"start": START, **knobs}) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        yield Zoho(sandbox, session)


@pytest.fixture
async def pushing(receiver: Receiver, knobs: dict[str, Any]) -> AsyncIterator[Zoho]:
    """A sandbox whose workflow webhooks go to the receiver."""
    wired = {
        "start": START,
        "webhook_url": receiver.url + "/v1/events/zoho/{slug}",
        "webhook_secret": "a-text-key-of-the-deluge-function",
        **knobs,
    }
    async with running_sandbox(**wired) as sandbox, aiohttp.ClientSession() as session:
        yield Zoho(sandbox, session)
