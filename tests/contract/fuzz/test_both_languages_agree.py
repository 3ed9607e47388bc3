"""What agent and plugin both decide, they decide alike: dates, amounts, currencies, keys, signatures, letters."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from agent.canonical import UnreadableValueError, calendar_date, decimal
from agent.entities import grade
from agent.entities.policy import grade_rules
from agent.grading.btec import GradeRuleError
from agent.moodle.models import GradeSnapshot
from agent.sandbox.moodle.kept import AMOUNT, CURRENCY
from agent.sandbox.moodle.site import RowFailed, check_date
from agent.store.options import GradingRules
from agent.web.signatures import key_of, sign, verify
from tests.contract.fuzz.conftest import LONG, Ask
from tests.unit.test_grading import CASES, EMPTY

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
ENDS = st.sampled_from(["", "\n", " ", "\0", "T00:00", "٠", "\r\n"])
DATES = (
    st.tuples(st.dates().map(str), ENDS).map("".join)
    | st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{2}\n?", fullmatch=True)
    | WORDS
)
AMOUNTS = (
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str)
    | st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{0,5})?\n?", fullmatch=True)
    | WORDS
)
KEYS = st.tuples(*[st.integers(-1, 10**20)] * 3).map(lambda ids: "_".join(map(str, ids))) | st.from_regex(
    r"[0-9]{0,19}_[0-9]+_[0-9]+\n?", fullmatch=True
)
# Every kind of white space that one of the two languages knows, around the marker of an invalid submission.
SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u180e\u2003\u2028\u2029\u202f\u3000\u200b\ufeff"
FEEDBACK = WORDS | st.lists(
    st.sampled_from(["01122", "01122", ".", "!", "x", "0", "ا", *SPACES]), max_size=6
).map("".join)
SECRETS = st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode())


@LONG
@given(value=DATES)
def test_dates(php: Ask, value: str) -> None:
    try:
        check_date("day", value)
        good = True
    except RowFailed:
        good = False
    assert php("date", value=value) == {"answer": good}


@LONG
@given(value=DATES)
def test_what_the_agent_reads_as_a_date_the_plugin_takes(php: Ask, value: str) -> None:
    try:
        written = calendar_date(value, "day")
    except UnreadableValueError:
        return
    assert php("date", value=written or "") == {"answer": True}


@LONG
@given(value=AMOUNTS)
@example(value="1" * 15)
@example(value="-" + "9" * 14 + ".9999")
def test_amounts(php: Ask, value: str) -> None:
    said = php("amount", value=value)
    if not value:
        assert said == {"answer": None}
    elif AMOUNT.fullmatch(value):
        assert Decimal(said["answer"]) == Decimal(value)
        assert re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]{4}", said["answer"])
        assert decimal(said["answer"], "amount") == decimal(value, "amount")
    else:
        assert said == {"refused": "amountinvalid"}


@LONG
@given(value=st.from_regex(r"[A-Z]{2,4}\n?", fullmatch=True) | WORDS)
def test_currencies(php: Ask, value: str) -> None:
    good = not value or CURRENCY.fullmatch(value)
    assert php("currency", value=value) == ({"answer": value} if good else {"refused": "currencyinvalid"})


@LONG
@given(value=KEYS | WORDS)
def test_keys(php: Ask, value: str) -> None:
    ids = value.split("_")
    good = len(ids) == 3 and all(re.fullmatch(r"[1-9][0-9]{0,17}", one) for one in ids)
    assert php("key", value=value) == {"answer": value if good else None}


@LONG
@given(
    secrets=st.lists(SECRETS, min_size=1, max_size=3),
    message=st.uuids().map(str),
    timestamp=st.integers(0, 10**11),
    body=WORDS,
)
def test_signatures(php: Ask, secrets: list[str], message: str, timestamp: int, body: str) -> None:
    headers = php("sign", secrets=secrets, id=message, timestamp=timestamp, body=body)["answer"]
    made = [sign(key_of(secret), message, timestamp, body.encode()) for secret in secrets]
    assert headers["webhook-signature"] == " ".join(made)
    for secret in secrets:
        assert verify([key_of(secret)], headers, body.encode(), timestamp) == message


GRADES: Any = st.sampled_from(CASES).flatmap(
    lambda case: st.fixed_dictionaries(
        {
            "rules": st.just(case["rules"]) | st.just({}),
            "grade": st.fixed_dictionaries(
                {},
                optional={
                    "finalgrade": st.decimals(-1, 200, places=5).map(str) | st.just(""),
                    "grademax": st.decimals(0, 200, places=5).map(str),
                    "feedback": FEEDBACK,
                    "attemptnumber": st.integers(-1, 3),
                    "gradetype": st.sampled_from([0, 1, 2]),
                    "overridden": st.integers(0, 1),
                    "bycriteria": st.integers(0, 1),
                    "outcome": st.sampled_from(["", "F", "RR"]),
                },
            ).map(lambda changes: EMPTY | case["grade"] | changes),
        }
    )
)


@LONG
@given(case=GRADES)
def test_letters(php: Ask, case: dict[str, Any]) -> None:
    assume(case["grade"]["hidden"] == 0 and case["grade"]["workflow"] in {"", "released"})
    snapshot = TypeAdapter(GradeSnapshot).validate_python(case["grade"])
    try:
        letter = (
            grade.result_of(snapshot, grade_rules(GradingRules.model_validate(case["rules"]))).letter or ""
        )
    except GradeRuleError:
        letter = ""
    assert php("letter", **case) == {"answer": letter}


@pytest.mark.parametrize("about", ["date", "amount", "currency"])
def test_nothing_is_fine(php: Ask, about: str) -> None:
    assert "refused" not in php(about, value="")
