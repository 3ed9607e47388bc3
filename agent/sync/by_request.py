"""Passes and comparisons that somebody asks for through the interfaces: begun at once, followed in their runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

import structlog

from agent.store.runs import Lead, LeadTakenError, RunStore
from agent.sync.bulk import Progress
from agent.sync.compare import MOST_KEPT, note_of
from agent.sync.drift import Drift, look_for_drift
from agent.sync.passes import NOBODY, Part, Pass, Passes
from agent.sync.sides import Sides

log = structlog.get_logger(__name__)

DRIFT = "drift"


class ByRequest:
    """One at a time over all agents, as every pass; the answer does not wait for its end."""

    def __init__(self, passes: Passes, sides: Sides, runs: RunStore, lead: Lead) -> None:
        self._passes = passes
        self._sides = sides
        self._runs = runs
        self._lead = lead
        self._tasks: set[asyncio.Task[None]] = set()

    def parts(self, names: Sequence[str]) -> list[Part]:
        """Find parts by name or entity; all when none is named."""
        found = [part for part in self._passes.parts if not names or {part.name, _entity(part)} & set(names)]
        return list(found)

    async def sync(
        self, parts: Sequence[Part], *, since: datetime | None = None, allow_deletions: bool = False
    ) -> None:
        """Begin a pass over these; see `Passes.by_hand`.

        Raises:
            LeadTakenError: another pass is going on; psycopg.Error: the database is away.
        """
        begun = _Begun()
        work = self._passes.by_hand(
            parts, since=since, allow_deletions=allow_deletions, watcher=begun, patience=0.0
        )
        await self._start(work, begun.event)

    async def drift(self, parts: Sequence[Part]) -> None:
        """Begin to compare these; each leaves a run of kind `drift` with a row per difference.

        Raises: see `sync`.
        """
        begun = asyncio.Event()
        await self._start(self._lead.alone(self._compare(parts, begun)), begun)

    async def close(self) -> None:
        """Break off what is going on; the next pass marks its runs as failed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _start(self, work: Coroutine[Any, Any, Any], begun: asyncio.Event) -> None:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        waiting = asyncio.create_task(begun.wait())
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if task.done() and not begun.is_set():
            task.result()

    async def _compare(self, parts: Sequence[Part], begun: asyncio.Event) -> None:
        chosen = await self._passes.enabled(parts)
        numbers = {part.name: await self._runs.add(DRIFT, part.name) for part in chosen}
        begun.set()
        try:
            for found in await look_for_drift(self._sides, chosen):
                await self._keep(numbers.pop(found.name), found)
        finally:
            for number in numbers.values():
                await self._runs.end(number, {}, "it broke off")

    async def _keep(self, number: int, found: Drift) -> None:
        notes = [note_of(one) for one in found.differences[:MOST_KEPT]]
        await self._runs.note(number, found.name, notes)
        counts = Counter({"compared": found.compared})
        counts.update(one.operation for one in found.differences)
        await self._runs.end(number, counts, str(found.error) if found.error else None)


class _Begun:
    """Learns that the first pass of a round has begun, so that nobody else had the lead."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def begun(self, name: str) -> Progress:
        self.event.set()
        return NOBODY.begun(name)

    def over(self, done: Pass) -> None:
        NOBODY.over(done)


async def _logged(work: Coroutine[Any, Any, Any]) -> None:
    """Nobody may be waiting for the end of it: what goes wrong is said in the log."""
    try:
        await work
    except LeadTakenError:
        raise
    except Exception as error:
        log.warning("requested_pass_failed", error=type(error).__name__)
        raise


def _entity(part: Part) -> str:
    return getattr(part, "entity", part.name)
