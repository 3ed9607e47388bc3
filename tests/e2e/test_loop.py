"""Both directions, in the browser: a grade goes from Moodle to Zoho, a change from Zoho to Moodle."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.browser import Person, facts, section
from tests.e2e.college import College, eventually

WITHIN = 20.0  # seconds; the promise is 2, the margin is for a busy machine


def grade(teacher: Person, college: College, mark: str) -> None:
    """Give a mark the way a teacher does: course, assignment, grading page, save."""
    people = college.people
    page = teacher.visit(f"/course/view.php?id={people['course']['id']}")
    page.locator(".activityname a", has_text=people["assignment"]["name"]).click()
    page.wait_for_url("**/mod/assign/view.php?id=*")
    teacher.visit(f"{page.url.removeprefix(teacher.site)}&action=grader&userid={people['student']['id']}")
    page.fill("#id_grade", mark)
    with page.expect_response(lambda answer: "mod_assign_submit_grading_form" in answer.url) as saved:
        page.click("button[name=savechanges]")
    answer = saved.value.json()[0]
    assert not answer["error"], answer
    assert answer["data"] == [], "the form was refused"


def zoho_letter(college: College) -> str | None:
    """Read the letter that Zoho has now."""
    record = college.zoho.grade(college.grade_key)
    return None if record is None else record["Grade"]


def shown_grades(page: Page) -> str:
    """Read the grades on the student's page, whose tab is open."""
    return section(page, "grades")


def test_grade_reaches_zoho_and_the_students_page(college: College, teacher: Person, student: Person) -> None:
    before = shown_grades(student.dashboard(tab="grades"))
    results = (("3", "M", "Merit"), ("4", "D", "Distinction"))
    mark, letter, word = next(one for one in results if f"{one[0]}.00 / 4.00" not in before)

    grade(teacher, college, mark)

    eventually(lambda: zoho_letter(college) == letter, f"Zoho has {letter}", WITHIN)
    record = college.zoho.grade(college.grade_key)
    assert record is not None
    assert record["Grade_Status"] == "Released"
    shown = shown_grades(student.dashboard(tab="grades"))
    assert college.people["assignment"]["name"] in shown
    assert word in shown
    assert f"{mark}.00 / 4.00" in shown


def test_change_in_zoho_reaches_the_students_page(college: College, student: Person) -> None:
    zohoid = college.people["student"]["zohoid"]
    before = college.zoho.student(zohoid)
    wanted = {"City": "غازي عنتاب 🌿", "Display_Name": "رنا أبو الخير O'Neil"}
    assert facts(student.dashboard(tab="profile")).get("City") == before["City"]

    college.zoho.type_into_student(zohoid, wanted)

    eventually(
        lambda: facts(student.dashboard(tab="profile"))["City"] == wanted["City"],
        "the new city is shown",
        WITHIN,
    )
    assert facts(student.page)["Name"] == wanted["Display_Name"]
    college.zoho.type_into_student(zohoid, {name: before[name] for name in wanted})
    eventually(
        lambda: facts(student.dashboard(tab="profile"))["City"] == before["City"],
        "the old city is back",
        WITHIN,
    )


def test_grade_given_while_the_agent_is_down_arrives_later(college: College, teacher: Person) -> None:
    known = zoho_letter(college)
    mark, letter = ("2", "P") if known == "D" else ("4", "D")
    college.agent.stop()
    try:
        grade(teacher, college, mark)
        assert zoho_letter(college) == known
    finally:
        college.start_agent()

    def arrived() -> bool:
        college.run_task("deliver")
        return zoho_letter(college) == letter

    eventually(arrived, f"Zoho has {letter}", 90.0)
