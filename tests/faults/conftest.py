"""A PostgreSQL whose commits are on the disk when they are confirmed, for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.store import migrations
from ops.postgres import PrivatePostgres
from tests.faults.rig import DATABASE

PROJECT = Path(__file__).resolve().parent.parent.parent
LIMIT_SECONDS = 300
ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "1"))  # more of them: a soak
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(LIMIT_SECONDS * ROUNDS))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "chance" in metafunc.fixturenames:
        seeds = [SEED + number for number in range(ROUNDS)]
        metafunc.parametrize(
            "chance", [random.Random(seed) for seed in seeds], ids=[f"seed-{s}" for s in seeds]
        )


@pytest.fixture
async def server() -> AsyncIterator[PrivatePostgres]:
    """A durable server that a test may kill, with the agent's database."""
    folder = PROJECT / ".test" / f"faults-pg-{os.getpid()}"
    try:
        with PrivatePostgres(folder) as server:
            await asyncio.to_thread(migrations.upgrade, server.create_database(DATABASE))
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
