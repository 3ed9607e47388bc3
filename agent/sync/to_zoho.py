"""Carry a Moodle grade to Zoho: one record per student and assignment, under the composite key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent.canonical import Canonical, change_hash, differences
from agent.entities import grade
from agent.entities.grade import GradeNames
from agent.errors import bad_record
from agent.grading.btec import GradeRuleError, GradeRules
from agent.moodle.client import MoodleClient
from agent.store.records import RecordStore, SyncRecord
from agent.zoho.client import ZohoClient


@dataclass(frozen=True)
class GradeOutcome:
    """What became of a grade: outcome (applied | unchanged | ignored) and why."""

    outcome: str
    reason: str


class ToZoho:
    """Reads the present snapshot from Moodle, decides, and writes the difference to Zoho."""

    def __init__(
        self, zoho: ZohoClient, moodle: MoodleClient, records: RecordStore, rules: GradeRules
    ) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._rules = rules

    async def grade(self, key: str, names: GradeNames) -> GradeOutcome:
        """Bring Zoho's record of one grade (``userid_courseid_assignid``) into agreement with Moodle.

        Raises:
            SyncError: what failed and what to do.
        """
        stored = await self._records.get("grade", key)
        before = stored.agreed_state if stored else None
        snapshot = (await self._moodle.get_grades([key]))[0]
        if not snapshot.found:
            if before is None:
                return GradeOutcome("ignored", "the grade is gone and was never sent")
            gone = "the grade is gone from Moodle"
            return await self._write(key, grade.withdrawn(before), stored, gone, names)
        if not snapshot.studentzohoid:
            return GradeOutcome("ignored", "the user is no student of Zoho's")
        try:
            result = grade.result_of(snapshot, self._rules)
        except GradeRuleError as error:
            raise bad_record("GRADE_NOT_BTEC", f"{snapshot.assignname}: {error}", target="moodle") from error
        if result.letter is None and before is None:
            return GradeOutcome("ignored", "not graded yet: nothing is sent")
        unit = await self._unit(snapshot.classzohoid)
        form = grade.canonical(snapshot, result, unit=unit, before=before)
        return await self._write(key, form, stored, result.reason, names)

    async def _unit(self, class_id: str) -> str | None:
        record = await self._records.get("class", class_id) if class_id else None
        unit = (record.source_state or {}).get("unit") if record else None
        return unit["name"] if unit else None

    async def _write(
        self, key: str, form: Canonical, stored: SyncRecord | None, reason: str, names: GradeNames
    ) -> GradeOutcome:
        digest = change_hash(form, names.mapping_mark)
        if stored is not None and stored.state == "synced" and stored.agreed_hash == digest:
            return GradeOutcome("unchanged", reason)
        items = await self._zoho.upsert(
            names.module, [grade.zoho_record(form, names)], duplicate_check_fields=[names.key_field]
        )
        item = items[0]
        if not item.ok:
            error = item.error or bad_record(item.code, item.message, target="zoho")
            await self._records.fail("grade", key, error.code, error.message)
            raise error
        fresh = stored or SyncRecord(key, "pending")
        await self._records.save(
            "grade",
            replace(
                fresh,
                state="synced",
                zoho_id=item.id or fresh.zoho_id,
                source_state=form,
                source_hash=digest,
                agreed_state=form,
                agreed_hash=digest,
                error_code=None,
                error_message=None,
            ),
        )
        return GradeOutcome("applied", reason)

    async def echo(self, zoho_id: str, record: Mapping[str, Any] | None, names: GradeNames) -> GradeOutcome:
        """Look at a grade record that Zoho says has changed: our own write coming back, or a person's edit.

        Moodle owns the result. What a person typed over it is noted and left to the reconcile.
        """
        stored = await self._records.by_zoho_id("grade", zoho_id)
        if stored is None or stored.agreed_state is None:
            return GradeOutcome("ignored", "not a grade of Moodle's")
        if record is None:
            return GradeOutcome("ignored", "deleted in Zoho; the next regrade makes it anew")
        changed = differences(stored.agreed_state, grade.from_zoho(record, names))
        if not changed:
            return GradeOutcome("unchanged", "what the sync itself wrote")
        return GradeOutcome("ignored", f"edited in Zoho, Moodle owns it: {', '.join(changed)}")
