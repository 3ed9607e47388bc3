"""Bring the database's schema to head (Alembic, folder db/), and tell whether it is there.

Alembic is loaded by what migrates only: it takes a quarter of a second and ten megabytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"  # the newest revision in db/versions
VERSION = text("SELECT version_num FROM alembic_version")


class RevisionError(Exception):
    """The revision is unknown here, or the schema is older than it; the text says which."""


def _folder() -> Path:
    package = Path(__file__).resolve().parent.parent
    packaged = package / "_db"  # inside a wheel
    return packaged if packaged.is_dir() else package.parent / "db"


def config(url: str) -> Config:
    """Build Alembic's configuration for one database."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_folder()))
    settings.attributes["url"] = url
    return settings


def revisions() -> set[str]:
    """List every revision that this code knows."""
    from alembic.script import ScriptDirectory

    return {one.revision for one in ScriptDirectory.from_config(config("")).walk_revisions()}


def upgrade(url: str) -> None:
    """Migrate to head. Safe to run by several agents at once (advisory lock)."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        try:
            if connection.execute(VERSION).scalar() == HEAD:
                return
        except ProgrammingError:
            pass  # an empty database

    from alembic import command

    command.upgrade(config(url), "head")


def downgrade(url: str, revision: str) -> None:
    """Migrate back to an older revision, in one transaction; a schema that is at it stays as it is.

    Raises:
        RevisionError: this code does not know the revision, or the schema is older than it.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        command.downgrade(config(url), revision)
    except CommandError as error:
        raise RevisionError(str(error)) from error


async def at_head(engine: AsyncEngine) -> bool:
    """Tell whether the database has the schema that this code expects."""
    async with engine.connect() as connection:
        try:
            row = (await connection.execute(VERSION)).first()
        except ProgrammingError:
            return False
    return row is not None and row[0] == HEAD
