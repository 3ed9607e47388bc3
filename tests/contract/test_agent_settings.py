"""The settings by which the plugin's form is tested are told by this agent, shape by shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.store.options import OPTIONS, describe
from agent.web.api.settings_api import SettingTold

PROJECT = Path(__file__).resolve().parent.parent.parent
TABLE = PROJECT / "moodle/local/zohosync/tests/fixtures/agent_settings.json"
SETTINGS = json.loads(TABLE.read_text())["settings"]


@pytest.mark.parametrize("told", SETTINGS, ids=lambda told: str(told["key"]))
def test_the_plugins_table_is_what_the_agent_tells(told: dict[str, Any]) -> None:
    """Answer, schema and default are the agent's own, so the form is tested with what it will get."""
    shape = OPTIONS[told["key"]]
    assert json.loads(SettingTold.model_validate(told).model_dump_json()) == told
    assert told["value_schema"] == shape.model_json_schema()
    assert told["value"] == told["default"] == shape().model_dump(mode="json")
    assert told["description"] == describe(told["key"])
