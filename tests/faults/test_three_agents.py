"""Three agents on one PostgreSQL behind nginx, one killed every few seconds under load: nothing lost, nothing twice.

`FAULTS_SECONDS=120` makes the long form of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.sync.drift import look_for_drift
from ops.postgres import PrivatePostgres, free_port
from tests.faults.rig import DATABASE, Sender, found, patiently, quiet
from tests.support.agent_process import AgentProcess
from tests.support.people import STUDENTS, add_student, written
from tests.support.world import ZOHO_SECRET, World, open_world, until

AGENTS = 3
PEOPLE = 60
A_SECOND = 200  # events
KILL_EVERY_SECONDS = 5.0
SECONDS = float(os.environ.get("FAULTS_SECONDS", "16"))
DRAINED_SECONDS = 120.0
# What nginx sends again to another agent is recognised by its id.
NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream zohosync {{
    least_conn;
{servers}
    keepalive 32;
  }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 256k;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_connect_timeout 2s;
    proxy_next_upstream error timeout non_idempotent;
    location / {{ proxy_pass http://zohosync; }}
  }}
}}
"""

pytestmark = [
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine"),
    pytest.mark.timeout(SECONDS + DRAINED_SECONDS + 180),
]


@contextlib.contextmanager
def nginx_before(ports: Sequence[int], folder: Path) -> Iterator[int]:
    """Run nginx before the agents of these ports; gives its own port."""
    folder.mkdir()
    port = free_port()
    servers = "\n".join(f"    server 127.0.0.1:{one} max_fails=1 fail_timeout=1s;" for one in ports)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, servers=servers, port=port))
    argv = [
        "nginx",
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-e",
        str(folder / "nginx-error.log"),
    ]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


class Load:
    """Edits students in Zoho and sends a webhook for each edit, so many a second; senders repeat what was not taken."""

    def __init__(self, world: World, sender: Sender, students: Sequence[str]) -> None:
        self.sent = 0
        self._world = world
        self._sender = sender
        self._students = students

    async def go_on(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as group:
            while (passed := loop.time() - began) < seconds:
                while self.sent < passed * A_SECOND:
                    student = self._students[self.sent % len(self._students)]
                    name = {"First_Name": f"Name {self.sent}"}
                    self._world.zoho.control.edit(STUDENTS, student, name, push=False)
                    group.create_task(self._sender.send(f"load-{self.sent}", student))
                    self.sent += 1
                await asyncio.sleep(0.01)


async def strikes(agents: list[AgentProcess], chance: random.Random, load: asyncio.Task[None]) -> int:
    """Kill one agent every few seconds, and start it again as systemd would; returns how often."""
    killed = 0
    while not (await asyncio.wait({load}, timeout=KILL_EVERY_SECONDS))[0]:
        one = chance.choice(agents)
        one.kill()
        killed += 1
        await one.start()
    return killed


async def test_one_of_three_agents_is_killed_again_and_again(
    server: PrivatePostgres, tmp_path: Path, chance: random.Random
) -> None:
    # No pass may mend a loss.
    changes = {"zoho_header_secrets": ZOHO_SECRET, "reconcile_minutes": 0}
    async with (
        open_world(server.url(DATABASE), college=0, **changes) as world,
        contextlib.AsyncExitStack() as stack,
    ):
        ports = [free_port() for _ in range(AGENTS)]
        for port in ports:
            (tmp_path / str(port)).mkdir()
        agents = [AgentProcess.of(world.settings, tmp_path / str(port), port) for port in ports]
        for agent in agents:
            stack.callback(agent.stop)
            await agent.start()
        sender = Sender(f"http://127.0.0.1:{stack.enter_context(nginx_before(ports, tmp_path / 'nginx'))}")
        await until(lambda: world.runtime.inbox.living_agents())
        students = [add_student(world, number) for number in range(PEOPLE)]
        load = Load(world, sender, students)
        task = asyncio.create_task(load.go_on(SECONDS))
        killed = await strikes(agents, chance, task)
        await task
        await patiently(lambda: quiet(server), DRAINED_SECONDS)
        assert killed >= SECONDS // (KILL_EVERY_SECONDS * 2)
        all_is_there_once(world, server, sender, students, load.sent)
        await nothing_is_left_to_do(world)


def all_is_there_once(
    world: World, server: PrivatePostgres, sender: Sender, students: Sequence[str], sent: int
) -> None:
    stored = dict(found(server, "SELECT event_id, status FROM integration_events_log"))
    assert sender.acknowledged == {f"load-{number}" for number in range(sent)}
    assert sender.acknowledged - set(stored) == set()
    assert set(stored.values()) == {"completed"}
    users = [user for user in world.moodle.control.site.users.values() if user.idnumber]
    assert Counter(user.idnumber for user in users) == dict.fromkeys(students, 1)
    for record in world.zoho.control.records(STUDENTS):
        (user,) = [user for user in users if user.idnumber == record["id"]]
        assert (user.firstname, str(user.id)) == (record["First_Name"], record["Student_Moodle_ID"])


async def nothing_is_left_to_do(world: World) -> None:
    for _ in range(2):  # the first one also brings what these events were not about: the students' finance
        calls = written(world)
        passes = await world.runtime.passes.by_hand(world.runtime.passes.parts)
        assert [one.error for one in passes if one.error] == []
    assert written(world) == calls
    drift = await look_for_drift(world.runtime.sides, world.runtime.passes.parts)
    assert [one for one in drift if one.differences or one.error] == []
