"""A fixed number of stories ends well; `make soak` plays them for as long as there is time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = "1:9"
STORY_SECONDS = 600  # a story that comes to no end is one with a bad end


@pytest.mark.timeout(STORY_SECONDS + 60)
def test_stories_end_well() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", SEEDS],
        cwd=PROJECT, capture_output=True, text=True, timeout=STORY_SECONDS,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.startswith("8 stories, 0 with a bad end")


@pytest.mark.timeout(STORY_SECONDS + 60)
def test_a_seed_tells_the_same_story_again() -> None:
    argv = [sys.executable, "-m", "tests.simulation", "--seeds", "3", "--tell"]
    first, second = (
        subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=STORY_SECONDS).stdout
        for _ in range(2)
    )
    assert "exchanges" in first
    assert first.splitlines()[:-1] == second.splitlines()[:-1], "the last line says how long it took"
