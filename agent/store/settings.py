"""app_settings: what may be changed while the agents run, in force on every agent within a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agent.errors import Action, Fault, SyncError
from agent.store.options import OPTIONS, Option, OptionError, describe, parse
from agent.store.runs import SETTING
from agent.store.tables import app_settings, extension_run_history

FRESH_SECONDS = 1.0
UNREADABLE = "SETTING_UNREADABLE"
SETTING_LOCK = 7005  # first key of the advisory locks under which settings change

Kind = TypeVar("Kind", bound=Option)

_KEYS = {kind: key for key, kind in OPTIONS.items()}


@dataclass(frozen=True)
class Setting:
    """A setting as it stands: its value as JSON, defaults filled in, and who set it when (None: it is the default)."""

    key: str
    value: Any
    description: str
    version: int = 0
    updated_by: str | None = None
    updated_at: datetime | None = None

    @property
    def tag(self) -> str:
        """Name this state of the setting: two states of one setting never have the same (an entity tag's text)."""
        return f"{self.version}.{self.updated_at.timestamp():.6f}" if self.updated_at else "default"


class SettingChangedError(Exception):
    """Somebody else changed the setting in between; nothing was stored."""


class SettingsStore:
    """Reads and writes of app_settings. A read is at most a second old, so all agents follow a change."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._values: dict[str, Any] = {}
        self._read: dict[str, Option] = {}  # of these values, those that were asked for
        self._stale_at = float("-inf")
        self._lock = asyncio.Lock()

    @property
    def fresh(self) -> bool:
        """Tell whether the next `get` answers without the database."""
        return self._clock() < self._stale_at

    async def get(self, kind: type[Kind]) -> Kind:
        """Return a setting, its default where it was never set.

        Raises:
            SyncError: `SETTING_UNREADABLE` (waits): what is stored was not written by `set` and does not fit.
            SQLAlchemyError: the database is away.
        """
        if not self.fresh:
            await self._look()
        key = _KEYS[kind]
        try:
            if key not in self._read:
                self._read[key] = parse(key, self._values.get(key, {}))
            return cast(Kind, self._read[key])
        except OptionError as error:
            raise SyncError(
                UNREADABLE,
                f"The setting {key} cannot be read: {error}. See `zohosync settings set`.",
                action=Action.WAIT,
                fault=Fault.CONFIGURATION,
            ) from error

    async def _look(self) -> None:
        async with self._lock:
            if not self.fresh:  # nobody else looked meanwhile
                self._values, self._read = {row.key: row.value_json for row in await self._rows()}, {}
                self._stale_at = self._clock() + FRESH_SECONDS

    async def all(self) -> list[Setting]:
        """List every setting, those that were never set with their defaults."""
        stored = {row.key: row for row in await self._rows()}
        return [_setting(key, stored.get(key)) for key in OPTIONS]

    async def one(self, key: str) -> Setting:
        """Read one setting as it stands in the database.

        Raises:
            OptionError: there is no such setting.
        """
        parse(key, {})
        async with self._engine.connect() as connection:
            return _setting(key, await _stored(connection, key))

    async def set(self, key: str, value: Any, *, by: str, expected: str | None = None) -> Setting:
        """Store a setting, with a row of who changed what in `extension_run_history`.

        Args:
            key: one of `agent.store.options`.
            value: what it is to be, as JSON.
            by: who does it, for the record.
            expected: the `tag` that the setting has to have; None: whatever it is.

        Raises:
            OptionError: there is no such setting, or the value does not fit; SettingChangedError: it has another
                tag. Nothing is stored then.
        """
        parse(key, value)
        row = {"value_json": value, "description": describe(key), "updated_by": by}
        statement = insert(app_settings).values(key=key, **row)
        changes = {**row, "version": app_settings.c.version + 1, "updated_at": func.clock_timestamp()}
        async with self._changing(key, expected, by) as (connection, _):
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[app_settings.c.key], set_=changes)
            )
        return await self.one(key)

    async def reset(self, key: str, *, by: str, expected: str | None = None) -> bool:
        """Go back to the default; False when it was in force already. Arguments and errors: see `set`."""
        parse(key, {})
        async with self._changing(key, expected, by) as (connection, before):
            await connection.execute(delete(app_settings).where(app_settings.c.key == key))
        return before.updated_at is not None

    @asynccontextmanager
    async def _changing(
        self, key: str, expected: str | None, by: str
    ) -> AsyncIterator[tuple[AsyncConnection, Setting]]:
        """Change one setting alone, and keep who changed it from what to what."""
        async with self._engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(SETTING_LOCK, func.hashtext(key))))
            before = _setting(key, await _stored(connection, key))
            if expected is not None and expected != before.tag:
                raise SettingChangedError(key)
            yield connection, before
            after = _setting(key, await _stored(connection, key))
            if after.tag != before.tag:
                await connection.execute(insert(extension_run_history).values(_audit(before, after, by)))
        self._stale_at = float("-inf")

    async def _rows(self) -> list[Any]:
        async with self._engine.connect() as connection:
            return list(await connection.execute(select(app_settings)))


def _setting(key: str, row: Any) -> Setting:
    stored = {} if row is None else row.value_json
    try:
        value = parse(key, stored).model_dump(mode="json")
    except OptionError:  # not written by `set`; shown as it is, so that it can be put right
        value = stored
    if row is None:
        return Setting(key, value, describe(key))
    return Setting(key, value, describe(key), row.version, row.updated_by, row.updated_at)


async def _stored(connection: AsyncConnection, key: str) -> Any:
    return (await connection.execute(select(app_settings).where(app_settings.c.key == key))).first()


def _audit(before: Setting, after: Setting, by: str) -> dict[str, Any]:
    names = sorted({*before.value, *after.value})
    return {
        "entity": SETTING,
        "record_id": after.key,
        "outcome": "changed" if after.updated_at else "reset",
        "fields": [name for name in names if before.value.get(name) != after.value.get(name)],
        "detail": {"by": by, "before": before.value, "after": after.value},
    }
