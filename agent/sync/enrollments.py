"""Enrollments, which both sides may change: who changed what since they agreed, and where it has to go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from agent.entities.base import Entity
from agent.entities.fields import Record, stored_value
from agent.errors import bad_record, waiting_for
from agent.moodle.client import MoodleClient
from agent.moodle.models import EnrolmentSnapshot
from agent.store.options import Directions, Withdrawal
from agent.store.pairs import Pair, Pairs
from agent.store.records import RecordStore
from agent.store.runs import RecordNote, RunStore
from agent.store.settings import SettingsStore
from agent.sync.from_zoho import FromZoho, LabelsOf, Looked
from agent.sync.plan import Planned
from agent.sync.two_way import SHARED, Merged, ended, merge, moodles_form
from agent.zoho.client import ZohoClient
from agent.zoho.models import ItemResult

ENTITY = "enrollment"
NEW_TYPE = "Normal"  # as people see it: what an enrolment done in Moodle is until Zoho says otherwise

Clock = Callable[[], datetime]


class Enrollments:
    """Looks at one enrollment, named by Zoho's id or by Moodle's key; no two looks at one pair at a time."""

    def __init__(
        self,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        pairs: Pairs,
        runs: RunStore,
        settings: SettingsStore,
        from_zoho: FromZoho,
        labels: LabelsOf,
        *,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._pairs = pairs
        self._runs = runs
        self._settings = settings
        self._from_zoho = from_zoho
        self._labels = labels
        self._clock = clock

    async def changed_in_moodle(self, entity: Entity, name: str) -> Looked:
        """Look at an enrolment that somebody changed in Moodle.

        Args:
            entity: enrollment.
            name: Moodle's key (``userid_courseid``), or Zoho's id of the enrollment.

        Raises:
            SyncError: what failed and what to do about it.
        """
        if await self._direction() == "zoho_to_moodle":
            reason = "changes made in Moodle are not carried over (sync.directions); a full pass undoes them"
            return Looked("ignored", {"reason": reason})
        key = name if "_" in name else await self._key(name)
        if key is None:
            return await self.changed_in_zoho(entity, name)
        snapshot = (await self._moodle.get_enrolments([key]))[0]
        if not snapshot.found:
            return Looked(
                "ignored", {"reason": "the account is no student of Zoho's, or the course no class"}
            )
        pair = (snapshot.studentzohoid, snapshot.classzohoid)
        async with self._pairs.alone(*pair):
            snapshot = (await self._moodle.get_enrolments([key]))[
                0
            ]  # as it is now that nobody else works on it
            record = await self._find(entity, pair, date.fromisoformat(snapshot.today))
            if record is not None:
                return await self._merge(entity, record, snapshot)
            if snapshot.status != "active":
                return Looked("ignored", {"reason": "not enrolled in Moodle, and Zoho has no enrollment"})
            return await self._create(entity, snapshot)

    async def changed_in_zoho(self, entity: Entity, record_id: str) -> Looked:
        """Look at an enrollment of which Zoho, or nobody in particular, says that it changed.

        What a person changed in Moodle meanwhile is not overwritten.

        Raises:
            SyncError: what failed and what to do about it.
        """
        if await self._direction() == "moodle_to_zoho":
            reason = "changes made in Zoho are not carried over (sync.directions)"
            return Looked("ignored", {"reason": reason})
        record = await self._from_zoho.read(entity, record_id)
        pair = _pair(entity, record) if record else await self._remembered_pair(record_id)
        if pair is None:
            return await self._from_zoho.look(entity, record_id, record)
        async with self._pairs.alone(*pair):
            record = await self._from_zoho.read(entity, record_id)
            snapshot = await self._edited_in_moodle(entity, record) if record else None
            if record is None or snapshot is None:
                return await self._from_zoho.look(entity, record_id, record)
            return await self._merge(entity, record, snapshot)

    async def _direction(self) -> str:
        return (await self._settings.get(Directions)).enrollment

    async def _merge(self, entity: Entity, record: Record, snapshot: EnrolmentSnapshot) -> Looked:
        """Bring a record of Zoho's and what Moodle holds together, then remember what both sides have."""
        record_id = str(record["id"])
        planned = await self._plan(entity, record)
        merged = await self._merged(planned, snapshot)
        if merged.to_zoho:
            written = {_zoho(entity, name): value for name, value in merged.to_zoho.items()}
            _taken((await self._zoho.update(entity.module, [{"id": record_id, **written}]))[0])
            whole = await self._from_zoho.read(entity, record_id)
            looked = await self._from_zoho.look(entity, record_id, whole)
        else:
            looked = await self._from_zoho.carry(entity, planned)
        if merged.lost:
            lost = RecordNote(record_id, "conflict", sorted(merged.lost), detail=merged.lost)
            await self._runs.note(None, ENTITY, [lost])
        detail = {**looked.detail, "zoho": sorted(merged.to_zoho), "conflict": sorted(merged.lost)}
        return Looked("applied" if merged.to_zoho else looked.outcome, detail)

    async def _merged(self, planned: Planned, snapshot: EnrolmentSnapshot) -> Merged:
        stored = planned.stored
        if stored is None or stored.agreed_state is None or stored.deleted_at is not None:
            return Merged()  # without anything agreed on Zoho's form holds
        owner = "moodle" if await self._direction() == "moodle_to_zoho" else "zoho"
        return merge(stored.agreed_state, planned.form, await self._held(planned, snapshot), owner=owner)

    async def _held(self, planned: Planned, snapshot: EnrolmentSnapshot) -> dict[str, Any]:
        stored = planned.stored
        withdrawal = await self._settings.get(Withdrawal)
        return moodles_form(
            snapshot,
            (stored.agreed_state if stored else None) or {},
            planned.form,
            since=stored.source_time if stored else None,
            suspends=withdrawal.enrolment == "suspend",
        )

    async def _create(self, entity: Entity, snapshot: EnrolmentSnapshot) -> Looked:
        """Make Zoho's enrollment of an enrolment done in Moodle; Zoho was asked for one just before."""
        pair = {"student": snapshot.studentzohoid, "class": snapshot.classzohoid}
        for name, record_id in pair.items():
            known = await self._records.get(name, record_id)
            if known is not None and known.deleted_at is not None:
                reason = f"the {name} was deleted in Zoho; the pass after a restore makes the enrollment"
                return Looked("ignored", {"reason": reason})
        now = self._clock()
        values = {
            "student": {"id": snapshot.studentzohoid},
            "class": {"id": snapshot.classzohoid},
            "startdate": snapshot.startdate or None,
            "enddate": snapshot.enddate or None,
            "type": stored_value(await self._labels(entity), _zoho(entity, "type"), NEW_TYPE),
        }
        fields = {_zoho(entity, name): value for name, value in values.items()}
        item = await self._zoho.insert(entity.module, {**fields, **entity.write_back(snapshot.courseid, now)})
        lookups = {_zoho(entity, name): f"{name}:{record_id}" for name, record_id in pair.items()}
        if not item.ok and item.code == "INVALID_DATA" and item.details.get("api_name") in lookups:
            key = lookups[item.details["api_name"]]
            raise waiting_for(key, f"Zoho does not know {key.replace(':', ' ')} (any more): {item.message}")
        made = _taken(item)
        looked = await self._from_zoho.look(entity, made, await self._from_zoho.read(entity, made))
        return Looked("applied", {**looked.detail, "zoho": "created", "zoho_id": made})

    async def _find(self, entity: Entity, pair: Pair, today: date) -> Record | None:
        """Find Zoho's enrollment of a pair: of several the newest that runs, else the newest."""
        found = await self._present(entity, pair, await self._pairs.of(pair))
        if not found:
            names = (_zoho(entity, "student"), _zoho(entity, "class"))
            ids = await self._zoho.find(entity.module, dict(zip(names, pair, strict=True)))
            found = await self._present(entity, pair, ids)
        end = _zoho(entity, "enddate")
        return max(
            found,
            key=lambda record: (not ended({"enddate": record[end]}, today), int(record["id"])),
            default=None,
        )

    async def _present(self, entity: Entity, pair: Pair, ids: list[str]) -> list[Record]:
        pages = self._zoho.list_pages(entity.module, entity.zoho_fields, ids=ids)
        return [record async for page in pages for record in page if _pair(entity, record) == pair]

    async def _plan(self, entity: Entity, record: Record) -> Planned:
        stored = await self._records.get(ENTITY, str(record["id"]))
        planned = await self._from_zoho.plan(entity, str(record["id"]), record, stored)
        assert planned is not None  # noqa: S101 - only a record that is gone has no plan
        return planned

    async def _edited_in_moodle(self, entity: Entity, record: Record) -> EnrolmentSnapshot | None:
        """Return what Moodle holds where a person changed it there since both sides agreed; else None.

        That Moodle holds something else is not enough, for a backup may have been restored: its mirror must have the
        very form that was agreed on, and say itself that it no longer holds it.
        """
        planned = await self._plan(entity, record)
        stored = planned.stored
        if planned.settled or stored is None or not stored.agreed_state:
            return None
        key = await self._key(stored.record_id)
        if key is None or (stored.agreed_state["student"], stored.agreed_state["class"]) != _pair(
            entity, record
        ):
            return None
        snapshot = (await self._moodle.get_enrolments([key]))[0]
        held = await self._held(planned, snapshot)
        if not snapshot.found or all(held[name] == stored.agreed_state.get(name) for name in SHARED):
            return None
        async for page in self._moodle.list_records(ENTITY):
            for row in page:
                if row.zohoid == stored.record_id:
                    return snapshot if row.changehash == stored.agreed_hash and row.differs else None
        return None

    async def _key(self, record_id: str) -> str | None:
        """Build Moodle's key of an enrollment that both sides have."""
        stored = await self._records.get(ENTITY, record_id)
        student = (stored.agreed_state or {}).get("student") if stored else None
        known = await self._records.get("student", student) if student else None
        if stored is None or known is None or not stored.moodle_id or not known.moodle_id:
            return None
        return f"{known.moodle_id}_{stored.moodle_id}"

    async def _remembered_pair(self, record_id: str) -> Pair | None:
        stored = await self._records.get(ENTITY, record_id)
        form = (stored.source_state or {}) if stored else {}
        return (form["student"], form["class"]) if form.get("student") and form.get("class") else None


def _zoho(entity: Entity, name: str) -> str:
    return next(line.zoho for line in entity.fields if line.name == name)


def _pair(entity: Entity, record: Record) -> Pair | None:
    student, class_ = (record.get(_zoho(entity, name)) or {} for name in ("student", "class"))
    return (str(student["id"]), str(class_["id"])) if student.get("id") and class_.get("id") else None


def _taken(item: ItemResult) -> str:
    """Return the id of a record that Zoho took.

    Raises:
        SyncError: it did not.
    """
    if item.id is None:
        raise item.error or bad_record(item.code, item.message, target="zoho")
    return item.id
