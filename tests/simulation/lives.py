"""Which agent is speaking, and whether it still lives: a dead one reaches nothing any more."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import psycopg

from tests.simulation.sessions import break_off


class Life:
    """One agent's life. It ends when its fuse has burnt down, at whatever it was just about to do or had just done."""

    def __init__(self, name: str, fuse: int | None) -> None:
        self.name = name
        self.fuse = fuse
        self.alive = True
        self.connections: list[psycopg.AsyncConnection[Any]] = []

    def burn(self) -> None:
        """Go one step on; the fuse may end here."""
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse <= 0:
                self.end()

    def end(self) -> None:
        """Die as by kill -9: its sessions break off, and whatever was going on stays where it was."""
        self.alive = False
        for connection in self.connections:
            break_off(connection)
        self.connections.clear()


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


def living() -> Life | None:
    """Return who speaks; None for the people and the other systems."""
    return LIFE.get()


async def go_on(*, burning: bool = False) -> None:
    """Let whoever speaks go on. A dead agent comes no further, ever: it catches nothing and puts nothing in order.

    Args:
        burning: whether this is one of the steps at which an agent may die.
    """
    life = living()
    if life is None:
        return
    if burning:
        life.burn()
    if not life.alive:
        await asyncio.get_running_loop().create_future()
