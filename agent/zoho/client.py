"""Zoho CRM's API v8 as the agent uses it: lists, single records, upserts, deletions, metadata."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.config import Settings
from agent.zoho.models import DeletedRecord, ItemResult, Record


class ZohoClient:
    """One organisation's CRM.

    Every method raises `SyncError` (target `zoho`) and nothing else for what goes wrong outside.
    """

    @classmethod
    def from_settings(
        cls, settings: Settings, session: aiohttp.ClientSession, engine: AsyncEngine
    ) -> ZohoClient:
        """Build the client that the settings describe; the access token is kept in the database."""
        raise NotImplementedError

    @property
    def credits_remaining(self) -> int | None:
        """API credits left in the rolling 24 hours; Zoho tells once half of them are used."""
        raise NotImplementedError

    def list_pages(
        self,
        module: str,
        fields: Sequence[str],
        *,
        modified_since: datetime | None = None,
        ids: Sequence[str] | None = None,
    ) -> AsyncIterator[list[Record]]:
        """List a module's records, a page (at most 200) at a time; no record comes twice.

        The first 2,000 are fetched several pages at once, the rest by page token.

        Args:
            module: API name.
            fields: API names to ask for, at most 50; `id` comes by itself. Nothing else is passed on.
            modified_since: only what was modified at this time or later (aware).
            ids: only these records.
        """
        raise NotImplementedError

    async def get(self, module: str, record_id: str, fields: Sequence[str] | None = None) -> Record | None:
        """Read one record with its subforms; None when there is none (or it is in the recycle bin)."""
        raise NotImplementedError

    async def update(self, module: str, records: Sequence[Record]) -> list[ItemResult]:
        """Change records, each with its `id`; see `upsert` for the results."""
        raise NotImplementedError

    async def upsert(
        self, module: str, records: Sequence[Record], *, duplicate_check_fields: Sequence[str]
    ) -> list[ItemResult]:
        """Insert or update records by unique fields; no workflow is triggered (`trigger: []`).

        Safe to repeat. Any number of records; they go in batches of 100, several at once. A batch that is
        refused whole is split until the bad record stands alone.

        Returns:
            One result a record, in the order given. A record that a failed call carried (and not others)
            has that call's error in `error`.

        Raises:
            SyncError: no record could be written, for a reason that is no record's own fault.
        """
        raise NotImplementedError

    async def deleted(self, module: str, since: datetime | None = None) -> list[DeletedRecord]:
        """List what was deleted at `since` (aware) or later; Zoho remembers 60 to 120 days."""
        raise NotImplementedError

    async def fields(self, module: str) -> list[Record]:
        """Read the module's field metadata (`api_name`, `data_type`, `length`, `unique` ...)."""
        raise NotImplementedError

    async def org(self) -> Record:
        """Read the organisation (`id`, `zgid`, `company_name`, `time_zone` ...)."""
        raise NotImplementedError
