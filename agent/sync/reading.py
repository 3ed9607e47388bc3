"""Read what Zoho has of an entity, whole: lists carry no subforms, so an entity that has one is completed.

A single call is made only where the record may differ from what is remembered: Zoho counts a changed row as a change of
its record. An edit within the second of the last look has the same Modified_Time: its own event finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agent.canonical import change_hash
from agent.entities.base import Entity
from agent.entities.fields import Labels, Record
from agent.errors import Fault, SyncError
from agent.outbound import together
from agent.store.records import RecordStore, SyncRecord
from agent.sync.plan import Planned, plan_record
from agent.zoho.client import ZohoClient

Planning = tuple[Record, Planned | SyncError]


async def read_record(zoho: ZohoClient, entity: Entity, record_id: str) -> Record | None:
    """Read one record with everything that the entity maps, and nothing else; None when Zoho has none.

    Raises:
        SyncError: Zoho cannot be asked.
    """
    if entity.subforms:
        fields = [*entity.zoho_fields, *(line.zoho for line in entity.subforms)]
        return await zoho.get(entity.module, record_id, fields)
    async for page in zoho.list_pages(entity.module, entity.zoho_fields, ids=[record_id]):
        for record in page:
            return record
    return None


async def page_forms(
    zoho: ZohoClient,
    records: RecordStore,
    entity: Entity,
    page: Sequence[Record],
    labels: Labels,
    stored: Mapping[str, SyncRecord],
) -> list[Planning]:
    """Plan the records of a list's page, in its order; each with its plan, or why there is none.

    Of an entity with a subform those that may have changed are read one by one, many at once; one that was deleted
    since the page was read is left out.

    Args:
        zoho: reads.
        records: gives the forms that `stored` lacks.
        entity: whose records.
        page: what the list gave of them.
        labels: as `plan_record` wants them.
        stored: what is remembered, by record id; marks without forms will do.

    Raises:
        SyncError: Zoho cannot be asked, or not now.
    """
    if not entity.subforms:
        return [(record, _plan(entity, record, labels, _of(record, stored))) for record in page]
    known = await _known(records, entity, page, stored)

    async def planned(record: Record) -> Planning | None:
        mark, parts = _of(record, stored), known.get(str(record["id"]))
        if parts is not None:
            return record, _plan(entity, record, labels, mark, parts)
        try:
            whole = await read_record(zoho, entity, str(record["id"]))
        except SyncError as error:
            if error.fault is not Fault.RECORD:
                raise
            return record, error
        return None if whole is None else (whole, _plan(entity, whole, labels, mark))

    done = await together([planned(record) for record in page])
    return [one for one in done if one is not None]


async def remember_times(records: RecordStore, entity: Entity, settled: Iterable[Planned]) -> None:
    """Remember under which time records are still what was agreed, so that they are not read one by one again.

    Of an entity without subforms nothing has to be remembered.
    """
    times = {
        plan.record_id: plan.source_time
        for plan in settled
        if entity.subforms and plan.stored and plan.stored.source_time != plan.source_time
    }
    if times:
        await records.move(entity.name, times)


async def _known(
    records: RecordStore, entity: Entity, page: Sequence[Record], stored: Mapping[str, SyncRecord]
) -> dict[str, Mapping[str, Any]]:
    """Give the subforms of the records that are as they were when they were last read, by record id."""
    same = {str(record["id"]) for record in page if _unmoved(record, _of(record, stored))}
    bare = [record_id for record_id in same if stored[record_id].source_state is None]
    whole = {**stored, **(await records.get_many(entity.name, bare) if bare else {})}
    return {
        record_id: {line.name: form[line.name] for line in entity.subforms}
        for record_id in same
        if (form := whole[record_id].source_state)
        and whole[record_id].source_hash == change_hash(form, entity.mapping_mark)
    }


def _unmoved(record: Record, mark: SyncRecord | None) -> bool:
    if mark is None or mark.source_time is None or mark.agreed_hash is None:
        return False
    try:
        return datetime.fromisoformat(str(record["Modified_Time"])).astimezone(UTC) == mark.source_time
    except ValueError:  # `plan_record` will say so
        return False


def _of(record: Record, stored: Mapping[str, SyncRecord]) -> SyncRecord | None:
    return stored.get(str(record["id"]))


def _plan(
    entity: Entity,
    record: Record,
    labels: Labels,
    mark: SyncRecord | None,
    known: Mapping[str, Any] | None = None,
) -> Planned | SyncError:
    try:
        return plan_record(entity, record, labels, mark, known)
    except SyncError as error:
        return error
