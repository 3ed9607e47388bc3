"""Who changed an enrollment, and whose value holds: every combination of the three forms (A21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from agent.moodle.models import EnrolmentSnapshot
from agent.sync.two_way import Merged, ended, merge, moodles_form

TODAY = date(2026, 11, 22)
SINCE = datetime(2026, 11, 1, 12, tzinfo=UTC)
A, B, C = "2026-09-01", "2026-10-01", "2027-01-31"
START = "2026-09-01"


def form(start: str | None = START, end: str | None = None) -> dict[str, Any]:
    return {"startdate": start, "enddate": end}


def lost(kept: str | None, gone: str | None, agreed: str | None) -> dict[str, Any]:
    return {"kept": kept, "lost": gone, "agreed": agreed}


NOTHING = Merged()


@pytest.mark.parametrize(
    ("agreed", "zoho", "moodle", "merged"),
    [
        (form(A), form(A), form(A), NOTHING),
        (form(None), form(None), form(None), NOTHING),
        (form(A), form(B), form(A), NOTHING),
        (form(A), form(None), form(A), NOTHING),
        (form(A), form(A), form(B), Merged({"startdate": B})),
        (form(A), form(A), form(None), Merged({"startdate": None})),
        (form(None), form(None), form(B), Merged({"startdate": B})),
        (form(A), form(B), form(B), NOTHING),
        (form(A), form(None), form(None), NOTHING),
        (form(A), form(B), form(C), Merged({}, {"startdate": lost(B, C, A)})),
        (form(A), form(None), form(C), Merged({}, {"startdate": lost(None, C, A)})),
        (form(A), form(B), form(None), Merged({}, {"startdate": lost(B, None, A)})),
        (form(None), form(B), form(C), Merged({}, {"startdate": lost(B, C, None)})),
        (form(A, C), form(B, C), form(A, None), Merged({"enddate": None})),
        (form(A, C), form(A, C), form(B, B), Merged({"startdate": B, "enddate": B})),
        (form(A, C), form(A, None), form(B, C), Merged({"startdate": B})),
        (form(A, None), form(B, C), form(C, B), Merged({}, {"startdate": lost(B, C, A), "enddate": lost(C, B, None)})),
        (form(A, None), form(B, None), form(C, C), Merged({"enddate": C}, {"startdate": lost(B, C, A)})),
    ],
)  # fmt: skip
def test_zoho_owns_and_what_only_moodle_changed_goes_to_zoho(
    agreed: dict[str, Any], zoho: dict[str, Any], moodle: dict[str, Any], merged: Merged
) -> None:
    assert merge(agreed, zoho, moodle) == merged


@pytest.mark.parametrize(
    ("agreed", "zoho", "moodle", "merged"),
    [
        (form(A), form(A), form(A), NOTHING),
        (form(A), form(A), form(B), Merged({"startdate": B})),
        (form(A), form(B), form(A), Merged({"startdate": A}, {"startdate": lost(A, B, A)})),
        (form(A), form(B), form(C), Merged({"startdate": C}, {"startdate": lost(C, B, A)})),
        (form(A), form(B), form(B), NOTHING),
    ],
)
def test_where_only_moodles_changes_count_zohos_give_way(
    agreed: dict[str, Any], zoho: dict[str, Any], moodle: dict[str, Any], merged: Merged
) -> None:
    assert merge(agreed, zoho, moodle, owner="moodle") == merged


SNAPSHOT = EnrolmentSnapshot(
    "34_12", True, 34, 12, "5725", "5726", "active", START, "", 0, TODAY.isoformat(), ""
)
LATER = {"timemodified": int(datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp()), "changed": "2026-11-20"}
EARLIER = {"timemodified": int(datetime(2026, 10, 20, 9, tzinfo=UTC).timestamp()), "changed": "2026-10-20"}
OVER, SOON = "2026-11-10", "2027-01-31"
WITHDRAWN = form(end="2026-11-21")
GONE, LASTS = form(end=OVER), form(end=SOON)


@pytest.mark.parametrize(
    ("case", "held", "agreed", "zoho", "expected"),
    [
        ("as agreed", {}, form(), form(), form()),
        ("another start", {"startdate": B}, form(), form(), form(B)),
        ("an end given", {"enddate": SOON}, form(), form(), LASTS),
        ("an end taken away", {}, LASTS, LASTS, form()),
        ("suspended", {"status": "suspended"}, form(), form(), WITHDRAWN),
        ("unenrolled", {"status": "absent", "startdate": ""}, form(), form(), WITHDRAWN),
        ("suspended before its end", {"status": "suspended", "enddate": SOON}, LASTS, LASTS, WITHDRAWN),
        ("suspended because it is over", {"status": "suspended", "enddate": OVER}, GONE, GONE, GONE),
        ("gone because it is over", {"status": "absent", "startdate": ""}, GONE, GONE, GONE),
        ("suspended, and Zoho ended it too", {"status": "suspended"}, form(), GONE, GONE),
        ("over, and Zoho begins anew", {"status": "suspended", "enddate": OVER}, GONE, form(), GONE),
        ("left active by the calendar", {"enddate": OVER, **EARLIER}, GONE, GONE, GONE),
        ("reactivated, its old end left", {"enddate": OVER, **LATER}, GONE, GONE, form()),
        ("reactivated without an end", LATER, GONE, GONE, form()),
        ("reactivated with a new end", {"enddate": SOON, **LATER}, GONE, GONE, LASTS),
        ("active by a cohort since before", {"startdate": "", **EARLIER}, GONE, GONE, GONE),
    ],
)  # fmt: skip
def test_what_moodle_holds_in_zohos_words(
    case: str, held: dict[str, Any], agreed: dict[str, Any], zoho: dict[str, Any], expected: dict[str, Any]
) -> None:
    snapshot = replace(SNAPSHOT, **held)
    assert moodles_form(snapshot, agreed, zoho, since=SINCE, suspends=True) == expected, case


def test_an_end_that_does_not_suspend_leaves_an_enrolment_active() -> None:
    snapshot = replace(SNAPSHOT, enddate=OVER, **LATER)
    over = form(end=OVER)
    assert moodles_form(snapshot, over, over, since=SINCE, suspends=False) == over


def test_an_enrollment_is_over_the_day_after_its_end() -> None:
    assert not ended(form(end=TODAY.isoformat()), TODAY)
    assert ended(form(end="2026-11-21"), TODAY)
    assert not ended(form(), TODAY)


@pytest.mark.parametrize("today", ["2026-11-21", "2026-11-23"])
def test_a_withdrawal_ends_the_day_before_moodles_own(today: str) -> None:
    """Wherever Moodle is, its day is not always that of the agent."""
    end = {"2026-11-21": "2026-11-20", "2026-11-23": "2026-11-22"}[today]
    snapshot = replace(SNAPSHOT, status="suspended", today=today)
    held = moodles_form(snapshot, form(), form(), since=SINCE, suspends=True)
    assert held == form(end=end)
    # What it wrote is over for it: looking again writes nothing else.
    assert moodles_form(snapshot, held, held, since=SINCE, suspends=True) == held


def test_a_return_on_the_day_after_the_end_is_one_by_moodles_day() -> None:
    """Ten in the evening in UTC is the next day in Amman, and the day before in New York."""
    late = int(datetime(2026, 11, 10, 22, tzinfo=UTC).timestamp())
    over = form(end=OVER)
    amman = replace(SNAPSHOT, enddate=OVER, timemodified=late, changed="2026-11-11")
    assert moodles_form(amman, over, over, since=SINCE, suspends=True) == form()
    new_york = replace(SNAPSHOT, enddate=OVER, timemodified=late, changed="2026-11-10")
    assert moodles_form(new_york, over, over, since=SINCE, suspends=True) == over
