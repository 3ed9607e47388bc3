"""The two addresses that take events, over HTTP and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agent.app import create_app
from agent.config import Settings
from agent.inbox.repository import InboxRepository
from agent.store.settings import SettingsStore
from agent.web import events, health
from agent.web.api.metrics import METRICS
from agent.web.api.operations import Operation
from agent.web.api.routes import OPERATIONS
from agent.web.authentication import Senders
from agent.web.rate_limit import RateLimit
from agent.web.routes import add_routes
from agent.web.signatures import key_of, sign
from ops.postgres import free_port
from tests.integration.inbox_help import rows

NOW = 1795374000
ID, OTHER_ID = "5725767000000415001", "5725767000000415002"
TEXT_KEY, OLD_TEXT_KEY = "generated-text-key-new", "generated-text-key-old"
HEADER_SECRET, TOKEN = "generated-header-secret", "generated-echo-token"
MOODLE_KEY = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
OLD_MOODLE_KEY = "whsec_" + base64.b64encode(b"fedcba9876543210fedcba9876543210").decode()
STUDENT = b'{"type":"student.updated","data":{"module":"BTEC_Students","id":"5725767000000415001"}}'
GRADE = b'{"type":"grade.updated","data":{"key":"34_12_7","origin":"moodle","grade":null}}'
ZOHO, MOODLE = "/v1/events/zoho/student", "/v1/events/moodle/grade"

ENVIRONMENT = {
    "database_url": SecretStr("postgresql+psycopg://nobody@127.0.0.1:9/nothing"),
    "moodle_webhook_secrets": [SecretStr(MOODLE_KEY)],
    "zoho_webhook_secrets": [],
    "zoho_header_secrets": [],
    "zoho_notification_tokens": [],
    "api_operator_tokens": [],
    "api_administrator_tokens": [],
}

Client = TestClient[web.Request, web.Application]
Start = Callable[..., Awaitable[Client]]


def sender_settings(**values: Any) -> Senders:
    """Build senders by way of the settings, as the agent does; every form is configured unless told otherwise."""
    given = {
        "zoho_webhook_secrets": [TEXT_KEY, OLD_TEXT_KEY],
        "zoho_header_secrets": [HEADER_SECRET],
        "zoho_notification_tokens": [TOKEN],
        "moodle_webhook_secrets": [MOODLE_KEY, OLD_MOODLE_KEY],
        **values,
    }
    return Senders.of(
        Settings.model_construct(
            **{name: [SecretStr(text) for text in texts] for name, texts in given.items()}
        )
    )


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start an agent's web side on an engine."""
    clients: list[Client] = []

    async def start_client(engine: AsyncEngine, **senders: Any) -> Client:
        app = web.Application()

        async def readiness() -> str | None:
            return await health.database_not_ready(engine)

        add_routes(
            app,
            inbox=InboxRepository(engine),
            senders=sender_settings(**senders),
            readiness=readiness,
            limit=RateLimit(SettingsStore(engine), InboxRepository(engine).living_agents),
            clock=lambda: float(NOW),
        )
        clients.append(TestClient(TestServer(app)))
        await clients[-1].start_server()
        return clients[-1]

    yield start_client
    for client in clients:
        await client.close()


@pytest.fixture
async def client(start: Start, engine: AsyncEngine) -> Client:
    return await start(engine)


def signed(secret: str, body: bytes, *, message_id: str = "msg_1", at: int = NOW) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(key_of(secret), message_id, at, body),
    }


async def post(client: Client, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    async with client.post(path, data=body, headers=headers) as response:
        assert response.headers["X-Request-Id"]
        if response.status >= 400:
            assert response.content_type == "application/problem+json"
        return response.status, await response.json(content_type=None)


async def test_a_signed_event_is_durable_when_it_is_acknowledged(client: Client, engine: AsyncEngine) -> None:
    assert await post(client, ZOHO, STUDENT, signed(TEXT_KEY, STUDENT)) == (
        202,
        {"accepted": 1, "duplicates": 0},
    )
    (row,) = await rows(engine)
    assert (row.source, row.event_id, row.record_key, row.status) == (
        "zoho",
        "msg_1",
        f"student:{ID}",
        "pending",
    )


async def test_fifty_deliveries_in_parallel_are_one_event(client: Client, engine: AsyncEngine) -> None:
    answers = await asyncio.gather(
        *(post(client, ZOHO, STUDENT, signed(TEXT_KEY, STUDENT)) for _ in range(50))
    )
    assert sorted(status for status, _ in answers) == [200] * 49 + [202]
    assert len(await rows(engine)) == 1


async def test_every_record_of_a_notification_is_an_event(client: Client, engine: AsyncEngine) -> None:
    body = json.dumps(
        {
            "module": "BTEC_Students",
            "ids": [ID, OTHER_ID],
            "operation": "update",
            "server_time": 1750102639787,
            "channel_id": "1105420521999070702",
            "token": TOKEN,
        }
    ).encode()
    assert (await post(client, ZOHO, body, {}))[1] == {"accepted": 2, "duplicates": 0}
    assert await post(client, ZOHO, body, {}) == (200, {"accepted": 0, "duplicates": 2})
    stored = await rows(engine)
    assert [row.record_id for row in stored] == [ID, OTHER_ID]
    assert TOKEN not in str(stored)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps({"module": "BTEC_Students", "id": ID}).encode()),
        ("text/plain;charset=UTF-8", json.dumps({"module": "BTEC_Students", "id": ID}).encode()),
        ("application/x-www-form-urlencoded", json.dumps({"module": "BTEC_Students", "id": ID}).encode()),
        ("application/x-www-form-urlencoded", f"module=BTEC_Students&id={ID}&operation=edit".encode()),
        ("multipart/form-data; boundary=nothing", json.dumps({"id": ID}).encode()),
        ("nonsense", json.dumps({"id": ID}).encode()),
    ],
)
async def test_the_native_form_with_a_secret_header_whatever_its_content_type(
    client: Client, engine: AsyncEngine, content_type: str, body: bytes
) -> None:
    headers = {"X-Webhook-Secret": HEADER_SECRET, "Content-Type": content_type}
    assert (await post(client, ZOHO, body, headers))[0] == 202
    assert [row.record_id for row in await rows(engine)] == [ID]


@pytest.mark.parametrize("written", ["hex", "base64"])
async def test_a_signature_over_the_body_with_the_time_inside(
    client: Client, engine: AsyncEngine, written: str
) -> None:
    def header(body: bytes) -> dict[str, str]:
        mac = hmac.new(TEXT_KEY.encode(), body, hashlib.sha256).digest()
        return {"X-Zoho-Signature": mac.hex() if written == "hex" else base64.b64encode(mac).decode()}

    fresh = json.dumps({"id": ID, "timestamp": "2026-11-22T19:00:00+00:00"}).encode()
    stale = json.dumps({"id": ID, "timestamp": "2026-11-22T18:54:59+00:00"}).encode()
    timeless = json.dumps({"id": ID}).encode()
    assert (await post(client, ZOHO, fresh, header(fresh)))[0] == 202
    assert (await post(client, ZOHO, stale, header(stale)))[0] == 401
    assert (await post(client, ZOHO, timeless, header(timeless)))[0] == 401
    assert (await post(client, ZOHO, fresh + b" ", header(fresh)))[0] == 401
    assert len(await rows(engine)) == 1


async def test_a_grade_event_of_moodle(client: Client, engine: AsyncEngine) -> None:
    event_id = "7d1c1a36-5a51-4d0c-9f0e-0d4d2c8e8f11"
    headers = signed(MOODLE_KEY, GRADE, message_id=event_id)
    assert (await post(client, MOODLE, GRADE, headers))[0] == 202
    assert (await post(client, MOODLE, GRADE, headers))[0] == 200
    (row,) = await rows(engine)
    assert (row.source, row.event_id, row.record_key, row.event_type) == (
        "moodle",
        event_id,
        "grade:34_12_7",
        "grade.updated",
    )


@pytest.mark.parametrize(("path", "body"), [(ZOHO, STUDENT), (MOODLE, GRADE)], ids=["zoho", "moodle"])
async def test_two_secrets_are_valid_while_one_replaces_the_other(
    client: Client, path: str, body: bytes
) -> None:
    pair = (TEXT_KEY, OLD_TEXT_KEY) if path == ZOHO else (MOODLE_KEY, OLD_MOODLE_KEY)
    for number, secret in enumerate(pair):
        assert (await post(client, path, body, signed(secret, body, message_id=f"m{number}")))[0] == 202


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in signed(TEXT_KEY, STUDENT).items() if key != name}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {TEXT_KEY}"},
        {"X-Webhook-Secret": "wrong"},
        {"X-Webhook-Secret": ""},
        {"X-Webhook-Secret": TEXT_KEY},
        {"X-Zoho-Signature": "00" * 32},
        signed("whsec_" + base64.b64encode(b"another key").decode(), STUDENT),
        signed(TEXT_KEY, STUDENT + b" "),
        signed(TEXT_KEY, STUDENT, at=NOW - 301),
        signed(TEXT_KEY, STUDENT, at=NOW + 301),
        {**signed(TEXT_KEY, STUDENT), "webhook-id": "another"},
        {**signed(TEXT_KEY, STUDENT), "webhook-timestamp": str(NOW + 1)},
        {**signed("another-text-key-0", STUDENT), "X-Webhook-Secret": "wrong"},
        _without("webhook-id"),
        _without("webhook-timestamp"),
        _without("webhook-signature"),
        signed(MOODLE_KEY, STUDENT),
    ],
)
async def test_who_does_not_prove_it_is_refused_and_leaves_no_row(
    client: Client, engine: AsyncEngine, headers: dict[str, str]
) -> None:
    status, problem = await post(client, ZOHO, STUDENT, headers)
    assert status == 401
    assert problem["status"] == 401
    assert TEXT_KEY not in json.dumps(problem)
    assert await rows(engine) == []


@pytest.mark.parametrize(
    ("configured", "headers", "body"),
    [
        ("zoho_webhook_secrets", signed(TEXT_KEY, STUDENT), STUDENT),
        ("zoho_header_secrets", {"X-Webhook-Secret": HEADER_SECRET}, STUDENT),
        ("zoho_notification_tokens", {}, json.dumps({"ids": [ID], "token": TOKEN}).encode()),
    ],
)
async def test_a_form_that_is_not_configured_is_refused(
    start: Start, engine: AsyncEngine, configured: str, headers: dict[str, str], body: bytes
) -> None:
    assert (await post(await start(engine), ZOHO, body, headers))[0] == 202
    assert (await post(await start(engine, **{configured: []}), ZOHO, body, headers))[0] == 401


async def test_moodle_is_not_let_in_with_what_zoho_shares(client: Client) -> None:
    assert (await post(client, MOODLE, GRADE, signed(TEXT_KEY, GRADE)))[0] == 401
    assert (await post(client, MOODLE, GRADE, {"X-Webhook-Secret": HEADER_SECRET}))[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/events/zoho/unicorn", 404),
        ("POST", "/v1/events/zoho/%FF%00", 404),
        ("POST", "/v1/events/moodle/student", 404),
        ("POST", "/v1/events/nobody/student", 404),
        ("GET", "/", 404),
        ("GET", ZOHO, 405),
        ("DELETE", MOODLE, 405),
    ],
)
async def test_unknown_addresses(client: Client, method: str, path: str, status: int) -> None:
    async with client.request(method, path, data=STUDENT if method == "POST" else None) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
        assert (await response.json(content_type=None))["title"]


def test_there_is_nothing_else_to_call_and_the_rest_asks_for_a_token() -> None:
    app = create_app(Settings.model_construct(**ENVIRONMENT))
    found = {
        (route.method, route.resource.canonical): route for route in app.router.routes() if route.resource
    }
    events = {
        ("POST", "/v1/events/zoho/{slug}"),
        ("POST", "/v1/events/moodle/{kind}"),
        ("POST", "/v1/ping/moodle"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/v1/openapi.json"),
    }
    assert events < found.keys()
    others = {name: route for name, route in found.items() if name not in events and name[0] != "HEAD"}
    assert others.keys() == {(one.method, one.path) for one in (*OPERATIONS, METRICS)}
    assert all(isinstance(getattr(route.handler, "__self__", None), Operation) for route in others.values())


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 405), ("POST", 202)])
async def test_no_page_of_another_site_is_allowed_to_read_an_answer(
    client: Client, method: str, status: int
) -> None:
    headers = {"Origin": "https://evil.example.org", "Access-Control-Request-Method": "POST"}
    headers |= signed(TEXT_KEY, STUDENT)
    async with client.request(method, ZOHO, data=STUDENT, headers=headers) as response:
        assert response.status == status
        assert not [name for name in response.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        (ZOHO, b"", "the body is empty"),
        (ZOHO, b"{", "the body is not JSON"),
        (ZOHO, b"[" * 100_000, "the body is not JSON"),
        (ZOHO, b"\xff\xfe\x00", "the body is not UTF-8"),
        (ZOHO, b'{"data":{"id":"${BTEC_Students.Id}"}}', "merge field"),
        (ZOHO, b'{"data":{"id":"123"}}', "id is no record id"),
        (ZOHO, b'{"data":{}}', "there is no record id"),
        (ZOHO, b'{"type":"\\u0000","data":{"id":"\\ud800"}}', "id is no record id"),
        (MOODLE, b"null", "neither JSON nor form"),
        (MOODLE, b'{"type":"grade.exploded"}', "type is none of"),
        (MOODLE, b'{"type":"grade.updated","data":{"key":"\\u0000","origin":"moodle"}}', "data.key"),
    ],
)
async def test_a_malformed_body_gets_the_reason_and_a_row(
    client: Client, engine: AsyncEngine, path: str, body: bytes, reason: str
) -> None:
    headers = signed(TEXT_KEY if path == ZOHO else MOODLE_KEY, body)
    for _ in range(2):  # a repeat is the same row
        status, problem = await post(client, path, body, headers)
        assert status == 400
        assert reason in problem["detail"]
    (row,) = await rows(engine)
    assert (row.status, row.outcome, row.error_code) == ("failed", "rejected", "MALFORMED_BODY")
    assert reason in row.error_message


async def test_a_stranger_s_malformed_body_leaves_no_row(client: Client, engine: AsyncEngine) -> None:
    assert (await post(client, ZOHO, b"{", {}))[0] == 401
    assert await rows(engine) == []


async def test_a_module_that_is_not_synced_yet_is_accepted(client: Client, engine: AsyncEngine) -> None:
    body = json.dumps({"data": {"module": "BTEC_Payments", "id": ID}}).encode()
    assert (await post(client, "/v1/events/zoho/payment", body, signed(TEXT_KEY, body)))[0] == 202
    assert (await rows(engine))[0].record_key == f"payment:{ID}"


async def test_the_size_limit_counts_to_the_byte(client: Client) -> None:
    fits = STUDENT + b" " * (events.MAX_BODY - len(STUDENT))
    assert (await post(client, ZOHO, fits, signed(TEXT_KEY, fits)))[0] == 202
    large = fits + b" "
    assert (await post(client, ZOHO, large, signed(TEXT_KEY, large)))[0] == 413
    assert (await post(client, "/v1/events/zoho/unicorn", large, {}))[0] == 413


async def test_the_size_limit_holds_without_a_content_length(client: Client) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * 64 * 1024

    async with client.post(ZOHO, data=chunks()) as response:
        assert response.status == 413


async def test_a_compressed_body_is_refused(client: Client) -> None:
    async with client.post(ZOHO, data=b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}) as response:
        assert response.status in {400, 415}


async def test_a_broken_chunk_is_no_failure_of_ours(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(f"POST {ZOHO} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n".encode())
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status == b"400"


Fuzzed = Callable[[str, bytes, dict[str, str]], int]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([ID, "34_12_7", TOKEN]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "type",
        "timestamp",
        "data",
        "module",
        "id",
        "ids",
        "operation",
        "modified_time",
        "server_time",
        "token",
        "channel_id",
        "key",
        "origin",
        "site",
    ]
)
OBJECTS = st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES))
BODIES = st.binary(max_size=300) | OBJECTS.map(lambda value: json.dumps(value).encode())


@pytest.fixture
def fuzzed(database_url: str) -> Any:
    """Send synchronously, since hypothesis calls plain functions: a loop, an agent and a database of its own."""
    with asyncio.Runner() as runner:
        engine = create_async_engine(database_url)
        app = web.Application()
        add_routes(
            app,
            inbox=InboxRepository(engine),
            senders=sender_settings(),
            readiness=lambda: health.database_not_ready(engine),
            limit=RateLimit(SettingsStore(engine), InboxRepository(engine).living_agents),
            clock=lambda: float(NOW),
        )

        async def open_client() -> Client:
            client = TestClient(TestServer(app))
            await client.start_server()
            return client

        client = runner.run(open_client())

        async def send(path: str, body: bytes, headers: dict[str, str]) -> int:
            async with client.post(path, data=body, headers=headers) as response:
                return response.status

        yield lambda path, body, headers: runner.run(send(path, body, headers))
        runner.run(client.close())
        runner.run(engine.dispose())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_sent_makes_a_500(fuzzed: Fuzzed, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([ZOHO, MOODLE, "/v1/events/zoho/grade", "/v1/events/zoho/x"]))
    body = data.draw(BODIES)
    secret = MOODLE_KEY if path == MOODLE else TEXT_KEY
    headers = data.draw(st.sampled_from([signed(secret, body), {"X-Webhook-Secret": HEADER_SECRET}, {}]))
    assert fuzzed(path, body, headers) in {200, 202, 400, 401, 404}


@pytest.fixture
async def dead_engine() -> AsyncIterator[AsyncEngine]:
    """An engine whose server refuses connections."""
    engine = create_async_engine(f"postgresql+psycopg://nobody:nothing@127.0.0.1:{free_port()}/none")
    yield engine
    await engine.dispose()


@pytest.fixture
async def silent_engine() -> AsyncIterator[AsyncEngine]:
    """An engine whose server takes connections and never says a word."""
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = create_async_engine(f"postgresql+psycopg://nobody:nothing@127.0.0.1:{port}/none")
    yield engine
    for writer in held:
        writer.close()
    server.close()
    await engine.dispose()


@pytest.mark.parametrize("silent", [False, True], ids=["refuses", "is silent"])
async def test_without_a_database_it_says_503_and_never_yes(
    start: Start,
    dead_engine: AsyncEngine,
    silent_engine: AsyncEngine,
    silent: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "DATABASE_SECONDS", 0.3)
    monkeypatch.setattr(health, "DATABASE_SECONDS", 0.3)
    client = await start(silent_engine if silent else dead_engine)
    for path, body, secret in (
        (ZOHO, STUDENT, TEXT_KEY),
        (MOODLE, GRADE, MOODLE_KEY),
        (ZOHO, b"{", TEXT_KEY),
    ):
        async with client.post(path, data=body, headers=signed(secret, body)) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) > 0
            assert "127.0.0.1" not in await response.text()
    async with client.get("/readyz") as response:
        assert response.status == 503
    async with client.get("/healthz") as response:
        assert response.status == 200


async def test_a_sender_that_repeats_after_503_is_served(
    start: Start, engine: AsyncEngine, dead_engine: AsyncEngine
) -> None:
    headers = signed(TEXT_KEY, STUDENT)
    assert (await post(await start(dead_engine), ZOHO, STUDENT, headers))[0] == 503
    assert (await post(await start(engine), ZOHO, STUDENT, headers))[0] == 202


async def test_ready_means_a_database_at_this_version(
    start: Start, engine: AsyncEngine, postgres: Any
) -> None:
    async with (await start(engine)).get("/readyz") as response:
        assert response.status == 200
    empty = create_async_engine(postgres.url("postgres"))
    async with (await start(empty)).get("/readyz") as response:
        assert response.status == 503
        assert "migrations" in (await response.json(content_type=None))["detail"]
    await empty.dispose()


async def test_a_request_keeps_the_id_that_a_proxy_gave_it_if_it_is_one(
    client: Client, engine: AsyncEngine
) -> None:
    for given_id, kept in (("abcdef-123456", True), ("x" * 65, False), ("<script>alert(1)", False)):
        headers = {**signed(TEXT_KEY, STUDENT, message_id=given_id), "X-Request-Id": given_id}
        async with client.post(ZOHO, data=STUDENT, headers=headers) as response:
            assert (response.headers["X-Request-Id"] == given_id) is kept
            request_id = response.headers["X-Request-Id"]
        assert (await rows(engine))[-1].correlation_id == request_id


async def test_a_failure_of_ours_tells_nothing_internal(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inner workings")

    monkeypatch.setattr(events, "check_zoho", broken)
    status, problem = await post(client, ZOHO, STUDENT, {})
    assert status == 500
    assert "inner" not in json.dumps(problem)
    assert problem["request_id"]
