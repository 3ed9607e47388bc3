"""What Moodle owns or both sides may change, compared whole: grades, enrolments, requests. Writes nothing itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from agent.canonical import differences
from agent.entities import request
from agent.entities.base import Entity
from agent.errors import SyncError
from agent.moodle.client import MoodleClient
from agent.moodle.models import EnrolmentSnapshot, MoodleRecord, RequestSnapshot
from agent.store.options import Directions
from agent.store.pairs import PairMark, Pairs
from agent.store.records import RecordStore, SyncRecord
from agent.sync.compare import TWO_WAY, Difference
from agent.sync.from_zoho import LabelsOf
from agent.sync.grade_wanted import ROWS, GradeOutcome, Held, Wanted
from agent.sync.modules import Modules
from agent.sync.own import KEY
from agent.sync.to_zoho import ToZoho
from agent.zoho.client import ZohoClient


class Grades:
    """Moodle's grades against Zoho's records and the agent's memory; what differs is sent a batch at a time."""

    name = "grade"
    entity = "grade"
    after: tuple[str, ...] = ("class", "enrollment")

    def __init__(
        self,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        modules: Modules,
        to_zoho: ToZoho,
    ) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._modules = modules
        self._to_zoho = to_zoho
        self._held: dict[str, Held] = {}

    async def differences(self) -> AsyncIterator[Difference]:
        """Give the grades that were never sent, that differ, and that are gone from Moodle."""
        names = await self._modules.grade()
        self._held = {}
        async for page in self._zoho.list_pages(names.module, names.zoho_fields):
            for record in page:
                key = str(record.get(names.key_field) or "")
                if KEY.fullmatch(key):
                    self._held[key] = Held.of(record, names)
        seen: set[str] = set()
        async for listed in self._moodle.list_grades():
            keys = [one.key for one in listed]
            seen.update(keys)
            for one in await self._differing(keys):
                yield one
        for one in await self._differing(sorted(set(await self._records.marks("grade")) - seen)):
            yield one

    async def mend(self, found: Sequence[Difference]) -> list[tuple[str, SyncError | None]]:
        """Send these grades to Zoho; see `InBatches`."""
        keys = [one.record_id for one in found]
        done = await self._to_zoho.send(keys, await self._modules.grade(), self._held)
        return [("failed", one) if isinstance(one, SyncError) else (one.outcome, None) for one in done]

    async def _differing(self, keys: Sequence[str]) -> list[Difference]:
        decided = await self._to_zoho.wanted(keys, await self._modules.grade(), self._held)
        found = [self._difference(key, one) for key, one in zip(keys, decided, strict=True)]
        known = await self._records.get_many("grade", [one.record_id for one in found if one and one.reason])
        return [one for one in found if one and not _known_fault(one, known.get(one.record_id))]

    def _difference(self, key: str, one: Wanted | GradeOutcome | SyncError) -> Difference | None:
        if isinstance(one, SyncError):
            return Difference("grade", key, "update", reason=str(one), source="moodle")
        held = self._held.get(key)
        if isinstance(one, GradeOutcome) or one.settled(held):
            return None
        lacking = {"zoho": held is None, "agent": one.stored is None}
        missing = tuple(side for side, lacks in lacking.items() if lacks)
        if held is None:
            return Difference("grade", key, "create", missing=missing, source="moodle")
        fields = tuple(differences(held.form, one.form))
        if list(one.former_rows or ()) != list(one.rows):
            fields += (ROWS,)
        operation = "adopt" if not fields else "conflict" if one.edited(held.form) else "update"
        return Difference("grade", key, operation, fields, missing, source="moodle")


def _known_fault(one: Difference, stored: SyncRecord | None) -> bool:
    """Tell whether a grade that cannot be sent is one that was filed for the same reason before."""
    if stored is None or stored.error_code is None:
        return False
    return one.reason == f"{stored.error_code}: {stored.error_message}"


class Enrolments:
    """What a person changed of enrolments in Moodle, and whom she enrolled there, as far as no event told it."""

    name = "moodle enrolment"
    entity = "enrollment"
    after: tuple[str, ...] = ("enrollment",)

    def __init__(self, moodle: MoodleClient, records: RecordStore, pairs: Pairs, modules: Modules) -> None:
        self._moodle = moodle
        self._records = records
        self._pairs = pairs
        self._modules = modules

    async def differences(self) -> AsyncIterator[Difference]:
        """Give the enrollments that Moodle no longer holds as they were agreed on, then those that only Moodle has."""
        if (await self._modules.settings.get(Directions)).enrollment == "zoho_to_moodle":
            return
        pairs = await self._pairs.all()
        known = await self._records.marks("enrollment")
        gone = await self._records.deleted_ids("student") | await self._records.deleted_ids("class")
        async for page in self._moodle.list_records("enrollment"):
            for row in page:
                if one := _edited(row, known.get(row.zohoid)):
                    yield one
        async for listed in self._moodle.list_enrolments():
            for snapshot in listed:
                if snapshot.studentzohoid in gone or snapshot.classzohoid in gone:
                    continue  # Zoho would refuse an enrollment that names them
                if _only_in_moodle(snapshot, pairs.get((snapshot.studentzohoid, snapshot.classzohoid), [])):
                    yield Difference(
                        "enrollment", snapshot.key, "create", missing=("zoho", "agent"), source="moodle"
                    )


def _edited(row: MoodleRecord, stored: SyncRecord | None) -> Difference | None:
    """Say what a person changed."""
    changed = TWO_WAY.intersection(row.differs.split())
    if row.deleted or not changed:
        return None
    # Where the mirror has another form than the agent remembers, a backup came back: Zoho's form holds then.
    same = stored is not None and stored.agreed_hash == row.changehash
    source = "moodle" if same else "zoho"
    return Difference("enrollment", row.zohoid, "update", moodle=tuple(sorted(changed)), source=source)


def _only_in_moodle(snapshot: EnrolmentSnapshot, marks: Sequence[PairMark]) -> bool:
    """Tell whether somebody enrolled her in Moodle since Zoho had no enrollment, or none any more."""
    if snapshot.status != "active" or any(mark.deleted_at is None for mark in marks):
        return False
    touched = datetime.fromtimestamp(snapshot.timemodified, UTC)
    return all(mark.deleted_at is not None and touched > mark.deleted_at for mark in marks)


class Requests:
    """Requests that Zoho does not have yet, and what of Moodle's fields was changed in Zoho."""

    name = "moodle request"
    entity = "request"
    after: tuple[str, ...] = ("student", "request")

    def __init__(
        self, moodle: MoodleClient, records: RecordStore, modules: Modules, labels: LabelsOf
    ) -> None:
        self._moodle = moodle
        self._records = records
        self._modules = modules
        self._labels = labels

    async def differences(self) -> AsyncIterator[Difference]:
        """Give the requests that were raised in Moodle and that Zoho does not hold so."""
        entity = await self._modules.entity("request")
        stored = await self._records.get_many("request", await self._records.known_ids("request"))
        by_number = {one.moodle_id: one for one in stored.values() if one.moodle_id}
        async for page in self._moodle.list_requests():
            for snapshot in page:
                if one := await self._difference(entity, snapshot, by_number.get(snapshot.requestid)):
                    yield one

    async def _difference(
        self, entity: Entity, snapshot: RequestSnapshot, stored: SyncRecord | None
    ) -> Difference | None:
        number = str(snapshot.requestid)
        if stored is None:
            waits = bool(snapshot.zohoid) or not snapshot.studentzohoid
            missing = ("zoho", "agent")
            return (
                None if waits else Difference("request", number, "create", missing=missing, source="moodle")
            )
        mine = request.raised(snapshot, await self._labels(entity), entity.fields)
        held = stored.agreed_state or {}
        fields = tuple(sorted(name for name, value in mine.items() if held.get(name) != value))
        if fields:
            return Difference("request", number, "conflict", fields, source="moodle")
        if stored.state != "deleted" and any(not one.status for one in snapshot.attachments):
            return Difference("request", number, "update", ("attachments",), source="moodle")
        return None
