"""The sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import re
import sys

import aiohttp
import pytest

from agent.sandbox.zoho import SandboxOptions

PROGRAM = "from agent.sandbox.zoho import run_zoho_sandbox; run_zoho_sandbox(port=0, college=3, seed=2)"


async def test_it_serves_says_where_and_ends_when_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-c", PROGRAM, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        found = None
        while found is None:
            line = await process.stdout.readline()
            assert line, "it ended before it served"
            found = re.search(rb"http://127\.0\.0\.1:\d+", line)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{found[0].decode()}/sandbox/state") as response,
        ):
            assert (await response.json())["records"]["BTEC_Students"] == 3
        process.terminate()
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_webhooks_need_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        SandboxOptions(webhook_url="http://127.0.0.1:1/{slug}")
