"""Moodle's app: what it finds on the site, and what it gets for whom."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.callers import Caller, from_the_app, open_app
from tests.e2e.college import College
from tests.e2e.marking import by_hand

PLUGIN = "local_student_dashboard"


def content(app: Caller, method: str, **arguments: Any) -> dict[str, Any]:
    """Ask as the app does when it opens a page of a plugin."""
    given = [
        {"name": name, "value": value}
        for name, value in {"appid": "com.moodle.moodlemobile", **arguments}.items()
    ]
    return dict(app("tool_mobile_get_content", {"component": PLUGIN, "method": method, "args": given}))


def page(answer: dict[str, Any]) -> dict[str, Any]:
    """Read the data that the app puts into the template."""
    values = {each["name"]: each["value"] for each in answer["otherdata"]}
    return dict(json.loads(values["dashboard"]))


def test_the_app_finds_the_page_and_its_words(college: College) -> None:
    open_app(college)
    app = from_the_app(college, int(college.people["student"]["id"]))

    found = app("tool_mobile_get_plugins_supporting_mobile", {})["plugins"]
    ours = [each for each in found if each["component"] == PLUGIN]

    assert len(ours) == 1
    handlers = json.loads(ours[0]["handlers"])
    assert {handler["delegate"] for handler in handlers.values()} == {
        "CoreMainMenuDelegate",
        "CoreUserDelegate",
    }
    assert json.loads(ours[0]["lang"])["en"]["dashboard"] == "My studies"
    assert not content(app, "own_init")["disabled"]
    assert content(app, "other_init")["disabled"]


def test_a_student_reads_her_page_in_the_app_and_says_what_she_has_seen(college: College) -> None:
    open_app(college)
    people = college.people
    by_hand(
        college, do="grade", assignment=people["assignment"]["id"], user=int(people["student"]["id"]), mark=2
    )
    app = from_the_app(college, int(people["student"]["id"]))

    answer = content(app, "dashboard", userid=people["student"]["id"])
    data = page(answer)

    again = app("local_student_dashboard_get_dashboard", {})
    assert {**data, "grades": again["grades"]} == again
    assert data["grades"]["grades"] == again["grades"]["grades"], "and grades are as of now"
    assert data["own"]
    template = answer["templates"][0]["html"]
    assert data["name"] not in template, "the app compiles the template"
    assert "{{ page.name }}" in template
    grade = next(each for each in data["grades"]["grades"] if each["letter"] == "P")
    assert grade["timeseen"] == 0
    said = {name: grade[name] for name in ("key", "version")}
    when = app("local_student_dashboard_acknowledge_grade", said)["timeseen"]
    grades = page(content(app, "dashboard"))["grades"]["grades"]
    assert [each["timeseen"] for each in grades if each["key"] == grade["key"]] == [when]


def test_the_app_refuses_another_students_page(college: College) -> None:
    open_app(college)
    student, teacher = (int(college.people[who]["id"]) for who in ("student", "teacher"))
    ((other,),) = college.ask(
        "SELECT userid FROM mdl_local_zohosync_student WHERE userid > 0 AND userid <> %s ORDER BY userid LIMIT 1",
        student,
    )
    for who, whose in ((student, other), (teacher, student), (student, 99999999)):
        answer = content(from_the_app(college, who), "dashboard", userid=whose)
        assert answer["errorcode"] == "nopermissions", answer
        assert set(answer) <= {"exception", "errorcode", "message"}
