"""Who works on what: at no moment do two living agents work on one record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from agent.app import Runtime
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
        self.wrong: list[str] = []

    def begin_again(self) -> None:
        """Forget the former story."""
        self._at_work.clear()
        self.wrong = []

    def around(self, handle: Handle) -> Handle:
        """Let `handle` be seen."""

        async def seen(runtime: Runtime, event: Any) -> Any:
            here = self._at_work.setdefault(event.record_key, [])
            mine = living()
            others = [one for one in here if one is not None and one is not mine and one.alive]
            if mine is not None and others and self._clock.now - self._clock.jumped_at > GRACE_SECONDS:
                self.wrong.append(f"{others[0].name} and {mine.name} work on {event.record_key} at once")
            here.append(mine)
            try:
                return await handle(runtime, event)
            finally:
                here.remove(mine)

        return seen
