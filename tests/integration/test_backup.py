"""`zohosync backup` and `restore`: all of the agent's database in a file, and back; reconcile heals what is old."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from agent.store import migrations
from agent.sync.drift import look_for_drift
from tests.support.agent_process import AgentProcess, command
from tests.support.people import STUDENTS, add_student, contents, mended_college, user_of, written
from tests.support.world import World, open_world

# A pass leaves these rows behind though nothing changed; a token is minted when one is needed.
OF_PASSES = {"extension_sync_runs", "extension_modules", "zoho_tokens"}


async def zohosync(world: World, *words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = await command(world.settings, *map(str, words))
    assert done.returncode == code, done.stdout + done.stderr
    return done


async def full(world: World) -> dict[str, dict[str, int]]:
    passes = await world.runtime.passes.by_hand(world.runtime.passes.parts)
    assert [done.error for done in passes if done.error] == []
    return {done.report.entity: dict(done.report.counts) for done in passes}


async def no_drift(world: World) -> None:
    found = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [(one.name, one.differences, one.error) for one in found if one.differences or one.error] == []


async def wipe(world: World) -> None:
    """Lose the database: its tables with all that is in them."""
    await world.execute("DROP SCHEMA public CASCADE")
    await world.execute("CREATE SCHEMA public")
    await world.runtime.database.dispose()


async def test_backup_wipe_restore_and_nothing_differs(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=40, seed=5) as world:
        mended_college(world)
        await full(world)
        before = await contents(world)
        assert before["sync_students"]
        calls = written(world)
        saved = tmp_path / "agent.dump"
        said = await zohosync(world, "backup", saved)
        assert "ZOHOSYNC_ENCRYPTION_KEYS" in said.stdout
        assert saved.stat().st_mode & 0o777 == 0o600
        await wipe(world)
        await zohosync(world, "restore", saved)
        await world.runtime.database.dispose()
        assert await contents(world) == before
        await no_drift(world)
        await full(world)
        assert written(world) == calls  # in Zoho and in Moodle
        after = await contents(world)
        assert {name: after[name] for name in before.keys() - OF_PASSES} == {
            name: before[name] for name in before.keys() - OF_PASSES
        }


async def test_an_old_backup_is_healed_by_a_pass(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=20, seed=5) as world:
        mended_college(world)
        edited, gone = add_student(world, 901), add_student(world, 902)
        await full(world)
        saved = tmp_path / "old.dump"
        await zohosync(world, "backup", saved)
        control = world.zoho.control
        control.edit(STUDENTS, edited, {"Last_Name": "Demir"}, push=False)
        control.delete(STUDENTS, gone, push=False)
        new = add_student(world, 903)
        await full(world)
        accounts = {name: user.id for name, user in accounts_of(world).items()}
        control.edit(STUDENTS, edited, {"Last_Name": "Kaya"}, push=False)  # nobody has told the agent
        refused = await zohosync(world, "restore", saved, code=2)
        assert "not empty" in refused.stderr
        await zohosync(world, "restore", saved, "--replace")
        await world.runtime.database.dispose()
        await full(world)
        await no_drift(world)
        assert {name: user.id for name, user in accounts_of(world).items()} == accounts
        assert user_of(world, edited).lastname == "Kaya"
        assert user_of(world, gone).suspended
        assert not user_of(world, new).suspended
        calls = written(world)
        await full(world)
        assert written(world) == calls


def accounts_of(world: World) -> dict[str, Any]:
    return {user.idnumber: user for user in world.moodle.control.site.users.values() if user.idnumber}


async def test_what_is_restored_goes_to_the_newest_schema(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=0) as world:
        older = await asyncio.to_thread(one_before, database_url)
        saved = tmp_path / "older.dump"
        await zohosync(world, "backup", saved)
        said = await zohosync(world, "restore", saved, "--replace")
        assert f"schema {older}, now {migrations.HEAD}" in said.stdout
        await world.runtime.database.dispose()
        assert await migrations.at_head(world.runtime.database)


def one_before(url: str) -> str:
    """Migrate one step back; returns where to."""
    migrations.downgrade(url, "-1")
    script = ScriptDirectory.from_config(migrations.config(url))
    revision = script.get_revision(migrations.HEAD).down_revision
    assert isinstance(revision, str)
    return revision


async def test_what_must_not_be_restored_changes_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=0) as world:
        add_student(world)
        await full(world)
        saved, whole = tmp_path / "agent.dump", await contents(world)
        await zohosync(world, "backup", saved)
        assert "is there already" in (await zohosync(world, "backup", saved, code=2)).stderr
        torn = tmp_path / "torn.dump"
        torn.write_bytes(saved.read_bytes()[: saved.stat().st_size * 2 // 3])
        foreign = tmp_path / "foreign.dump"
        foreign.write_text("SELECT 1;\n")
        await world.execute("UPDATE alembic_version SET version_num = '9999'")
        newer = tmp_path / "newer.dump"
        await zohosync(world, "backup", newer)
        await world.execute(f"UPDATE alembic_version SET version_num = '{migrations.HEAD}'")
        whole = await contents(world)
        for file, why in (
            (torn, "pg_restore"),
            (foreign, "no backup that pg_restore can read"),
            (tmp_path / "none.dump", "there is no file"),
            (newer, "made by a newer agent"),
        ):
            refused = await zohosync(world, "restore", file, "--replace", code=2)
            assert why in refused.stderr, refused.stderr
            assert await contents(world) == whole
        agent = await AgentProcess.of(world.settings, tmp_path).start()
        try:
            refused = await zohosync(world, "restore", saved, "--replace", code=2)
            assert "stop them first" in refused.stderr
        finally:
            agent.stop()
        assert (await contents(world))["sync_students"] == whole["sync_students"]


async def test_in_a_folder_the_newest_backups_are_kept(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, college=0) as world:
        names = [f"zohosync-2026010{day}T000000Z.dump" for day in range(1, 5)]
        for name in [*names, "notes.txt", "zohosync-20260101T000000Z.dump.partial"]:
            (tmp_path / name).write_text("")
        await zohosync(world, "backup", tmp_path, "--keep", 3)
        left = names_in(tmp_path)
        made = next(
            name for name in left if name not in names and re.fullmatch(r"zohosync-\w{16}\.dump", name)
        )
        assert left == sorted([*names[2:], made, "notes.txt", "zohosync-20260101T000000Z.dump.partial"])


async def test_a_backup_that_cannot_be_made_leaves_no_file_and_removes_none(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url, college=0) as world:
        old = tmp_path / "zohosync-20260101T000000Z.dump"
        old.write_text("")
        away = world.settings.model_copy()
        url = make_url(database_url).set(database="there_is_none")
        object.__setattr__(
            away, "database_url", type(world.settings.database_url)(url.render_as_string(hide_password=False))
        )
        done = await command(away, "backup", str(tmp_path), "--keep", "1")
        assert (done.returncode, names_in(tmp_path)) == (2, [old.name])
        assert "there_is_none" in done.stderr
        password = make_url(database_url).password
        assert password
        assert str(password) not in done.stderr + done.stdout


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
