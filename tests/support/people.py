"""Records as the tests need them, and what of the world is compared before and after."""

from __future__ import annotations

from typing import Any

from agent.store.tables import metadata
from tests.support.world import World

STUDENTS, CLASSES, ENROLLMENTS = "BTEC_Students", "BTEC_Classes", "BTEC_Enrollments"
LEARNT = {"zoho_tokens", "extension_tenants", "extension_integrations"}  # whoever calls out writes these


def add_student(world: World, number: int = 1, **changes: Any) -> str:
    values = {
        "First_Name": "Leyla",
        "Last_Name": f"Kaya {number}",
        "Academic_Email": f"s{number}@college.example.org",
    }
    return world.zoho.control.create(STUDENTS, values | changes, push=False)


def add_class(world: World, status: str = "Active", number: int = 1) -> str:
    values = {"Class_Name": "Databases", "Class_Short_Name": f"DB-{number}", "Class_Status": status}
    return world.zoho.control.create(CLASSES, values, push=False)


def enroll(world: World, student: str, class_id: str, **changes: Any) -> str:
    values = {
        "Enrolled_Students": {"id": student},
        "Classes": {"id": class_id},
        "Enrollment_Type": "Normal",
        "Start_Date": "2026-09-01",
    }
    return world.zoho.control.create(ENROLLMENTS, values | changes, push=False)


def user_of(world: World, student: str) -> Any:
    (user,) = [user for user in world.moodle.control.site.users.values() if user.idnumber == student]
    return user


def mended_college(world: World) -> None:
    """Give every generated student what Moodle needs."""
    for number, record in enumerate(world.zoho.control.records(STUDENTS)):
        if not (record["First_Name"] and record["Last_Name"] and record["Academic_Email"]):
            names = {"First_Name": "Nour", "Last_Name": "Aydin"}
            address = {"Academic_Email": f"mended{number}@college.example.org"}
            world.zoho.control.edit(STUDENTS, record["id"], names | address, push=False)


def written(world: World) -> tuple[int, int]:
    """Count the calls so far that write to Zoho, and to Moodle."""
    zoho = sum(
        call.method in {"PUT", "POST", "DELETE"} and "/crm/" in call.path and "coql" not in call.path
        for call in world.zoho.control.calls
    )
    return zoho, world.moodle.control.count("upsert")


async def contents(world: World) -> dict[str, list[dict[str, Any]]]:
    """Read every table of the agent but those of tokens and tenants."""
    names = sorted(table for table in metadata.tables if table not in LEARNT)
    return {name: await world.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}


async def empty(world: World, *tables: str) -> None:
    """Let the agent forget; without names, all that it remembers of records."""
    wanted = tables or [
        name for name in metadata.tables if name.startswith(("sync_", "moodle_finance", "moodle_gr"))
    ]
    async with world.runtime.database.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE " + ", ".join(wanted))
