"""kill -9 of PHP, of PostgreSQL, of the task that delivers and of the agent, at work: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from ops.processes import clean_environment
from tests.e2e.college import AGENT_DATABASE, College, eventually
from tests.e2e.marking import by_hand
from tests.faults.rig import children, cut_power, power_again

BATCH = 6  # students that come at once
BUSY = """
    SELECT record_key, status, error_code FROM integration_events_log
    WHERE status IN ('pending', 'processing') AND record_id = ANY(%s)"""
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
WITHIN = 60.0
TARGETS = ("workers", "php", "postgres")


@pytest.fixture(scope="module")
def durable(college: College) -> Iterator[College]:
    """Both databases keep what they have confirmed, which the tests' server otherwise does not; retries come soon."""
    names = [college.site.database, AGENT_DATABASE]
    say(college, names, "SET synchronous_commit = on")
    college.command("settings", "set", "retry.policy", '{"base_seconds": 1}')
    yield college
    college.command("settings", "reset", "retry.policy")
    say(college, names, "RESET synchronous_commit")


def say(college: College, databases: list[str], what: str) -> None:
    with psycopg.connect(college.site.postgres.dsn(), autocommit=True) as connection:
        for name in databases:
            connection.execute(sql.SQL("ALTER DATABASE {} " + what).format(sql.Identifier(name)))


def strike(college: College, target: str) -> None:
    """kill -9 of what is named; what was killed is started again, as systemd would."""
    if target == "postgres":
        power_again(college.site.postgres, cut_power(college.site.postgres))
        return
    (php,) = [one for one in college.site.web.services if one.name == "php-fpm"]
    assert php.process is not None
    family = children(php.process.pid)
    assert family
    if target == "php":
        family.insert(0, php.process.pid)
    for pid in family:
        os.kill(pid, signal.SIGKILL)
    if target == "php":
        php.process.wait()
        php.start()


def new_class(college: College, name: str) -> str:
    zoho = college.zoho
    values = {"Class_Name": name, "Class_Short_Name": name, "Class_Status": "Active"}
    return str(zoho.by_hand("POST", "BTEC_Classes", values)["id"])


def new_student(college: College, name: str, class_id: str) -> tuple[str, str]:
    """Make a student who is in a class; both webhooks go out at once. Returns her id and the enrollment's."""
    values = {
        "First_Name": "Nour",
        "Last_Name": name,
        "Academic_Email": f"{name.lower()}@college.example.org",
    }
    student = str(college.zoho.by_hand("POST", "BTEC_Students", values)["id"])
    pair = {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}}
    enrollment = college.zoho.by_hand("POST", "BTEC_Enrollments", {**pair, "Enrollment_Type": "Normal"})
    return student, str(enrollment["id"])


def in_moodle(college: College, students: list[str]) -> int:
    """Count these students' accounts."""
    ((number,),) = college.ask("SELECT count(*) FROM mdl_user WHERE idnumber = ANY(%s)", students)
    return int(number)


def settled(college: College, *records: str) -> bool:
    return not college.ask(BUSY, list(records), database=AGENT_DATABASE)


def test_students_come_once_whatever_is_killed(durable: College) -> None:
    college, chance = durable, random.Random(SEED)
    print(f"FAULTS_SEED={SEED}")
    made, enrollments = list[str](), list[str]()
    class_id = new_class(college, f"Kills-{SEED}")
    for wave, target in enumerate(TARGETS):
        names = [f"Killed{SEED}W{wave}N{number}" for number in range(BATCH)]
        pairs = [new_student(college, name, class_id) for name in names]
        wave_of = [student for student, _ in pairs]
        made += wave_of
        enrollments += [enrollment for _, enrollment in pairs]
        some = chance.randrange(1, BATCH)
        eventually(lambda few=some, ids=wave_of: in_moodle(college, ids) >= few, f"{some} accounts", WITHIN)
        strike(college, target)
    eventually(lambda: settled(college, class_id, *made, *enrollments), "all events are done", WITHIN)
    accounts = college.ask("SELECT idnumber, id FROM mdl_user WHERE idnumber = ANY(%s)", made)
    assert Counter(one for one, _ in accounts) == dict.fromkeys(made, 1)
    told = {one: college.zoho.student(one)["Student_Moodle_ID"] for one in made}
    assert told == {one: str(userid) for one, userid in accounts}
    active = """
        SELECT u.idnumber FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid
        JOIN mdl_user u ON u.id = ue.userid JOIN mdl_local_zohosync_course c ON c.courseid = e.courseid
        WHERE c.zohoid = %s AND ue.status = 0"""
    enrolled = Counter(one for (one,) in college.ask(active, class_id))
    assert enrolled == dict.fromkeys(made, 1)
    failed = "SELECT record_key, error_code FROM integration_events_log WHERE status = 'failed' AND record_id = ANY(%s)"
    assert college.ask(failed, [*made, *enrollments], database=AGENT_DATABASE) == []
    college.command("sync", "--all")
    before = college.zoho.writes()
    college.command("sync", "--all")
    assert college.zoho.writes() == before


def test_grades_go_out_once_whatever_is_killed(durable: College) -> None:
    college, chance = durable, random.Random(SEED)
    class_id = new_class(college, f"Marks-{SEED}")
    pairs = [new_student(college, f"Marked{SEED}N{number}", class_id) for number in range(BATCH)]
    students = [student for student, _ in pairs]
    made = [class_id, *students, *(enrollment for _, enrollment in pairs)]
    eventually(
        lambda: in_moodle(college, students) == BATCH and settled(college, *made), "all are there", WITHIN
    )
    users = dict(college.ask("SELECT idnumber, id FROM mdl_user WHERE idnumber = ANY(%s)", students))
    ((course,),) = college.ask("SELECT courseid FROM mdl_local_zohosync_course WHERE zohoid = %s", class_id)
    module = by_hand(college, do="assignment", course=course, settings={})
    ((assignment,),) = college.ask("SELECT instance FROM mdl_course_modules WHERE id = %s", module)
    keys = [f"{user}_{course}_{assignment}" for user in users.values()]

    def mark(value: int) -> None:
        for user in users.values():
            by_hand(college, do="grade", user=user, assignment=assignment, mark=value)

    college.agent.stop()
    try:
        for value in (2, 4):
            mark(value)
            assert college.agent.process is None
    finally:
        college.start_agent()
    waiting = (
        "SELECT count(*) FROM mdl_local_zohosync_outbox WHERE status = 'pending' AND objectkey = ANY(%s)"
    )
    objects = [f"grade:{key}" for key in keys]

    def left() -> int:
        return int(college.ask(waiting, objects)[0][0])

    total = left()
    assert total >= BATCH
    for target in ("task", "agent", "task"):
        few = left() - chance.randrange(1, 1 + max(1, total // 4))
        killed_at_work(college, target, lambda enough=few: left() <= max(0, enough))

    def delivered() -> bool:
        college.change(
            "UPDATE mdl_local_zohosync_outbox SET nextattempt = 0 WHERE status = 'pending' AND objectkey = ANY(%s)",
            objects,
        )
        college.run_task("deliver")
        return left() == 0 and settled(college, *keys)

    eventually(delivered, "all grades are delivered", WITHIN)
    for key in keys:
        eventually(lambda k=key: letter(college, k) == "D", f"grade {key} is D", WITHIN)
    records = college.zoho.by_hand("GET", "BTEC_Grades")["records"]
    held = [college.zoho.by_hand("GET", f"BTEC_Grades/{row['id']}") for row in records]
    found = Counter(one["Moodle_Grade_Composite_Key"] for one in held)
    assert {key: found[key] for key in keys} == dict.fromkeys(keys, 1)


def letter(college: College, key: str) -> str | None:
    record = college.zoho.grade(key)
    return None if record is None else str(record["Grade"])


def killed_at_work(college: College, target: str, far_enough: Callable[[], bool]) -> None:
    """Run the task that delivers until it has come so far; then kill it, or the agent that it delivers to."""
    site = college.site
    words = ["admin/cli/scheduled_task.php", "--execute=\\local_zohosync\\task\\deliver", "--force"]
    task = subprocess.Popen(
        site.php_command(words),
        cwd=site.code,
        env=clean_environment(site.folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: far_enough() or task.poll() is not None, "some are delivered", WITHIN)
        if target == "agent":
            assert college.agent.process is not None
            college.agent.process.kill()
            college.agent.process.wait()
            college.agent.stop()
            task.wait(timeout=WITHIN)
            college.start_agent()
    finally:
        task.kill()
        task.wait()
