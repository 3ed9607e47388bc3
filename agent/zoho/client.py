"""Zoho CRM's API v8 as the agent uses it: lists, single records, upserts, deletions, metadata."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.config import Settings
from agent.errors import SyncError, bad_record
from agent.outbound import in_batches, together
from agent.store.secrets import SecretBox
from agent.store.tokens import TokenStore
from agent.tried import about_to_write
from agent.zoho import paging
from agent.zoho.administration import Administration
from agent.zoho.answers import allowed, cut_short, failed_item, read_deleted, read_items, read_object
from agent.zoho.attachments import Attachments
from agent.zoho.data_centers import endpoints
from agent.zoho.listing import Listing
from agent.zoho.models import DeletedRecord, ItemResult, Record, WriteAction
from agent.zoho.oauth import Credentials, TokenSource
from agent.zoho.transport import SUB_CONCURRENCY, Transport

RECORDS_A_WRITE = 100
FOUND_AT_MOST = 200
RECORDS_A_QUERY, ROWS_A_QUERY = 100, 2000  # what COQL takes in an `in`, and gives in an answer
PARENT = "Parent_Id"  # the record of a subform's row


class ZohoClient:
    """One organisation's CRM.

    Every method raises `SyncError` (target `zoho`) and nothing else for what goes wrong outside.
    Zoho has no idempotency key, and an insert repeated after a lost answer makes a second record: whoever creates
    upserts on a unique field, or, where a module has none, asks first (`find`) and inserts once.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.administration = Administration(transport)
        self.attachments = Attachments(transport)

    @classmethod
    def from_settings(
        cls, settings: Settings, session: aiohttp.ClientSession, engine: AsyncEngine
    ) -> ZohoClient:
        """Build the client that the settings describe; the access token is kept in the database."""
        credentials = Credentials(
            settings.zoho_client_id.get_secret_value(),
            settings.zoho_client_secret.get_secret_value(),
            settings.zoho_refresh_token.get_secret_value(),
        )
        where = endpoints(settings.zoho_data_center, settings.zoho_accounts_url, settings.zoho_api_url)
        store = TokenStore(engine, SecretBox(settings.encryption_keys))
        tokens = TokenSource(session, where, credentials, store)
        return cls(Transport(session, tokens, concurrency=settings.zoho_concurrency))

    @property
    def credits_remaining(self) -> int | None:
        """API credits left in the rolling 24 hours; Zoho tells once half of them are used."""
        return self._transport.credits_remaining

    async def authenticate(self) -> None:
        """See that Zoho gives an access token. It costs no API credit.

        Raises:
            SyncError: it does not, and why.
        """
        await self._transport.authenticate()

    async def list_pages(
        self,
        module: str,
        fields: Sequence[str],
        *,
        modified_since: datetime | None = None,
        ids: Sequence[str] | None = None,
    ) -> AsyncIterator[list[Record]]:
        """List a module's records, a page (at most 200) at a time; no record comes twice.

        The first 2,000 are fetched several pages at once, the rest by page token. A record that is added or
        deleted meanwhile may be missed: the next pass finds it.

        Args:
            module: API name.
            fields: API names to ask for, at most 50; `id` comes by itself. Nothing else is passed on.
            modified_since: only what was modified at this time or later (aware).
            ids: only these records.
        """
        listing = Listing(self._transport, module, fields, paging.since_header(modified_since))
        unseen = paging.Unseen()
        async for page in listing.of_ids(ids) if ids is not None else listing.whole():
            records = unseen.of(page.records)
            if records:
                yield [allowed(record, fields) for record in records]

    async def get(self, module: str, record_id: str, fields: Sequence[str]) -> Record | None:
        """Read one record with its subforms, whole; None when there is none (or it is in the recycle bin).

        Args:
            module: API name.
            record_id: Zoho's id.
            fields: API names to ask for; `id` comes by itself. Nothing else is passed on.

        Raises:
            SyncError: also `ROWS_MISSING`: Zoho gave only some of a subform's rows, which is worse than none.
        """
        said = await self._transport.get(
            f"{module}/{quote(record_id, safe='')}", read_object, params={"fields": ",".join(fields)}
        )
        records = said.get("data") or []
        if records and (cut := cut_short(records[0], fields)):
            raise bad_record("ROWS_MISSING", f"Zoho gave only a part of the rows of {cut}", target="zoho")
        return allowed(records[0], fields) if records else None

    async def update(
        self, module: str, records: Sequence[Record], *, repeated: bool = True
    ) -> list[ItemResult]:
        """Change records, each with its `id`; fields left out stay. See `upsert` for the results.

        Args:
            module: API name.
            records: what to write.
            repeated: False where a second time would do it twice (rows of a subform without an id).
        """
        return await self._write("PUT", module, records, {}, "update", repeated=repeated)

    async def upsert(
        self, module: str, records: Sequence[Record], *, duplicate_check_fields: Sequence[str]
    ) -> list[ItemResult]:
        """Insert or update records by unique fields; no workflow is triggered (`trigger: []`).

        Safe to repeat. Any number of records; they go in batches of 100, several at once. A batch that is
        refused whole is split until the bad record stands alone.

        Returns:
            One result a record, in the order given. A record that a failed call carried (while others were
            written) has that call's error in `error`.

        Raises:
            SyncError: no record could be written, for a reason that is no record's own fault.
        """
        keys = {"duplicate_check_fields": list(duplicate_check_fields)}
        return await self._write("POST", f"{module}/upsert", records, keys, None)

    async def insert(self, module: str, record: Record) -> ItemResult:
        """Insert one record; no workflow is triggered. Not safe to repeat: it may be there in spite of an error."""
        body = {"data": [record], "trigger": []}
        about_to_write("zoho", f"insert {module}", [record])
        items = await self._transport.post(
            module, body, lambda answer: read_items(answer, 1, "insert"), repeated=False
        )
        return items[0]

    async def find(self, module: str, where: Mapping[str, str]) -> list[str]:
        """List the ids (at most 200) of the records whose fields (lookups by id) have these values, by COQL."""
        told = " and ".join(f"{name} = {_quoted(value)}" for name, value in where.items())
        query = f"select id from {module} where {told} order by id limit 0, {FOUND_AT_MOST}"  # noqa: S608
        said = await self._transport.query(query, read_object)
        return [str(record["id"]) for record in said.get("data") or []]

    async def subform_rows(
        self, subform: str, fields: Sequence[str], record_ids: Sequence[str]
    ) -> dict[str, list[Record]]:
        """Read the rows that several records have in a subform, by COQL; a record without rows is left out.

        Args:
            subform: its API name.
            fields: API names of the rows' fields; `id` comes by itself. Nothing else is passed on.
            record_ids: whose rows.

        Returns:
            By record id the rows, in the order of their ids.

        Raises:
            SyncError: also `ROWS_MISSING`: Zoho gave only some of one record's rows.
        """
        batches = [
            record_ids[start : start + RECORDS_A_QUERY]
            for start in range(0, len(record_ids), RECORDS_A_QUERY)
        ]
        found = await together([self._rows_of(subform, fields, batch) for batch in batches])
        return {record_id: rows for batch in found for record_id, rows in batch.items()}

    async def _rows_of(
        self, subform: str, fields: Sequence[str], record_ids: Sequence[str]
    ) -> dict[str, list[Record]]:
        whose = ", ".join(map(_quoted, record_ids))
        query = (
            f"select {', '.join([PARENT, *fields])} from {subform} where {PARENT} in ({whose})"  # noqa: S608
            f" order by id limit 0, {ROWS_A_QUERY}"
        )
        said = await self._transport.query(query, read_object)
        if (said.get("info") or {}).get("more_records"):
            if len(record_ids) == 1:
                raise bad_record(
                    "ROWS_MISSING", f"Zoho gave only a part of the rows of {subform}", target="zoho"
                )
            half = len(record_ids) // 2
            return {
                **await self._rows_of(subform, fields, record_ids[:half]),
                **await self._rows_of(subform, fields, record_ids[half:]),
            }
        rows: dict[str, list[Record]] = {}
        for row in said.get("data") or []:
            parent = row.get(PARENT)
            if not isinstance(parent, Mapping) or parent.get("id") not in record_ids:
                raise bad_record(
                    "ROWS_MISSING", f"Zoho gave rows of {subform} without their record", target="zoho"
                )
            rows.setdefault(parent["id"], []).append(allowed(row, fields))
        return rows

    async def deleted(self, module: str, since: datetime | None = None) -> list[DeletedRecord]:
        """List what was deleted at `since` (aware) or later; Zoho remembers 60 to 120 days."""
        found: list[DeletedRecord] = []
        number, more = 1, True
        while more:
            said = await self._transport.get(
                f"{module}/deleted",
                read_object,
                params={"type": "all", "page": str(number), "per_page": str(paging.PAGE_SIZE)},
                headers=paging.since_header(since),
            )
            page = paging.read_page(said)
            found += read_deleted(page.records)
            number, more = number + 1, page.more
        return found

    async def count(self, module: str) -> int | None:
        """Return how many records a module has; None where Zoho's answer does not say."""
        said = await self._transport.get(f"{module}/actions/count", read_object)
        number = said.get("count")
        return number if isinstance(number, int) else None

    async def fields(self, module: str) -> list[Record]:
        """Read the module's field metadata (`api_name`, `data_type`, `length`, `unique` ...)."""
        said = await self._transport.get("settings/fields", read_object, params={"module": module})
        return list(said.get("fields") or [])

    async def modules(self) -> list[str]:
        """List the API names of the organisation's modules."""
        return list(await self.administration.modules())

    async def org(self) -> Record:
        """Read the organisation (`id`, `zgid`, `company_name`, `time_zone` ...)."""
        said = await self._transport.get("org", read_object)
        organisations = said.get("org") or [{}]
        return dict(organisations[0])

    async def _write(
        self,
        method: str,
        path: str,
        records: Sequence[Record],
        keys: Mapping[str, Any],
        action: WriteAction | None,
        *,
        repeated: bool = True,
    ) -> list[ItemResult]:
        if records:
            about_to_write("zoho", f"{method} {path}", records)

        async def send(batch: Sequence[Record]) -> list[ItemResult]:
            body = {"data": list(batch), **keys, "trigger": []}
            return await self._transport.write(
                method,
                path,
                body,
                lambda answer: read_items(answer, len(batch), action),
                repeated=repeated,
            )

        outcomes = await in_batches(records, RECORDS_A_WRITE, send, at_once=SUB_CONCURRENCY)
        return [
            failed_item(index, outcome) if isinstance(outcome, SyncError) else replace(outcome, index=index)
            for index, outcome in enumerate(outcomes)
        ]


def _quoted(value: str) -> str:
    """Write a text as COQL reads it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
