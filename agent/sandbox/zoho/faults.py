"""Things that go wrong on request: the next N calls, or a share of them by a seeded die."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can go wrong with a call to the API (or to the token endpoint) or with a push."""

    DROP_BEFORE = "drop_before"  # the connection ends before anything is done
    DROP_AFTER = "drop_after"  # it ends after the work is committed
    HALF_BODY = "half_body"  # it ends in the middle of the answer
    TOO_MANY_REQUESTS = "too_many_requests"  # 429, concurrency
    QUOTA_SPENT = "quota_spent"  # 429, the day's credits
    SERVER_ERROR = "server_error"  # 500 in Zoho's shape
    UNAVAILABLE = "unavailable"  # 503
    HTML = "html"  # an error page of a proxy, 502
    TOKEN_DEATH = "token_death"  # noqa: S105 - every access token dies now
    PUSH_DROP = "push_drop"
    PUSH_DUPLICATE = "push_duplicate"
    PUSH_DELAY = "push_delay"  # delivered `seconds` later
    PUSH_REORDER = "push_reorder"  # held back until the next push has been delivered


PUSH_FAULTS = frozenset({Fault.PUSH_DROP, Fault.PUSH_DUPLICATE, Fault.PUSH_DELAY, Fault.PUSH_REORDER})


@dataclass
class Plan:
    """One planned fault.

    Attributes:
        count: how often it still happens; None: without end, by `probability`.
        method, path: only calls with this method, and with this text in the path.
        skip: let so many matching calls pass first.
        seconds: of PUSH_DELAY.
    """

    fault: Fault
    count: int | None = 1
    probability: float = 1.0
    method: str | None = None
    path: str | None = None
    skip: int = 0
    seconds: float = 0.0


class Faults:
    """Holds the plans and decides, deterministically under a seed, what happens to each call."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._plans: list[Plan] = []
        self._die = random.Random(f"{seed}/faults")  # noqa: S311 - reproducible on purpose

    def add(self, plan: Plan) -> None:
        """Plan a fault; earlier plans go first."""
        if plan.count is None and not 0 < plan.probability <= 1:
            raise ValueError("a fault without count needs a probability in (0, 1]")
        self._plans.append(plan)

    def clear(self) -> None:
        """Forget all plans and start the die anew."""
        self._plans.clear()
        self._die = random.Random(f"{self._seed}/faults")  # noqa: S311

    def for_call(self, method: str, path: str) -> Plan | None:
        """Draw the fault of an API call, if any."""
        return self._draw(method, path, push=False)

    def for_push(self, target: str) -> Plan | None:
        """Draw the fault of a webhook or notification to this address, if any."""
        return self._draw("POST", target, push=True)

    def _draw(self, method: str, path: str, *, push: bool) -> Plan | None:
        for plan in self._plans:
            if (plan.fault in PUSH_FAULTS) is not push or not _matches(plan, method, path):
                continue
            if plan.skip > 0:
                plan.skip -= 1
                continue
            if plan.probability < 1 and self._die.random() >= plan.probability:
                continue
            if plan.count is not None:
                plan.count -= 1
                if plan.count <= 0:
                    self._plans.remove(plan)
            return plan
        return None


def _matches(plan: Plan, method: str, path: str) -> bool:
    return (plan.method is None or plan.method == method) and (plan.path is None or plan.path in path)
