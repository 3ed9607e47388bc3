"""What the agent and the plugin both decide, they decide alike: made-up input, answered by both.

`ZOHOSYNC_FUZZ_EXAMPLES=100000` tries as many of each instead of some hundred.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from agent.entities import grade
from agent.entities.policy import grade_rules
from agent.grading.btec import GradeRuleError
from agent.moodle.models import GradeSnapshot
from agent.store.options import GradingRules
from agent.web.signatures import key_of, verify
from ops import machine
from ops.runas import SetupError
from tests.unit.test_grading import EMPTY

EXAMPLES = settings(
    max_examples=int(os.environ.get("ZOHOSYNC_FUZZ_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
Php = Callable[..., Any]


@pytest.fixture(scope="module")
def php() -> Iterator[Php]:
    """Ask the plugin's classes; one process for all questions."""
    try:
        program = machine.php()
    except SetupError as problem:
        pytest.skip(str(problem))
    script = Path(__file__).with_name("decide.php")
    pipe = subprocess.PIPE
    with subprocess.Popen([program, str(script)], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(**question: Any) -> Any:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())["answer"]

        yield ask
        process.stdin.close()


def decimals(most: int) -> st.SearchStrategy[str]:
    """Give numbers as Moodle writes them, with five places; whole and half ones often."""
    whole = st.integers(0, most).map(lambda number: f"{number}.00000")
    return st.one_of(whole, st.integers(0, most * 100_000).map(lambda n: f"{n // 100_000}.{n % 100_000:05}"))


SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u180e\u2003\u2028\u2029\u202f\u3000\u200b\ufeff"
FEEDBACK = st.one_of(
    st.text(max_size=20),
    st.lists(
        st.one_of(
            st.just("01122"),
            st.sampled_from(list(SPACES)),
            st.sampled_from([".", "!", ",", "x", "0", "ا", "é"]),
        ),
        max_size=8,
    ).map("".join),
)
RULES = st.fixed_dictionaries(
    {},
    optional={
        "distinction": decimals(10),
        "merit": decimals(10),
        "passing": decimals(10),
        "full_mark": decimals(10),
        "invalid_marker": st.sampled_from(["01122", "", "X-1", "(void)", "لاغ"]),
    },
)
GRADES = st.fixed_dictionaries(
    {
        "gradetype": st.integers(0, 3),
        "finalgrade": st.one_of(st.just(""), decimals(110)),
        "grademax": decimals(110),
        "scale": st.lists(st.sampled_from(["Refer", "Pass", "Merit", "Distinction"]), max_size=5),
        "attemptnumber": st.integers(-1, 3),
        "feedback": FEEDBACK,
        "overridden": st.sampled_from([0, 1]),
        "bycriteria": st.sampled_from([0, 1]),
        "criteria": st.lists(
            st.fixed_dictionaries(
                {
                    "shortname": st.one_of(
                        st.from_regex(r"\A[PMDpmd][1-9]?\Z"), st.text(min_size=1, max_size=3)
                    ),
                    "achieved": st.sampled_from([0, 1]),
                }
            ),
            max_size=6,
            unique_by=lambda one: str(one["shortname"]),
        ),
        "outcome": st.sampled_from(["", "", "", "F", "RR"]),
    }
)
REST = {"hidden": 0, "workflow": "", "method": "", "outcomereason": "", "submitted": 0}


@EXAMPLES
@given(rules=RULES, snapshot=GRADES)
@example(
    rules={},
    snapshot={"gradetype": 1, "finalgrade": "3.00000", "grademax": "4.00000", "feedback": "01122\x1c"},
)
def test_both_find_the_same_letter(php: Php, rules: dict[str, str], snapshot: dict[str, Any]) -> None:
    usual = {"scale": [], "attemptnumber": 0, "overridden": 0, "bycriteria": 0, "criteria": [], "outcome": ""}
    snapshot = {**usual, **snapshot, **REST}
    try:
        ours = GradingRules.model_validate(rules)
    except ValidationError:
        assume(False)  # no setting that anybody can store
        raise
    lines = [{"description": "", "remark": "", **one} for one in snapshot["criteria"]]
    whole = TypeAdapter(GradeSnapshot).validate_python({**EMPTY, **snapshot, "criteria": lines})
    try:
        letter = grade.result_of(whole, grade_rules(ours)).letter or ""
    except GradeRuleError:
        letter = ""
    kept = json.loads(ours.model_dump_json())
    assert php(ask="letter", rules=kept, grade=snapshot) == letter


@EXAMPLES
@given(
    keys=st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=2),
    message_id=st.from_regex(r"\A[\x21-\x7e]{1,60}\Z"),
    time=st.integers(0, 10**10),
    body=st.binary(max_size=300),
)
def test_what_the_plugin_signs_the_agent_accepts_by_each_key(
    php: Php, keys: list[bytes], message_id: str, time: int, body: bytes
) -> None:
    secrets = [f"whsec_{base64.b64encode(key).decode()}" for key in keys]
    sent = base64.b64encode(body).decode()
    headers = php(ask="signature", secrets=secrets, id=message_id, time=time, body=sent)
    for secret in secrets:
        assert verify([key_of(secret)], headers, body, time) == message_id


@EXAMPLES
@given(day=st.dates())
def test_every_day_that_the_agent_writes_the_plugin_takes(php: Php, day: date) -> None:
    assert php(ask="date", text=day.isoformat()) is True


@EXAMPLES
@given(text=st.one_of(st.text(max_size=12), st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\s?\Z")))
@example(text="2026-02-29")
@example(text="2026-01-01\n")
def test_what_the_plugin_takes_for_a_day_is_one(php: Php, text: str) -> None:
    if php(ask="date", text=text):
        assert text == "" or date.fromisoformat(text).isoformat() == text
