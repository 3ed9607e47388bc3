"""Which modules are changed on purpose, and which tests are about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """One part of the core.

    Attributes:
        modules: glob patterns of its files, from the project's folder.
        tests: what of the tests is about it; of these each mutant meets those that reach its function. Tests that run
            the agent as another process are left out: they cannot be told apart by what they reach.
        seconds: one of its tests that takes longer hangs: several times as long as the slowest takes on a busy machine.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    seconds: int = 60


def _integration(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/integration/test_{name}.py" for name in names)


def _unit(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/unit/test_{name}.py" for name in names)


GROUPS = {
    "grading": Group(
        modules=("agent/grading/*.py",),
        tests=_unit("grading"),
    ),
    "inbox": Group(
        modules=("agent/inbox/*.py",),
        tests=(
            "tests/unit/inbox",
            *_integration("inbox_repository", "inbox_workers", "burst", "intake", "settings"),
        ),
        seconds=20,
    ),
    "engine": Group(
        modules=("agent/sync/*.py", "agent/canonical.py"),
        tests=(
            *_unit(
                "ahead",
                "canonical",
                "entities",
                "entities_kept",
                "entities_money",
                "fields",
                "mapping",
                "two_way",
            ),
            *_integration(
                "sync", "sync_comparisons", "sync_log", "sync_money", "sync_reconcile", "sync_schedule"
            ),
            *_integration("sync_teaching", "sync_units", "requests", "request_files", "definitions", "drift"),
            *_integration(
                "criteria_faults", "grade_criteria", "grades_reconcile", "moodle_settings", "passes"
            ),
            *_integration("remembered_times", "tenancy", "two_way_enrollments", "two_way_webhooks"),
        ),
    ),
    "entities": Group(
        modules=("agent/entities/*.py",),
        tests=(
            *_unit(
                "canonical",
                "entities",
                "entities_kept",
                "entities_money",
                "fields",
                "grading",
                "mapping",
                "two_way",
            ),
            *_integration("sync", "sync_money", "sync_teaching", "sync_units", "requests", "grade_criteria"),
        ),
    ),
}
