"""app_settings: what may be changed while the agents run, in force on every agent within a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.errors import Action, Fault, SyncError
from agent.store.options import OPTIONS, Option, OptionError, describe, parse
from agent.store.tables import app_settings

FRESH_SECONDS = 1.0
UNREADABLE = "SETTING_UNREADABLE"

Kind = TypeVar("Kind", bound=Option)


@dataclass(frozen=True)
class Setting:
    """A setting as it stands: its value as JSON, and who set it when (None: it is the default)."""

    key: str
    value: Any
    description: str
    version: int = 0
    updated_by: str | None = None
    updated_at: datetime | None = None


class SettingsStore:
    """Reads and writes of app_settings. A read is at most a second old, so all agents follow a change."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._values: dict[str, Any] = {}
        self._stale_at = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, kind: type[Kind]) -> Kind:
        """Return a setting, its default where it was never set.

        Raises:
            SyncError: `SETTING_UNREADABLE` (waits): what is stored was not written by `set` and does not fit.
            SQLAlchemyError: the database is away.
        """
        key = next(name for name, known in OPTIONS.items() if known is kind)
        async with self._lock:
            if self._clock() >= self._stale_at:
                self._values = {row.key: row.value_json for row in await self._rows()}
                self._stale_at = self._clock() + FRESH_SECONDS
        try:
            return cast(Kind, parse(key, self._values.get(key, {})))
        except OptionError as error:
            raise SyncError(
                UNREADABLE,
                f"The setting {key} cannot be read: {error}. See `zohosync settings set`.",
                action=Action.WAIT,
                fault=Fault.CONFIGURATION,
            ) from error

    async def all(self) -> list[Setting]:
        """List every setting, those that were never set with their defaults."""
        stored = {row.key: row for row in await self._rows()}
        return [
            Setting(key, row.value_json, row.description, row.version, row.updated_by, row.updated_at)
            if (row := stored.get(key))
            else Setting(key, parse(key, {}).model_dump(mode="json"), describe(key))
            for key in OPTIONS
        ]

    async def set(self, key: str, value: Any, *, by: str) -> None:
        """Store a setting.

        Raises:
            OptionError: there is no such setting, or the value does not fit; nothing is stored.
        """
        parse(key, value)
        row = {"value_json": value, "description": describe(key), "updated_by": by}
        statement = insert(app_settings).values(key=key, **row)
        changes = {**row, "version": app_settings.c.version + 1, "updated_at": func.now()}
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[app_settings.c.key], set_=changes)
            )
        self._stale_at = float("-inf")

    async def reset(self, key: str) -> bool:
        """Go back to the default; False when it was in force already."""
        async with self._engine.begin() as connection:
            done = await connection.execute(delete(app_settings).where(app_settings.c.key == key))
        self._stale_at = float("-inf")
        return done.rowcount > 0

    async def _rows(self) -> list[Any]:
        async with self._engine.connect() as connection:
            return list(await connection.execute(select(app_settings)))
