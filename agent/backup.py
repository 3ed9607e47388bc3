"""Backups of the agent's database by PostgreSQL's own tools: pg_dump, pg_restore, psql."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import OperationalError

from agent.inbox.statements import LIVING, LOCK_CLASS
from agent.store import migrations

DEBIANS = Path("/usr/lib/postgresql")  # where Debian keeps the tools of each version
PARTIAL = ".partial"  # ends the name of a backup that is not whole yet
NAME = re.compile(r"zohosync-[0-9]{8}T[0-9]{6}Z\.dump")
VERSION_TABLE = "alembic_version"


class BackupError(Exception):
    """A backup could not be made or restored; the text is for a person. What was there before is there still."""


def dump(url: str, target: Path) -> None:
    """Write a backup; agents may run meanwhile, it shows one moment. The file is its owner's only, and appears whole.

    Args:
        url: SQLAlchemy's address of the database.
        target: a file that is not there yet.

    Raises:
        BackupError: there is such a file, or pg_dump is missing or failed (its own words).
    """
    if target.exists():
        raise BackupError(f"{target} is there already")
    partial = target.with_name(target.name + PARTIAL)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        argv = ["--format=custom", "--no-owner", "--no-privileges", f"--file={partial}"]
        _run("pg_dump", argv, url)
        _revision(partial, url)  # it can be read
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.rename(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def restore(url: str, source: Path, *, replace: bool) -> str:
    """Put a backup in, all or nothing, and migrate it to this version's schema; returns the schema that it had.

    Args:
        url: SQLAlchemy's address of the database.
        source: what `dump` wrote.
        replace: whether the tables that are there may be dropped for it.

    Raises:
        BackupError: the file is no backup of an agent's or of a newer one, an agent runs, the database is not
            empty, or the tools are missing or failed.
    """
    revision = _revision(source, url)
    if revision not in migrations.revisions():
        raise BackupError(f"it was made by a newer agent (schema {revision}); install that one first")
    _check_target(url, replace=replace)
    script = _run("pg_restore", ["--no-owner", "--no-privileges", "--file=-", str(source)], url)
    # In one transaction with what it replaces.
    fresh = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
    argv = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    _run("psql", argv, url, fresh + script)
    migrations.upgrade(url)
    return revision


def dump_into(url: str, folder: Path, *, keep: int) -> Path:
    """Write a backup named by the time into a folder, and remove the oldest of those there beyond `keep`.

    Raises:
        BackupError: as `dump`; no older one is removed then.
    """
    target = folder / f"zohosync-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    dump(url, target)
    named = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    for old in named[:-keep]:
        old.unlink()
    return target


def _check_target(url: str, *, replace: bool) -> None:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            living = connection.execute(LIVING, {"lock_class": LOCK_CLASS}).scalar_one()
            tables = inspect(connection).get_table_names()
    except OperationalError:
        raise BackupError("the database does not answer; see `zohosync doctor`") from None
    finally:
        engine.dispose()
    if living:
        raise BackupError(f"agents run on this database ({living}); stop them first")
    if tables and not replace:
        raise BackupError("the database is not empty; --replace drops what is in it")


def _revision(source: Path, url: str) -> str:
    """Read from a backup which schema it has."""
    if not source.is_file():
        raise BackupError(f"there is no file {source}")
    argv = ["--data-only", f"--table={VERSION_TABLE}", "--file=-", str(source)]
    try:
        said = _run("pg_restore", argv, url).decode()
    except BackupError as error:
        raise BackupError(f"{source} is no backup that pg_restore can read: {error}") from None
    found = re.search(rf"^COPY public\.{VERSION_TABLE} .*\n(\w+)\n", said, re.MULTILINE)
    if found is None:
        raise BackupError(f"{source} is no backup of an agent's database")
    return found[1]


def _run(tool: str, argv: Sequence[str], url: str, given: bytes | None = None) -> bytes:
    program = [_found(tool), *argv]
    if tool != "pg_restore":  # which never connects here
        program.append(f"--dbname={_address(url)}")
    done = subprocess.run(  # noqa: S603 - no shell; the words are ours and the operator's file
        program, env=_environment(url), input=given, capture_output=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{tool}: {lines[0] if lines else f'exit code {done.returncode}'}")
    return done.stdout


def _found(tool: str) -> str:
    """Find a tool: the newest of Debian's, which can read what an older server has; else that of the path."""
    versions = sorted(DEBIANS.glob(f"*/bin/{tool}"), key=lambda path: float(path.parts[-3]), reverse=True)
    program = str(versions[0]) if versions else shutil.which(tool)
    if program is None:
        raise BackupError(
            f"{tool} is not there; install PostgreSQL's client (apt-get install postgresql-client)"
        )
    return program


def _address(url: str) -> str:
    """Write the address as libpq reads it, without the password: a list of processes shows it."""
    return make_url(url).set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environment(url: str) -> Mapping[str, str]:
    password = make_url(url).password
    return {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password else {})
