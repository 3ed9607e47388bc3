"""`make bench`: one table, and the same as JSON in build/bench.json.

Each round starts from a freshly installed Moodle (a copy of one template database) and measures, in the same minutes,
Moodle's own API doing the writes in one PHP process (the machine's limit) and the agent's initial sync.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from ops.bench import acknowledge, backlog, college, grading, latency, pages, students
from ops.bench.rig import PROJECT, Rig, Row
from ops.moodle import default_source, has_source
from ops.processes import interruptible

WORK = PROJECT / ".test" / "bench"
RESULT = PROJECT / "build" / "bench.json"
ROUNDS = 3
MEMORY_LIMIT = 150.0  # MB, in every run
PARTS = ("students", "college", "grading", "pages", "acknowledge", "latency", "backlog")


def run(rig: Rig, parts: list[str], rounds: int, *, large: bool) -> list[Row]:
    """Measure what is asked for."""
    rows: list[Row] = []
    peaks: list[float] = []
    with rig.postgres:
        rig.prepare()
        if "students" in parts:
            measured, peak = students.measure(rig, rounds)
            rows += measured
            peaks.append(peak)
        if "college" in parts:
            whole = college.measure(rig, rounds)
            many = college.measure_many(rig) if large else None
            rows += college.rows(whole, many)
            peaks += whole.peaks + (many.peaks if many else [])
        if "grading" in parts:
            rows += grading.rows(grading.measure(rig))
        if "pages" in parts:
            rows += pages.rows(pages.measure(rig))
        if "acknowledge" in parts:
            rows += acknowledge.rows(acknowledge.measure(rig))
        if "latency" in parts:
            rows += latency.rows(latency.measure(rig))
        if "backlog" in parts:
            rows += backlog.rows(backlog.measure(rig))
    if not peaks:
        return rows
    rows.append(Row("P9", "peak resident memory of the agent", max(peaks), "MB", MEMORY_LIMIT, None))
    return rows


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in ("what", "value", "limit", "ratio"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for row in rows:
        limit = "" if row.limit is None else f"{row.limit:.4g} {row.unit}{'' if row.held else ' (not held)'}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(row.what, f"{row.value:.2f} {row.unit}", limit, ratio)
    Console().print(table)


def main() -> int:
    """Measure, print, write the JSON; 1 when a limit is not held, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m ops.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help=f"the college with {college.MANY} students too")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="each figure is the median of so many")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; may be repeated")
    given = parser.parse_args()
    if not has_source(default_source()):
        print("no Moodle code tree (set MOODLE_DIR to an unpacked Moodle 4.5)", file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    with interruptible():
        rows = run(Rig(WORK), given.part or list(PARTS), given.rounds, large=given.large)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    show(rows)
    return int(not all(row.held for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
