"""Bring the database's schema to head (Alembic, folder db/), and tell whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine


def _folder() -> Path:
    package = Path(__file__).resolve().parent.parent
    packaged = package / "_db"  # inside a wheel
    return packaged if packaged.is_dir() else package.parent / "db"


def config(url: str) -> Config:
    """Build Alembic's configuration for one database."""
    settings = Config()
    settings.set_main_option("script_location", str(_folder()))
    settings.attributes["url"] = url
    return settings


@cache
def head() -> str:
    """Return the newest revision that this code knows."""
    revision = ScriptDirectory.from_config(config("")).get_current_head()
    if revision is None:
        raise RuntimeError("the migrations folder is empty")
    return revision


def upgrade(url: str) -> None:
    """Migrate to head. Safe to run by several agents at once (advisory lock)."""
    command.upgrade(config(url), "head")


def downgrade(url: str, revision: str) -> None:
    """Migrate back to an older revision, in one transaction; a schema that is at it stays as it is.

    Raises:
        CommandError: this code does not know the revision, or the schema is older than it.
    """
    command.downgrade(config(url), revision)


async def at_head(engine: AsyncEngine) -> bool:
    """Tell whether the database has the schema that this code expects."""
    async with engine.connect() as connection:
        try:
            row = (await connection.execute(text("SELECT version_num FROM alembic_version"))).first()
        except ProgrammingError:
            return False
    return row is not None and row[0] == head()
