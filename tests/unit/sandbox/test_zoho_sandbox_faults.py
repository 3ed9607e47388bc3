"""Limits, credits, latency, faults and the control interface."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from agent.sandbox.zoho.control_api import loopback_only
from agent.sandbox.zoho.faults import Fault, Faults, Plan
from tests.unit.sandbox.calling import START, Zoho

GRADES = "BTEC_Grades"
BODY = {"data": [{"Grade": "D"}]}


@pytest.mark.parametrize(("fault", "kept"), [("drop_before", 0), ("drop_after", 1), ("half_body", 1)])
async def test_connections_end_before_and_after_the_commit(zoho: Zoho, fault: str, kept: int) -> None:
    await zoho.call("GET", "org")
    zoho.control.fail(fault)
    with pytest.raises(aiohttp.ClientError):
        await zoho.call("POST", GRADES, body=BODY)
    assert len(zoho.control.ids(GRADES)) == kept
    assert (await zoho.call("POST", GRADES, body=BODY))[0] == 201


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("too_many_requests", 429, "TOO_MANY_REQUESTS"),
        ("quota_spent", 429, "TOO_MANY_REQUESTS"),
        ("server_error", 500, "INTERNAL_ERROR"),
        ("unavailable", 503, "SERVICE_UNAVAILABLE"),
        ("token_death", 401, "INVALID_TOKEN"),
    ],
)
async def test_faults_answer_in_zohos_shape_and_do_nothing(
    zoho: Zoho, fault: str, status: int, code: str
) -> None:
    await zoho.call("GET", "org")
    zoho.control.fail(fault)
    answered, said = await zoho.call("POST", GRADES, body=BODY)
    assert (answered, said["code"]) == (status, code)
    assert zoho.control.ids(GRADES) == []


async def test_a_proxys_page_is_html(zoho: Zoho) -> None:
    await zoho.call("GET", "org")
    zoho.control.fail("html")
    header = {"Authorization": f"Zoho-oauthtoken {zoho.token}"}
    async with zoho.session.get(f"{zoho.sandbox.base_url}/crm/v8/org", headers=header) as response:
        assert (response.status, response.content_type) == (502, "text/html")


async def test_a_plan_says_which_calls_and_how_many(zoho: Zoho) -> None:
    await zoho.call("GET", "org")
    zoho.control.fail("server_error", count=2, method="POST", path="/upsert", skip=1)
    statuses = []
    for _ in range(4):
        assert (await zoho.call("GET", "org"))[0] == 200
        assert (await zoho.call("POST", GRADES, body=BODY))[0] == 201
        statuses.append((await zoho.call("POST", f"{GRADES}/upsert", body=BODY))[0])
    assert statuses == [200, 500, 500, 200]


def test_probable_faults_follow_the_seed() -> None:
    def draws(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Plan(Fault.SERVER_ERROR, count=None, probability=0.3))
        return [faults.for_call("GET", "/crm/v8/org") is not None for _ in range(200)]

    assert draws(1) == draws(1) != draws(2)
    assert 30 <= sum(draws(1)) <= 90
    with pytest.raises(ValueError, match="probability"):
        Faults(1).add(Plan(Fault.HTML, count=None, probability=0))


@pytest.mark.parametrize("knobs", [{"daily_credits": 20}])
async def test_credits_are_counted_told_from_half_and_end_the_day(zoho: Zoho) -> None:
    async def left(method: str, path: str, body: Any = None, **query: str) -> str | None:
        header = {"Authorization": f"Zoho-oauthtoken {zoho.token}"}
        url = f"{zoho.sandbox.base_url}/crm/v8/{path}"
        async with zoho.session.request(method, url, json=body, headers=header, params=query) as response:
            return response.headers.get("X-API-CREDITS-REMAINING")

    await zoho.call("GET", "org")  # 1
    assert await left("GET", f"{GRADES}/deleted") is None  # +2
    assert await left("POST", GRADES, {"data": [{"Grade": "D"}] * 61}) == "10"  # +7
    assert await left("GET", GRADES, fields="Grade") == "9"
    assert await left("POST", GRADES, {"data": [{"Grade": "D"}] * 90}) == "0"  # +9
    status, said = await zoho.call("GET", "org")
    assert (status, said["message"]) == (429, "Number of API requests for the 24 hour period is exceeded")
    zoho.control.advance(hours=24)
    zoho.token = ""
    assert (await zoho.call("GET", "org"))[0] == 200


@pytest.mark.parametrize("knobs", [{"concurrency": 3, "sub_concurrency": 1}])
@pytest.mark.parametrize(
    ("path", "query", "good"),
    [(GRADES, {"fields": "Grade"}, 3), (GRADES, {"fields": "Grade", "sort_by": "id"}, 1)],
    ids=["concurrency", "sub-concurrency"],
)
async def test_too_many_at_once_are_refused(zoho: Zoho, path: str, query: dict[str, str], good: int) -> None:
    zoho.control.create(GRADES, {"Grade": "D"})
    await zoho.call("GET", "org")
    zoho.control.set_latency(1)
    all_answered = asyncio.Event()

    async def until_the_rest_are_refused(_: float) -> None:
        await all_answered.wait()

    zoho.sandbox.state.wait = until_the_rest_are_refused
    calls = [asyncio.create_task(zoho.call("GET", path, **query)) for _ in range(5)]
    while sum(call.done() for call in calls) < 5 - good:
        await asyncio.wait([call for call in calls if not call.done()], return_when=asyncio.FIRST_COMPLETED)
    all_answered.set()
    answers = await asyncio.gather(*calls)
    assert sorted(status for status, _ in answers) == [200] * good + [429] * (5 - good)
    refused = next(said for status, said in answers if status == 429)
    assert refused["message"] == "The concurrency limit of the user for the app is exceeded"


async def test_latency_is_waited_for_on_every_api_call(zoho: Zoho) -> None:
    await zoho.call("GET", "org")
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    zoho.sandbox.state.wait = note
    zoho.control.set_latency(120)
    await zoho.call("GET", "org")
    await zoho.call("POST", GRADES, body=BODY)
    assert waited == [0.12, 0.12]


class TestControlByHttp:
    """`/sandbox/…`"""

    async def ask(self, zoho: Zoho, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with zoho.session.request(
            method, f"{zoho.sandbox.base_url}/sandbox/{path}", json=body
        ) as response:
            return response.status, await response.json()

    async def test_people_work_and_the_rules_hold_for_them(self, zoho: Zoho) -> None:
        status, made = await self.ask(zoho, "POST", "people/BTEC_Students", {"First_Name": "Aya"})
        assert status == 201
        path = f"people/BTEC_Students/{made['id']}"
        assert (await self.ask(zoho, "PUT", path, {"City": "Oran"}))[0] == 200
        status, said = await self.ask(zoho, "GET", path)
        assert (said["City"], said["Modified_By"]["name"]) == ("Oran", "Rana Registrar")
        status, said = await self.ask(zoho, "PUT", path, {"Gender": "?"})
        assert (status, said["code"]) == (400, "INVALID_DATA")
        _, said = await self.ask(zoho, "GET", "people/BTEC_Students")
        assert said["records"] == [{"id": made["id"], "name": "ST-000001"}]
        assert (await self.ask(zoho, "DELETE", path))[0] == 200
        assert (await self.ask(zoho, "GET", path))[0] == 404
        assert (await self.ask(zoho, "POST", f"{path}/restore"))[0] == 200
        assert (await self.ask(zoho, "GET", path))[0] == 200

    async def test_clock_latency_faults_and_reset(self, zoho: Zoho) -> None:
        _, said = await self.ask(zoho, "POST", "clock", {"advance_seconds": 60})
        assert said["now"] == "2026-03-02T12:01:00+03:00"
        assert zoho.sandbox.state.clock.now() == START + timedelta(minutes=1)
        _, said = await self.ask(zoho, "POST", "latency", {"ms": 5})
        assert (said["latency_ms"], zoho.sandbox.state.latency_ms) == (5, 5)
        plan = {"fault": "server_error", "count": 1, "path": "/org"}
        assert (await self.ask(zoho, "POST", "faults", plan))[0] == 201
        assert (await zoho.call("GET", "org"))[0] == 500
        await self.ask(zoho, "POST", "faults", plan)
        assert (await self.ask(zoho, "DELETE", "faults"))[0] == 200
        assert (await zoho.call("GET", "org"))[0] == 200
        await self.ask(zoho, "POST", "people/BTEC_Students", {"First_Name": "Aya"})
        _, said = await self.ask(zoho, "POST", "reset")
        assert (said["records"]["BTEC_Students"], said["calls"], said["latency_ms"]) == (0, {}, 0)

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("GET", "people/Nowhere", None, 404),
            ("POST", "people/Nowhere", {}, 404),
            ("POST", "people/BTEC_Students/1/restore", None, 400),
            ("POST", "faults", {"fault": "earthquake"}, 400),
            ("POST", "faults", {"fault": "html", "colour": "red"}, 400),
            ("POST", "clock", {"advance_seconds": -1}, 400),
            ("POST", "clock", {}, 400),
            ("POST", "latency", {"ms": "many"}, 400),
            ("POST", "weather", {"drop": 2}, 400),
            ("POST", "weather", {"rain": 0.5}, 400),
        ],
    )
    async def test_wrong_use_is_explained(
        self, zoho: Zoho, method: str, path: str, body: Any, status: int
    ) -> None:
        answered, said = await self.ask(zoho, method, path, body)
        assert answered == status
        assert said

    async def test_the_log_shows_bodies(self, zoho: Zoho) -> None:
        await zoho.call("POST", GRADES, body=BODY)
        _, said = await self.ask(zoho, "GET", "requests")
        assert said["requests"][-1] == {
            "method": "POST",
            "path": f"/crm/v8/{GRADES}",
            "query": {},
            "body": BODY,
            "status": 201,
        }
        assert zoho.control.count("POST", GRADES) == 1
        assert zoho.control.count("GET", GRADES) == 0

    async def test_other_machines_see_nothing_of_it(self) -> None:
        async def handler(_: aiohttp.web.Request) -> aiohttp.web.Response:
            return aiohttp.web.Response()

        def request(remote: str) -> aiohttp.web.Request:
            return make_mocked_request("GET", "/sandbox/state").clone(remote=remote)

        assert (await loopback_only(request("127.0.0.1"), handler)).status == 200
        with pytest.raises(aiohttp.web.HTTPNotFound):
            await loopback_only(request("192.0.2.7"), handler)
