"""The wheel is the agent: it needs nothing of the project's folder."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from agent import __version__
from agent.store import migrations
from ops.postgres import PrivatePostgres, free_port
from tests.deploy.conftest import PROJECT, done
from tests.support.agent_process import AgentProcess, environment
from tests.support.world import open_world, until

STUDENTS = "BTEC_Students"
INSTALLING = pytest.mark.timeout(300)  # what is installed may have to be fetched first
pytestmark = INSTALLING


@pytest.fixture
def empty_database(postgres: PrivatePostgres) -> Iterator[str]:
    name = f"w_{uuid.uuid4().hex[:12]}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


def bare(**more: str) -> dict[str, str]:
    """An environment in which nothing leads to the project."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200", **more}


async def run(zohosync: Path, env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run, [zohosync, *words], env=env, cwd="/tmp", capture_output=True, text=True, timeout=60
    )


def test_the_wheel_holds_the_agent_with_all_that_it_reads_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {str(path.relative_to(PROJECT)) for path in (PROJECT / "agent").rglob("*") if path.is_file()}
    code = {name for name in code if "__pycache__" not in name}
    schema = {f"agent/_db/versions/{path.name}" for path in (PROJECT / "db" / "versions").glob("*.py")}
    schema |= {"agent/_db/env.py", "agent/_db/schema.sql", "agent/_db/script.py.mako"}
    root = PROJECT / "ops" / "deploy"
    deploy = {f"agent/_deploy/{p.relative_to(root)}" for p in root.rglob("*") if p.is_file()}
    deploy |= {"agent/_deploy/env.example"}
    rest = {name for name in names if ".dist-info/" not in name}
    assert rest == code | schema | deploy


def test_it_tells_its_version_and_schema(zohosync: Path) -> None:
    said = done(zohosync, "--version", env=bare()).strip()
    assert said == f"zohosync {__version__} (schema {migrations.HEAD})"
    where = done(zohosync.with_name("python"), "-c", "import agent; print(agent.__file__)", env=bare())
    assert Path(where.strip()).is_relative_to(zohosync.parent.parent)


def test_without_settings_it_names_them_and_ends(zohosync: Path) -> None:
    ended = subprocess.run([zohosync, "serve"], env=bare(), cwd="/tmp", capture_output=True, text=True)
    assert ended.returncode == 2
    assert "ZOHOSYNC_DATABASE_URL: is missing" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_it_migrates_an_empty_database_and_back(zohosync: Path, empty_database: str) -> None:
    async with open_world(empty_database, college=0) as world:
        env = bare(**environment(world.settings, free_port()))
    up = await run(zohosync, env, "migrate")
    assert (up.returncode, up.stdout.strip()) == (0, f"schema at {migrations.HEAD}"), up.stderr
    assert "attempts" in columns(empty_database, "sync_grades")

    down = await run(zohosync, env, "migrate", "--down-to", "0003")
    assert (down.returncode, down.stdout.strip()) == (0, "schema at 0003"), down.stderr
    assert "attempts" not in columns(empty_database, "sync_grades")

    unknown = await run(zohosync, env, "migrate", "--down-to", "9999")
    assert unknown.returncode == 2
    assert "9999" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def columns(url: str, table: str) -> set[str]:
    engine = create_engine(url)
    try:
        return {column["name"] for column in inspect(engine).get_columns(table)}
    finally:
        engine.dispose()


async def test_migrating_a_database_that_is_away_says_so(zohosync: Path, database_url: str) -> None:
    async with open_world(database_url, college=0) as world:
        env = bare(**environment(world.settings, free_port()))
    env["ZOHOSYNC_DATABASE_URL"] = f"postgresql+psycopg://u:not-shown@127.0.0.1:{free_port()}/zohosync"
    ended = await run(zohosync, env, "migrate")
    assert ended.returncode == 2
    assert "the database does not answer" in ended.stderr
    assert "not-shown" not in ended.stderr + ended.stdout


async def test_it_serves_and_a_webhook_arrives_in_moodle(
    zohosync: Path, empty_database: str, tmp_path: Path
) -> None:
    port = free_port()
    migrations.upgrade(empty_database)
    async with open_world(empty_database, college=0, agent_url=f"http://127.0.0.1:{port}") as world:
        env = bare(**environment(world.settings, port))
        agent = AgentProcess(env, tmp_path / "agent.log", program=(str(zohosync),))
        await agent.start()
        try:
            doctor = await run(zohosync, env, "doctor")
            name = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "leyla@college.example.org"}
            world.zoho.control.create(STUDENTS, name)
            users = world.moodle.control.site.users
            await until(lambda: any(user.firstname == "Leyla" for user in users.values()))
        finally:
            assert agent.stop() == 0
    assert "FAIL" not in doctor.stdout + doctor.stderr, doctor.stdout
    assert doctor.returncode in {0, 1}


def test_uv_and_pipx_make_it_a_command(uv: str, wheel: Path, tmp_path: Path) -> None:
    own = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "UV_CACHE_DIR": done(uv, "cache", "dir").strip(),
    }
    tool = own | {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "uv-bin")}
    done(uv, "tool", "install", "-q", "--python", sys.executable, wheel, env=os.environ | tool)
    pipx = own | {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "pipx-bin")}
    pipx |= {"PIPX_DEFAULT_BACKEND": "pip"}
    argv = (uv, "tool", "run", "-q", "pipx", "install", "-q", "--python", sys.executable, str(wheel))
    done(*argv, env=os.environ | pipx)
    for folder in ("uv-bin", "pipx-bin"):
        said = done(tmp_path / folder / "zohosync", "--version", env=bare())
        assert said.startswith(f"zohosync {__version__} ")
