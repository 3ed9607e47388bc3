"""Put the routes into an application."""

from __future__ import annotations

import time

from aiohttp import web

from agent.inbox.repository import InboxRepository
from agent.web import events, health, ping
from agent.web.authentication import Senders
from agent.web.intake import Intake
from agent.web.keys import CLOCK, INBOX, INTAKE, READINESS, SENDERS, Clock, Readiness
from agent.web.problems import problem_middleware
from agent.web.rate_limit import RATE_LIMIT, RateLimit


def add_routes(
    app: web.Application,
    *,
    inbox: InboxRepository,
    senders: Senders,
    readiness: Readiness,
    limit: RateLimit,
    clock: Clock = time.time,
) -> None:
    """Add events, ping and health to an application, with what they need.

    Args:
        app: gets routes, keys and the middleware that turns failures into problem documents.
        inbox: where accepted events go.
        senders: what the senders share with us (`Senders.of(settings)`).
        readiness: says why the agent is not ready, or None.
        limit: how many events a sender may deliver.
        clock: unix seconds, for the window of signatures.
    """
    app[INBOX] = inbox
    app[INTAKE] = Intake(inbox, events.DATABASE_SECONDS)
    app[SENDERS] = senders
    app[READINESS] = readiness
    app[RATE_LIMIT] = limit
    app[CLOCK] = clock
    app.middlewares.append(problem_middleware)
    app.router.add_post("/v1/events/zoho/{slug}", events.zoho_event)
    app.router.add_post("/v1/events/moodle/{kind}", events.moodle_event)
    app.router.add_post("/v1/ping/moodle", ping.moodle_ping)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
