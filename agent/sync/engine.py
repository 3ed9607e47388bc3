"""Look at one record again: the one function behind webhook, Moodle event, pull, retry and the admin's button.

An event only names a record; what it carries is never trusted as data. The engine reads the truth from the side
that owns the record, compares it with what both sides last agreed on, and writes the difference.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agent.entities.base import Entity
from agent.entities.fields import Labels, Record, picklist_labels
from agent.entities.registry import FROM_ZOHO, PARTS
from agent.errors import Action, SyncError
from agent.gathering import Gathering
from agent.moodle.client import MoodleClient
from agent.store.pairs import Pairs
from agent.store.records import RecordStore
from agent.store.runs import RunStore
from agent.sync.enrollments import Enrollments
from agent.sync.from_zoho import FromZoho, Looked
from agent.sync.grade_wanted import GradeOutcome
from agent.sync.modules import Modules
from agent.sync.reading import Reader
from agent.sync.requests import Requests
from agent.sync.to_moodle import Enqueue, ToMoodle, Wake
from agent.sync.to_zoho import ToZoho
from agent.tried import is_only_tried
from agent.zoho.client import ZohoClient

ZOHO_ID_DIGITS = 10  # the least; Moodle's own numbers are shorter


class Engine:
    """Brings single records into agreement; `agent.sync.bulk` does the same for whole modules."""

    def __init__(
        self,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        modules: Modules,
        pairs: Pairs,
        runs: RunStore,
        *,
        wake: Wake,
        enqueue: Enqueue,
    ) -> None:
        self.modules = modules
        self._labels: dict[str, Labels] = {}
        self.to_moodle = ToMoodle(zoho, moodle, records, wake, enqueue)
        self.reader = Reader(zoho)
        carried = FromZoho(self.reader, records, self.to_moodle, self.labels)
        self._carried = carried
        shared = (zoho, moodle, records, pairs, runs)
        self.enrollments = Enrollments(*shared, modules.settings, carried, self.labels)
        self.requests = Requests(*shared, carried, self.labels)
        self.grades = ToZoho(zoho, moodle, records, runs, modules.settings)
        self._graded_together = Gathering(self._send_grades)

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
            record_id: Zoho's id, or Moodle's name for it: a grade's or an enrolment's key, a request's number.

        Raises:
            SyncError: what failed and what to do about it.
        """
        if entity_type == "grade":
            return await (self._grade_edited(record_id) if source == "zoho" else self._graded(record_id))
        if entity_type not in FROM_ZOHO:
            return Looked("ignored", {"reason": f"{entity_type} records are not synced"})
        if entity_type == "enrollment" and (source == "moodle" or "_" in record_id):
            return await self.enrollments.changed_in_moodle(await self.modules.entity(entity_type), record_id)
        if entity_type == "request" and len(record_id) < ZOHO_ID_DIGITS:
            return await self.requests.raised(await self.modules.entity(entity_type), int(record_id))
        return await self._whole(entity_type, record_id)

    async def _whole(self, name: str, record_id: str) -> Looked:
        """Look at a record and at its parts; one that fails does not stop the others."""
        if name not in PARTS:
            return await self._from_zoho(await self.modules.entity(name), record_id)
        names = (name, *PARTS[name])
        # All are read at the same time, but carried over in their order: a part needs the whole in Moodle.
        read = await asyncio.gather(*(self._read(part, record_id) for part in names), return_exceptions=True)
        done: dict[str, Looked] = {}
        errors: list[SyncError] = []
        for part, record in zip(names, read, strict=True):
            try:
                if isinstance(record, BaseException):
                    raise record
                done[part] = await self._carried.look(await self.modules.entity(part), record_id, record)
            except SyncError as error:
                errors.append(error)
        if errors:  # one that will be tried again first: the others come up again with it
            raise min(errors, key=lambda error: error.action is Action.FAIL_RECORD)
        outcomes = [one.outcome for one in done.values()]
        outcome = next(word for word in ("applied", "unchanged", "ignored") if word in outcomes)
        parts = {part: looked.detail for part, looked in done.items() if part != name and looked.detail}
        return Looked(outcome, {**done[name].detail, **parts})

    async def _from_zoho(self, entity: Entity, record_id: str) -> Looked:
        match entity.name:
            case "enrollment":
                return await self.enrollments.changed_in_zoho(entity, record_id)
            case "request":
                return await self.requests.changed_in_zoho(entity, record_id)
        return await self._carried.look(entity, record_id, await self._carried.read(entity, record_id))

    async def _read(self, name: str, record_id: str) -> Record | None:
        return await self.reader.read(await self.modules.entity(name), record_id)

    async def _graded(self, key: str) -> Looked:
        if is_only_tried():  # what is only tried goes alone: it must not keep others from writing
            (done,) = await self._send_grades([key])
        else:
            done = await self._graded_together.one(key)
        if isinstance(done, SyncError):
            raise done
        return Looked(done.outcome, {"reason": done.reason})

    async def _send_grades(self, keys: Sequence[str]) -> list[GradeOutcome | SyncError]:
        return await self.grades.send(keys, await self.modules.grade())

    async def _grade_edited(self, zoho_id: str) -> Looked:
        """Look at a record of Zoho's grades: Moodle's own is put right, any other was typed in."""
        names = await self.modules.grade()
        done = await self.grades.edited(zoho_id, names)
        if done is not None:
            return Looked(done.outcome, {"reason": done.reason})
        return await self._whole("result", zoho_id)
