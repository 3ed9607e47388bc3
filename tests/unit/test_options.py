"""Settings: defaults, what fits, what is refused and how it is said."""

from __future__ import annotations

from typing import Any

import pytest

from agent.app import operation_of
from agent.entities.registry import SLUGS
from agent.store.options import MODULES, OPTIONS, OptionError, describe, parse


def test_the_modules_of_the_settings_are_those_of_the_webhooks() -> None:
    assert set(MODULES) == set(SLUGS)


@pytest.mark.parametrize("key", OPTIONS)
def test_every_setting_has_defaults_that_fit_and_a_meaning(key: str) -> None:
    defaults = parse(key, {}).model_dump(mode="json")
    assert parse(key, defaults) == parse(key, {})
    assert defaults
    assert describe(key).endswith(".")


def test_what_is_not_named_stays_on() -> None:
    modules: Any = parse("modules.enabled", {"class": False})
    assert [name for name in MODULES if not modules.on(name)] == ["class"]
    events: Any = parse("workflows.auto_enabled", {"student": {"delete": False}})
    assert not events.of("student").on("delete")
    assert events.of("student").on("update")
    assert events.of("teacher").on("delete")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("modules.enabled", {"clas": False}, "clas: "),
        ("modules.enabled", {"class": "no"}, "class: "),
        ("modules.enabled", [], "dictionary"),
        ("workflows.auto_enabled", {"student": {"destroy": False}}, "student.destroy: "),
        ("workflows.auto_enabled", {"student": {"delete": 0}}, "student.delete: "),
        ("sync.directions", {"enrollment": "backwards"}, "enrollment: "),
        ("retry.policy", {"max_tries": 0}, "max_tries: "),
        ("retry.policy", {"base_seconds": float("nan")}, "base_seconds: "),
        ("retry.policy", {"factor": 0.5}, "factor: "),
        ("reconcile.schedule", {"full_at": "25:00"}, "full_at"),
        ("reconcile.schedule", {"incremental_minutes": -1}, "incremental_minutes: "),
        ("moodle.roles", {"default_staff": [{"user": "", "role": "manager"}]}, "default_staff.0.user: "),
        ("moodle.roles", {"default_staff": [{"user": "lead", "role": "A Role"}]}, "default_staff.0.role: "),
        ("moodle.roles", {"class_teacher": 3}, "class_teacher: "),
        ("classes.at_end", {"course": "delete"}, "course: "),
        ("enrollments.withdrawal", {"enrolment": "erase"}, "enrolment: "),
        ("nonsense", {}, "there is no setting 'nonsense'"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_named(key: str, value: Any, said: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse(key, value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("event_type", "operation"),
    [
        ("student.created", "create"),
        ("insert", "create"),
        ("student.updated", "update"),
        ("edit", "update"),
        ("look", "update"),
        ("student.deleted", "delete"),
        ("DELETE", "delete"),
    ],
)
def test_the_senders_word_for_what_happened_is_understood(event_type: str, operation: str) -> None:
    assert operation_of(event_type) == operation
