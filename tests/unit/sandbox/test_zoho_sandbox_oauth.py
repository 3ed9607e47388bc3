"""The token endpoint and what a token opens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.calling import GRANT, Zoho


async def test_a_token_comes_by_form_and_by_query(zoho: Zoho) -> None:
    status, by_form = await zoho.grant()
    async with zoho.session.post(f"{zoho.sandbox.base_url}/oauth/v2/token", params=GRANT) as response:
        by_query = await response.json()
    assert status == 200
    assert by_form["expires_in"] == by_query["expires_in"] == 3600
    assert by_form["api_domain"] == zoho.sandbox.base_url
    assert by_form["token_type"] == "Bearer"
    assert by_form["access_token"] != by_query["access_token"]
    assert "refresh_token" not in by_form


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "x"}, "invalid_client"),
        ({"client_secret": "x"}, "invalid_client_secret"),
        ({"refresh_token": "x"}, "invalid_code"),
        ({"grant_type": "password"}, "invalid_request"),
    ],
)
async def test_refusals_come_with_status_200(zoho: Zoho, changed: dict[str, str], error: str) -> None:
    assert await zoho.grant(**changed) == (200, {"error": error})


@pytest.mark.parametrize("knobs", [{"throttle_status": 400}, {"throttle_status": 200}])
async def test_ten_tokens_in_ten_minutes(zoho: Zoho, knobs: dict[str, Any]) -> None:
    for _ in range(10):
        assert "access_token" in (await zoho.grant())[1]
    status, said = await zoho.grant()
    assert (status, said["error"]) == (knobs["throttle_status"], "Access Denied")
    zoho.control.advance(minutes=10)
    assert "access_token" in (await zoho.grant())[1]


async def test_the_sixteenth_token_kills_the_oldest(zoho: Zoho) -> None:
    tokens = []
    for number in range(16):
        if number == 10:
            zoho.control.advance(minutes=10)
        tokens.append((await zoho.grant())[1]["access_token"])
    zoho.token = tokens[0]
    assert (await zoho.call("GET", "org"))[1]["code"] == "INVALID_TOKEN"
    zoho.token = tokens[1]
    assert (await zoho.call("GET", "org"))[0] == 200


async def test_a_token_lives_an_hour(zoho: Zoho) -> None:
    await zoho.call("GET", "org")
    zoho.control.advance(seconds=3599)
    assert (await zoho.call("GET", "org"))[0] == 200
    zoho.control.advance(seconds=1)
    status, said = await zoho.call("GET", "org")
    assert (status, said["code"]) == (401, "INVALID_TOKEN")


async def test_another_scheme_is_no_authentication(zoho: Zoho) -> None:
    token = (await zoho.grant())[1]["access_token"]
    status, said = await zoho.call("GET", "org", headers={"Authorization": f"Bearer {token}"})
    assert (status, said["code"]) == (401, "AUTHENTICATION_FAILURE")


@pytest.mark.parametrize("knobs", [{"omit_expires_in": True}])
async def test_expires_in_is_missing_at_times(zoho: Zoho) -> None:
    assert "expires_in" not in (await zoho.grant())[1]


async def test_the_log_keeps_no_credentials(zoho: Zoho) -> None:
    await zoho.session.post(f"{zoho.sandbox.base_url}/oauth/v2/token", params=GRANT)
    await zoho.call("GET", "org")
    calls = zoho.control.calls
    assert [(call.method, call.path) for call in calls] == [
        ("POST", "/oauth/v2/token"),
        ("POST", "/oauth/v2/token"),
        ("GET", "/crm/v8/org"),
    ]
    assert "sandbox'" not in repr(calls)
    assert zoho.token not in repr(calls)
