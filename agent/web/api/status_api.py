"""How everything stands, in one answer: what needs a person, both directions, each module, the other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from agent import __version__
from agent.entities.registry import SLUGS, slug_of
from agent.findings import PLUGIN_VERSION
from agent.inbox.breakers import OpenBreaker
from agent.inbox.events import InboxCounts
from agent.moodle.models import MoodleStatus
from agent.store import migrations
from agent.store.event_log import Day, Direction
from agent.store.options import DryRun, ModulesEnabled
from agent.store.standing import ModuleStanding
from agent.sync.outlook import Outlook
from agent.web.api.events_api import LOG
from agent.web.api.operations import Asked, Call, Operation, Reply, Told
from agent.web.api.records_api import STANDING
from agent.web.api.roles import Role
from agent.web.api.settings_api import SETTINGS
from agent.web.keys import CLOCK, INBOX

OUTLOOK = web.AppKey("outlook", Outlook)
STOPPED: web.AppKey[Callable[[], list[OpenBreaker]]] = web.AppKey("stopped")


class ModuleTold(Told):
    """How one module stands."""

    entity: str
    enabled: bool
    dry_run: bool = Field(description="what would be written is only recorded")
    off: str | None = Field(description="why it cannot work as it is configured")
    last_webhook_at: datetime | None = Field(description="when Zoho last spoke of it")
    standing: ModuleStanding


class MoodleTold(Told):
    """Moodle as it was last seen."""

    asked_at: datetime | None
    status: MoodleStatus | None
    seconds_apart: float = Field(description="difference of the clocks")
    error: str | None


class ZohoTold(Told):
    """Zoho as it was last seen."""

    credits_remaining: int | None = Field(
        description="API credits left in the rolling day; null: not told yet"
    )
    asked_at: datetime | None = Field(description="when it was last asked for an access token")
    error: str | None = Field(description="why it gave none")


class AgentTold(Told):
    """The agent that answers."""

    version: str
    schema_revision: str
    plugin_needed: int = Field(description="oldest version of local_zohosync that this agent works with")
    time: datetime


class StatusTold(Told):
    """How everything stands."""

    agent: AgentTold
    inbox: InboxCounts
    stopped: list[OpenBreaker] = Field(
        description="targets that cannot be used at all: their events wait, and this agent probes now and then"
    )
    directions: list[Direction]
    modules: list[ModuleTold]
    moodle: MoodleTold
    zoho: ZohoTold


class DaysAsked(Asked):
    """Of how many days."""

    days: Annotated[int, Field(ge=1, le=90)] = 14


class DaysTold(Told):
    """Finished events by day (UTC) and sender."""

    days: list[Day]


async def get_status(call: Call) -> Reply:
    """Say how everything stands. Moodle and Zoho are shown as they were last seen; nobody is asked now."""
    app = call.app
    enabled, tried = await app[SETTINGS].get(ModulesEnabled), await app[SETTINGS].get(DryRun)
    webhooks, look = await app[LOG].last_webhooks(), app[OUTLOOK]
    modules = [
        ModuleTold(
            entity=one.entity,
            enabled=enabled.on(_switch(one.entity)),
            dry_run=tried.covers(_switch(one.entity)),
            off=look.off.get(one.entity),
            last_webhook_at=webhooks.get(_switch(one.entity)),
            standing=one,
        )
        for one in await app[STANDING].modules()
    ]
    seen = look.moodle
    return Reply(
        StatusTold(
            agent=AgentTold(
                version=__version__,
                schema_revision=migrations.HEAD,
                plugin_needed=PLUGIN_VERSION,
                time=datetime.fromtimestamp(app[CLOCK](), UTC),
            ),
            inbox=await app[INBOX].counts(),
            stopped=app[STOPPED](),
            directions=await app[LOG].directions(),
            modules=modules,
            moodle=MoodleTold(
                asked_at=_moment(seen.asked_at),
                status=seen.status,
                seconds_apart=seen.seconds_apart,
                error=seen.error,
            ),
            zoho=ZohoTold(
                credits_remaining=look.credits_remaining,
                asked_at=_moment(look.zoho.asked_at),
                error=look.zoho.error,
            ),
        )
    )


async def get_days(call: Call) -> Reply:
    """Count the finished events of the last days, for a chart."""
    return Reply(DaysTold(days=await call.app[LOG].days(call.query.days)))


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _switch(entity: str) -> str:
    """Name the module whose switch an entity has: finance is the student's, a result is a grade."""
    return entity if entity in SLUGS else slug_of(entity)


OPERATIONS = (
    Operation("GET", "/v1/status", Role.OPERATOR, "How everything stands", get_status, StatusTold),
    Operation(
        "GET", "/v1/status/days", Role.OPERATOR, "Events by day", get_days, DaysTold, query_in=DaysAsked
    ),
)
