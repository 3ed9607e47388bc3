"""One seed's story: a quiet college, a storm, and the judgement when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

import aiohttp
from aiohttp import web
from cryptography.fernet import Fernet
from psycopg.types.json import Jsonb

from agent.app import Runtime, create_app, open_runtime
from agent.config import Settings
from agent.inbox.repository import InboxRepository
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
from agent.store.settings import FRESH_SECONDS
from agent.sync import moodle_settings
from agent.sync.drift import look_for_drift
from agent.web.api import routes
from agent.zoho import paging
from tests.simulation.clock import VirtualClock
from tests.simulation.database import Database
from tests.simulation.judgement import Judgement, broken_off
from tests.simulation.lives import LIFE, Life
from tests.simulation.people import STUDENTS, People
from tests.simulation.watch import Watch
from tests.simulation.wires import Weather, Wires

ZOHO, MOODLE, AGENT = "127.0.0.1:8701", "127.0.0.1:8702", "127.0.0.1:8420"  # nobody listens there
ZOHO_SECRET = "secret-of-the-story-long-enough"
MOODLE_SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgISE="
KEY = Fernet.generate_key().decode()
DEEDS = 30
CALM_SECONDS = 2400.0
LAST_DEEDS = 5
WORKERS = (32, 4)  # in turns: many at once share their calls, few leave much waiting behind them
UNSTEADY = 0.4  # share of the stories whose clocks go apart, and back
CLOCKS_BACK = 0.1  # how often they do, with a deed
PAGES_SECONDS = 120.0  # between two page tokens that expire
# What is to be done; not what waits for another record, nor what stands behind such an event of the same record.
DUE = """
    FROM integration_events_log e WHERE status IN ('pending', 'processing') AND NOT EXISTS (
      SELECT 1 FROM integration_events_log o
      WHERE o.record_key = e.record_key AND o.status = 'pending' AND o.waits_for IS NOT NULL)"""

# What is broken in the agents from the storm's beginning on.
Breakage = Callable[[Database], AbstractContextManager[None]]


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

    def __init__(
        self, seed: int, clock: VirtualClock, database: Database, wires: Wires, watch: Watch, broken: Breakage
    ) -> None:
        clock.begin_again()
        watch.begin_again()
        self.tale = Tale(seed)
        self._chance = Random(f"{seed}/story")
        self._clocks = Random(f"{seed}/watches")
        database.apart = 0.0
        if unsteady := self._clocks.random() < UNSTEADY:
            database.apart = self._clocks.choice([0, -300, 45])
        self._back = CLOCKS_BACK if unsteady else 0.0
        self._clock = clock
        self._database = database
        self._wires = wires
        self._watch = watch
        self._broken = broken
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
            workers=WORKERS[seed % len(WORKERS)],
        )
        self._errands: list[asyncio.Task[Any]] = []  # passes by hand in the middle of it
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
            with self._broken(self._database):
                await self._storm()
                await self._calm()
                await self._last_words()
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
        self._judgement = Judgement(self._database, control, self._moodle)
        self._let_page_tokens_expire()
        for host, app in (
            (ZOHO, zoho_server.create_app(self._zoho)),
            (MOODLE, moodle_server._app(self._moodle, "sandbox")),
        ):
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            self._wires.hosts[host] = [(app, None)]
        self._wires.hosts[AGENT] = []
        await self._outbox.start()

    def _let_page_tokens_expire(self) -> None:
        """Let some page tokens be too old when they come back; a list that begins again meets none at once."""
        pager, chance = self._zoho.reader.pager, Random(f"{self.tale.seed}/pages")
        issue, last = pager.next_token, self._clock.now

        def next_token(*given: Any) -> str:
            nonlocal last
            token = issue(*given)
            if self._clock.now - last > PAGES_SECONDS and chance.random() < 0.2:
                last = self._clock.now
                pager._issued[token] = replace(pager._issued[token], expires=self._zoho.clock.now())
            return token

        pager.next_token = next_token  # type: ignore[method-assign]

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
        pushes["delay"] = min(pushes["delay"], 1 - sum(pushes.values()) + pushes["delay"])
        self._control.disturb(**pushes)
        for _ in range(DEEDS):
            self._people.act()
            if chance.random() < 0.3:
                self._misbehave()
            if self._clocks.random() < self._back:
                self._put_clocks_back(self._clocks.choice([1, 60, 600]))
            await asyncio.sleep(chance.choice([0, 0, 0.2, 3, 30]))
            await self._revive()
            if chance.random() < 0.05:
                self._errands.append(asyncio.create_task(self._pass()))
        self.tale.deeds = self._people.deeds
        await asyncio.gather(*self._errands, return_exceptions=True)

    def _misbehave(self) -> None:
        chance = self._chance
        zoho = ("drop_before", "drop_after", "half_body", "too_many_requests", "server_error", "unavailable")
        zoho += ("html", "token_death")
        moodle = ("down", "maintenance", "html", "database", "drop_before", "drop_after")
        match chance.choice(
            ["zoho", "zoho", "moodle", "moodle", "crash", "crash", "database", "clock", "settings"]
        ):
            case "zoho":
                # The answer to a write is the one that matters most, and writes are few.
                method = chance.choice([None, None, "POST"])
                self._control.fail(chance.choice(zoho), count=chance.randint(1, 4), method=method)
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

    def _put_clocks_back(self, seconds: float) -> None:
        """Put the clocks of the agents, of PostgreSQL and of Moodle back: they were ahead of Zoho's, which goes on."""
        self._clock.put_back(seconds)
        self._control.advance(seconds=seconds)

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
        await asyncio.sleep(FRESH_SECONDS)  # until it is in force everywhere
        for life, _ in self._lives:
            life.fuse = None
        while any(not life.alive or task.done() for life, task in self._lives):
            await self._revive()
        await self._zoho.pushes.settle()
        await self._quiet("the storm is over")
        self._check(self._judgement.too_early())
        for _ in range(2):
            await self._office.inbox.retry_failed()
            self._check(broken_off(await self._pass()))
            await self._quiet("what was parked has been tried again")
            if not self._judgement.events():
                return

    async def _last_words(self) -> None:
        """Let people do the last things, told late, twice and in any order: the events alone carry them over."""
        self._control.disturb(duplicate=0.3, reorder=0.3, delay=0.3)
        for _ in range(LAST_DEEDS):
            self._people.act_aloud()
            await asyncio.sleep(self._chance.choice([0, 0.3, 2]))
        self._control.calm()
        await self._zoho.pushes.settle()
        await self._quiet("the last words are said")
        self._check([f"after the last words: {one}" for one in self._judgement.disagreements()])

    def _check(self, wrong: list[str]) -> None:
        if wrong:
            raise WrongEndError("\n".join(wrong))

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
        wrong = [*self._judgement.disagreements(), *self._judgement.events(), *self._watch.wrong]
        before = self._judgement.written()
        passes = await self._pass()
        await self._quiet("after the last pass")
        wrong += broken_off(passes)
        if (after := self._judgement.written()) != before:
            counts = {one.report.entity: dict(one.report.counts) for one in passes}
            wrong.append(f"the last pass wrote: {before} -> {after} {counts}")
        drift = await look_for_drift(self._office.sides, self._office.passes.parts)
        wrong += [f"drift: {one}" for one in drift if one.differences]
        self._check(wrong)


def unhurried(settings: Settings) -> InboxSettings:
    """Give the agents' own figures, but let them look for work less often: nobody hears NOTIFY here."""
    return replace(InboxSettings(workers=settings.workers), poll=6.0, sweep=6.0, breaker_longest=120.0)


def stand_in(session: type, watch: Watch) -> None:
    """Let agents and sandboxes speak over the story's wires."""
    aiohttp.ClientSession = session  # type: ignore[misc]
    InboxSettings.of = staticmethod(unhurried)  # type: ignore[method-assign, assignment]
    moodle_settings.LOOK_SECONDS = 20.0
    paging.PAGE_SIZE, paging.WINDOWS = 3, ((1,),)  # a list of a small college has several pages, too
    InboxRepository.claim = watch.around_claim(InboxRepository.claim)  # type: ignore[method-assign]
    InboxRepository._ours = watch.around_end(InboxRepository._ours)  # type: ignore[method-assign]
    InboxRepository.complete = watch.around_complete(InboxRepository.complete)  # type: ignore[method-assign]
    Runtime.handle = watch.around(Runtime.handle)  # type: ignore[method-assign]
    routes.document = cache(routes.document)  # the same for every agent, and long in the making
