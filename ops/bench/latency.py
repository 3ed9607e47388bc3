"""From Zoho's webhook to Moodle's database, and from a teacher's save to Zoho's record, with 1, 20 and 100 at once.

So many walkers go side by side, each on records of its own: change, wait until it has arrived, change again. The clock
runs from just before the webhook is sent until its value stands in Moodle, and from the teacher's click until Zoho has
taken the grade and the agent has written that down.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count

import aiohttp
import psycopg

from ops.bench.rig import AGENT_DATABASE, LATENCY_MS, SCRIPTS, START_SECONDS, College, Rig, Row
from ops.demo.web import MoodleTeacher
from ops.runas import SetupError

STUDENTS = 400
AT_ONCE = (1, 20, 100)
CHANGES = {1: 40, 20: 600, 100: 1500}  # webhooks in all, by how many are under way at once
SAVES = {1: 40, 20: 160, 100: 300}
WARMING = 3  # changes of each walker that do not count
LOOK_SECONDS = 0.004
MODULE = "BTEC_Students"
IN_MOODLE = "SELECT zohoid, phone FROM mdl_local_zohosync_student"
IN_ZOHO = """
    SELECT record_id, count(*)::text FROM integration_events_log
     WHERE entity_type = 'grade' AND outcome = 'applied' GROUP BY record_id"""
PERCENTILES = (50, 95, 99)
GOALS = {  # what is promised: its name, and the most in ms
    ("P3", 20, 50): ("P3", 300.0),
    ("P3", 20, 99): ("P3_p99", 1000.0),
    ("P4", 1, 50): ("P4", 500.0),
}


@dataclass
class Measured:
    """Latencies (s) by how many were under way at once, and the credits that one webhook cost at Zoho."""

    to_moodle: dict[int, list[float]] = field(default_factory=dict)
    to_zoho: dict[int, list[float]] = field(default_factory=dict)
    credits: dict[int, float] = field(default_factory=dict)


class Arrivals:
    """What stands in a database by key, looked at again and again by one query for all who wait."""

    def __init__(self) -> None:
        self.seen: Mapping[str, str] = {}
        self.looked = asyncio.Event()
        self._waiting: dict[str, tuple[str, asyncio.Future[float]]] = {}

    async def wait(self, key: str, value: str) -> float:
        """Wait until a key has a value; returns when (`time.perf_counter`).

        Raises:
            SetupError: it does not come.
        """
        arrived: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[key] = (value, arrived)
        try:
            async with asyncio.timeout(START_SECONDS):
                return await arrived
        except TimeoutError:
            raise SetupError(f"{key} is {self.seen.get(key)}, not {value}, for {START_SECONDS} s") from None

    async def look(self, dsn: str, statement: str) -> None:
        """Look for ever."""
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            while True:
                rows = await (await connection.execute(statement.encode())).fetchall()
                now, self.seen = time.perf_counter(), dict(rows)
                self.looked.set()
                for key, (value, arrived) in list(self._waiting.items()):
                    if self.seen.get(key) == value:
                        arrived.set_result(now)
                        del self._waiting[key]
                await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def looking(dsn: str, statement: str) -> AsyncIterator[Arrivals]:
    """Look at a database in the background."""
    arrivals = Arrivals()
    task = asyncio.create_task(arrivals.look(dsn, statement))
    try:
        async with asyncio.timeout(START_SECONDS):
            await arrivals.looked.wait()
        yield arrivals
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def measure(rig: Rig) -> Measured:
    """Measure both ways.

    Raises:
        SetupError: something did not arrive.
    """
    measured, secret = Measured(), secrets.token_urlsafe(24)
    with rig.college(STUDENTS) as college:
        college.run("sync", "--all")
        grader = Grader(college)
        with college.agent(ZOHOSYNC_ZOHO_HEADER_SECRETS=secret) as address:
            college.tells(address)
            for at_once in AT_ONCE:
                print(f"webhooks to Moodle, {at_once} at once", flush=True)
                before = college.zoho_state()["credits_used"]
                took = asyncio.run(webhooks(college, address, secret, at_once))
                measured.to_moodle[at_once] = took
                spent = college.zoho_state()["credits_used"] - before
                measured.credits[at_once] = spent / (len(took) + WARMING * at_once)
            for at_once in AT_ONCE:
                print(f"grades to Zoho, {at_once} at once", flush=True)
                measured.to_zoho[at_once] = asyncio.run(grader.grade(at_once))
    return measured


async def walk(at_once: int, number: int, step: Callable[[int], Awaitable[float]]) -> list[float]:
    """Let walkers take steps side by side; returns the times of all but each one's first ones."""

    async def one(walker: int) -> list[float]:
        took = [await step(walker) for _ in range(WARMING + number // at_once)]
        return took[WARMING:]

    return [took for times in await asyncio.gather(*map(one, range(at_once))) for took in times]


async def webhooks(college: College, agent: str, secret: str, at_once: int) -> list[float]:
    """Change students in Zoho and tell the agent; returns how long each took to stand in Moodle."""
    numbers = count(time.time_ns() // 1000)  # none comes twice: a repeat would be no new delivery
    headers = {"X-Webhook-Secret": secret}
    dsn = college.rig.postgres.dsn(college.rig.site.database)
    async with looking(dsn, IN_MOODLE) as arrivals, aiohttp.ClientSession() as session:
        students = sorted(arrivals.seen)

        async def step(walker: int) -> float:
            student, phone = students[walker], f"+44{next(numbers)}"
            place = f"{college.zoho}/sandbox/people/{MODULE}/{student}"
            async with session.put(place, json={"Phone_Number": phone}) as answer:
                answer.raise_for_status()
            body = {"module": MODULE, "id": student, "operation": "update", "server_time": str(next(numbers))}
            began = time.perf_counter()
            async with session.post(f"{agent}/v1/events/zoho/student", json=body, headers=headers) as answer:
                answer.raise_for_status()
            return await arrivals.wait(student, phone) - began

        return await walk(at_once, CHANGES[at_once], step)


class Grader:
    """Teachers who grade, each in a session of her own, each one student in one assignment."""

    def __init__(self, college: College) -> None:
        self._college = college
        self._people = college.people()
        site, number = college.rig.site, max(AT_ONCE)
        script, asked = str(SCRIPTS / "assignments.php"), (str(self._people.assignment), str(number))
        made = json.loads(site.php(script, str(site.code), *asked))
        # Side by side they are graded in different assignments, as by several teachers.
        self._places: list[tuple[int, int]] = [
            (one, user) for user in made["students"] for one in made["assignments"]
        ]
        self._saved: Counter[int] = Counter()  # by walker: each save gives another mark than the one before

    async def grade(self, at_once: int) -> list[float]:
        """Save grades; returns how long each took until Zoho had taken it."""
        teachers = await asyncio.gather(*(asyncio.to_thread(self._teacher) for _ in range(at_once)))
        threads = ThreadPoolExecutor(at_once)
        loop = asyncio.get_running_loop()
        dsn = self._college.rig.postgres.dsn(AGENT_DATABASE)
        async with looking(dsn, IN_ZOHO) as arrivals:

            async def step(walker: int) -> float:
                assignment, student = self._places[walker]
                key = f"{student}_{self._people.course}_{assignment}"
                sent = int(arrivals.seen.get(key, 0))
                began = time.perf_counter()
                self._saved[walker] += 1
                mark = str(self._saved[walker] % 4 + 1)
                save = partial(teachers[walker].save_grade, assignment, student, mark, "Seen.")
                await loop.run_in_executor(threads, save)
                return await arrivals.wait(key, str(sent + 1)) - began

            return await walk(at_once, SAVES[at_once], step)

    def _teacher(self) -> MoodleTeacher:
        teacher = MoodleTeacher(self._college.rig.site.url)
        teacher.log_in(self._people.usernames["teacher"], self._people.passwords["teacher"])
        return teacher


def rows(measured: Measured) -> list[Row]:
    """Put the percentiles into rows; those with a goal have its name."""
    told = {
        "P3": ("webhook to Moodle", measured.to_moodle),
        "P4": ("grade saved to Zoho", measured.to_zoho),
    }
    table = []
    for name, (what, levels) in told.items():
        for at_once, took in levels.items():
            cuts = statistics.quantiles(took, n=100, method="inclusive")
            for percentile in PERCENTILES:
                usual = (f"{name}_{at_once}_p{percentile}", None)
                row_id, limit = GOALS.get((name, at_once, percentile), usual)
                words = f"{what}, {at_once} at once, {len(took)} times, {LATENCY_MS} ms a Zoho call: p{percentile}"
                table.append(Row(row_id, words, cuts[percentile - 1] * 1000, "ms", limit, None))
    for at_once, spent in measured.credits.items():
        words = f"Zoho's credits for one webhook, {at_once} at once"
        table.append(Row(f"credits_webhook_{at_once}", words, spent, "credits", None, None))
    return table
