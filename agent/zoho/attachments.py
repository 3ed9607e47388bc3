"""Files of Zoho's records: which there are, and one more. Contents pass through memory and are kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import aiohttp

from agent.tried import about_to_write
from agent.zoho.answers import read_items, read_object
from agent.zoho.transport import Transport

FIELDS = ("id", "File_Name", "Size")  # Zoho wants them named
PAGE_SIZE = 200


@dataclass(frozen=True)
class Attached:
    """A file of a record as Zoho lists it; `size` in bytes, -1 where Zoho gives none."""

    name: str
    size: int


class Attachments:
    """Lists and adds files of records. Every method raises `SyncError` (target `zoho`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def listed(self, module: str, record_id: str) -> list[Attached]:
        """List the files of a record."""
        found: list[Attached] = []
        page, more = 1, True
        while more:
            said = await self._transport.get(
                _path(module, record_id),
                read_object,
                params={"fields": ",".join(FIELDS), "page": str(page), "per_page": str(PAGE_SIZE)},
            )
            found += [
                Attached(str(one.get("File_Name") or ""), _size(one.get("Size")))
                for one in said.get("data") or []
            ]
            page, more = page + 1, bool((said.get("info") or {}).get("more_records"))
        return found

    async def add(self, module: str, record_id: str, name: str, content: bytes, mimetype: str) -> None:
        """Put a file to a record. Never repeated by itself: a repeat would make a second one.

        Raises:
            SyncError: also where Zoho refuses the file, in its own words; it may be there in spite of an error.
        """
        about_to_write("zoho", f"attach to {module}", [{"file": name}])
        # Names go as they are, in UTF-8: percent signs would stand in Zoho's list.
        with aiohttp.MultipartWriter("form-data") as parts:
            part = parts.append(content, {"Content-Type": mimetype})
            part.set_content_disposition("form-data", quote_fields=False, name="file", filename=name)
        # As bytes: a call that has to wait, or wants a new token, sends the same body again.
        items = await self._transport.upload(
            _path(module, record_id),
            await parts.as_bytes(),
            parts.content_type,
            lambda answer: read_items(answer, 1, "insert"),
        )
        if items[0].error:
            raise items[0].error


def _path(module: str, record_id: str) -> str:
    return f"{module}/{quote(record_id, safe='')}/Attachments"


def _size(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else -1
