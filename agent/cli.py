"""The command `zohosync`: serve, sync, sandboxes, demo.

Exit codes: 0 everything agrees, 1 some records need a person, 2 the command could not do its work.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from agent import cli_settings, log
from agent import doctor as doctor_of
from agent.app import create_app, open_runtime
from agent.config import ConfigError, Settings, load_settings
from agent.doctor import Finding
from agent.entities.base import Entity
from agent.entities.mapping import Problem, hindrances, suggestion
from agent.entities.registry import FROM_ZOHO
from agent.errors import SyncError
from agent.inbox.events import FailedEvent, InboxCounts
from agent.sandbox.moodle import run_moodle_sandbox
from agent.sandbox.zoho import run_zoho_sandbox
from agent.store import migrations
from agent.store.runs import LeadLostError, LeadTakenError
from agent.sync.bulk import OPERATIONS, ModuleReport
from agent.sync.modules import NAMES, default_names
from agent.sync.passes import Pass
from agent.terminal import console, environment, problems, say, stop
from agent.web.access_log import AccessLog

SHOWN_FAILURES = 20
SHOWN_CHANGES = 50

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help=__doc__,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # its tracebacks show local variables
)
sandbox = typer.Typer(no_args_is_help=True, help="Stand-ins for Zoho and Moodle, for tests and demos.")
app.add_typer(sandbox, name="sandbox")
mapping = typer.Typer(no_args_is_help=True, help="What the college's modules and fields are called in Zoho.")
app.add_typer(mapping, name="mapping")
app.add_typer(cli_settings.settings, name="settings")
app.add_typer(cli_settings.tenant, name="tenant")


@app.command()
def serve() -> None:
    """Receive events, and keep both sides in agreement, until stopped."""
    settings = environment()
    log.configure(settings.log_format)
    migrations.upgrade(settings.database_url.get_secret_value())
    web.run_app(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log_class=AccessLog,
        print=None,
    )


@app.command()
def migrate() -> None:
    """Bring the database's schema to the newest version."""
    migrations.upgrade(environment().database_url.get_secret_value())
    console.print(f"schema at {migrations.head()}")


@app.command()
def sync(
    everything: Annotated[
        bool, typer.Option("--all", help="every module, in the order of dependence")
    ] = False,
    module: Annotated[str | None, typer.Option(help="one module: " + ", ".join(FROM_ZOHO))] = None,
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
    """Bring modules into agreement. Safe to repeat and to stop at any moment."""
    moment = _moment(since)
    if moment is not None and module is None:
        everything = True
    if everything == (module is not None):
        stop("name what to sync: --all, or --module with one of " + ", ".join(FROM_ZOHO))
    if module is not None and module not in FROM_ZOHO:
        stop(f"there is no module {module!r}; there are " + ", ".join(FROM_ZOHO))
    settings = environment()
    log.configure(settings.log_format, level=logging.WARNING)
    migrations.upgrade(settings.database_url.get_secret_value())
    entities = [FROM_ZOHO[module]] if module else list(FROM_ZOHO.values())
    try:
        passes = asyncio.run(
            _sync(settings, entities, since=moment, dry_run=dry_run, allow_deletions=allow_deletions)
        )
    except LeadTakenError:
        stop("another pass is going on; try again when it is done")
    except LeadLostError:
        stop("the database's session broke off. What was done is kept; run it again to go on.")
    reports = [done.report for done in passes if done.error is None or done.report.counts]
    _print_reports(reports, dry_run=dry_run)
    if errors := [done.error for done in passes if done.error is not None]:
        stop(
            "\n".join(
                f"{error.target or 'sync'} stopped the work: {error.message} ({error.code}). "
                for error in errors
            )
            + "What was done is kept; run it again to go on."
        )
    raise typer.Exit(1 if any(report.failed for report in reports) else 0)


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


async def _sync(
    settings: Settings,
    entities: list[Entity],
    *,
    since: datetime | None,
    dry_run: bool,
    allow_deletions: bool,
) -> list[Pass]:
    columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with open_runtime(settings) as runtime:
        with Progress(*columns, TextColumn("{task.fields[note]}"), console=console) as bars:
            return await runtime.passes.by_hand(
                entities,
                since=since,
                dry_run=dry_run,
                allow_deletions=allow_deletions,
                watch=lambda name: partial(_show, bars, bars.add_task(name, total=None, note="")),
            )


def _show(bars: Progress, task: TaskID, report: ModuleReport) -> None:
    done = sum(report.counts.values())
    bars.update(task, total=max(report.seen, done), completed=done, note=_counts(report))


def _counts(report: ModuleReport) -> str:
    return ", ".join(f"{number} {word}" for word, number in sorted(report.counts.items()))


def _print_reports(reports: list[ModuleReport], *, dry_run: bool) -> None:
    for report in reports:
        words = "would: " if dry_run else ""
        console.print(f"{report.entity}: {words}{_counts(report) or 'nothing there'}", highlight=False)
    _print_changes(reports)
    failures = [(report.entity, *failure) for report in reports for failure in report.failures]
    if not failures:
        return
    table = Table("record", "code", "reason", title="Records that need a person")
    for entity, record_id, error in failures[:SHOWN_FAILURES]:
        table.add_row(f"{entity} {record_id}", error.code, error.message)
    console.print(table)
    if len(failures) > SHOWN_FAILURES:
        console.print(f"... and {len(failures) - SHOWN_FAILURES} more, in integration_events_log")


def _print_changes(reports: list[ModuleReport]) -> None:
    changes = [(report.entity, change) for report in reports for change in report.changes]
    changes.sort(
        key=lambda row: OPERATIONS.index(row[1].operation)
    )  # what costs most to get wrong comes first
    if not changes:
        return
    table = Table("record", "operation", "fields that differ", title="Plan")
    for entity, change in changes[:SHOWN_CHANGES]:
        table.add_row(f"{entity} {change.record_id}", change.operation, ", ".join(change.fields))
    console.print(table)
    if len(changes) > SHOWN_CHANGES:
        console.print(f"... and {len(changes) - SHOWN_CHANGES} more", highlight=False)


@app.command("events-status")
def events_status() -> None:
    """Show how the inbox stands, and the events that need a person."""
    counts, failed = asyncio.run(_inbox_standing(environment()))
    console.print(
        f"pending {counts.pending} (of them waiting for another record {counts.waiting}), "
        f"processing {counts.processing}, completed {counts.completed}, failed {counts.failed}",
        highlight=False,
    )
    if counts.oldest_pending_seconds is not None:
        console.print(f"oldest pending: {counts.oldest_pending_seconds:.0f} s", highlight=False)
    if failed:
        table = Table("event", "record", "code", "reason", title="Newest failed events")
        for row in failed:
            table.add_row(str(row.id), row.record_key, row.error_code, row.error_message)
        console.print(table)
    raise typer.Exit(1 if counts.failed else 0)


async def _inbox_standing(settings: Settings) -> tuple[InboxCounts, list[FailedEvent]]:
    async with open_runtime(settings) as runtime:
        return await runtime.inbox.counts(), await runtime.inbox.newest_failed(SHOWN_FAILURES)


@app.command("events-retry")
def events_retry(
    ids: Annotated[list[int] | None, typer.Argument(help="numbers of events; none: all failed ones")] = None,
) -> None:
    """Try failed events again, with fresh tries; a running agent takes them at once."""

    async def retry(settings: Settings) -> int:
        async with open_runtime(settings) as runtime:
            return await runtime.inbox.retry_failed(ids or None)

    console.print(f"{asyncio.run(retry(environment()))} events are pending again", highlight=False)


@app.command()
def doctor() -> None:
    """Check settings, database, keys, Zoho, every mapping, Moodle and the clocks; one line each with its remedy."""
    try:
        settings = load_settings()
    except ConfigError as error:
        problems.print(f"FAIL settings: {error}", markup=False, highlight=False)
        raise typer.Exit(2) from None
    log.configure(settings.log_format, level=logging.ERROR)

    async def examine() -> list[Finding]:
        found: list[Finding] = []
        async for finding in doctor_of.examine(settings):
            say(str(finding))
            found.append(finding)
        return found

    raise typer.Exit(doctor_of.exit_code(asyncio.run(examine())))


@mapping.command("show")
def mapping_show() -> None:
    """Show every name that may be changed, what it is in Zoho, and the default where it was changed."""

    async def rows(settings: Settings) -> dict[str, dict[str, str]]:
        async with open_runtime(settings) as runtime:
            return await runtime.engine.modules.store.read()

    own = asyncio.run(rows(environment()))
    for entity in (*NAMES, *sorted(own.keys() - set(NAMES))):
        defaults, changed = default_names(entity), own.get(entity, {})
        for name in (*defaults, *sorted(changed.keys() - defaults.keys())):
            field = changed.get(name, defaults.get(name, ""))
            default = defaults.get(name, "none: there is no such name")
            say(f"{entity} {name} {field}" + (f"  (default {default})" if name in changed else ""))


@mapping.command("set")
def mapping_set(entity: str, name: str, zoho_field: str) -> None:
    """Say what one of our names is in Zoho (`module`: the module, `link`: Moodle's id). Checked with Zoho first."""
    known = default_names(entity)
    if not known:
        stop(f"there is no entity {entity!r}{suggestion(entity, NAMES)}; there are " + ", ".join(NAMES))
    if name not in known:
        stop(f"{entity} has no name {name!r}{suggestion(name, known)}; see `zohosync mapping show`")

    async def store(settings: Settings) -> list[Problem]:
        async with open_runtime(settings) as runtime:
            modules = runtime.engine.modules
            found = await modules.problems(entity, {name: zoho_field})
            if refused := hindrances(found, known, name, zoho_field):
                stop("nothing was stored: " + "; ".join(f"{p.name}: {p.sentence}" for p in refused))
            await modules.store.set(entity, name, zoho_field)
            return found

    settings = environment()
    log.configure(settings.log_format, level=logging.ERROR)
    try:
        rest = asyncio.run(store(settings))
    except SyncError as error:
        stop(f"nothing was stored, for Zoho cannot be asked: {error.message} ({error.code})")
    say(f"{entity} {name} is {zoho_field} from the agent's next start on")
    for problem in rest:
        say(f"still {problem.level}: {problem.name}: {problem.sentence}")
    raise typer.Exit(1 if rest else 0)


@mapping.command("reset")
def mapping_reset(entity: str, name: str) -> None:
    """Go back to the default of one name."""

    async def reset(settings: Settings) -> bool:
        async with open_runtime(settings) as runtime:
            return await runtime.engine.modules.store.reset(entity, name)

    done = asyncio.run(reset(environment()))
    say("default from the agent's next start on" if done else f"{entity} {name} had no name of its own")


@sandbox.command("zoho")
def sandbox_zoho(
    port: int = 8701,
    college: Annotated[int, typer.Option(help="number of students of the generated college")] = 60,
    seed: int = 1,
    latency_ms: Annotated[int, typer.Option(help="added to every API call")] = 0,
    webhook_url: Annotated[str | None, typer.Option(help="…/v1/events/zoho/{slug}")] = None,
    webhook_secret: Annotated[str | None, typer.Option(envvar="SANDBOX_WEBHOOK_SECRET")] = None,
) -> None:
    """Speak Zoho CRM's API v8 with a generated college (client id, secret and refresh token: sandbox)."""
    run_zoho_sandbox(
        port=port,
        college=college,
        seed=seed,
        latency_ms=latency_ms,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
    )


@sandbox.command("moodle")
def sandbox_moodle(
    port: int = 8702,
    webhook_url: Annotated[str | None, typer.Option(help="…/v1/events/moodle")] = None,
    webhook_secret: Annotated[str | None, typer.Option(envvar="SANDBOX_WEBHOOK_SECRET")] = None,
    token: Annotated[str, typer.Option(envvar="SANDBOX_TOKEN")] = "sandbox",  # noqa: S107
) -> None:
    """Speak the web services of local_zohosync, in memory."""
    run_moodle_sandbox(port=port, webhook_url=webhook_url, webhook_secret=webhook_secret, token=token)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def demo(context: typer.Context) -> None:
    """Set up everything below .demo/ and run the loop (needs a checkout of the project)."""
    checkout = Path(__file__).resolve().parent.parent
    if not (checkout / "ops" / "demo.py").exists() and not (checkout / "ops" / "demo").is_dir():
        stop("the demo needs a checkout of the project; run it there")
    sys.path.insert(0, str(checkout))
    demo_main = importlib.import_module("ops.demo").main
    raise typer.Exit(demo_main(context.args))


def main() -> None:
    """Run the command."""
    app()
