"""What the real Moodle answered when the scenes were played there: tests/contract/vectors/moodle.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.contract.moodle.scenes import SCENES
from tests.contract.moodle.stage import Backend, Entry, Stage

PATH = Path(__file__).parents[1] / "vectors" / "moodle.json"


def played(backend: Backend, scene: str) -> list[Entry]:
    """Play one scene; the entries are as they would be read from a recording."""
    stage = Stage(backend, list(SCENES).index(scene) + 1)
    SCENES[scene](stage)
    entries: list[Entry] = json.loads(json.dumps(stage.entries))
    return entries


def recorded() -> dict[str, list[Entry]]:
    """Read the recording, by scene."""
    recording: dict[str, list[Entry]] = json.loads(PATH.read_text(encoding="utf-8"))
    return recording


def written(recording: Mapping[str, list[Entry]]) -> str:
    """Write a recording, a line for each entry."""
    scenes = (
        f"{json.dumps(scene)}: [\n"
        + ",\n".join(json.dumps(one, ensure_ascii=False) for one in entries)
        + "\n]"
        for scene, entries in recording.items()
    )
    return "{\n" + ",\n".join(scenes) + "\n}\n"
