"""What differs between Zoho, the agent's memory and Moodle. No I/O: three sides in, a verdict out.

A full pass, `zohosync sync --dry-run` and `zohosync drift` all decide here. A record is settled only when all three
agree: Moodle's mirror is compared, not trusted to be as the agent left it, so a restored backup of either side, a
wiped table or an edit in Moodle is a difference like any other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

from agent.errors import SyncError
from agent.moodle.models import MoodleRecord
from agent.store.records import SyncRecord
from agent.store.runs import RecordNote
from agent.sync.plan import Planned

# What a comparison may say of a record, what costs most to get wrong first. `conflict`: both sides changed it and its
# owner will win. `adopt`: both sides agree and only the agent does not know it.
OPERATIONS = ("conflict", "suspend", "restore", "update", "create", "adopt")
UNCHANGED = "unchanged"
MOST_KEPT = 1000  # differences of a module that a run keeps; its counts are of all
# What people may change in Moodle of a record that both sides own. An enrolment that is still there though its end
# has come (`ended`) is none of it: that was the calendar.
TWO_WAY = frozenset({"status", "startdate", "enddate"})
WAITING = "waiting"  # what it belongs to is not in Moodle, so neither can this be: no difference by itself


@dataclass(frozen=True)
class Difference:
    """One record on which the sides do not agree.

    Attributes:
        entity: whose record: one of the registry, or grade.
        record_id: as `Engine.look` takes it: Zoho's id, or Moodle's key of a grade or an enrolment.
        operation: one of OPERATIONS: what mends it.
        fields: our names of what the owner changed since both sides agreed.
        missing: the sides that lack the record: zoho, agent, moodle.
        moodle: names of what Moodle does not hold as its mirror says.
        reason: why it could not be mended so far, or what it waits for; empty if nothing is known against it.
        source: who is believed to have changed: `Engine.look`'s first argument for what Moodle owns.
    """

    entity: str
    record_id: str
    operation: str
    fields: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    moodle: tuple[str, ...] = ()
    reason: str = ""
    source: str = "reconcile"


def note_of(one: Difference) -> RecordNote:
    """Write a difference as a row of a run's history."""
    return RecordNote(
        one.record_id,
        one.operation,
        list(one.fields),
        error_message=one.reason or None,
        detail={"missing": list(one.missing), "moodle": list(one.moodle)},
    )


class Comparison(Protocol):
    """What Moodle owns, or both sides may change, compared whole. Writes nothing.

    `zohosync drift` shows its differences; a full pass hands each to `Engine.look(source, entity, record_id)`, so
    that what mends a record is the same code as for its event.

    Attributes:
        name: of its pass and its run rows, at most 32 letters, no entity's name of the registry.
        entity: whose records it compares; `--module` takes this name too.
        after: entities whose pass has to be over before this one's begins.
    """

    name: str
    entity: str
    after: tuple[str, ...]

    def differences(self) -> AsyncIterator[Difference]:
        """Give what differs now.

        Raises:
            SyncError: a side cannot be asked.
        """
        ...


@runtime_checkable
class InBatches(Protocol):
    """A comparison that mends many differences at once, where one by one would cost a call each."""

    async def mend(self, found: Sequence[Difference]) -> list[tuple[str, SyncError | None]]:
        """Mend them; outcome (applied | kept | unchanged | ignored | failed) and error of each, in the order given.

        Raises:
            SyncError: nothing could be mended, for a reason that is no record's own fault.
        """
        ...


@dataclass(frozen=True)
class Compared:
    """One record of Zoho's, or one that Zoho no longer has, seen from all three sides.

    Attributes:
        record_id: Zoho's.
        planned: what would be written; None where `error` says why it cannot be.
        stored: what the agent remembers.
        listed: Moodle's mirror; None where it has no row, or was not asked (`asked`).
        asked: whether Moodle's side was looked at; an incremental pass believes the agent's memory.
        error: why the record cannot be planned.
        lacks: what the record belongs to and Moodle does not have yet.
        shared: whether Moodle may change it too: what it changed is then for that entity's `Comparison`.
    """

    record_id: str
    planned: Planned | None
    stored: SyncRecord | None
    listed: MoodleRecord | None = None
    asked: bool = True
    error: SyncError | None = None
    lacks: tuple[str, ...] = ()
    shared: bool = False

    @property
    def waits(self) -> bool:
        """Tell whether the same version was tried already and still waits for what it belongs to."""
        plan, stored = self.planned, self.stored
        if plan is None or plan.deleted or stored is None or not self.lacks:
            return False
        absent = self.listed is None or self.listed.deleted
        return absent and stored.state == "pending" and stored.source_hash == plan.change_hash

    @property
    def left(self) -> bool:
        """Tell whether it is left to the comparison of what both sides may change: a person changed it in Moodle."""
        if not self.shared or self.listed is None or self.planned is None or self.planned.deleted:
            return False
        return bool(TWO_WAY.intersection(self.listed.differs.split())) and not self.listed.deleted

    @property
    def known_fault(self) -> bool:
        """Tell whether the agent remembers just this reason why the record cannot be planned."""
        stored, error = self.stored, self.error
        if stored is None or error is None or stored.state != "error":
            return False
        return (stored.error_code, stored.error_message) == (error.code, error.message)

    @cached_property
    def moodle_agrees(self) -> bool:
        """Tell whether Moodle holds exactly this already, so that a write would change nothing."""
        if self.planned is None:
            return False
        if not self.asked:
            return self.planned.settled
        if self.planned.deleted:
            return self.listed is None or self.listed.deleted
        listed = self.listed
        return (
            listed is not None
            and not listed.deleted
            and not listed.differs
            and listed.changehash == self.planned.change_hash
        )

    @property
    def moodle_id(self) -> int | None:
        """Return Moodle's id as Moodle says it, or else as the agent remembers it."""
        if self.listed is not None and self.listed.moodleid:
            return self.listed.moodleid
        return self.stored.moodle_id if self.stored else None

    @property
    def remembered(self) -> bool:
        """Tell whether the agent's memory and Zoho's link say the same as both sides."""
        if self.planned is None or not self.planned.settled:
            return False
        same_id = self.planned.deleted or self.stored is None or self.stored.moodle_id == self.moodle_id
        return same_id and not self.planned.needs_link(self.moodle_id)

    @cached_property
    def settled(self) -> bool:
        """Tell whether all sides agree."""
        return self.moodle_agrees and self.remembered

    @property
    def operation(self) -> str:
        """Name what mends it: one of OPERATIONS, or UNCHANGED or WAITING."""
        plan = self.planned
        if plan is None or self.settled or self.left:
            return UNCHANGED
        if self.waits:
            return WAITING
        if self.moodle_agrees:
            return "update" if plan.needs_link(self.moodle_id) else "adopt"
        if plan.deleted:
            return "suspend"
        if self._deleted_before:
            return "restore"
        if self._new_to_moodle:
            return "create"
        return "conflict" if self.lost else "update"

    @property
    def lost(self) -> list[str]:
        """Name what a person changed in Moodle while Zoho changed the record too: Zoho, the owner, will win."""
        if self.planned is None or self.planned.deleted or self.stored is None or self.listed is None:
            return []
        changed_in_zoho = self.stored.agreed_hash not in {None, self.planned.change_hash}
        return sorted(self.listed.differs.split()) if changed_in_zoho else []

    def difference(self, entity: str) -> Difference | None:
        """Put it as a difference; None where the sides agree."""
        if self.error is not None:
            return Difference(
                entity, self.record_id, "update", (), self._missing, self._differs, str(self.error)
            )
        operation = self.operation
        if self.planned is None or operation in {UNCHANGED, WAITING}:
            return None
        fields = self._fields(self.planned, operation)
        return Difference(
            entity, self.record_id, operation, fields, self._missing, self._differs, self._reason
        )

    @property
    def _deleted_before(self) -> bool:
        if self.asked:
            return self.listed is not None and self.listed.deleted
        return self.stored is not None and self.stored.deleted_at is not None

    @property
    def _new_to_moodle(self) -> bool:
        if self.asked:
            return self.listed is None
        return self.stored is None or self.stored.agreed_hash is None

    def _fields(self, plan: Planned, operation: str) -> tuple[str, ...]:
        if plan.deleted or operation == "adopt":
            return ()
        if self.moodle_agrees:
            return ("link",)
        return tuple(plan.changed)

    @property
    def _missing(self) -> tuple[str, ...]:
        zoho = self.planned is not None and self.planned.deleted
        agent = self.stored is None or self.stored.agreed_hash is None
        moodle = self.asked and (self.listed is None or self.listed.deleted)
        lacking = {"zoho": zoho, "agent": agent, "moodle": moodle}
        return tuple(side for side, lacks in lacking.items() if lacks)

    @property
    def _differs(self) -> tuple[str, ...]:
        return tuple(sorted(self.listed.differs.split())) if self.listed else ()

    @property
    def _reason(self) -> str:
        stored = self.stored
        return f"{stored.error_code}: {stored.error_message}" if stored and stored.error_code else ""
