"""One clock for everything, that jumps to the next thing to do as soon as nobody has anything left to do."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import time_machine

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC).timestamp()


class StandstillError(Exception):
    """Everybody waits for somebody, and nobody for the time: the story has come to a standstill."""


class VirtualClock:
    """The time of the story, in seconds. `time.monotonic` is this; wall clocks are ahead of it, and can be put on."""

    def __init__(self) -> None:
        self.now = 1000.0  # small, so that a float tells microseconds apart
        self.ahead = START - self.now
        self.jumped_at = float("-inf")
        self._traveller = time_machine.travel(START, tick=False).start()
        time.monotonic = self.monotonic  # type: ignore[assignment]  # before anything of the agent is imported

    def begin_again(self) -> None:
        """Go back to the beginning, for another story."""
        self.now = 1000.0
        self.ahead = START - self.now
        self.jumped_at = float("-inf")
        self._traveller.move_to(self.wall())

    def monotonic(self) -> float:
        """Seconds since the beginning of all stories."""
        return self.now

    def wall(self) -> float:
        """Unix seconds as everybody's clock shows them."""
        return self.now + self.ahead

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self._traveller.move_to(self.wall())

    def put_forward(self, seconds: float) -> None:
        """Put all wall clocks forward at once."""
        self.ahead += seconds
        self.jumped_at = self.now
        self._traveller.move_to(self.wall())

    def put_back(self, seconds: float) -> None:
        """Put all wall clocks back at once; what `time.monotonic` tells goes on."""
        self.ahead -= seconds
        self._traveller.move_to(self.wall())


class _Selector(selectors.BaseSelector):
    """Never waits: when nothing is ready, the time until the next timer has passed already."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._real = selectors.SelectSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StandstillError
        if timeout > 0:
            self._clock.advance(timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on the virtual clock."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(_Selector(clock))
        self._virtual = clock
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._virtual.now
