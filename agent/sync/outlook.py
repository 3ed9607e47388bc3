"""How the other systems look from here: asked now and then in the background, so that nobody waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from agent.errors import SyncError
from agent.moodle.client import MoodleClient
from agent.moodle.models import MoodleStatus
from agent.sync.modules import NAMES, Modules
from agent.zoho.client import ZohoClient

REFUSED_SECONDS = 300.0  # between tries at a token that Zoho refuses


@dataclass(frozen=True)
class MoodleLook:
    """What Moodle said when it was last asked; `error` instead if it could not be asked.

    Attributes:
        asked_at: unix seconds, 0: not yet.
        seconds_apart: by how much its clock differs from this machine's, whole seconds being no difference.
    """

    asked_at: float = 0.0
    status: MoodleStatus | None = None
    seconds_apart: float = 0.0
    error: str | None = None


@dataclass(frozen=True)
class ZohoLook:
    """Whether Zoho gave an access token when it was last asked; `error` says why not.

    Attributes:
        asked_at: unix seconds, 0: not yet.
    """

    asked_at: float = 0.0
    error: str | None = None


class Outlook:
    """Keeps the last look at Moodle, and why modules are off."""

    def __init__(
        self,
        moodle: MoodleClient,
        zoho: ZohoClient,
        modules: Modules,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._moodle = moodle
        self._zoho = zoho
        self._modules = modules
        self._clock = clock
        self.moodle = MoodleLook()
        self.zoho = ZohoLook()
        self.off: dict[str, str] = {}

    @property
    def credits_remaining(self) -> int | None:
        """API credits left in Zoho's rolling 24 hours, None as long as Zoho has not told."""
        return self._zoho.credits_remaining

    async def refresh(self) -> None:
        """Look again. What cannot be asked is part of the picture, nothing is raised."""
        self.moodle = await self._look_at_moodle()
        self.zoho = await self._look_at_zoho()
        for name in NAMES:
            try:
                await self._modules.metadata(name)
                self.off.pop(name, None)
            except SyncError as error:
                self.off[name] = error.message
            except SQLAlchemyError:
                return

    async def _look_at_moodle(self) -> MoodleLook:
        before = self._clock()
        try:
            status = await self._moodle.get_status()
        except SyncError as error:
            return MoodleLook(before, error=f"{error.message} ({error.code})")
        after = self._clock()
        return MoodleLook(after, status, apart(status.time, before, after))

    async def _look_at_zoho(self) -> ZohoLook:
        before, last = self._clock(), self.zoho
        if last.error is not None and before - last.asked_at < REFUSED_SECONDS:
            return last  # Zoho counts refused tokens too
        try:
            await self._zoho.authenticate()
        except SyncError as error:
            return ZohoLook(before, error=f"{error.message} ({error.code})")
        except SQLAlchemyError:
            return last  # the token is in the database, which tells of itself
        return ZohoLook(before)


def apart(moodle: float, before: float, after: float) -> float:
    """Compare clocks (unix seconds): Moodle's whole second lies anywhere between our question and its answer."""
    return max(before - (moodle + 1), moodle - after, 0.0)
