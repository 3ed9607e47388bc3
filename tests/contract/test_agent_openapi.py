"""The agent against its own OpenAPI document: what is sent may be anything, what is answered is documented."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.web.api.roles import digest, new_token
from tests.support.agent_process import AgentProcess
from tests.support.world import open_world

TOKEN = new_token()
# Rules between the fields of one setting cannot be written in its schema, and whether a tag is of this moment neither.
RULES = """
[[operations]]
include-name = "PUT /v1/settings/{key}"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 412, 422, 428, 503]

[[operations]]
include-name = "DELETE /v1/settings/{key}"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 412, 428, 503]
"""
EXAMPLES = int(os.environ.get("ZOHOSYNC_API_EXAMPLES", "20"))  # an operation; 100 make 2,000 in all


@pytest.fixture
async def agent(database_url: str, tmp_path: Path) -> AsyncIterator[AgentProcess]:
    async with open_world(database_url, api_administrator_tokens=digest(TOKEN)) as world:
        await world.sync("student", "teacher")
        process = AgentProcess.of(world.settings, tmp_path)
        await process.start()
        yield process
        process.stop()


@pytest.mark.timeout(900)
async def test_nothing_that_is_sent_gets_an_answer_that_is_not_documented(
    agent: AgentProcess, tmp_path: Path
) -> None:
    rules = tmp_path / "schemathesis.toml"
    rules.write_text(RULES)
    argv = [
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(rules), "run",
        f"{agent.url}/v1/openapi.json",
        "--header", f"Authorization: Bearer {TOKEN}",
        "--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "1",
        "--request-timeout", "30", "--no-color",
    ]  # fmt: skip
    done = await asyncio.to_thread(
        subprocess.run, argv, capture_output=True, text=True, cwd=tmp_path, timeout=800
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Traceback" not in agent.log.read_text()
