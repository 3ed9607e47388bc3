"""A proxy cuts the connections between the agent and PostgreSQL, Zoho and Moodle in the middle of a burst."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ops.postgres import PrivatePostgres, free_port
from tests.faults.proxy import Proxy, running_proxy
from tests.faults.rig import DATABASE, Sender, found, patiently, quiet
from tests.support.agent_process import AgentProcess
from tests.support.people import STUDENTS, add_student
from tests.support.world import ZOHO_SECRET, World, open_world

PEOPLE = 25
PATHS = ("postgres", "zoho", "moodle")


pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="no HAProxy on this machine")


async def test_cut_connections_lose_nothing_and_need_no_restart(
    server: PrivatePostgres, tmp_path: Path, chance: random.Random
) -> None:
    changes = {"zoho_header_secrets": ZOHO_SECRET, "reconcile_minutes": 0}
    async with open_world(server.url(DATABASE), college=0, **changes) as world:
        ports = [urlsplit(url).port or 0 for url in (world.zoho.base_url, world.moodle.base_url)]
        with running_proxy(tmp_path, postgres=server.port, zoho=ports[0], moodle=ports[1]) as proxy:
            agent = AgentProcess.of(world.settings, tmp_path, free_port())
            agent.env = through(proxy, agent.env)
            await agent.start()
            process = agent.process
            try:
                await waves(world, server, Sender(agent.url), proxy, chance)
                assert process is not None
                assert process.poll() is None  # it was not restarted
            finally:
                agent.stop()


def through(proxy: Proxy, env: Mapping[str, str]) -> dict[str, str]:
    """Let the agent reach the three others through the proxy only."""
    changed = dict(env)
    for name, port in proxy.ports.items():
        changed = {
            key: value.replace(f":{proxy.targets[name]}", f":{port}") for key, value in changed.items()
        }
    return changed


async def waves(
    world: World, server: PrivatePostgres, sender: Sender, proxy: Proxy, chance: random.Random
) -> None:
    students = [add_student(world, number) for number in range(PEOPLE)]
    for wave, path in enumerate((*PATHS, *PATHS)):
        for student in students:
            world.zoho.control.edit(STUDENTS, student, {"First_Name": f"Name {wave}"}, push=False)
        moment = len(sender.acknowledged) + chance.randrange(1, PEOPLE)
        burst = sender.burst([(f"wave-{wave}-{student}", student) for student in students])
        sending = asyncio.create_task(burst)
        await patiently(lambda moment=moment: at_least(sender, moment))
        if wave < len(PATHS):
            proxy.cut(path)
        else:
            before = proxy.refused(path)
            proxy.close(path)
            await patiently(lambda path=path, before=before: met_a_closed_door(proxy, path, before))
            proxy.open(path)
        await sending
    await patiently(lambda: quiet(server))
    assert all(proxy.connections(path) > 0 for path in PATHS)  # it was on the way
    stored = dict(found(server, "SELECT event_id, status FROM integration_events_log"))
    assert sender.acknowledged - set(stored) == set()
    assert set(stored.values()) == {"completed"}
    users = [user for user in world.moodle.control.site.users.values() if user.idnumber]
    assert Counter(user.idnumber for user in users) == dict.fromkeys(students, 1)
    assert {user.firstname for user in users} == {f"Name {2 * len(PATHS) - 1}"}


async def at_least(sender: Sender, number: int) -> bool:
    return len(sender.acknowledged) >= number


async def met_a_closed_door(proxy: Proxy, path: str, before: int) -> bool:
    return proxy.refused(path) > before
