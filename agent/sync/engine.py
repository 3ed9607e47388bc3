"""Look at one record again: the one function behind webhook, Moodle event, pull, retry and the admin's button.

An event only names a record; what it carries is never trusted as data. The engine reads the truth from the side
that owns the record, compares it with what both sides last agreed on, and writes the difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agent.entities.base import Entity
from agent.entities.fields import Labels, Record, picklist_labels
from agent.entities.registry import FROM_ZOHO, PARTS
from agent.errors import Action, SyncError
from agent.grading.btec import GradeRules
from agent.moodle.client import MoodleClient
from agent.store.records import RecordStore, SyncRecord
from agent.sync.modules import Modules
from agent.sync.plan import Planned, plan_deletion, plan_record
from agent.sync.reading import read_record, remember_times
from agent.sync.to_moodle import Enqueue, ToMoodle, Wake
from agent.sync.to_zoho import ToZoho
from agent.zoho.client import ZohoClient


@dataclass(frozen=True)
class Looked:
    """What came of looking: outcome (applied | unchanged | ignored) and what a person may want to know."""

    outcome: str
    detail: dict[str, Any] = field(default_factory=dict)


class Engine:
    """Brings single records into agreement; `agent.sync.bulk` does the same for whole modules."""

    def __init__(
        self,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        modules: Modules,
        *,
        wake: Wake,
        enqueue: Enqueue,
        rules: GradeRules | None = None,
    ) -> None:
        self.modules = modules
        self._zoho = zoho
        self._records = records
        self._labels: dict[str, Labels] = {}
        self.to_moodle = ToMoodle(zoho, moodle, records, wake, enqueue)
        self._to_zoho = ToZoho(zoho, moodle, records, rules or GradeRules())

    async def labels(self, entity: Entity) -> Labels:
        """Return the shown values of the module's picklists (asked of Zoho once per process)."""
        if entity.module not in self._labels:
            self._labels[entity.module] = picklist_labels(await self.modules.metadata(entity.name))
        return self._labels[entity.module]

    async def look(self, source: str, entity_type: str, record_id: str) -> Looked:
        """Bring one record into agreement.

        Args:
            source: zoho | moodle | reconcile: who said that the record changed.
            entity_type: one of the registry, or grade; any other is ignored.
            record_id: Zoho's record id; for grades that Moodle names, the composite key.

        Raises:
            SyncError: what failed and what to do about it.
        """
        if entity_type == "grade":
            return await (self._grade_edited(record_id) if source == "zoho" else self._graded(record_id))
        if entity_type not in FROM_ZOHO:
            return Looked("ignored", {"reason": f"{entity_type} records are not synced"})
        return await self._whole(entity_type, record_id)

    async def _whole(self, name: str, record_id: str) -> Looked:
        """Look at a record and at its parts; one that fails does not stop the others."""
        done: dict[str, Looked] = {}
        errors: list[SyncError] = []
        for part in (name, *PARTS.get(name, ())):
            try:
                done[part] = await self._from_zoho(await self.modules.entity(part), record_id)
            except SyncError as error:
                errors.append(error)
        if errors:  # one that will be tried again first: the others come up again with it
            raise min(errors, key=lambda error: error.action is Action.FAIL_RECORD)
        outcomes = [one.outcome for one in done.values()]
        outcome = next(word for word in ("applied", "unchanged", "ignored") if word in outcomes)
        parts = {part: looked.detail for part, looked in done.items() if part != name and looked.detail}
        return Looked(outcome, {**done[name].detail, **parts})

    async def _from_zoho(self, entity: Entity, record_id: str) -> Looked:
        record = await read_record(self._zoho, entity, record_id)
        stored = await self._records.get(entity.name, record_id)
        planned = await self._plan(entity, record_id, record, stored)
        if planned is None:
            return Looked("ignored", {"reason": "deleted in Zoho before Moodle ever had it"})
        if planned.settled:
            await remember_times(self._records, entity, [planned])
            return Looked("unchanged")
        applied = (await self.to_moodle.apply(entity, [planned]))[0]
        if applied.error is not None:
            raise applied.error
        outcome = "unchanged" if applied.outcome == "unchanged" and not planned.changed else "applied"
        return Looked(
            outcome, {"moodle": applied.outcome, "moodle_id": applied.moodle_id, "fields": planned.changed}
        )

    async def _plan(
        self, entity: Entity, record_id: str, record: Record | None, stored: SyncRecord | None
    ) -> Planned | None:
        if record is None:
            return plan_deletion(entity, stored) if stored else None
        try:
            return plan_record(entity, record, await self.labels(entity), stored)
        except SyncError as error:
            await self._records.fail(entity.name, record_id, error.code, error.message)
            raise

    async def _read(self, module: str, fields: list[str], record_id: str) -> Record | None:
        """Read one record by the list call, which alone takes an allow-list of fields."""
        async for page in self._zoho.list_pages(module, fields, ids=[record_id]):
            for record in page:
                return record
        return None

    async def _graded(self, key: str) -> Looked:
        done = await self._to_zoho.grade(key, await self.modules.grade())
        return Looked(done.outcome, {"reason": done.reason})

    async def _grade_edited(self, zoho_id: str) -> Looked:
        names = await self.modules.grade()
        record = await self._read(names.module, names.zoho_fields, zoho_id)
        done = await self._to_zoho.echo(zoho_id, record, names)
        return Looked(done.outcome, {"reason": done.reason})
