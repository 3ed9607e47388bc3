"""A unit's criteria in the real Moodle: the rubric of the class's assignments, and rows of Zoho's record."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.college import eventually
from tests.e2e.marking import Work
from tests.e2e.story import WITHIN, Story

NOT_ACHIEVED, ACHIEVED = range(2)  # levels of a criterion
FIELD = "_description"


class TestCriteria:
    """The criteria decide the letter."""

    @pytest.fixture
    def coursework(self, story: Story) -> Work:
        """The student's coursework."""
        return story.work("Coursework")

    @pytest.fixture
    def unit(self, story: Story) -> dict[str, Any]:
        """The unit of the class, as Zoho has it."""
        of_class = "SELECT unitid FROM mdl_local_zohosync_course WHERE courseid = %s"
        ((unit_id,),) = story.college.ask(of_class, story.course)
        return story.college.zoho.by_hand("GET", f"BTEC/{unit_id}")

    def criteria(self, unit: dict[str, Any]) -> dict[str, str]:
        """Give the unit's criteria: text by code."""
        return {
            name.removesuffix(FIELD): text for name, text in unit.items() if name.endswith(FIELD) and text
        }

    def achieved(self, unit: dict[str, Any], kinds: str) -> dict[str, int]:
        """Choose a level for each criterion: achieved for those of some kinds, such as PM."""
        return {code: ACHIEVED if code[0] in kinds else NOT_ACHIEVED for code in self.criteria(unit)}

    def scores(self, story: Story, work: Work) -> dict[str, str]:
        """Read the rows of Zoho's record: score by code."""
        rows = story.record(work)["Learning_Outcomes_Assessm"]
        scores = {row["LO_Code"]: row["LO_Score"] for row in rows}
        assert len(scores) == len(rows), "rows are doubled"
        return scores

    def test_what_is_marked_by_numbers_stays_so(self, story: Story) -> None:
        work = story.work("Quiz")
        story.teacher.grade(work, "3")
        story.arrives("grade before the criteria", work, {"Grade": "M"})
        story.run("apply_definitions")
        assert "P1. " not in story.teacher.grader_page(work)
        story.college.command("sync", "--module", "grade")
        assert story.record(work)["Grade"] == "M"

    def test_a_new_assignment_gets_the_units_criteria(
        self, story: Story, coursework: Work, unit: dict[str, Any]
    ) -> None:
        story.run("apply_definitions")
        shown = story.teacher.grader_page(coursework)
        assert self.criteria(unit)
        for code, text in self.criteria(unit).items():
            assert f"{code}. {text.strip()}"[:200] in shown

    def test_all_passes_achieved(self, story: Story, coursework: Work, unit: dict[str, Any]) -> None:
        story.teacher.grade(coursework, levels=self.achieved(unit, "P"))
        story.arrives("criteria", coursework, {"Grade": "P", "Grade_Status": "Released"})
        wanted = {code: "Achieved" if code[0] == "P" else "Not achieved" for code in self.criteria(unit)}
        eventually(lambda: self.scores(story, coursework) == wanted or None, "Zoho has the criteria", WITHIN)

    def test_all_merits_as_well(self, story: Story, coursework: Work, unit: dict[str, Any]) -> None:
        story.teacher.grade(coursework, levels=self.achieved(unit, "PM"))
        story.arrives("criteria again", coursework, {"Grade": "M"})
        wanted = {code: "Not achieved" if code[0] == "D" else "Achieved" for code in self.criteria(unit)}
        eventually(lambda: self.scores(story, coursework) == wanted or None, "Zoho has the criteria", WITHIN)

    def test_a_criterions_new_text_leaves_marks_alone(
        self, story: Story, coursework: Work, unit: dict[str, Any]
    ) -> None:
        before, told = self.scores(story, coursework), story.told(coursework)
        text = "Explain, with two examples, what the organisation's customers expect."
        story.college.zoho.by_hand("PUT", f"BTEC/{unit['id']}", {f"P1{FIELD}": text})
        mirrored = "SELECT count(*) FROM mdl_local_zohosync_unitcriterion WHERE description = %s"
        eventually(lambda: story.college.ask(mirrored, text) == [(1,)], "the unit has arrived", WITHIN)
        story.run("apply_definitions")
        assert f"P1. {text}" in story.teacher.grader_page(coursework)
        assert story.teacher.levels(coursework) == self.achieved(unit, "PM")
        assert story.record(coursework)["Grade"] == "M"
        assert (self.scores(story, coursework), story.told(coursework)) == (before, told)
        story.college.command("sync", "--module", "grade")  # brings the text into Zoho's row
        assert story.record(coursework)["Grade"] == "M"
        assert self.scores(story, coursework) == before
