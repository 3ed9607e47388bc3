"""Carry out plans: write a batch to Moodle, remember what was agreed, tell Zoho the links."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from agent.entities.base import Entity, MoodleRow
from agent.errors import SyncError, bad_record, transient
from agent.moodle.client import MoodleClient
from agent.moodle.models import RowResult
from agent.store.records import RecordStore, SyncRecord
from agent.store.sync_log import Writes, Written
from agent.sync.kept import beside
from agent.sync.plan import Planned, agreed, missing_dependency, not_agreed
from agent.zoho.client import ZohoClient
from agent.zoho.models import ItemResult

# What other records carry of these.
NAMES = {
    "program": {"name"},
    "unit": {"name"},
    "class": {"name", "unit"},
    "student": {"firstname", "lastname", "firstnamenative", "lastnamenative"},
}
Enqueue = Callable[[str, list[str]], Awaitable[None]]  # entity, record ids: look at these again
Wake = Callable[[list[str]], Awaitable[None]]  # record keys that have arrived


@dataclass(frozen=True)
class Applied:
    """What became of one planned record.

    Attributes:
        outcome: created | updated | unchanged | adopted (Moodle had it already) | failed | waiting.
        error: why, when it failed or waits.
    """

    record_id: str
    outcome: str
    moodle_id: int | None = None
    error: SyncError | None = None


class ToMoodle:
    """Writes planned records of one entity to Moodle, in batches, one result each."""

    def __init__(
        self, zoho: ZohoClient, moodle: MoodleClient, records: RecordStore, wake: Wake, enqueue: Enqueue
    ) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._wake = wake
        self._enqueue = enqueue

    async def apply(
        self, entity: Entity, planned: Sequence[Planned], *, run_id: int | None = None
    ) -> list[Applied]:
        """Write, remember, link. A record that fails never stops the others.

        Args:
            entity: whose records.
            planned: what to write.
            run_id: the pass that asks for it; without one the log names the event at work.

        Raises:
            SyncError: the whole call failed (Moodle away, wrong token ...); nothing was remembered.
        """
        if not planned:
            return []
        write: Callable[[list[MoodleRow]], Awaitable[Sequence[RowResult]]] = getattr(
            self._moodle, entity.upsert
        )
        results = await write([item.row for item in planned])
        outcomes = [judge(item, result) for item, result in zip(planned, results, strict=True)]
        done = list(zip(planned, outcomes, strict=True))
        cause = None if run_id is not None else structlog.contextvars.get_contextvars().get("correlation_id")
        logged = [_logged(item, applied) for item, applied in done]
        await self._remember(entity, done, Writes([row for row in logged if row], run_id, cause))
        return await self._finish(entity, planned, outcomes)

    async def adopt(
        self, entity: Entity, planned: Sequence[Planned], moodle_ids: Sequence[int | None]
    ) -> list[Applied]:
        """Remember, and link, what Moodle holds already as Zoho says it; nothing is written to Moodle."""
        if not planned:
            return []
        outcomes = [
            Applied(item.record_id, "adopted", moodle_id)
            for item, moodle_id in zip(planned, moodle_ids, strict=True)
        ]
        await self._remember(entity, list(zip(planned, outcomes, strict=True)), None)
        return await self._finish(entity, planned, outcomes)

    async def _remember(
        self, entity: Entity, done: Sequence[tuple[Planned, Applied]], writes: Writes | None
    ) -> None:
        now = datetime.now(UTC)
        rows: list[SyncRecord] = [
            not_agreed(item, applied.error) if applied.error else agreed(item, applied.moodle_id, now)
            for item, applied in done
        ]
        taken = [(item, applied.moodle_id) for item, applied in done if applied.error is None]
        await self._records.save_many(entity.name, rows, writes=writes, beside=beside(entity, taken))

    async def _finish(
        self, entity: Entity, planned: Sequence[Planned], outcomes: list[Applied]
    ) -> list[Applied]:
        linked = await self._link(entity, planned, outcomes, datetime.now(UTC))
        await self._arrived(entity, planned, linked)
        await self._renamed(entity, planned, linked)
        return linked

    async def _link(
        self, entity: Entity, planned: Sequence[Planned], outcomes: list[Applied], now: datetime
    ) -> list[Applied]:
        """Tell Zoho Moodle's ids of the records that do not carry them yet."""
        todo = [
            (index, {"id": item.record_id, **entity.write_back(done.moodle_id, now)})
            for index, (item, done) in enumerate(zip(planned, outcomes, strict=True))
            if done.error is None and done.moodle_id and item.needs_link(done.moodle_id)
        ]
        if not todo:
            return outcomes
        items = await self._zoho.update(entity.module, [fields for _, fields in todo])
        linked = list(outcomes)
        refused: list[tuple[str, str, str]] = []
        for (index, _), item in zip(todo, items, strict=True):
            if not item.ok:
                error = _not_linked(item)
                linked[index] = Applied(planned[index].record_id, "failed", outcomes[index].moodle_id, error)
                refused.append((planned[index].record_id, error.code, error.message))
        await self._records.fail_many(entity.name, refused)
        return linked

    async def _arrived(self, entity: Entity, planned: Sequence[Planned], outcomes: list[Applied]) -> None:
        """Wake what waits for records that Moodle has from now on."""
        new = [
            item.record_id
            for item, done in zip(planned, outcomes, strict=True)
            if done.moodle_id and not (item.stored and item.stored.moodle_id)
        ]
        if not new:
            return
        await self._wake([entity.key(record_id) for record_id in new])
        for dependent, record_ids in (await self._records.waiting_for(entity.name, new)).items():
            await self._enqueue(dependent, record_ids)

    async def _renamed(self, entity: Entity, planned: Sequence[Planned], outcomes: list[Applied]) -> None:
        """Look again at what carries the names of these: Zoho shows the new name there, and tells nobody."""
        renamed = [
            item.record_id
            for item, done in zip(planned, outcomes, strict=True)
            if done.error is None
            and item.stored
            and item.stored.agreed_state
            and NAMES.get(entity.name, set()).intersection(item.changed)
        ]
        if renamed:
            for dependent, record_ids in (await self._records.naming(entity.name, renamed)).items():
                await self._enqueue(dependent, record_ids)


def _not_linked(item: ItemResult) -> SyncError:
    """Say what the refusal of a link means; a record that was deleted since it was read is looked at once more."""
    if item.code == "INVALID_DATA" and item.details.get("api_name") == "id":
        return transient(
            item.code, f"Zoho does not know the record (any more): {item.message}", target="zoho"
        )
    return item.error or bad_record(item.code, item.message, target="zoho")


def _logged(item: Planned, done: Applied) -> Written | None:
    """Say what the log keeps of a write; None where Moodle had it already."""
    if done.error is not None:
        operation = "waiting" if done.outcome == "waiting" else "refused"
        code, message = done.error.code, done.error.message
    elif done.outcome == "unchanged":
        return None
    else:
        operation, code, message = "deleted" if item.deleted else done.outcome, None, None
    fields = [] if item.deleted else item.changed
    return Written(item.record_id, operation, done.moodle_id, item.change_hash, fields, code, message)


def judge(item: Planned, result: RowResult) -> Applied:
    """Say what became of a record from the plugin's result row."""
    moodle_id = result.moodleid or None
    match result.status:
        case "created" | "updated" | "unchanged":
            return Applied(item.record_id, result.status, moodle_id)
        case "stale":  # Moodle holds a newer version; the event of that version did or will do the rest
            return Applied(item.record_id, "unchanged", moodle_id)
        case "waiting":
            error = missing_dependency(item, result.errorcode)
            return Applied(item.record_id, "waiting", None, error)
        case _:
            error = result.error or bad_record(
                result.errorcode.upper() or "REFUSED", result.message, target="moodle"
            )
            return Applied(item.record_id, "failed", moodle_id, error)
