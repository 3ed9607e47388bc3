"""Bring a record that Zoho owns to Moodle: read, plan, write, remember. The way of every entity but Moodle's grades."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from agent.entities.base import Entity
from agent.entities.fields import Labels, Record
from agent.errors import SyncError
from agent.store.records import RecordStore, SyncRecord
from agent.sync.plan import Planned, plan_deletion, plan_record
from agent.sync.reading import Reader, remember_times
from agent.sync.to_moodle import ToMoodle

LabelsOf = Callable[[Entity], Awaitable[Labels]]


@dataclass(frozen=True)
class Looked:
    """What came of looking: outcome (applied | unchanged | ignored) and what a person may want to know."""

    outcome: str
    detail: dict[str, Any] = field(default_factory=dict)


class FromZoho:
    """Carries single records of Zoho's over."""

    def __init__(self, reader: Reader, records: RecordStore, to_moodle: ToMoodle, labels: LabelsOf) -> None:
        self._reader = reader
        self._records = records
        self._to_moodle = to_moodle
        self._labels = labels

    async def read(self, entity: Entity, record_id: str) -> Record | None:
        """Read a record as Zoho has it now; None when it has none."""
        return await self._reader.read(entity, record_id)

    async def look(self, entity: Entity, record_id: str, record: Record | None) -> Looked:
        """Bring Moodle into agreement with a record as it was read.

        Raises:
            SyncError: what failed and what to do about it.
        """
        stored = await self._records.get(entity.name, record_id)
        return await self.carry(entity, await self.plan(entity, record_id, record, stored))

    async def plan(
        self, entity: Entity, record_id: str, record: Record | None, stored: SyncRecord | None
    ) -> Planned | None:
        """Plan a record; None when it is gone from Zoho and Moodle never had it.

        Raises:
            SyncError: it cannot be written as it is; that is remembered.
        """
        if record is None:
            return plan_deletion(entity, stored) if stored else None
        try:
            return plan_record(entity, record, await self._labels(entity), stored)
        except SyncError as error:
            await self._records.fail(entity.name, record_id, error.code, error.message)
            raise

    async def carry(self, entity: Entity, planned: Planned | None) -> Looked:
        """Carry a plan out.

        Raises:
            SyncError: what failed and what to do about it.
        """
        if planned is None:
            return Looked(
                "ignored", {"reason": "deleted in Zoho, and nothing of it is left to take back in Moodle"}
            )
        if planned.settled:
            await remember_times(self._records, entity, [planned])
            return Looked("unchanged")
        applied = (await self._to_moodle.apply(entity, [planned]))[0]
        if applied.error is not None:
            raise applied.error
        outcome = "unchanged" if applied.outcome == "unchanged" and not planned.changed else "applied"
        return Looked(
            outcome, {"moodle": applied.outcome, "moodle_id": applied.moodle_id, "fields": planned.changed}
        )
