"""Carry Moodle's grades to Zoho: one record per student and assignment, under the composite key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.canonical import Canonical, change_hash
from agent.entities import grade
from agent.entities.grade import GradeNames
from agent.entities.policy import grade_rules
from agent.errors import SyncError, bad_record
from agent.grading.btec import GradeRuleError, GradeRules
from agent.moodle.client import MoodleClient
from agent.moodle.models import GradeSnapshot
from agent.store.options import GradingRules
from agent.store.records import RecordStore, SyncRecord
from agent.store.runs import RecordNote, RunStore
from agent.store.settings import SettingsStore
from agent.sync.own import moodles_keys
from agent.zoho.client import ZohoClient
from agent.zoho.models import ItemResult, Record

ENTITY = "grade"


@dataclass(frozen=True)
class GradeOutcome:
    """What became of a grade: outcome (applied | unchanged | ignored) and why."""

    outcome: str
    reason: str


@dataclass(frozen=True)
class Held:
    """A grade as Zoho holds it now: its record's id and its canonical form."""

    zoho_id: str
    form: Canonical


@dataclass(frozen=True)
class Wanted:
    """A grade as Zoho has to hold it.

    Attributes:
        form, digest: canonical form and its MD5 (change detection only).
        stored: what is remembered of it.
        reason: how the letter came about.
    """

    key: str
    form: Canonical
    digest: str
    stored: SyncRecord | None
    reason: str

    @property
    def remembered(self) -> bool:
        """Tell whether Zoho was given just this, as far as the agent remembers."""
        stored = self.stored
        return stored is not None and stored.state == "synced" and stored.agreed_hash == self.digest

    def settled(self, held: Held | None) -> bool:
        """Tell whether Zoho holds just this; a grade that is gone from both sides is not made anew."""
        if held is None:
            return self.form["letter"] is None
        return self.remembered and held.form == self.form

    def edited(self, present: Canonical) -> dict[str, Any]:
        """Name what somebody typed over it in Zoho, as the detail of a conflict; nothing if it was never sent."""
        before = self.stored.agreed_state if self.stored else None
        if before is None:
            return {}
        return {
            name: {"kept": self.form.get(name), "lost": held, "agreed": before.get(name)}
            for name, held in present.items()
            if held != before.get(name) and held != self.form.get(name)
        }


class ToZoho:
    """Reads the present snapshots from Moodle, decides, and writes the differences to Zoho."""

    def __init__(
        self,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        runs: RunStore,
        settings: SettingsStore,
    ) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._runs = runs
        self._settings = settings

    async def wanted(
        self, keys: Sequence[str], names: GradeNames, present: Mapping[str, Held] | None = None
    ) -> list[Wanted | GradeOutcome | SyncError]:
        """Say how Zoho has to hold these grades, in the order given; an outcome where nothing is to be sent.

        Args:
            keys: ``userid_courseid_assignid``.
            names: Zoho's.
            present: what Zoho holds now, by key, where that was read: who graded before, if the agent forgot it.

        Raises:
            SyncError: Moodle or the database cannot be asked.
        """
        stored = await self._records.get_many(ENTITY, keys)
        snapshots = await self._moodle.get_grades(keys)
        classes = {one.classzohoid for one in snapshots if one.classzohoid}
        units = {
            record_id: ((record.source_state or {}).get("unit") or {}).get("name")
            for record_id, record in (await self._records.get_many("class", classes)).items()
        }
        rules = grade_rules(await self._settings.get(GradingRules))
        return [
            _wanted(
                one,
                stored.get(one.key),
                units.get(one.classzohoid),
                (present or {}).get(one.key),
                names,
                rules,
            )
            for one in snapshots
        ]

    async def send(
        self, keys: Sequence[str], names: GradeNames, present: Mapping[str, Held] | None = None
    ) -> list[GradeOutcome | SyncError]:
        """Bring Zoho's records of grades into agreement with Moodle, all in one batch; one outcome a key.

        Args:
            keys: ``userid_courseid_assignid``.
            names: Zoho's.
            present: what Zoho holds now, by key; what differs from it is written even if the agent remembers it so,
                and a grade that is missing from it is made anew. None: the agent's memory is believed.

        Raises:
            SyncError: nothing could be written, for a reason that is no grade's own fault.
        """
        decided = await self.wanted(keys, names, present)
        todo = [one for one in decided if isinstance(one, Wanted) and not _settled(one, present)]
        same = [one for one in todo if present and one.key in present and present[one.key].form == one.form]
        await self._records.save_many(
            ENTITY, [_agreed(one, (present or {})[one.key].zoho_id) for one in same]
        )
        todo = [one for one in todo if one not in same]
        records = [grade.zoho_record(one.form, names) for one in todo]
        items = await self._zoho.upsert(names.module, records, duplicate_check_fields=[names.key_field])
        await self._remember(todo, items, present or {})
        faults = [(key, one) for key, one in zip(keys, decided, strict=True) if isinstance(one, SyncError)]
        await self._records.fail_many(ENTITY, [(key, one.code, one.message) for key, one in faults])
        written = {one.key: item for one, item in zip(todo, items, strict=True)}
        return [_outcome(one, written) for one in decided]

    async def edited(self, zoho_id: str, names: GradeNames) -> GradeOutcome | None:
        """Look at a record that Zoho says has changed: our own write coming back, or a person's edit.

        Moodle owns the result: what a person typed over it is put right and recorded, and a record that was deleted
        is made anew. None: it is none of Moodle's grades.

        Raises:
            SyncError: what failed and what to do.
        """
        stored = await self._records.by_zoho_id(ENTITY, zoho_id)
        record = await self._read(zoho_id, names)
        held = str((record or {}).get(names.key_field) or "")
        key = stored.record_id if stored else held
        if stored is None and not await moodles_keys(self._records, self._moodle, [key]):
            return None
        present = {key: Held(zoho_id, grade.from_zoho(record, names))} if record else {}
        if record is not None and held != key:  # an upsert by the key would make a second record
            fields = {"id": zoho_id, names.key_field: key}
            _raise_if_refused((await self._zoho.update(names.module, [fields]))[0])
        (done,) = await self.send([key], names, present)
        if isinstance(done, SyncError):
            raise done
        return done

    async def _read(self, zoho_id: str, names: GradeNames) -> Record | None:
        async for page in self._zoho.list_pages(names.module, names.zoho_fields, ids=[zoho_id]):
            for record in page:
                return record
        return None

    async def _remember(
        self, done: Sequence[Wanted], items: Sequence[ItemResult], present: Mapping[str, Held]
    ) -> None:
        pairs = list(zip(done, items, strict=True))
        kept = [_agreed(one, item.id) for one, item in pairs if item.ok]
        await self._records.save_many(ENTITY, kept)
        refused = [(one.key, _refusal(item)) for one, item in pairs if not item.ok]
        await self._records.fail_many(ENTITY, [(key, error.code, error.message) for key, error in refused])
        conflicts = [
            RecordNote(one.key, "conflict", sorted(lost), detail=lost)
            for one, item in pairs
            if item.ok and one.key in present and (lost := one.edited(present[one.key].form))
        ]
        if conflicts:
            await self._runs.note(None, ENTITY, conflicts)


def _wanted(
    snapshot: GradeSnapshot,
    stored: SyncRecord | None,
    unit: str | None,
    held: Held | None,
    names: GradeNames,
    rules: GradeRules,
) -> Wanted | GradeOutcome | SyncError:
    before = (stored.agreed_state if stored else None) or (held.form if held else None)
    if not snapshot.found:
        if before is None:
            return GradeOutcome("ignored", "the grade is gone and was never sent")
        form, reason = grade.withdrawn(before), "the grade is gone from Moodle"
    elif not snapshot.studentzohoid:
        return GradeOutcome("ignored", "the user is no student of Zoho's")
    else:
        try:
            result = grade.result_of(snapshot, rules)
        except GradeRuleError as error:
            return bad_record("GRADE_NOT_BTEC", f"{snapshot.assignname}: {error}", target="moodle")
        if result.letter is None and before is None:
            return GradeOutcome("ignored", "not graded yet: nothing is sent")
        form = grade.canonical(snapshot, result, unit=unit, before=before)
        reason = result.reason
    return Wanted(snapshot.key, form, change_hash(form, names.mapping_mark), stored, reason)


def _settled(one: Wanted, present: Mapping[str, Held] | None) -> bool:
    return one.remembered if present is None else one.settled(present.get(one.key))


def _agreed(one: Wanted, zoho_id: str | None) -> SyncRecord:
    return replace(
        one.stored or SyncRecord(one.key, "pending"),
        state="synced",
        zoho_id=zoho_id,
        source_state=one.form,
        source_hash=one.digest,
        agreed_state=one.form,
        agreed_hash=one.digest,
        error_code=None,
        error_message=None,
    )


def _refusal(item: ItemResult) -> SyncError:
    return item.error or bad_record(item.code, item.message, target="zoho")


def _raise_if_refused(item: ItemResult) -> None:
    if not item.ok:
        raise _refusal(item)


def _outcome(
    one: Wanted | GradeOutcome | SyncError, written: Mapping[str, ItemResult]
) -> GradeOutcome | SyncError:
    if not isinstance(one, Wanted):
        return one
    item = written.get(one.key)
    if item is None:
        return GradeOutcome("unchanged", one.reason)
    return GradeOutcome("applied", one.reason) if item.ok else _refusal(item)
