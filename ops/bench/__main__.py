"""`make bench`: one table, and the same as JSON in build/bench.json.

Each round starts from a freshly installed Moodle (a copy of one template database) and measures, in the same minutes,
Moodle's own API creating the users in one PHP process (the machine's limit) and the agent's initial sync.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from rich.console import Console
from rich.table import Table

from ops.moodle import MoodleSite, default_source, has_source
from ops.postgres import PrivatePostgres, free_port
from ops.processes import Service, interruptible
from ops.runas import SetupError

PROJECT = Path(__file__).resolve().parent.parent.parent
WORK = PROJECT / ".test" / "bench"
RESULT = PROJECT / "build" / "bench.json"
STUDENTS = 1500
LATENCY_MS = 120  # on every call to Zoho
ROUNDS = 3
TEMPLATE = "bench_template"
START_SECONDS = 60


@dataclass(frozen=True)
class Row:
    """One line of the table; `ratio` is against the peer named in `what`, None where there is none."""

    id: str
    what: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None


class Bench:
    """One run: servers below `.test/bench`, rounds, rows."""

    def __init__(self) -> None:
        self.postgres = PrivatePostgres(WORK / "postgres")
        self.site = MoodleSite(WORK / "site", self.postgres)

    def run(self) -> list[Row]:
        """Measure everything."""
        with self.postgres:
            self.site.build()
            if not self.postgres.has_database(TEMPLATE):
                self.postgres.create_database(TEMPLATE, template=self.site.database)
            baselines, firsts, seconds, peaks = [], [], [], []
            for number in range(1, ROUNDS + 1):
                print(f"round {number} of {ROUNDS}", flush=True)
                baselines.append(self._baseline())
                first, second, peak = self._initial_sync()
                firsts.append(first)
                seconds.append(second)
                peaks.append(peak)
            memory = max(peaks)
        base, first, second = (statistics.median(values) for values in (baselines, firsts, seconds))
        return [
            Row("baseline_users", f"{STUDENTS} users by Moodle's API, one PHP process", base, "s", None, 1.0),
            Row(
                "initial_sync_students",
                f"initial sync of {STUDENTS} students, {LATENCY_MS} ms a Zoho call (against the baseline)",
                first,
                "s",
                10.0,
                first / base,
            ),
            Row(
                "unchanged_sync_students",
                f"second sync of {STUDENTS} students, nothing changed (against the initial sync)",
                second,
                "s",
                None,
                second / first,
            ),
            Row(
                "agent_memory",
                "peak resident memory of the agent in an initial sync",
                memory,
                "MB",
                150.0,
                None,
            ),
        ]

    def _fresh_moodle(self) -> MoodleSite:
        self.postgres.drop_database(self.site.database)
        self.postgres.create_database(self.site.database, template=TEMPLATE)
        self.site.prepare_code()
        self.site.php("admin/cli/purge_caches.php")
        return self.site

    def _baseline(self) -> float:
        site = self._fresh_moodle()
        script = PROJECT / "ops" / "bench" / "create_users.php"
        said = site.php(str(script), str(site.code / "config.php"), str(STUDENTS))
        return float(json.loads(said.strip().splitlines()[-1])["seconds"])

    def _initial_sync(self) -> tuple[float, float, float]:
        """Sync into a fresh Moodle, twice; returns both times (s) and the first one's peak memory (MB)."""
        site = self._fresh_moodle()
        self.postgres.drop_database("bench_agent")
        url = self.postgres.create_database("bench_agent")
        site.start(cron=False)
        try:
            with _zoho() as zoho:
                environment = _environment(url, zoho, site.connect("http://127.0.0.1:9"))
                _agent(environment, "migrate")
                _touch(f"{site.url}/login/index.php")
                first, peak = _agent(environment, "sync", "--module", "student")
                second, _ = _agent(environment, "sync", "--module", "student")
        finally:
            site.stop()
        return first, second, peak


def _touch(url: str) -> None:
    """Ask once, so that what is measured does not pay for a first start."""
    with urllib.request.urlopen(url, timeout=START_SECONDS) as answer:  # noqa: S310 - our own loopback address
        answer.read()


@contextmanager
def _zoho() -> Iterator[str]:
    port = free_port()
    argv = [sys.executable, "-m", "agent", "sandbox", "zoho", "--port", str(port)]
    argv += ["--college", str(STUDENTS), "--seed", "1", "--latency-ms", str(LATENCY_MS)]
    service = Service("zoho-sandbox", argv, WORK, WORK / "zoho.log", cwd=PROJECT).start()
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                _touch(f"{url}/oauth/v2/token")
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                service.check()
                if time.monotonic() > deadline:
                    raise SetupError("the Zoho sandbox did not start") from None
                time.sleep(0.1)
        yield url
    finally:
        service.stop()


def _environment(database: str, zoho: str, moodle: dict[str, str]) -> dict[str, str]:
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


def _agent(environment: dict[str, str], *arguments: str) -> tuple[float, float]:
    """Run the agent's command; returns its wall time (s) and its peak resident memory (MB)."""
    command = [sys.executable, "-m", "agent", *arguments]
    log = os.open(WORK / "agent.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    started = time.monotonic()
    child = os.posix_spawn(
        sys.executable,
        command,
        {**environment, "PYTHONPATH": str(PROJECT)},
        file_actions=[(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - started
    os.close(log)
    if os.waitstatus_to_exitcode(status) not in {0, 1}:  # 1: some generated students lack what Moodle needs
        raise SetupError(f"zohosync {arguments[0]} failed; see {WORK / 'agent.log'}")
    return seconds, usage.ru_maxrss / 1024


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in ("what", "value", "limit", "ratio"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for row in rows:
        limit = "" if row.limit is None else f"{row.limit:g} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(row.what, f"{row.value:.2f} {row.unit}", limit, ratio)
    Console().print(table)


def main() -> int:
    """Measure, print, write the JSON; 1 when a limit is not held, 2 when it cannot run."""
    if not has_source(default_source()):
        print("no Moodle code tree (set MOODLE_DIR to an unpacked Moodle 4.5)", file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    with interruptible():
        rows = Bench().run()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    show(rows)
    return int(any(row.limit is not None and row.value > row.limit for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
