"""The steps of a plan: what is there already, what would be done, what a person has to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from agent.errors import SyncError

Action = Literal["keep", "create", "change", "remove", "by_hand"]


@dataclass(frozen=True)
class Step:
    """One thing in Zoho.

    Attributes:
        action: what is to become of it; `by_hand`: Zoho's API cannot do it.
        subject: what it is, such as `workflow rule Moodle sync student changed`.
        text: what is done, or why, in words; never a secret.
        do: does it; None where nothing is to be done.
    """

    action: Action
    subject: str
    text: str
    do: Callable[[], Awaitable[None]] | None = field(default=None, repr=False, compare=False)

    @property
    def settled(self) -> bool:
        """Whether it is as it should be."""
        return self.action == "keep"

    def __str__(self) -> str:
        """Write the line."""
        return f"{self.action.replace('_', ' '):<7} {self.subject}" + (f": {self.text}" if self.text else "")


async def carry_out(steps: Sequence[Step]) -> AsyncIterator[tuple[Step, SyncError | None]]:
    """Do what is to be done, one after the other; what Zoho refuses stops none of the others.

    Yields:
        Each step with something to do, and the error where it could not be done.
    """
    for step in steps:
        if step.do is None:
            continue
        try:
            await step.do()
        except SyncError as error:
            yield step, error
        else:
            yield step, None
