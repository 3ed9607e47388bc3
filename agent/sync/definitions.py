"""How assignments are graded in Moodle against the criteria of their classes' units."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import structlog

from agent.errors import SyncError, bad_record
from agent.moodle.client import MoodleClient
from agent.moodle.models import AppliedDefinition
from agent.sync.compare import Difference

log = structlog.get_logger(__name__)

OPEN = {"missing": "create", "outdated": "update"}  # Moodle's word for an assignment -> what mends it
WRITTEN = frozenset({"created", "updated"})
FAILED = frozenset({"refused", "error"})


class Definitions:
    """Assignments whose advanced grading is not as their unit says; Moodle itself compares and writes."""

    name = "grading definition"
    entity = "unit"
    after: tuple[str, ...] = ("unit", "class")

    def __init__(self, moodle: MoodleClient) -> None:
        self._moodle = moodle

    async def differences(self) -> AsyncIterator[Difference]:
        """Give the classes with such assignments, once each."""
        states: dict[str, set[str]] = {}
        async for page in self._moodle.list_definitions():
            for one in page:
                if one.state in OPEN:
                    states.setdefault(one.zohoid, set()).add(one.state)
        for zohoid, found in states.items():
            operation = "update" if "outdated" in found else "create"
            missing = ("moodle",) if operation == "create" else ()
            yield Difference("class", zohoid, operation, ("criteria",), missing, source="reconcile")

    async def mend(self, found: Sequence[Difference]) -> list[tuple[str, SyncError | None]]:
        """Have Moodle apply the units of these classes; see `InBatches`.

        Outcome `kept`: a criterion that Zoho no longer has stays, for somebody was marked on it.
        """
        done: dict[str, list[AppliedDefinition]] = {}
        for one in await self._moodle.apply_definitions([difference.record_id for difference in found]):
            done.setdefault(one.zohoid, []).append(one)
        return [_outcome(done.get(difference.record_id, [])) for difference in found]


def _outcome(applied: Sequence[AppliedDefinition]) -> tuple[str, SyncError | None]:
    for one in applied:
        if one.kept:
            log.info("criteria_kept", class_id=one.zohoid, course_module=one.cmid, criteria=one.kept)
    failed = next((one for one in applied if one.status in FAILED), None)
    if failed is not None:
        code, text = failed.errorcode.upper(), f"course module {failed.cmid}: {failed.message}"
        return "failed", bad_record(code, text, target="moodle")
    if not any(one.status in WRITTEN for one in applied):
        return "unchanged", None
    return ("kept" if any(one.kept for one in applied) else "applied"), None
