"""The inbox's figures. `workers` comes from the environment, the retries from app_settings; the rest are measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.config import Settings
from agent.store.options import RetryPolicy


@dataclass(frozen=True)
class InboxSettings:
    """Figures of one agent's inbox; every time is in seconds.

    Attributes:
        workers: records processed at once.
        max_tries: tries before an event is parked.
        retry_base, retry_factor: the n-th retry waits base * factor^(n-1), give or take a fifth.
        wait_first, wait_longest: an event that waits is looked at again after a third of its age, within
            these bounds.
        dependency_longest: upper bound for an event that waits for another record. That record's arrival
            wakes it at once, so looking is a safety net and each look costs a call to Zoho.
        breaker_first, breaker_longest: pause of a stopped target, doubled with each failed probe.
        run_limit: a handler that takes longer is cancelled and tried again.
        lease: an event not renewed for so long is given back; renewed three times as often.
        sweep: how often dead owners are looked for; twice dead in a row is believed.
        poll: how often the table is asked when nobody woke the workers.
        drain: how long a clean stop waits for work in flight.
    """

    workers: int = 32
    max_tries: int = 3
    retry_base: float = 60.0
    retry_factor: float = 2.0
    wait_first: float = 2.0
    wait_longest: float = 300.0
    dependency_longest: float = 6 * 3600.0
    breaker_first: float = 5.0
    breaker_longest: float = 300.0
    run_limit: float = 300.0
    lease: float = 30.0
    sweep: float = 1.0
    poll: float = 1.0
    drain: float = 20.0

    @classmethod
    def of(cls, settings: Settings) -> InboxSettings:
        """Take what the environment sets."""
        return cls(workers=settings.workers)

    def following(self, policy: RetryPolicy) -> InboxSettings:
        """Take the tries and delays of a policy."""
        return replace(
            self, max_tries=policy.max_tries, retry_base=policy.base_seconds, retry_factor=policy.factor
        )
