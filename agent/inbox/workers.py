"""The workers: claim what is due, run the handler on it, carry out what came of it."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from types import TracebackType

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.errors import Action, Fault, SyncError, transient
from agent.inbox.breakers import Breakers, OpenBreaker
from agent.inbox.events import Event, Handler, Outcome
from agent.inbox.plan import INTERNAL_ERROR, Park, plan_failure
from agent.inbox.repository import InboxRepository, database_is_away
from agent.inbox.session import AgentSession
from agent.inbox.settings import InboxSettings
from agent.inbox.sweeper import Sweeper
from agent.measures import EVENTS
from agent.store.options import RetryPolicy

log = structlog.get_logger(__name__)

WRITE_PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0)  # seconds between tries to write a result while the database is away


class Inbox:
    """One agent's workers. Use as `async with Inbox(engine, handler, settings) as inbox`, or `await run()`.

    Leaving stops claiming, lets work in flight end (up to `settings.drain` seconds) and gives the rest back
    uncounted. A database that goes away and comes back needs no restart. `retry` gives the policy of the retries
    as it stands now; without it the figures in `settings` hold.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        handler: Handler,
        settings: InboxSettings,
        *,
        retry: Callable[[], Awaitable[RetryPolicy]] | None = None,
    ) -> None:
        self.repository = InboxRepository(engine)
        self.agent = secrets.randbelow(2**31 - 2) + 1  # new at each start: a restarted agent is another agent
        self._handler = handler
        self._settings = settings
        self._retry = retry
        self._wake = asyncio.Event()
        self._session = AgentSession(engine, self.agent, self._wake.set)
        self._breakers = Breakers(settings.breaker_first, settings.breaker_longest)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._handling: set[int] = set()  # events whose handler runs now; only these may be cancelled
        self._claiming = asyncio.Lock()  # a claimed event is in _running before anybody looks for orphans
        self._sweeper = Sweeper(self.repository, self.agent, settings)
        self._stopping = False
        self._loops: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Inbox:
        self._loops = [
            asyncio.create_task(self._session.run(), name="inbox-session"),
            asyncio.create_task(self._repeat(self._sweep, while_draining=True), name="inbox-sweep"),
            asyncio.create_task(self._repeat(self._feed, while_draining=False), name="inbox-feed"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def run(self) -> None:
        """Work until cancelled, then stop cleanly."""
        async with self:
            await asyncio.Event().wait()

    @property
    def in_flight(self) -> int:
        """Number of events being worked on."""
        return len(self._running)

    @property
    def connected(self) -> bool:
        """Whether this agent holds its lock and may claim."""
        return self._session.connected.is_set()

    def open_breakers(self) -> list[OpenBreaker]:
        """List the targets that are stopped, and why."""
        return self._breakers.open_breakers(time.monotonic())

    async def stop(self) -> None:
        """Stop claiming, drain, give the rest back. Safe to call twice."""
        self._stopping = True
        self._wake.set()
        session, sweep, feed = self._loops
        await asyncio.wait([feed], timeout=self._settings.drain)
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=self._settings.drain)
        rest = list(self._running.values())
        for task in (*rest, feed, sweep):
            task.cancel()
        await asyncio.gather(*rest, feed, sweep, return_exceptions=True)
        try:
            given_back = await self.repository.release_own(self.agent, [])
            log.info("inbox_stopped", given_back=given_back)
        except SQLAlchemyError:
            log.warning("inbox_stopped_without_database")  # the lock's end gives them back
        session.cancel()
        await asyncio.gather(session, return_exceptions=True)

    async def _repeat(self, step: Callable[[], Awaitable[None]], *, while_draining: bool) -> None:
        while while_draining or not self._stopping:
            try:
                await step()
            except Exception as error:
                if database_is_away(error):
                    log.warning("inbox_database_away", step=step.__name__, error=type(error).__name__)
                else:
                    log.exception("inbox_step_failed", step=step.__name__)
                await asyncio.sleep(self._settings.sweep)

    async def _feed(self) -> None:
        """Claim what is due and there is room for, then wait for a reason to look again."""
        await self._session.connected.wait()
        self._wake.clear()
        free = self._settings.workers - len(self._running)
        limit = self._breakers.allowance(free, len(self._running), time.monotonic())
        if limit > 0 and not self._stopping:
            async with self._claiming:
                for event in await self.repository.claim(self.agent, limit=limit, lease=self._settings.lease):
                    self._breakers.claimed(event.id)
                    self._running[event.id] = asyncio.create_task(self._work(event))
        try:
            async with asyncio.timeout(self._settings.poll):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _sweep(self) -> None:
        """Keep our leases, take back what nobody works on any more, here and at agents that died."""
        if self._sweeper.lost_session(connected=self.connected, now=time.monotonic()):
            self._cancel(set(self._handling), "the agent lost its database session")
        elif self.connected:
            self._cancel(await self._sweeper.renew(self._handling), "another agent has taken the event over")
            async with self._claiming:
                given_back = await self.repository.release_own(self.agent, self._running)
            given_back += await self._sweeper.rescue(
                time.monotonic(), max_tries=(await self._figures()).max_tries
            )
            if given_back:
                self._wake.set()
        await asyncio.sleep(self._settings.sweep)

    def _cancel(self, ids: set[int], reason: str) -> None:
        for event_id in ids & self._handling:
            log.warning("event_cancelled", id=event_id, reason=reason)
            self._running[event_id].cancel()

    async def _work(self, event: Event) -> None:
        with structlog.contextvars.bound_contextvars(
            correlation_id=event.correlation_id, event_number=event.id, record_key=event.record_key
        ):
            try:
                began = time.monotonic()
                came = await self._handle(event)
                outcome = str(came.action) if isinstance(came, SyncError) else came.outcome
                EVENTS.labels(event.entity_type, outcome).observe(time.monotonic() - began)
                await self._write(event, came)
            except Exception:  # the result could not be written: the event is still ours and will run again
                log.exception("event_result_lost")
            finally:
                self._breakers.abandoned(event.id)
                del self._running[event.id]
                self._wake.set()

    async def _handle(self, event: Event) -> Outcome | SyncError:
        self._handling.add(event.id)
        try:
            async with asyncio.timeout(self._settings.run_limit) as limit:
                return await self._handler.handle(event)
        except SyncError as error:
            return error
        except Exception as error:
            if isinstance(error, TimeoutError) and limit.expired():
                return transient("TOO_SLOW", f"Not done after {self._settings.run_limit:g} s; stopped.")
            if database_is_away(error):
                return SyncError(
                    "DATABASE_AWAY",
                    "The agent's database was away.",
                    action=Action.WAIT,
                    fault=Fault.TRANSIENT,
                )
            log.exception("event_broke_handler")
            return transient(INTERNAL_ERROR, f"Unexpected {type(error).__name__}; see the agent's log.")
        finally:
            self._handling.discard(event.id)

    async def _write(self, event: Event, came: Outcome | SyncError) -> None:
        """Write the result down. While the database is away it is tried for some seconds; then the event runs again."""
        now = time.monotonic()
        if isinstance(came, SyncError):
            pause = self._breakers.failed(event.id, came, now)
            ours = await self._insist(self._failure(event, came, pause, await self._figures()))
            log.info("event_failed", code=came.code, action=came.action, try_number=event.try_number)
        else:
            self._breakers.succeeded(event.id, now)
            ours = await self._insist(lambda: self.repository.complete(self.agent, event, came))
            log.info("event_done", outcome=came.outcome, try_number=event.try_number)
        if not ours:
            log.warning("event_no_longer_ours")

    async def _figures(self) -> InboxSettings:
        """Return the figures with the present policy of the retries; the last known one when it cannot be read."""
        if self._retry is not None:
            try:
                self._settings = self._settings.following(await self._retry())
            except (SQLAlchemyError, SyncError) as error:
                log.warning("retry_policy_unknown", error=type(error).__name__)
        return self._settings

    def _failure(
        self, event: Event, error: SyncError, pause: float, figures: InboxSettings
    ) -> Callable[[], Awaitable[bool]]:
        plan = plan_failure(
            error,
            event.try_number,
            figures,
            spread=random.uniform(-1, 1),  # noqa: S311 - no secret, spreads the retries
            pause=pause,
        )
        if isinstance(plan, Park):
            return lambda: self.repository.park(self.agent, event, plan)
        longest = figures.dependency_longest if plan.waits_for else figures.wait_longest
        return lambda: self.repository.again(
            self.agent,
            event,
            plan,
            wait_first=figures.wait_first,
            wait_longest=longest,
        )

    async def _insist(self, write: Callable[[], Awaitable[bool]]) -> bool:
        for pause in WRITE_PAUSES:
            try:
                return await write()
            except SQLAlchemyError as error:
                if not database_is_away(error):
                    raise
                await asyncio.sleep(pause)
        return await write()
