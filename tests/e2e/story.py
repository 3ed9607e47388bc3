"""The story of one student's grades: who takes part, and how each step is seen to arrive in Zoho."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import PROJECT
from tests.e2e.college import College, eventually
from tests.e2e.marking import Teacher, Work, set_assignment

LATENCIES = pytest.StashKey[list[dict[str, Any]]]()
"""How long changes of grades took to Zoho: step, by (an event, or the task that found it), seconds."""
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


@contextmanager
def told(college: College, browser: Browser, config: pytest.Config) -> Iterator[Story]:
    """Tell the story of a student of the class of the other tests, with assignments of her own."""
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
        config.stash[LATENCIES] = story.took
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(json.dumps(story.took, indent=2) + "\n")
