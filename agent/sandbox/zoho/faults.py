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
        behind: of PUSH_REORDER: how many later pushes are delivered first.
    """

    fault: Fault
    count: int | None = 1
    probability: float = 1.0
    method: str | None = None
    path: str | None = None
    skip: int = 0
    seconds: float = 0.0
    behind: int = 1


@dataclass(frozen=True)
class Weather:
    """What happens to pushes as long as it lasts: shares of all pushes, each of which meets one fate at most.

    Attributes:
        drop: share that is never sent.
        duplicate: share that is sent twice.
        reorder: share that is held back until up to `depth` later ones have been delivered.
        delay: share that is sent `seconds` later.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0
    depth: int = 5
    seconds: float = 0.2

    def __post_init__(self) -> None:
        shares = [share for share, _ in self.fates()]
        if min(shares) < 0 or sum(shares) > 1 or self.depth < 1 or self.seconds < 0:
            raise ValueError("shares are from 0 to 1, all together at most 1; depth is at least 1")

    def fates(self) -> list[tuple[float, Fault]]:
        """Pair each share with what happens to it."""
        return [
            (self.drop, Fault.PUSH_DROP),
            (self.duplicate, Fault.PUSH_DUPLICATE),
            (self.reorder, Fault.PUSH_REORDER),
            (self.delay, Fault.PUSH_DELAY),
        ]


class Faults:
    """Holds the plans and decides, deterministically under a seed, what happens to each call."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._plans: list[Plan] = []
        self._weather: Weather | None = None
        self._die = random.Random(f"{seed}/faults")  # noqa: S311 - reproducible on purpose

    def add(self, plan: Plan) -> None:
        """Plan a fault; earlier plans go first."""
        if plan.count is None and not 0 < plan.probability <= 1:
            raise ValueError("a fault without count needs a probability in (0, 1]")
        self._plans.append(plan)

    def set_weather(self, weather: Weather) -> None:
        """Let this happen to all pushes from now on; plans go first."""
        self._weather = weather

    def clear(self) -> None:
        """Forget all plans and the weather, and start the die anew."""
        self._plans.clear()
        self._weather = None
        self._die = random.Random(f"{self._seed}/faults")  # noqa: S311

    def for_call(self, method: str, path: str) -> Plan | None:
        """Draw the fault of an API call, if any."""
        return self._draw(method, path, push=False)

    def for_push(self, target: str) -> Plan | None:
        """Draw the fault of a webhook or notification to this address, if any."""
        return self._draw("POST", target, push=True) or self._fate()

    def _fate(self) -> Plan | None:
        if self._weather is None:
            return None
        drawn, behind = self._die.random(), self._die.randint(1, self._weather.depth)
        for share, fault in self._weather.fates():
            if drawn < share:
                return Plan(fault, seconds=self._weather.seconds, behind=behind)
            drawn -= share
        return None

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
