"""Passes over the modules, in the order of dependence: one at a time over all agents, each leaving its rows.

Webhooks only make it faster; the pass makes it true. An incremental pass looks at what Zoho changed or deleted since
the module's watermark. The watermark moves only after a pass that did its work: a pass that broke off is repeated
over the same time. Zoho does not tell its clock, and a list may show a change late, so both ends of that time
are put back by `LAG`; what is seen twice is equal the second time and costs no write.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from agent.entities.base import Entity
from agent.errors import Fault, SyncError
from agent.store.runs import Lead, LeadTakenError, RunStore
from agent.sync.bulk import Bulk, ModuleReport, Progress

log = structlog.get_logger(__name__)

LAG = timedelta(minutes=10)
DELETIONS_REMEMBERED = timedelta(days=60)  # Zoho's recycle bin; what was purged by hand is listed as long
PATIENCE_SECONDS = 30.0  # a command waits so long for another pass to end
AWAY = frozenset({Fault.TRANSIENT, Fault.THROTTLED, Fault.QUOTA})

Enqueue = Callable[[str, list[str]], Awaitable[None]]  # entity, record ids: look at these again
Watch = Callable[[str], Progress]  # entity -> whom to tell how its pass goes


@dataclass(frozen=True)
class Pass:
    """One module's pass: what it did, and why it broke off if it did."""

    report: ModuleReport
    error: SyncError | None = None


def watch_nothing(_: str) -> Progress:
    """Tell nobody."""
    return lambda _report: None


class Passes:
    """Makes passes; `entities` in the order of dependence."""

    def __init__(
        self, bulk: Bulk, runs: RunStore, lead: Lead, entities: Sequence[Entity], enqueue: Enqueue
    ) -> None:
        self._bulk = bulk
        self._runs = runs
        self._lead = lead
        self._entities = entities
        self._enqueue = enqueue
        self._told: set[str] = set()

    async def scheduled(self, interval: timedelta) -> list[Pass]:
        """Make an incremental pass over each module whose last pass began at least `interval` ago.

        A module without a completed full pass is left alone. While another agent makes a pass, nothing is done.

        Raises:
            LeadLostError, SQLAlchemyError, psycopg.Error: the database is away.
        """
        await self._tell_unready()
        if not await self._runs.due(interval):
            return []
        try:
            return await self._lead.alone(self._due(interval))
        except LeadTakenError:
            return []

    async def by_hand(
        self,
        entities: Sequence[Entity],
        *,
        since: datetime | None = None,
        dry_run: bool = False,
        allow_deletions: bool = False,
        watch: Watch = watch_nothing,
    ) -> list[Pass]:
        """Make a pass over these modules: a full one, or over what changed at `since` (aware) or later.

        A dry run writes nothing, keeps no rows and needs no lead.

        Raises:
            LeadTakenError: another pass goes on for long; LeadLostError: the database session broke off.
        """

        async def one(entity: Entity) -> Pass:
            progress = watch(entity.name)
            if dry_run:
                return await self._preview(entity, since, allow_deletions, progress)
            return await self._one(entity, since, progress, allow_deletions=allow_deletions)

        if dry_run:
            return await _each(entities, one)
        return await self._lead.alone(self._led(entities, one), patience=PATIENCE_SECONDS)

    async def _due(self, interval: timedelta) -> list[Pass]:
        watermarks, due = await self._runs.watermarks(), await self._runs.due(interval)

        async def one(entity: Entity) -> Pass:
            return await self._one(entity, watermarks[entity.name] - LAG, watch_nothing(entity.name))

        return await self._led([entity for entity in self._entities if entity.name in due], one)

    async def _led(self, entities: Sequence[Entity], one: Callable[[Entity], Awaitable[Pass]]) -> list[Pass]:
        if abandoned := await self._runs.fail_abandoned():
            log.warning("passes_abandoned", number=abandoned)
        return await _each(entities, one)

    async def _preview(
        self, entity: Entity, since: datetime | None, allow_deletions: bool, progress: Progress
    ) -> Pass:
        since, _ = _within_memory(since, datetime.now(UTC))
        try:
            report = await self._bulk.run(
                entity, dry_run=True, since=since, allow_deletions=allow_deletions, progress=progress
            )
        except SyncError as error:
            return Pass(ModuleReport(entity.name), error)
        return Pass(report)

    async def _one(
        self, entity: Entity, since: datetime | None, progress: Progress, *, allow_deletions: bool = False
    ) -> Pass:
        began = datetime.now(UTC)
        since, remark = _within_memory(since, began)
        if remark:
            log.warning("pass_made_full", entity=entity.name, reason=remark)
        before = (await self._runs.watermarks()).get(entity.name)
        run = await self._runs.begin("full" if since is None else "incremental", entity.name, remark)
        done = await self._work(run, entity, since, progress, allow_deletions=allow_deletions)
        counts = done.report.counts
        if done.error is not None:
            await self._runs.fail(run, entity.name, counts, str(done.error))
            log.warning("pass_failed", entity=entity.name, error=str(done.error))
            return done
        reached = _reached(since, before, began)
        await self._runs.complete(run, entity.name, counts, watermark=reached, full=since is None)
        log.info("pass_done", entity=entity.name, full=since is None, counts=dict(counts))
        return done

    async def _work(
        self, run: int, entity: Entity, since: datetime | None, progress: Progress, *, allow_deletions: bool
    ) -> Pass:
        last = ModuleReport(entity.name)

        def follow(report: ModuleReport) -> None:
            nonlocal last
            last = report
            progress(report)

        try:
            await self._bulk.run(
                entity,
                dry_run=False,
                since=since,
                allow_deletions=allow_deletions,
                progress=follow,
                note=partial(self._runs.note, run, entity.name),
            )
            # In the inbox they are tried once more and, failing again, parked with the reason.
            await self._enqueue(entity.name, [record_id for record_id, _ in last.failures])
        except SyncError as error:
            return Pass(last, error)
        except Exception as error:
            await self._runs.fail(run, entity.name, last.counts, type(error).__name__)
            raise
        return Pass(last)

    async def _tell_unready(self) -> None:
        ready = await self._runs.watermarks()
        unready = {entity.name for entity in self._entities} - ready.keys() - self._told
        if unready:
            self._told |= unready
            log.warning("no_pass_before_first_sync", entities=sorted(unready), mend="zohosync sync --all")


async def _each(entities: Sequence[Entity], one: Callable[[Entity], Awaitable[Pass]]) -> list[Pass]:
    """Go through the modules. One that fails stops the others only when the other side is away."""
    passes: list[Pass] = []
    for entity in entities:
        passes.append(await one(entity))
        error = passes[-1].error
        if error is not None and error.fault in AWAY:
            break
    return passes


def _within_memory(since: datetime | None, now: datetime) -> tuple[datetime | None, str | None]:
    """Make it a full pass, with the reason, where Zoho may have forgotten what was deleted."""
    if since is None or now - since < DELETIONS_REMEMBERED:
        return since, None
    reason = (
        f"Zoho remembers deletions for {DELETIONS_REMEMBERED.days} days only and nothing was looked at since "
        f"{since:%Y-%m-%d}: a full pass is made instead"
    )
    return None, reason


def _reached(since: datetime | None, before: datetime | None, began: datetime) -> datetime | None:
    """Return how far the module has come; None when this pass left a gap behind the watermark."""
    if since is None or (before is not None and since <= before):
        return began - LAG
    return None
