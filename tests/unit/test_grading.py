"""BTEC letters and statuses, by the table that the plugin is held to as well (contract/vectors/letters.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from agent.entities import grade
from agent.entities.policy import grade_rules
from agent.grading.btec import GradeRuleError
from agent.moodle.models import GradeSnapshot
from agent.store.options import GradingRules

VECTORS = Path(__file__).parent.parent / "contract" / "vectors" / "letters.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text())["cases"]
EMPTY: dict[str, Any] = {
    "key": "34_12_7", "found": 1, "gradeid": 1, "itemid": 1, "cmid": 1, "courseid": 12, "assignid": 7, "userid": 34,
    "assignname": "Report", "coursename": "Class", "studentzohoid": "5725767000000415001", "classzohoid": "",
    "studentname": "Leyla Demo", "locked": 0, "maxattempts": -1, "timegraded": 0, "timemodified": 0,
    "grader": "", "graderrole": "",
}  # fmt: skip


def decided(case: dict[str, Any]) -> Any:
    snapshot = TypeAdapter(GradeSnapshot).validate_python(EMPTY | case["grade"])
    return grade.result_of(snapshot, grade_rules(GradingRules.model_validate(case["rules"])))


def test_there_are_enough_cases_and_no_two_of_one_name() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", [one for one in CASES if not one["error"]], ids=lambda one: str(one["name"]))
def test_letter_status_and_attempt(case: dict[str, Any]) -> None:
    result = decided(case)
    assert (result.letter or "", result.status, result.attempt) == (
        case["letter"],
        case["status"],
        case["attempt"],
    )
    assert (result.letter is not None) == case["sent"]
    assert result.reason


@pytest.mark.parametrize("case", [one for one in CASES if one["error"]], ids=lambda one: str(one["name"]))
def test_what_btec_does_not_know_is_refused_with_the_reason(case: dict[str, Any]) -> None:
    with pytest.raises(GradeRuleError, match=case["error"]):
        decided(case)


def test_a_generated_letter_says_why() -> None:
    (case,) = [one for one in CASES if one["name"] == "generated F"]
    assert decided(case).reason == case["grade"]["outcomereason"]
