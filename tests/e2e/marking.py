"""A teacher at work: what she does with grades, through Moodle's own forms."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.browser import PROJECT, Person
from tests.e2e.college import College

BY_HAND = str(PROJECT / "tests" / "e2e" / "by_hand.php")
LEVELS = """rows => rows.map(row => [
    row.querySelector('td.description').innerText.split('.')[0].trim(),
    [...row.querySelectorAll('td.level input[type=radio]')].findIndex(level => level.checked),
])"""
SAVED_BY_SCRIPT = "mod_assign_submit_grading_form"


@dataclass(frozen=True)
class Work:
    """One student's work for one assignment: Moodle's ids."""

    user: int
    course: int
    assignment: int
    module: int

    @property
    def key(self) -> str:
        """The composite key under which Zoho has its grade."""
        return f"{self.user}_{self.course}_{self.assignment}"


def by_hand(college: College, **what: Any) -> Any:
    """Let Moodle's own API do what no test is about; see by_hand.php."""
    return json.loads(college.site.php(BY_HAND, str(college.site.code), given=json.dumps(what)))


def set_assignment(college: College, user: int, course: int, **settings: Any) -> Work:
    """Set an assignment (0 to 4, with comments) and name the work of one student for it."""
    module = by_hand(college, do="assignment", course=course, settings=settings)
    ((assignment,),) = college.ask("SELECT instance FROM mdl_course_modules WHERE id = %s", module)
    return Work(user, course, assignment, module)


class Teacher(Person):
    """A teacher in the browser. `answered`: when Moodle answered her last deed, or earlier (monotonic, s)."""

    def __init__(self, browser: Browser, college: College) -> None:
        who = college.people["teacher"]
        by_hand(college, do="prefer", user=who["id"], name="htmleditor", value="textarea")
        super().__init__(browser, college.site.url, who["username"], college.passwords["teacher"])
        self.college = college
        self.answered = 0.0

    def grade(
        self,
        work: Work,
        mark: str | None = None,
        *,
        feedback: str | None = None,
        workflow: str | None = None,
        levels: dict[str, int] | None = None,
    ) -> None:
        """Save the grader page.

        Args:
            work: whose.
            mark: on the assignment's own scale; an empty text takes the mark away.
            feedback: the comment.
            workflow: state of the marking workflow.
            levels: of a rubric: number of the level, from 0, by the criterion's code.
        """
        page = self._grader_page(work)
        if mark is not None:
            page.fill("#id_grade", mark)
        if feedback is not None:
            page.fill("#id_assignfeedbackcomments_editor", feedback)
        if workflow is not None:
            page.select_option("#id_workflowstate", workflow)
        chosen = self._chosen(page) if levels else {}
        for criterion, level in (levels or {}).items():
            if chosen[criterion] == level:
                continue  # a second click would take it back
            row = page.locator("tr.criterion", has=page.get_by_text(f"{criterion}. "))
            row.locator("td.level").nth(level).click()
        with page.expect_response(lambda answer: SAVED_BY_SCRIPT in answer.url) as saved:
            page.click("button[name=savechanges]")
        self.answered = time.monotonic()
        answer = saved.value.json()[0]
        assert not answer["error"], answer
        assert answer["data"] == [], "the form was refused"

    def grader_page(self, work: Work) -> str:
        """Read the grader page's form."""
        return self._grader_page(work).locator("[data-region=grade-panel]").inner_text()

    def levels(self, work: Work) -> dict[str, int]:
        """Read the rubric on the grader page: the chosen level, from 0 (-1: none), by the criterion's code."""
        return self._chosen(self._grader_page(work))

    def set_workflow(self, work: Work, state: str) -> None:
        """Set the state of the marking workflow from the table of submissions, without grading again."""
        page = self._with_selected(work, "setmarkingworkflowstate")
        page.select_option("#id_markingworkflowstate", state)
        self._submit(page)

    def add_attempt(self, work: Work) -> None:
        """Allow another attempt from the table of submissions."""
        self._with_selected(work, "addattempt")

    def extend(self, work: Work, year: int) -> None:
        """Grant an extension into another year."""
        page = self.visit(f"/mod/assign/view.php?id={work.module}&action=grantextension&userid={work.user}")
        page.check("#id_extensionduedate_enabled")
        page.select_option("#id_extensionduedate_year", str(year))
        self._submit(page)

    def override(self, work: Work, mark: str, *, feedback: str | None = None) -> None:
        """Set another grade in the gradebook itself."""
        with self._gradebook(work) as page:
            page.check("#id_overridden")
            page.fill("#id_finalgrade", mark)
            if feedback is not None:
                page.fill("#id_feedback", feedback)

    def stop_overriding(self, work: Work) -> None:
        """Let the assignment's own grade count again."""
        with self._gradebook(work) as page:
            page.uncheck("#id_overridden")

    def hide(self, work: Work) -> None:
        """Hide the student's grade in the gradebook."""
        with self._gradebook(work) as page:
            page.check("#id_hidden")

    def show(self, work: Work) -> None:
        """Show the student's grade again."""
        with self._gradebook(work) as page:
            page.uncheck("#id_hidden")

    def hide_item(self, work: Work) -> None:
        """Hide the whole assignment in the gradebook."""
        self._item(work, "hide")

    def show_item(self, work: Work) -> None:
        """Show the whole assignment in the gradebook again."""
        self._item(work, "show")

    def delete(self, work: Work) -> None:
        """Delete the assignment; Moodle does it in a task."""
        page = self.visit(f"/course/view.php?id={work.course}")
        arguments = f"delete={work.module}&sesskey={self._session_key(page)}"
        page = self.visit(f"/course/mod.php?{arguments}")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.click("form[action*='mod.php'] button[type=submit] >> nth=-1")
        self.answered = time.monotonic()
        page.wait_for_load_state()

    def unenrol(self, work: Work) -> None:
        """Take the student out of the class."""
        page = self.visit(f"/enrol/manual/manage.php?enrolid={self._enrolment_method(work)}")
        page.select_option("#removeselect", str(work.user))
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.click("#remove")
        self.answered = time.monotonic()

    def enrol_again(self, work: Work) -> None:
        """Take the student into the class again, with her old grades: what the form of the participants' page sends."""
        method = self._enrolment_method(work)
        page = self.visit(f"/user/index.php?id={work.course}")
        ((role,),) = self.college.ask("SELECT id FROM mdl_role WHERE shortname = 'student'")
        form: dict[str, str | float | bool] = {
            "id": work.course,
            "enrolid": method,
            "action": "enrol",
            "recovergrades": 1,
            "userlist[]": work.user,
            "roletoassign": role,
            "sesskey": self._session_key(page),
        }
        answer = page.request.post(f"{self.site}/enrol/manual/ajax.php", form=form)
        self.answered = time.monotonic()
        assert answer.json() == {"success": True, "response": {}, "error": "", "count": 1}, answer.text()

    def _grader_page(self, work: Work) -> Page:
        page = self.visit(f"/mod/assign/view.php?id={work.module}&action=grader&userid={work.user}")
        page.wait_for_selector("#id_grade, .gradingform_rubric, .gradingform_btec")
        return page

    def _chosen(self, page: Page) -> dict[str, int]:
        return dict(page.locator("tr.criterion").evaluate_all(LEVELS))

    def _with_selected(self, work: Work, operation: str) -> Page:
        page = self.visit(f"/mod/assign/view.php?id={work.module}&action=grading")
        arguments = f"operation={operation}&selectedusers={work.user}&sesskey={self._session_key(page)}"
        return self.visit(f"/mod/assign/view.php?id={work.module}&action=gradingbatchoperation&{arguments}")

    @contextmanager
    def _gradebook(self, work: Work) -> Iterator[Page]:
        """Open the gradebook's form for one grade, and save it after the block."""
        arguments = f"courseid={work.course}&itemid={self._grade_item(work)}&userid={work.user}"
        page = self.visit(f"/grade/edit/tree/grade.php?{arguments}")
        yield page
        self._submit(page)

    def _item(self, work: Work, action: str) -> None:
        page = self.visit(f"/grade/edit/tree/index.php?id={work.course}")
        arguments = f"eid=ig{self._grade_item(work)}&sesskey={self._session_key(page)}"
        self.answered = time.monotonic()
        self.visit(f"/grade/edit/tree/action.php?id={work.course}&action={action}&{arguments}")

    def _submit(self, page: Page) -> None:
        with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
            page.click("#id_submitbutton")
        self.answered = time.monotonic()
        assert saved.value.status == 303, "the form was refused"
        page.wait_for_load_state()

    def _session_key(self, page: Page) -> str:
        return str(page.evaluate("M.cfg.sesskey"))

    def _grade_item(self, work: Work) -> int:
        item = "SELECT id FROM mdl_grade_items WHERE itemmodule = 'assign' AND iteminstance = %s AND itemnumber = 0"
        return int(self.college.ask(item, work.assignment)[0][0])

    def _enrolment_method(self, work: Work) -> int:
        method = "SELECT id FROM mdl_enrol WHERE enrol = 'manual' AND courseid = %s"
        return int(self.college.ask(method, work.course)[0][0])
