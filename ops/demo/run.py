"""Set the demo up below `.demo/`, run it until Ctrl-C, stop everything it started."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from ops import machine
from ops.demo import state as demo_state
from ops.demo.source import find_source
from ops.demo.state import HOME, State
from ops.demo.web import MoodleSandboxTeacher
from ops.leftovers import Leftovers
from ops.moodle import PROJECT, MoodleSite
from ops.postgres import PrivatePostgres
from ops.processes import Service, clean_environment, interruptible, uninterrupted
from ops.runas import SetupError

READY_SECONDS = 60
SYNC_LEFT_SOME = 1  # exit code of `zohosync sync`: done, but some records need a person
ZOHOSYNC = [sys.executable, "-m", "agent"]
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Wish:
    """What the demo is asked for: size and seed of the college, Zoho's latency, which Moodle."""

    college: int
    seed: int
    latency_ms: int
    moodle_sandbox: bool


def say(text: str) -> None:
    """Tell what is being done."""
    console.print(f"[dim]  {text}[/dim]")


def run(wish: Wish) -> int:
    """Set up, start everything, tell the addresses, wait for Ctrl-C; return the exit code."""
    HOME.mkdir(exist_ok=True)
    with _alone(), interruptible():
        demo = Demo(wish)
        try:
            demo.start()
            demo.tell()
            demo.watch()
        except KeyboardInterrupt:
            console.print("\nstopping")
        finally:
            with uninterrupted():
                demo.stop()
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    with demo_state.LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(
                "the demo already runs in this folder; stop it there with Ctrl-C first"
            ) from None
        yield


class Demo:
    """Everything that the demo starts, in order, and how it is stopped."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.began = time.monotonic()
        self.leftovers = Leftovers(demo_state.PROCESSES)
        self.stack = ExitStack()
        self.services: list[Service] = []
        self.state = State()
        self.secrets: dict[str, str] = {}

    def start(self) -> None:
        """Start everything, and bring Moodle and Zoho into agreement for the first time.

        Raises:
            SetupError: says what this machine lacks, or what a part said before it ended.
        """
        if ended := self.leftovers.stop():
            say(f"ended {ended} processes that a killed demo had left")
        self.state = replace(demo_state.load(), ready=False)
        demo_state.choose_ports(self.state)
        self.secrets = demo_state.load_secrets()
        (HOME / "logs").mkdir(exist_ok=True)
        machine.need_postgres(say)
        source = None if self.wish.moodle_sandbox else find_source(say)
        self.state.mode = "moodle" if source else "sandbox"
        postgres = self._postgres()
        moodle = self._moodle(postgres, source) if source else self._moodle_sandbox()
        self._zoho_sandbox()
        self._agent(postgres, moodle)
        self._sync()
        self._people()
        self.state.ready = True
        self.state.save()

    def _postgres(self) -> PrivatePostgres:
        say("starting PostgreSQL")
        server = PrivatePostgres(HOME / "postgres", durable=False, port=self.state.ports["postgres"])
        self.stack.callback(server.stop)
        server.start()
        if server.process is not None:
            self.leftovers.note(server.process.pid)
        return server

    def _moodle(self, postgres: PrivatePostgres, source: Path) -> dict[str, str]:
        machine.need_moodle_stack(say)
        port = self.state.ports["moodle"]
        self.site = MoodleSite(HOME / "moodle", postgres, source=source, port=port, say=say)
        self.site.build()
        say("starting Moodle (nginx, php-fpm, cron)")
        settings = self.site.connect(self.state.url("agent"))
        self.stack.callback(self.site.stop)
        self.site.start()
        self.leftovers.note(*self.site.pids())
        return settings

    def _moodle_sandbox(self) -> dict[str, str]:
        console.print("[yellow]Running with Moodle's sandbox: there is no real Moodle in this demo.[/yellow]")
        token, secret = self.secrets["moodle_token"], self.secrets["moodle_webhook"]
        arguments = ["--port", str(self.state.ports["moodle"])]
        arguments += ["--webhook-url", self.state.url("agent") + "/v1/events/moodle"]
        environment = {"SANDBOX_TOKEN": token, "SANDBOX_WEBHOOK_SECRET": secret}
        self._zohosync("moodle-sandbox", ["sandbox", "moodle", *arguments], environment)
        self._wait_for(self.state.url("moodle") + "/sandbox/students")
        return {
            "ZOHOSYNC_MOODLE_URL": self.state.url("moodle"),
            "ZOHOSYNC_MOODLE_TOKEN": token,
            "ZOHOSYNC_MOODLE_WEBHOOK_SECRETS": secret,
        }

    def _zoho_sandbox(self) -> None:
        say(f"starting Zoho's sandbox: a college of {self.wish.college} students")
        arguments = ["--port", str(self.state.ports["zoho"]), "--college", str(self.wish.college)]
        arguments += ["--seed", str(self.wish.seed), "--latency-ms", str(self.wish.latency_ms)]
        arguments += ["--webhook-url", self.state.url("agent") + "/v1/events/zoho/{slug}"]
        environment = {"SANDBOX_WEBHOOK_SECRET": self.secrets["zoho_webhook"]}
        self._zohosync("zoho-sandbox", ["sandbox", "zoho", *arguments], environment)
        self._wait_for(self.state.url("zoho") + "/sandbox/state")

    def _agent(self, postgres: PrivatePostgres, moodle: dict[str, str]) -> None:
        say("starting the agent")
        # The sandbox's organisation begins anew with each start, and so does what the agent knows of it.
        postgres.drop_database("zohosync")
        zoho = self.state.url("zoho")
        demo_state.write_environment(
            {
                **moodle,
                "ZOHOSYNC_DATABASE_URL": postgres.create_database("zohosync"),
                "ZOHOSYNC_ENCRYPTION_KEYS": self.secrets["encryption"],
                "ZOHOSYNC_ZOHO_ACCOUNTS_URL": zoho,
                "ZOHOSYNC_ZOHO_API_URL": zoho,
                "ZOHOSYNC_ZOHO_CLIENT_ID": "sandbox",
                "ZOHOSYNC_ZOHO_CLIENT_SECRET": "sandbox",
                "ZOHOSYNC_ZOHO_REFRESH_TOKEN": "sandbox",
                "ZOHOSYNC_ZOHO_WEBHOOK_SECRETS": self.secrets["zoho_webhook"],
                "ZOHOSYNC_PORT": str(self.state.ports["agent"]),
            }
        )
        self._zohosync("agent", ["serve"], {})
        self._wait_for(self.state.url("agent") + "/readyz")

    def _sync(self) -> None:
        console.print("Initial sync, Zoho to Moodle")
        environment = clean_environment(HOME, {"PYTHONPATH": str(PROJECT), **_terminal()})
        done = subprocess.run(
            [*ZOHOSYNC, "sync", "--all", "--allow-deletions"], cwd=HOME, env=environment, check=False
        )
        if done.returncode not in {0, SYNC_LEFT_SOME}:
            raise SetupError(f"the initial sync failed (exit code {done.returncode}); see above")

    def _people(self) -> None:
        if self.state.mode == "sandbox":
            self.state.people = MoodleSandboxTeacher(self.state.url("moodle")).people()
            return
        say("a teacher, an assignment, and passwords")
        given = json.dumps(
            {"passwords": {name: self.secrets[name] for name in ("admin", "teacher", "student")}}
        )
        answer = self.site.php(str(PROJECT / "ops" / "demo" / "seed.php"), str(self.site.code), given=given)
        people: dict[str, Any] = json.loads(answer)
        self.state.people = people

    def _zohosync(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        service = Service(
            name,
            [*ZOHOSYNC, *arguments],
            folder=HOME,
            log=HOME / "logs" / f"{name}.log",
            env={"PYTHONPATH": str(PROJECT), **environment},
        )
        self.stack.callback(service.stop)
        self.services.append(service.start())
        if service.process is not None:
            self.leftovers.note(service.process.pid)

    def _wait_for(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for service in self.services:
                service.check()
            try:
                with urllib.request.urlopen(url, timeout=READY_SECONDS) as answer:  # noqa: S310 - loopback
                    answer.read()
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise SetupError(f"{url} did not become ready within {READY_SECONDS} s; see .demo/logs")

    def tell(self) -> None:
        """Print addresses, logins and the two commands."""
        state, secrets, people = self.state, self.secrets, self.state.people
        console.print(f"\n[bold]The loop runs[/bold] (ready after {time.monotonic() - self.began:.0f} s)\n")
        console.print(
            f"  Moodle         {state.url('moodle')}" + (" (sandbox)" if state.mode == "sandbox" else "")
        )
        if state.mode == "moodle":
            console.print(f"    administrator  admin    {secrets['admin']}")
            console.print(f"    teacher        {people['teacher']['username']}  {secrets['teacher']}")
            console.print(f"    student        {people['student']['username']}  {secrets['student']}")
            console.print(f"    her page       {state.url('moodle')}/local/student_dashboard/index.php")
        console.print(
            f"  Zoho (sandbox) {state.url('zoho')}  client id, client secret, refresh token: sandbox"
        )
        console.print(f"  Agent          {state.url('agent')}/readyz")
        console.print("\nIn another terminal:")
        console.print("  make demo-zoho    change a student in Zoho, see it arrive in Moodle")
        console.print("  make demo-grade   grade an assignment in Moodle, see it arrive in Zoho")
        console.print("\nCtrl-C stops everything.")

    def watch(self) -> None:
        """Wait; end with an error when a part ends by itself."""
        while True:
            for service in self.services:
                service.check()
            time.sleep(1)

    def stop(self) -> None:
        """Stop everything that was started, the last first."""
        self.state.ready = False
        self.state.save()
        self.stack.close()
        demo_state.PROCESSES.unlink(missing_ok=True)


def _terminal() -> dict[str, str]:
    return {
        name: os.environ[name] for name in ("TERM", "COLUMNS", "COLORTERM", "NO_COLOR") if name in os.environ
    }
