"""The control interface over HTTP: `/sandbox/…`, for loopback callers only."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from agent.sandbox.zoho.bodies import answer, read_json
from agent.sandbox.zoho.control import SandboxControl
from agent.sandbox.zoho.errors import CallRefused, ItemRefused

PREFIX = "/sandbox/"


class ControlApi:
    """Handlers of `/sandbox/…`; each answers JSON and says what was wrong with status 400 or 404."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        people = "/sandbox/people/{module}"
        return [
            web.get("/sandbox/state", self.state),
            web.get("/sandbox/requests", self.requests),
            web.get("/sandbox/pushes", self.pushes),
            web.post("/sandbox/clock", self.clock),
            web.post("/sandbox/latency", self.latency),
            web.post("/sandbox/faults", self.add_fault),
            web.delete("/sandbox/faults", self.clear_faults),
            web.post("/sandbox/weather", self.weather),
            web.post("/sandbox/reset", self.reset),
            web.get(people, self.records),
            web.post(people, self.create),
            web.get(people + "/{id}", self.record),
            web.put(people + "/{id}", self.edit),
            web.delete(people + "/{id}", self.delete),
            web.post(people + "/{id}/restore", self.restore),
            web.get(people + "/{id}/attachments", self.attachments),
        ]

    async def state(self, _: web.Request) -> web.Response:
        """GET time, counts of records and calls, credits."""
        state = self._control.state
        return answer(
            200,
            {
                "now": state.clock.text(state.clock.now()),
                "records": {name: state.store.count(name) for name in state.modules},
                "calls": dict(state.calls),
                "tokens_granted": state.tokens.granted,
                "credits_used": state.limits.used,
                "latency_ms": state.latency_ms,
            },
        )

    async def requests(self, _: web.Request) -> web.Response:
        """GET the log of calls (no tokens in it)."""
        return answer(200, {"requests": [asdict(call) for call in self._control.calls]})

    async def pushes(self, _: web.Request) -> web.Response:
        """GET what was sent out and how it was answered (no secrets in it)."""
        rows = [
            {
                "url": d.push.url,
                "kind": d.push.kind,
                "ids": d.push.record_ids,
                "status": d.status,
                "reason": d.reason,
            }
            for d in self._control.state.pushes.deliveries
        ]
        return answer(200, {"pushes": rows})

    async def clock(self, request: web.Request) -> web.Response:
        """POST `{"advance_seconds": n}`."""
        self._control.advance(seconds=float(await _given(request, "advance_seconds")))
        return await self.state(request)

    async def latency(self, request: web.Request) -> web.Response:
        """POST `{"ms": n}`."""
        self._control.set_latency(int(await _given(request, "ms")))
        return await self.state(request)

    async def attachments(self, request: web.Request) -> web.Response:
        """GET the files of a record: name and content in base64."""
        files = self._control.attachments(request.match_info["id"])
        rows = [{"name": name, "content": base64.b64encode(body).decode()} for name, body in files]
        return answer(200, {"attachments": rows})

    async def add_fault(self, request: web.Request) -> web.Response:
        """POST `{"fault": "drop_after", "count": 1, …}` (see `Plan`)."""
        self._control.fail(**(await _object(request)))
        return answer(201, {})

    async def weather(self, request: web.Request) -> web.Response:
        """POST `{"drop": 0.3, "duplicate": 0.2, …}` (see `Weather`): what happens to pushes from now on."""
        self._control.disturb(**(await _object(request)))
        return answer(201, {})

    async def clear_faults(self, _: web.Request) -> web.Response:
        """DELETE all planned faults."""
        self._control.calm()
        return answer(200, {})

    async def reset(self, request: web.Request) -> web.Response:
        """POST: back to the beginning."""
        self._control.reset()
        return await self.state(request)

    async def records(self, request: web.Request) -> web.Response:
        """GET the ids and display names of a module's records, oldest first."""
        store, module = self._control.state.store, request.match_info["module"]
        rows = [{"id": r.id, "name": store.display_name(module, r.id)} for r in store.all(module)]
        return answer(200, {"records": rows})

    async def record(self, request: web.Request) -> web.Response:
        """GET one record whole."""
        found = self._control.record(*_place(request))
        return answer(200, found) if found is not None else answer(404, {"error": "no such record"})

    async def create(self, request: web.Request) -> web.Response:
        """POST a record's values, as a person typing them in."""
        record_id = self._control.create(request.match_info["module"], await _object(request))
        return answer(201, {"id": record_id})

    async def edit(self, request: web.Request) -> web.Response:
        """PUT changed values, as a person typing them in."""
        self._control.edit(*_place(request), await _object(request))
        return answer(200, {})

    async def delete(self, request: web.Request) -> web.Response:
        """DELETE a record, as a person would."""
        self._control.delete(*_place(request))
        return answer(200, {})

    async def restore(self, request: web.Request) -> web.Response:
        """POST: take a record out of the recycle bin."""
        self._control.restore(*_place(request))
        return answer(200, {})


async def _given(request: web.Request, name: str) -> Any:
    body = await _object(request)
    if name not in body:
        raise ValueError(f"the body lacks {name}")
    return body[name]


async def _object(request: web.Request) -> dict[str, Any]:
    body = await read_json(request)
    if not isinstance(body, dict):
        raise TypeError("the body is to be a JSON object")
    return body


def _place(request: web.Request) -> tuple[str, str]:
    return request.match_info["module"], request.match_info["id"]


_EXPLAINED: dict[type[Exception], Callable[[Any], tuple[int, Any]]] = {
    ItemRefused: lambda error: (400, error.as_json()),
    CallRefused: lambda error: (400, error.body),
    KeyError: lambda error: (404, {"error": f"no {error}"}),
    TypeError: lambda error: (400, {"error": str(error)}),
    ValueError: lambda error: (400, {"error": str(error)}),
}


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Hide `/sandbox/…` from other machines, and explain wrong use to this one."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    if not _is_loopback(request.remote):
        raise web.HTTPNotFound
    try:
        return await handler(request)
    except tuple(_EXPLAINED) as error:
        return answer(*_EXPLAINED[type(error)](error))


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
