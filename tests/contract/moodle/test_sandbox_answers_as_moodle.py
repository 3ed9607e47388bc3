"""The sandbox answers as the real Moodle did; tests/e2e/test_contract.py holds the real one to the same recording."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.moodle.recording import played, recorded
from tests.contract.moodle.sandbox import SandboxBackend, sandbox_backend
from tests.contract.moodle.scenes import SCENES
from tests.contract.moodle.stage import Entry


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxBackend]:
    with sandbox_backend() as backend:
        yield backend


@pytest.fixture(scope="module")
def recording() -> dict[str, list[Entry]]:
    return recorded()


def test_every_scene_is_recorded(recording: dict[str, list[Entry]]) -> None:
    assert list(recording) == list(SCENES)


@pytest.mark.parametrize("scene", SCENES)
def test_the_sandbox_answers_as_moodle(
    scene: str, sandbox: SandboxBackend, recording: dict[str, list[Entry]]
) -> None:
    said = played(sandbox, scene)
    assert [entry["what"] for entry in said] == [entry["what"] for entry in recording[scene]]
    for one, other in zip(said, recording[scene], strict=True):
        assert one == other
