"""The record endpoints: `/crm/v8/{module}` and below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from agent.sandbox.zoho.bodies import CREDITS, answer, read_instant, read_items, read_json, runs_workflows
from agent.sandbox.zoho.errors import (
    CallRefused,
    ItemRefused,
    invalid_module,
    invalid_path_id,
    missing_parameter,
)
from agent.sandbox.zoho.metadata import Module
from agent.sandbox.zoho.options import INTEGRATION
from agent.sandbox.zoho.rules import is_record_id
from agent.sandbox.zoho.state import SandboxState
from agent.sandbox.zoho.writes import Change, Written, stamps

MAX_DELETES = 100
Work = Callable[[dict[str, Any], str], Written]


class RecordsApi:
    """Handlers of the record endpoints."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Give the routes; they go after all more special ones."""
        return [
            web.post("/crm/v8/{module}/upsert", self.upsert),
            web.get("/crm/v8/{module}/deleted", self.deleted),
            web.get("/crm/v8/{module}/actions/count", self.count),
            web.get("/crm/v8/{module}", self.listed),
            web.post("/crm/v8/{module}", self.insert),
            web.put("/crm/v8/{module}", self.update),
            web.delete("/crm/v8/{module}", self.delete_many),
            web.get("/crm/v8/{module}/{id}", self.single),
            web.put("/crm/v8/{module}/{id}", self.update_one),
            web.delete("/crm/v8/{module}/{id}", self.delete_one),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        """GET a page of records."""
        since = read_instant(request, "If-Modified-Since")
        return answer(*self._state.reader.listed(self._module(request), request.query, since))

    async def single(self, request: web.Request) -> web.Response:
        """GET one record."""
        since = read_instant(request, "If-Modified-Since")
        module, record_id = self._module(request), _path_id(request)
        return answer(*self._state.reader.single(module, record_id, request.query, since))

    async def deleted(self, request: web.Request) -> web.Response:
        """GET deleted records; costs two credits."""
        request[CREDITS] = 2
        since = read_instant(request, "If-Modified-Since")
        return answer(*self._state.reader.deleted(self._module(request), request.query, since))

    async def count(self, request: web.Request) -> web.Response:
        """GET the number of records; the filters that Zoho has are left out."""
        if request.query:
            raise CallRefused(400, "NOT_SUPPORTED", "module not suppoted for search")  # Zoho's spelling
        return answer(200, {"count": self._state.store.count(self._module(request).api_name)})

    async def insert(self, request: web.Request) -> web.Response:
        """POST new records."""
        module = self._module(request)
        writer = self._state.writer
        return await self._write(
            request, lambda item, path: writer.insert(module, item, path, INTEGRATION), 201
        )

    async def update(self, request: web.Request) -> web.Response:
        """PUT changes of several records, each with its id."""
        module, since = self._module(request), read_instant(request, "If-Unmodified-Since")
        writer = self._state.writer
        return await self._write(
            request,
            lambda item, path: writer.update(module, item.get("id"), item, path, INTEGRATION, since),
            200,
        )

    async def update_one(self, request: web.Request) -> web.Response:
        """PUT changes of the record in the path."""
        module, since = self._module(request), read_instant(request, "If-Unmodified-Since")
        record_id, writer = _path_id(request), self._state.writer
        return await self._write(
            request,
            lambda item, path: writer.update(module, record_id, item, path, INTEGRATION, since),
            200,
        )

    async def upsert(self, request: web.Request) -> web.Response:
        """POST records that update the one with the same key, or are added."""
        module, since = self._module(request), read_instant(request, "If-Unmodified-Since")
        body = await read_json(request)
        writer = self._state.writer
        given = body.get("duplicate_check_fields") if isinstance(body, dict) else None
        fields = writer.check_fields(module, given)
        return await self._write(
            request,
            lambda item, path: writer.upsert(module, item, path, INTEGRATION, fields, since),
            200,
            upsert=True,
        )

    async def delete_one(self, request: web.Request) -> web.Response:
        """DELETE the record in the path."""
        module, record_id = self._module(request), _path_id(request)
        results, changes = self._delete(module, [record_id])
        if not changes:
            raise CallRefused(400, "INVALID_DATA", "the id given seems to be invalid", {"id": record_id})
        self._publish(changes, workflows=request.query.get("wf_trigger") != "false")
        return answer(200, {"data": results})

    async def delete_many(self, request: web.Request) -> web.Response:
        """DELETE the records named by `ids`."""
        module = self._module(request)
        ids = [part.strip() for part in request.query.get("ids", "").split(",") if part.strip()]
        if not ids:
            raise missing_parameter("ids")
        if len(ids) > MAX_DELETES:
            raise CallRefused(
                400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_DELETES, "param_name": "ids"}
            )
        results, changes = self._delete(module, ids)
        if not changes:
            raise CallRefused(400, "INVALID_DATA", "the id given seems to be invalid", {"param": "ids"})
        self._publish(changes, workflows=request.query.get("wf_trigger") != "false")
        return answer(200 if len(changes) == len(ids) else 207, {"data": results})

    def _delete(self, module: Module, ids: Iterable[str]) -> tuple[list[dict[str, Any]], list[Change]]:
        results: list[dict[str, Any]] = []
        changes: list[Change] = []
        for record_id in ids:
            try:
                changes.append(self._state.writer.delete(module, record_id, INTEGRATION))
            except ItemRefused as refused:
                results.append(refused.as_json())
            else:
                details = {"id": record_id}
                results.append(
                    {"code": "SUCCESS", "details": details, "message": "record deleted", "status": "success"}
                )
        return results, changes

    async def _write(
        self, request: web.Request, work: Work, all_good: int, *, upsert: bool = False
    ) -> web.Response:
        """Do the work of each item, publish what changed, and answer with one result an item."""
        body = await read_json(request)
        items = read_items(body)
        workflows = runs_workflows(body)
        request[CREDITS] = -(-len(items) // 10)
        results: list[dict[str, Any]] = []
        changes: list[Change] = []
        for number, item in enumerate(items):
            try:
                written = work(item, f"$.data[{number}]")
            except ItemRefused as refused:
                results.append(refused.as_json())
            else:
                changes.append(written.change)
                results.append(self._success(written, upsert=upsert))
        self._publish(changes, workflows=workflows)
        return answer(_write_status(results, all_good), {"data": results})

    def _success(self, written: Written, *, upsert: bool) -> dict[str, Any]:
        record, clock = written.record, self._state.clock
        added = written.change.operation == "create"
        result: dict[str, Any] = {
            "code": "SUCCESS",
            "details": {
                **stamps(record, clock.text(record.created), clock.text(record.modified)),
                "$approval_state": "approved",
            },
            "message": "record added" if added else "record updated",
            "status": "success",
        }
        if upsert:
            result["action"] = "insert" if added else "update"
            result["duplicate_field"] = written.duplicate_field
        return result

    def _publish(self, changes: list[Change], *, workflows: bool) -> None:
        notify = workflows or not self._state.options.trigger_silences_watch
        self._state.pushes.publish(changes, workflows=workflows, notifications=notify)

    def _module(self, request: web.Request) -> Module:
        module = self._state.modules.get(request.match_info["module"])
        if module is None:
            raise invalid_module()
        return module


def _path_id(request: web.Request) -> str:
    record_id = request.match_info["id"]
    if not is_record_id(record_id):
        raise invalid_path_id()
    return record_id


def _write_status(results: list[dict[str, Any]], all_good: int) -> int:
    good = sum(result["status"] == "success" for result in results)
    if good == len(results):
        return all_good
    if good:
        return 207
    return 412 if {result["code"] for result in results} == {"ALREADY_MODIFIED"} else 400
