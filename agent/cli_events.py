"""`zohosync events-status`, `retry-failed`, `cleanup-events`: how the inbox stands, and putting it in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from agent.app import database_engine
from agent.inbox.events import FailedEvent, InboxCounts
from agent.inbox.repository import InboxRepository
from agent.store.options import EventRetention
from agent.store.settings import SettingsStore
from agent.terminal import console, environment, say, stop

SHOWN_FAILURES = 20

JsonFlag = Annotated[bool, typer.Option("--json", help="as JSON, for programs")]
Found = TypeVar("Found")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("events-status")(events_status)
    app.command("retry-failed")(retry_failed)
    app.command("cleanup-events")(cleanup_events)


def events_status(as_json: JsonFlag = False) -> None:
    """Show how the inbox stands, and the events that need a person. Exit code 1 when there are any."""

    async def read(inbox: InboxRepository, _: SettingsStore) -> tuple[InboxCounts, list[FailedEvent]]:
        return await inbox.counts(), await inbox.newest_failed(SHOWN_FAILURES)

    counts, failed = _with_inbox(read)
    if as_json:
        say(
            json.dumps(
                {**asdict(counts), "newest_failed": [asdict(row) for row in failed]}, ensure_ascii=False
            )
        )
        raise typer.Exit(1 if counts.failed else 0)
    say(
        f"pending {counts.pending} (of them waiting for another record {counts.waiting}), "
        f"processing {counts.processing}, completed {counts.completed}, failed {counts.failed}"
    )
    if counts.oldest_pending_seconds is not None:
        say(f"oldest pending: {counts.oldest_pending_seconds:.0f} s")
    if failed:
        table = Table("event", "record", "code", "reason", title="Newest failed events")
        for row in failed:
            table.add_row(str(row.id), row.record_key, row.error_code, row.error_message)
        console.print(table)
    raise typer.Exit(1 if counts.failed else 0)


def retry_failed(
    ids: Annotated[list[int] | None, typer.Argument(help="numbers of events; none: all failed ones")] = None,
    hours: Annotated[
        float | None, typer.Option(min=0.01, max=24 * 3650, help="only those received in the last hours")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Try failed events again, with fresh tries; a running agent takes them at once."""
    since = None if hours is None else datetime.now(UTC) - timedelta(hours=hours)

    async def retry(inbox: InboxRepository, _: SettingsStore) -> int:
        return await inbox.retry_failed(ids or None, since=since)

    number = _with_inbox(retry)
    say(json.dumps({"retried": number}) if as_json else f"{number} events are pending again")


def cleanup_events(
    days: Annotated[
        int | None,
        typer.Option(min=1, max=3650, help="completed events older than this; else as events.retention says"),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="only count what would be deleted")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Delete old finished events now; a running agent does it by itself. Failed ones go by events.retention alone."""

    async def clean(inbox: InboxRepository, settings: SettingsStore) -> dict[str, int]:
        kept = await settings.get(EventRetention)
        ages = {"completed": days or kept.completed_days, "failed": kept.failed_days}
        work = inbox.old if dry_run else inbox.purge
        return {status: await work(status, timedelta(days=age)) for status, age in ages.items()}

    found = _with_inbox(clean)
    if as_json:
        say(json.dumps({"dry_run": dry_run, **found}))
        return
    done = "would be deleted" if dry_run else "deleted"
    say(f"{found['completed']} completed and {found['failed']} failed events {done}")


def _with_inbox(work: Callable[[InboxRepository, SettingsStore], Awaitable[Found]]) -> Found:
    """Do something with the inbox; a database that is away is a sentence, no traceback."""

    async def run() -> Found:
        engine = database_engine(environment())
        try:
            return await work(InboxRepository(engine), SettingsStore(engine))
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except SQLAlchemyError as error:
        stop(f"the agent's database cannot be used ({type(error).__name__})")
