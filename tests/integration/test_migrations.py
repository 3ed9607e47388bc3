"""The schema that migrations make is the schema that the code declares."""

import subprocess
import sys

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.store import migrations
from agent.store.tables import metadata


def test_migrations_make_what_the_code_declares(database_url: str) -> None:
    command.check(migrations.config(database_url))


def test_the_newest_revision_is_the_head() -> None:
    assert ScriptDirectory.from_config(migrations.config("")).get_heads() == [migrations.HEAD]


def test_a_schema_at_head_is_left_alone_without_loading_alembic(database_url: str) -> None:
    code = "import sys; from agent.store import migrations; migrations.upgrade(sys.argv[1])"
    code += "; print('alembic' in sys.modules)"
    argv = [sys.executable, "-c", code, database_url]
    assert subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip() == "False"
    command.downgrade(migrations.config(database_url), "-1")
    assert subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip() == "True"


def test_downgrade_leaves_an_empty_database_and_upgrade_works_again(database_url: str) -> None:
    command.downgrade(migrations.config(database_url), "base")
    engine = create_engine(database_url)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(database_url)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


async def test_at_head_is_false_before_and_true_after_migrating(
    engine: AsyncEngine, database_url: str
) -> None:
    assert await migrations.at_head(engine)
    command.downgrade(migrations.config(database_url), "base")
    assert not await migrations.at_head(engine)
