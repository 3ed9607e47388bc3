"""Grades: Moodle owns the result; Zoho gets one record per student and assignment. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from agent.canonical import Canonical, text
from agent.grading.btec import GradeRules, Mark, Result, decide
from agent.moodle.models import GradeSnapshot

MAPPING_VERSION = 2
TEXT_LENGTH = 255
FEEDBACK_LENGTH = 2000
LEVELS = {"P": "Pass", "M": "Merit", "D": "Distinction"}  # first letter of a criterion -> its level
ACHIEVED, NOT_ACHIEVED = "Achieved", "Not achieved"
CUT = " […]"

# canonical name -> Zoho's field
FIELDS = {
    "key": "Moodle_Grade_Composite_Key",
    "gradeid": "Moodle_Grade_ID",
    "assignment": "BTEC_Grade_Name",
    "letter": "Grade",
    "status": "Grade_Status",
    "attempt": "Attempt_Number",
    "attemptdate": "Attempt_Date",
    "feedback": "Feedback",
    "grader": "Grader_Name",
    "verifier": "IV_Name",
    "studentname": "Student_Name",
    "classname": "Class_Name",
    "unit": "BTEC_Unit",
}
LOOKUPS = {"student": "Student", "class": "Class"}
# The subform of criteria, and canonical name of a row's field -> Zoho's.
CRITERIA = "Learning_Outcomes_Assessm"
ROW_FIELDS = {
    "code": "LO_Code",
    "title": "LO_Title",
    "level": "LO_Outcome_Identification",
    "definition": "LO_Definition",
    "score": "LO_Score",
    "feedback": "LO_Feedback",
}
VERIFIER_ROLE = "teacher"  # Moodle's non-editing teacher is the college's internal verifier


@dataclass(frozen=True)
class GradeNames:
    """What Zoho calls the module of grades and its fields.

    Attributes:
        module: Zoho's module.
        fields, lookups: canonical name -> Zoho's field; `fields["key"]` is the unique one that upserts go by.
        criteria, row_fields: the subform of criteria, and canonical name of a row's field -> Zoho's.
        mapping_mark: goes into the change hash, see `Entity.mapping_mark`.
    """

    module: str = "BTEC_Grades"
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)
    lookups: Mapping[str, str] = field(default_factory=lambda: LOOKUPS)
    criteria: str = CRITERIA
    row_fields: Mapping[str, str] = field(default_factory=lambda: ROW_FIELDS)
    mapping_mark: str = str(MAPPING_VERSION)

    @property
    def key_field(self) -> str:
        """Zoho's field of the composite key."""
        return self.fields["key"]

    @property
    def zoho_fields(self) -> list[str]:
        """Every field to ask Zoho for."""
        return [*self.fields.values(), *self.lookups.values(), "Modified_Time"]


def _units(value: str) -> int:
    """Count as Zoho does, in UTF-16 units: an emoji is two."""
    return len(value.encode("utf-16-le")) // 2


def shorten(value: str | None, length: int) -> str | None:
    """Cut a text at Zoho's limit, with a mark that says so."""
    cleaned = text(value)
    if cleaned is None or _units(cleaned) <= length:
        return cleaned
    kept = cleaned[: length - len(CUT)]
    while _units(kept) > length - len(CUT):
        kept = kept[:-1]
    return kept + CUT


def _mark(snapshot: GradeSnapshot) -> Mark:
    final = snapshot.finalgrade
    try:
        return Mark(
            gradetype=snapshot.gradetype,
            final=Decimal(final) if final else None,
            maximum=Decimal(snapshot.grademax),
            scale=tuple(snapshot.scale),
            attempt=snapshot.attemptnumber,
            workflow=snapshot.workflow,
            hidden=snapshot.hidden,
            feedback=snapshot.feedback,
            criteria=_deciding(snapshot),
            generated=snapshot.outcome,
            generated_reason=snapshot.outcomereason,
        )
    except InvalidOperation as error:
        raise ValueError(f"the grade {final!r} is no number") from error


def _deciding(snapshot: GradeSnapshot) -> dict[str, bool] | None:
    """Give the criteria where they decide; what was overridden in the gradebook goes by the mark."""
    if not snapshot.bycriteria or snapshot.overridden:
        return None
    return {one.shortname: one.achieved for one in snapshot.criteria}


def result_of(snapshot: GradeSnapshot, rules: GradeRules) -> Result:
    """Decide letter and status of a snapshot (docs/protocol.md, section 4).

    Raises:
        GradeRuleError: see `decide`.
    """
    return decide(_mark(snapshot), rules)


def _graded_by(snapshot: GradeSnapshot, before: Canonical) -> dict[str, str | None]:
    """Merge grader and verifier: whoever graded now is written, the other's name stays."""
    name = shorten(snapshot.grader, TEXT_LENGTH)
    names = {"grader": before.get("grader"), "verifier": before.get("verifier")}
    if name is not None:
        names["verifier" if snapshot.graderrole == VERIFIER_ROLE else "grader"] = name
    return names


def canonical(
    snapshot: GradeSnapshot, result: Result, *, unit: str | None, before: Canonical | None
) -> Canonical:
    """Build the canonical form of Zoho's record from a snapshot, its result and what was agreed before."""
    graded = snapshot.outcometime if snapshot.outcome else snapshot.timegraded
    return {
        "key": snapshot.key,
        "gradeid": str(snapshot.gradeid) if snapshot.gradeid else None,
        "assignment": shorten(snapshot.assignname, TEXT_LENGTH),
        "letter": result.letter,
        "status": result.status,
        "attempt": result.attempt,
        "attemptdate": datetime.fromtimestamp(graded, UTC).date().isoformat() if graded else None,
        "feedback": shorten(snapshot.outcomereason or snapshot.feedback, FEEDBACK_LENGTH),
        "studentname": shorten(snapshot.studentname, TEXT_LENGTH),
        "classname": shorten(snapshot.coursename, TEXT_LENGTH),
        "unit": shorten(unit, TEXT_LENGTH),
        "student": snapshot.studentzohoid or None,
        "class": snapshot.classzohoid or None,
        **_graded_by(snapshot, before or {}),
    }


def criteria_rows(snapshot: GradeSnapshot, result: Result) -> list[Canonical]:
    """Build the rows of the subform, one a criterion; scores are told with a letter only."""
    told = result.letter is not None
    return [
        {
            "code": code,
            "title": shorten(f"Criterion {code}", TEXT_LENGTH),
            "level": LEVELS.get(code[:1].upper()),
            "definition": shorten(one.description, TEXT_LENGTH),
            "score": (ACHIEVED if one.achieved else NOT_ACHIEVED) if told else None,
            "feedback": shorten(one.remark, FEEDBACK_LENGTH) if told else None,
        }
        for code, one in zip(_codes(snapshot), snapshot.criteria, strict=True)
    ]


def _codes(snapshot: GradeSnapshot) -> list[str]:
    """Name the rows: a teacher's own rubric may have criteria without a name, or of one name."""
    codes: list[str] = []
    for number, one in enumerate(snapshot.criteria, 1):
        code = shorten(one.shortname, TEXT_LENGTH) or str(number)
        codes.append(code if code not in codes else f"{code[: TEXT_LENGTH - 10]} ({number})")
    return codes


def withdrawn_rows(rows: Sequence[Canonical]) -> list[Canonical]:
    """Build the rows of a grade that is gone: the criteria stay, without scores."""
    return [{**row, "score": None, "feedback": None} for row in rows]


def record_form(state: Mapping[str, Any] | None, names: GradeNames) -> Canonical | None:
    """Take the record's own fields out of what was remembered."""
    return None if state is None else {name: state.get(name) for name in (*names.fields, *names.lookups)}


def withdrawn(before: Canonical) -> Canonical:
    """Build the form of a grade that is gone from Moodle: no letter, not marked; the record itself stays."""
    return {**before, "letter": None, "status": "Not Marked", "attemptdate": None, "feedback": None}


def zoho_record(form: Canonical, names: GradeNames) -> dict[str, Any]:
    """Write a canonical form as Zoho's record."""
    record: dict[str, Any] = {zoho: form.get(name) for name, zoho in names.fields.items()}
    for name, zoho in names.lookups.items():
        record[zoho] = {"id": form[name]} if form.get(name) else None
    return record


def _plain(value: Any) -> Any:
    return text(value) if isinstance(value, str) else value


def from_zoho(record: Mapping[str, Any], names: GradeNames) -> Canonical:
    """Read back a record of Zoho's in the same form, to compare with what was agreed."""
    form: Canonical = {name: _plain(record.get(zoho)) for name, zoho in names.fields.items()}
    for name, zoho in names.lookups.items():
        form[name] = (record.get(zoho) or {}).get("id")
    return form
