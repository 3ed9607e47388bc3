"""The life of a grade in the real Moodle, driven through its own forms; Zoho's record is looked at after each step.

Nothing runs Moodle's tasks but the steps that say so: what arrives without one was told by an event.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.college import AGENT_DATABASE, eventually
from tests.e2e.marking import Work, by_hand
from tests.e2e.story import DAY, WITHIN, Story


class TestMark:
    """Without marking workflow."""

    @pytest.fixture
    def essay(self, story: Story) -> Work:
        """The student's essay."""
        return story.work("Essay")

    def test_graded(self, story: Story, essay: Work) -> None:
        assert story.record(essay) == {}
        story.teacher.grade(essay, "3", feedback="Well argued.")
        expected = {"Grade": "M", "Grade_Status": "Released", "Attempt_Number": 1}
        story.arrives(
            "grade", essay, {**expected, "Feedback": "Well argued.", "Grader_Name": "Tamara Teacher"}
        )

    def test_graded_again(self, story: Story, essay: Work) -> None:
        story.teacher.grade(essay, "4")
        story.arrives("regrade", essay, {"Grade": "D", "Feedback": "Well argued."})

    def test_another_feedback_alone(self, story: Story, essay: Work) -> None:
        story.teacher.grade(essay, feedback="Very well argued. 🌿 ممتاز")
        story.arrives("feedback alone", essay, {"Grade": "D", "Feedback": "Very well argued. 🌿 ممتاز"})

    def test_overridden(self, story: Story, essay: Work) -> None:
        story.teacher.override(essay, "2")
        story.arrives("override", essay, {"Grade": "P", "Grade_Status": "Released"})

    def test_overridden_with_another_feedback_alone(self, story: Story, essay: Work) -> None:
        story.teacher.override(essay, "2", feedback="The board decided.")
        expected = {"Grade": "P", "Feedback": "The board decided."}
        story.arrives_with("read_history", "feedback of an override", essay, expected)

    def test_override_removed(self, story: Story, essay: Work) -> None:
        story.teacher.stop_overriding(essay)
        story.arrives("override removed", essay, {"Grade": "D"})

    def test_hidden(self, story: Story, essay: Work) -> None:
        story.teacher.hide(essay)
        story.arrives_with("read_history", "hide", essay, {"Grade": "D", "Grade_Status": "Ready for release"})

    def test_shown(self, story: Story, essay: Work) -> None:
        story.teacher.show(essay)
        story.arrives_with("read_history", "unhide", essay, {"Grade": "D", "Grade_Status": "Released"})

    def test_hidden_with_the_whole_assignment(self, story: Story, essay: Work) -> None:
        story.teacher.hide_item(essay)
        story.arrives_with("look_at_item", "hide all", essay, {"Grade_Status": "Ready for release"})

    def test_shown_with_the_whole_assignment(self, story: Story, essay: Work) -> None:
        story.teacher.show_item(essay)
        story.arrives_with("look_at_item", "unhide all", essay, {"Grade_Status": "Released"})

    def test_marked_as_invalid(self, story: Story, essay: Work) -> None:
        story.teacher.grade(essay, feedback="01122")
        story.arrives("invalid submission", essay, {"Grade": "F", "Grade_Status": "Released"})
        mark = "SELECT grade FROM mdl_assign_grades WHERE assignment = %s AND userid = %s"
        assert story.college.ask(mark, essay.assignment, essay.user) == [(4,)]

    def test_valid_after_all(self, story: Story, essay: Work) -> None:
        story.teacher.grade(essay, feedback="It was readable after all.")
        story.arrives("invalid submission taken back", essay, {"Grade": "D"})

    def test_taken_away(self, story: Story, essay: Work) -> None:
        story.teacher.grade(essay, "")
        story.arrives("mark taken away", essay, {"Grade": None, "Grade_Status": "Not Marked"})


class TestWorkflow:
    """With marking workflow: only what is released is told."""

    @pytest.fixture
    def report(self, story: Story) -> Work:
        """The student's report."""
        return story.work("Report", markingworkflow=1)

    def test_nothing_is_told_while_it_is_being_marked(self, story: Story, report: Work) -> None:
        story.teacher.grade(report, "3", workflow="inmarking")
        story.run("read_history")
        assert story.told(report) == 0
        assert story.record(report) == {}

    def test_released_without_grading_again(self, story: Story, report: Work) -> None:
        story.teacher.set_workflow(report, "released")
        story.arrives("release", report, {"Grade": "M", "Grade_Status": "Released"})

    def test_retracted(self, story: Story, report: Work) -> None:
        story.teacher.set_workflow(report, "inreview")
        story.arrives("retract", report, {"Grade": None, "Grade_Status": "In review"})

    def test_goes_on_through_the_workflow(self, story: Story, report: Work) -> None:
        story.teacher.set_workflow(report, "readyforrelease")
        story.arrives("workflow state", report, {"Grade": None, "Grade_Status": "Ready for release"})

    def test_released_again_with_another_mark(self, story: Story, report: Work) -> None:
        story.teacher.grade(report, "4", workflow="released")
        story.arrives("regrade and release", report, {"Grade": "D", "Grade_Status": "Released"})


class TestAttempts:
    """R opens the second attempt, which takes the first one's place."""

    @pytest.fixture
    def project(self, story: Story) -> Work:
        """The student's project."""
        return story.work("Project", maxattempts=2, attemptreopenmethod="manual")

    def attempts(self, story: Story, work: Work) -> list[int]:
        """List the attempts of a work, from 0."""
        attempts = (
            "SELECT attemptnumber FROM mdl_assign_submission WHERE assignment = %s AND userid = %s ORDER BY 1"
        )
        return [number for (number,) in story.college.ask(attempts, work.assignment, work.user)]

    def test_referred(self, story: Story, project: Work) -> None:
        story.teacher.grade(project, "0")
        story.arrives("zero", project, {"Grade": "R", "Attempt_Number": 1})

    def test_the_second_attempt_opens_and_the_letter_stays(self, story: Story, project: Work) -> None:
        assert self.attempts(story, project) in ([], [0])
        story.run("open_attempt")
        assert self.attempts(story, project) == [0, 1]
        record = story.record(project)
        assert (record["Grade"], record["Attempt_Number"]) == ("R", 1)

    def test_referred_again(self, story: Story, project: Work) -> None:
        story.teacher.grade(project, "1")
        story.arrives("second attempt", project, {"Grade": "RR", "Attempt_Number": 2})

    def test_the_first_attempt_is_remembered(self, story: Story, project: Work) -> None:
        kept = "SELECT attempts FROM sync_grades WHERE record_id = %s"
        ((attempts,),) = story.college.ask(kept, project.key, database=AGENT_DATABASE)
        (first,) = attempts
        assert (first["attempt"], first["letter"], first["grader"]) == (1, "R", "Tamara Teacher")

    def test_there_is_no_third(self, story: Story, project: Work) -> None:
        story.run("open_attempt")
        assert self.attempts(story, project) == [0, 1]

    def test_second_attempt_passed(self, story: Story, project: Work) -> None:
        story.teacher.grade(project, "2")
        story.arrives("second attempt regraded", project, {"Grade": "P", "Attempt_Number": 2})


class TestGenerated:
    """Letters of the nightly task, where nothing was submitted."""

    @pytest.fixture
    def portfolio(self, story: Story) -> Work:
        """The student's portfolio, which was due an hour ago."""
        return story.work("Portfolio", duedate=int(time.time()) - 3600)

    @pytest.fixture
    def review(self, story: Story) -> Work:
        """The student's review, due next week, with two attempts."""
        due = int(time.time()) + 7 * DAY
        return story.work("Review", duedate=due, maxattempts=2, attemptreopenmethod="manual")

    def test_none_until_it_is_switched_on(self, story: Story, portfolio: Work) -> None:
        story.run("generate_outcomes")
        assert story.told(portfolio) == 0

    def test_nothing_submitted(self, story: Story, portfolio: Work) -> None:
        since = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
        setting = json.dumps({"enabled": True, "since": since})
        assert story.college.command("settings", "set", "grading.generated", setting)[0] == 0
        kept = "SELECT value FROM mdl_config_plugins WHERE plugin = 'local_zohosync' AND value LIKE %s"
        eventually(lambda: story.college.ask(kept, f"%{since}%") or None, "Moodle knows the setting", WITHIN)
        story.arrives_with("generate_outcomes", "F", portfolio, {"Grade": "F", "Grade_Status": "Released"})
        assert story.record(portfolio)["Feedback"].startswith("Nothing was submitted by ")

    def test_not_for_who_only_gets_the_recordings(self, story: Story, portfolio: Work) -> None:
        assert story.record(replace(portfolio, user=story.recording)) == {}

    def test_an_extension_takes_it_back(self, story: Story, portfolio: Work) -> None:
        story.teacher.extend(portfolio, datetime.now(UTC).year + 1)
        expected = {"Grade": None, "Grade_Status": "Not Marked"}
        story.arrives_with("generate_outcomes", "F taken back: extension", portfolio, expected)

    def test_graded_in_the_end(self, story: Story, portfolio: Work) -> None:
        story.teacher.grade(portfolio, "2")
        story.arrives("grade after F", portfolio, {"Grade": "P", "Grade_Status": "Released"})

    def test_second_attempt_not_submitted(self, story: Story, review: Work) -> None:
        story.teacher.grade(review, "1")
        story.arrives("R", review, {"Grade": "R", "Attempt_Number": 1})
        story.run("open_attempt")
        story.run("generate_outcomes")
        assert story.record(review)["Grade"] == "R"
        by_hand(story.college, do="due", assignment=review.assignment, time=int(time.time()) - 1)
        story.arrives_with("generate_outcomes", "RR", review, {"Grade": "RR", "Attempt_Number": 2})

    def test_an_extension_brings_the_first_attempt_back(self, story: Story, review: Work) -> None:
        story.teacher.extend(review, datetime.now(UTC).year + 1)
        expected = {"Grade": "R", "Attempt_Number": 1}
        story.arrives_with("generate_outcomes", "RR taken back: extension", review, expected)

    def test_deleted_with_all_letters(self, story: Story, portfolio: Work) -> None:
        generated = replace(portfolio, user=story.classmate)
        assert story.record(generated)["Grade"] == "F"
        story.teacher.delete(portfolio)
        for step, work in ("grade deleted", portfolio), ("F deleted", generated):
            story.arrives(f"assignment with {step}", work, {"Grade": None, "Grade_Status": "Not Marked"})


class TestLeaving:
    """A student who leaves keeps her results, and finds her grades again when she comes back."""

    @pytest.fixture
    def poster(self, story: Story) -> Work:
        """The student's poster."""
        return story.work("Poster")

    def test_left(self, story: Story, poster: Work) -> None:
        story.teacher.grade(poster, "3")
        story.arrives("grade before leaving", poster, {"Grade": "M"})
        told = story.told(poster)
        story.teacher.unenrol(poster)
        story.run("read_history")
        assert story.told(poster) == told
        assert story.record(poster)["Grade"] == "M"

    def test_came_back(self, story: Story, poster: Work) -> None:
        told = story.told(poster)
        story.teacher.enrol_again(poster)
        story.run("read_history")
        final = "SELECT g.finalgrade FROM mdl_grade_grades g JOIN mdl_grade_items i ON i.id = g.itemid"
        final += " WHERE i.itemmodule = 'assign' AND i.iteminstance = %s AND g.userid = %s"
        assert story.college.ask(final, poster.assignment, poster.user) == [(3,)]
        assert story.told(poster) == told
        record = story.record(poster)
        assert (record["Grade"], record["Grade_Status"]) == ("M", "Released")

    def test_graded_after_coming_back(self, story: Story, poster: Work) -> None:
        story.teacher.grade(poster, "4")
        story.arrives("regrade of a recovered grade", poster, {"Grade": "D"})
