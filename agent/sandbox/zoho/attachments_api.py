"""Files of records: `/crm/v8/{module}/{id}/Attachments`, list, upload, download, delete."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from agent.sandbox.zoho.bodies import answer
from agent.sandbox.zoho.errors import (
    CallRefused,
    ItemRefused,
    invalid_module,
    invalid_path_id,
    missing_parameter,
)
from agent.sandbox.zoho.options import INTEGRATION
from agent.sandbox.zoho.paging import read_number, read_per_page
from agent.sandbox.zoho.reads import read_fields
from agent.sandbox.zoho.rules import is_record_id
from agent.sandbox.zoho.state import Attachment, SandboxState

MAX_BYTES = 20 * 1024 * 1024
BLOCKED = (".exe",)
_PATH = "/crm/v8/{module}/{id}/Attachments"


class AttachmentsApi:
    """Handlers of the attachment endpoints; links (`attachmentUrl`) are left out."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get(_PATH, self.listed),
            web.post(_PATH, self.upload),
            web.delete(_PATH, self.delete),
            web.get(_PATH + "/{attachment}", self.download),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        """GET a page of a record's files; `fields` is mandatory."""
        fields = read_fields(request.query)
        page, size = read_number(request.query, "page", 1), read_per_page(request.query)
        found = self._files(request)
        shown = found[(page - 1) * size : page * size]
        if not shown:
            return answer(204, None)
        rows = [self._row(one, request.match_info["id"]) for one in shown]
        info = {
            "per_page": size,
            "count": len(rows),
            "page": page,
            "more_records": page * size < len(found),
        }
        data = [{name: row[name] for name in ("id", *fields) if name in row} for row in rows]
        return answer(200, {"data": data, "info": info})

    async def upload(self, request: web.Request) -> web.Response:
        """POST one file as the form's field `file`."""
        files = self._files(request)
        name, mimetype, content = await _given(request)
        if len(content) > MAX_BYTES:
            raise CallRefused(
                415,
                "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
                "Please check if the file size is in the correct range",
            )
        if name.lower().endswith(BLOCKED):
            raise CallRefused(400, "INVALID_DATA", "Invalid file type", {"param_name": "file"})
        store, clock = self._state.store, self._state.clock
        one = Attachment(store.new_id(), name, mimetype, content, clock.stamp())
        files.append(one)
        moment, user = clock.text(one.created), INTEGRATION.brief()
        details = {
            "Modified_Time": moment,
            "Modified_By": user,
            "Created_Time": moment,
            "id": one.id,
            "Created_By": user,
        }
        done = {"code": "SUCCESS", "details": details, "message": "attachment uploaded successfully"}
        return answer(200, {"data": [{**done, "status": "success"}]})

    async def delete(self, request: web.Request) -> web.Response:
        """DELETE the files named by `ids`."""
        files = self._files(request)
        ids = [part.strip() for part in request.query.get("ids", "").split(",") if part.strip()]
        if not ids:
            raise missing_parameter("ids")
        results = [self._deleted(files, one) for one in ids]
        good = sum(result["status"] == "success" for result in results)
        return answer(200 if good == len(results) else 207 if good else 400, {"data": results})

    async def download(self, request: web.Request) -> web.Response:
        """GET a file's content."""
        wanted = request.match_info["attachment"]
        one = next((one for one in self._files(request) if one.id == wanted), None)
        if one is None:
            return answer(204, None)
        return web.Response(body=one.content, headers={"Content-Type": "application/x-downLoad"})

    def _deleted(self, files: list[Attachment], wanted: str) -> dict[str, Any]:
        one = next((one for one in files if one.id == wanted), None)
        if one is None:
            return ItemRefused("INVALID_DATA", "the id given seems to be invalid", {"id": wanted}).as_json()
        files.remove(one)
        return {
            "code": "SUCCESS",
            "details": {"id": wanted},
            "message": "record deleted",
            "status": "success",
        }

    def _row(self, one: Attachment, record_id: str) -> dict[str, Any]:
        moment, user = self._state.clock.text(one.created), INTEGRATION.full()
        return {
            "id": one.id,
            "File_Name": one.name,
            "Size": str(len(one.content)),
            "Parent_Id": {"id": record_id},
            "Created_Time": moment,
            "Modified_Time": moment,
            "Owner": user,
            "Created_By": user,
            "Modified_By": user,
        }

    def _files(self, request: web.Request) -> list[Attachment]:
        module = self._state.modules.get(request.match_info["module"])
        if module is None:
            raise invalid_module()
        record_id = request.match_info["id"]
        if not is_record_id(record_id) or self._state.store.get(module.api_name, record_id) is None:
            raise invalid_path_id()
        return self._state.attachments.setdefault(record_id, [])


async def _given(request: web.Request) -> tuple[str, str, bytes]:
    """Read name, type and content of the one file of a form."""
    if not request.content_type.startswith("multipart/"):
        raise CallRefused(400, "INVALID_DATA", "The request does not contain any file")
    form = await request.post()
    files = [value for value in form.getall("file", []) if isinstance(value, web.FileField)]
    if len(files) != 1:
        text = "contains more than one file" if files else "does not contain any file"
        raise CallRefused(400, "INVALID_DATA", f"The request {text}")
    file = files[0]
    return file.filename, file.content_type, file.file.read()
