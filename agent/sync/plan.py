"""Decide what to do with one Zoho record. Pure: values in, a plan or an error out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from agent.canonical import Canonical, UnreadableValueError, change_hash, differences, text
from agent.entities.base import Entity, MoodleRow, RecordFaultError, moodle_row
from agent.entities.fields import Labels, Record, project
from agent.errors import SyncError, bad_record, waiting_for
from agent.moodle.models import MoodleRecord
from agent.store.records import SyncRecord

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Planned:
    """A record as Zoho says it is now, ready to be written to Moodle.

    Attributes:
        form, change_hash, source_time: canonical form, its MD5 (change detection only), Zoho's Modified_Time.
        link: Moodle's id as Zoho holds it, None if it holds none.
        row: what the plugin's upsert function takes.
        stored: what the agent remembers, None for a record never seen.
        changed: the fields that differ from what was agreed.
    """

    entity: Entity
    record_id: str
    form: Canonical
    change_hash: str
    source_time: datetime
    link: str | None
    row: MoodleRow
    stored: SyncRecord | None
    deleted: bool = False

    @property
    def changed(self) -> list[str]:
        """Name the fields that differ from what both sides last agreed on."""
        return differences(self.stored.agreed_state if self.stored else None, self.form)

    @property
    def settled(self) -> bool:
        """Tell whether both sides already agree on this, by the agent's memory, and Zoho holds the link."""
        stored = self.stored
        if (
            stored is None
            or stored.state not in {"synced", "deleted"}
            or stored.agreed_hash != self.change_hash
        ):
            return False
        return (stored.deleted_at is not None) == self.deleted and not self.needs_link(stored.moodle_id)

    def as_of(self, moment: datetime) -> Planned:
        """Return the same plan under a later time: Zoho was asked after it, so an older version is not meant."""
        if moment <= self.source_time:
            return self
        row = {**self.row, "sourcetime": int(moment.timestamp())}
        return replace(self, source_time=moment, row=row)

    def needs_link(self, moodle_id: int | None) -> bool:
        """Tell whether Zoho has to be told Moodle's id."""
        linked = self.entity.link is None or self.link == str(moodle_id)
        return bool(moodle_id) and not self.deleted and not linked


def plan_record(
    entity: Entity,
    record: Record,
    labels: Labels,
    stored: SyncRecord | None,
    known: Mapping[str, Any] | None = None,
) -> Planned:
    """Plan a record that Zoho has; `known` is what of its form need not be read (`agent.entities.fields.project`).

    Raises:
        SyncError: the record cannot be written as it is (unreadable value, something Moodle needs is missing).
    """
    record_id = str(record["id"])
    try:
        form = project(entity.fields, record, labels, known)
        modified = datetime.fromisoformat(str(record["Modified_Time"])).astimezone(UTC)
        digest = change_hash(form, entity.mapping_mark)
        row = moodle_row(entity, record_id, form, change_hash=digest, source_time=modified, deleted=False)
    except UnreadableValueError as error:
        raise bad_record("UNREADABLE_VALUE", str(error), target="zoho", field=error.field) from error
    except RecordFaultError as error:
        raise bad_record(error.code, error.message, target="zoho") from error
    link = text(record.get(entity.link)) if entity.link else None
    return Planned(entity, record_id, form, digest, modified, link, row, stored)


def plan_deletion(entity: Entity, stored: SyncRecord) -> Planned | None:
    """Plan the deletion of a record that Zoho no longer has; None when Moodle never had it or forgot it.

    It keeps the time of the last version, so that a record restored from the recycle bin is not older than its
    own deletion.
    """
    if not stored.agreed_state or stored.agreed_hash is None:  # empty: a pass has forgotten it already
        return None
    moment = stored.source_time or EPOCH
    row = moodle_row(
        entity,
        stored.record_id,
        stored.agreed_state,
        change_hash=stored.agreed_hash,
        source_time=moment,
        deleted=True,
    )
    return Planned(
        entity,
        stored.record_id,
        stored.agreed_state,
        stored.agreed_hash,
        moment,
        None,
        row,
        stored,
        deleted=True,
    )


def plan_forgotten(entity: Entity, stored: SyncRecord | None, listed: MoodleRecord | None) -> Planned:
    """Plan the deletion of a record of which only Moodle's mirror, or the memory of a failure, is left."""
    record_id = stored.record_id if stored else listed.zohoid if listed else ""
    digest = listed.changehash if listed else ""
    moment = datetime.fromtimestamp(listed.sourcetime, UTC) if listed else EPOCH
    row = {
        **_empty_row(entity, record_id),
        "zohoid": record_id,
        "sourcetime": int(moment.timestamp()),
        "changehash": digest,
        "deleted": 1,
    }
    return Planned(entity, record_id, {}, digest, moment, None, row, stored, deleted=True)


def _empty_row(entity: Entity, record_id: str) -> MoodleRow:
    """Build the entity's own columns with nothing in them: of a deleted record only its id and time count."""
    specimens: dict[str, Any] = {
        "text": "gone",
        "email": "gone@deleted.invalid",
        "reference": record_id,
        "lookup": {"id": record_id, "name": "gone"},
        "boolean": False,
    }
    form = {line.name: specimens.get(line.kind) for line in entity.fields}
    return {name: type(value)() for name, value in entity.row(form).items()}


def missing_dependency(planned: Planned, code: str) -> SyncError:
    """Name what an enrollment waits for, by the plugin's error code (studentmissing | coursemissing)."""
    wanted = "student:" if code == "studentmissing" else "class:"
    key = next((key for key in planned.entity.depends(planned.form) if key.startswith(wanted)), wanted)
    return waiting_for(key, f"waits until {key.replace(':', ' ')} is in Moodle")


def agreed(planned: Planned, moodle_id: int | None, now: datetime) -> SyncRecord:
    """Build the row to remember after Moodle took the record."""
    return SyncRecord(
        record_id=planned.record_id,
        zoho_id=planned.record_id,
        moodle_id=moodle_id or (planned.stored.moodle_id if planned.stored else None),
        source_state=planned.form,
        source_hash=planned.change_hash,
        source_time=planned.source_time,
        agreed_state=planned.form,
        agreed_hash=planned.change_hash,
        mapping_version=planned.entity.mapping_version,
        state="deleted" if planned.deleted else "synced",
        deleted_at=now if planned.deleted else None,
        columns={} if planned.deleted else planned.entity.columns(planned.form),
    )


def not_agreed(planned: Planned, error: SyncError) -> SyncRecord:
    """Build the row to remember after Moodle did not take the record: what was agreed stays."""
    before = planned.stored or SyncRecord(planned.record_id, "pending", zoho_id=planned.record_id)
    details: dict[str, Any] = {
        "source_state": planned.form,
        "source_hash": planned.change_hash,
        "source_time": planned.source_time,
        "state": "pending" if error.waits_for else "error",
        "error_code": error.code,
        "error_message": error.message,
    }
    return replace(before, **details)
