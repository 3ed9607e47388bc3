"""Sync whole modules: page, plan, write in batches. Used by the initial sync and by a full pass.

A full pass sends every record, equal or not: the plugin compares with what Moodle really holds, so drift is mended
and an unchanged record costs no write.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.entities.base import Entity
from agent.entities.fields import Record
from agent.errors import SyncError, misconfigured
from agent.store.records import RecordStore
from agent.sync.engine import Engine
from agent.sync.plan import Planned, plan_deletion, plan_record
from agent.sync.to_moodle import Applied
from agent.zoho.client import ZohoClient

BATCH = 100
LOOKUP = 100  # ids a list call takes
GUARD_FROM, GUARD_SHARE = 10, 0.2  # a pass that would delete more than this stops and asks
IN_FLIGHT = 4  # batches written at once; the clients' own limits hold below it


@dataclass
class ModuleReport:
    """What a pass over one module did: counts by outcome, and each failure with its reason."""

    entity: str
    seen: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, SyncError]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Number of records that need a person."""
        return self.counts["failed"]


Progress = Callable[[ModuleReport], None]


class Bulk:
    """Passes over whole modules."""

    def __init__(self, engine: Engine, zoho: ZohoClient, records: RecordStore) -> None:
        self._engine = engine
        self._zoho = zoho
        self._records = records

    async def run(
        self, entity: Entity, *, dry_run: bool, progress: Progress, allow_deletions: bool = False
    ) -> ModuleReport:
        """Bring every record of a module into agreement; with `dry_run` only say what would happen.

        Raises:
            SyncError: Zoho or Moodle cannot be used at all, or the pass would delete suspiciously much
                (`TOO_MANY_DELETIONS`); what was done so far is kept, a second run goes on.
        """
        report = ModuleReport(entity.name)
        slots = asyncio.Semaphore(IN_FLIGHT)
        seen: set[str] = set()

        async def write(batch: list[Planned]) -> None:
            async with slots:
                for applied in await self._engine.to_moodle.apply(entity, batch):
                    _count(report, applied)
            progress(report)

        async with _Group() as group:
            waiting: list[Planned] = []
            async for page in self._zoho.list_pages(entity.module, entity.zoho_fields):
                seen.update(str(record["id"]) for record in page)
                waiting += await self._plan_page(entity, page, report, remember=not dry_run)
                report.seen = len(seen)
                progress(report)
                while len(waiting) >= BATCH and not dry_run:
                    group.start(write(waiting[:BATCH]))
                    waiting = waiting[BATCH:]
            waiting += await self._plan_gone(entity, seen, allow_deletions=allow_deletions)
            if dry_run:
                _count_plans(report, waiting)
            else:
                for start in range(0, len(waiting), BATCH):
                    group.start(write(waiting[start : start + BATCH]))
        progress(report)
        return report

    async def _plan_page(
        self, entity: Entity, page: Sequence[Record], report: ModuleReport, *, remember: bool
    ) -> list[Planned]:
        labels = await self._engine.labels(entity)
        stored = await self._records.get_many(entity.name, [str(record["id"]) for record in page])
        planned: list[Planned] = []
        for record in page:
            record_id = str(record["id"])
            try:
                planned.append(plan_record(entity, record, labels, stored.get(record_id)))
            except SyncError as error:
                report.counts["failed"] += 1
                report.failures.append((record_id, error))
                if remember:
                    await self._records.fail(entity.name, record_id, error.code, error.message)
        return planned

    async def _plan_gone(self, entity: Entity, seen: set[str], *, allow_deletions: bool) -> list[Planned]:
        """Plan the deletion of what the agent knows and Zoho no longer has, after asking Zoho once more."""
        known = await self._records.known_ids(entity.name)
        gone = sorted(known - seen)
        for start in range(0, len(gone), LOOKUP):
            async for page in self._zoho.list_pages(
                entity.module, ["Modified_Time"], ids=gone[start : start + LOOKUP]
            ):
                seen.update(str(record["id"]) for record in page)
        gone = [record_id for record_id in gone if record_id not in seen]
        if len(gone) > max(GUARD_FROM, GUARD_SHARE * len(known)) and not allow_deletions:
            raise misconfigured(
                "TOO_MANY_DELETIONS",
                f"Zoho no longer lists {len(gone)} of {len(known)} {entity.name} records; if that is right, "
                "run it again with --allow-deletions",
                target="zoho",
            )
        stored = await self._records.get_many(entity.name, gone)
        plans = (plan_deletion(entity, record) for record in stored.values())
        return [plan for plan in plans if plan is not None]


def _count(report: ModuleReport, applied: Applied) -> None:
    report.counts[applied.outcome] += 1
    if applied.outcome == "failed" and applied.error is not None:
        report.failures.append((applied.record_id, applied.error))


def _count_plans(report: ModuleReport, plans: Sequence[Planned]) -> None:
    for plan in plans:
        if plan.deleted:
            word = "suspend"
        elif plan.stored is None or plan.stored.agreed_hash is None:
            word = "create"
        else:
            word = "unchanged" if plan.settled else "update"
        report.counts[word] += 1


class _Group:
    """A task group that raises the first SyncError itself instead of wrapping it."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()

    def start(self, work: object) -> None:
        self._group.create_task(work)  # type: ignore[arg-type]

    async def __aenter__(self) -> _Group:
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        try:
            await self._group.__aexit__(*exc)  # type: ignore[arg-type]
        except BaseExceptionGroup as group:
            # Not `except*`: what is raised inside one is wrapped in a group again.
            first, rest = group.split(SyncError)
            if first is None or rest is not None:
                raise
            raise _leaf(first) from None


def _leaf(group: BaseExceptionGroup[SyncError]) -> SyncError:
    first = group.exceptions[0]
    return _leaf(first) if isinstance(first, BaseExceptionGroup) else first
