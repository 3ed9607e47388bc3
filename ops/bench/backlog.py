"""A backlog of a college's events, as it lies there when the agent or Zoho was away: how fast it is worked off.

Each event names one of all the college's records, by a seeded chance, so that most records have several: some are
answered by one look. A part of the students was changed meanwhile; they have to be in Moodle in the end.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.ext.asyncio import create_async_engine

from agent.entities.registry import SLUGS
from agent.inbox.events import NewEvent
from agent.inbox.repository import InboxRepository
from agent.store.tables import SYNC_TABLES
from ops.bench.latency import IN_MOODLE, MODULE
from ops.bench.rig import AGENT_DATABASE, LATENCY_MS, SEED, College, Rig, Row
from ops.demo.web import Web
from ops.runas import SetupError

STUDENTS = 1500
EVENTS = 100_000
SLICE = 2000  # events a statement
CHANGED = 0.1  # of the students
RATE = 200.0  # events a second at least
LONGEST_SECONDS = 1800
LEFT = "SELECT 1 FROM integration_events_log WHERE status IN ('pending', 'processing')"
BAD = "SELECT error_code, count(*) FROM integration_events_log WHERE status = 'failed' GROUP BY error_code"
LOOKED = "SELECT 1 FROM integration_events_log WHERE outcome <> 'superseded'"


@dataclass(frozen=True)
class Measured:
    """Seconds for all events, records looked at for them, and Zoho's credits that they cost."""

    seconds: float
    looks: int
    credits: int


def measure(rig: Rig) -> Measured:
    """Let a backlog come up while no agent runs, then run one until nothing is left.

    Raises:
        SetupError: it does not come to an end, an event failed, or a changed student is not in Moodle.
    """
    with rig.college(STUDENTS) as college:
        college.run("sync", "--all")
        records = {slug: synced(rig, slug) for slug in SLUGS if slug != "grade"}
        changed = change(Web(college.zoho), records["student"])
        print(f"a backlog of {EVENTS:,} events", flush=True)
        asyncio.run(store(college, records))
        before = int(college.zoho_state()["credits_used"])
        with college.agent():
            began = time.monotonic()
            wait(rig, began)
            seconds = time.monotonic() - began
        held = dict(rig.ask(rig.site.database, IN_MOODLE))
        if wrong := [student for student, phone in changed.items() if held.get(student) != phone]:
            raise SetupError(f"{len(wrong)} changed students are not in Moodle")
        spent = int(college.zoho_state()["credits_used"]) - before
        return Measured(seconds, rig.count(AGENT_DATABASE, LOOKED), spent)


def synced(rig: Rig, entity: str) -> list[str]:
    """List the records that the first sync took; some generated people lack what Moodle needs."""
    table = SYNC_TABLES[entity].name
    rows = rig.ask(AGENT_DATABASE, f"SELECT record_id FROM {table} WHERE state = 'synced' ORDER BY 1")  # noqa: S608
    return [record_id for (record_id,) in rows]


def change(zoho: Web, students: list[str]) -> dict[str, str]:
    """Give some of the students another phone number; returns them."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    chosen = chance.sample(students, int(len(students) * CHANGED))
    phones = {student: f"+4499{number:08}" for number, student in enumerate(chosen)}
    for student, phone in phones.items():
        zoho.json(f"/sandbox/people/{MODULE}/{student}", {"Phone_Number": phone}, "PUT")
    return phones


def events(records: dict[str, list[str]]) -> Iterator[NewEvent]:
    """Make up as many events as are measured; each changed student has one at least."""
    chance = random.Random(SEED)  # noqa: S311
    places = [(slug, record_id) for slug, ids in records.items() for record_id in ids]
    for number in range(EVENTS):
        slug, record_id = places[number] if number < len(places) else chance.choice(places)
        yield NewEvent(
            event_id=f"backlog-{number}",
            source="zoho",
            event_type="update",
            module=SLUGS[slug],
            entity_type=slug,
            record_id=record_id,
            correlation_id=f"backlog-{number}",
        )


async def store(college: College, records: dict[str, list[str]]) -> None:
    """Put the events into the inbox as deliveries would, in an order of chance."""
    made = list(events(records))
    random.Random(SEED).shuffle(made)  # noqa: S311
    engine = create_async_engine(college.environment["ZOHOSYNC_DATABASE_URL"])
    inbox, rest = InboxRepository(engine), iter(made)
    while some := list(islice(rest, SLICE)):
        await inbox.store(some)
    await engine.dispose()


def wait(rig: Rig, began: float) -> None:
    """Wait until no event is left."""
    while left := rig.count(AGENT_DATABASE, LEFT):
        if time.monotonic() - began > LONGEST_SECONDS:
            raise SetupError(f"{left} events are left after {LONGEST_SECONDS} s")
        time.sleep(1)
    if bad := rig.ask(AGENT_DATABASE, BAD):
        raise SetupError(f"events failed: {bad}")


def rows(measured: Measured) -> list[Row]:
    """Put the rates into rows."""
    what = f"a backlog of {EVENTS:,} events of {STUDENTS:,} students' college, {LATENCY_MS} ms a Zoho call"
    return [
        Row("P11", what, EVENTS / measured.seconds, "/s", RATE, None),
        Row("P11_looks", "records looked at for it", measured.looks / measured.seconds, "/s", None, None),
        Row(
            "P11_credits",
            "Zoho's credits for it, a record",
            measured.credits / measured.looks,
            "credits",
            None,
            None,
        ),
    ]
