"""What the sync writes of an enrollment comes back as work from neither side, with both sides' events on (A19)."""

from __future__ import annotations

from pathlib import Path

from ops.postgres import free_port
from tests.support.agent_process import AgentProcess
from tests.support.people import ENROLLMENTS, written
from tests.support.world import World, open_world, until


async def events(world: World) -> list[str]:
    rows = await world.rows("SELECT event_type FROM integration_events_log ORDER BY id")
    return [row["event_type"] for row in rows]


async def test_a_withdrawal_in_moodle_is_one_event_and_then_all_is_quiet(
    database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    async with open_world(database_url, college=0, agent_url=f"http://127.0.0.1:{port}") as world:
        agent = await AgentProcess.of(world.settings, tmp_path, port).start()
        try:
            zoho, moodle = world.zoho.control, world.moodle.control
            names = {"First_Name": "Leyla", "Last_Name": "Kaya", "Academic_Email": "l@college.example.org"}
            student = zoho.create("BTEC_Students", names)
            class_id = zoho.create("BTEC_Classes", {"Class_Name": "Databases", "Class_Status": "Active"})
            zoho.create(ENROLLMENTS, {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}})
            await until(lambda: bool(moodle.site.enrolments))
            await world.idle()
            before = await events(world)
            (user, course) = next(iter(moodle.site.enrolments))
            moodle.suspend(user, course)
            await until(lambda: bool(zoho.records(ENROLLMENTS)[0]["End_Date"]))
            await moodle.settle()
            await world.idle()
            assert await events(world) == [*before, "enrolment.updated"]
            calls = written(world)
            passes = await world.runtime.passes.by_hand(world.runtime.passes.parts)
            assert [one.error for one in passes if one.error] == []
            assert written(world) == calls
        finally:
            agent.stop()
