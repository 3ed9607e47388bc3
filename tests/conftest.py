"""What several folders of tests share: a real PostgreSQL, one fresh migrated database a test."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agent.store import migrations
from ops.postgres import PrivatePostgres

PROJECT = Path(__file__).resolve().parent.parent
RUNNING = "TEST_POSTGRES"  # folder:port of a server that runs already and that many pytest processes share
TEMPLATE = "template_zohosync"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """Start a private server for this session, below .test/ (each pytest process has its own, unless one runs)."""
    if running := os.environ.get(RUNNING):
        at, port = running.rsplit(":", 1)
        yield PrivatePostgres(Path(at), durable=False, port=int(port))
        return
    folder = PROJECT / ".test" / f"pg-{os.getpid()}"
    server = PrivatePostgres(folder, durable=False)
    try:
        yield server.start()
    finally:
        server.stop()
        _remove(folder)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(postgres: PrivatePostgres) -> str:
    """Migrate one database to head; the others are copied from it."""
    if not postgres.has_database(TEMPLATE):
        migrations.upgrade(postgres.create_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(postgres: PrivatePostgres, template_database: str) -> Iterator[str]:
    """A fresh migrated database."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    yield postgres.create_database(name, template=template_database)
    postgres.drop_database(name)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a fresh migrated database."""
    engine = create_async_engine(database_url, pool_size=10, max_overflow=20)
    yield engine
    await engine.dispose()
