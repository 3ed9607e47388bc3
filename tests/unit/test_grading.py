"""BTEC letters and statuses: one table of cases."""

from decimal import Decimal

import pytest

from agent.grading.btec import SCALE, VALUE, GradeRuleError, GradeRules, Mark, decide

RULES = GradeRules()
BTEC = ("Refer", "Pass", "Merit", "Distinction")


def value(final: str | None, maximum: str = "4", **more: object) -> Mark:
    return Mark(VALUE, None if final is None else Decimal(final), Decimal(maximum), **more)  # type: ignore[arg-type]


def scale(final: str, items: tuple[str, ...] = BTEC, **more: object) -> Mark:
    return Mark(SCALE, Decimal(final), Decimal(len(items)), items, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "letter", "status", "attempt"),
    [
        (value("4.00000"), "D", "Released", 1),
        (value("3.99999"), "M", "Released", 1),
        (value("3"), "M", "Released", 1),
        (value("2.99"), "P", "Released", 1),
        (value("2"), "P", "Released", 1),
        (value("1.99999"), "R", "Released", 1),
        (value("0"), "R", "Released", 1),  # a genuine zero is a mark
        (value(None), None, "Not Marked", 1),  # ungraded is none
        (value("4.5"), "D", "Released", 1),  # bonus points
        (value("100", "100"), "D", "Released", 1),
        (value("75", "100"), "M", "Released", 1),
        (value("50", "100"), "P", "Released", 1),
        (value("49.99", "100"), "R", "Released", 1),
        (value("1", attempt=1), "RR", "Released", 2),
        (value("2", attempt=1), "P", "Released", 2),
        (value(None, attempt=1), None, "Not Marked", 2),  # resubmitted, not yet marked: never RR
        (value("2", attempt=-1), "P", "Released", 1),
        (scale("1"), "R", "Released", 1),
        (scale("2"), "P", "Released", 1),
        (scale("3"), "M", "Released", 1),
        (scale("4"), "D", "Released", 1),
        (scale("1", attempt=1), "RR", "Released", 2),
        (value("3", feedback="Invalid: 01122."), "F", "Released", 1),
        (value("3", feedback="01122"), "F", "Released", 1),
        (value("3", feedback="call 555-01122 or 901122"), "M", "Released", 1),  # part of a number
        (value("3", feedback="ref01122"), "M", "Released", 1),
        (value(None, feedback="01122"), None, "Not Marked", 1),
        (value("3", workflow="released"), "M", "Released", 1),
        (value(None, workflow="notmarked"), None, "Not Marked", 1),
        (value(None, workflow="inmarking"), None, "In Marking", 1),
        (value(None, workflow="readyforreview"), None, "Marking completed", 1),
        (value(None, workflow="inreview"), None, "In review", 1),
        (value(None, workflow="readyforrelease"), None, "Ready for release", 1),
        (value("3", hidden=True), "M", "Ready for release", 1),
        (value("3", workflow="released", hidden=True), "M", "Ready for release", 1),
        (value("3", workflow="inreview", hidden=True), "M", "In review", 1),
    ],
)
def test_letter_status_and_attempt(mark: Mark, letter: str | None, status: str, attempt: int) -> None:
    result = decide(mark, RULES)
    assert (result.letter, result.status, result.attempt) == (letter, status, attempt)


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (scale("1", ("No", "Yes")), "2 items"),
        (scale("5"), "scale item 5"),
        (scale("0"), "scale item 0"),
        (value("1", "0"), "not graded by marks"),
        (Mark(3, Decimal(1), Decimal(4)), "not graded by marks"),
        (value("3", workflow="archived"), "archived"),
    ],
)
def test_what_btec_does_not_know_is_refused_with_the_reason(mark: Mark, words: str) -> None:
    with pytest.raises(GradeRuleError, match=words):
        decide(mark, RULES)
