"""What is measured with: a Moodle that can be made fresh in seconds, Zoho's sandbox, and the agent's command."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet

from ops.moodle import MoodleSite
from ops.postgres import PrivatePostgres, free_port
from ops.processes import Service
from ops.runas import SetupError

PROJECT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = PROJECT / "ops" / "bench"
LATENCY_MS = 120  # on every call to Zoho
SEED = 1
TEMPLATE = "bench_template"
AGENT_DATABASE = "bench_agent"
START_SECONDS = 120
WRITING = re.compile(r"(?:POST|PUT|PATCH|DELETE) /crm/(?!v8/coql$)")


@dataclass(frozen=True)
class Row:
    """One line of the table; `ratio` is against the peer named in `what`, None where there is none.

    `limit` is the most, or of a rate (unit `/s`) the least.
    """

    id: str
    what: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None

    @property
    def held(self) -> bool:
        """Tell whether the limit is held."""
        return self.limit is None or (
            self.value >= self.limit if self.unit == "/s" else self.value <= self.limit
        )


@dataclass(frozen=True)
class Ran:
    """One run of the agent's command: wall time (s), peak resident memory (MB)."""

    seconds: float
    memory: float


class Rig:
    """Servers below `folder`; the PostgreSQL has to be running for everything but its own start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = PrivatePostgres(folder / "postgres")
        self.site = MoodleSite(folder / "site", self.postgres)

    def prepare(self) -> None:
        """Bring the site up to date and keep a copy of its database as it is right after the installation."""
        if self.postgres.has_database(TEMPLATE):
            self._copy(TEMPLATE, self.site.database)
        self.site.build()
        self._copy(self.site.database, TEMPLATE)

    def fresh_moodle(self) -> MoodleSite:
        """Put the site back to right after its installation."""
        self._copy(TEMPLATE, self.site.database)
        self.site.prepare_code()
        self.site.php("admin/cli/purge_caches.php")
        return self.site

    def _copy(self, source: str, target: str) -> None:
        self.postgres.drop_database(target)
        self.postgres.create_database(target, template=source)

    def baseline(self, script: str, *arguments: str) -> dict[str, Any]:
        """Run one of our PHP scripts in a fresh site; returns the JSON that it prints last."""
        site = self.fresh_moodle()
        said = site.php(str(SCRIPTS / script), str(site.code / "config.php"), *arguments)
        return dict(json.loads(said.strip().splitlines()[-1]))

    @contextmanager
    def college(self, students: int) -> Iterator[College]:
        """Open a college in a fresh, running Moodle and in Zoho's sandbox, with an agent that has done nothing yet."""
        site = self.fresh_moodle()
        self.postgres.drop_database(AGENT_DATABASE)
        url = self.postgres.create_database(AGENT_DATABASE)
        site.start(cron=False)
        try:
            with self._zoho(students) as zoho:
                settings = site.connect("http://127.0.0.1:9")
                college = College(self, zoho, environment(url, zoho, settings))
                college.run("migrate")
                touch(f"{site.url}/login/index.php")
                yield college
        finally:
            site.stop()

    @contextmanager
    def _zoho(self, students: int) -> Iterator[str]:
        port = free_port()
        argv = [sys.executable, "-m", "agent", "sandbox", "zoho", "--port", str(port)]
        argv += ["--college", str(students), "--seed", str(SEED), "--latency-ms", str(LATENCY_MS)]
        service = Service("zoho-sandbox", argv, self.folder, self.folder / "zoho.log", cwd=PROJECT).start()
        url = f"http://127.0.0.1:{port}"
        try:
            answering(f"{url}/sandbox/state", service)
            yield url
        finally:
            service.stop()

    def ask(self, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Query one of the server's databases."""
        with psycopg.connect(self.postgres.dsn(database)) as connection:
            return connection.execute(statement.encode(), values or None).fetchall()

    def count(self, database: str, statement: str) -> int:
        """Count the rows that a query gives."""
        with psycopg.connect(self.postgres.dsn(database)) as connection:
            return connection.execute(statement.encode()).rowcount


@dataclass(frozen=True)
class People:
    """Who can log in: user names and passwords by part (teacher, student); ids of their course and assignment."""

    usernames: dict[str, str]
    passwords: dict[str, str]
    course: int
    assignment: int


@dataclass(frozen=True)
class College:
    """One college under measurement."""

    rig: Rig
    zoho: str
    environment: dict[str, str]

    def run(self, *arguments: str) -> Ran:
        """Run the agent's command to its end.

        Raises:
            SetupError: it could not do its work; 1 is no failure: some generated people lack what Moodle needs.
        """
        log_file = self.rig.folder / "agent.log"
        log = os.open(log_file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        started = time.monotonic()
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "agent", *arguments],
            {**self.environment, "PYTHONPATH": str(PROJECT)},
            file_actions=[(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)],
        )
        _, status, usage = os.wait4(child, 0)
        seconds = time.monotonic() - started
        os.close(log)
        if os.waitstatus_to_exitcode(status) not in {0, 1}:
            raise SetupError(f"zohosync {arguments[0]} failed; see {log_file}")
        return Ran(seconds, usage.ru_maxrss / 1024)

    @contextmanager
    def agent(self, **extra: str) -> Iterator[str]:
        """Run the agent, without passes of its own; gives its address.

        Args:
            extra: more of its environment.
        """
        folder, port = self.rig.folder, free_port()
        settings = {**self.environment, "PYTHONPATH": str(PROJECT), "ZOHOSYNC_PORT": str(port)}
        settings |= {"ZOHOSYNC_ZOHO_WEBHOOK_SECRETS": secrets.token_urlsafe(32)}
        settings |= {"ZOHOSYNC_MOODLE_PULL_SECONDS": "0", "ZOHOSYNC_RECONCILE_MINUTES": "0"}
        argv = [sys.executable, "-m", "agent", "serve"]
        service = Service("agent", argv, folder, folder / "agent.log", env=settings | extra).start()
        try:
            answering(f"http://127.0.0.1:{port}/readyz", service)
            yield f"http://127.0.0.1:{port}"
        finally:
            service.stop()

    def people(self) -> People:
        """Give one of the classes a teacher, an assignment and people who can log in."""
        site = self.rig.site
        passwords = {name: secrets.token_urlsafe(12) + "-Aa1" for name in ("admin", "teacher", "student")}
        seed = PROJECT / "ops" / "demo" / "seed.php"
        made = json.loads(site.php(str(seed), str(site.code), given=json.dumps({"passwords": passwords})))
        names = {name: str(made[name]["username"]) for name in ("teacher", "student")}
        return People(names, passwords, int(made["course"]["id"]), int(made["assignment"]["id"]))

    def tells(self, agent: str, *, enabled: bool = True) -> None:
        """Let the plugin know an agent's address, or switch it off, with nothing left of what was before."""
        site = self.rig.site
        site.php(str(SCRIPTS / "save_mode.php"), str(site.code), agent, str(int(enabled)))

    def writes(self) -> int:
        """Count what was written so far: rows of the log of writes to Moodle, and writing calls to Zoho."""
        written = "SELECT 1 FROM moodle_sync_log WHERE operation NOT IN ('refused', 'waiting')"
        moodle = self.rig.count(AGENT_DATABASE, written)
        calls = self.zoho_state()["calls"]
        return moodle + sum(int(number) for call, number in calls.items() if WRITING.match(call))

    def zoho_state(self) -> dict[str, Any]:
        """Read what Zoho's sandbox counts: `calls` by path, `credits_used`, `records` by module."""
        with urllib.request.urlopen(f"{self.zoho}/sandbox/state", timeout=START_SECONDS) as answer:  # noqa: S310
            return dict(json.load(answer))


def answering(url: str, service: Service) -> None:
    """Wait until a service answers at an address.

    Raises:
        SetupError: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return touch(url)
        except OSError:
            service.check()
            if time.monotonic() > deadline:
                raise SetupError(f"{service.name} did not start") from None
            time.sleep(0.1)


def touch(url: str) -> None:
    """Ask once, so that what is measured does not pay for a first start."""
    with urllib.request.urlopen(url, timeout=START_SECONDS) as answer:  # noqa: S310 - our own loopback address
        answer.read()


def environment(database: str, zoho: str, moodle: dict[str, str]) -> dict[str, str]:
    """Build the agent's environment."""
    return {
        "ZOHOSYNC_DATABASE_URL": database,
        "ZOHOSYNC_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ZOHOSYNC_ZOHO_ACCOUNTS_URL": zoho,
        "ZOHOSYNC_ZOHO_API_URL": zoho,
        "ZOHOSYNC_ZOHO_CLIENT_ID": "sandbox",
        "ZOHOSYNC_ZOHO_CLIENT_SECRET": "sandbox",
        "ZOHOSYNC_ZOHO_REFRESH_TOKEN": "sandbox",
        "PATH": os.environ["PATH"],
        **moodle,
    }
