"""Passes over the modules, along their dependence: one round at a time over all agents, each module leaving its rows.

Webhooks only make it faster; the pass makes it true. An incremental pass looks at what Zoho changed or deleted since
the module's watermark. The watermark moves only after a pass that did its work: a pass that broke off is repeated
over the same time. Zoho does not tell its clock, and a list may show a change late, so both ends of that time
are put back by `LAG`; what is seen twice is equal the second time and costs no write.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Protocol

import structlog

from agent.entities.base import Entity
from agent.entities.fields import Record
from agent.entities.registry import slug_of
from agent.errors import Fault, SyncError
from agent.store.options import Directions, DryRun, ModulesEnabled, Schedule
from agent.store.runs import Lead, LeadTakenError, RunStore
from agent.store.settings import SettingsStore
from agent.sync.ahead import read_ahead
from agent.sync.bulk import Bulk, ModuleReport, Progress
from agent.sync.compare import MOST_KEPT, Comparison, note_of
from agent.sync.mend import Mender
from agent.sync.modules import MODULE_OFF
from agent.sync.moodle_settings import MoodleSettings
from agent.sync.sides import Pages, Sides

log = structlog.get_logger(__name__)

LAG = timedelta(minutes=10)
DELETIONS_REMEMBERED = timedelta(days=60)  # Zoho's recycle bin; what was purged by hand is listed as long
PATIENCE_SECONDS = 30.0  # a command waits so long for another pass to end
TRY_AGAIN = timedelta(minutes=15)  # after a nightly pass that broke off
TRIED = "dry_run"  # kind of the runs of modules that are only tried
AWAY = frozenset({Fault.TRANSIENT, Fault.THROTTLED, Fault.QUOTA})

Enqueue = Callable[[str, list[str]], Awaitable[None]]  # entity, record ids: look at these again
Part = Entity | Comparison  # what one pass goes over


@dataclass(frozen=True)
class Pass:
    """One module's pass: what it did, why it broke off if it did, and which one it waited for in vain."""

    report: ModuleReport
    error: SyncError | None = None
    not_begun: str | None = None


@dataclass(frozen=True)
class Order:
    """What a pass is asked to do; see `Passes.by_hand`."""

    since: datetime | None = None
    dry_run: bool = False
    allow_deletions: bool = False
    totals: bool = False


class Watcher(Protocol):
    """Whoever wants to see how passes go."""

    def begun(self, name: str) -> Progress:
        """Learn that a pass is in the round; returns whom to tell how it goes."""

    def over(self, done: Pass) -> None:
        """Learn what became of a pass."""


class Nobody:
    """Watches nothing."""

    def begun(self, name: str) -> Progress:
        """Be told nothing about it."""
        return lambda _report: None

    def over(self, done: Pass) -> None:
        """Do nothing."""


NOBODY = Nobody()


class Passes:
    """Makes passes over `entities`, and in full ones over what `comparisons` find too."""

    def __init__(
        self,
        bulk: Bulk,
        mender: Mender,
        sides: Sides,
        runs: RunStore,
        lead: Lead,
        settings: SettingsStore,
        parts: Sequence[Part],
        enqueue: Enqueue,
        moodle_settings: MoodleSettings,
    ) -> None:
        self._bulk = bulk
        self._mender = mender
        self._sides = sides
        self._runs = runs
        self._lead = lead
        self._settings = settings
        self.parts = parts
        self._enqueue = enqueue
        self._moodle_settings = moodle_settings
        self._told: set[str] = set()

    async def scheduled(self, interval: timedelta | None) -> list[Pass]:
        """Make the passes that are due by the setting `reconcile.schedule`: full ones once a night, else incremental.

        A module without a completed full pass is left alone. While another agent makes a pass, nothing is done.

        Args:
            interval: between the beginnings of two incremental passes where the setting names none; None: none.

        Raises:
            LeadLostError, SQLAlchemyError, psycopg.Error: the database is away.
        """
        await self._tell_unready()
        full, incremental = await self._due(interval)
        if not full and not incremental:
            return []
        try:
            return await self._lead.alone(self._scheduled(interval))
        except LeadTakenError:
            return []

    async def by_hand(
        self,
        parts: Sequence[Part],
        *,
        since: datetime | None = None,
        dry_run: bool = False,
        allow_deletions: bool = False,
        totals: bool = False,
        watcher: Watcher = NOBODY,
        patience: float = PATIENCE_SECONDS,
    ) -> list[Pass]:
        """Make a pass over these modules: a full one, or over what changed at `since` (aware) or later.

        What only a full pass can compare is left out of an incremental one, and so is a module that is switched
        off. A dry run writes nothing, keeps no rows and needs no lead. With `totals` Zoho is asked how many records
        there are, for whoever watches. Another pass is waited for as long as `patience` (seconds).

        Raises:
            LeadTakenError: another pass goes on for long; LeadLostError: the database session broke off.
        """
        order = Order(since, dry_run, allow_deletions, totals)
        chosen = [part for part in parts if since is None or isinstance(part, Entity)]
        chosen = await self.enabled(chosen)
        if dry_run:
            return await self._round(chosen, lambda _part: order, watcher)
        return await self._lead.alone(self._led(chosen, lambda _part: order, watcher), patience=patience)

    async def enabled(self, parts: Sequence[Part]) -> list[Part]:
        """Leave out what `modules.enabled` switches off, and Zoho's side where `sync.directions` says that."""
        switches = await self._settings.get(ModulesEnabled)
        chosen = [part for part in parts if switches.on(_module(part))]
        if (await self._settings.get(Directions)).enrollment != "moodle_to_zoho":
            return chosen
        return [part for part in chosen if part.name != "enrollment"]

    async def _due(self, interval: timedelta | None) -> tuple[set[str], set[str]]:
        """Name what is due for a full pass, and for an incremental one."""
        schedule = await self._settings.get(Schedule)
        if schedule.incremental_minutes is not None:
            interval = timedelta(minutes=schedule.incremental_minutes) or None
        full: set[str] = set()
        if schedule.full_at is not None:
            night = _last_time(schedule.full_at, datetime.now(UTC))
            full = await self._runs.due_in_full(night, TRY_AGAIN) & {part.name for part in self.parts}
        changed = await self._runs.due(interval) if interval is not None else set()
        return full, (changed & {part.name for part in self.parts if isinstance(part, Entity)}) - full

    async def _scheduled(self, interval: timedelta | None) -> list[Pass]:
        watermarks = await self._runs.watermarks()
        full, incremental = await self._due(interval)
        chosen = await self.enabled([part for part in self.parts if part.name in full | incremental])

        def order(part: Part) -> Order:
            return Order(since=None if part.name in full else watermarks[part.name] - LAG)

        return await self._led(chosen, order, NOBODY)

    async def _led(
        self, parts: Sequence[Part], order: Callable[[Part], Order], watcher: Watcher
    ) -> list[Pass]:
        if abandoned := await self._runs.fail_abandoned():
            log.warning("passes_abandoned", number=abandoned)
        try:
            await self._moodle_settings.push()
        except SyncError as error:  # what the passes themselves need of Moodle they will ask for
            log.warning("settings_not_pushed", code=error.code)
        return await self._round(parts, order, watcher)

    async def _round(
        self, parts: Sequence[Part], order: Callable[[Part], Order], watcher: Watcher
    ) -> list[Pass]:
        """Go over the parts side by side, each after those that it needs; the passes in the order of the parts.

        One that broke off keeps those that need it from beginning, and all others too where the other side is away.
        """
        over = {part.name: asyncio.Event() for part in parts}
        made: dict[str, Pass] = {}

        async def wait_for(part: Part) -> str | None:
            for name in part.after:
                if name in over:
                    await over[name].wait()
            needed = [name for name in part.after if name in made and _broke_off(made[name])]
            away = [name for name, done in made.items() if done.error and done.error.fault in AWAY]
            return next(iter([*needed, *away]), None)

        async def go(part: Part) -> None:
            try:
                progress, wait = watcher.begun(part.name), partial(wait_for, part)
                made[part.name] = await self._pass(part, order(part), progress, wait)
                watcher.over(made[part.name])
            finally:
                over[part.name].set()

        try:
            async with asyncio.TaskGroup() as group:
                for part in parts:
                    group.create_task(go(part))
        except ExceptionGroup as failures:
            raise _first(failures) from failures
        return [made[part.name] for part in parts]

    async def _pass(
        self, part: Part, order: Order, progress: Progress, wait: Callable[[], Awaitable[str | None]]
    ) -> Pass:
        """Make one pass, reading Zoho ahead while it waits for the others."""
        began = datetime.now(UTC)
        since, remark = _within_memory(order.since, began)
        if remark:
            log.warning("pass_made_full", entity=part.name, reason=remark)
        source = self._sides.zoho_pages(part.name, since) if isinstance(part, Entity) else _none()
        async with read_ahead(source) as pages:
            if order.dry_run:
                return await self._work(None, part, replace(order, since=since), pages, progress)
            if (missing := await wait()) is not None:
                log.warning("pass_not_begun", entity=part.name, because=missing)
                return Pass(ModuleReport(part.name), not_begun=missing)
            if (await self._settings.get(DryRun)).covers(_module(part)):
                return await self._tried(part, replace(order, since=since, dry_run=True), pages, progress)
            before = (await self._runs.watermarks()).get(part.name)
            run = await self._runs.begin("full" if since is None else "incremental", part.name, remark)
            done = await self._work(run, part, replace(order, since=since), pages, progress)
        counts = done.report.counts
        if done.error is not None:
            await self._runs.fail(run, part.name, counts, str(done.error))
            log.warning("pass_failed", entity=part.name, error=str(done.error))
            return done
        reached = _reached(since, before, began)
        await self._runs.complete(run, part.name, counts, watermark=reached, full=since is None)
        if reached is not None:
            await self._moodle_settings.passed(part.name, began)
        log.info("pass_done", entity=part.name, full=since is None, counts=dict(counts))
        return done

    async def _tried(self, part: Part, order: Order, pages: Pages, progress: Progress) -> Pass:
        """Only try a module that `system.dry_run` covers; a run of its own kind keeps what would be done."""
        run = await self._runs.begin(TRIED, part.name)
        done = await self._work(None, part, order, pages, progress)
        notes = [note_of(one) for one in done.report.changes[:MOST_KEPT]]
        await self._runs.note(run, part.name, notes)
        await self._runs.end(run, done.report.counts, str(done.error) if done.error else None)
        log.info("pass_tried", entity=part.name, counts=dict(done.report.counts))
        return done

    async def _work(
        self, run: int | None, part: Part, order: Order, pages: Pages, progress: Progress
    ) -> Pass:
        last = ModuleReport(part.name)
        total = asyncio.create_task(self._sides.total(part.name)) if order.totals else None

        def follow(report: ModuleReport) -> None:
            nonlocal last
            last = report
            if total is not None and total.done():
                report.total = total.result()
            progress(report)

        try:
            await self._carry_out(run, part, order, pages, follow)
        except SyncError as error:
            return Pass(last, error)
        except Exception as error:
            if run is not None:
                await self._runs.fail(run, part.name, last.counts, type(error).__name__)
            raise
        finally:
            if total is not None:
                total.cancel()
        return Pass(last)

    async def _carry_out(
        self, run: int | None, part: Part, order: Order, pages: Pages, follow: Progress
    ) -> None:
        note = partial(self._runs.note, run, part.name)
        if isinstance(part, Entity):
            report = await self._bulk.run(
                part,
                dry_run=order.dry_run,
                progress=follow,
                allow_deletions=order.allow_deletions,
                since=order.since,
                pages=pages,
                note=note,
                run_id=run,
            )
        else:
            report = await self._mender.run(part, dry_run=order.dry_run, progress=follow, note=note)
        if not order.dry_run:
            # In the inbox they are tried once more and, failing again, parked with the reason.
            name = part.name if isinstance(part, Entity) else part.entity
            await self._enqueue(name, report.fresh)

    async def _tell_unready(self) -> None:
        ready = await self._runs.watermarks()
        unready = {part.name for part in self.parts} - ready.keys() - self._told
        if unready:
            self._told |= unready
            log.warning("no_pass_before_first_sync", entities=sorted(unready), mend="zohosync sync --all")


async def _none() -> AsyncGenerator[Sequence[Record], None]:
    """Give no page: what Moodle owns is not read from Zoho's lists."""
    return
    yield


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first


def _broke_off(done: Pass) -> bool:
    """Tell whether what needs a module cannot begin: where it is off, the records that need it wait one by one."""
    off = done.error is not None and done.error.code == MODULE_OFF
    return done.not_begun is not None or (done.error is not None and not off)


def _module(part: Part) -> str:
    """Name the switch of a part: finance is the student's, a result is a grade."""
    return slug_of(part.name) if isinstance(part, Entity) else part.entity


def _last_time(clock: str, now: datetime) -> datetime:
    """Return when it last was HH:MM in UTC."""
    today = datetime.combine(now.date(), time.fromisoformat(clock), UTC)
    return today if today <= now else today - timedelta(days=1)


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
