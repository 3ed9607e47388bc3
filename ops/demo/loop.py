"""The two commands that show the loop, one direction each, against the running demo."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from ops.demo import state as demo_state
from ops.demo.state import State
from ops.demo.web import MoodleAgent, MoodleSandboxTeacher, MoodleTeacher, RefusedError, ZohoPerson

LIMIT_SECONDS = 30.0
POLL_SECONDS = 0.02
NAMES = ("Amira", "Zeynep", "Nour", "Leyla")
CITIES = ("Amman", "Izmir", "Irbid", "Ankara")
MARKS = {"P": ("2", "pass"), "M": ("3", "merit"), "D": ("4", "distinction")}  # by the letter that Zoho gets
GRADE_FIELDS = (
    *("Name", "Moodle_Grade_Composite_Key", "Student", "Student_Name", "Class", "Class_Name", "BTEC_Unit"),
    *(
        "BTEC_Grade_Name",
        "Grade",
        "Grade_Status",
        "Attempt_Number",
        "Attempt_Date",
        "Grader_Name",
        "Feedback",
    ),
)
console = Console(highlight=False)


def _await(look: Callable[[], bool], since: float) -> float | None:
    """Look again and again; return the seconds since `since` when it is there, None when time is up."""
    while time.monotonic() - since < LIMIT_SECONDS:
        if look():
            return time.monotonic() - since
        time.sleep(POLL_SECONDS)
    return None


def change_student() -> int:
    """Change a student in Zoho as a person does, and wait until Moodle holds the change."""
    state = demo_state.load_running()
    zoho, moodle = ZohoPerson(state.url("zoho")), _moodle()
    record_id = str(state.people["student"]["zohoid"])
    try:
        before = moodle.student(record_id)
        name = _next(NAMES, before["firstname"])
        values = {"First_Name": name, "City": CITIES[NAMES.index(name)]}
        console.print(f"Zoho: student {record_id}: First_Name {before['firstname']} -> {name}")
        started = time.monotonic()
        zoho.change_student(record_id, values)
        took = _await(lambda: bool(moodle.student(record_id)["firstname"] == name), started)
        after = moodle.student(record_id)
    except RefusedError as problem:
        console.print(f"[red]{problem}[/red]")
        return 1
    if took is None:
        console.print(f"[red]nothing arrived in Moodle within {LIMIT_SECONDS:.0f} s[/red]; see .demo/logs")
        return 1
    shown = Table(
        "field", "before", "now", title=f"Moodle, {took * 1000:.0f} ms later: user {after['userid']}"
    )
    for field in ("username", "email", "firstname", "lastname", "idnumber", "sourcetime"):
        shown.add_row(field, str(before[field]), str(after[field]))
    console.print(shown)
    return 0


def _moodle() -> MoodleAgent:
    settings = demo_state.read_environment()
    return MoodleAgent(settings["ZOHOSYNC_MOODLE_URL"], settings["ZOHOSYNC_MOODLE_TOKEN"])


def grade() -> int:
    """Grade the demo's assignment as the teacher, and wait until Zoho has the record."""
    state = demo_state.load_running()
    zoho = ZohoPerson(state.url("zoho"))
    people = state.people
    key = f"{people['student']['id']}_{people['course']['id']}_{people['assignment']['id']}"
    try:
        before = zoho.grade(key)
        letter = _next(tuple(MARKS), before["Grade"] if before else "")
        mark, word = MARKS[letter]
        feedback = f"{word.capitalize()}: every criterion was discussed in class."
        student = _moodle().student(str(people["student"]["zohoid"]))
        name = f"{student['firstname']} {student['lastname']}"
        console.print(f"Moodle: {name}, {people['assignment']['name']}: mark {mark} of 4 ({word})")
        save = _teacher(state)
        started = time.monotonic()
        save(mark, feedback)
        saved = time.monotonic() - started
        took = _await(lambda: (zoho.grade(key) or {}).get("Grade") == letter, started)
        after = zoho.grade(key)
    except RefusedError as problem:
        console.print(f"[red]{problem}[/red]")
        return 1
    if took is None or after is None:
        console.print(f"[red]nothing arrived in Zoho within {LIMIT_SECONDS:.0f} s[/red]; see .demo/logs")
        return 1
    title = (
        f"Zoho, {took * 1000:.0f} ms after the teacher's click (Moodle answered her in {saved * 1000:.0f} ms)"
    )
    shown = Table("field of BTEC_Grades", "value", title=title)
    for field in GRADE_FIELDS:
        value = after.get(field)
        shown.add_row(field, str(value["name"] if isinstance(value, dict) else value or ""))
    console.print(shown)
    return 0


def _teacher(state: State) -> Callable[[str, str], None]:
    """Log the teacher in; return what saves a mark and a comment."""
    people = state.people
    assignment, student = people["assignment"]["id"], people["student"]["id"]
    if state.mode == "sandbox":
        stand_in, course = MoodleSandboxTeacher(state.url("moodle")), people["course"]["id"]
        return lambda mark, feedback: stand_in.save_grade(assignment, student, course, mark, feedback)
    teacher = MoodleTeacher(state.url("moodle"))
    teacher.log_in(people["teacher"]["username"], demo_state.load_secrets()["teacher"])
    return lambda mark, feedback: teacher.save_grade(assignment, student, mark, feedback)


def _next(choices: tuple[str, ...], current: str) -> str:
    """Choose the value after the current one, so that each run changes something."""
    ring = itertools.cycle(choices)
    for choice in itertools.islice(ring, len(choices)):
        if choice == current:
            return next(ring)
    return choices[0]
