"""Read the three sides of a module and put each record's next to each other. Writes nothing.

In full, Moodle's mirror and the agent's memory are read first, as marks without forms, then Zoho page by page: a
record that agrees on all sides costs a look into two tables. The forms are read only of those that do not.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from agent.entities.base import Entity
from agent.entities.fields import Record
from agent.errors import SyncError, misconfigured
from agent.moodle.client import MoodleClient
from agent.moodle.models import MoodleRecord
from agent.store.options import Directions
from agent.store.records import RecordStore, SyncRecord
from agent.sync.compare import Compared
from agent.sync.engine import Engine
from agent.sync.own import typed_in
from agent.sync.plan import Planned, plan_deletion, plan_forgotten
from agent.sync.reading import page_forms
from agent.zoho.client import ZohoClient

GUARD_FROM, GUARD_SHARE = 10, 0.2  # a pass that would delete more than this stops and asks

Pages = AsyncIterable[Sequence[Record]]


@dataclass
class _Known:
    """What the agent and Moodle know of a module before Zoho is asked.

    Attributes:
        marks: the agent's memory without its forms; in an incremental pass only of what was read so far.
        listed: Moodle's mirror; None in an incremental pass, which believes the agent's memory.
        shared: whether what Moodle changed of it is compared apart.
        arrived: keys of what Moodle has of the entities that this one's records belong to.
        seen: ids that Zoho gave.
    """

    marks: dict[str, SyncRecord]
    listed: dict[str, MoodleRecord] | None
    arrived: set[str]
    shared: bool
    seen: set[str] = field(default_factory=set)

    def alive(self) -> set[str]:
        """Name what either of them believes to be there."""
        remembered = {key for key, mark in self.marks.items() if mark.deleted_at is None}
        return remembered | {key for key, row in (self.listed or {}).items() if not row.deleted}


class Sides:
    """Compares whole modules."""

    def __init__(
        self,
        engine: Engine,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        compared_apart: Collection[str] = (),
    ) -> None:
        """Build it; `compared_apart` are the entities of which a `Comparison` takes what Moodle changed."""
        self._engine = engine
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._compared_apart = compared_apart

    async def zoho_pages(self, name: str, since: datetime | None) -> AsyncGenerator[Sequence[Record], None]:
        """List what Zoho has of a module, or what was modified in it at `since` (aware) or later.

        Raises:
            SyncError: Zoho cannot be asked; `MODULE_OFF`.
        """
        entity = await self._engine.modules.entity(name)
        async for page in self._zoho.list_pages(entity.module, entity.zoho_fields, modified_since=since):
            yield page

    async def total(self, name: str) -> int | None:
        """Return how many records Zoho has in an entity's module; None where it does not say."""
        try:
            entity = await self._engine.modules.entity(name)
            return await self._zoho.count(entity.module)
        except SyncError:  # only the display would have been fuller
            return None

    async def compare(
        self, name: str, pages: Pages, *, since: datetime | None, allow_deletions: bool
    ) -> AsyncIterator[list[Compared]]:
        """Compare a module, a page at a time: what Zoho has, then what Zoho no longer has.

        Args:
            name: the entity.
            pages: Zoho's records, from `zoho_pages` with the same `since`.
            since: None: everything, with Moodle's side; a time: what `pages` and Zoho's list of deletions name.
            allow_deletions: go on even if suspiciously many records are gone.

        Raises:
            SyncError: a side cannot be asked; `TOO_MANY_DELETIONS`; `MODULE_OFF`.
        """
        entity = await self._engine.modules.entity(name)
        known = await self._known(entity, in_full=since is None)
        async for whole in pages:
            page = await typed_in(self._records, self._moodle, entity, whole)
            known.seen.update(str(record["id"]) for record in page)
            yield await self._page(entity, page, known)
        gone = await self._missed(entity, known, since)
        async for whole in self._zoho.list_pages(entity.module, entity.zoho_fields, ids=gone):
            page = await typed_in(self._records, self._moodle, entity, whole)
            known.seen.update(str(record["id"]) for record in page)
            yield await self._page(entity, page, known)
        yield await self._gone(entity, [one for one in gone if one not in known.seen], known, allow_deletions)

    async def _known(self, entity: Entity, *, in_full: bool) -> _Known:
        arrived = {
            f"{name}:{record_id}"
            for name in entity.after
            for record_id in await self._records.linked_ids(name)
        }
        shared = await self._shared(entity.name)
        if not in_full:
            return _Known({}, None, arrived, shared)
        listed = {row.zohoid: row async for page in self._moodle.list_records(entity.name) for row in page}
        return _Known(await self._records.marks(entity.name), listed, arrived, shared)

    async def _shared(self, name: str) -> bool:
        if name not in self._compared_apart:
            return False
        directions = await self._engine.modules.settings.get(Directions)
        return name != "enrollment" or directions.enrollment != "zoho_to_moodle"

    async def _page(self, entity: Entity, page: Sequence[Record], known: _Known) -> list[Compared]:
        ids = [str(record["id"]) for record in page]
        if known.listed is None:
            known.marks.update(await self._records.get_many(entity.name, ids))
        compared = await self._planned(entity, page, known)
        if known.listed is None:
            return compared
        compared = await self._asked_again(entity, compared, known)
        forms = await self._records.get_many(
            entity.name, [one.record_id for one in compared if not one.settled and one.stored]
        )
        return [_with_forms(one, forms.get(one.record_id)) for one in compared]

    async def _planned(self, entity: Entity, page: Sequence[Record], known: _Known) -> list[Compared]:
        labels = await self._engine.labels(entity)
        forms = await page_forms(self._engine.reader, self._records, entity, page, labels, known.marks)
        compared: list[Compared] = []
        for record, planned in forms:
            record_id = str(record["id"])
            stored, listed = known.marks.get(record_id), (known.listed or {}).get(record_id)
            plan, fault = (None, planned) if isinstance(planned, SyncError) else (planned, None)
            needed = entity.depends(plan.form) if plan else []
            lacks = tuple(key for key in needed if key not in known.arrived)
            asked = known.listed is not None
            compared.append(Compared(record_id, plan, stored, listed, asked, fault, lacks, known.shared))
        return compared

    async def _asked_again(self, entity: Entity, compared: list[Compared], known: _Known) -> list[Compared]:
        """Ask Zoho once more for what it gives older than the others know it, then take its word.

        Either an event came in between, or Zoho was put back to an earlier state.
        """
        back = [one.record_id for one in compared if _older(one) and not one.moodle_agrees]
        again: dict[str, Compared] = {}
        async for page in self._zoho.list_pages(entity.module, entity.zoho_fields, ids=back):
            again.update({one.record_id: one for one in await self._planned(entity, page, known)})
        return [_as_of_now(again.get(one.record_id, one)) for one in compared]

    async def _missed(self, entity: Entity, known: _Known, since: datetime | None) -> list[str]:
        """Name what the agent or Moodle has and Zoho did not list; Zoho is asked for it once more."""
        if since is None:
            return sorted(known.alive() - known.seen)
        deleted = {record.id for record in await self._zoho.deleted(entity.module, since)}
        marks = await self._records.get_many(entity.name, sorted(deleted - known.seen))
        known.marks.update(marks)
        return sorted(key for key, mark in marks.items() if mark.deleted_at is None)

    async def _gone(
        self, entity: Entity, gone: list[str], known: _Known, allow_deletions: bool
    ) -> list[Compared]:
        everything = (
            len(known.alive())
            if known.listed is not None
            else len(await self._records.known_ids(entity.name))
        )
        if len(gone) > max(GUARD_FROM, GUARD_SHARE * everything) and not allow_deletions:
            raise misconfigured(
                "TOO_MANY_DELETIONS",
                f"Zoho no longer lists {len(gone)} of {everything} {entity.name} records; if that is right, "
                "run it again with --allow-deletions",
                target="zoho",
            )
        forms = await self._records.get_many(entity.name, gone)
        compared = []
        for record_id in gone:
            stored, listed = forms.get(record_id), (known.listed or {}).get(record_id)
            planned = plan_deletion(entity, stored) if stored else None
            if planned is None and known.listed is not None:
                planned = plan_forgotten(entity, stored, listed)
            if planned is not None:
                one = Compared(record_id, planned, stored, listed, known.listed is not None)
                compared.append(_as_of_now(one))
        return compared


def _newest_known(one: Compared) -> datetime | None:
    times = [one.stored.source_time] if one.stored and one.stored.source_time else []
    if one.listed is not None:
        times.append(datetime.fromtimestamp(one.listed.sourcetime, UTC))
    return max(times, default=None)


def _older(one: Compared) -> bool:
    newest = _newest_known(one)
    return one.planned is not None and newest is not None and one.planned.source_time < newest


def _as_of_now(one: Compared) -> Compared:
    """Lift the time of what differs to the newest that is known, so that neither side takes it for outdated."""
    newest = _newest_known(one)
    if one.settled or one.planned is None or newest is None:
        return one
    return replace(one, planned=one.planned.as_of(newest))


def _with_forms(one: Compared, stored: SyncRecord | None) -> Compared:
    if stored is None:
        return one
    planned: Planned | None = replace(one.planned, stored=stored) if one.planned else None
    return replace(one, planned=planned, stored=stored)
