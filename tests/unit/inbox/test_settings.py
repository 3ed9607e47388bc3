"""The inbox's figures: what the environment and the policy of the retries decide of them, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from agent.config import Settings
from agent.inbox.settings import InboxSettings
from agent.store.options import RetryPolicy


def test_the_environment_says_how_many_records_are_worked_on_at_once() -> None:
    settings = Settings.model_construct(workers=7)
    assert InboxSettings.of(settings) == replace(InboxSettings(), workers=7)


def test_the_policy_says_how_often_and_when_a_failed_event_is_tried() -> None:
    policy = RetryPolicy(max_tries=7, base_seconds=1.5, factor=3)
    changed = {"max_tries": 7, "retry_base": 1.5, "retry_factor": 3}
    assert InboxSettings(workers=9).following(policy) == replace(InboxSettings(workers=9), **changed)
