"""`zohosync sync`, `drift`, `runs` and `conflicts`: bring both sides into agreement, and see how they stand.

What is printed when the output is no terminal is for a cron job's mail: a line a module, what needs a person, and a
last line that sums it up.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, TypeVar

import psycopg
import typer
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from agent import log
from agent.app import Runtime, open_runtime
from agent.config import Settings
from agent.entities.base import Entity
from agent.entities.registry import FROM_ZOHO
from agent.errors import SyncError
from agent.progress import Screen, counted
from agent.store import migrations
from agent.store.runs import LeadLostError, LeadTakenError
from agent.sync.bulk import ModuleReport
from agent.sync.compare import OPERATIONS, Difference
from agent.sync.drift import Drift, look_for_drift
from agent.sync.passes import Part, Pass
from agent.terminal import console, environment, problems, say, stop

Found = TypeVar("Found")

SHOWN_FAILURES = 20
SHOWN_CHANGES = 50

JsonFlag = Annotated[bool, typer.Option("--json", help="as JSON, for programs")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="how many at most, the newest first")]
MODULES = (*FROM_ZOHO, "grade")


def _known(name: str | None) -> str | None:
    if name is not None and name not in MODULES:
        raise typer.BadParameter(f"there is no module {name!r}; there are " + ", ".join(MODULES))
    return name


ModuleName = Annotated[str | None, typer.Option(help="one module: " + ", ".join(MODULES), callback=_known)]


def sync(
    everything: Annotated[
        bool, typer.Option("--all", help="every module, in the order of dependence")
    ] = False,
    module: ModuleName = None,
    dry_run: Annotated[bool, typer.Option(help="say what would happen, write nothing")] = False,
    allow_deletions: Annotated[
        bool, typer.Option(help="go on even if Zoho no longer has a large share of the records")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            help="only what Zoho changed or deleted since: 2026-11-22T19:00:00+00:00", metavar="TIME"
        ),
    ] = None,
) -> None:
    """Bring modules into agreement. Safe to repeat and to stop at any moment.

    Exit codes: 0 done, 1 some records need a person, 2 it stopped; what was done is kept.
    """
    moment = _moment(since)
    everything = everything or (moment is not None and module is None)
    if everything == (module is not None):
        stop("name what to sync: --all, or --module with one of " + ", ".join(MODULES))
    settings = environment()
    log.configure(settings.log_format, level=logging.WARNING)
    began = time.monotonic()

    async def work() -> list[Pass]:
        async with open_runtime(settings) as runtime:
            parts = _parts(runtime, module)
            if module is not None and not await runtime.passes.enabled(parts):
                stop(f"the module {module} is switched off (modules.enabled)")
            with Screen(console, dry_run=dry_run) as screen:
                return await runtime.passes.by_hand(
                    parts,
                    since=moment,
                    dry_run=dry_run,
                    allow_deletions=allow_deletions,
                    totals=screen.live,
                    watcher=screen,
                )

    try:
        migrations.upgrade(settings.database_url.get_secret_value())
        passes = asyncio.run(work())
    except LeadTakenError:
        stop("another pass is going on; try again when it is done")
    except LeadLostError:
        stop("the database's session broke off. What was done is kept; run it again to go on.")
    except SyncError as error:
        stop(f"nothing was done: {error.message} ({error.code})")
    except (SQLAlchemyError, psycopg.Error) as error:
        stop(f"the agent's database cannot be used ({type(error).__name__}). What was done is kept.")
    _end(passes, dry_run=dry_run, seconds=time.monotonic() - began)


def _moment(given: str | None) -> datetime | None:
    """Read the time of --since; without an offset it would mean another moment on another machine."""
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        stop(f"--since {given!r} is no time with an offset, such as 2026-11-22T19:00:00+00:00")
    return moment


def _parts(runtime: Runtime, module: str | None) -> list[Part]:
    """Give the modules that a command goes over: all, or those of one name."""
    return [part for part in runtime.passes.parts if module in {None, _entity(part)}]


def _entity(part: Part) -> str:
    return part.name if isinstance(part, Entity) else part.entity


def _end(passes: list[Pass], *, dry_run: bool, seconds: float) -> None:
    """Print what became of the modules, and end the command with the code that says so."""
    reports = [done.report for done in passes]
    _print_changes([change for report in reports for change in report.changes])
    _print_failures(reports)
    stopped = [done for done in passes if done.error is not None or done.not_begun is not None]
    counts: Counter[str] = sum((report.counts for report in reports), Counter())
    what = ("would: " if dry_run else "") + (counted(counts) or "nothing there")
    summary = f"{len(passes) - len(stopped)} of {len(passes)} modules, {what}; {seconds:.1f} s"
    if stopped:
        for done in stopped:
            if (error := done.error) is not None:
                problems.print(
                    f"{error.target or 'sync'} stopped {done.report.entity}: {error.message} ({error.code}).",
                    markup=False,
                    highlight=False,
                )
        say(f"stopped: {summary}. What was done is kept; run it again to go on.")
        raise typer.Exit(2)
    failed = counts["failed"]
    say(f"{'some records need a person' if failed else 'done'}: {summary}")
    raise typer.Exit(1 if failed else 0)


def _print_failures(reports: list[ModuleReport]) -> None:
    failures = [(report.entity, *failure) for report in reports for failure in report.failures]
    if not failures:
        return
    say("Records that need a person:")
    for entity, record_id, error in failures[:SHOWN_FAILURES]:
        say(f"  {entity} {record_id}: {error.message} ({error.code})")
    if len(failures) > SHOWN_FAILURES:
        say(f"... and {len(failures) - SHOWN_FAILURES} more, in integration_events_log")


def _print_changes(changes: list[Difference]) -> None:
    if not changes:
        return
    # what costs most to get wrong comes first
    changes = sorted(changes, key=lambda change: OPERATIONS.index(change.operation))
    table = Table("record", "operation", "fields that differ", title="Plan")
    for change in changes[:SHOWN_CHANGES]:
        table.add_row(f"{change.entity} {change.record_id}", change.operation, _fields(change))
    console.print(table)
    if len(changes) > SHOWN_CHANGES:
        say(f"... and {len(changes) - SHOWN_CHANGES} more")


def _fields(change: Difference) -> str:
    moodle = [f"Moodle's {name}" for name in change.moodle]
    return ", ".join([*change.fields, *moodle])


def drift(
    module: ModuleName = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what differs now between Zoho, the agent and Moodle; writes nothing.

    Exit codes: 0 nothing differs, 1 something does, 2 it could not look everywhere.
    """
    settings = environment()
    log.configure(settings.log_format, level=logging.WARNING)

    async def look() -> list[Drift]:
        async with open_runtime(settings) as runtime:
            if not await migrations.at_head(runtime.database):
                stop("the database's schema is not this version's; see `zohosync migrate`")
            parts = await runtime.passes.enabled(_parts(runtime, module))
            return await look_for_drift(runtime.sides, parts)

    found = _read(look())
    if as_json:
        say(json.dumps([_as_json(one) for one in found], indent=2, ensure_ascii=False))
    else:
        _print_drift(found)
    blind = [one for one in found if one.error is not None]
    for one in blind:
        problems.print(f"{one.name} cannot be compared: {one.error}", markup=False, highlight=False)
    raise typer.Exit(2 if blind else 1 if any(one.differences for one in found) else 0)


def _read(reading: Coroutine[Any, Any, Found]) -> Found:
    """Await what only reads, or stop where the database cannot be read."""
    try:
        return asyncio.run(reading)
    except SQLAlchemyError as error:
        stop(f"the agent's database cannot be used ({type(error).__name__}).")


def _as_json(found: Drift) -> dict[str, Any]:
    error = None if found.error is None else {"code": found.error.code, "message": found.error.message}
    differences = [asdict(one) for one in found.differences]
    for one in differences:
        del one["source"]
    return {"module": found.name, "compared": found.compared, "error": error, "differences": differences}


def _print_drift(found: Sequence[Drift]) -> None:
    for one in found:
        say(f"{one.name}: {one.compared} compared, {len(one.differences)} differ")
    differences = [difference for one in found for difference in one.differences]
    if not differences:
        return
    table = Table("record", "to do", "lacking in", "fields that differ", "what is known", title="Drift")
    for difference in differences[:SHOWN_CHANGES]:
        record, lacking = f"{difference.entity} {difference.record_id}", ", ".join(difference.missing)
        table.add_row(record, difference.operation, lacking, _fields(difference), difference.reason)
    console.print(table)
    if len(differences) > SHOWN_CHANGES:
        say(f"... and {len(differences) - SHOWN_CHANGES} more; --json has them all")


def runs(limit: Limit = 20, as_json: JsonFlag = False) -> None:
    """List the newest passes, one line a module."""

    async def read(settings: Settings) -> list[dict[str, Any]]:
        async with open_runtime(settings) as runtime:
            return [asdict(run) for run in await runtime.runs.newest(limit)]

    found = _read(read(environment()))
    if as_json:
        say(json.dumps(found, indent=2, ensure_ascii=False, default=str))
        return
    for run in found:
        seconds = (run["finished_at"] - run["started_at"]).total_seconds() if run["finished_at"] else None
        lasted = "" if seconds is None else f" in {seconds:.1f} s"
        what = counted(run["counts"]) or "nothing"
        error = f": {run['error']}" if run["error"] else ""
        say(
            f"{run['id']} {run['started_at']:%Y-%m-%d %H:%M:%S} {run['entity']} {run['kind']} "
            f"{run['status']}{lasted}, {what}{error}"
        )


def conflicts(limit: Limit = 20, as_json: JsonFlag = False) -> None:
    """List the newest conflicts: records that both sides had changed, with what was kept and what was lost."""

    async def read(settings: Settings) -> list[dict[str, Any]]:
        async with open_runtime(settings) as runtime:
            return [asdict(conflict) for conflict in await runtime.runs.conflicts(limit)]

    found = _read(read(environment()))
    if as_json:
        say(json.dumps(found, indent=2, ensure_ascii=False, default=str))
        return
    if not found:
        say("no conflicts")
    for conflict in found:
        where = f"run {conflict['run_id']}" if conflict["run_id"] else "event"
        say(
            f"{conflict['recorded_at']:%Y-%m-%d %H:%M:%S} {conflict['entity']} {conflict['record_id']} ({where})"
        )
        for name, values in (conflict["detail"] or {}).items():
            say(f"  {name}: {_values(values)}")


def _values(values: Any) -> str:
    if not isinstance(values, dict):
        return str(values)
    return ", ".join(f"{word} {value!r}" for word, value in values.items())


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (sync, drift, runs, conflicts):
        app.command()(command)
