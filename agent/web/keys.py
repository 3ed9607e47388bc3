"""What the handlers need, by typed key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from agent.inbox.repository import InboxRepository
from agent.web.authentication import Senders
from agent.web.intake import Intake

Clock = Callable[[], float]  # unix seconds
Readiness = Callable[[], Awaitable[str | None]]  # why the agent is not ready, None when it is

INBOX = web.AppKey("inbox", InboxRepository)
INTAKE = web.AppKey("intake", Intake)
SENDERS = web.AppKey("senders", Senders)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
READINESS: web.AppKey[Readiness] = web.AppKey("readiness")
