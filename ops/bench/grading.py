"""Saving in Moodle's grader page: with the agent up, slow, down, and with the plugin switched off, in turns.

The teacher's POST is measured from its start until the whole answer is there, through nginx and PHP-FPM. Between the
agent and Moodle stands a front that can be told to wait or to be gone, so that Moodle's settings stay as they are.
"""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, cycle, islice
from typing import NamedTuple

from ops.bench.rig import AGENT_DATABASE, START_SECONDS, College, Rig, Row
from ops.demo.web import MoodleTeacher
from ops.postgres import free_port
from ops.runas import SetupError

STUDENTS = 100
ROUNDS = 16
BLOCK = 4  # saves of one mode in one round
WARMING = 1  # saves before them that do not count
SLOW_SECONDS = 3.0
PAUSE_SECONDS = 0.4  # between two saves; the agent is also given the time to finish what it was told
OFF, UP, SLOW, DOWN = "off", "up", "slow", "down"
MODES = (OFF, UP, SLOW, DOWN)
RATIO_LIMIT = 1.10
THEIRS = """
    SELECT DISTINCT ue.userid FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid
      JOIN mdl_local_zohosync_student s ON s.userid = ue.userid
     WHERE e.courseid = %s AND ue.status = 0 ORDER BY ue.userid"""
UNDER_WAY = (
    "SELECT 1 FROM integration_events_log WHERE status IN ('pending', 'processing') AND waits_for IS NULL"
)


class Front:
    """The address that Moodle knows as the agent's: passes on, passes on after a while, or is not there."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.port = free_port()
        self.wait = 0.0
        self.passed = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Its address, whether it answers there or not."""
        return f"http://127.0.0.1:{self.port}"

    def turn(self, mode: str) -> None:
        """Be UP, SLOW or DOWN from now on (OFF: as UP, nothing will come)."""
        self.close()
        self.wait = SLOW_SECONDS if mode == SLOW else 0.0
        if mode != DOWN:
            self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
            threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Be gone."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(front.wait)
            kept = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            request = urllib.request.Request(front.agent + self.path, data=body, headers=kept)  # noqa: S310
            with contextlib.suppress(OSError):  # Moodle did not wait so long, or the measurement is over
                with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:  # noqa: S310 - our own agent
                    status, said = answer.status, answer.read()
                front.passed += 1
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

        def log_message(self, *_arguments: object) -> None:
            """Be quiet."""

    return Handler


class Place(NamedTuple):
    """Whose marks are saved: ids of the assignment and of the students."""

    assignment: int
    students: Sequence[int]


def prepare(college: College) -> tuple[MoodleTeacher, Place]:
    """Give the college a teacher and an assignment, in a class whose students Zoho knows."""
    people = college.people()
    students = [user for (user,) in college.rig.ask(college.rig.site.database, THEIRS, people.course)]
    teacher = MoodleTeacher(college.rig.site.url)
    teacher.log_in(people.usernames["teacher"], people.passwords["teacher"])
    return teacher, Place(people.assignment, students)


@contextlib.contextmanager
def front_of_agent(college: College) -> Iterator[Front]:
    """Run the agent with a front before it."""
    with college.agent() as address:
        front = Front(address)
        try:
            yield front
        finally:
            front.close()


def measure(rig: Rig) -> dict[str, list[float]]:
    """Save marks in all modes, in blocks that take turns; returns the times (s) by mode.

    Raises:
        SetupError: the agent did not hear of a mark.
        RefusedError: Moodle refused one.
    """
    took: dict[str, list[float]] = {mode: [] for mode in MODES}
    with rig.college(STUDENTS) as college:
        college.run("sync", "--all")
        teacher, place = prepare(college)
        saves = zip(cycle(place.students), marks(len(place.students)))
        with front_of_agent(college) as front:
            for number in range(ROUNDS):
                print(f"saving grades, round {number + 1} of {ROUNDS}", flush=True)
                for mode in (*MODES[number % len(MODES) :], *MODES[: number % len(MODES)]):
                    switch(college, front, mode)
                    times = []
                    for student, mark in islice(saves, WARMING + BLOCK):
                        passed = front.passed
                        began = time.perf_counter()
                        teacher.save_grade(place.assignment, student, str(mark), f"Mark {mark}.")
                        times.append(time.perf_counter() - began)
                        time.sleep(PAUSE_SECONDS)
                        if mode == UP:
                            finished(rig, front, passed + 1)
                    took[mode] += times[WARMING:]
    return took


def finished(rig: Rig, front: Front, passed: int) -> None:
    """Wait until the agent has done what it was told, so that its work is not measured with the next save.

    Raises:
        SetupError: it does not come to an end.
    """
    deadline = time.monotonic() + START_SECONDS
    while front.passed < passed or rig.count(AGENT_DATABASE, UNDER_WAY):
        if time.monotonic() > deadline:
            raise SetupError("the agent heard of no grade, or does not finish its work")
        time.sleep(0.02)


def switch(college: College, front: Front, mode: str) -> None:
    """Bring the front and the plugin into a mode, with nothing left of the one before."""
    front.turn(mode)
    college.tells(front.url, enabled=mode != OFF)


def marks(students: int) -> Iterator[int]:
    """Another mark for each student each time that it is her turn."""
    return (number // students % 4 + 1 for number in count())


def rows(took: dict[str, list[float]]) -> list[Row]:
    """Put the medians into rows, and how far apart two halves of the same measurement are: the noise."""
    off, up, slow, down = (statistics.median(took[mode]) * 1000 for mode in MODES)
    one, other = (statistics.median(took[UP][start::2]) * 1000 for start in range(2))
    number = f"saving a grade, {len(took[UP])} times"

    def row(name: str, what: str, value: float, peer: float, limit: float | None = None) -> Row:
        return Row(f"save_grade_{name}", f"{number}: {what}", value, "ms", limit, value / peer)

    return [
        row("off", "plugin switched off", off, off),
        row("up", "agent up (against the plugin switched off)", up, off),
        row("slow", f"agent answers after {SLOW_SECONDS:g} s (against up)", slow, up, up * RATIO_LIMIT),
        row("down", "agent down (against up)", down, up, up * RATIO_LIMIT),
        row("noise", "agent up, every other save (against the others)", other, one),
    ]
