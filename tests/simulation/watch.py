"""Who works on what: at no moment is one record worked on twice, by one agent or by two that live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from agent.app import Runtime
from agent.inbox.events import Event, Outcome
from agent.inbox.repository import InboxRepository
from tests.simulation.clock import VirtualClock
from tests.simulation.lives import Life, living

# A lease is measured by the database's clock. Put forward, it ends every one at once, and whoever works learns of that
# when it looks for its leases, at the end of a sweep.
GRACE_SECONDS = 60.0

Handle = Callable[[Runtime, Any], Awaitable[Any]]


class Watch:
    """Stands beside the agents' work on events, and remembers what must not be."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._at_work: dict[str, list[Life | None]] = {}
        self._held: dict[int, tuple[int, int]] = {}  # by event: the agent that claimed it last, and the try
        self.wrong: list[str] = []

    def begin_again(self) -> None:
        """Forget the former story."""
        self._at_work.clear()
        self._held.clear()
        self.wrong = []

    def around_claim(self, claim: Any) -> Any:
        """Learn who holds an event."""

        async def seen(repository: InboxRepository, agent: int, **given: Any) -> list[Event]:
            events: list[Event] = await claim(repository, agent, **given)
            self._held.update({event.id: (agent, event.try_number) for event in events})
            return events

        return seen

    def around_end(self, end: Any) -> Any:
        """See that only whoever holds an event ends it."""

        async def seen(
            repository: InboxRepository, statement: Any, agent: int, event: Event, **given: Any
        ) -> bool:
            return self._ended(agent, event, await end(repository, statement, agent, event, **given))

        return seen

    def around_complete(self, complete: Any) -> Any:
        """See the same of those that are done."""

        async def seen(repository: InboxRepository, agent: int, event: Event, outcome: Outcome) -> bool:
            return self._ended(agent, event, await complete(repository, agent, event, outcome))

        return seen

    def _ended(self, agent: int, event: Event, ended: bool) -> bool:
        if ended and self._held[event.id] != (agent, event.try_number):
            self.wrong.append(f"an agent ended the work on {event.record_key} that another one holds")
        return ended

    def around(self, handle: Handle) -> Handle:
        """Let `handle` be seen."""

        async def seen(runtime: Runtime, event: Any) -> Any:
            here = self._at_work.setdefault(event.record_key, [])
            mine = living()
            others = [one for one in here if one is not None and one.alive]
            if mine is not None and others and self._clock.now - self._clock.jumped_at > GRACE_SECONDS:
                self.wrong.append(f"{others[0].name} and {mine.name} work on {event.record_key} at once")
            here.append(mine)
            try:
                return await handle(runtime, event)
            finally:
                here.remove(mine)

        return seen
