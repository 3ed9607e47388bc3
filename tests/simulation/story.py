"""One seed's story: a quiet college, a storm, and the judgement when it is over."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

import aiohttp
from aiohttp import web
from cryptography.fernet import Fernet
from psycopg.types.json import Jsonb

from agent.app import create_app, open_runtime
from agent.config import Settings
from agent.inbox.settings import InboxSettings
from agent.sandbox.moodle import MoodleControl
from agent.sandbox.moodle import server as moodle_server
from agent.sandbox.moodle.gradebook import Gradebook
from agent.sandbox.moodle.outbox import Outbox
from agent.sandbox.moodle.site import Site
from agent.sandbox.zoho import server as zoho_server
from agent.sandbox.zoho.control import SandboxControl
from agent.sandbox.zoho.options import SandboxOptions
from agent.sandbox.zoho.state import SandboxState
from agent.sync import moodle_settings
from agent.sync.drift import look_for_drift
from agent.web.api import routes
from tests.simulation.clock import VirtualClock
from tests.simulation.database import Database
from tests.simulation.lives import LIFE, Life
from tests.simulation.people import CLASSES, GRADES, STUDENTS, People
from tests.simulation.wires import Weather, Wires

ZOHO, MOODLE, AGENT = "127.0.0.1:8701", "127.0.0.1:8702", "127.0.0.1:8420"  # nobody listens there
ZOHO_SECRET = "secret-of-the-story-long-enough"
MOODLE_SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgISE="
KEY = Fernet.generate_key().decode()
DEEDS = 30
CALM_SECONDS = 2 * 3600.0
LETTERS = {1: "R", 2: "P", 3: "M", 4: "D"}
# What is to be done; not what waits for another record, nor what stands behind such an event of the same record.
DUE = """
    FROM integration_events_log e WHERE status IN ('pending', 'processing') AND NOT EXISTS (
      SELECT 1 FROM integration_events_log o
      WHERE o.record_key = e.record_key AND o.status = 'pending' AND o.waits_for IS NOT NULL)"""


class WrongEndError(Exception):
    """The story did not end well; the text says what is wrong."""


@dataclass
class Tale:
    """What happened, for whoever has to find out why."""

    seed: int
    deeds: list[str] = field(default_factory=list)
    crashes: int = 0
    restarts: int = 0
    exchanges: int = 0


class Story:
    """The college of one seed. `play()` tells it from the beginning to the judgement."""

    def __init__(self, seed: int, clock: VirtualClock, database: Database, wires: Wires) -> None:
        clock.begin_again()
        self.tale = Tale(seed)
        self._chance = Random(f"{seed}/story")
        self._clock = clock
        self._database = database
        self._wires = wires
        wires.chance, wires.weather, wires.hosts = Random(f"{seed}/wires"), Weather(), {}
        wires.exchanges = 0
        self._settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            database_url=database.url,
            encryption_keys=KEY,
            zoho_accounts_url=f"http://{ZOHO}",
            zoho_api_url=f"http://{ZOHO}",
            zoho_client_id="sandbox",
            zoho_client_secret="sandbox",
            zoho_refresh_token="sandbox",
            zoho_webhook_secrets=ZOHO_SECRET,
            moodle_url=f"http://{MOODLE}",
            moodle_token="sandbox",
            moodle_webhook_secrets=MOODLE_SECRET,
        )
        self._lives: list[tuple[Life, asyncio.Task[None]]] = []
        self._desk = AsyncExitStack()  # where the administrator's commands run

    async def play(self) -> Tale:
        """Tell the story.

        Raises:
            WrongEndError: it does not end well.
        """
        self._database.empty()
        await self._found()
        try:
            for number in range(2):
                await self._start(number, None)
            self._office = await self._desk.enter_async_context(open_runtime(self._settings))
            await self._pass()
            await self._quiet("the quiet beginning")
            await self._storm()
            await self._calm()
            await self._judge()
        finally:
            for life, _ in self._lives:
                life.end()
            await self._desk.aclose()
        self.tale.exchanges = self._wires.exchanges
        return self.tale

    async def _found(self) -> None:
        """Set both systems up."""
        self._zoho = SandboxState(
            SandboxOptions(
                college=self._chance.randint(2, 5),
                seed=self.tale.seed,
                webhook_url=f"http://{AGENT}/v1/events/zoho/{{slug}}",
                webhook_secret=ZOHO_SECRET,
            )
        )
        control = SandboxControl(self._zoho)
        for number, record in enumerate(control.records(STUDENTS)):  # some lack what Moodle needs
            names = {
                "First_Name": "Nour",
                "Last_Name": "Aydin",
                "Academic_Email": f"s{number}@college.example.org",
            }
            control.edit(STUDENTS, record["id"], names, push=False)
        site = Site(clock=self._clock.wall)
        self._outbox = Outbox(
            self._clock.wall, url=f"http://{AGENT}/v1/events/moodle", secret=MOODLE_SECRET, retry_seconds=2.0
        )
        self._moodle = MoodleControl(site, Gradebook(site), self._outbox, f"http://{MOODLE}")
        self._people = People(self._chance, control, self._moodle)
        self._control = control
        for host, app in (
            (ZOHO, zoho_server.create_app(self._zoho)),
            (MOODLE, moodle_server._app(self._moodle, "sandbox")),
        ):
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            self._wires.hosts[host] = [(app, None)]
        self._wires.hosts[AGENT] = []
        await self._outbox.start()

    async def _start(self, number: int, fuse: int | None) -> None:
        life = Life(f"agent {number}", fuse)
        task = asyncio.create_task(self._live(life), name=life.name)
        self._lives.append((life, task))
        await asyncio.sleep(0.1)

    async def _live(self, life: Life) -> None:
        """Be an agent: the very application that `zohosync serve` runs."""
        LIFE.set(life)
        app = create_app(self._settings)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self._wires.hosts[AGENT].append((app, life))
        await asyncio.Event().wait()

    async def _pass(self) -> list[Any]:
        """Make a full pass by hand, as an administrator does; returns what each module's pass came to."""
        return await self._office.passes.by_hand(self._office.passes.parts)

    async def _storm(self) -> None:
        """Let people work while everything goes wrong that can."""
        chance = self._chance
        shares = [chance.choice([0.0, 0.02, 0.08]) for _ in range(4)]
        self._wires.weather = Weather(*shares)
        pushes = {name: chance.choice([0.0, 0.1, 0.3]) for name in ("drop", "duplicate", "reorder", "delay")}
        self._control.disturb(**pushes)
        for _ in range(DEEDS):
            self._people.act()
            if chance.random() < 0.3:
                self._misbehave()
            await asyncio.sleep(chance.choice([0, 0, 0.2, 3, 30]))
            await self._revive()
        self.tale.deeds = self._people.deeds

    def _misbehave(self) -> None:
        chance = self._chance
        zoho = ("drop_before", "drop_after", "half_body", "too_many_requests", "server_error", "unavailable")
        zoho += ("html", "token_death")
        moodle = ("down", "maintenance", "html", "database", "drop_before", "drop_after")
        match chance.choice(
            ["zoho", "zoho", "moodle", "moodle", "crash", "crash", "database", "clock", "settings"]
        ):
            case "zoho":
                self._control.fail(chance.choice(zoho), count=chance.randint(1, 4))
            case "moodle":
                self._moodle.fail(chance.choice(moodle), count=chance.randint(1, 4))
            case "crash":
                life, _ = chance.choice(self._lives)
                life.fuse = chance.randint(1, 120)
            case "database":
                self._database.restart()
                self.tale.restarts += 1
            case "clock":
                self._clock.put_forward(chance.choice([1, 60, 3700]))
            case "settings":
                value = chance.choice([{"student": False}, {"grade": False}, {}])
                self._say("modules.enabled", value)

    def _say(self, key: str, value: dict[str, Any]) -> None:
        """Change a setting beside the agents."""
        self._database.connection.execute(
            "INSERT INTO app_settings (key, value_json, description, updated_by) VALUES (%s, %s, '', 'story')"
            " ON CONFLICT (key) DO UPDATE SET value_json = EXCLUDED.value_json,"
            " version = app_settings.version + 1, updated_at = clock_timestamp()",
            (key, Jsonb(value)),
        )

    async def _revive(self) -> None:
        """Start another agent for each that has died."""
        for number, (life, task) in enumerate(self._lives):
            if not life.alive or task.done():  # done: it died before it stood
                self.tale.crashes += 1
                life.end()
                self._lives.remove((life, task))
                await self._start(number + 10 * self.tale.crashes, None)
                return

    async def _calm(self) -> None:
        """Let the storm end, and do what an administrator does then: retry what was parked, and make a pass."""
        self._wires.weather = Weather()
        self._control.calm()
        self._zoho.faults._weather = None
        self._moodle.calm()
        self._say("modules.enabled", {})
        for life, _ in self._lives:
            life.fuse = None
        while any(not life.alive or task.done() for life, task in self._lives):
            await self._revive()
        await self._zoho.pushes.settle()
        await self._quiet("the storm is over")
        for _ in range(2):
            await self._office.inbox.retry_failed()
            await self._pass()
            await self._quiet("what was parked has been tried again")
            if not self._events():
                return

    async def _quiet(self, when: str) -> None:
        """Wait until nobody has anything to do but to wait for a record that is not there."""
        deadline = self._clock.now + CALM_SECONDS
        while self._database.rows("SELECT count(*) AS n" + DUE)[0]["n"] or self._outbox.pending():
            if self._clock.now > deadline:
                raise WrongEndError(f"{when}: {self._open()}")
            await asyncio.sleep(5)

    def _open(self) -> str:
        columns = "record_key, event_type, status, retry_count, error_code, error_message, waits_for"
        query = f"SELECT {columns} {DUE} ORDER BY id LIMIT 8"
        rows = "; ".join(str(row) for row in self._database.rows(query))
        return f"events are left: {rows}; in Moodle's outbox: {len(self._outbox.pending())}"

    async def _judge(self) -> None:
        """Look whether both sides agree, and whether a further pass finds nothing to write."""
        wrong = [*self._students(), *self._classes(), *self._grades(), *self._events()]
        before = self._written()
        passes = await self._pass()
        await self._quiet("after the last pass")
        wrong += [
            f"the last pass of {one.report.entity} broke off: {one.error}" for one in passes if one.error
        ]
        if (after := self._written()) != before:
            counts = {one.report.entity: dict(one.report.counts) for one in passes}
            wrong.append(f"the last pass wrote: {before} -> {after} {counts}")
        drift = await look_for_drift(self._office.sides, self._office.passes.parts)
        wrong += [f"drift: {one}" for one in drift if one.differences]
        if wrong:
            raise WrongEndError("\n".join(wrong))

    def _written(self) -> tuple[int, str]:
        """Count what was written to Zoho, and give what Moodle holds: a write that changes nothing there is none."""
        zoho = sum(
            call.method in {"PUT", "POST", "DELETE"} and "coql" not in call.path and "/crm/" in call.path
            for call in self._control.calls
        )
        site = self._moodle.site
        held = (site.users, site.courses, site.categories, site.enrolments, self._moodle.gradebook.grades)
        return zoho, hashlib.sha256(repr(held).encode()).hexdigest()

    def _students(self) -> list[str]:
        accounts = [user for user in self._moodle.site.users.values() if user.idnumber]
        wrong = []
        there = {record["id"]: record for record in self._control.records(STUDENTS)}
        for record_id, record in there.items():
            mine = [user for user in accounts if user.idnumber == record_id]
            if len(mine) != 1:
                wrong.append(f"student {record_id} has {len(mine)} accounts")
                continue
            expected = (record["First_Name"], record["Last_Name"], record["Academic_Email"].lower(), False)
            found = (mine[0].firstname, mine[0].lastname, mine[0].email.lower(), mine[0].suspended)
            if expected != found:
                wrong.append(f"student {record_id} is {expected} in Zoho and {found} in Moodle")
        students = {row["record_id"] for row in self._database.rows("SELECT record_id FROM sync_students")}
        wrong += [
            f"student {user.idnumber} is gone in Zoho and her account is not suspended"
            for user in accounts
            if user.idnumber in students - there.keys() and not user.suspended
        ]
        return wrong

    def _classes(self) -> list[str]:
        wrong = []
        for record in self._control.records(CLASSES):
            courses = [one for one in self._moodle.site.courses.values() if one.idnumber == record["id"]]
            if record["Class_Status"] == "Active" and len(courses) != 1:
                wrong.append(f"class {record['id']} has {len(courses)} courses")
            if courses and courses[0].fullname != record["Class_Name"]:
                wrong.append(
                    f"class {record['id']} is {record['Class_Name']!r}, its course {courses[0].fullname!r}"
                )
        return wrong

    def _grades(self) -> list[str]:
        records: dict[str, list[dict[str, Any]]] = {}
        for record in self._control.records(GRADES):
            if record["Moodle_Grade_Composite_Key"]:
                records.setdefault(record["Moodle_Grade_Composite_Key"], []).append(record)
        wrong = [f"grade {key} has {len(found)} records" for key, found in records.items() if len(found) > 1]
        students = set(self._control.ids(STUDENTS))
        for key, grade in self._moodle.gradebook.grades.items():
            user = self._moodle.site.users.get(int(key.split("_")[0]))
            if user is None or user.idnumber not in students or grade.mark is None:
                continue
            letter = LETTERS[int(grade.mark)]
            found = [record["Grade"] for record in records.get(key, [])]
            if found != [letter]:
                wrong.append(f"grade {key} is {letter} in Moodle and {found} in Zoho")
        return wrong

    def _events(self) -> list[str]:
        failed = self._database.rows(
            "SELECT record_key, error_code, error_message FROM integration_events_log WHERE status = 'failed'"
        )
        return [f"parked without a record's fault: {row}" for row in failed]


def unhurried(settings: Settings) -> InboxSettings:
    """Give the agents' own figures, but let them look for work less often: nobody hears NOTIFY here."""
    return replace(InboxSettings(workers=settings.workers), poll=6.0, sweep=6.0, breaker_longest=120.0)


def stand_in(session: type) -> None:
    """Let agents and sandboxes speak over the story's wires."""
    aiohttp.ClientSession = session  # type: ignore[misc]
    InboxSettings.of = staticmethod(unhurried)  # type: ignore[method-assign, assignment]
    moodle_settings.LOOK_SECONDS = 20.0
    routes.document = cache(routes.document)  # the same for every agent, and long in the making
