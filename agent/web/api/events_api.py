"""Events: what came in, what became of it and why, and trying again."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AwareDatetime, BeforeValidator, Field

from agent.store.event_log import EventFilter, EventLog, EventRow, EventStory
from agent.web.api.operations import Asked, Call, Operation, Reply, Told
from agent.web.api.roles import Role
from agent.web.keys import INBOX
from agent.web.problems import ProblemError

LOG = web.AppKey("event_log", EventLog)
LARGEST_ID = 2**63 - 1
MOST_RETRIED = 1000
RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", re.ASCII)

Number = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, Field(ge=1, le=200, description="how many at most")]
Name = Annotated[str, Field(pattern=r"^[a-z_ ]{1,40}$")]
RecordId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_]{1,60}$", description="Zoho's id, or Moodle's key")]


def _written(given: object) -> object:
    """Take RFC 3339 only: a bare number could be seconds or milliseconds."""
    if isinstance(given, str) and RFC_3339.match(given):
        return given
    raise ValueError("must be a time such as 2026-11-22T19:00:00+00:00")


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,80}$")]


class EventsAsked(Asked):
    """Which events; what is not named does not matter."""

    status: Literal["pending", "processing", "completed", "failed"] | None = None
    source: Literal["zoho", "moodle", "reconcile"] | None = None
    entity: Name | None = None
    record_id: RecordId | None = None
    error_code: Code | None = None
    since: Moment | None = Field(None, description="received then or later")
    before: Number | None = Field(None, description="only events with a smaller number: the next page")
    limit: Limit = 50


class EventsTold(Told):
    """A page of events, the newest first."""

    events: list[EventRow]
    next: int | None = Field(description="`before` of the next page; null: this is the last one")


class EventNumber(Asked):
    """Which event."""

    number: Number


class EventTold(Told):
    """An event and its story."""

    story: EventStory


class RetryAsked(Asked):
    """Which failed events are to be tried again: those named, or all that fit."""

    numbers: list[Number] | None = Field(None, max_length=MOST_RETRIED)
    entity: Name | None = None
    error_code: Code | None = None
    since: Moment | None = Field(None, description="received then or later")


class Retried(Told):
    """How many events are pending again."""

    retried: int


async def list_events(call: Call) -> Reply:
    """List events, the newest first."""
    asked: EventsAsked = call.query
    wanted = EventFilter(**asked.model_dump(exclude={"limit"}))
    found = await call.app[LOG].page(wanted, asked.limit)
    return Reply(EventsTold(events=found, next=found[-1].id if len(found) == asked.limit else None))


async def get_event(call: Call) -> Reply:
    """Read one event: what came of it, what it wrote to Moodle, and the other events of its record."""
    story = await call.app[LOG].story(call.path.number)
    if story is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"There is no event {call.path.number}.")
    return Reply(EventTold(story=story))


async def retry_event(call: Call) -> Reply:
    """Try a failed event again, with fresh tries."""
    story = await call.app[LOG].story(call.path.number)
    if story is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"There is no event {call.path.number}.")
    retried = await call.app[INBOX].retry_failed([call.path.number])
    if not retried:
        raise ProblemError(
            HTTPStatus.CONFLICT, "Only a failed event whose body could be read can be tried again."
        )
    return Reply(Retried(retried=retried))


async def retry_events(call: Call) -> Reply:
    """Try failed events again, with fresh tries; a body that could not be read stays as it is."""
    asked: RetryAsked = call.body
    retried = await call.app[INBOX].retry_failed(
        asked.numbers, entity=asked.entity, error_code=asked.error_code, since=asked.since
    )
    return Reply(Retried(retried=retried))


OPERATIONS = (
    Operation("GET", "/v1/events", Role.OPERATOR, "Events", list_events, EventsTold, query_in=EventsAsked),
    Operation(
        "POST",
        "/v1/event-retries",
        Role.OPERATOR,
        "Try failed events again",
        retry_events,
        Retried,
        body_in=RetryAsked,
    ),
    Operation(
        "GET",
        "/v1/events/{number}",
        Role.OPERATOR,
        "One event with its story",
        get_event,
        EventTold,
        path_in=EventNumber,
        problems=(HTTPStatus.NOT_FOUND,),
    ),
    Operation(
        "POST",
        "/v1/events/{number}/retry",
        Role.OPERATOR,
        "Try one event again",
        retry_event,
        Retried,
        path_in=EventNumber,
        problems=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
)
