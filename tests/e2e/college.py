"""A whole college for the browser: PostgreSQL, a real Moodle, Zoho's sandbox and the agent, already in agreement."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import psycopg
from cryptography.fernet import Fernet

from agent.web.api.roles import digest, new_token
from ops.moodle import PROJECT, MoodleSite
from ops.postgres import PrivatePostgres, free_port
from ops.processes import Service, clean_environment

AGENT = [sys.executable, "-m", "agent"]
STUDENTS = 100
SEED = 27
READY_SECONDS = 60.0
AGENT_DATABASE = "zohosync_e2e"
T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Look until there is something to see, and return it; fail with `what` when time is up."""
    deadline = time.monotonic() + seconds
    while (seen := look()) is None or seen is False:
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(0.1)
    return seen


class Zoho:
    """Zoho's sandbox, as the API's callers see it; and as a person who types into it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._token = ""

    def grade(self, key: str) -> dict[str, Any] | None:
        """Find a grade by its composite key through the CRM's API, as any other client would."""
        query = f"select id from BTEC_Grades where Moodle_Grade_Composite_Key = '{key}'"
        found = self._call("/crm/v8/coql", {"select_query": query})
        if found is None:
            return None
        answer = self._call(f"/crm/v8/BTEC_Grades/{found['data'][0]['id']}")
        assert answer is not None
        return dict(answer["data"][0])

    def student(self, record_id: str) -> dict[str, Any]:
        """Read a student through the CRM's API."""
        answer = self._call(f"/crm/v8/BTEC_Students/{record_id}")
        assert answer is not None
        return dict(answer["data"][0])

    def type_into_student(self, record_id: str, values: dict[str, Any]) -> None:
        """Change a student the way a person at Zoho does, so that the workflow's webhook goes out."""
        self.by_hand("PUT", f"BTEC_Students/{record_id}", values)

    def by_hand(self, method: str, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do what a person at Zoho does: POST `module`; GET, PUT, DELETE `module/id`; POST `module/id/restore`."""
        data = None if values is None else json.dumps(values).encode()
        return dict(json.loads(self._send(f"/sandbox/people/{path}", data, method, {})))

    def lose_next_webhook(self) -> None:
        """Let the next webhook get lost on its way."""
        self._send("/sandbox/faults", json.dumps({"fault": "push_drop"}).encode(), "POST", {})

    def writes(self) -> int:
        """Count the API's writing calls so far."""
        calls = json.loads(self._send("/sandbox/state", None, "GET", {}))["calls"]
        writing = ("POST /crm/", "PUT /crm/", "DELETE /crm/")
        return sum(
            number
            for call, number in calls.items()
            if call.startswith(writing) and not call.endswith("/coql")
        )

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        if not self._token:
            form = {"grant_type": "refresh_token", "client_id": "sandbox", "client_secret": "sandbox"}
            granted = self._send(
                "/oauth/v2/token", urlencode({**form, "refresh_token": "sandbox"}).encode(), "POST", {}
            )
            self._token = json.loads(granted)["access_token"]
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Zoho-oauthtoken {self._token}"}
        answer = self._send(path, data, "GET" if body is None else "POST", headers)
        return dict(json.loads(answer)) if answer else None

    def _send(self, path: str, data: bytes | None, method: str, headers: dict[str, str]) -> bytes:
        if data is not None and data.startswith(b"{"):
            headers = {**headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())


@dataclass
class College:
    """Everything runs below `folder`; `people` says who is who (see ops/demo/seed.php)."""

    folder: Path
    site: MoodleSite
    zoho: Zoho
    agent: Service
    agent_url: str
    environment: dict[str, str]
    api_token: str
    passwords: dict[str, str]
    people: dict[str, Any] = field(default_factory=dict)

    @property
    def grade_key(self) -> str:
        """The composite key of the student's grade in the assignment."""
        people = self.people
        return f"{people['student']['id']}_{people['course']['id']}_{people['assignment']['id']}"

    def start_agent(self) -> None:
        """Start the agent and wait until it is ready."""
        self.agent.start()
        wait_for(self.agent_url + "/readyz", [self.agent])

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run the agent's command beside the running agent; returns exit code and what it printed."""
        done = subprocess.run(
            [*AGENT, *arguments],
            cwd=self.folder,
            env=clean_environment(self.folder, {"PYTHONPATH": str(PROJECT), **self.environment}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stdout[-2000:] + done.stderr[-2000:]
        return done.returncode, done.stdout

    def ask_agent(self, path: str) -> Any:
        """Read an answer of the agent's own interfaces."""
        headers = {"Authorization": f"Bearer {self.api_token}"}
        request = urllib.request.Request(self.agent_url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def ask(self, statement: str, *values: Any, database: str | None = None) -> list[tuple[Any, ...]]:
        """Query Moodle's database, or another one of the same server."""
        with psycopg.connect(self.site.postgres.dsn(database or self.site.database)) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def change(self, statement: str, *values: Any) -> None:
        """Change Moodle's database: for a state into which only time or a fault would bring it."""
        with psycopg.connect(self.site.postgres.dsn(self.site.database)) as connection:
            connection.execute(statement.encode(), values)

    def run_task(self, name: str) -> None:
        """Run one of the plugin's scheduled tasks, as Moodle's cron does each minute."""
        self.site.php("admin/cli/scheduled_task.php", f"--execute=\\local_zohosync\\task\\{name}", "--force")


def wait_for(url: str, services: list[Service]) -> None:
    """Wait until an address answers; a service that has ended is an error at once."""

    def answers() -> bool:
        for service in services:
            service.check()
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5):
            return True
        return False

    eventually(answers, f"{url} answers", READY_SECONDS)


def service(name: str, folder: Path, arguments: list[str], environment: dict[str, str]) -> Service:
    """Describe one of the project's own programs."""
    environment = {"PYTHONPATH": str(PROJECT), **environment}
    return Service(name, [*AGENT, *arguments], folder=folder, log=folder / f"{name}.log", env=environment)


@contextlib.contextmanager
def running_college(folder: Path, postgres: PrivatePostgres) -> Iterator[College]:
    """Set the college up, bring Zoho and Moodle into agreement, and stop everything afterwards."""
    folder.mkdir(parents=True)
    zoho_url, agent_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    webhook_secret, api_token = secrets.token_urlsafe(32), new_token()
    with contextlib.ExitStack() as stack:
        site = MoodleSite(folder / "moodle", postgres)
        site.build()
        switch_tours_off(site)
        stack.callback(site.stop)
        site.start(cron=False)  # the tests run the tasks that they are about
        arguments = ["--port", zoho_url.rpartition(":")[2], "--college", str(STUDENTS), "--seed", str(SEED)]
        arguments += ["--webhook-url", agent_url + "/v1/events/zoho/{slug}"]
        sandbox = service(
            "zoho", folder, ["sandbox", "zoho", *arguments], {"SANDBOX_WEBHOOK_SECRET": webhook_secret}
        )
        stack.callback(sandbox.stop)
        wait_for(zoho_url + "/sandbox/state", [sandbox.start()])
        connected = site.connect(agent_url)
        made_by_moodle = connected.pop("ZOHOSYNC_API_ADMINISTRATOR_TOKENS")
        environment = {
            **connected,
            "ZOHOSYNC_DATABASE_URL": postgres.create_database(AGENT_DATABASE),
            "ZOHOSYNC_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "ZOHOSYNC_ZOHO_ACCOUNTS_URL": zoho_url,
            "ZOHOSYNC_ZOHO_API_URL": zoho_url,
            **{
                f"ZOHOSYNC_ZOHO_{name}": "sandbox" for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
            },
            "ZOHOSYNC_ZOHO_WEBHOOK_SECRETS": webhook_secret,
            "ZOHOSYNC_API_ADMINISTRATOR_TOKENS": f"{digest(api_token)},{made_by_moodle}",
            "ZOHOSYNC_MOODLE_PULL_SECONDS": "0",  # what arrives was sent by Moodle
            "ZOHOSYNC_RECONCILE_MINUTES": "0",  # ... or by Zoho
            "ZOHOSYNC_PORT": agent_url.rpartition(":")[2],
        }
        agent = service("agent", folder, ["serve"], environment)
        stack.callback(agent.stop)
        passwords = {name: secrets.token_urlsafe(12) + "-Aa1" for name in ("admin", "teacher", "student")}
        college = College(folder, site, Zoho(zoho_url), agent, agent_url, environment, api_token, passwords)
        college.start_agent()
        college.command("sync", "--all")  # records that need a person are none of our business here
        given = json.dumps({"passwords": passwords})
        answer = site.php(str(PROJECT / "ops" / "demo" / "seed.php"), str(site.code), given=given)
        college.people = json.loads(answer)
        yield college


def switch_tours_off(site: MoodleSite) -> None:
    """Switch off Moodle's guided tours, which lie over a page at somebody's first visit."""
    with psycopg.connect(site.postgres.dsn(site.database)) as connection:
        connection.execute("UPDATE mdl_tool_usertours_tours SET enabled = 0")
    site.php("admin/cli/purge_caches.php")
