"""extension_field_mappings: the college's own names where they differ from the defaults of agent/entities."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.store.tables import extension_field_mappings as mappings


class MappingStore:
    """Reads and writes of the mapping; every write is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self) -> dict[str, dict[str, str]]:
        """Read every row: entity -> our name -> Zoho's name."""
        found: dict[str, dict[str, str]] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(select(mappings)):
                found.setdefault(row.entity, {})[row.name] = row.zoho_name
        return found

    async def set(self, entity: str, name: str, zoho_name: str) -> None:
        """Write one name."""
        async with self._engine.begin() as connection:
            await connection.execute(
                insert(mappings)
                .values(entity=entity, name=name, zoho_name=zoho_name)
                .on_conflict_do_update(
                    index_elements=[mappings.c.entity, mappings.c.name],
                    set_={"zoho_name": zoho_name, "updated_at": func.now()},
                )
            )

    async def reset(self, entity: str, name: str) -> bool:
        """Go back to the default name; False when it was in force already."""
        async with self._engine.begin() as connection:
            result = await connection.execute(
                delete(mappings).where(mappings.c.entity == entity, mappings.c.name == name)
            )
        return result.rowcount > 0
