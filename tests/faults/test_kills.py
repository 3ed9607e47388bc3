"""kill -9 of the agent and of its PostgreSQL, in a burst and in an initial sync: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from ops.postgres import PrivatePostgres, free_port
from tests.faults.rig import DATABASE, Sender, cut_power, found, holds, patiently, power_again, quiet
from tests.integration.test_sync_kill import all_is_there_once, more_than
from tests.support.agent_process import AgentProcess, environment
from tests.support.people import STUDENTS, add_student, mended_college, written
from tests.support.world import ZOHO_SECRET, World, open_world

PEOPLE = 25
WAVES = ("postgres", "agent", "postgres", "both", "postgres")
WAVE_SECONDS = 60
SYNC = [sys.executable, "-m", "agent", "sync", "--all"]


class Strike:
    """kill -9 of what is named, at once; what was killed is started again as systemd would."""

    def __init__(self, target: str, server: PrivatePostgres, agent: AgentProcess) -> None:
        self.done = asyncio.Event()
        self._target = target
        self._server = server
        self._agent = agent
        self._family: list[int] = []

    def __call__(self) -> None:
        if self._target in {"postgres", "both"}:
            self._family = cut_power(self._server)
        if self._target in {"agent", "both"}:
            self._agent.kill()
        self.done.set()

    async def revive(self) -> None:
        await self.done.wait()
        if self._family:
            await asyncio.to_thread(power_again, self._server, self._family)
        if self._target in {"agent", "both"}:
            await self._agent.start()


async def test_a_burst_of_webhooks_outlives_kills_of_agent_and_postgresql(
    server: PrivatePostgres, tmp_path: Path, chance: random.Random
) -> None:
    port = free_port()
    changes = {"zoho_header_secrets": ZOHO_SECRET, "reconcile_minutes": 0}  # no pass may mend a loss
    async with open_world(server.url(DATABASE), college=0, **changes) as world:
        agent = await AgentProcess.of(world.settings, tmp_path, port).start()
        try:
            students = [add_student(world, number) for number in range(PEOPLE)]
            sender = Sender(agent.url)
            for wave, target in enumerate(WAVES):
                for student in students:
                    world.zoho.control.edit(STUDENTS, student, {"First_Name": f"Name {wave}"}, push=False)
                strike = Strike(target, server, agent)
                sender.at = (len(sender.acknowledged) + chance.randrange(1, PEOPLE), strike)
                async with asyncio.timeout(WAVE_SECONDS), asyncio.TaskGroup() as group:
                    group.create_task(
                        sender.burst([(f"wave-{wave}-{student}", student) for student in students])
                    )
                    group.create_task(strike.revive())
            await patiently(lambda: quiet(server))
            nothing_is_lost(world, server, sender, students)
        finally:
            agent.stop()


def nothing_is_lost(world: World, server: PrivatePostgres, sender: Sender, students: list[str]) -> None:
    stored = dict(found(server, "SELECT event_id, status FROM integration_events_log"))
    assert len(sender.acknowledged) == PEOPLE * len(WAVES)
    assert sender.acknowledged - set(stored) == set()
    assert set(stored.values()) == {"completed"}
    users = [user for user in world.moodle.control.site.users.values() if user.idnumber]
    assert Counter(user.idnumber for user in users) == dict.fromkeys(students, 1)
    assert {user.firstname for user in users} == {f"Name {len(WAVES) - 1}"}
    for record in world.zoho.control.records(STUDENTS):
        (user,) = [user for user in users if user.idnumber == record["id"]]
        assert record["Student_Moodle_ID"] == str(user.id)


async def test_an_initial_sync_outlives_kills_of_postgresql_and_of_itself(
    server: PrivatePostgres, tmp_path: Path, chance: random.Random
) -> None:
    async with open_world(server.url(DATABASE), college=100, seed=3) as world:
        mended_college(world)
        world.moodle.control.latency_ms = 40
        env = environment(world.settings, 1)
        points = [
            ("postgres", more_than("sync_students", chance.randrange(5, 40))),
            ("agent", more_than("sync_enrollments", chance.randrange(0, 20))),
            ("postgres", more_than("sync_payments", chance.randrange(20, 60))),
        ]
        for target, condition in points:
            await struck_sync(target, condition, server, env, tmp_path)
        world.moodle.control.latency_ms = 0
        done = await asyncio.to_thread(
            subprocess.run, SYNC, env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        await all_is_there_once(world)
        calls = written(world)
        again = await world.runtime.passes.by_hand(world.runtime.passes.parts)
        assert [one.error for one in again if one.error] == []
        assert written(world) == calls


async def struck_sync(
    target: str, condition: str, server: PrivatePostgres, env: dict[str, str], folder: Path
) -> None:
    """Run the command, and kill it or the database as soon as a query finds a row; the other one ends by itself."""
    process = subprocess.Popen(  # noqa: ASYNC220 - starts at once
        SYNC, env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await patiently(lambda: holds(server, condition))
        assert process.poll() is None  # it is still at work
        if target == "postgres":
            await asyncio.to_thread(power_again, server, cut_power(server))
            await asyncio.to_thread(process.wait, 100)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
