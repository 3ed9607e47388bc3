"""What Moodle's plugins need of the agent's settings, and how fresh what they show is: kept there, told from here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from agent.entities.registry import FROM_ZOHO, PARTS, slug_of
from agent.errors import SyncError
from agent.moodle.client import MoodleClient
from agent.moodle.models import SettingAnswer
from agent.store.options import MOODLES
from agent.store.settings import SettingsStore

log = structlog.get_logger(__name__)

PART_OF_ANOTHER = frozenset(part for parts in PARTS.values() for part in parts)  # told with the whole
LOOK_SECONDS = 1.0  # how soon a changed setting is on its way
AGAIN_SECONDS = 30.0  # after a failure


class MoodleSettings:
    """Pushes settings to Moodle whenever they differ from what was pushed, and tells it up to when passes have come."""

    def __init__(self, moodle: MoodleClient, settings: SettingsStore) -> None:
        self._moodle = moodle
        self._settings = settings
        self._pushed: Mapping[str, str] | None = None

    async def wanted(self) -> dict[str, str]:
        """Give the settings as Moodle has to keep them: key -> JSON, defaults filled in.

        Raises:
            SQLAlchemyError: the database is away.
        """
        return {
            one.key: json.dumps(one.value, sort_keys=True, ensure_ascii=False)
            for one in await self._settings.all()
            if one.key in MOODLES
        }

    async def differing(self) -> dict[str, str]:
        """Give those of them that Moodle does not keep so; writes nothing. Raises as `push` does."""
        return await self._differing(await self.wanted())

    async def _differing(self, wanted: Mapping[str, str]) -> dict[str, str]:
        held = {one.key: one.value for one in await self._moodle.get_settings()}
        return {key: value for key, value in wanted.items() if held.get(key) != value}

    async def push(self) -> list[SettingAnswer]:
        """Compare with what Moodle keeps and push what differs; returns what it refused, with the reason.

        Raises:
            SyncError: Moodle cannot be asked; SQLAlchemyError: the database is away.
        """
        wanted = await self.wanted()
        differing = await self._differing(wanted)
        answers = await self._moodle.put_settings(differing) if differing else []
        refused = [answer for answer in answers if answer.status == "refused"]
        for answer in refused:
            log.warning("setting_refused_by_moodle", key=answer.key, reason=answer.message)
        self._pushed = wanted
        return refused

    async def keep_pushed(self) -> None:
        """Push at once, and then whenever a setting has changed, until cancelled."""
        while True:
            pause = LOOK_SECONDS
            try:
                if await self.wanted() != self._pushed:
                    await self.push()
            except (SyncError, SQLAlchemyError) as error:
                log.warning("settings_not_pushed", error=type(error).__name__)
                pause = AGAIN_SECONDS
            await asyncio.sleep(pause)

    async def passed(self, entity: str, asof: datetime) -> None:
        """Tell Moodle up to when (aware) Zoho's changes of a module are there; what goes wrong is only logged."""
        if entity not in FROM_ZOHO or entity in PART_OF_ANOTHER:
            return
        try:
            await self._moodle.put_asof({slug_of(entity): int(asof.timestamp())})
        except SyncError as error:
            log.warning("asof_not_told", entity=entity, code=error.code)
