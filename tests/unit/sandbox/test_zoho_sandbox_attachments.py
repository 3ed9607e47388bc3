"""Files of records in the sandbox: what Zoho lists, takes and refuses."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.unit.sandbox.calling import Zoho

REQUESTS = "BTEC_Student_Requests"
LETTER = b"%PDF-1.4\r\n" + bytes(range(256))


@pytest.fixture
async def path(zoho: Zoho) -> str:
    """A record's files."""
    record = await zoho.insert_one(REQUESTS, Name="Moodle request 1: Class Drop")
    return f"{REQUESTS}/{record}/Attachments"


async def upload(zoho: Zoho, path: str, *files: tuple[str, bytes], field: str = "file") -> tuple[int, Any]:
    await zoho.call("GET", "org")  # a token
    with aiohttp.MultipartWriter("form-data") as form:
        for name, content in files:
            part = form.append(content, {"Content-Type": "application/pdf"})
            part.set_content_disposition("form-data", quote_fields=False, name=field, filename=name)
    headers = {"Authorization": f"Zoho-oauthtoken {zoho.token}"}
    url = f"{zoho.sandbox.base_url}/crm/v8/{path}"
    async with zoho.session.post(url, data=form, headers=headers) as response:
        return response.status, await response.json()


async def test_a_file_is_listed_downloaded_and_deleted(zoho: Zoho, path: str) -> None:
    assert await zoho.call("GET", path, fields="id,File_Name,Size") == (204, None)
    status, said = await upload(zoho, path, ("7-تقرير.pdf", LETTER))
    (result,) = said["data"]
    assert (status, result["code"], result["message"]) == (200, "SUCCESS", "attachment uploaded successfully")
    file = result["details"]["id"]
    _, listed = await zoho.call("GET", path, fields="id,File_Name,Size")
    assert listed["data"] == [{"id": file, "File_Name": "7-تقرير.pdf", "Size": str(len(LETTER))}]
    assert listed["info"]["more_records"] is False
    headers = {"Authorization": f"Zoho-oauthtoken {zoho.token}"}
    async with zoho.session.get(f"{zoho.sandbox.base_url}/crm/v8/{path}/{file}", headers=headers) as answer:
        assert await answer.read() == LETTER
    status, _ = await zoho.call("DELETE", path, ids=file)
    assert status == 200
    assert await zoho.call("GET", path, fields="id") == (204, None)


async def test_files_are_listed_in_pages(zoho: Zoho, path: str) -> None:
    for number in range(3):
        await upload(zoho, path, (f"{number}.pdf", LETTER))
    _, first = await zoho.call("GET", path, fields="File_Name", per_page=2)
    _, second = await zoho.call("GET", path, fields="File_Name", per_page=2, page=2)
    assert [one["File_Name"] for one in first["data"] + second["data"]] == ["0.pdf", "1.pdf", "2.pdf"]
    assert [first["info"]["more_records"], second["info"]["more_records"]] == [True, False]


async def test_fields_have_to_be_named(zoho: Zoho, path: str) -> None:
    status, said = await zoho.call("GET", path)
    assert (status, said["code"], said["details"]) == (
        400,
        "REQUIRED_PARAM_MISSING",
        {"param_name": "fields"},
    )


async def test_what_is_refused(zoho: Zoho, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.sandbox.zoho.attachments_api.MAX_BYTES", len(LETTER))
    refused = [
        await upload(zoho, path, ("big.pdf", LETTER + b"!")),
        await upload(zoho, path, ("tool.EXE", b"MZ")),
        await upload(zoho, path, ("a.pdf", LETTER), field="document"),
        await upload(zoho, path, ("a.pdf", LETTER), ("b.pdf", LETTER)),
        await zoho.call("POST", path, body={"file": "a.pdf"}),
        await upload(zoho, f"{REQUESTS}/5725767000099999999/Attachments", ("a.pdf", LETTER)),
        await upload(zoho, "Nothing/5725767000010000001/Attachments", ("a.pdf", LETTER)),
        await zoho.call("DELETE", path, ids="5725767000099999999"),
    ]
    assert [status for status, _ in refused] == [415, *[400] * 7]
    codes = [(said.get("data") or [said])[0]["code"] for _, said in refused]
    assert codes[0] == "FILE_SIZE_MORE_THAN_ALLOWED_SIZE"
    assert codes[1:] == [*["INVALID_DATA"] * 5, "INVALID_MODULE", "INVALID_DATA"]
    assert await zoho.call("GET", path, fields="id") == (204, None)
