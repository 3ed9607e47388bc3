"""Sync modules: page, plan, write in batches. A full pass looks at every record, an incremental one at the changed.

A full pass sends every record, equal or not: the plugin compares with what Moodle really holds, so drift is mended
and an unchanged record costs no write. An incremental pass sends only what differs from what was agreed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.entities.base import Entity
from agent.entities.fields import Record
from agent.errors import SyncError, misconfigured
from agent.store.records import RecordStore
from agent.store.runs import RecordNote
from agent.sync.engine import Engine
from agent.sync.plan import Planned, plan_deletion, plan_record
from agent.sync.to_moodle import Applied
from agent.zoho.client import ZohoClient

BATCH = 100
LOOKUP = 100  # ids a list call takes
GUARD_FROM, GUARD_SHARE = 10, 0.2  # a pass that would delete more than this stops and asks
OPERATIONS = ("suspend", "restore", "update", "create")  # what a plan may say of a record
IN_FLIGHT = 4  # batches written at once; the clients' own limits hold below it


@dataclass(frozen=True)
class Change:
    """What a dry run would do to one record: the operation and our names of the fields that differ."""

    record_id: str
    operation: str  # one of OPERATIONS
    fields: list[str]


@dataclass
class ModuleReport:
    """What a pass over one module did: counts by outcome, and each failure with its reason.

    `changes` is what a dry run would do; empty otherwise.
    """

    entity: str
    seen: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, SyncError]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Number of records that need a person."""
        return self.counts["failed"]


Progress = Callable[[ModuleReport], None]
Note = Callable[[list[RecordNote]], Awaitable[None]]  # what became of records, a batch at a time


async def _forget(_: list[RecordNote]) -> None:
    """Keep no history."""


class Bulk:
    """Passes over whole modules."""

    def __init__(self, engine: Engine, zoho: ZohoClient, records: RecordStore) -> None:
        self._engine = engine
        self._zoho = zoho
        self._records = records

    async def run(
        self,
        entity: Entity,
        *,
        dry_run: bool,
        progress: Progress,
        allow_deletions: bool = False,
        since: datetime | None = None,
        note: Note = _forget,
    ) -> ModuleReport:
        """Bring the records of a module into agreement; with `dry_run` only say what would happen.

        Args:
            entity: the module.
            dry_run: write nothing.
            progress: is told after each page and batch.
            allow_deletions: go on even if suspiciously many records are gone.
            since: only what was changed or deleted in Zoho at this time (aware) or later; None: everything.
            note: keeps what became of each record that was written, failed or waits.

        Raises:
            SyncError: Zoho or Moodle cannot be used at all, or the pass would delete suspiciously much
                (`TOO_MANY_DELETIONS`); what was done so far is kept, a second run goes on. `MODULE_OFF`: the
                mapping does not fit Zoho, nothing was done.
        """
        entity = await self._engine.modules.entity(entity.name)
        work = _Work(ModuleReport(entity.name), progress, note, dry_run=dry_run, since=since)
        async with _Group() as group:
            waiting: list[Planned] = []
            async for page in self._zoho.list_pages(entity.module, entity.zoho_fields, modified_since=since):
                waiting += await self._plan_page(entity, page, work)
                work.tell()
                while len(waiting) >= BATCH and not dry_run:
                    group.start(self._write(entity, waiting[:BATCH], work))
                    waiting = waiting[BATCH:]
            waiting += await self._plan_gone(entity, work, allow_deletions=allow_deletions)
            if dry_run:
                _count_plans(work.report, waiting)
            else:
                for start in range(0, len(waiting), BATCH):
                    group.start(self._write(entity, waiting[start : start + BATCH], work))
        work.tell()
        return work.report

    async def _write(self, entity: Entity, batch: list[Planned], work: _Work) -> None:
        async with work.slots:
            done = await self._engine.to_moodle.apply(entity, batch)
            for applied in done:
                _count(work.report, applied)
            notes = [_noted(plan, applied) for plan, applied in zip(batch, done, strict=True)]
            await work.keep([note for note in notes if note is not None])
        work.tell()

    async def _plan_page(self, entity: Entity, page: Sequence[Record], work: _Work) -> list[Planned]:
        work.seen.update(str(record["id"]) for record in page)
        labels = await self._engine.labels(entity)
        stored = await self._records.get_many(entity.name, [str(record["id"]) for record in page])
        planned: list[Planned] = []
        failed: list[RecordNote] = []
        for record in page:
            record_id = str(record["id"])
            try:
                plan = plan_record(entity, record, labels, stored.get(record_id))
            except SyncError as error:
                work.report.counts["failed"] += 1
                work.report.failures.append((record_id, error))
                failed.append(RecordNote(record_id, "failed", None, error.code, error.message))
                if not work.dry_run:
                    await self._records.fail(entity.name, record_id, error.code, error.message)
                continue
            if work.since is not None and plan.settled:
                work.report.counts["unchanged"] += 1
            else:
                planned.append(plan)
        await work.keep(failed)
        return planned

    async def _plan_gone(self, entity: Entity, work: _Work, *, allow_deletions: bool) -> list[Planned]:
        """Plan the deletion of what the agent knows and Zoho no longer has, after asking Zoho once more."""
        known = await self._records.known_ids(entity.name)
        if work.since is None:
            gone = sorted(known - work.seen)
        else:
            named = await self._zoho.deleted(entity.module, work.since)
            gone = sorted({record.id for record in named} & known - work.seen)
        there: set[str] = set()
        for start in range(0, len(gone), LOOKUP):
            async for page in self._zoho.list_pages(
                entity.module, ["Modified_Time"], ids=gone[start : start + LOOKUP]
            ):
                there.update(str(record["id"]) for record in page)
        gone = [record_id for record_id in gone if record_id not in there]
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


@dataclass
class _Work:
    """What one pass over a module carries along."""

    report: ModuleReport
    progress: Progress
    note: Note
    dry_run: bool
    since: datetime | None
    seen: set[str] = field(default_factory=set)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))

    def tell(self) -> None:
        self.report.seen = len(self.seen)
        self.progress(self.report)

    async def keep(self, notes: list[RecordNote]) -> None:
        if notes:
            await self.note(notes)


def _noted(plan: Planned, applied: Applied) -> RecordNote | None:
    """Say what is kept about a record; None for one that cost no write."""
    outcome = applied.outcome
    if outcome == "unchanged":
        if not plan.needs_link(applied.moodle_id):
            return None
        outcome = "linked"
    error = applied.error
    return RecordNote(
        plan.record_id,
        outcome,
        plan.changed,
        error.code if error else None,
        error.message if error else None,
    )


def _count(report: ModuleReport, applied: Applied) -> None:
    report.counts[applied.outcome] += 1
    if applied.outcome == "failed" and applied.error is not None:
        report.failures.append((applied.record_id, applied.error))


def _count_plans(report: ModuleReport, plans: Sequence[Planned]) -> None:
    for plan in plans:
        operation = _operation(plan)
        report.counts[operation] += 1
        if operation == "unchanged":
            continue
        fields = [] if plan.deleted else plan.changed
        if not fields and plan.stored and plan.needs_link(plan.stored.moodle_id):
            fields = ["link"]
        report.changes.append(Change(plan.record_id, operation, fields))


def _operation(plan: Planned) -> str:
    if plan.settled:
        return "unchanged"
    if plan.deleted:
        return "suspend"
    if plan.stored is None or plan.stored.agreed_hash is None:
        return "create"
    return "restore" if plan.stored.deleted_at else "update"


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
