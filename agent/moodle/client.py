"""The plugin's web services in Moodle, called by POST (docs/protocol.md, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiohttp

from agent.config import Settings
from agent.moodle.models import GradeSnapshot, MoodleStatus, MoodleStudent, OutboxEvent, Row, RowResult


class MoodleClient:
    """One Moodle site.

    Every method raises `SyncError` (target `moodle`) and nothing else for what goes wrong outside.
    """

    @classmethod
    def from_settings(cls, settings: Settings, session: aiohttp.ClientSession) -> MoodleClient:
        """Build the client that the settings describe."""
        raise NotImplementedError

    async def call(self, function: str, params: dict[str, Any]) -> Any:
        """Call one web-service function; nested parameters are written as Moodle reads them."""
        raise NotImplementedError

    async def upsert_students(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create or update accounts; one result a row, in the order given, any number of rows.

        Rows go in batches, several at once. A batch that is refused whole is split until the bad row stands
        alone: that row's result has status `error`.

        Raises:
            SyncError: no row could be written, for a reason that is no row's own fault.
        """
        raise NotImplementedError

    async def upsert_courses(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create or update courses; see `upsert_students`."""
        raise NotImplementedError

    async def upsert_enrolments(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create, suspend or restore enrolments; see `upsert_students`."""
        raise NotImplementedError

    async def get_students(self, zohoids: Sequence[str]) -> list[MoodleStudent]:
        """Read students as Moodle really holds them; those unknown are absent."""
        raise NotImplementedError

    async def get_grades(self, keys: Sequence[str]) -> list[GradeSnapshot]:
        """Read the present grades; one a key, in the order given (`found` False when there is none)."""
        raise NotImplementedError

    async def get_events(self, limit: int) -> list[OutboxEvent]:
        """Read pending events of Moodle's outbox, oldest first."""
        raise NotImplementedError

    async def ack_events(self, eventids: Sequence[str]) -> int:
        """Mark events of Moodle's outbox as delivered; returns how many were pending."""
        raise NotImplementedError

    async def get_status(self) -> MoodleStatus:
        """Read versions, site and backlog."""
        raise NotImplementedError
