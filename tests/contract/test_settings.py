"""The settings that Moodle needs as well: read here as in the plugin, case by case of one table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.store.options import MOODLES, OptionError, parse

CASES = json.loads((Path(__file__).parent / "vectors/settings.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['key']}: {case['name']}")
def test_setting(case: dict[str, Any]) -> None:
    """What fits is read as the table says, with the defaults of what it lacks; what does not fit is refused."""
    if case["value"] is None:
        with pytest.raises(OptionError):
            parse(case["key"], case["given"])
    else:
        assert parse(case["key"], case["given"]).model_dump(mode="json") == case["value"]


def test_every_setting_is_in_the_table() -> None:
    """A setting that Moodle needs cannot be added here alone."""
    assert {case["key"] for case in CASES} == set(MOODLES)
