"""All ten modules of a college of 100 students, Zoho's sandbox and a real Moodle: one pass, then events alone."""

from __future__ import annotations

import json
from typing import Any

from agent.entities.registry import FROM_ZOHO
from ops.moodle import PROJECT
from tests.e2e.college import AGENT_DATABASE, College, eventually

WITHIN = 60.0  # seconds; a busy machine has several Moodle requests to start

# entity -> the plugin's table
TABLES = {
    "program": "mdl_local_zohosync_program",
    "unit": "mdl_local_zohosync_unit",
    "teacher": "mdl_local_zohosync_teacher",
    "student": "mdl_local_zohosync_student",
    "finance": "mdl_local_zohosync_finance",
    "class": "mdl_local_zohosync_course",
    "registration": "mdl_local_zohosync_registration",
    "enrollment": "mdl_local_zohosync_enrolment",
    "payment": "mdl_local_zohosync_payment",
    "result": "mdl_local_zohosync_result",
    "request": "mdl_local_zohosync_request",
}
# entity -> what a person types into Zoho, and the column that holds it in the plugin's table
EDITS: dict[str, tuple[dict[str, Any], str]] = {
    "program": ({"Product_Name": "Law, anew"}, "name"),
    "unit": ({"Unit_Code": "LAW-301"}, "code"),
    "teacher": ({"Phone_Number": "+90 555 010 20 30"}, "phone"),
    "student": ({"City": "وهران"}, "city"),
    "finance": ({"Bank_Name": "Bank O'River"}, "bankname"),
    "class": ({"Class_Name": "Databases, anew"}, "fullname"),
    "registration": ({"Discount_Reason": "Sister"}, "discountreason"),
    "enrollment": ({"End_Date": "2031-06-30"}, "enddate"),
    "payment": ({"SRM_Voucher_Number": "V-31"}, "voucher"),
    "result": ({"Feedback": "Read it again."}, "feedback"),
    "request": ({"Status": "Rejected"}, "status"),
}
NAMES = {"First_Name": "Nour", "Last_Name": "Aydin"}


def kept(college: College, entity: str) -> list[str]:
    """List Zoho's ids of what the plugin has of a module, without what is deleted in Zoho."""
    table = TABLES[entity]
    rows = college.ask(f"SELECT zohoid FROM {table} WHERE deleted = 0 AND zohoid <> '' ORDER BY zohoid")
    return [zohoid for (zohoid,) in rows]


def of_zoho(college: College, entity: str) -> list[str]:
    """List the ids of an entity's records in Zoho; of results those that are no grade of Moodle's."""
    moodles = "SELECT zoho_id FROM sync_grades WHERE record_id <> zoho_id"
    own = {one for (one,) in college.ask(moodles, database=AGENT_DATABASE)} if entity == "result" else set()
    ids = [row["id"] for row in college.zoho.by_hand("GET", FROM_ZOHO[entity].module)["records"]]
    return [one for one in ids if one not in own]


def record(college: College, entity: str, record_id: str) -> dict[str, Any]:
    """Read a record as a person in Zoho sees it."""
    return college.zoho.by_hand("GET", f"{FROM_ZOHO[entity].module}/{record_id}")


def in_moodle(college: College, **what: Any) -> Any:
    """Let a person do something in Moodle, and the plugin deliver what it has to tell."""
    script = str(PROJECT / "tests" / "e2e" / "by_hand.php")
    answer = json.loads(college.site.php(script, str(college.site.code), given=json.dumps(what)))
    college.run_task("deliver")
    return answer


def other_student(college: College) -> str:
    """Zoho's id of an active student who is not in the class of the other tests' story."""
    strangers = """
        SELECT s.zohoid FROM mdl_local_zohosync_student s JOIN mdl_user u ON u.id = s.userid
         WHERE u.suspended = 0 AND s.deleted = 0 AND s.userid NOT IN (
               SELECT ue.userid FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid
                WHERE e.courseid = %s)
      ORDER BY s.zohoid LIMIT 1"""
    return str(college.ask(strangers, college.people["course"]["id"])[0][0])


def linked(college: College, entity: str, record_id: str) -> int:
    """Return Moodle's id as Zoho was told it; 0 when it was not."""
    return int(record(college, entity, record_id)[FROM_ZOHO[entity].link or ""] or 0)


def the_only(college: College, module: str, **values: Any) -> dict[str, Any] | None:
    """Find the one record of a module with these values (of lookups: the id); None when there is none."""
    found = []
    for row in college.zoho.by_hand("GET", module)["records"]:
        one = college.zoho.by_hand("GET", f"{module}/{row['id']}")
        plain = {name: value.get("id") if isinstance(value, dict) else value for name, value in one.items()}
        if all(plain[name] == value for name, value in values.items()):
            found.append(one)
    assert len(found) <= 1
    return found[0] if found else None


def test_everything_that_moodle_can_take_is_there(college: College) -> None:
    students = of_zoho(college, "student")
    for number, one in enumerate(sorted(set(students) - set(kept(college, "student")))):
        address = {"Academic_Email": f"mended{number}@college.example.org"}  # a person mends what was missing
        college.zoho.by_hand("PUT", f"BTEC_Students/{one}", NAMES | address)
    eventually(lambda: kept(college, "student") == sorted(students), "every student has arrived", WITHIN)
    courses = {zohoid for (zohoid,) in college.ask("SELECT idnumber FROM mdl_course WHERE idnumber <> ''")}
    assert courses
    for entity in set(FROM_ZOHO) - {"enrollment"}:
        assert kept(college, entity) == sorted(of_zoho(college, entity)), entity
    there = [
        one
        for one in of_zoho(college, "enrollment")
        if record(college, "enrollment", one)["Classes"]["id"] in courses
    ]
    eventually(lambda: kept(college, "enrollment") == sorted(there), "every enrolment has arrived", WITHIN)


def test_a_second_run_writes_nothing(college: College) -> None:
    criteria = "--classname=local_zohosync\\task\\apply_definitions"  # of assignments that were set since the first run
    college.site.php("admin/cli/adhoc_task.php", criteria)
    assert college.command("sync", "--all")[0] == 0  # grades by those criteria tell Zoho their new texts
    logged = "SELECT count(*) FROM moodle_sync_log WHERE operation <> 'waiting'"
    before = college.zoho.writes(), college.ask(logged, database=AGENT_DATABASE)
    assert college.command("sync", "--all")[0] == 0
    assert (college.zoho.writes(), college.ask(logged, database=AGENT_DATABASE)) == before


def test_an_edit_of_each_module_arrives(college: College) -> None:
    assert set(EDITS) == set(FROM_ZOHO)
    chosen = {entity: kept(college, entity)[0] for entity in EDITS}
    chosen["student"] = chosen["finance"] = other_student(college)
    for entity, (values, _) in EDITS.items():
        college.zoho.by_hand("PUT", f"{FROM_ZOHO[entity].module}/{chosen[entity]}", values)

    def arrived(entity: str, column: str, values: dict[str, Any]) -> bool:
        statement = f"SELECT {column} FROM {TABLES[entity]} WHERE zohoid = %s"
        return college.ask(statement, chosen[entity]) == [tuple(values.values())]

    for entity, (values, column) in EDITS.items():
        what = f"the edit of {entity} has arrived"
        eventually(lambda e=entity, c=column, v=values: arrived(e, c, v), what, WITHIN)
    city = "SELECT u.city FROM mdl_user u JOIN mdl_local_zohosync_student s ON s.userid = u.id WHERE s.zohoid = %s"
    assert college.ask(city, chosen["student"]) == [("وهران",)]


def test_new_records_get_a_place_and_zoho_learns_it_and_deletions_and_restores_follow(
    college: College,
) -> None:
    zoho, made = college.zoho, {}

    def make(entity: str, values: dict[str, Any]) -> None:
        made[entity] = zoho.by_hand("POST", FROM_ZOHO[entity].module, values)["id"]

    make("program", {"Product_Name": "BTEC Level 3 Music"})
    make("teacher", {"Name": "Selin Acar", "Academic_Email": "selin@college.example.org"})
    make(
        "student", {"First_Name": "Nour", "Last_Name": "Saadi", "Academic_Email": "nour@college.example.org"}
    )
    place = {"BTEC_Program": {"id": made["program"]}, "Teacher": {"id": made["teacher"]}}
    make("class", {"Class_Name": "Harmony", "Class_Short_Name": "HAR-1", "Class_Status": "Active", **place})
    pair = {"Enrolled_Students": {"id": made["student"]}, "Classes": {"id": made["class"]}}
    make("enrollment", {**pair, "Enrollment_Type": "Normal"})
    for entity, record_id in made.items():
        eventually(lambda e=entity, r=record_id: linked(college, e, r) or None, f"{entity} is linked", WITHIN)
    course, user = linked(college, "class", made["class"]), linked(college, "student", made["student"])
    assert linked(college, "enrollment", made["enrollment"]) == course
    category = "SELECT category FROM mdl_course WHERE id = %s"
    assert college.ask(category, course) == [(linked(college, "program", made["program"]),)]

    def standing() -> tuple[Any, ...]:
        enrolment = (
            "SELECT u.suspended, e.status FROM mdl_user u, mdl_user_enrolments e"
            " WHERE u.id = %s AND e.userid = u.id"
        )
        return college.ask(enrolment, user)[0]

    chosen = {entity: made.get(entity) or kept(college, entity)[-1] for entity in FROM_ZOHO}
    chosen["finance"] = made["student"]
    records = {(FROM_ZOHO[entity].module, record_id) for entity, record_id in chosen.items()}
    for module, record_id in records:
        zoho.by_hand("DELETE", f"{module}/{record_id}")
    for entity, record_id in chosen.items():
        eventually(lambda e=entity, r=record_id: r not in kept(college, e), f"{entity} is gone", WITHIN)
    eventually(lambda: standing() == (1, 1), "account and enrolment are suspended", WITHIN)
    for module, record_id in records:
        zoho.by_hand("POST", f"{module}/{record_id}/restore")
    for entity, record_id in chosen.items():
        eventually(lambda e=entity, r=record_id: r in kept(college, e), f"{entity} is back", WITHIN)
    eventually(lambda: standing() == (0, 0), "account and enrolment are active again", WITHIN)


def test_what_people_do_in_moodle_goes_to_zoho(college: College) -> None:
    student, course = other_student(college), college.people["course"]["id"]
    user = linked(college, "student", student)
    ((class_id,),) = college.ask("SELECT zohoid FROM mdl_local_zohosync_course WHERE courseid = %s", course)

    def enrollment() -> dict[str, Any] | None:
        return the_only(college, "BTEC_Enrollments", Enrolled_Students=student, Classes=class_id)

    in_moodle(college, do="enrol", user=user, course=course)
    eventually(enrollment, "Zoho has the enrolment", WITHIN)
    in_moodle(college, do="suspend", user=user, course=course)
    eventually(lambda: (enrollment() or {})["End_Date"], "Zoho has its end", WITHIN)
    in_moodle(college, do="reactivate", user=user, course=course)
    eventually(lambda: (enrollment() or {})["End_Date"] is None, "Zoho has no end any more", WITHIN)

    in_moodle(college, do="grade", user=user, assignment=college.people["assignment"]["id"], mark=3)
    key = f"{user}_{course}_{college.people['assignment']['id']}"
    eventually(lambda: (college.zoho.grade(key) or {}).get("Grade") == "M", "Zoho has the merit", WITHIN)

    number = in_moodle(
        college, do="request", user=user, type="Student Card", reason="I moved to the evening class."
    )

    def request() -> dict[str, Any] | None:
        return the_only(college, "BTEC_Student_Requests", Name=f"Moodle request {number}: Student Card")

    raised = eventually(request, "Zoho has the request", WITHIN)
    assert (raised["Student"]["id"], raised["Status"]) == (student, "Pending")
    college.zoho.by_hand("PUT", f"BTEC_Student_Requests/{raised['id']}", {"Status": "Completed"})
    status = "SELECT status FROM mdl_local_zohosync_request WHERE id = %s"
    eventually(lambda: college.ask(status, number) == [("Completed",)], "the answer is in Moodle", WITHIN)


def test_nothing_differs_in_the_end(college: College) -> None:
    waiting = (
        "SELECT count(*) FROM integration_events_log"
        " WHERE status IN ('pending', 'processing') AND waits_for IS NULL"
    )
    eventually(
        lambda: college.ask(waiting, database=AGENT_DATABASE) == [(0,)], "nothing is under way", WITHIN
    )
    code, said = college.command("drift", "--json")
    found = {one["module"]: one["differences"] for one in json.loads(said)}
    assert set(FROM_ZOHO) <= set(found)
    assert {name: differences for name, differences in found.items() if differences} == {}
    assert code == 0
