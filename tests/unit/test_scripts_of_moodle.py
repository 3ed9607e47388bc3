"""Moodle serves the built form of the plugins' scripts: each was built of its source as it is now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

MOODLE = Path(__file__).resolve().parent.parent.parent / "moodle" / "local"
SOURCES = sorted(MOODLE.glob("*/amd/src/*.js"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_script_is_built_of_its_present_source(source: Path) -> None:
    plugin = source.relative_to(MOODLE).parts[0]
    built = MOODLE / plugin / "amd" / "build" / f"{source.stem}.min.js"

    assert built.read_text().startswith(f'define("local_{plugin}/{source.stem}",')
    (content,) = json.loads(built.with_suffix(".js.map").read_text())["sourcesContent"]
    assert content == source.read_text(), "npx grunt amd --root=local/" + plugin


def test_there_are_scripts() -> None:
    assert SOURCES
