"""The hand behind the scenes: what tests and demonstrations do to a sandbox beside the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from agent.sandbox.zoho.errors import ItemRefused
from agent.sandbox.zoho.faults import Fault, Plan, Weather
from agent.sandbox.zoho.metadata import Module
from agent.sandbox.zoho.options import REGISTRAR
from agent.sandbox.zoho.state import LoggedCall, SandboxState
from agent.sandbox.zoho.writes import Change


class SandboxControl:
    """Steers one sandbox. Edits are made as the registrar, a person: workflows and notifications follow."""

    def __init__(self, state: SandboxState) -> None:
        self.state = state

    def create(self, module: str, values: Mapping[str, Any], *, push: bool = True) -> str:
        """Add a record as a person would and give its id.

        Raises:
            ItemRefused: a rule is broken. KeyError: no such module.
        """
        written = self.state.writer.insert(self._module(module), values, "$.data[0]", REGISTRAR)
        self._publish(written.change, push)
        return written.record.id

    def edit(self, module: str, record_id: str, values: Mapping[str, Any], *, push: bool = True) -> None:
        """Change a record as a person would; lookups are `{"id": …}`, None empties a field.

        Raises:
            ItemRefused: no such record, or a rule is broken. KeyError: no such module.
        """
        written = self.state.writer.update(self._module(module), record_id, values, "$.data[0]", REGISTRAR)
        self._publish(written.change, push)

    def delete(self, module: str, record_id: str, *, push: bool = True) -> None:
        """Move a record to the recycle bin as a person would.

        Raises:
            ItemRefused: no such record. KeyError: no such module.
        """
        self._publish(self.state.writer.delete(self._module(module), record_id, REGISTRAR), push)

    def restore(self, module: str, record_id: str, *, push: bool = True) -> None:
        """Take a record out of the recycle bin; it counts as a creation for the rules.

        Raises:
            ItemRefused: it is not in the bin. KeyError: no such module.
        """
        self._module(module)
        try:
            record = self.state.store.restore(module, record_id, REGISTRAR)
        except KeyError:
            raise ItemRefused("INVALID_DATA", "not in the recycle bin", {"id": record_id}) from None
        self._publish(Change(module, record_id, "create", record.modified, ()), push)

    def purge(self, module: str, record_id: str) -> None:
        """Delete a record in the recycle bin permanently."""
        self.state.store.purge(module, record_id)

    def record(self, module: str, record_id: str) -> dict[str, Any] | None:
        """Give a record as a single GET does, without counting as a call."""
        found = self.state.store.get(self._module(module).api_name, record_id)
        return None if found is None else self.state.renderer.whole(found)

    def records(self, module: str) -> list[dict[str, Any]]:
        """Give all records of a module, oldest first."""
        return [self.state.renderer.whole(record) for record in self.state.store.all(module)]

    def attachments(self, record_id: str) -> list[tuple[str, bytes]]:
        """Give the files of a record: name and content, oldest first."""
        return [(one.name, one.content) for one in self.state.attachments.get(record_id, [])]

    def ids(self, module: str) -> list[str]:
        """Give the ids of a module's records, oldest first."""
        return [record.id for record in self.state.store.all(module)]

    def fail(self, fault: Fault | str, *, count: int | None = 1, **more: Any) -> None:
        """Plan a fault for the next `count` calls or pushes; see `Plan` for the other arguments."""
        self.state.faults.add(Plan(Fault(fault), count, **more))

    def disturb(self, **shares: Any) -> None:
        """Let shares of all pushes get lost, doubled, reordered or delayed from now on, by the seed; see `Weather`.

        `disturb(drop=0.3, duplicate=0.2, reorder=0.2)`.

        Raises:
            ValueError: shares that are none. TypeError: no such fate.
        """
        self.state.faults.set_weather(Weather(**shares))

    def calm(self) -> None:
        """Forget all planned faults; pushes arrive again."""
        self.state.faults.clear()

    def advance(self, **by: float) -> None:
        """Put the clock forward: `advance(hours=1)`."""
        self.state.clock.advance(timedelta(**by))

    def set_latency(self, milliseconds: int) -> None:
        """Let every API call take at least so long from now on."""
        if milliseconds < 0:
            raise ValueError("latency is not negative")
        self.state.latency_ms = milliseconds

    def kill_tokens(self) -> None:
        """Invalidate every access token."""
        self.state.tokens.revoke_all()

    @property
    def calls(self) -> list[LoggedCall]:
        """The calls so far, oldest first (at most the last 10,000)."""
        return list(self.state.log)

    def count(self, method: str | None = None, path: str = "") -> int:
        """Count the logged calls with this method and this text in the path."""
        return sum(call.method == (method or call.method) and path in call.path for call in self.state.log)

    async def settle(self) -> None:
        """Wait until every webhook and notification has been delivered or has failed."""
        await self.state.pushes.settle()

    def reset(self) -> None:
        """Go back to the beginning: the generated college, no tokens, channels, faults or log."""
        self.state.reset()

    def _publish(self, change: Change, push: bool) -> None:
        self.state.pushes.publish([change], workflows=push, notifications=push)

    def _module(self, name: str) -> Module:
        return self.state.modules[name]
