"""The life of a grade in the real Moodle, driven through its own forms; Zoho's record is looked at after each step.

Nothing runs Moodle's tasks but the steps that say so: what arrives without one was told by an event.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import PROJECT
from tests.e2e.college import AGENT_DATABASE, College, eventually
from tests.e2e.marking import LATENCIES, Teacher, Work, by_hand, set_assignment

WITHIN = 20.0  # seconds; the promise is 2, the margin is for a busy machine
SCHEDULED = {"read_history", "generate_outcomes"}
REPORT = PROJECT / "build" / "grading-latency.json"
MATES = """
    SELECT ue.userid FROM mdl_user_enrolments ue
      JOIN mdl_enrol e ON e.id = ue.enrolid AND e.enrol = 'manual'
      JOIN mdl_local_zohosync_enrolment z ON z.userid = ue.userid AND z.courseid = e.courseid AND z.deleted = 0
      JOIN mdl_user u ON u.id = ue.userid AND u.suspended = 0
     WHERE e.courseid = %s AND ue.userid <> %s AND ue.status = 0 AND ue.timestart < %s AND z.enrollmenttype = %s
  ORDER BY z.zohoid"""
DAY = 86_400


@dataclass
class Story:
    """What the steps share: the teacher, one student's work for each assignment, and how long each change took.

    Attributes:
        classmate: another student of the class.
        recording: a third one, who is enrolled for the recordings alone.
    """

    college: College
    teacher: Teacher
    student: int
    classmate: int
    recording: int
    course: int
    works: dict[str, Work] = field(default_factory=dict)
    took: list[dict[str, Any]] = field(default_factory=list)

    def work(self, name: str, **settings: Any) -> Work:
        """Name the student's work for an assignment, which is set when it is first asked for."""
        if name not in self.works:
            self.works[name] = set_assignment(self.college, self.student, self.course, name=name, **settings)
        return self.works[name]

    def record(self, work: Work) -> dict[str, Any]:
        """Read Zoho's record; all values are None where there is none."""
        return self.college.zoho.grade(work.key) or {}

    def told(self, work: Work) -> int:
        """Count what Moodle had to tell of a grade so far."""
        events = "SELECT count(*) FROM mdl_local_zohosync_outbox WHERE objectkey = %s"
        return int(self.college.ask(events, f"grade:{work.key}")[0][0])

    def arrives(self, step: str, work: Work, expected: dict[str, Any]) -> None:
        """See the teacher's last deed arrive in Zoho without any task's help."""
        self._see(step, "event", self.teacher.answered, work, expected)

    def arrives_with(self, task: str, step: str, work: Work, expected: dict[str, Any]) -> None:
        """See a change arrive in Zoho with one run of a task and of what it queued; it was not there before."""
        before = self.record(work)
        assert {name: before.get(name) for name in expected} != expected
        began = time.monotonic()
        self.run(task)
        self._see(step, task, began, work, expected)

    def run(self, task: str) -> None:
        """Run one of the plugin's tasks once, and then what it had to tell, as one run of cron does."""
        if task in SCHEDULED:
            self.college.run_task(task)
        else:
            self.run_queued(task)
        self.run_queued("deliver_now")

    def run_queued(self, task: str) -> None:
        """Run what is queued of one kind of the plugin's ad-hoc tasks."""
        self.college.site.php("admin/cli/adhoc_task.php", f"--classname=local_zohosync\\task\\{task}")

    def _see(self, step: str, how: str, since: float, work: Work, expected: dict[str, Any]) -> None:
        def agrees() -> bool:
            found = self.record(work)
            return {name: found.get(name) for name in expected} == expected

        try:
            eventually(agrees, step, WITHIN)
        except AssertionError:
            found = self.record(work)
            pytest.fail(f"{step}: { ({name: found.get(name) for name in expected}) } instead of {expected}")
        self.took.append({"step": step, "by": how, "seconds": round(time.monotonic() - since, 2)})


@pytest.fixture(scope="module")
def story(college: College, browser: Browser, pytestconfig: pytest.Config) -> Iterator[Story]:
    """A student of the class of the other tests, with assignments of her own."""
    people = college.people
    where = people["course"]["id"], people["student"]["id"], int(time.time()) - DAY
    (mate,), (classmate,), *_ = college.ask(MATES, *where, "Normal")
    (recording,), *_ = college.ask(MATES, *where, "Recording")
    college.run_task("read_history")  # the first run only notes where the history ends
    story = Story(college, Teacher(browser, college), mate, classmate, recording, people["course"]["id"])
    try:
        yield story
    finally:
        story.teacher.leave()
        college.command("settings", "reset", "grading.generated")
        pytestconfig.stash[LATENCIES] = story.took
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(json.dumps(story.took, indent=2) + "\n")


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
