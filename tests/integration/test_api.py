"""The interfaces for operators and administrators, over HTTP, with a real PostgreSQL and both sandboxes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from sqlalchemy import text

from agent.app import create_app
from agent.findings import PLUGIN_VERSION
from agent.web.api.roles import digest, new_token
from agent.web.api.routes import OPERATIONS
from agent.web.problems import ProblemError
from agent.web.rate_limit import RateLimit
from tests.integration.test_web_events import signed
from tests.support.agent_process import command
from tests.support.world import MOODLE_SECRET, ZOHO_SECRET, World, open_world, until

STUDENTS = "BTEC_Students"
OPERATOR, ADMINISTRATOR = new_token(), new_token()
AS_OPERATOR = {"Authorization": f"Bearer {OPERATOR}"}
AS_ADMINISTRATOR = {"Authorization": f"Bearer {ADMINISTRATOR}", "X-Acting-User": "head.admin"}
TOKENS = {
    "api_operator_tokens": digest(OPERATOR),
    "api_administrator_tokens": f"{digest('a former token')},{digest(ADMINISTRATOR)}",
}
KNOWN = {"First_Name": "Leyla", "Last_Name": "Demo", "Academic_Email": "leyla@example.org"}

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def agent_of(world: World) -> AsyncIterator[Client]:
    async with TestClient(TestServer(create_app(world.settings))) as client:
        yield client


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, **TOKENS) as opened:
        yield opened


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with agent_of(world) as opened:
        yield opened


async def ask(
    client: Client, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str
) -> Any:
    """Ask as an administrator; the answer has to have this status."""
    given = {**AS_ADMINISTRATOR, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with client.request(method, path, json=body, headers=given) as answer:
        said = await answer.json(content_type=None)
        assert answer.status == status, said
        return said | {"etag": answer.headers.get("ETag")} if status < 300 else said


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
async def test_every_operation_asks_for_a_token_of_its_role(client: Client, one: Any) -> None:
    path = one.path.format(
        key="modules.enabled", number=1, entity="student", record_id="5725767000000415001", moodle_id=1
    )
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {OPERATOR}"}):
        async with client.request(one.method, path, headers=headers) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    async with client.request(one.method, path, headers=AS_OPERATOR) as answer:
        assert (answer.status == 403) == (one.role.name == "ADMINISTRATOR")
        assert answer.status != 401


async def test_no_token_is_kept_in_clear(world: World) -> None:
    assert OPERATOR not in repr(world.settings)
    assert ADMINISTRATOR not in repr(world.settings)


async def test_a_setting_is_read_changed_obeyed_and_reset(world: World, client: Client) -> None:
    before = await ask(client, "GET", "/v1/settings/modules.enabled")
    assert before["value"]["payment"] is True
    assert before["etag"] == before["tag"] == '"default"'
    changed = await ask(
        client, "PUT", "/v1/settings/modules.enabled", {"value": {"student": False}}, If_Match=before["etag"]
    )
    assert (changed["value"]["student"], changed["value"]["payment"]) == (False, True)
    assert (changed["updated_by"], changed["version"]) == ("head.admin", 1)
    student = world.zoho.control.create(STUDENTS, KNOWN, push=False)
    await ask(client, "POST", f"/v1/records/student/{student}/sync", status=202)
    await world.idle()
    (row,) = await world.rows("SELECT outcome FROM integration_events_log WHERE record_id = :id", id=student)
    assert row["outcome"] == "ignored"
    back = await ask(client, "DELETE", "/v1/settings/modules.enabled", If_Match=changed["etag"])
    assert back["value"] == back["default"]
    (reset, change) = (await ask(client, "GET", "/v1/settings-changes"))["records"]
    assert (change["record_id"], change["outcome"], change["fields"]) == (
        "modules.enabled",
        "changed",
        ["student"],
    )
    assert change["detail"]["by"] == "head.admin"
    assert reset["outcome"] == "reset"


async def test_all_settings_are_listed_with_what_they_may_be(client: Client) -> None:
    listed = (await ask(client, "GET", "/v1/settings"))["settings"]
    by_key = {one["key"]: one for one in listed}
    assert {"modules.enabled", "grading.rules", "system.dry_run", "events.rate_limit"} <= by_key.keys()
    for one in listed:
        assert one["description"]
        assert one["value_schema"]["type"] == "object"
        assert one["value"] == one["default"]


async def test_two_administrators_race_and_the_second_is_told(client: Client) -> None:
    before = await ask(client, "GET", "/v1/settings/retry.policy")
    first, second = {"value": {"max_tries": 5}}, {"value": {"max_tries": 7}}
    answers = await asyncio.gather(
        *(
            client.put(
                "/v1/settings/retry.policy",
                json=body,
                headers={**AS_ADMINISTRATOR, "If-Match": before["etag"]},
            )
            for body in (first, second)
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 412]
    now = await ask(client, "GET", "/v1/settings/retry.policy")
    winner = next(body for body, answer in zip((first, second), answers, strict=True) if answer.status == 200)
    assert now["value"]["max_tries"] == winner["value"]["max_tries"]
    assert now["version"] == 1
    # A tag of a state that came back by value is another state all the same.
    await ask(client, "DELETE", "/v1/settings/retry.policy", If_Match=now["etag"])
    again = await ask(client, "PUT", "/v1/settings/retry.policy", winner, If_Match="*")
    assert again["etag"] != now["etag"]
    await ask(client, "PUT", "/v1/settings/retry.policy", first, If_Match=now["etag"], status=412)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("retry.policy", {"max_tries": 0}, "value.max_tries"),
        ("retry.policy", {"tries": 3}, "value.tries"),
        (
            "moodle.roles",
            {"default_staff": [{"user": "x", "role": "Not A Role"}]},
            "value.default_staff.0.role",
        ),
        ("reconcile.schedule", {"full_at": "25:00"}, "value"),
        ("grading.rules", {"passing": 5}, "value"),
    ],
)
async def test_a_value_that_does_not_fit_names_the_field(
    client: Client, key: str, value: Any, field: str
) -> None:
    said = await ask(client, "PUT", f"/v1/settings/{key}", {"value": value}, If_Match="*", status=422)
    assert [one["field"] for one in said["errors"]] == [field]
    assert (await ask(client, "GET", f"/v1/settings/{key}"))["version"] == 0


async def test_a_change_without_a_tag_is_refused(client: Client) -> None:
    await ask(client, "PUT", "/v1/settings/retry.policy", {"value": {}}, status=428)
    await ask(client, "DELETE", "/v1/settings/retry.policy", status=428)
    await ask(client, "PUT", "/v1/settings/no.such", {"value": {}}, If_Match="*", status=404)


async def test_a_failed_event_is_found_understood_and_tried_again(world: World, client: Client) -> None:
    student = world.zoho.control.create(STUDENTS, {**KNOWN, "Academic_Email": None}, push=False)
    await ask(client, "POST", f"/v1/records/student/{student}/sync", status=202)
    await world.idle()
    listed = (await ask(client, "GET", "/v1/events?status=failed&entity=student"))["events"]
    (failed,) = [one for one in listed if one["record_id"] == student]
    story = (await ask(client, "GET", f"/v1/events/{failed['id']}"))["story"]
    assert story["event"]["error_message"]
    record = await ask(client, "GET", f"/v1/records/student/{student}")
    assert (record["record"]["state"], record["record"]["error_code"]) == ("error", failed["error_code"])
    world.zoho.control.edit(STUDENTS, student, {"Academic_Email": "leyla@example.org"}, push=False)
    assert (await ask(client, "POST", f"/v1/events/{failed['id']}/retry"))["retried"] == 1
    await world.idle()
    assert (await ask(client, "GET", f"/v1/events/{failed['id']}"))["story"]["event"]["status"] == "completed"
    await ask(client, "POST", f"/v1/events/{failed['id']}/retry", status=409)
    story = (await ask(client, "GET", f"/v1/events/{failed['id']}"))["story"]
    assert [one["operation"] for one in story["writes"]] == ["created", "created"] or story["writes"]


async def test_many_failed_events_are_tried_again_by_what_they_have_in_common(
    world: World, client: Client
) -> None:
    ids = [
        world.zoho.control.create(STUDENTS, {**KNOWN, "Academic_Email": None}, push=False) for _ in range(3)
    ]
    for student in ids:
        await ask(client, "POST", f"/v1/records/student/{student}/sync", status=202)
    await world.idle()
    (code,) = {one["error_code"] for one in (await ask(client, "GET", "/v1/events?status=failed"))["events"]}
    assert (await ask(client, "POST", "/v1/event-retries", {"error_code": "OTHER"}))["retried"] == 0
    assert (await ask(client, "POST", "/v1/event-retries", {"entity": "class"}))["retried"] == 0
    assert (await ask(client, "POST", "/v1/event-retries", {"error_code": code, "entity": "student"}))[
        "retried"
    ] == 3


async def test_events_come_page_by_page(world: World, client: Client) -> None:
    for number in range(5):
        await world.runtime.enqueue("student", [f"572576700000041500{number}"])
    await world.idle()
    seen: list[int] = []
    path = "/v1/events?limit=2"
    while path:
        page = await ask(client, "GET", path)
        seen += [one["id"] for one in page["events"]]
        path = f"/v1/events?limit=2&before={page['next']}" if page["next"] else ""
    assert len(seen) >= 5
    assert seen == sorted(set(seen), reverse=True)


async def test_a_pass_is_started_and_followed_and_drift_shows_what_differs(
    world: World, client: Client
) -> None:
    started = await ask(client, "POST", "/v1/syncs", {}, status=202)
    assert "student" in started["modules"]

    async def over() -> bool:
        runs = (await ask(client, "GET", "/v1/runs?limit=200"))["runs"]
        return len(runs) >= len(started["modules"]) and all(run["status"] != "running" for run in runs)

    await until(over)
    (run,) = (await ask(client, "GET", "/v1/runs?entity=student"))["runs"]
    assert run["kind"] == "full"
    records = (await ask(client, "GET", f"/v1/runs/{run['id']}/records"))["records"]
    assert {one["outcome"] for one in records} >= {"created"}
    assert len(records) == sum(number for name, number in run["counts"].items() if name != "unchanged")
    student = records[0]["record_id"]
    world.zoho.control.edit(STUDENTS, student, {"First_Name": "Other"}, push=False)
    await ask(client, "POST", "/v1/drifts", {"modules": ["student"]}, status=202)

    async def compared() -> list[Any]:
        runs = (await ask(client, "GET", "/v1/runs?kind=drift&entity=student"))["runs"]
        return [one for one in runs if one["status"] == "completed"]

    await until(compared)
    (drift,) = await compared()
    (difference,) = (await ask(client, "GET", f"/v1/runs/{drift['id']}/records"))["records"]
    assert (difference["record_id"], difference["outcome"], difference["fields"]) == (
        student,
        "update",
        ["firstname"],
    )
    assert drift["counts"]["update"] == 1
    await ask(client, "POST", "/v1/syncs", {"modules": ["studnet"]}, status=422)


async def test_a_pass_is_refused_while_another_goes_on(world: World, client: Client) -> None:
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        held.set()
        await release.wait()

    other = asyncio.create_task(world.runtime.passes._lead.alone(hold()))
    await held.wait()
    for path in ("/v1/syncs", "/v1/drifts"):
        said = await ask(client, "POST", path, {}, status=409)
        assert "Another pass" in said["detail"]
    release.set()
    await other
    await ask(client, "POST", "/v1/drifts", {"modules": ["teacher"]}, status=202)


async def test_everything_of_a_student_is_shown_and_synced_by_her_account(
    world: World, client: Client
) -> None:
    await world.sync()
    (row,) = await world.rows(
        "SELECT s.record_id, s.moodle_id FROM sync_students s JOIN sync_payments p"
        " ON p.source_state->>'student' = s.record_id ORDER BY 1 LIMIT 1"
    )
    told = await ask(client, "GET", f"/v1/accounts/{row['moodle_id']}")
    assert told["zoho_id"] == row["record_id"]
    entities = {one["entity"] for one in told["records"]}
    assert {"student", "finance", "registration", "payment"} <= entities
    assert told == {**await ask(client, "GET", f"/v1/students/{row['record_id']}")}
    looked = await ask(client, "POST", f"/v1/students/{row['record_id']}/sync", status=202)
    assert looked["records"] == len([one for one in told["records"] if one["entity"] != "finance"])
    await ask(client, "GET", "/v1/accounts/999999", status=404)
    await ask(client, "GET", "/v1/students/5725767000009999999", status=404)


async def test_the_status_says_how_everything_stands(world: World, client: Client) -> None:
    await world.sync("student")
    await world.runtime.enqueue("student", ["1"])
    await world.idle()

    async def seen() -> bool:
        return bool((await ask(client, "GET", "/v1/status"))["moodle"]["status"])

    await until(seen)
    status = await ask(client, "GET", "/v1/status")
    assert status["moodle"]["status"]["pluginversion"]
    assert status["inbox"]["pending"] == 0
    assert status["inbox"]["due_seconds"] is None
    assert status["stopped"] == []
    assert status["agent"]["plugin_needed"] == PLUGIN_VERSION
    assert status["zoho"]["error"] is None
    assert status["zoho"]["asked_at"]
    (student,) = [one for one in status["modules"] if one["entity"] == "student"]
    assert student["standing"]["records"]["synced"] > 0
    assert (student["enabled"], student["dry_run"], student["off"]) == (True, False, None)
    assert (await ask(client, "GET", "/v1/status/days"))["days"]


async def test_the_status_says_that_zoho_gives_no_token(world: World) -> None:
    settings = world.settings.model_copy(update={"zoho_refresh_token": SecretStr("a withdrawn one")})
    async with agent_of(replace(world, settings=settings)) as client:

        async def told() -> str:
            return str((await ask(client, "GET", "/v1/status"))["zoho"]["error"] or "")

        await until(told)
        assert "authorise the agent again" in await told()


async def test_the_status_names_what_is_stopped(world: World) -> None:
    settings = world.settings.model_copy(update={"moodle_token": SecretStr("a withdrawn one")})
    async with agent_of(replace(world, settings=settings)) as client:
        student = world.zoho.control.create(STUDENTS, KNOWN, push=False)
        await ask(client, "POST", f"/v1/records/student/{student}/sync", status=202)

        async def stopped() -> bool:
            return bool((await ask(client, "GET", "/v1/status"))["stopped"])

        await until(stopped)
        (one,) = (await ask(client, "GET", "/v1/status"))["stopped"]
        assert (one["target"], one["code"]) == ("moodle", "INVALIDTOKEN")


async def test_only_trying_writes_nothing_and_says_what_it_would_do(world: World, client: Client) -> None:
    await ask(client, "PUT", "/v1/settings/system.dry_run", {"value": {"modules": ["student"]}}, If_Match="*")
    student = world.zoho.control.create(STUDENTS, KNOWN, push=False)
    await ask(client, "POST", f"/v1/records/student/{student}/sync", status=202)
    await world.idle()
    (event,) = (await ask(client, "GET", f"/v1/events?record_id={student}"))["events"]
    assert event["outcome"] == "dry_run"
    result = (await ask(client, "GET", f"/v1/events/{event['id']}"))["story"]["result"]
    assert (result["side"], result["would"]) == ("moodle", "upsert_students")
    assert "email" in result["fields"][0]
    await ask(client, "POST", "/v1/syncs", {"modules": ["student", "teacher"]}, status=202)

    async def over() -> bool:
        runs = (await ask(client, "GET", "/v1/runs"))["runs"]
        return {run["entity"] for run in runs if run["status"] == "completed"} >= {"student", "teacher"}

    await until(over)
    (run,) = (await ask(client, "GET", "/v1/runs?entity=student"))["runs"]
    assert run["kind"] == "dry_run"
    assert run["counts"]["create"] > 0
    assert world.moodle.control.count("upsert_students") == 0
    assert world.moodle.control.count("upsert_teachers") > 0
    await ask(client, "DELETE", "/v1/settings/system.dry_run", If_Match="*")
    await ask(client, "POST", f"/v1/records/student/{student}/sync", status=202)
    await world.idle()
    assert (await ask(client, "GET", f"/v1/records/student/{student}"))["record"]["agreed"] is True


async def test_a_sender_who_delivers_too_much_is_told_to_wait_and_the_other_is_not(
    world: World, client: Client
) -> None:
    await ask(client, "PUT", "/v1/settings/events.rate_limit", {"value": {"per_minute": 3}}, If_Match="*")

    async def deliver(path: str, secret: str, body: bytes, number: int) -> Any:
        headers = signed(secret, body, message_id=f"msg_{number}", at=int(time.time()))
        async with client.post(path, data=body, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After")

    student = b'{"type":"student.updated","data":{"module":"BTEC_Students","id":"5725767000000415001"}}'
    grade = b'{"type":"grade.updated","data":{"key":"34_12_7","origin":"moodle","grade":null}}'
    said = [await deliver("/v1/events/zoho/student", ZOHO_SECRET, student, number) for number in range(5)]
    assert [status for status, _ in said] == [202, 202, 202, 429, 429]
    assert int(said[-1][1]) >= 1
    assert (await deliver("/v1/events/moodle/grade", MOODLE_SECRET, grade, 9))[0] == 202
    # Who cannot prove who he is uses nothing up.
    assert (await deliver("/v1/events/moodle/grade", ZOHO_SECRET, grade, 10))[0] == 401
    assert [(await deliver("/v1/events/moodle/grade", MOODLE_SECRET, grade, n))[0] for n in (11, 12, 13)] == [
        202,
        202,
        429,
    ]
    await ask(client, "PUT", "/v1/settings/events.rate_limit", {"value": {"per_minute": None}}, If_Match="*")
    assert (await deliver("/v1/events/zoho/student", ZOHO_SECRET, student, 20))[0] == 202


async def test_the_limit_is_shared_by_all_agents(world: World, client: Client) -> None:
    await ask(client, "PUT", "/v1/settings/events.rate_limit", {"value": {"per_minute": 8}}, If_Match="*")
    async with agent_of(world):  # a second one

        async def two() -> bool:
            return await world.runtime.inbox.living_agents() == 2

        await until(two)
        limit = RateLimit(world.runtime.engine.modules.settings, world.runtime.inbox.living_agents)
        for _ in range(4):
            await limit.check("zoho")
        with pytest.raises(ProblemError, match="Too many"):
            await limit.check("zoho")


async def test_without_a_database_it_says_503(world: World) -> None:
    async with agent_of(world) as client:
        async with world.runtime.database.begin() as connection:
            await connection.execute(text("ALTER TABLE app_settings RENAME TO app_settings_away"))
        said = await ask(client, "GET", "/v1/settings", status=503)
        assert "database" in said["detail"]


async def test_the_document_names_every_operation(client: Client) -> None:
    async with client.get("/v1/openapi.json") as answer:
        document = await answer.json()
    assert document["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert named == {(one.method, one.path) for one in OPERATIONS}


async def test_the_commands_count_retry_and_clean_events(world: World) -> None:
    student = world.zoho.control.create(STUDENTS, {**KNOWN, "Academic_Email": None}, push=False)
    await world.runtime.enqueue("student", [student])
    async with world.workers():
        await world.idle()
    status = await command(world.settings, "events-status", "--json")
    told = json.loads(status.stdout)
    assert (status.returncode, told["failed"]) == (1, 1)
    assert told["newest_failed"][0]["record_key"] == f"student:{student}"
    await world.execute("UPDATE integration_events_log SET received_at = now() - interval '3 hours'")
    assert json.loads((await command(world.settings, "retry-failed", "--hours", "1", "--json")).stdout) == {
        "retried": 0
    }
    assert json.loads((await command(world.settings, "retry-failed", "--hours", "4", "--json")).stdout) == {
        "retried": 1
    }
    await world.execute(
        "UPDATE integration_events_log SET status = 'completed', finished_at = now() - interval '10 days'"
    )
    counted = await command(world.settings, "cleanup-events", "--days", "9", "--dry-run", "--json")
    assert json.loads(counted.stdout) == {"dry_run": True, "completed": 1, "failed": 0}
    assert (await command(world.settings, "cleanup-events", "--days", "11")).stdout.startswith("0 completed")
    assert (await command(world.settings, "cleanup-events", "--days", "9")).stdout.startswith("1 completed")
    assert await world.rows("SELECT 1 FROM integration_events_log") == []


async def test_the_doctor_speaks_json(world: World) -> None:
    done = await command(world.settings, "doctor", "--json")
    found = json.loads(done.stdout)
    assert {"level", "subject", "text", "remedy"} == found[0].keys()
    assert {one["subject"] for one in found} >= {"settings", "database", "zoho", "moodle", "clocks"}
