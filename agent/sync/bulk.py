"""Sync modules: compare a page, write in batches what differs, go on. Nothing is done about what agrees."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.entities.base import Entity
from agent.errors import SyncError
from agent.store.records import RecordStore
from agent.store.runs import RecordNote
from agent.sync.compare import UNCHANGED, WAITING, Compared, Difference
from agent.sync.engine import Engine
from agent.sync.reading import remember_times
from agent.sync.sides import Pages, Sides
from agent.sync.to_moodle import Applied

BATCH = 100
IN_FLIGHT = (
    4  # batches of a module at work; reading waits for a place, so memory does not grow with the module
)


@dataclass
class ModuleReport:
    """What a pass over one module did: counts by outcome, and each failure with its reason.

    Attributes:
        seen: records compared so far.
        total: how many Zoho has, None when it did not say.
        fresh: ids of the failures that are worth another try: not those that failed for the same reason before.
        changes: what a dry run would do; empty otherwise.
    """

    entity: str
    seen: int = 0
    total: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, SyncError]] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    changes: list[Difference] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Number of records that need a person."""
        return self.counts["failed"]


Progress = Callable[[ModuleReport], None]
Note = Callable[[list[RecordNote]], Awaitable[None]]  # what became of records, a batch at a time


async def _forget(_: list[RecordNote]) -> None:
    """Keep no history."""


@dataclass
class _Work:
    """What one pass over a module carries along."""

    entity: Entity
    report: ModuleReport
    progress: Progress
    note: Note
    run_id: int | None
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    to_write: list[Compared] = field(default_factory=list)
    to_adopt: list[Compared] = field(default_factory=list)

    def tell(self) -> None:
        self.progress(self.report)

    async def keep(self, notes: list[RecordNote]) -> None:
        if notes:
            await self.note(notes)


class Bulk:
    """Passes over whole modules."""

    def __init__(self, engine: Engine, sides: Sides, records: RecordStore) -> None:
        self._engine = engine
        self._sides = sides
        self._records = records

    async def run(
        self,
        entity: Entity,
        *,
        dry_run: bool,
        progress: Progress,
        allow_deletions: bool = False,
        since: datetime | None = None,
        pages: Pages | None = None,
        note: Note = _forget,
        run_id: int | None = None,
    ) -> ModuleReport:
        """Bring the records of a module into agreement; with `dry_run` only say what would happen.

        Args:
            entity: the module.
            dry_run: write nothing.
            progress: is told after each page and batch.
            allow_deletions: go on even if suspiciously many records are gone.
            since: only what was changed or deleted in Zoho at this time (aware) or later; None: everything,
                compared with Moodle's mirror too.
            pages: Zoho's records where they are read already (`Sides.zoho_pages`).
            note: keeps what became of each record that was written, failed or waits.
            run_id: the pass that asks for it.

        Raises:
            SyncError: Zoho or Moodle cannot be used at all, or the pass would delete suspiciously much
                (`TOO_MANY_DELETIONS`); what was done so far is kept, a second run goes on. `MODULE_OFF`: the
                mapping does not fit Zoho, nothing was done.
        """
        entity = await self._engine.modules.entity(entity.name)
        work = _Work(entity, ModuleReport(entity.name), progress, note, run_id)
        pages = pages or self._sides.zoho_pages(entity.name, since)
        async with _Group() as group:
            async for page in self._sides.compare(
                entity.name, pages, since=since, allow_deletions=allow_deletions
            ):
                if dry_run:
                    _preview(work.report, page)
                else:
                    await self._sort(work, page)
                    await self._start(work, group, least=BATCH)
                work.tell()
            await self._start(work, group, least=1)
        work.tell()
        return work.report

    async def _sort(self, work: _Work, page: Sequence[Compared]) -> None:
        """Count what agrees or waits, keep what failed, and put the rest where its batch is gathered."""
        work.report.seen += len(page)
        if faulty := [one for one in page if one.error is not None]:
            await self._keep_faults(work, faulty)
        settled = [one.planned for one in page if one.planned is not None and one.settled]
        await remember_times(self._records, work.entity, settled)
        for one in page:
            if one.error is not None:
                continue
            if one.operation in {UNCHANGED, WAITING}:
                work.report.counts[one.operation] += 1
            else:
                (work.to_adopt if one.moodle_agrees else work.to_write).append(one)

    async def _keep_faults(self, work: _Work, faulty: Sequence[Compared]) -> None:
        """Remember why records cannot be planned; a reason that is known already is only counted."""
        fresh = [
            (one.record_id, one.error) for one in faulty if one.error is not None and not one.known_fault
        ]
        work.report.counts["failed"] += len(faulty)
        work.report.failures += [(one.record_id, one.error) for one in faulty if one.error is not None]
        work.report.fresh += [record_id for record_id, _ in fresh]
        await self._records.fail_many(
            work.entity.name, [(key, error.code, error.message) for key, error in fresh]
        )
        await work.keep([RecordNote(key, "failed", None, error.code, error.message) for key, error in fresh])

    async def _start(self, work: _Work, group: _Group, *, least: int) -> None:
        """Begin to work on batches of at least so many; waits while enough of them are at work."""
        for waiting, carry_out in ((work.to_adopt, self._adopt), (work.to_write, self._write)):
            while len(waiting) >= least:
                batch, waiting[:BATCH] = waiting[:BATCH], []
                await work.places.acquire()
                group.start(self._carry_out(work, batch, carry_out))

    async def _carry_out(
        self, work: _Work, batch: list[Compared], carry_out: Callable[..., Awaitable[list[Applied]]]
    ) -> None:
        try:
            done = await carry_out(work, batch)
        finally:
            work.places.release()
        notes: list[RecordNote] = []
        for one, applied in zip(batch, done, strict=True):
            work.report.counts[applied.outcome] += 1
            if applied.outcome == "failed" and applied.error is not None:
                work.report.failures.append((applied.record_id, applied.error))
                work.report.fresh.append(applied.record_id)
            notes += _noted(one, applied)
        await work.keep(notes)
        work.tell()

    async def _write(self, work: _Work, batch: list[Compared]) -> list[Applied]:
        planned = [one.planned for one in batch if one.planned is not None]
        return await self._engine.to_moodle.apply(work.entity, planned, run_id=work.run_id)

    async def _adopt(self, work: _Work, batch: list[Compared]) -> list[Applied]:
        planned = [one.planned for one in batch if one.planned is not None]
        return await self._engine.to_moodle.adopt(work.entity, planned, [one.moodle_id for one in batch])


def _preview(report: ModuleReport, page: Sequence[Compared]) -> None:
    report.seen += len(page)
    for one in page:
        if one.error is not None:
            report.counts["failed"] += 1
            report.failures.append((one.record_id, one.error))
            continue
        report.counts[one.operation] += 1
        difference = one.difference(report.entity)
        if difference is not None:
            report.changes.append(difference)


def _noted(one: Compared, applied: Applied) -> list[RecordNote]:
    """Say what is kept about a record: nothing of one that cost no write, and apart what a person's edit lost."""
    plan, outcome = one.planned, applied.outcome
    if plan is None:
        return []
    if outcome in {"unchanged", "adopted"} and plan.needs_link(applied.moodle_id):
        outcome = "linked"
    elif outcome == "unchanged":
        return []
    error = applied.error
    code, message = (error.code, error.message) if error else (None, None)
    notes = [RecordNote(one.record_id, outcome, plan.changed, code, message)]
    if error is None and (lost := one.lost):
        before = (one.stored.agreed_state if one.stored else None) or {}
        detail = {name: {"kept": plan.form.get(name), "agreed": before.get(name)} for name in lost}
        notes.append(RecordNote(one.record_id, "conflict", lost, detail=detail))
    return notes


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
