"""`zohosync grade`: one grade as both sides last agreed on it, with the attempts before and what Moodle says now."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from agent import log
from agent.app import Runtime, open_runtime
from agent.config import Settings
from agent.errors import SyncError
from agent.store.attempts import Attempt, attempts_of
from agent.store.records import RecordStore, SyncRecord
from agent.sync.grade_wanted import ROWS, GradeOutcome, Wanted
from agent.sync.own import KEY
from agent.sync.to_zoho import ENTITY
from agent.terminal import environment, say, stop

ABSENT = "-"


@dataclass(frozen=True)
class GradeTold:
    """A grade as the command tells it.

    Attributes:
        record: what the agent remembers, None if it knows nothing of it.
        attempts: those that a later one has taken the place of, the first one first.
        now: what Moodle says of it now, and whether Zoho was told.
    """

    record: SyncRecord | None
    attempts: list[Attempt]
    now: str


def grade(
    key: Annotated[str, typer.Argument(help="Moodle's student, course and assignment: 34_12_7")],
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
) -> None:
    """Show a grade: as Zoho was told, its criteria, its earlier attempts, and what Moodle says of it now.

    Nothing is written. Exit codes: 0 shown, 1 it is not synced and a person has to look, 2 it is not known.
    """
    if not KEY.fullmatch(key):
        stop(f"{key!r} is no key of a grade; one looks like 34_12_7: Moodle's student, course and assignment")
    settings = environment()
    log.configure(settings.log_format, level=logging.ERROR)
    try:
        told = asyncio.run(_read(settings, key))
    except SQLAlchemyError as error:
        stop(f"the database cannot be read ({type(error).__name__})")
    if told.record is None and not told.attempts:
        stop(f"the agent knows no grade {key}; Moodle now: {told.now}")
    if as_json:
        say(json.dumps(_as_json(key, told), indent=2, ensure_ascii=False))
    else:
        _print(key, told)
    raise typer.Exit(1 if told.record is not None and told.record.state == "error" else 0)


async def _read(settings: Settings, key: str) -> GradeTold:
    async with open_runtime(settings) as runtime:
        record = await RecordStore(runtime.database).get(ENTITY, key)
        attempts = await attempts_of(runtime.database, key)
        return GradeTold(record, attempts, await _now(runtime, key))


async def _now(runtime: Runtime, key: str) -> str:
    """Say what Moodle has now; that it cannot be asked is an answer too: what is remembered is known all the same."""
    try:
        names = await runtime.engine.modules.grade()
        (decided,) = await runtime.engine.grades.wanted([key], names)
    except SyncError as error:
        return f"it cannot be asked: {error.message} ({error.code})"
    match decided:
        case Wanted():
            so = f"{decided.form['letter'] or 'no letter'}, {decided.form['status']}: {decided.reason}"
            return so if decided.remembered else f"{so} (not yet told to Zoho)"
        case GradeOutcome():
            return decided.reason
    return str(decided)


def _as_json(key: str, told: GradeTold) -> dict[str, Any]:
    record = told.record
    return {
        "key": key,
        "zoho_id": record.zoho_id if record else None,
        "state": record.state if record else None,
        "error": f"{record.error_code}: {record.error_message}" if record and record.error_code else None,
        "agreed": record.agreed_state if record else None,
        "attempts": [dict(attempt) for attempt in told.attempts],
        "now": told.now,
    }


def _print(key: str, told: GradeTold) -> None:
    record = told.record
    form: Mapping[str, Any] = (record.agreed_state if record else None) or {}
    say(f"grade {key} {record.state if record else ABSENT}, in Zoho {(record and record.zoho_id) or ABSENT}")
    if record is not None and record.error_code:
        say(f"  {record.error_code}: {record.error_message}")
    say(
        f"  {form.get('studentname') or ABSENT}, {form.get('classname') or ABSENT}, {form.get('assignment') or ABSENT}"
    )
    for attempt in told.attempts:
        say(_attempt(attempt))
    if form:
        say(_attempt({**form, "date": form.get("attemptdate")}))
    for row in form.get(ROWS) or ():
        say(f"    {row['code']}: {row['score'] or 'not told'}")
    say(f"  Moodle now: {told.now}")


def _attempt(attempt: Mapping[str, Any]) -> str:
    names = [f"{word} {attempt[word]}" for word in ("grader", "verifier") if attempt.get(word)]
    told = [attempt.get("letter") or "no letter", attempt.get("status"), attempt.get("date"), *names]
    return f"  attempt {attempt.get('attempt') or ABSENT}: " + ", ".join(str(one) for one in told if one)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(grade)
