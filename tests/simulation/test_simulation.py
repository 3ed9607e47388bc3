"""A fixed number of stories ends well; `make soak` plays them for as long as there is time."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.broken import BROKEN

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = "1:9"
STORY_SECONDS = 600  # a story that comes to no end is one with a bad end


@pytest.mark.timeout(STORY_SECONDS + 60)
def test_stories_end_well() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", SEEDS, "--jobs", "2"],
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


@pytest.mark.timeout(STORY_SECONDS + 60)
def test_agents_without_a_guard_are_noticed() -> None:
    """Each guard is missed by a story: without it the seed that is named beside it ends badly, in words that fit."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--broken", "all"],
        cwd=PROJECT, capture_output=True, text=True, timeout=STORY_SECONDS,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    told = played.stdout.splitlines()[:-1]
    assert [line.split(", seed ")[0] for line in told] == [
        f"{one.fault}: {name}" for name, one in BROKEN.items()
    ]
    for line, one in zip(told, BROKEN.values(), strict=True):
        assert one.words in line


@pytest.mark.timeout(STORY_SECONDS + 60)
def test_several_processes_play_every_story_once() -> None:
    argv = [sys.executable, "-m", "tests.simulation", "--seeds", "1:3", "--tell"]
    told = [
        subprocess.run(
            [*argv, *jobs], cwd=PROJECT, capture_output=True, text=True, timeout=STORY_SECONDS
        ).stdout
        for jobs in ([], ["--jobs", "2"])
    ]
    alone, together = (sorted(text.splitlines()[:-1]) for text in told)
    assert len(alone) == 2
    assert alone == together


def test_the_table_of_what_is_broken_is_true() -> None:
    table = (PROJECT / "docs" / "simulation.md").read_text()
    for name, one in BROKEN.items():
        assert re.search(
            rf"^\| {re.escape(one.fault)} \| `{name}`: .* \| {one.seed} \| “{re.escape(one.words)}” \|$",
            table,
            re.M,
        )
