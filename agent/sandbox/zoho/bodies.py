"""Reading requests and writing answers as Zoho does."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from agent.sandbox.zoho.errors import CallRefused

CREDITS = web.RequestKey("credits", int)
"""What a call costs, set by its handler; 1 otherwise."""
JSON_TYPE = "application/json;charset=UTF-8"
MAX_RECORDS = 100
_TRIGGERS = ("workflow", "approval", "blueprint", "pathfinder", "orchestration")


def answer(status: int, body: Any) -> web.Response:
    """Give an answer; None is an empty body (204, 304)."""
    if body is None:
        return web.Response(status=status)
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(status=status, body=payload, headers={"Content-Type": JSON_TYPE})


async def read_json(request: web.Request) -> Any:
    """Read the body as JSON, whatever Content-Type it came with."""
    try:
        return parse_json(await request.read())
    except ValueError:
        raise CallRefused(400, "INVALID_DATA", "body", {"expected_data_type": "jsonobject"}) from None


def parse_json(raw: bytes) -> Any:
    """Read JSON that can be written again.

    Raises:
        ValueError: it is none, is nested too deep, or holds NaN or half a surrogate pair.
    """
    try:
        body = json.loads(raw, parse_constant=_refuse_constant)
        json.dumps(body, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def read_items(body: Any) -> list[dict[str, Any]]:
    """Read `data`: one to a hundred records."""
    data = body.get("data") if isinstance(body, dict) else None
    if data is None:
        raise CallRefused(
            400,
            "MANDATORY_NOT_FOUND",
            "required field not found",
            {"api_name": "data", "json_path": "$.data"},
        )
    if not isinstance(data, list) or not data or not all(isinstance(item, dict) for item in data):
        raise CallRefused(
            400, "INVALID_DATA", "invalid data", {"expected_data_type": "jsonarray", "api_name": "data"}
        )
    if len(data) > MAX_RECORDS:
        raise CallRefused(
            400,
            "LIMIT_EXCEEDED",
            "only 100 records are allowed per call",
            {"maximum_length": MAX_RECORDS, "api_name": "data"},
        )
    return data


def runs_workflows(body: Any) -> bool:
    """Read `trigger`: absent runs everything, an empty list nothing."""
    trigger = body.get("trigger")
    if trigger is None:
        return True
    if not isinstance(trigger, list) or not all(item in _TRIGGERS for item in trigger):
        raise CallRefused(
            400, "INVALID_DATA", "invalid data", {"api_name": "trigger", "json_path": "$.trigger"}
        )
    return "workflow" in trigger


def read_instant(request: web.Request, header: str) -> datetime | None:
    """Read an ISO instant with offset from a header.

    Raises:
        CallRefused: it is there and is none (an HTTP date, for one).
    """
    text = request.headers.get(header)
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CallRefused(400, "INVALID_DATA", f"the {header} value is invalid", {"header": header})
    return instant


def base_url(request: web.Request) -> str:
    """Give the address that the caller used for the sandbox."""
    return f"{request.scheme}://{request.host}"
