"""`zohosync zoho setup`: what Zoho needs is planned, made, checked and taken away, by rules and by channels."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pydantic import SecretStr

from agent.app import open_runtime
from agent.entities.registry import SLUGS
from agent.provisioning.channels import Channels, channel_id
from agent.provisioning.steps import Step, carry_out
from agent.sandbox.zoho.metadata import Field
from agent.store.mappings import MappingStore
from ops.postgres import free_port
from tests.support.agent_process import AgentProcess, command
from tests.support.world import World, open_world, until

URL = "https://agent.college.example.org"
HEADER_SECRET = "header-secret-of-the-tests"
CHANNEL_TOKEN = "token-of-the-tests"
STUDENTS, GRADES = "BTEC_Students", "BTEC_Grades"
KEY = "Moodle_Grade_Composite_Key"
LEYLA = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "leyla@college.example.org"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    secrets = {"zoho_header_secrets": HEADER_SECRET, "zoho_notification_tokens": CHANNEL_TOKEN}
    async with open_world(database_url, college=0, **secrets) as world:
        yield world


async def setup(world: World, *words: str, url: str = URL) -> CompletedProcess[str]:
    return await command(world.settings, "zoho", "setup", "--url", url, *words)


def kept(world: World, kind: str) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in world.zoho.state.automation.items[kind].values()}


def writes(world: World) -> list[str]:
    paths = ("/settings/", "/actions/watch")
    return [
        f"{call.method} {call.path}"
        for call in world.zoho.state.log
        if call.method != "GET" and any(part in call.path for part in paths)
    ]


def fields(world: World, module: str) -> dict[str, Field]:
    return dict(world.zoho.state.modules[module].fields)


def change_fields(world: World, module: str, changed: dict[str, Field]) -> None:
    modules = world.zoho.state.modules
    modules[module] = replace(modules[module], fields=changed)


async def done(steps: list[Step]) -> None:
    async for step, failed in carry_out(steps):
        assert failed is None, (step, failed)


async def test_the_plan_writes_nothing(world: World) -> None:
    planned = await setup(world)
    assert planned.returncode == 0, planned.stderr
    assert f"create  webhook Moodle sync student changed: POST {URL}/v1/events/zoho/student" in planned.stdout
    assert "create  workflow rule Moodle sync request deleted" in planned.stdout
    assert HEADER_SECRET not in planned.stdout + planned.stderr
    assert writes(world) == []
    assert (await setup(world, "--check")).returncode == 1


async def test_applied_twice_the_second_time_changes_nothing(world: World) -> None:
    first = await setup(world, "--apply")
    assert first.returncode == 0, first.stdout + first.stderr
    rules, webhooks = kept(world, "workflow_rules"), kept(world, "webhooks")
    assert len(rules) == len(webhooks) == 2 * len(SLUGS)
    before = json.dumps(world.zoho.state.automation.items)
    made = len(writes(world))

    again = await setup(world, "--apply")

    assert again.returncode == 0
    assert len(writes(world)) == made
    assert json.dumps(world.zoho.state.automation.items) == before
    assert (await setup(world, "--check")).returncode == 0
    assert (await world.runtime.engine.modules.settings.one("zoho.push")).value == {"by": "rules"}


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("workflow_rules", None, "create  workflow rule Moodle sync student changed"),
        ("workflow_rules", {"status": {"active": False}}, "workflow rule Moodle sync student changed: not active"),
        ("webhooks", {"url": "https://elsewhere.example.org/"}, "change  webhook Moodle sync student changed: url"),
        ("webhooks", {"headers": None}, "change  webhook Moodle sync student changed: secret"),
        ("webhooks", {"body": None}, "change  webhook Moodle sync student changed: body"),
    ],
)  # fmt: skip
async def test_check_finds_what_somebody_changed_and_apply_puts_it_right(
    world: World, kind: str, change: dict[str, Any] | None, said: str
) -> None:
    await done(await world.runtime.provisioner.steps("rules", URL))
    items = world.zoho.state.automation.items[kind]
    number = kept(world, kind)["Moodle sync student changed"]["id"]
    if change is None:
        del items[number]
    else:
        items[number].update(change)

    found = await setup(world, "--check")
    assert found.returncode == 1
    assert said in found.stdout
    assert (await setup(world, "--apply")).returncode == 0
    assert (await setup(world, "--check")).returncode == 0


async def test_a_rule_of_the_colleges_own_is_left_alone_and_ours_are_taken_away(world: World) -> None:
    await done(await world.runtime.provisioner.steps("rules", URL))
    automation = world.zoho.state.automation
    ours = kept(world, "webhooks")["Moodle sync student changed"]
    own = {part: ours[part] for part in ("module", "url", "http_method", "authentication")}
    automation.create("webhooks", {"webhooks": [{**own, "name": "Call the registrar"}]})

    planned = await setup(world, "--remove")
    assert "remove  workflow rule Moodle sync student changed" in planned.stdout
    assert len(kept(world, "workflow_rules")) == 2 * len(SLUGS)
    removed = await setup(world, "--remove", "--apply")

    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert kept(world, "workflow_rules") == {}
    assert list(kept(world, "webhooks")) == ["Call the registrar"]
    assert (await world.runtime.engine.modules.settings.one("zoho.push")).value == {"by": "none"}


async def test_another_module_gets_another_webhook(world: World) -> None:
    await done(await world.runtime.provisioner.steps("rules", URL))
    await MappingStore(world.runtime.database).set("request", "module", "BTEC_Payments")
    assert (await setup(world, "--apply")).returncode == 1, "payments lack the fields of requests"
    for kind in ("webhooks", "workflow_rules"):
        assert kept(world, kind)["Moodle sync request changed"]["module"]["api_name"] == "BTEC_Payments"
        assert len(kept(world, kind)) == 2 * len(SLUGS)


async def test_rules_made_so_tell_the_agent(world: World, tmp_path: Path) -> None:
    port = free_port()
    agent = AgentProcess.of(world.settings, tmp_path, port)
    await agent.start()
    try:
        applied = await setup(world, "--apply", url=agent.url)
        assert applied.returncode == 0, applied.stdout + applied.stderr
        student = world.zoho.control.create(STUDENTS, LEYLA)

        async def told() -> bool:
            query = "SELECT 1 FROM integration_events_log WHERE record_id = :id AND status = 'completed'"
            return bool(await world.rows(query, id=student))

        await until(told)
        assert any(user.email == LEYLA["Academic_Email"] for user in world.moodle.control.site.users.values())
        world.zoho.control.delete(STUDENTS, student)

        async def suspended() -> bool:
            users = world.moodle.control.site.users.values()
            return all(user.suspended for user in users if user.email == LEYLA["Academic_Email"])

        await until(suspended)
        events = await world.rows(
            "SELECT event_type FROM integration_events_log WHERE source = 'zoho' ORDER BY id"
        )
        assert [row["event_type"] for row in events] == ["edit", "delete"]
    finally:
        agent.stop()


async def test_a_field_that_is_missing_is_made_and_a_key_becomes_unique(world: World) -> None:
    student, grade = fields(world, STUDENTS), fields(world, GRADES)
    del student["Synced_to_Moodle"], student["Student_Moodle_ID"]
    change_fields(world, STUDENTS, student)
    change_fields(world, GRADES, grade | {KEY: replace(grade[KEY], unique=False)})

    applied = await setup(world, "--apply")

    assert applied.returncode == 0, applied.stdout + applied.stderr
    made = fields(world, STUDENTS)
    assert (made["Synced_to_Moodle"].data_type, made["Student_Moodle_ID"].data_type) == ("boolean", "text")
    assert fields(world, GRADES)[KEY].unique
    assert (await setup(world, "--check")).returncode == 0


async def test_what_the_api_cannot_make_is_said_with_the_clicks(world: World) -> None:
    grade = fields(world, GRADES)
    del grade[KEY], grade["Grade"]
    change_fields(world, GRADES, grade)
    applied = await setup(world, "--apply")
    assert applied.returncode == 1
    lines = [line for line in applied.stdout.splitlines() if f"field {GRADES}.{KEY}" in line]
    assert len(lines) == 1, applied.stdout + applied.stderr
    line = lines[0]
    assert line.startswith("by hand")
    assert '"Do not allow duplicate values"' in line
    assert f"API name {KEY}" in line
    assert any(f"by hand field {GRADES}.Grade" in line for line in applied.stdout.splitlines())
    assert KEY not in fields(world, GRADES)


async def test_channels_are_opened_renewed_and_closed(world: World) -> None:
    provisioner = world.runtime.provisioner
    assert (await setup(world, "--by", "channels", "--apply")).returncode == 0
    channels = world.zoho.state.channels
    assert len(channels.alive()) == len(SLUGS)
    assert all(channel.token == CHANNEL_TOKEN for channel in channels.alive())
    first = {channel.channel_id: channel.expires for channel in channels.alive()}
    now = world.zoho.state.clock.now()
    assert all(timedelta(days=6) < expires - now < timedelta(days=7) for expires in first.values())
    assert all(step.settled for step in await provisioner.pushes("channels", URL))

    students = Channels(world.runtime.zoho.administration, {"student": STUDENTS}, URL, CHANNEL_TOKEN)
    [soon] = await students.steps(now + timedelta(days=3))
    [late] = await students.steps(now + timedelta(days=4))
    assert (soon.action, late.action) == ("keep", "change")
    world.zoho.control.advance(days=4)
    await done([late])
    renewed = {channel.channel_id: channel.expires for channel in channels.alive()}
    assert renewed[channel_id("student")] > first[channel_id("student")] + timedelta(days=3)
    removed = await setup(world, "--remove", "--apply")
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert channels.alive() == []


async def test_a_token_that_zoho_would_cut_is_refused(world: World) -> None:
    long = world.settings.model_copy(update={"zoho_notification_tokens": [SecretStr("t" * 51)]})
    refused = await command(long, "zoho", "setup", "--url", URL, "--by", "channels")
    assert refused.returncode == 2
    assert "more than 50 characters" in refused.stderr


async def test_functions_are_printed_without_their_secret(world: World) -> None:
    told = await setup(world, "--by", "functions")
    assert told.returncode == 0
    assert 'zoho.crm.getOrgVariable("zohosync_secret")' in told.stdout
    assert f'url :"{URL}/v1/events/zoho/enrollment"' in told.stdout
    secrets = [secret.get_secret_value() for secret in world.settings.zoho_webhook_secrets]
    assert not any(secret in told.stdout for secret in secrets)


@pytest.mark.parametrize(
    "url", ["http://agent.college.example.org", "agent", "https://me:pw@agent.example.org"]
)
async def test_an_address_that_would_tell_the_secret_is_refused(world: World, url: str) -> None:
    refused = await setup(world, url=url)
    assert refused.returncode == 2
    assert "--url" in refused.stderr
    assert writes(world) == []


async def test_without_a_secret_nothing_is_made(world: World) -> None:
    bare = world.settings.model_copy(update={"zoho_header_secrets": []})
    refused = await command(bare, "zoho", "setup", "--url", URL, "--apply")
    assert refused.returncode == 2
    assert "ZOHOSYNC_ZOHO_HEADER_SECRETS is empty" in refused.stderr
    assert writes(world) == []


async def test_what_zoho_refuses_stops_nothing_else_and_is_told(world: World) -> None:
    world.zoho.control.fail(
        "server_error", count=1, method="POST", path="/crm/v8/settings/automation/webhooks"
    )
    applied = json.loads((await setup(world, "--apply", "--json")).stdout)
    failed = [row["subject"] for row in applied["steps"] if row.get("failed")]
    assert failed == ["webhook Moodle sync program changed", "workflow rule Moodle sync program changed"]
    assert len(kept(world, "workflow_rules")) == 2 * len(SLUGS) - 1
    assert (await setup(world, "--apply")).returncode == 0
    assert len(kept(world, "workflow_rules")) == 2 * len(SLUGS)


async def test_the_agent_keeps_channels_open_where_it_is_set_to(world: World) -> None:
    public = world.settings.model_copy(update={"public_url": URL})
    async with open_runtime(public) as runtime:
        await runtime.provisioner.keep_channels()
        assert world.zoho.state.channels.alive() == [], "nobody asked for any"
        await runtime.engine.modules.settings.set("zoho.push", {"by": "channels"}, by="test")
        await runtime.provisioner.keep_channels()
        assert len(world.zoho.state.channels.alive()) == len(SLUGS)
