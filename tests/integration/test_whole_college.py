"""A college of 100 students, all ten modules, between both sandboxes: one pass, then events alone (A7-A10, A16-A20)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.entities.registry import FROM_ZOHO
from ops.postgres import free_port
from tests.support.agent_process import PROJECT, AgentProcess
from tests.support.world import World, open_world, until

STUDENTS = 100
ENROLLMENTS, GRADES, REQUESTS = "BTEC_Enrollments", "BTEC_Grades", "BTEC_Student_Requests"
MEND = {"First_Name": "Nour", "Last_Name": "Aydin"}  # some generated students lack what Moodle needs


@dataclass
class Running:
    world: World
    agent: AgentProcess

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Run the agent's command beside the running agent; returns exit code and output."""
        argv = [sys.executable, "-m", "agent", *arguments]
        environment = {**self.agent.env, "PYTHONPATH": str(PROJECT)}
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*argv, env=environment, stdout=pipe, stderr=pipe)
        out, errors = await process.communicate()
        return process.returncode or 0, (out + errors).decode()

    def zoho(self, entity: str, record_id: str) -> dict[str, Any]:
        """Read a record as a person in Zoho sees it."""
        record = self.world.zoho.control.record(FROM_ZOHO[entity].module, record_id)
        assert record is not None
        return record

    def kept(self, entity: str) -> dict[str, dict[str, Any]]:
        """Give what Moodle keeps of a module, by Zoho's id."""
        return self.world.moodle.control.records(entity)

    def writes(self) -> tuple[int, int]:
        """Count the writing calls to Zoho and to Moodle so far."""
        calls = self.world.zoho.control.calls
        zoho = sum(call.method in {"PUT", "POST", "DELETE"} and "coql" not in call.path for call in calls)
        return zoho, self.world.moodle.control.count("upsert")

    async def arrives(self, what: str, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds; where it does not, say what is missing and which events are not done."""
        try:
            await until(condition)
        except TimeoutError:
            columns = "record_key, event_type, status, error_code, error_message, waits_for, result"
            events = f"SELECT {columns} FROM integration_events_log WHERE outcome IS DISTINCT FROM 'applied'"
            pytest.fail(f"did not arrive: {what}\n" + "\n".join(map(str, await self.world.rows(events))))

    async def settled(self) -> None:
        """Wait until nothing is under way on any side."""
        await self.world.zoho.control.settle()
        await self.world.moodle.control.settle()
        await self.world.idle()


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with open_world(
        database_url, college=STUDENTS, seed=3, agent_url=url, reconcile_minutes=0
    ) as world:
        people = world.zoho.control
        for number, record in enumerate(people.records("BTEC_Students")):
            if not (record["First_Name"] and record["Last_Name"] and record["Academic_Email"]):
                address = {"Academic_Email": f"mended{number}@college.example.org"}
                people.edit("BTEC_Students", record["id"], MEND | address, push=False)
        agent = await AgentProcess.of(world.settings, tmp_path, port).start()
        try:
            yield Running(world, agent)
        finally:
            agent.stop()


async def initial_sync(running: Running) -> None:
    code, said = await running.command("sync", "--all")
    assert code == 0, said
    courses = {zohoid for zohoid, row in running.kept("class").items() if row["create"]}
    assert courses
    for name, entity in FROM_ZOHO.items():
        there = set(running.world.zoho.control.ids(entity.module))
        if name == "enrollment":  # in a class that is not active there is nothing to be enrolled in
            classes = {one: running.zoho(name, one)["Classes"]["id"] for one in there}
            there = {one for one, class_id in classes.items() if class_id in courses}
        assert set(running.kept(name)) == there, name
        assert there, name


async def nothing_on_the_second_run(running: Running) -> None:
    before = running.writes()
    logged = "SELECT count(*) AS n FROM moodle_sync_log WHERE operation <> 'waiting'"
    rows = await running.world.rows(logged)
    code, said = await running.command("sync", "--all")
    assert code == 0, said
    assert running.writes() == before
    assert await running.world.rows(logged) == rows


# entity -> what a person types into Zoho, and how Moodle shows that it has arrived
EDITS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "program": ({"Product_Name": "Law, anew"}, lambda row: row["name"] == "Law, anew"),
    "unit": ({"P1_description": "Tell why."}, lambda row: row["criteria"][0]["description"] == "Tell why."),
    "teacher": ({"Phone_Number": "+90 555 010 20 30"}, lambda row: row["phone"] == "+90 555 010 20 30"),
    "student": ({"City": "وهران"}, lambda row: row["city"] == "وهران"),
    "finance": ({"Bank_Name": "Bank O'River"}, lambda row: row["bankname"] == "Bank O'River"),
    "class": ({"Class_Name": "Databases, anew"}, lambda row: row["fullname"] == "Databases, anew"),
    "registration": ({"Discount_Reason": "Sister"}, lambda row: row["discountreason"] == "Sister"),
    "enrollment": ({"End_Date": "2031-06-30"}, lambda row: row["enddate"] == "2031-06-30"),
    "payment": ({"Payment_Amount": 250.1}, lambda row: row["amount"] == "250.1"),
    "result": ({"Feedback": "Read it again."}, lambda row: row["feedback"] == "Read it again."),
    "request": ({"Status": "Rejected"}, lambda row: row["status"] == "Rejected"),
}


async def edits_in_zoho_arrive(running: Running) -> None:
    assert set(EDITS) == set(FROM_ZOHO)
    people = running.world.zoho.control
    chosen = {name: min(running.kept(name)) for name in FROM_ZOHO}
    for name, (values, _) in EDITS.items():
        people.edit(FROM_ZOHO[name].module, chosen[name], values)
    for name, (_, arrived) in EDITS.items():
        await running.arrives(
            name, lambda name=name, arrived=arrived: arrived(running.kept(name)[chosen[name]])
        )


async def a_changed_schedule_arrives(running: Running) -> None:
    registration = max(running.kept("registration"))
    line = running.zoho("registration", registration)["Payment_Schedule"][0]["id"]
    changed = {"Payment_Schedule": [{"id": line, "Installment_Amount": 1234.56}]}
    running.world.zoho.control.edit("BTEC_Registrations", registration, changed)

    def amounts() -> dict[str, str]:
        return {
            row["zohoid"]: row["amount"] for row in running.kept("registration")[registration]["schedule"]
        }

    await running.arrives("a line of a schedule", lambda: amounts()[line] == "1234.56")


async def new_records_arrive_and_zoho_learns_their_ids(running: Running) -> dict[str, str]:
    """Returns the new records' ids by entity."""
    people, made = running.world.zoho.control, {}
    address = {"Academic_Email": "new.teacher@college.example.org"}
    made["program"] = people.create("Products", {"Product_Name": "BTEC Level 3 Music"})
    made["teacher"] = people.create("BTEC_Teachers", {"Name": "Selin Acar", **address})
    student = {"First_Name": "Nour", "Last_Name": "Saadi", "Academic_Email": "nour@college.example.org"}
    made["student"] = people.create("BTEC_Students", student)
    links = {"BTEC_Program": {"id": made["program"]}, "Teacher": {"id": made["teacher"]}}
    values = {"Class_Name": "Harmony", "Class_Short_Name": "HAR-1", "Class_Status": "Active", **links}
    made["class"] = people.create("BTEC_Classes", values)
    pair = {"Enrolled_Students": {"id": made["student"]}, "Classes": {"id": made["class"]}}
    made["enrollment"] = people.create(ENROLLMENTS, {**pair, "Enrollment_Type": "Normal"})

    def linked(name: str) -> bool:
        return bool(running.zoho(name, made[name])[FROM_ZOHO[name].link or ""])

    for name in made:
        await running.arrives(f"link of a new {name}", lambda name=name: linked(name))
    site = running.world.moodle.control.site
    course = site.courses[int(running.zoho("class", made["class"])["Moodle_Class_ID"])]
    assert course.teaching == {int(running.zoho("teacher", made["teacher"])["Teacher_Moodle_ID"])}
    assert str(course.id) == running.zoho("enrollment", made["enrollment"])["Moodle_Course_ID"]
    return made


async def a_grade_goes_to_zoho(running: Running, made: dict[str, str]) -> None:
    control = running.world.moodle.control
    user = int(running.zoho("student", made["student"])["Student_Moodle_ID"])
    course = int(running.zoho("class", made["class"])["Moodle_Class_ID"])
    assignment = control.add_assignment(course, "Chords")
    key = control.grade(user, course, assignment, 3)

    def letter() -> str | None:
        records = running.world.zoho.control.records(GRADES)
        return next((one["Grade"] for one in records if one["Moodle_Grade_Composite_Key"] == key), None)

    await running.arrives("a grade", lambda: letter() == "M")
    control.grade(user, course, assignment, 4)
    await running.arrives("its correction", lambda: letter() == "D")


async def an_enrolment_done_in_moodle_goes_to_zoho(running: Running, made: dict[str, str]) -> None:
    control, zoho = running.world.moodle.control, running.world.zoho.control
    student = min(set(running.kept("student")) - {made["student"]})
    user = int(running.zoho("student", student)["Student_Moodle_ID"])
    course = int(running.zoho("class", made["class"])["Moodle_Class_ID"])
    control.enrol(user, course)

    def found() -> list[dict[str, Any]]:
        return [
            one
            for one in zoho.records(ENROLLMENTS)
            if (one["Enrolled_Students"]["id"], one["Classes"]["id"]) == (student, made["class"])
        ]

    await running.arrives("an enrolment", lambda: len(found()) == 1)
    await running.settled()
    control.suspend(user, course)
    await running.arrives("its suspension", lambda: bool(found()[0]["End_Date"]))
    ended = datetime.fromisoformat(found()[0]["End_Date"]).date()
    assert ended < datetime.now(UTC).date() + timedelta(days=1)
    await running.settled()
    control.reactivate(user, course)
    await running.arrives("its reactivation", lambda: found()[0]["End_Date"] is None)
    await running.settled()
    assert len(found()) == 1
    assert not control.site.enrolments[user, course].suspended


async def a_request_goes_to_zoho_and_its_answer_comes_back(running: Running, made: dict[str, str]) -> None:
    control, zoho = running.world.moodle.control, running.world.zoho.control
    user = int(running.zoho("student", made["student"])["Student_Moodle_ID"])
    number = control.raise_request(user, "Class Drop", "I moved to the evening class.")

    def found() -> list[dict[str, Any]]:
        return [
            one for one in zoho.records(REQUESTS) if one["Name"] == f"Moodle request {number}: Class Drop"
        ]

    await running.arrives("a request", lambda: len(found()) == 1)
    await running.settled()
    assert (found()[0]["Student"]["id"], found()[0]["Status"]) == (made["student"], "Pending")
    zoho.edit(REQUESTS, found()[0]["id"], {"Status": "Completed"})
    await running.arrives("its answer", lambda: control.site.requests[number].status == "Completed")
    await running.settled()
    assert len(found()) == 1


async def deletions_and_restores_arrive(running: Running, made: dict[str, str]) -> None:
    zoho, site = running.world.zoho.control, running.world.moodle.control.site
    chosen = {name: made.get(name) or min(running.kept(name)) for name in FROM_ZOHO}
    chosen["finance"] = made["student"]  # one record of Zoho's
    user = int(running.zoho("student", made["student"])["Student_Moodle_ID"])
    course = int(running.zoho("class", made["class"])["Moodle_Class_ID"])
    records = {(FROM_ZOHO[name].module, record_id) for name, record_id in chosen.items()}
    for module, record_id in records:
        zoho.delete(module, record_id)
    for name, record_id in chosen.items():
        await running.arrives(
            f"deletion of a {name}",
            lambda name=name, record_id=record_id: record_id not in running.kept(name),
        )
    assert site.users[user].suspended
    assert site.enrolments[user, course].suspended
    assert course in site.courses
    for module, record_id in records:
        zoho.restore(module, record_id)
    for name, record_id in chosen.items():
        await running.arrives(
            f"restored {name}", lambda name=name, record_id=record_id: record_id in running.kept(name)
        )
    await running.arrives(
        "account and enrolment",
        lambda: not site.users[user].suspended and not site.enrolments[user, course].suspended,
    )


async def nothing_differs(running: Running) -> None:
    await running.settled()
    code, said = await running.command("drift", "--json")
    found = {one["module"]: one for one in json.loads(said)}
    assert set(FROM_ZOHO) <= set(found)
    assert not [one["error"] for one in found.values() if one["error"]]
    assert {name: one["differences"] for name, one in found.items() if one["differences"]} == {}
    assert code == 0
    failed = (
        "SELECT record_key, error_code, error_message FROM integration_events_log WHERE status = 'failed'"
    )
    assert await running.world.rows(failed) == []


@pytest.mark.timeout(300)  # half a minute where nothing else runs
async def test_a_whole_college_comes_into_agreement_and_stays_there(running: Running) -> None:
    await initial_sync(running)
    await nothing_on_the_second_run(running)
    await edits_in_zoho_arrive(running)
    await a_changed_schedule_arrives(running)
    made = await new_records_arrive_and_zoho_learns_their_ids(running)
    await a_grade_goes_to_zoho(running, made)
    await an_enrolment_done_in_moodle_goes_to_zoho(running, made)
    await a_request_goes_to_zoho_and_its_answer_comes_back(running, made)
    await deletions_and_restores_arrive(running, made)
    await nothing_differs(running)
    await nothing_on_the_second_run(running)
