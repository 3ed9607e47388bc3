"""What a Moodle grade means in BTEC terms, and what of it Zoho gets. Pure.

Rules: docs/grading.md. Thresholds and scales are settings; the defaults here are the college's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
LEVELS = (PASS, MERIT, DISTINCTION)  # of criteria, the lowest first
# What counts as white space in the plugin, too; Python's own list has four control characters more and lacks one space.
SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u180e\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
VALUE, SCALE = 1, 2  # Moodle's GRADE_TYPE_VALUE, GRADE_TYPE_SCALE


class GradeRuleError(ValueError):
    """The grade cannot be put into a BTEC letter; the text says why."""


@dataclass(frozen=True)
class GradeRules:
    """The college's settings for letters.

    Attributes:
        thresholds: lowest mark of D, M and P on the 0-4 scale; a mark on another maximum is taken in proportion.
        scale_letters: letters of a four-item BTEC scale, from its first item.
        invalid_marker: text that, standing alone in the feedback, means an invalid submission; empty: none does.
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
        criteria: achieved or not, by shortname (`P1`), where they decide and not the mark; None elsewhere.
        generated: letter that was generated where nothing was submitted (F or RR), empty when none is in force.
        generated_reason: why, in a sentence.
    """

    gradetype: int
    final: Decimal | None
    maximum: Decimal
    scale: tuple[str, ...] = ()
    attempt: int = 0
    workflow: str = ""
    hidden: bool = False
    feedback: str = ""
    criteria: Mapping[str, bool] | None = None
    generated: str = ""
    generated_reason: str = ""


@dataclass(frozen=True)
class Result:
    """What Zoho is told: the letter (None clears it), the status, the attempt from 1, and why."""

    letter: str | None
    status: str
    attempt: int
    reason: str


def is_invalid_submission(feedback: str, rules: GradeRules) -> bool:
    """Tell whether the agreed marker stands alone in the feedback, not as part of a number, word or code."""
    marker = re.escape(rules.invalid_marker)
    alone = rf"(?<![^{SPACE}]){marker}(?=[.,;:!?]*([{SPACE}]|\Z))"
    return bool(marker) and bool(re.search(alone, feedback))


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


def letter_of_criteria(criteria: Mapping[str, bool]) -> str:
    """Decide by criteria alone: a level counts when all of it and of the levels below it is achieved.

    Raises:
        GradeRuleError: there is no criterion of the level P.
    """
    levels = {
        level: [done for name, done in criteria.items() if name[:1].upper() == level] for level in LEVELS
    }
    if not levels[PASS]:
        raise GradeRuleError("the rubric has no criterion of the level P")
    reached = REFER
    for level in LEVELS:
        if not levels[level] or not all(levels[level]):
            break
        reached = level
    return reached


def _first_letter(mark: Mark, final: Decimal, rules: GradeRules) -> str:
    if mark.criteria is not None:
        return letter_of_criteria(mark.criteria)
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
    if mark.generated:
        # Final for the college: nothing is being marked. The second attempt is open, but Moodle counts what was marked.
        attempt = 2 if mark.generated == REFER_AGAIN else max(mark.attempt, 0) + 1
        return Result(mark.generated, RELEASED, attempt, mark.generated_reason)
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
