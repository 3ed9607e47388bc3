"""How Zoho has to hold a grade of Moodle's, and whether it does. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from agent.canonical import Canonical, change_hash
from agent.entities import grade
from agent.entities.grade import GradeNames
from agent.errors import SyncError, bad_record
from agent.grading.btec import RELEASED, GradeRuleError, GradeRules
from agent.moodle.models import GradeSnapshot
from agent.store.attempts import Attempt
from agent.store.records import SyncRecord
from agent.zoho.models import Record

ROWS, ROWS_AT = "criteria", "rowsat"  # in what is agreed: the rows, and Zoho's Modified_Time when they were
HOUSEKEEPING = frozenset({"user", "course"})  # gone as a whole from Moodle: no word about anybody's result


@dataclass(frozen=True)
class GradeOutcome:
    """What became of a grade: outcome (applied | unchanged | ignored) and why."""

    outcome: str
    reason: str


@dataclass(frozen=True)
class Held:
    """A grade as Zoho's list shows it now: its record's id, its canonical form without rows, its Modified_Time."""

    zoho_id: str
    form: Canonical
    modified: str | None = None

    @classmethod
    def of(cls, record: Record, names: GradeNames) -> Held:
        """Read it out of a record."""
        return cls(str(record["id"]), grade.from_zoho(record, names), record.get("Modified_Time"))


@dataclass(frozen=True)
class Wanted:
    """A grade as Zoho has to hold it.

    Attributes:
        form: canonical form of the record's own fields.
        rows: canonical rows of its criteria.
        digest: MD5 of both (change detection only).
        stored: what is remembered of it.
        reason: how the letter came about.
        earlier: attempts that this one takes the place of (`agent.store.attempts`).
    """

    key: str
    form: Canonical
    rows: Sequence[Canonical]
    digest: str
    stored: SyncRecord | None
    reason: str
    earlier: Sequence[Attempt] = ()

    @property
    def agreed(self) -> Mapping[str, Any]:
        """What both sides last agreed on; empty if that is not known."""
        return (self.stored.agreed_state if self.stored else None) or {}

    @property
    def remembered(self) -> bool:
        """Tell whether Zoho was given just this, as far as the agent remembers."""
        stored = self.stored
        return stored is not None and stored.state == "synced" and stored.agreed_hash == self.digest

    @property
    def former_rows(self) -> Sequence[Canonical] | None:
        """The rows that Zoho was given last, None if that is not known."""
        return self.agreed.get(ROWS)

    def settled(self, held: Held | None) -> bool:
        """Tell whether Zoho holds just this; a grade that is gone from both sides is not made anew."""
        if held is None:
            return self.form["letter"] is None
        return self.remembered and held.form == self.form and not self.rows_unsure(held)

    def rows_unsure(self, held: Held | None) -> bool:
        """Tell whether the rows have to be looked at: no list shows them, only that the record was touched."""
        told = self.stored is not None and self.stored.agreed_hash is not None  # else a write of rows failed
        if not told or self.former_rows is None or list(self.former_rows) != list(self.rows):
            return bool(self.rows or self.former_rows)
        touched = held is not None and held.modified != self.agreed.get(ROWS_AT)
        return touched and bool(self.rows)

    def edited(self, present: Canonical) -> dict[str, Any]:
        """Name what somebody typed over it in Zoho, as the detail of a conflict; nothing if it was never sent."""
        return {
            name: {"kept": self.form.get(name), "lost": held, "agreed": self.agreed.get(name)}
            for name, held in present.items()
            if self.agreed and held != self.agreed.get(name) and held != self.form.get(name)
        }


def wanted(
    snapshot: GradeSnapshot,
    stored: SyncRecord | None,
    held: Held | None,
    *,
    unit: str | None,
    names: GradeNames,
    rules: GradeRules,
    gone: str = "",
) -> Wanted | GradeOutcome | SyncError:
    """Say how Zoho has to hold a grade; an outcome where nothing is to be sent.

    Args:
        snapshot: the grade as Moodle has it now.
        stored: what is remembered of it.
        held: what Zoho holds, where that was read.
        unit: name of the class's unit.
        names: Zoho's.
        rules: the college's.
        gone: student | class, where Zoho's record of it was deleted: it would refuse a result that names it.
    """
    before = grade.record_form(stored.agreed_state if stored else None, names) or (
        held.form if held else None
    )
    earlier: Sequence[Attempt] = ()
    if not snapshot.found:
        if before is None:
            return GradeOutcome("ignored", "the grade is gone and was never sent")
        if snapshot.gone in HOUSEKEEPING:
            return GradeOutcome("ignored", f"the {snapshot.gone} is gone from Moodle; Zoho's result stays")
        form, reason = grade.withdrawn(before), "the grade is gone from Moodle"
        rows = grade.withdrawn_rows(((stored.agreed_state if stored else None) or {}).get(ROWS) or ())
    elif not snapshot.studentzohoid:
        return GradeOutcome("ignored", "the user is no student of Zoho's")
    elif gone:
        return GradeOutcome(
            "ignored", f"the {gone} was deleted in Zoho; the pass after a restore sends the grade"
        )
    else:
        try:
            result = grade.result_of(snapshot, rules)
        except GradeRuleError as error:
            return bad_record("GRADE_NOT_BTEC", f"{snapshot.assignname}: {error}", target="moodle")
        if result.letter is None and before is None:
            return GradeOutcome("ignored", "not graded yet: nothing is sent")
        form, reason = grade.canonical(snapshot, result, unit=unit, before=before), result.reason
        rows = grade.criteria_rows(snapshot, result)
        earlier = earlier_attempts(snapshot, before, result.attempt, rules)
    digest = change_hash({**form, ROWS: rows}, names.mapping_mark)
    return Wanted(snapshot.key, form, rows, digest, stored, reason, earlier)


def earlier_attempts(
    snapshot: GradeSnapshot, before: Canonical | None, attempt: int, rules: GradeRules
) -> list[Attempt]:
    """List the marked attempts before `attempt` (from 1): as Zoho was told, else as Moodle still knows them."""
    found: dict[int, Attempt] = {}
    for one in snapshot.attempts:
        number = one.attemptnumber + 1
        if number < attempt and one.grade:
            found[number] = _of_moodle(snapshot, one.attemptnumber, rules)
    told = (before or {}).get("attempt")
    if before and isinstance(told, int) and told < attempt and before.get("letter"):
        names = ("letter", "status", "grader", "verifier", "feedback")
        found[told] = {"attempt": told, "date": before.get("attemptdate")} | {n: before.get(n) for n in names}
    return [found[number] for number in sorted(found)]


def _of_moodle(snapshot: GradeSnapshot, number: int, rules: GradeRules) -> Attempt:
    (one,) = (attempt for attempt in snapshot.attempts if attempt.attemptnumber == number)
    alone = replace(
        snapshot,
        finalgrade=one.grade,
        attemptnumber=number,
        overridden=True,  # by its mark: the criteria and the feedback at hand are the last attempt's
        feedback="",
        outcome="",
    )
    try:
        letter = grade.result_of(alone, rules).letter
    except GradeRuleError:
        letter = None
    day = datetime.fromtimestamp(one.timegraded, UTC).date().isoformat() if one.timegraded else None
    return {
        "attempt": number + 1,
        "date": day,
        "letter": letter,
        "status": RELEASED,
        "grader": one.grader or None,
        "verifier": None,
        "feedback": None,
    }
