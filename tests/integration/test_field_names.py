"""The college's own names, end to end: a mistyped field, another layout, the commands, the doctor."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from agent import doctor
from agent.app import open_runtime
from agent.entities.registry import FROM_ZOHO
from agent.errors import Action, SyncError
from agent.inbox.events import NewEvent
from agent.provisioning.steps import carry_out
from agent.sandbox.zoho import metadata, store
from agent.sandbox.zoho import oauth as sandbox_oauth
from agent.store.mappings import MappingStore
from tests.support.agent_process import command
from tests.support.world import World, open_world, until

STUDENTS, CLASSES, ENROLLMENTS, GRADES = "BTEC_Students", "BTEC_Classes", "BTEC_Enrollments", "BTEC_Grades"
LEYLA = {"Last_Name": "Kaya", "Academic_Email": "leyla@college.example.org"}
CLASS = {"Class_Name": "Databases", "Class_Short_Name": "DB-1", "Class_Status": "Active"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


@asynccontextmanager
async def restarted(world: World) -> AsyncIterator[World]:
    """The world with an agent that starts now."""
    async with open_runtime(world.settings) as runtime:
        yield replace(world, runtime=runtime)


async def tell(world: World, entity: str, record_id: str, number: int = 1) -> None:
    event = NewEvent(f"{entity}-{record_id}-{number}", "zoho", "update", entity, record_id, "c")
    await world.runtime.inbox.accept([event])


async def standing(world: World, entity: str) -> dict[str, Any]:
    query = "SELECT * FROM integration_events_log WHERE entity_type = :entity ORDER BY id DESC LIMIT 1"
    return (await world.rows(query, entity=entity))[0]


async def until_event(world: World, entity: str, **expected: Any) -> dict[str, Any]:
    async def is_so() -> bool:
        return expected.items() <= (await standing(world, entity)).items()

    await until(is_so)
    return await standing(world, entity)


def first_names(world: World) -> list[str]:
    return [user.firstname for user in world.moodle.control.site.users.values()]


async def test_a_mistyped_field_keeps_its_module_off_until_it_is_mended_and_nothing_is_lost(
    world: World,
) -> None:
    await MappingStore(world.runtime.database).set("student", "firstname", "Frist_Name")
    student = world.zoho.control.create(STUDENTS, LEYLA | {"First_Name": "Leyla"}, push=False)
    class_id = world.zoho.control.create(CLASSES, CLASS, push=False)
    async with restarted(world) as off, off.workers(max_tries=1) as inbox:
        await tell(off, "student", student)
        waiting = await until_event(off, "student", status="pending", error_code="MODULE_OFF")
        assert "Frist_Name; the nearest is First_Name" in waiting["error_message"]
        await tell(off, "class", class_id)
        assert (await until_event(off, "class", status="completed"))["outcome"] == "applied"
        assert inbox.open_breakers() == []
    assert "Leyla" not in first_names(world)
    assert await world.rows("SELECT 1 FROM sync_students") == []
    set_right = await command(world.settings, "mapping", "set", "student", "firstname", "First_Name")
    assert set_right.returncode == 0, set_right.stderr
    async with restarted(world) as mended, mended.workers(max_tries=1):
        done = await until_event(mended, "student", status="completed")
        assert done["retry_count"] == 1  # the waits have burnt no try
        assert "Leyla" in first_names(world)


async def test_a_pass_over_a_module_that_is_off_is_left_out_and_the_others_go_on(world: World) -> None:
    await MappingStore(world.runtime.database).set("student", "firstname", "Frist_Name")
    world.zoho.control.create(STUDENTS, LEYLA | {"First_Name": "Leyla"}, push=False)
    world.zoho.control.create(CLASSES, CLASS, push=False)
    done = await command(world.settings, "sync", "--all")
    assert done.returncode == 2
    assert "Frist_Name; the nearest is First_Name" in " ".join(done.stderr.split())
    assert "class: 1 created" in done.stdout
    assert world.moodle.control.count("local_zohosync_upsert_students") == 0
    await MappingStore(world.runtime.database).reset("student", "firstname")
    again = await command(world.settings, "sync", "--all")
    assert again.returncode == 0, again.stderr
    assert "student: 1 created" in again.stdout


async def test_an_unknown_module_opens_no_breaker_and_is_named_with_the_nearest(world: World) -> None:
    await MappingStore(world.runtime.database).set("student", "module", "BTEC_Studnets")
    async with restarted(world) as off:
        with pytest.raises(
            SyncError, match="no module BTEC_Studnets; the nearest is BTEC_Students"
        ) as caught:
            await off.look("student", "5725767000000415001")
        assert (caught.value.code, caught.value.action) == ("MODULE_OFF", Action.WAIT)


async def test_a_grade_waits_while_its_module_is_off(world: World) -> None:
    await MappingStore(world.runtime.database).set("grade", "letter", "Grades")
    async with restarted(world) as off:
        with pytest.raises(SyncError, match="Zoho has no field Grades; the nearest is Grade") as caught:
            await off.look("grade", "1_2_3", "moodle")
        assert (caught.value.code, caught.value.action) == ("MODULE_OFF", Action.WAIT)
        assert world.moodle.control.count("get_grades") == 0


async def test_zoho_away_at_the_start_stops_nothing_and_the_check_is_made_before_the_first_use(
    world: World,
) -> None:
    student = world.zoho.control.create(STUDENTS, LEYLA | {"First_Name": "Leyla"}, push=False)
    world.zoho.control.fail("quota_spent", count=None, path="settings/fields")
    await world.runtime.outlook.refresh()
    assert "quota" in world.runtime.outlook.off["student"]
    world.zoho.control.calm()
    assert await world.look("student", student) == "applied"
    asked = world.zoho.control.count("GET", "settings/fields")
    world.zoho.control.edit(STUDENTS, student, {"First_Name": "Lale"}, push=False)
    assert await world.look("student", student) == "applied"
    assert world.zoho.control.count("GET", "settings/fields") == asked  # good once, good for this process


async def test_a_module_that_is_off_costs_no_call_for_each_event(world: World) -> None:
    await MappingStore(world.runtime.database).set("student", "firstname", "Frist_Name")
    async with restarted(world) as off:
        with pytest.raises(SyncError, match="Frist_Name"):
            await off.look("student", "5725767000000415001")
        asked = world.zoho.control.count("GET", "settings/fields")
        for _ in range(5):
            with pytest.raises(SyncError, match="Frist_Name"):
                await off.look("student", "5725767000000415001")
    assert world.zoho.control.count("GET", "settings/fields") == asked


def another_layout() -> dict[str, list[dict[str, Any]]]:
    """The college's metadata under another college's names."""
    text = metadata.SOURCE.read_text(encoding="utf-8").replace('"BTEC_Students"', '"Learners"')
    layout: dict[str, list[dict[str, Any]]] = json.loads(text)
    new = {
        ("Learners", "First_Name"): "Given_Name",
        ("Learners", "Student_Moodle_ID"): "LMS_ID",
        ("Learners", "Synced_to_Moodle"): "In_LMS",
        (GRADES, "Grade"): "Result",
        (GRADES, "Student"): "Learner",
    }
    for module, fields in layout.items():
        for field in fields:
            field["api_name"] = new.get((module, field["api_name"]), field["api_name"])
    return layout


async def test_a_college_with_another_layout_works_end_to_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = another_layout()
    monkeypatch.setattr(metadata, "_source", lambda: layout)
    monkeypatch.setitem(store._NUMBER_PREFIX, "Learners", "ST")
    async with open_world(database_url, college=0) as first:
        names = MappingStore(first.runtime.database)
        for entity, name, field in (
            ("student", "module", "Learners"),
            ("student", "firstname", "Given_Name"),
            ("student", "link", "LMS_ID"),
            ("student", "syncedtomoodle", "In_LMS"),
            ("grade", "letter", "Result"),
            ("grade", "student", "Learner"),
        ):
            await names.set(entity, name, field)
        async with restarted(first) as world:
            zoho, moodle = world.zoho.control, world.moodle.control
            student = zoho.create("Learners", LEYLA | {"Given_Name": "Leyla"}, push=False)
            class_id = zoho.create(CLASSES, CLASS, push=False)
            zoho.create(
                ENROLLMENTS,
                {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}},
                push=False,
            )
            reports = await world.sync(*FROM_ZOHO)
            assert [report.failures for report in reports.values() if report.failures] == []
            (user,) = [user for user in moodle.site.users.values() if user.idnumber == student]
            assert user.firstname == "Leyla"
            learner = zoho.record("Learners", student)
            assert learner is not None
            assert (learner["LMS_ID"], learner["In_LMS"]) == (str(user.id), True)
            zoho.edit("Learners", student, {"Given_Name": "Lale"}, push=False)
            assert await world.look("student", student) == "applied"
            assert "Lale" in first_names(world)
            course = next(iter(moodle.site.courses))
            key = moodle.grade(user.id, course, moodle.add_assignment(course, "Assignment 1"), 3)
            assert await world.look("grade", key, "moodle") == "applied"
            (record,) = zoho.records(GRADES)
            assert (record["Result"], record["Learner"]["id"]) == ("M", student)
            assert await world.look("grade", record["id"]) == "unchanged"  # our own write, read back
            zoho.edit(GRADES, record["id"], {"Result": "D"}, push=False)
            assert await world.look("grade", record["id"]) == "applied"
            assert zoho.records(GRADES)[0]["Result"] == "M"  # Moodle's own: put right


async def test_another_mapping_makes_every_record_be_looked_at_again(world: World) -> None:
    student = world.zoho.control.create(
        STUDENTS, LEYLA | {"First_Name": "Leyla", "Display_Name": "Leyla"}, push=False
    )
    await world.look("student", student)
    assert await world.look("student", student) == "unchanged"
    calls = world.moodle.control.count("local_zohosync_upsert_students")
    await MappingStore(world.runtime.database).set("student", "firstname", "Display_Name")  # an equal form
    async with restarted(world) as other:
        await other.look("student", student)
    assert world.moodle.control.count("local_zohosync_upsert_students") == calls + 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("studnet", "firstname", "First_Name"), "the nearest is student"),
        (("student", "fristname", "First_Name"), "the nearest is firstname"),
        (("student", "firstname", "Frist_Name"), "the nearest is First_Name"),
        (("student", "firstname", "Birth_Date_X"), "Zoho has no field Birth_Date_X"),
        (("student", "birthdate", "First_Name"), "First_Name is of type text"),
        (("student", "link", "First_Name"), "First_Name stands for"),
        (("student", "module", "BTEC_Studens"), "the nearest is BTEC_Students"),
        (("grade", "key", "Student_Name"), "not marked unique"),
    ],
)
async def test_what_does_not_fit_is_not_stored(world: World, words: tuple[str, ...], said: str) -> None:
    done = await command(world.settings, "mapping", "set", *words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert await world.rows("SELECT 1 FROM extension_field_mappings") == []


async def test_names_are_shown_set_and_reset(world: World) -> None:
    assert (
        await command(world.settings, "mapping", "set", "student", "firstname", "Display_Name")
    ).returncode == 0
    shown = (await command(world.settings, "mapping", "show")).stdout.splitlines()
    assert "student firstname Display_Name  (default First_Name)" in shown
    assert "student module BTEC_Students" in shown
    assert "grade key Moodle_Grade_Composite_Key" in shown
    assert (await command(world.settings, "mapping", "reset", "student", "firstname")).returncode == 0
    assert (
        "student firstname First_Name"
        in (await command(world.settings, "mapping", "show")).stdout.splitlines()
    )


async def test_the_doctor_says_that_all_is_well_and_tells_no_secret(database_url: str) -> None:
    async with open_world(database_url, college=0, agent_url="http://127.0.0.1:9") as world:
        await _is_well(world)


async def _is_well(world: World) -> None:
    token = SecretStr(world.settings.encryption_keys[0].get_secret_value())
    done = await command(world.settings, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"OK"}
    assert "OK   zoho: organisation Sandbox College" in lines
    assert "OK   mapping of grade: fits Zoho" in lines
    told = (
        "database",
        "encryption keys",
        "moodle",
        "clocks",
        "max_input_vars",
        "scopes",
        "time limit",
        "roles",
    )
    told += (
        "push of Zoho",
        "events of Moodle",
        "signatures",
        "functions",
        "cron of Moodle",
        "settings in Moodle",
    )
    for subject in told:
        assert any(line.startswith(f"OK   {subject}: ") for line in lines), subject
    secrets = [token, *world.settings.moodle_webhook_secrets, *world.settings.zoho_webhook_secrets]
    assert not [secret for secret in secrets if secret.get_secret_value() in done.stdout + done.stderr]


async def findings(world: World, **changes: Any) -> dict[str, doctor.Finding]:
    settings = world.settings.model_copy(update=changes)
    return {finding.subject: finding async for finding in doctor.examine(settings)}


async def test_the_doctor_names_what_does_not_fit_with_the_remedy(world: World) -> None:
    names = MappingStore(world.runtime.database)
    await names.set("student", "firstname", "Frist_Name")
    await names.set("studnet", "firstname", "First_Name")
    found = await findings(world)
    assert found["mapping of student"].level == "FAIL"
    assert "the nearest is First_Name" in found["mapping of student"].text
    assert "zohosync mapping set student firstname" in found["mapping of student"].remedy
    assert found["mapping of studnet"].level == "WARN"
    assert found["mapping of class"].level == "OK"


async def test_the_doctor_sees_another_secret_roles_that_are_missing_and_events_that_go_nowhere(
    world: World,
) -> None:
    other = SecretStr("whsec_" + base64.b64encode(b"o" * 32).decode())
    world.moodle.control.site.roles.remove("editingteacher")
    found = await findings(world, moodle_webhook_secrets=[other])
    assert (found["signatures"].level, found["roles"].level) == ("FAIL", "FAIL")
    assert "editingteacher" in found["roles"].text
    assert found["events of Moodle"].level == "WARN"


async def test_the_doctor_sees_scopes_that_are_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_oauth, "SCOPE", "ZohoCRM.modules.READ,ZohoCRM.settings.ALL ZohoCRM.org.READ")
    found = await findings(world)
    assert found["scopes"].level == "FAIL"
    for scope in ("ZohoCRM.modules.custom.UPDATE", "ZohoCRM.coql.READ"):
        assert scope in found["scopes"].text
    assert "ZohoCRM.modules.custom.READ" not in found["scopes"].text


async def test_the_doctor_misses_a_rule_that_somebody_took_away(world: World) -> None:
    told = {"public_url": "https://agent.example.org", "zoho_header_secrets": [SecretStr("h" * 20)]}
    await world.runtime.engine.modules.settings.set("zoho.push", {"by": "rules"}, by="test")
    assert (await findings(world, **{**told, "public_url": None}))["push of Zoho"].level == "WARN"
    missing = (await findings(world, **told))["push of Zoho"]
    assert missing.level == "WARN"
    assert "workflow rule Moodle sync student changed" in missing.text
    assert missing.remedy == "zohosync zoho setup --by rules --apply"
    async with open_runtime(world.settings.model_copy(update=told)) as runtime:
        async for _, failed in carry_out(await runtime.provisioner.pushes("rules", told["public_url"])):
            assert failed is None
    assert (await findings(world, **told))["push of Zoho"].level == "OK"


async def test_the_doctor_sees_an_unknown_key_a_foreign_schema_and_sites_that_are_away(world: World) -> None:
    await world.runtime.zoho.org()  # a token is stored now
    found = await findings(world, encryption_keys=[SecretStr(Fernet.generate_key().decode())])
    assert found["encryption keys"].level == "WARN"
    away = await findings(world, moodle_url="http://127.0.0.1:9", zoho_api_url="http://127.0.0.1:9")
    assert (away["moodle"].level, away["zoho"].level) == ("FAIL", "FAIL")
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'other'")
    old = await findings(world)
    assert (old["database"].level, old["database"].remedy) == ("FAIL", "zohosync migrate")
    assert old["zoho"].level == "WARN"
    gone = await findings(world, database_url=SecretStr("postgresql+psycopg://nobody@127.0.0.1:9/nothing"))
    assert gone["database"].level == "FAIL"


async def test_the_doctor_names_a_missing_setting() -> None:
    env = {"PATH": os.environ["PATH"]}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "agent", "doctor"],
        env=env, cwd=Path("/"), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "ZOHOSYNC_DATABASE_URL: is missing" in done.stderr
