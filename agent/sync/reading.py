"""Read what Zoho has of an entity, whole: lists carry no subforms, so an entity that has one is completed.

That is done only where the record may differ from what is remembered: Zoho counts a changed row as a change of its
record. The rows of a page's records are asked for by query, after the page: what changes in between changes its
record's time, and is seen by that. Where a query finds no row, or Zoho refuses it, the record is read by a call of its
own.

An edit within the second of the last look has the same Modified_Time: its own event finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from agent.canonical import change_hash
from agent.entities.base import Entity
from agent.entities.fields import Labels, Record
from agent.errors import Fault, SyncError
from agent.gathering import Gathering
from agent.outbound import in_batches, together
from agent.store.records import RecordStore, SyncRecord
from agent.sync.plan import Planned, plan_record
from agent.zoho.client import ZohoClient
from agent.zoho.paging import IDS_A_CALL

log = structlog.get_logger(__name__)

AT_ONCE = 10  # calls of one burst; the transport has its own bound for all

Planning = tuple[Record, Planned | SyncError]


class Reader:
    """Reads single records; those that several tasks want at the same moment come with one call for each entity."""

    def __init__(self, zoho: ZohoClient) -> None:
        self._zoho = zoho
        self._gatherings: dict[tuple[str, ...], Gathering[str, Record | None]] = {}

    async def read(self, entity: Entity, record_id: str) -> Record | None:
        """Read one record with everything that the entity maps, and nothing else; None when Zoho has none.

        Raises:
            SyncError: Zoho cannot be asked.
        """
        if entity.subforms:
            fields = [*entity.zoho_fields, *(line.zoho for line in entity.subforms)]
            return await self._zoho.get(entity.module, record_id, fields)
        asked = (entity.module, *entity.zoho_fields)
        if asked not in self._gatherings:
            self._gatherings[asked] = Gathering(partial(self._listed, entity.module, entity.zoho_fields))
        return await self._gatherings[asked].one(record_id)

    async def rows(self, entity: Entity, record_ids: Sequence[str]) -> dict[str, Record]:
        """Read the subforms of several records at once.

        Returns:
            By record id the subforms under Zoho's names. A record that is left out has to be read alone: a subform of
            its seems empty, which is believed of its own answer only, or Zoho does not take the query.

        Raises:
            SyncError: Zoho cannot be asked, or not now.
        """
        try:
            found = await together(
                [
                    self._zoho.subform_rows(line.zoho, [part.zoho for part in line.rows], record_ids)
                    for line in entity.subforms
                ]
            )
        except SyncError as error:
            if error.fault not in {Fault.RECORD, Fault.CONFIGURATION}:
                raise
            log.warning("subform_query_refused", entity=entity.name, code=error.code)
            return {}
        return {
            record_id: {line.zoho: rows[record_id] for line, rows in zip(entity.subforms, found, strict=True)}
            for record_id in record_ids
            if all(record_id in rows for rows in found)
        }

    async def _listed(
        self, module: str, fields: Sequence[str], record_ids: Sequence[str]
    ) -> list[Record | SyncError | None]:
        async def ask(some: Sequence[str]) -> list[Record | None]:
            found = await self._found(module, fields, some)
            # What a list leaves out counts as deleted: that is believed of an answer to this one question only.
            for record_id in set(some) - found.keys() if len(some) > 1 else ():
                found |= await self._found(module, fields, [record_id])
            return [found.get(record_id) for record_id in some]

        return await in_batches(record_ids, IDS_A_CALL, ask, at_once=AT_ONCE)

    async def _found(self, module: str, fields: Sequence[str], ids: Sequence[str]) -> dict[str, Record]:
        return {
            str(record["id"]): record
            async for page in self._zoho.list_pages(module, fields, ids=ids)
            for record in page
        }


async def page_forms(
    reader: Reader,
    records: RecordStore,
    entity: Entity,
    page: Sequence[Record],
    labels: Labels,
    stored: Mapping[str, SyncRecord],
) -> list[Planning]:
    """Plan the records of a list's page, in its order; each with its plan, or why there is none.

    Of an entity with a subform those that may have changed are completed; one that was deleted since the page was read
    is left out.

    Args:
        reader: reads.
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
    moved = [record_id for record in page if (record_id := str(record["id"])) not in known]
    rows = await reader.rows(entity, moved) if len(moved) > 1 else {}

    async def planned(record: Record) -> Planning | None:
        mark, parts = _of(record, stored), known.get(str(record["id"]))
        if parts is not None:
            return record, _plan(entity, record, labels, mark, parts)
        if (own := rows.get(str(record["id"]))) is not None:
            completed = {**record, **own}
            return completed, _plan(entity, completed, labels, mark)
        try:
            whole = await reader.read(entity, str(record["id"]))
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
