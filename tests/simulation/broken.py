"""Agents that lack one guard each, to see that the stories notice: `python -m tests.simulation --broken NAME`.

What is broken is broken from the storm's beginning on. Each names the words that a bad end has to say of it, and a seed
whose story says them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch

import aiohttp
from sqlalchemy import text

from agent import outbound
from agent.errors import SyncError, bad_record
from agent.inbox import session, statements
from agent.store import settings
from agent.sync import passes
from agent.zoho import errors, listing, transport
from agent.zoho.client import ZohoClient
from agent.zoho.errors import TARGET
from tests.simulation.database import Database
from tests.simulation.story import Breakage

ONE_PER_KEY = "ix_integration_events_log_one_per_key"
Replaced = AbstractContextManager[Any]


@dataclass(frozen=True)
class Broken:
    """One guard taken away.

    Attributes:
        fault: what the world does that the guard is for.
        words: what the bad end says, among others.
        seed: of a story that finds it.
        breakage: takes the guard away, for as long as the context lasts.
    """

    fault: str
    words: str
    seed: int
    breakage: Breakage


BROKEN: dict[str, Broken] = {}


def _guard(fault: str, words: str, seed: int) -> Any:
    def keep(changes: Any) -> Any:
        @contextmanager
        def breakage(database: Database) -> Iterator[None]:
            with ExitStack() as stack:
                for change in changes(database):
                    stack.enter_context(change)
                yield

        BROKEN[changes.__name__] = Broken(fault, words, seed, breakage)
        return changes

    return keep


def _without(name: str, *parts: str, instead: str = "") -> Replaced:
    """Take parts out of one of the inbox's statements."""
    told = str(getattr(statements, name))
    for part in parts:
        assert part in told, f"{name} has no {part}"
        told = told.replace(part, instead)
    return patch.object(statements, name, text(told))


@contextmanager
def _unguarded(database: Database) -> Iterator[None]:
    """Do without the index by which a record is worked on once at a time."""
    run = database.connection.execute
    (made,) = run("SELECT indexdef FROM pg_indexes WHERE indexname = %s", (ONE_PER_KEY,)).fetchone() or ("",)
    run(f"DROP INDEX {ONE_PER_KEY}")  # type: ignore[arg-type]
    try:
        yield
    finally:
        database.restart()
        run("TRUNCATE integration_events_log")
        run(made)


@_guard("a delivery is lost", "in Zoho", 1)
def full_passes_look_at_changes_only(_: Database) -> Iterator[Replaced]:
    """Full passes read what changes from now on, and so mend nothing."""

    def always_since(since: datetime | None, now: datetime) -> tuple[datetime, None]:
        return since or now, None

    yield patch.object(passes, "_within_memory", always_since)


@_guard("a delivery comes twice", "events are left", 6)
def a_known_event_is_an_error(_: Database) -> Iterator[Replaced]:
    """An event that is stored already is refused, so its sender never gets rid of it."""
    yield _without("ACCEPT", "ON CONFLICT (source, event_id) DO NOTHING")


@_guard("a delivery is late or out of order", "the last pass wrote", 14)
def what_was_read_is_believed_for_a_minute(_: Database) -> Iterator[Replaced]:
    """A second event of a record within a minute finds the record as the first one did."""
    read: dict[Any, tuple[float, list[Any]]] = {}
    whole = ZohoClient.list_pages

    async def list_pages(self: ZohoClient, module: str, fields: Any, **given: Any) -> AsyncIterator[Any]:
        ids = given.get("ids")
        if not ids or len(ids) > 1:
            async for page in whole(self, module, fields, **given):
                yield page
            return
        key = module, ids[0], tuple(fields)
        if key not in read or read[key][0] < time.monotonic() - 60:
            read[key] = time.monotonic(), [page async for page in whole(self, module, fields, **given)]
        for page in read[key][1]:
            yield page

    yield patch.object(ZohoClient, "list_pages", list_pages)


@_guard("an answer is lost after the effect", "times in class", 55)
def an_insert_is_made_without_a_look(_: Database) -> Iterator[Replaced]:
    """Whether the record is there since an earlier try is not asked."""

    async def nothing(*_: Any) -> list[str]:
        return []

    yield patch.object(ZohoClient, "find", nothing)


@_guard("Zoho is asked too often (429)", "parked at once", 7)
def too_many_requests_are_the_records_fault(_: Database) -> Iterator[Replaced]:
    """Being told to slow down counts as a refusal of the record."""

    def refused(code: str, message: str, wait: float | None) -> Any:
        return bad_record(code or "TOO_MANY_REQUESTS", message, target=TARGET)

    yield patch.object(errors, "_too_many", refused)


@_guard("Zoho fails (500, 503)", "parked at once", 10)
def a_failing_server_refuses_the_record(_: Database) -> Iterator[Replaced]:
    """A server's own failure counts as a refusal of the record."""

    def refused(code: str, message: str, **told: Any) -> Any:
        told.pop("retry_after", None)
        return bad_record(code, message, **told)

    yield patch.object(errors, "transient", refused)


@_guard("an answer breaks off", "ANSWER_CUT_SHORT", 1)
def half_an_answer_refuses_the_record(_: Database) -> Iterator[Replaced]:
    """An answer that breaks off counts as a refusal of the record."""
    whole = outbound.transport_fault

    def refused(error: Exception, target: str) -> SyncError:
        if isinstance(error, aiohttp.ClientPayloadError):
            return bad_record("ANSWER_CUT_SHORT", "half an answer", target=target)
        return whole(error, target)

    yield patch.object(outbound, "transport_fault", refused)


@_guard("a token dies", "INVALID_TOKEN", 2)
def a_refused_token_is_not_replaced(_: Database) -> Iterator[Replaced]:
    """A token is used until its time is over, whatever Zoho says."""
    yield patch.object(transport, "wants_new_token", lambda _error: False)


@_guard("a page token expires", "EXPIRED_VALUE", 2)
def a_list_does_not_begin_again(_: Database) -> Iterator[Replaced]:
    """A page token that is too old ends the list."""
    yield patch.object(listing, "page_token_expired", lambda _error: False)


@_guard("an agent is killed", "events are left", 2)
def nobody_takes_over_from_the_dead(_: Database) -> Iterator[Replaced]:
    """The events of an agent that died stay with it."""
    yield _without("GIVE_BACK", "status = 'processing' AND (lease", instead="false AND (lease")


@_guard("two agents at once", "at once", 2)
def the_living_count_as_dead(_: Database) -> Iterator[Replaced]:
    """An agent takes over the events of any other one, though that one holds its lock."""
    yield _without("DEAD_OWNERS", "granted", instead="NOT granted")


@_guard("two agents at once", "at once", 1)
def a_claim_looks_at_no_record(database: Database) -> Iterator[Replaced]:
    """Two events of one record are worked on at the same time."""
    yield _without("CLAIM", "o.status = 'processing'\n                 OR")
    yield _unguarded(database)


@_guard("the hosts' clocks are apart", "at once", 14)
def a_lease_is_judged_by_the_agents_clock(database: Database) -> Iterator[Replaced]:
    """Whether a lease has run out is asked of the agent's clock, not of PostgreSQL's."""
    yield _without(
        "GIVE_BACK", "lease_until < now()", instead=f"lease_until < now() - interval '{database.apart} s'"
    )


@_guard("the database is restarted", "events are left", 7)
def a_lost_session_is_not_opened_again(_: Database) -> Iterator[Replaced]:
    """An agent whose own database session broke off never claims again."""
    yield patch.object(session, "RECONNECT_SECONDS", (1e9,))


@_guard("settings change underway", "in Zoho", 1)
def settings_are_read_once(_: Database) -> Iterator[Replaced]:
    """What an agent has read of the settings holds for ever."""
    yield patch.object(settings, "FRESH_SECONDS", 1e9)
