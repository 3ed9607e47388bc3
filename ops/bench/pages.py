"""The student's page against Moodle's own `/my/`: each tab, in turns with the peer, as she gets it over HTTP."""

from __future__ import annotations

import statistics
import time
from itertools import chain

from ops.bench.rig import Rig, Row
from ops.demo.web import MoodlePerson

STUDENTS = 100
ROUNDS = 20
WARMING = 3  # rounds that do not count: caches, opcache, sessions
RATIO_LIMIT = 1.0
MY = "/my/"
PAGE = "/local/student_dashboard/index.php?tab="
TABS = ("overview", "academics", "grades", "finance", "payments", "requests", "card", "profile")


def measure(rig: Rig) -> dict[str, list[float]]:
    """Open the pages in turns; returns the times (s) by path.

    Raises:
        SetupError, RefusedError: a page cannot be had.
    """
    paths = [MY, *(PAGE + tab for tab in TABS)]
    took: dict[str, list[float]] = {path: [] for path in paths}
    with rig.college(STUDENTS) as college:
        college.run("sync", "--all")
        people = college.people()
        student = MoodlePerson(rig.site.url)
        student.log_in(people.usernames["student"], people.passwords["student"])
        for number in range(WARMING + ROUNDS):
            print(f"opening pages, round {number + 1} of {WARMING + ROUNDS}", flush=True)
            for path in paths if number % 2 else reversed(paths):
                began = time.perf_counter()
                student.open(path)
                if number >= WARMING:
                    took[path].append(time.perf_counter() - began)
    return took


def rows(took: dict[str, list[float]]) -> list[Row]:
    """Put the medians into rows, each against `/my/`."""
    peer = statistics.median(took[MY]) * 1000
    number = f"{len(took[MY])} times"
    first = Row("page_my", f"Moodle's own /my/, {number}", peer, "ms", None, 1.0)

    def row(tab: str) -> Row:
        value = statistics.median(took[PAGE + tab]) * 1000
        what = f"the student's page, tab {tab}, {number} (against /my/)"
        return Row(f"page_{tab}", what, value, "ms", peer * RATIO_LIMIT, value / peer)

    return list(chain([first], map(row, TABS)))
