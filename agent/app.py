"""Builds the agent: clients, engine, inbox, web application, and their lifetimes. Wires the rooms together."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agent.config import Settings
from agent.entities.registry import FROM_ZOHO, SLUGS, slug_of
from agent.errors import SyncError
from agent.inbox.events import Event, NewEvent, Outcome
from agent.inbox.repository import InboxRepository
from agent.inbox.settings import InboxSettings
from agent.inbox.workers import Inbox
from agent.moodle.client import MoodleClient
from agent.moodle.models import OutboxEvent
from agent.provisioning.provisioner import Provisioner
from agent.store import sync_log
from agent.store.mappings import MappingStore
from agent.store.options import AutoEnabled, DryRun, EventRetention, ModulesEnabled, RetryPolicy
from agent.store.pairs import Pairs
from agent.store.records import RecordStore
from agent.store.runs import Lead, RunStore
from agent.store.settings import SettingsStore
from agent.store.tenancy import TenancyStore
from agent.sync import comparisons as comparing
from agent.sync.bulk import Bulk
from agent.sync.by_request import ByRequest
from agent.sync.compare import Comparison
from agent.sync.definitions import Definitions
from agent.sync.engine import Engine
from agent.sync.mend import Mender
from agent.sync.modules import Modules
from agent.sync.moodle_settings import MoodleSettings
from agent.sync.outlook import Outlook
from agent.sync.passes import Part, Passes
from agent.sync.sides import Sides
from agent.sync.tenancy import Tenancy
from agent.tried import WouldWriteError, only_tried
from agent.web import moodle_events
from agent.web.api.roles import ApiTokens
from agent.web.api.routes import add_api, open_api
from agent.web.authentication import Senders
from agent.web.events import MAX_BODY
from agent.web.health import database_not_ready
from agent.web.ping import WAY_BACK, WayBack
from agent.web.rate_limit import RateLimit
from agent.web.routes import add_routes
from agent.zoho.client import ZohoClient

log = structlog.get_logger(__name__)

POOL, OVERFLOW = 20, 4  # connections: what overflows is opened and closed each time
PULL_BATCH = 100
PURGE_SECONDS = 6 * 3600
RECONCILE_TICK_SECONDS = 60.0  # how often an agent looks whether a pass is due; another one may have made it
LIVE_PRIORITY, BULK_PRIORITY = 0, 10  # live events go first
CHANNELS_SECONDS = 3600.0
PING_SECONDS = 8.0  # Moodle waits for the answer, and a person for Moodle
LOOK_OUT_SECONDS = 30.0  # how old what the status says of the other systems may be


@dataclass(frozen=True)
class Runtime:
    """Everything that a command needs, open."""

    settings: Settings
    database: AsyncEngine
    inbox: InboxRepository
    moodle: MoodleClient
    engine: Engine
    bulk: Bulk
    sides: Sides
    runs: RunStore
    passes: Passes
    zoho: ZohoClient
    outlook: Outlook
    by_request: ByRequest
    moodle_settings: MoodleSettings
    provisioner: Provisioner

    async def enqueue(self, entity: str, record_ids: Sequence[str]) -> None:
        """Ask the inbox to look at these records again."""
        await _enqueue(self.inbox, entity, record_ids)

    async def look_again(self, entity: str, record_ids: Sequence[str]) -> None:
        """Ask the inbox to look at these records again, before the bulk of the work: a person waits."""
        await _enqueue(self.inbox, entity, record_ids, priority=LIVE_PRIORITY)

    async def handle(self, event: Event) -> Outcome:
        """Work on one event of the inbox, unless it is switched off."""
        if reason := await self.switched_off(event):
            return Outcome("ignored", {"reason": reason})
        tried = await self.engine.modules.settings.get(DryRun)
        if not tried.covers(event.entity_type):
            done = await self.engine.look(event.source, event.entity_type, event.record_id)
            return Outcome(done.outcome, done.detail)
        try:
            with only_tried():
                done = await self.engine.look(event.source, event.entity_type, event.record_id)
        except WouldWriteError as would:
            detail = {"would": would.operation, "side": would.side, "fields": would.rows}
            return Outcome("dry_run", detail)
        return Outcome(done.outcome, done.detail)

    async def way_back(self) -> WayBack:
        """Call Moodle as the sync does, for a ping: it is reached, and it is the site of this database."""
        site = ""
        try:
            async with asyncio.timeout(PING_SECONDS):
                site = (await self.moodle.get_status()).wwwroot
                await self.engine.modules.tenancy.check_moodle()
        except SyncError as error:
            return WayBack(site, f"{error.message} ({error.code})")
        except (TimeoutError, SQLAlchemyError) as error:
            return WayBack(site, f"{type(error).__name__} while Moodle was asked")
        return WayBack(site)

    async def retry_policy(self) -> RetryPolicy:
        """Return how often a failed event is tried, as it stands now."""
        return await self.engine.modules.settings.get(RetryPolicy)

    async def switched_off(self, event: Event) -> str:
        """Say why an event is not worked on by the settings; empty when it is."""
        settings, module = self.engine.modules.settings, event.entity_type
        if module not in SLUGS:
            return ""
        if not (await settings.get(ModulesEnabled)).on(module):
            return f"the module {module} is switched off (modules.enabled)"
        operation = operation_of(event.event_type)
        if event.source == "zoho" and not (await settings.get(AutoEnabled)).of(module).on(operation):
            return f"{operation} events of {module} do nothing by themselves (workflows.auto_enabled)"
        return ""


def operation_of(event_type: str) -> str:
    """Read create | update | delete out of the sender's own word (`student.updated`, `insert`, `edit` ...)."""
    word = event_type.rsplit(".", 1)[-1].lower()
    if word.startswith(("create", "insert", "add")):
        return "create"
    return "delete" if word.startswith(("delete", "remove")) else "update"


async def _enqueue(
    inbox: InboxRepository, entity: str, record_ids: Sequence[str], *, priority: int = BULK_PRIORITY
) -> None:
    correlation = str(uuid.uuid4())
    await inbox.accept(
        [
            NewEvent(
                event_id=f"{entity}:{record_id}:{correlation}",
                source="reconcile",
                event_type="look",
                module=SLUGS[slug_of(entity)],
                entity_type=entity,
                record_id=record_id,
                correlation_id=correlation,
                priority=priority,
            )
            for record_id in record_ids
        ]
    )


def database_engine(settings: Settings) -> AsyncEngine:
    """Build the engine; a statement that runs away is stopped by the database."""
    return create_async_engine(
        settings.database_url.get_secret_value(),
        pool_size=POOL,
        max_overflow=OVERFLOW,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=10000 -c idle_in_transaction_session_timeout=30000",
        },
    )


@asynccontextmanager
async def open_runtime(
    settings: Settings, database: AsyncEngine | None = None, kept: SettingsStore | None = None
) -> AsyncIterator[Runtime]:
    """Open the clients and build the engine; closes them in reverse, and the database too.

    Args:
        settings: the environment.
        database: where one is open already.
        kept: the settings in the database, where somebody else changes them in this process.
    """
    database = database or database_engine(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.dispose)
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        inbox = InboxRepository(database)
        records = RecordStore(database)
        zoho = ZohoClient.from_settings(settings, session, database)
        moodle = MoodleClient.from_settings(settings, session)

        async def wake(record_keys: list[str]) -> None:
            await inbox.wake(record_keys)

        async def enqueue(entity: str, record_ids: list[str]) -> None:
            await _enqueue(inbox, entity, record_ids)

        settings_store = kept or SettingsStore(database)
        tenancy = Tenancy(zoho, moodle, TenancyStore(database))
        modules = Modules(zoho, MappingStore(database), settings_store, records, tenancy)
        pairs, runs = Pairs(database), RunStore(database)
        engine = Engine(zoho, moodle, records, modules, pairs, runs, wake=wake, enqueue=enqueue)
        comparisons: list[Comparison] = [
            comparing.Grades(zoho, moodle, records, modules, engine.grades),
            comparing.Enrolments(moodle, records, pairs, modules),
            comparing.Requests(moodle, records, modules, engine.labels),
            Definitions(moodle),
        ]
        sides = Sides(engine, zoho, moodle, records, {one.entity for one in comparisons})
        bulk = Bulk(engine, sides, records)
        parts: list[Part] = [*FROM_ZOHO.values(), *comparisons]
        lead = Lead(database)
        pushed = MoodleSettings(moodle, settings_store)
        passes = Passes(bulk, Mender(engine), sides, runs, lead, settings_store, parts, enqueue, pushed)
        outlook = Outlook(moodle, zoho, modules)
        by_request = ByRequest(passes, sides, runs, lead)
        stack.push_async_callback(by_request.close)
        yield Runtime(
            settings,
            database,
            inbox,
            moodle,
            engine,
            bulk,
            sides,
            runs,
            passes,
            zoho,
            outlook,
            by_request,
            pushed,
            Provisioner(settings, zoho.administration, modules),
        )


def create_app(settings: Settings) -> web.Application:
    """Build the web application; while it runs, the workers and the pull of Moodle's outbox run with it."""
    database = database_engine(settings)
    app = web.Application(client_max_size=MAX_BODY)
    inbox, kept = InboxRepository(database), SettingsStore(database)
    add_routes(
        app,
        inbox=inbox,
        senders=Senders.of(settings),
        readiness=lambda: database_not_ready(database),
        limit=RateLimit(kept, inbox.living_agents),
    )
    add_api(app, tokens=ApiTokens.of(settings), database=database, settings=kept)

    async def work(running: web.Application) -> AsyncIterator[None]:
        async with (
            open_runtime(settings, database, kept) as runtime,
            Inbox(database, runtime, InboxSettings.of(settings), retry=runtime.retry_policy) as workers,
        ):
            open_api(
                running,
                outlook=runtime.outlook,
                by_request=runtime.by_request,
                look=runtime.look_again,
                stopped=workers.open_breakers,
            )
            running[WAY_BACK] = runtime.way_back
            loops = [
                asyncio.create_task(pull_forever(runtime), name="moodle-pull"),
                asyncio.create_task(purge_forever(runtime), name="purge"),
                asyncio.create_task(reconcile_forever(runtime), name="reconcile"),
                asyncio.create_task(look_out(runtime), name="look-out"),
                asyncio.create_task(runtime.moodle_settings.keep_pushed(), name="moodle-settings"),
                asyncio.create_task(keep_channels(runtime), name="zoho-channels"),
            ]
            yield
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    app.cleanup_ctx.append(work)
    return app


async def look_out(runtime: Runtime) -> None:
    """Look at the other systems now and then, and say once which modules are off and when they work again."""
    told: dict[str, str] = {}
    while True:
        await runtime.outlook.refresh()
        off = dict(runtime.outlook.off)
        for module in off.keys() - told.keys():
            log.warning("module_not_ready", module=module, reason=off[module])
        for module in told.keys() - off.keys():
            log.info("module_ready", module=module)
        told = off
        await asyncio.sleep(LOOK_OUT_SECONDS)


async def keep_channels(runtime: Runtime) -> None:
    """Renew Zoho's notification channels before they lapse, where the setting `zoho.push` names them."""
    while True:
        try:
            await runtime.provisioner.keep_channels()
        except (SQLAlchemyError, SyncError) as error:
            log.warning("zoho_channels_not_kept", error=type(error).__name__)
        await asyncio.sleep(CHANNELS_SECONDS)


async def purge_forever(runtime: Runtime) -> None:
    """Forget what is older than `events.retention` says: events, runs with their records, writes to Moodle."""
    while True:
        try:
            kept = await runtime.engine.modules.settings.get(EventRetention)
            completed, failed = timedelta(days=kept.completed_days), timedelta(days=kept.failed_days)
            purged = {
                "completed_events": await runtime.inbox.purge("completed", completed),
                "failed_events": await runtime.inbox.purge("failed", failed),
                "runs": await runtime.runs.purge(completed),
                "writes": await sync_log.purge(runtime.database, completed),
            }
            if any(purged.values()):
                log.info("purged", **purged)
        except (SQLAlchemyError, SyncError) as error:
            log.warning("purge_failed", error=type(error).__name__)
        await asyncio.sleep(PURGE_SECONDS)


async def reconcile_forever(runtime: Runtime) -> None:
    """Make the passes that are due by `reconcile.schedule`; where it is silent, every `reconcile_minutes` (0: none)."""
    interval = timedelta(minutes=runtime.settings.reconcile_minutes) or None
    pause = min(RECONCILE_TICK_SECONDS, interval.total_seconds() if interval else RECONCILE_TICK_SECONDS)
    while True:
        try:
            await runtime.passes.scheduled(interval)
        except (
            Exception
        ) as error:  # the next pass may do better: nothing ends the loop but the agent's own end
            log.exception("reconcile_failed", error=type(error).__name__)
        await asyncio.sleep(pause)


async def pull_forever(runtime: Runtime) -> None:
    """Fetch what Moodle could not deliver, every `moodle_pull_seconds`; 0 switches it off."""
    seconds = runtime.settings.moodle_pull_seconds
    while seconds:
        try:
            while await pull(runtime) == PULL_BATCH:
                continue
        except (SyncError, SQLAlchemyError) as error:
            log.warning(
                "moodle_pull_failed",
                error=str(error) if isinstance(error, SyncError) else type(error).__name__,
            )
        await asyncio.sleep(seconds)


async def pull(runtime: Runtime) -> int:
    """Take one batch of Moodle's pending events into the inbox, then acknowledge them; returns how many.

    Raises:
        SyncError: Moodle cannot be asked; SQLAlchemyError: the database is away. Nothing is acknowledged then.
    """
    await runtime.engine.modules.tenancy.check_moodle()
    pending = await runtime.moodle.get_events(PULL_BATCH)
    correlation = str(uuid.uuid4())
    read = [_read_pulled(event, correlation) for event in pending]
    await runtime.inbox.accept([event for event in read if event is not None])
    # What cannot be read stays in Moodle, where the push will park it with the agent's answer.
    done = [event.eventid for event, understood in zip(pending, read, strict=True) if understood is not None]
    if done:
        await runtime.moodle.ack_events(done)
    return len(done)


def _read_pulled(event: OutboxEvent, correlation: str) -> NewEvent | None:
    try:
        fields = json.loads(event.body)
    except ValueError:
        return None
    if event.kind not in moodle_events.KINDS or not isinstance(fields, dict):
        return None
    new = moodle_events.read(event.kind, fields, event_id=event.eventid, correlation_id=correlation)
    return new if isinstance(new, NewEvent) else None
