"""A stopped target: nothing is claimed, then one event probes, then either a longer pause or all again."""

from __future__ import annotations

import pytest

from agent.errors import SyncError, bad_record, misconfigured, transient
from agent.inbox.breakers import Breakers, OpenBreaker

STOP = misconfigured("INVALID_TOKEN", "The token was revoked.", target="zoho")
STOP_MOODLE = misconfigured("NO_SERVICE", "Switched off.", target="moodle")


@pytest.fixture
def breakers() -> Breakers:
    return Breakers(first=5.0, longest=300.0)


def test_closed_it_allows_all_free_slots(breakers: Breakers) -> None:
    assert breakers.allowance(4, 0, 0.0) == 4
    assert breakers.open_breakers(0.0) == []


def test_open_it_allows_none_and_says_why(breakers: Breakers) -> None:
    assert breakers.failed(1, STOP, 100.0) == 5.0
    assert breakers.allowance(4, 0, 104.9) == 0
    assert breakers.open_breakers(102.0) == [
        OpenBreaker("zoho", "INVALID_TOKEN", "The token was revoked.", seconds_left=3.0)
    ]


@pytest.mark.parametrize(("now", "left"), [(104.5, 0.5), (105.0, 0.0), (106.0, 0.0)])
def test_a_probe_that_is_due_has_no_time_left(breakers: Breakers, now: float, left: float) -> None:
    breakers.failed(1, STOP, 100.0)
    assert [stopped.seconds_left for stopped in breakers.open_breakers(now)] == [left]


def test_a_stop_that_names_no_side_is_the_agents_own(breakers: Breakers) -> None:
    breakers.failed(1, SyncError("X", "x", action=STOP.action, fault=STOP.fault), 100.0)
    assert [stopped.target for stopped in breakers.open_breakers(100.0)] == ["agent"]


def test_after_the_pause_one_event_probes_once_nothing_else_runs(breakers: Breakers) -> None:
    breakers.failed(1, STOP, 100.0)
    assert breakers.allowance(4, 2, 105.0) == 0
    assert breakers.allowance(4, 0, 105.0) == 1
    assert breakers.allowance(0, 0, 105.0) == 0


def test_those_in_flight_when_it_opened_neither_prolong_nor_close_it(breakers: Breakers) -> None:
    breakers.failed(1, STOP, 100.0)
    assert breakers.failed(2, STOP, 101.0) == 5.0
    breakers.succeeded(3, 101.0)
    breakers.failed(4, bad_record("X", "x"), 101.0)
    assert breakers.allowance(4, 0, 104.9) == 0
    assert breakers.allowance(4, 0, 105.0) == 1


def test_each_failed_probe_doubles_the_pause_up_to_the_longest(breakers: Breakers) -> None:
    now, pauses = 0.0, [breakers.failed(0, STOP, 0.0)]
    for number in range(1, 9):
        now += pauses[-1]
        breakers.claimed(number)
        pauses.append(breakers.failed(number, STOP, now))
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]


@pytest.mark.parametrize("fate", [None, bad_record("X", "x")], ids=["done", "its own fault"])
def test_a_probe_that_came_through_closes_it(breakers: Breakers, fate: SyncError | None) -> None:
    breakers.failed(1, STOP, 100.0)
    breakers.claimed(2)
    if fate:
        breakers.failed(2, fate, 105.0)
    else:
        breakers.succeeded(2, 105.0)
    assert breakers.allowance(4, 0, 105.0) == 4


def test_a_probe_that_proves_nothing_is_repeated_after_the_same_pause(breakers: Breakers) -> None:
    breakers.failed(1, STOP, 100.0)
    breakers.claimed(2)
    breakers.failed(2, transient("AWAY", "x"), 105.0)
    assert breakers.allowance(4, 0, 109.9) == 0
    assert breakers.allowance(4, 0, 110.0) == 1
    breakers.claimed(3)
    breakers.abandoned(3)
    assert breakers.allowance(4, 0, 110.0) == 1


def test_trouble_that_is_back_at_once_goes_on_with_the_longer_pause(breakers: Breakers) -> None:
    breakers.failed(1, STOP, 100.0)
    breakers.claimed(2)
    breakers.succeeded(2, 105.0)
    assert breakers.failed(3, STOP, 106.0) == 10.0
    breakers.claimed(4)
    breakers.succeeded(4, 116.0)
    assert breakers.failed(5, STOP, 1000.0) == 5.0


@pytest.mark.parametrize(("later", "pause"), [(5.0, 10.0), (5.1, 5.0)])
def test_trouble_is_the_same_for_as_long_as_the_last_pause_was(
    breakers: Breakers, later: float, pause: float
) -> None:
    breakers.failed(1, STOP, 100.0)
    breakers.claimed(2)
    breakers.succeeded(2, 105.0)
    assert breakers.failed(3, STOP, 105.0 + later) == pause


def test_both_targets_must_be_due(breakers: Breakers) -> None:
    breakers.failed(1, STOP, 100.0)
    breakers.failed(2, STOP_MOODLE, 103.0)
    assert [stopped.target for stopped in breakers.open_breakers(103.0)] == ["moodle", "zoho"]
    assert breakers.allowance(4, 0, 105.0) == 0
    assert breakers.allowance(4, 0, 108.0) == 1
