"""The status by which the plugin's watch and checks are tested is told by this agent."""

from __future__ import annotations

import json
from pathlib import Path

from agent.store.tables import SYNC_TABLES
from agent.web.api.status_api import StatusTold

PROJECT = Path(__file__).resolve().parent.parent.parent
STATUS = json.loads((PROJECT / "moodle/local/zohosync/tests/fixtures/agent_status.json").read_text())


def test_the_plugins_status_is_what_the_agent_tells() -> None:
    """Every member is the agent's own and none is missing, so the plugin is tested with what it will get."""
    assert json.loads(StatusTold.model_validate(STATUS).model_dump_json()) == STATUS
    assert [one["entity"] for one in STATUS["modules"]] == list(SYNC_TABLES)
