"""What a Moodle grade means in BTEC terms, and what of it Zoho gets. Pure.

Rules: docs/grading.md. Thresholds and scales are settings; the defaults here are the college's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

DISTINCTION, MERIT, PASS, REFER, REFER_AGAIN, FAIL = "D", "M", "P", "R", "RR", "F"

WORKFLOW_STATUS = {
    "notmarked": "Not Marked",
    "inmarking": "In Marking",
    "readyforreview": "Marking completed",
    "inreview": "In review",
    "readyforrelease": "Ready for release",
    "released": "Released",
}
NOT_MARKED, READY, RELEASED = "Not Marked", "Ready for release", "Released"
VALUE, SCALE = 1, 2  # Moodle's GRADE_TYPE_VALUE, GRADE_TYPE_SCALE


class GradeRuleError(ValueError):
    """The grade cannot be put into a BTEC letter; the text says why."""


@dataclass(frozen=True)
class GradeRules:
    """The college's settings for letters.

    Attributes:
        thresholds: lowest mark of D, M and P on the 0-4 scale; a mark on another maximum is taken in proportion.
        scale_letters: letters of a four-item BTEC scale, from its first item.
        invalid_marker: text that, standing alone in the feedback, means an invalid submission.
        full_mark: the mark that the thresholds count as full.
    """

    thresholds: tuple[tuple[str, Decimal], ...] = (
        (DISTINCTION, Decimal(4)),
        (MERIT, Decimal(3)),
        (PASS, Decimal(2)),
    )
    scale_letters: tuple[str, ...] = (REFER, PASS, MERIT, DISTINCTION)
    invalid_marker: str = "01122"
    full_mark: Decimal = Decimal(4)


@dataclass(frozen=True)
class Mark:
    """The part of a snapshot that decides the letter.

    Attributes:
        final: the official grade, or None when there is none (ungraded, retracted, not released).
        maximum: highest possible mark (gradetype value).
        scale: the scale's items, first is index 1 (gradetype scale).
        attempt: Moodle's attempt number, from 0; -1 when there is no attempt.
        workflow: marking workflow state, empty when switched off.
        hidden: the student may not see the grade now.
        feedback: plain text of the feedback.
    """

    gradetype: int
    final: Decimal | None
    maximum: Decimal
    scale: tuple[str, ...] = ()
    attempt: int = 0
    workflow: str = ""
    hidden: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class Result:
    """What Zoho is told: the letter (None clears it), the status, the attempt from 1, and why."""

    letter: str | None
    status: str
    attempt: int
    reason: str


def is_invalid_submission(feedback: str, rules: GradeRules) -> bool:
    """Tell whether the agreed marker stands alone in the feedback, not as part of a number, word or code."""
    return bool(re.search(rf"(?<!\S){re.escape(rules.invalid_marker)}(?=[.,;:!?]*(\s|$))", feedback))


def status_of(mark: Mark) -> str:
    """Translate marking workflow and visibility to Zoho's Grade_Status."""
    if mark.workflow:
        try:
            status = WORKFLOW_STATUS[mark.workflow]
        except KeyError:
            raise GradeRuleError(f"unknown marking workflow state {mark.workflow!r}") from None
    else:
        status = RELEASED if mark.final is not None else NOT_MARKED
    return READY if status == RELEASED and mark.hidden else status


def _first_letter(mark: Mark, final: Decimal, rules: GradeRules) -> str:
    if mark.gradetype == SCALE:
        if len(mark.scale) != len(rules.scale_letters):
            raise GradeRuleError(
                f"the scale has {len(mark.scale)} items, a BTEC scale has {len(rules.scale_letters)}"
            )
        index = int(final) - 1
        if not 0 <= index < len(rules.scale_letters):
            raise GradeRuleError(f"scale item {final} does not exist")
        return rules.scale_letters[index]
    if mark.gradetype != VALUE or mark.maximum <= 0:
        raise GradeRuleError("the assignment is not graded by marks or by a scale")
    points = final * rules.full_mark / mark.maximum
    for letter, lowest in rules.thresholds:
        if points >= lowest:
            return letter
    return REFER


def decide(mark: Mark, rules: GradeRules) -> Result:
    """Decide letter, status and attempt of one grade.

    Raises:
        GradeRuleError: the assignment's scale or workflow state is none that BTEC rules know.
    """
    attempt = max(mark.attempt, 0) + 1
    status = status_of(mark)
    if mark.final is None:
        return Result(None, status, attempt, "there is no official grade")
    if is_invalid_submission(mark.feedback, rules):
        return Result(FAIL, status, attempt, "the feedback carries the marker of an invalid submission")
    letter = _first_letter(mark, mark.final, rules)
    if letter == REFER and attempt >= 2:
        return Result(REFER_AGAIN, status, attempt, "referred again on the resubmission")
    return Result(letter, status, attempt, "by the mark")
