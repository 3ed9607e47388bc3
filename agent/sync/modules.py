"""Which modules may be used: an entity under the college's names, once they fit what Zoho really has.

A mapping is read once a process and checked before the first use of its module. What does not fit keeps that module
off: its events wait, uncounted and with the reason, and the other modules go on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import cache

from agent.entities.base import Entity
from agent.entities.grade import GradeNames
from agent.entities.mapping import (
    GRADE,
    MODULE,
    Names,
    Problem,
    UnknownNameError,
    check,
    mapped_fields,
    names_of,
    overlay,
    overlay_grade,
    suggestion,
)
from agent.entities.policy import with_class_policy, with_enrollment_policy
from agent.entities.registry import FROM_ZOHO
from agent.errors import Action, Fault, SyncError
from agent.store.mappings import MappingStore
from agent.store.options import AtEnd, Roles, Withdrawal
from agent.store.records import RecordStore
from agent.store.settings import SettingsStore
from agent.sync.tenancy import Tenancy
from agent.zoho.client import ZohoClient
from agent.zoho.models import Record

MODULE_OFF = "MODULE_OFF"
RECHECK_SECONDS = 300.0  # what was mended in Zoho is seen after so long, without a restart
SHOWN_REASONS = 5
NAMES = (*FROM_ZOHO, GRADE)
# What lies in another entity's records: whose, and what that one's names are called here.
PART_OF: dict[str, tuple[str, dict[str, str]]] = {
    "finance": ("student", {}),
    "result": (GRADE, {"unit": "unitname", "assignment": "name", "status": "gradestatus"}),
}


class Modules:
    """The entities as this college calls them, each checked before its first use."""

    def __init__(
        self,
        zoho: ZohoClient,
        store: MappingStore,
        settings: SettingsStore,
        records: RecordStore,
        tenancy: Tenancy,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._zoho = zoho
        self.store = store
        self.settings = settings
        self.tenancy = tenancy
        self._records = records
        self._clock = clock
        self._rows: dict[str, dict[str, str]] | None = None
        self._metadata: dict[str, list[Record]] = {}  # of the entities that fit
        self._off: dict[str, tuple[float, list[Problem]]] = {}  # until when it is believed, and why
        self._locks = {name: asyncio.Lock() for name in NAMES}

    async def entity(self, name: str) -> Entity:
        """Return an entity of Zoho's under the college's names.

        Raises:
            SyncError: `MODULE_OFF` (waits, opens no breaker): its mapping does not fit; any other: Zoho cannot be
                asked now.
        """
        await self.metadata(name)
        return await self._shaped(overlay(FROM_ZOHO[name], await self.rows(name)))

    async def _shaped(self, entity: Entity) -> Entity:
        """Lay the settings over an entity whose rows they shape."""
        match entity.name:
            case "class":
                roles = await self.settings.get(Roles)
                majors = await self._majors() if any(one.major for one in roles.default_staff) else {}
                return with_class_policy(entity, roles, await self.settings.get(AtEnd), majors)
            case "enrollment":
                roles, withdrawal = await self.settings.get(Roles), await self.settings.get(Withdrawal)
                return with_enrollment_policy(entity, roles, withdrawal)
        return entity

    async def _majors(self) -> dict[str, str | None]:
        """Read the programmes' majors as stored in Zoho, by record id."""
        programs = await self._records.get_many("program", await self._records.known_ids("program"))
        majors = {key: (known.source_state or {}).get("major") for key, known in programs.items()}
        return {key: major["stored"] if major else None for key, major in majors.items()}

    async def grade(self) -> GradeNames:
        """Return the names of grades; see `entity`."""
        await self.metadata(GRADE)
        return overlay_grade(await self.rows(GRADE))

    async def metadata(self, name: str) -> list[Record]:
        """Return Zoho's metadata of an entity's fields, asked for once; see `entity` for the errors."""
        async with self._locks[name]:
            if name not in self._metadata:
                await self.tenancy.check()
                self._raise_if_off(name)
                problems, metadata = await self._compare(name, await self.rows(name))
                errors = [problem for problem in problems if problem.level == "error"]
                if errors:
                    self._off[name] = (self._clock() + RECHECK_SECONDS, errors)
                    self._raise_if_off(name)
                self._metadata[name] = metadata
            return self._metadata[name]

    async def problems(self, name: str, changes: Names | None = None) -> list[Problem]:
        """Check an entity's mapping afresh, with `changes` laid over its rows.

        Raises:
            SyncError: Zoho cannot be asked now.
        """
        return (await self._compare(name, {**await self.rows(name), **(changes or {})}))[0]

    async def examined(self, name: str) -> tuple[list[Problem], list[Record]]:
        """Check an entity's mapping afresh: its problems, and Zoho's metadata of its fields; see `problems`.

        The metadata are empty where Zoho has no such module, or a name of the mapping is none of the entity's.
        """
        return await self._compare(name, await self.rows(name))

    async def mapped(self, name: str) -> Entity | GradeNames:
        """Return an entity under the college's names, whether it fits Zoho or not.

        Raises:
            UnknownNameError: a row of the mapping names what the entity does not have.
        """
        rows = await self.rows(name)
        return overlay_grade(rows) if name == GRADE else overlay(FROM_ZOHO[name], rows)

    async def rows(self, name: str) -> dict[str, str]:
        """Return the college's names of one entity, read once.

        Two entities are parts of another's records and follow its names, unless they have their own.
        """
        if self._rows is None:
            self._rows = await self.store.read()
        whole, aliases = PART_OF.get(name, (name, {}))
        followed = {aliases.get(other, other): zoho for other, zoho in self._rows.get(whole, {}).items()}
        known = default_names(name)
        own = self._rows.get(name, {})
        return {other: zoho for other, zoho in followed.items() if whole != name and other in known} | own

    async def strangers(self) -> list[str]:
        """List what the mapping speaks of and is no entity."""
        await self.rows(GRADE)
        return sorted((self._rows or {}).keys() - set(NAMES))

    def _raise_if_off(self, name: str) -> None:
        until, errors = self._off.get(name, (0.0, []))
        if errors and self._clock() < until:
            raise module_off(name, errors)

    async def _compare(self, name: str, rows: Names) -> tuple[list[Problem], list[Record]]:
        try:
            mapped = overlay_grade(rows) if name == GRADE else overlay(FROM_ZOHO[name], rows)
        except UnknownNameError as error:
            return [error.problem], []
        try:
            metadata = await self._zoho.fields(mapped.module)
        except SyncError as error:
            if error.code != "INVALID_MODULE":
                raise
            sentence = f"Zoho has no module {mapped.module}{await self._nearest_module(mapped.module)}"
            return [Problem("error", name, MODULE, mapped.module, sentence)], []
        return check(name, mapped_fields(mapped), metadata), metadata

    async def _nearest_module(self, wanted: str) -> str:
        try:
            return suggestion(wanted, await self._zoho.modules())
        except SyncError:  # a list that Zoho does not give is no reason to stop: it would only have helped
            return ""


def module_off(name: str, errors: list[Problem]) -> SyncError:
    """Build the error of a module whose mapping does not fit: wait, visible, not counted, no breaker."""
    reasons = "; ".join(f"{problem.name}: {problem.sentence}" for problem in errors[:SHOWN_REASONS])
    if len(errors) > SHOWN_REASONS:
        reasons += f"; and {len(errors) - SHOWN_REASONS} more, see `zohosync doctor`"
    return SyncError(
        MODULE_OFF,
        f"The module {name} is off until its mapping is mended ({reasons}). See `zohosync mapping set`.",
        action=Action.WAIT,
        fault=Fault.CONFIGURATION,
    )


@cache
def default_names(entity: str) -> Mapping[str, str]:
    """Give the names that may be changed, with their defaults; empty when there is no such entity."""
    if entity == GRADE:
        return names_of(GradeNames())
    return names_of(FROM_ZOHO[entity]) if entity in FROM_ZOHO else {}
