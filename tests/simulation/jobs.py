"""Several processes side by side, each with every so manieth story and a PostgreSQL of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

SUMMARY = re.compile(r"(\d+) stories, (\d+) with a bad end")


def side_by_side(seeds: range, jobs: int, others: Sequence[str], *, keep_going: bool) -> tuple[int, int]:
    """Play in `jobs` processes; returns how many stories there were, and how many with a bad end.

    Args:
        seeds: of all the stories.
        jobs: how many processes.
        others: the other arguments of `python -m tests.simulation`.
        keep_going: whether the first bad end leaves the other processes alone.
    """
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.simulation", "--seeds", _share(seeds, number, jobs), *others],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(jobs)
    ]
    _settle(children)

    def follow(child: subprocess.Popen[str]) -> tuple[int, int]:
        tally = 0, 1  # of one that ends without a word
        for line in child.stdout or ():
            if (said := SUMMARY.match(line)) is None:
                print(line, end="", flush=True)
            else:
                tally = int(said[1]), int(said[2])
        if child.wait() and not keep_going:
            for other in children:
                other.send_signal(signal.SIGTERM)
        return tally

    with ThreadPoolExecutor(jobs) as threads:
        tallies = list(threads.map(follow, children))
    return sum(played for played, _ in tallies), sum(bad for _, bad in tallies)


def _settle(children: Sequence[subprocess.Popen[str]]) -> None:
    """Give each process, and the PostgreSQL that it will start, one processor: they only ever wait for each other."""
    if not hasattr(os, "sched_setaffinity"):
        return
    processors = sorted(os.sched_getaffinity(0))
    for number, child in enumerate(children):
        os.sched_setaffinity(child.pid, {processors[number % len(processors)]})


def _share(seeds: range, number: int, jobs: int) -> str:
    return f"{seeds.start + number * seeds.step}:{seeds.stop}:{seeds.step * jobs}"
