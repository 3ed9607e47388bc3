"""What becomes of an event whose work failed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import SyncError, bad_record, misconfigured, quota_spent, throttled, transient, waiting_for
from agent.inbox.plan import LONGEST_RETRY, Again, Park, plan_failure, retry_delay
from agent.inbox.settings import InboxSettings

SETTINGS = InboxSettings(max_tries=4, retry_base=60, retry_factor=2)


@pytest.mark.parametrize(("try_number", "seconds"), [(1, 60), (2, 120), (3, 240), (12, LONGEST_RETRY)])
def test_each_retry_waits_longer_up_to_a_day(try_number: int, seconds: float) -> None:
    assert retry_delay(try_number, SETTINGS, 0.0) == seconds


@given(st.integers(1, 10_000), st.floats(-1, 1))
def test_a_retry_is_at_most_a_fifth_early_or_late(try_number: int, spread: float) -> None:
    plain = retry_delay(try_number, SETTINGS, 0.0)
    assert plain * 0.8 - 0.001 <= retry_delay(try_number, SETTINGS, spread) <= plain * 1.2 + 0.001


ASKED = SyncError(
    "AWAY", "m", action=transient("x", "x").action, fault=transient("x", "x").fault, retry_after=500.0
)


@pytest.mark.parametrize(
    ("error", "try_number", "expected"),
    [
        (transient("AWAY", "m"), 1, Again("AWAY", "m", 60.0, counted=True)),
        (transient("AWAY", "m"), 3, Again("AWAY", "m", 240.0, counted=True)),
        (transient("AWAY", "m"), 4, Park("AWAY", "m")),
        (transient("AWAY", "m"), 5, Park("AWAY", "m")),
        (ASKED, 1, Again("AWAY", "m", 500.0, counted=True)),
        (bad_record("BAD", "m"), 1, Park("BAD", "m")),
        (throttled("BUSY", "m", target="zoho", retry_after=7), 9, Again("BUSY", "m", 7, counted=False)),
        (throttled("BUSY", "m", target="zoho"), 9, Again("BUSY", "m", None, counted=False)),
        (
            waiting_for("student:9", "m"),
            9,
            Again("WAITING_FOR_DEPENDENCY", "m", None, counted=False, waits_for="student:9"),
        ),
        (misconfigured("TOKEN", "m", target="zoho"), 9, Again("TOKEN", "m", 20.0, counted=False)),
        (quota_spent("QUOTA", "m", target="zoho"), 9, Again("QUOTA", "m", 20.0, counted=False)),
    ],
)
def test_the_action_decides(error: SyncError, try_number: int, expected: Again | Park) -> None:
    assert plan_failure(error, try_number, SETTINGS, spread=0.0, pause=20.0) == expected
