"""Passes over what Moodle owns or both sides may change: each difference is looked at as if its event had come."""

from __future__ import annotations

import asyncio

from agent.errors import Action, Fault, SyncError
from agent.store.runs import RecordNote
from agent.sync.bulk import ModuleReport, Note, Progress
from agent.sync.compare import Comparison, Difference, InBatches
from agent.sync.engine import Engine

BATCH = 100  # records mended by one call
AT_ONCE = 8  # records looked at at once; the clients' own limits hold below it
QUIET = frozenset({"unchanged", "ignored"})  # what leaves no history


class Mender:
    """Mends what a comparison finds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def run(
        self, comparison: Comparison, *, dry_run: bool, progress: Progress, note: Note
    ) -> ModuleReport:
        """Look at each difference; with `dry_run` only say what they are.

        Raises:
            SyncError: a side cannot be used at all; what was done so far is kept.
        """
        report = ModuleReport(comparison.name)
        many = BATCH if isinstance(comparison, InBatches) else AT_ONCE
        found: list[Difference] = []
        async for difference in comparison.differences():
            report.seen += 1
            if dry_run:
                report.counts[difference.operation] += 1
                report.changes.append(difference)
                continue
            found.append(difference)
            if len(found) == many:
                await self._look(comparison, found, report, note)
                found = []
                progress(report)
        await self._look(comparison, found, report, note)
        progress(report)
        return report

    async def _look(
        self, comparison: Comparison, found: list[Difference], report: ModuleReport, note: Note
    ) -> None:
        if not found:
            return
        if isinstance(comparison, InBatches):
            done = [(_word(outcome), error) for outcome, error in await comparison.mend(found)]
        else:
            done = await asyncio.gather(*(self._one(difference) for difference in found))
        notes: list[RecordNote] = []
        for difference, (outcome, error) in zip(found, done, strict=True):
            report.counts[outcome] += 1
            if error is not None and outcome == "failed":
                report.failures.append((difference.record_id, error))
                report.fresh.append(difference.record_id)
            if outcome not in QUIET:
                code, message = (error.code, error.message) if error else (None, None)
                fields = list(difference.fields)
                notes.append(RecordNote(difference.record_id, outcome, fields, code, message))
        if notes:
            await note(notes)

    async def _one(self, difference: Difference) -> tuple[str, SyncError | None]:
        try:
            looked = await self._engine.look(difference.source, difference.entity, difference.record_id)
        except SyncError as error:
            if error.fault is Fault.DEPENDENCY:
                return "waiting", error
            if error.action is not Action.FAIL_RECORD:
                raise
            return "failed", error
        return _word(looked.outcome), None


def _word(outcome: str) -> str:
    return "updated" if outcome == "applied" else outcome
