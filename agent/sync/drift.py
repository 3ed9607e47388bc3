"""What differs now between Zoho, the agent and Moodle. Looks only: nothing is written anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from agent.entities.base import Entity
from agent.errors import SyncError
from agent.outbound import together
from agent.sync.ahead import read_ahead
from agent.sync.compare import Difference
from agent.sync.passes import Part
from agent.sync.sides import Sides


@dataclass(frozen=True)
class Drift:
    """How one module stands.

    Attributes:
        name: the entity, or what both sides may change of one.
        compared: records looked at; of what Moodle owns only those that differ are counted.
        differences: what does not agree.
        error: why it could not be looked at to the end.
    """

    name: str
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)
    error: SyncError | None = None


async def look_for_drift(sides: Sides, parts: Sequence[Part]) -> list[Drift]:
    """Compare these modules side by side, each whole; in the order given.

    What is under way at this moment (an event between its arrival and its end) shows up too.
    """
    return await together([_drift(sides, part) for part in parts])


async def _drift(sides: Sides, part: Part) -> Drift:
    compared, found = 0, []
    try:
        async for number, differences in _looked_at(sides, part):
            compared += number
            found += differences
    except SyncError as error:
        return Drift(part.name, compared, found, error)
    return Drift(part.name, compared, found)


async def _looked_at(sides: Sides, part: Part) -> AsyncIterator[tuple[int, list[Difference]]]:
    if not isinstance(part, Entity):
        async for difference in part.differences():
            yield 1, [difference]
        return
    async with read_ahead(sides.zoho_pages(part.name, None)) as pages:
        # However many are gone: nothing is deleted here, so nobody has to be asked.
        async for page in sides.compare(part.name, pages, since=None, allow_deletions=True):
            yield len(page), [one for record in page if (one := record.difference(part.name))]
