"""Carry Moodle's grades to Zoho: one record per student and assignment, under the composite key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from agent.entities import grade
from agent.entities.grade import GradeNames
from agent.entities.policy import grade_rules
from agent.errors import Action, SyncError, bad_record, waiting_for
from agent.moodle.client import MoodleClient
from agent.store.attempts import keep_attempts
from agent.store.options import GradingRules
from agent.store.records import RecordStore, SyncRecord
from agent.store.runs import RecordNote, RunStore
from agent.store.settings import SettingsStore
from agent.sync.grade_rows import GradeRows, RowsDone, RowsDue
from agent.sync.grade_wanted import ROWS, ROWS_AT, GradeOutcome, Held, Wanted, wanted
from agent.sync.own import moodles_keys
from agent.zoho.client import ZohoClient
from agent.zoho.models import ItemResult, Record

ENTITY = "grade"


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
        self._rows = GradeRows(zoho)

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
        classes = await self._records.get_many("class", {one.classzohoid for one in snapshots} - {""})
        students = await self._records.get_many("student", {one.studentzohoid for one in snapshots} - {""})
        units = {
            record_id: ((record.source_state or {}).get("unit") or {}).get("name")
            for record_id, record in classes.items()
        }
        rules = grade_rules(await self._settings.get(GradingRules))
        return [
            wanted(
                one,
                stored.get(one.key),
                (present or {}).get(one.key),
                unit=units.get(one.classzohoid),
                names=names,
                rules=rules,
                gone=_gone(students.get(one.studentzohoid), classes.get(one.classzohoid)),
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
        written = await self._upsert(todo, names, present)
        rows = await self._rows.bring(_rows_due(todo, written, present), names)
        await self._remember(todo, written, rows, present or {}, names)
        if present is None:
            await self._renamed_meanwhile(_first_ones(todo, written), names)
        _raise_if_stopped(rows)
        faults = [(key, one) for key, one in zip(keys, decided, strict=True) if isinstance(one, SyncError)]
        await self._records.fail_many(ENTITY, [(key, one.code, one.message) for key, one in faults])
        return [_outcome(one, written, rows, names) for one in decided]

    async def _renamed_meanwhile(self, new: Sequence[str], names: GradeNames) -> None:
        """Send grades again whose student or class got another name while nothing told yet that they carry it."""
        now = await self.wanted(new, names) if new else []
        if late := [one.key for one in now if isinstance(one, Wanted) and not one.remembered]:
            await self.send(late, names)

    async def _upsert(
        self, todo: Sequence[Wanted], names: GradeNames, present: Mapping[str, Held] | None
    ) -> dict[str, ItemResult | None]:
        """Write the records' own fields; by key, None where Zoho holds them already."""
        same = {
            one.key for one in todo if present and one.key in present and present[one.key].form == one.form
        }
        differing = [one for one in todo if one.key not in same]
        records = [grade.zoho_record(one.form, names) for one in differing]
        items = await self._zoho.upsert(names.module, records, duplicate_check_fields=[names.key_field])
        done: dict[str, ItemResult | None] = dict.fromkeys(same)
        return done | {one.key: item for one, item in zip(differing, items, strict=True)}

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
        present = {key: Held.of(record, names)} if record else {}
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
        self,
        todo: Sequence[Wanted],
        written: Mapping[str, ItemResult | None],
        rows: Mapping[str, RowsDone],
        present: Mapping[str, Held],
        names: GradeNames,
    ) -> None:
        kept: list[SyncRecord] = []
        refused: list[tuple[str, str, str]] = []
        conflicts: list[RecordNote] = []
        for one in todo:
            item, done, held = written[one.key], rows.get(one.key), present.get(one.key)
            if item is not None and not item.ok:
                fault = _refused(one, item, names)
                if fault.action is not Action.WAIT:
                    refused.append((one.key, fault.code, fault.message))
                continue
            kept.append(_agreed(one, item, done, held))
            if lost := {**(one.edited(held.form) if held else {}), **(done.lost if done else {})}:
                conflicts.append(RecordNote(one.key, "conflict", sorted(lost), detail=lost))
        earlier = {one.key: one.earlier for one in todo if one.earlier}
        await self._records.save_many(ENTITY, kept, beside=partial(keep_attempts, earlier=earlier))
        await self._records.fail_many(ENTITY, refused)
        if conflicts:
            await self._runs.note(None, ENTITY, conflicts)


def _first_ones(todo: Sequence[Wanted], written: Mapping[str, ItemResult | None]) -> list[str]:
    """Name the grades that Zoho has taken and of which nothing was remembered before."""
    return [one.key for one in todo if one.stored is None and (item := written[one.key]) and item.ok]


def _settled(one: Wanted, present: Mapping[str, Held] | None) -> bool:
    return one.remembered if present is None else one.settled(present.get(one.key))


def _rows_due(
    todo: Sequence[Wanted],
    written: Mapping[str, ItemResult | None],
    present: Mapping[str, Held] | None,
) -> list[RowsDue]:
    """Name the records whose rows have to be looked at, now that their ids are known."""
    due = []
    for one in todo:
        item, held = written[one.key], (present or {}).get(one.key)
        zoho_id = item.id if item is not None else held.zoho_id if held else None
        fresh = item is not None and item.action == "insert"
        # Our own write moves the time by which a person's edit of the rows is noticed: they are looked at with it.
        unsure = one.rows_unsure(held) or (item is not None and not fresh)
        if zoho_id is not None and unsure and (one.rows or (one.former_rows and not fresh)):
            due.append(RowsDue(one.key, zoho_id, one.rows, one.former_rows, fresh))
    return due


def _agreed(one: Wanted, item: ItemResult | None, done: RowsDone | None, held: Held | None) -> SyncRecord:
    """Say what is to be remembered; where the rows failed, that the fields are agreed and the rows are not."""
    fault = done.error if done else None
    # A time at which nobody looked would hide what a person typed before it.
    modified = done.modified if done else held.modified if held and not item else one.agreed.get(ROWS_AT)
    return replace(
        one.stored or SyncRecord(one.key, "pending"),
        state="error" if fault else "synced",
        zoho_id=item.id if item else held.zoho_id if held else None,
        source_state={**one.form, ROWS: list(one.rows)},
        source_hash=one.digest,
        agreed_state={**one.form, ROWS: one.former_rows if fault else list(one.rows), ROWS_AT: modified},
        agreed_hash=None if fault else one.digest,
        error_code=fault.code if fault else None,
        error_message=fault.message if fault else None,
    )


def _refusal(item: ItemResult) -> SyncError:
    return item.error or bad_record(item.code, item.message, target="zoho")


def _refused(one: Wanted, item: ItemResult, names: GradeNames) -> SyncError:
    """Say what a refusal means; where Zoho does not know the student or the class any more, it waits for a restore."""
    error = _refusal(item)
    for entity in ("student", "class"):
        if error.code == "INVALID_DATA" and error.details.get("api_name") == names.lookups[entity]:
            key = f"{entity}:{one.form[entity]}"
            return waiting_for(
                key, f"Zoho does not know the {entity} of this grade (any more): {error.message}"
            )
    return error


def _gone(student: SyncRecord | None, class_: SyncRecord | None) -> str:
    """Name what was deleted in Zoho, as far as the agent has heard; empty: nothing."""
    known = {"student": student, "class": class_}
    return next((name for name, one in known.items() if one is not None and one.deleted_at is not None), "")


def _raise_if_refused(item: ItemResult) -> None:
    if not item.ok:
        raise _refusal(item)


def _raise_if_stopped(rows: Mapping[str, RowsDone]) -> None:
    """Stop where Zoho is not to be called any more; a passing fault is tried again record by record."""
    for done in rows.values():
        if done.error is not None and done.error.action in {Action.WAIT, Action.STOP_TARGET}:
            raise done.error


def _outcome(
    one: Wanted | GradeOutcome | SyncError,
    written: Mapping[str, ItemResult | None],
    rows: Mapping[str, RowsDone],
    names: GradeNames,
) -> GradeOutcome | SyncError:
    if not isinstance(one, Wanted):
        return one
    if one.key not in written:
        return GradeOutcome("unchanged", one.reason)
    item, done = written[one.key], rows.get(one.key)
    if item is not None and not item.ok:
        return _refused(one, item, names)
    if done is not None and done.error is not None:
        return done.error
    changed = item is not None or (done is not None and done.written)
    return GradeOutcome("applied" if changed else "unchanged", one.reason)
