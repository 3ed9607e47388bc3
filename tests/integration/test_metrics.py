"""GET /metrics: what is promised to Prometheus is there, in few series, for operators only; each alert can fire."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as families

from agent.web.api.roles import digest
from ops.postgres import free_port
from tests.support.agent_process import AgentProcess
from tests.support.people import STUDENTS, add_student
from tests.support.world import ZOHO_SECRET, World, open_world

PROJECT = Path(__file__).resolve().parent.parent.parent
RULES = PROJECT / "ops" / "watch" / "rules.yml"
OPERATOR = "operators-token-of-the-tests"
AS_OPERATOR = {"Authorization": f"Bearer {OPERATOR}"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    changes = {"zoho_header_secrets": ZOHO_SECRET, "api_operator_tokens": digest(OPERATOR)}
    async with open_world(database_url, college=0, **changes) as world:
        yield world


@pytest.fixture
async def agent(world: World, tmp_path: Path) -> AsyncIterator[AgentProcess]:
    agent = await AgentProcess.of(world.settings, tmp_path, free_port()).start()
    yield agent
    agent.stop()


async def scraped(agent: AgentProcess) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read every series."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{agent.url}/metrics", headers=AS_OPERATOR) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        text = await answer.text()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families(text)
        for sample in family.samples
    }


async def deliver(agent: AgentProcess, body: Any, **headers: str) -> int:
    url = f"{agent.url}/v1/events/zoho/student"
    given = {"X-Webhook-Secret": ZOHO_SECRET, **headers}
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=given) as answer:
        return answer.status


def value(found: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


async def test_work_is_counted(world: World, agent: AgentProcess) -> None:
    student = add_student(world)
    body = {"type": "student.updated", "data": {"module": STUDENTS, "id": student}}
    assert await deliver(agent, body) == 202
    assert await deliver(agent, body | {"data": {"id": "none"}}) == 400
    await world.idle()
    found = await scraped(agent)
    route = "/v1/events/zoho/{slug}"
    assert value(found, "zohosync_http_request_seconds_count", route=route, status="202") == 1
    assert value(found, "zohosync_http_request_seconds_count", route=route, status="400") == 1
    assert value(found, "zohosync_event_seconds_count", entity="student", outcome="applied") == 1
    for target in ("zoho", "moodle"):
        assert value(found, "zohosync_call_seconds_count", target=target, answer="2xx") > 0
    assert value(found, "zohosync_events", status="failed") == 1  # the one that was no event
    assert value(found, "zohosync_events", status="pending") == 0
    assert value(found, "zohosync_records", entity="student", state="synced") == 1
    assert value(found, "zohosync_target_stopped", target="zoho") == 0


async def test_nobody_makes_series_by_what_he_sends(world: World, agent: AgentProcess) -> None:
    async def bad(number: int) -> None:
        await deliver(
            agent, {"type": f"t{number}", "data": {"id": f"x{number}"}}, **{"webhook-id": f"m{number}"}
        )
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{agent.url}/no/such/{number}", headers=AS_OPERATOR),
        ):
            pass

    await bad(0)
    before = set(await scraped(agent))
    for number in range(1, 60):
        await bad(number)
    assert {name for name, _ in set(await scraped(agent)) - before} <= {
        "zohosync_http_request_seconds_bucket",
        "zohosync_http_request_seconds_count",
        "zohosync_http_request_seconds_sum",
        "zohosync_http_request_seconds_created",
    }
    assert len(set(await scraped(agent)) - before) < 20  # of /metrics itself, which was asked for in between


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_without_a_token_nothing_is_told(agent: AgentProcess, headers: dict[str, str]) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{agent.url}/metrics", headers=headers) as answer,
    ):
        assert answer.status == 401
        assert "zohosync_" not in await answer.text()


async def test_every_alert_looks_at_what_there_is_and_has_a_runbook(
    world: World, agent: AgentProcess
) -> None:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    assert await deliver(agent, {"data": {"id": add_student(world)}}) == 202
    await world.idle()
    await world.runtime.passes.by_hand(world.runtime.passes.parts)
    told = {name for name, _ in await scraped(agent)}
    names = set(re.findall(r"\bzohosync_\w+", " ".join(rule["expr"] for rule in rules)))
    assert len(names) > 8
    optional = {
        "zohosync_zoho_credits",
        "zohosync_outbox",
        "zohosync_moodle_cron_timestamp_seconds",
    }  # once told
    assert names - told <= optional
    heads = re.findall(r"^## (.+)$", (PROJECT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    books = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    assert {rule["annotations"]["runbook"].partition("#")[2] for rule in rules} == books
