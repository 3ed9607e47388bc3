"""Students alone: the agent's initial sync against Moodle's own API creating as many users."""

from __future__ import annotations

import statistics

from ops.bench.rig import LATENCY_MS, Rig, Row

STUDENTS = 1500
LIMIT_SECONDS = 8.0
AGAIN_SECONDS = 5.0


def measure(rig: Rig, rounds: int) -> tuple[list[Row], float]:
    """Measure; returns the rows and the agent's peak memory (MB). Each figure is the median of the rounds."""
    baselines, firsts, seconds, peaks = [], [], [], []
    for number in range(1, rounds + 1):
        print(f"students, round {number} of {rounds}", flush=True)
        baselines.append(float(rig.baseline("create_users.php", str(STUDENTS))["seconds"]))
        with rig.college(STUDENTS) as college:
            first, second = (college.run("sync", "--module", "student") for _ in range(2))
        firsts.append(first.seconds)
        seconds.append(second.seconds)
        peaks += [first.memory, second.memory]
    base, initial, again = (statistics.median(values) for values in (baselines, firsts, seconds))
    rows = [
        Row("P1_moodle", f"{STUDENTS} users by Moodle's API, one PHP process", base, "s", None, 1.0),
        Row(
            "P1",
            f"initial sync of {STUDENTS} students, {LATENCY_MS} ms a Zoho call (against the baseline)",
            initial,
            "s",
            LIMIT_SECONDS,
            initial / base,
        ),
        Row(
            "P2_students",
            f"second sync of {STUDENTS} students, nothing changed (against the initial sync)",
            again,
            "s",
            AGAIN_SECONDS,
            again / initial,
        ),
    ]
    return rows, max(peaks)
