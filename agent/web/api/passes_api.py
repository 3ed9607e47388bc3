"""Passes: those that were made, what they did, what differs now, and starting one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

import psycopg
from aiohttp import web
from pydantic import AfterValidator, Field
from sqlalchemy.exc import OperationalError

from agent.entities.registry import FROM_ZOHO
from agent.store.runs import HistoryRow, LeadTakenError, Run, RunStore
from agent.sync.by_request import ByRequest
from agent.web.api.events_api import Limit, Moment, Name, Number
from agent.web.api.operations import Asked, Call, Operation, Reply, Told
from agent.web.api.roles import Role
from agent.web.problems import ProblemError

RUNS = web.AppKey("runs", RunStore)
BY_REQUEST = web.AppKey("by_request", ByRequest)

NAMES = (*FROM_ZOHO, "grade")


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError("there is no such module; there are " + ", ".join(NAMES))
    return name


PartName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(NAMES)})]
Names = Annotated[list[PartName], Field(max_length=30, description="modules; none named: all")]


class RunsAsked(Asked):
    """Which runs."""

    entity: Name | None = None
    kind: Literal["full", "incremental", "dry_run", "drift"] | None = None
    before: Number | None = Field(None, description="only runs with a smaller number: the next page")
    limit: Limit = 50


class RunsTold(Told):
    """Runs, the newest first: one row a pass and module."""

    runs: list[Run]


class RunNumber(Asked):
    """Which run."""

    number: Number


class RunTold(Told):
    """One run."""

    run: Run


class RecordsAsked(Asked):
    """Which of its records."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Limit = 200


class HistoryTold(Told):
    """What became of records."""

    records: list[HistoryRow]


class HistoryAsked(Asked):
    """Which rows."""

    before: Number | None = Field(None, description="only rows with a smaller number: the next page")
    limit: Limit = 50


class SyncAsked(Asked):
    """What to sync: everything as it stands, or what Zoho changed since."""

    modules: Names = Field(default_factory=list)
    since: Moment | None = None
    allow_deletions: bool = Field(
        False, description="go on even if Zoho no longer has a large share of the records"
    )


class DriftAsked(Asked):
    """What to compare."""

    modules: Names = Field(default_factory=list)


class Started(Told):
    """It has begun; its runs tell how it goes."""

    modules: list[str]


async def list_runs(call: Call) -> Reply:
    """List passes, the newest first; `counts` are of records by what became of them."""
    asked: RunsAsked = call.query
    found = await call.app[RUNS].newest(
        asked.limit, entity=asked.entity, kind=asked.kind, before=asked.before
    )
    return Reply(RunsTold(runs=found))


async def get_run(call: Call) -> Reply:
    """Read one pass."""
    return Reply(RunTold(run=await _run(call)))


async def list_run_records(call: Call) -> Reply:
    """List what a pass did with its records, in order; of a drift run what differs."""
    run = await _run(call)
    found = await call.app[RUNS].records(run.id, after=call.query.after, limit=call.query.limit)
    return Reply(HistoryTold(records=found))


async def list_conflicts(call: Call) -> Reply:
    """List records that both sides had changed: the owner's value was kept, `detail` says what was lost."""
    found = await call.app[RUNS].conflicts(call.query.limit, before=call.query.before)
    return Reply(HistoryTold(records=found))


async def list_changed_settings(call: Call) -> Reply:
    """List who changed which setting from what to what, the newest first."""
    found = await call.app[RUNS].changed_settings(call.query.limit, before=call.query.before)
    return Reply(HistoryTold(records=found))


async def start_sync(call: Call) -> Reply:
    """Begin a pass; the answer does not wait for its end."""
    asked: SyncAsked = call.body
    parts = call.app[BY_REQUEST].parts(asked.modules)
    try:
        await call.app[BY_REQUEST].sync(parts, since=asked.since, allow_deletions=asked.allow_deletions)
    except (LeadTakenError, psycopg.Error) as error:
        raise _not_begun(error) from error
    return Reply(Started(modules=[part.name for part in parts]))


async def start_drift(call: Call) -> Reply:
    """Begin to compare both sides; nothing is written to either. The runs of kind drift tell what differs."""
    parts = call.app[BY_REQUEST].parts(call.body.modules)
    try:
        await call.app[BY_REQUEST].drift(parts)
    except (LeadTakenError, psycopg.Error) as error:
        raise _not_begun(error) from error
    return Reply(Started(modules=[part.name for part in parts]))


async def _run(call: Call) -> Run:
    run = await call.app[RUNS].run(call.path.number)
    if run is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"There is no run {call.path.number}.")
    return run


def _not_begun(error: Exception) -> Exception:
    if isinstance(error, LeadTakenError):
        return ProblemError(HTTPStatus.CONFLICT, "Another pass is going on; try again when it is done.")
    return OperationalError("", {}, error)


_ABSENT = (HTTPStatus.NOT_FOUND,)

OPERATIONS = (
    Operation("GET", "/v1/runs", Role.OPERATOR, "Passes", list_runs, RunsTold, query_in=RunsAsked),
    Operation(
        "GET",
        "/v1/runs/{number}",
        Role.OPERATOR,
        "One pass",
        get_run,
        RunTold,
        path_in=RunNumber,
        problems=_ABSENT,
    ),
    Operation(
        "GET",
        "/v1/runs/{number}/records",
        Role.OPERATOR,
        "What a pass did",
        list_run_records,
        HistoryTold,
        path_in=RunNumber,
        query_in=RecordsAsked,
        problems=_ABSENT,
    ),
    Operation(
        "GET", "/v1/conflicts", Role.OPERATOR, "Conflicts", list_conflicts, HistoryTold, query_in=HistoryAsked
    ),
    Operation(
        "GET",
        "/v1/settings-changes",
        Role.ADMINISTRATOR,
        "Changed settings",
        list_changed_settings,
        HistoryTold,
        query_in=HistoryAsked,
    ),
    Operation(
        "POST",
        "/v1/syncs",
        Role.OPERATOR,
        "Start a pass",
        start_sync,
        Started,
        status=HTTPStatus.ACCEPTED,
        body_in=SyncAsked,
        problems=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "POST",
        "/v1/drifts",
        Role.OPERATOR,
        "Compare both sides",
        start_drift,
        Started,
        status=HTTPStatus.ACCEPTED,
        body_in=DriftAsked,
        problems=(HTTPStatus.CONFLICT,),
    ),
)
