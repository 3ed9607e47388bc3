"""Whatever JSON comes, the sandbox refuses in Zoho's words or takes it; it never breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.sandbox.zoho import INTEGRATION, SandboxOptions, SandboxState
from agent.sandbox.zoho.bodies import read_items, runs_workflows
from agent.sandbox.zoho.coql_parser import parse
from agent.sandbox.zoho.errors import CallRefused, ItemRefused
from agent.sandbox.zoho.metadata import Module

STATE = SandboxState(SandboxOptions(college=1))
GRADES = STATE.modules["BTEC_Grades"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
)
KEYS = st.sampled_from(
    ["id", "name", "module", "api_name", "watch", "data", "field_selection", "group", "_delete"]
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


def items_of(module: Module) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from([*module.fields, "Nothing"]), JSON, max_size=6)


def attempt(work: Callable[[], Any]) -> Any:
    with suppress(CallRefused, ItemRefused):
        return work()
    return None


@settings(max_examples=300, deadline=None)
@given(items_of(GRADES))
def test_any_record_is_taken_or_refused_and_can_be_answered(item: dict[str, Any]) -> None:
    written = attempt(lambda: STATE.writer.upsert(GRADES, item, "$.data[0]", INTEGRATION, ()))
    if written is not None:
        json.dumps(STATE.renderer.whole(written.record), ensure_ascii=False).encode()
        STATE.writer.delete(GRADES, written.record.id, INTEGRATION)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_body_is_read_or_refused(body: Any) -> None:
    attempt(lambda: read_items(body))
    attempt(lambda: runs_workflows({"trigger": body}))
    attempt(lambda: STATE.writer.check_fields(GRADES, body))
    attempt(lambda: STATE.channels.change(body, "http://here"))
    item = {"channel_id": "1", "notify_url": "http://there", "events": ["BTEC_Grades.all"]}
    for name in (*item, "channel_expiry", "token", "notification_condition"):
        attempt(lambda name=name: STATE.channels.subscribe({"watch": [{**item, name: body}]}, "http://here"))  # type: ignore[misc]


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="select from where and or in is not null like between limit order by ,()'=<>!.1aA%\\")
)
def test_any_query_is_parsed_or_refused(text: str) -> None:
    attempt(lambda: parse(text))
    attempt(lambda: parse(f"select id from BTEC_Grades where {text}"))
