"""One sandbox: its parts put together, and the changes of a call carried out."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.sandbox.zoho.automation import Automation
from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.college import generate_college
from agent.sandbox.zoho.faults import Faults
from agent.sandbox.zoho.limits import Limits
from agent.sandbox.zoho.metadata import load_modules
from agent.sandbox.zoho.oauth import TokenIssuer
from agent.sandbox.zoho.options import SandboxOptions
from agent.sandbox.zoho.paging import Pager
from agent.sandbox.zoho.pushes import Pushes
from agent.sandbox.zoho.reads import Reader
from agent.sandbox.zoho.render import Renderer
from agent.sandbox.zoho.store import RecordStore
from agent.sandbox.zoho.watch import Channels
from agent.sandbox.zoho.writes import Writer

LOG_LENGTH = 10_000


@dataclass(frozen=True)
class Attachment:
    """A file of a record."""

    id: str
    name: str
    mimetype: str
    content: bytes
    created: datetime


@dataclass(frozen=True)
class LoggedCall:
    """A call as it came; of the token endpoint no query and no body is kept, of none a header."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int


class SandboxState:
    """Everything a running sandbox knows."""

    def __init__(self, options: SandboxOptions | None = None) -> None:
        self.options = options or SandboxOptions()
        self.clock = SandboxClock(self.options.start, self.options.zone_hours)
        self.modules = load_modules(self.options.unique_fields)
        self.store = RecordStore(self.modules, self.clock)
        self.renderer = Renderer(self.store)
        self.writer = Writer(self.store, enforce_picklists=self.options.enforce_picklists)
        self.faults = Faults(self.options.seed)
        self.channels = Channels(self.modules, self.clock)
        self.automation = Automation(self.modules, self.clock)
        self.pushes = Pushes(self.options, self.store, self.channels, self.automation, self.faults)
        self.latency_ms = self.options.latency_ms
        self.wait: Callable[[float], Awaitable[object]] = asyncio.sleep  # how latency passes
        self._begin()

    def reset(self) -> None:
        """Go back to the beginning: the generated college, no tokens, channels, faults or log."""
        self.faults.clear()
        self.channels.clear()
        self.automation.clear()
        self.modules.update(load_modules(self.options.unique_fields))
        self.pushes.deliveries.clear()
        self.store.clear()
        self.latency_ms = self.options.latency_ms
        self._begin()

    def _begin(self) -> None:
        options = self.options
        self.tokens = TokenIssuer(options, self.clock)
        self.limits = Limits(options, self.clock)
        self.reader = Reader(self.store, self.renderer, Pager(self.clock, options.seed))
        self.attachments: dict[str, list[Attachment]] = {}
        self.log: deque[LoggedCall] = deque(maxlen=LOG_LENGTH)
        self.calls: Counter[str] = Counter()
        if options.college:
            generate_college(options.college, options.seed, self.store, faulty=options.faulty)
