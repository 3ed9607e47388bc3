"""`make mutants`: one table, and the same with each survivor in build/mutants.json (docs/mutation.md)."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ops.mutants.groups import GROUPS
from ops.mutants.work import Found, NothingTriedError, Verdict, run
from ops.processes import interruptible
from ops.runas import SetupError

PROJECT = Path(__file__).resolve().parent.parent.parent
WORK = PROJECT / ".test" / "mutants"
RESULT = PROJECT / "build" / "mutants.json"
GOAL = 85.0  # percent of each group


def score(verdicts: list[Verdict]) -> float:
    """Return how many percent of those that were tried the tests noticed."""
    tried = [verdict for verdict in verdicts if verdict.status != "not checked"]
    return 100 * sum(verdict.noticed for verdict in tried) / len(tried) if tried else 0.0


def _row(table: Table, name: str, verdicts: list[Verdict], *, style: str | None = None) -> None:
    counted = Counter(verdict.status for verdict in verdicts)
    columns = ("killed", "timeout", "survived", "no tests", "not checked")
    other = len(verdicts) - sum(counted[column] for column in columns)
    figures = [str(counted[column]) for column in columns]
    table.add_row(name, str(len(verdicts)), *figures, str(other), f"{score(verdicts):.1f} %", style=style)


def show(found: dict[str, Found], seed: int) -> None:
    """Print a table of modules and groups."""
    table = Table(title=f"seed {seed}")
    for column in (
        "module",
        "tried",
        "killed",
        "timed out",
        "survived",
        "no test",
        "no time",
        "other",
        "noticed",
    ):
        table.add_column(column, justify="left" if column == "module" else "right")
    for name, result in found.items():
        for module in sorted({verdict.module for verdict in result.verdicts}):
            _row(table, module, [verdict for verdict in result.verdicts if verdict.module == module])
        label = f"{name}, of {result.mutants} and {result.sentences} in texts left out"
        _row(table, label, result.verdicts, style="bold")
        table.add_section()
    Console(width=140).print(table)


def write(found: dict[str, Found], seed: int) -> None:
    """Write the same as JSON, with what was not noticed."""
    groups = {
        name: {
            "mutants": result.mutants,
            "in_texts": result.sentences,
            "tried": len(result.verdicts),
            "noticed_percent": round(score(result.verdicts), 1),
            "verdicts": [asdict(verdict) for verdict in result.verdicts],
        }
        for name, result in found.items()
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"seed": seed, "goal_percent": GOAL, "groups": groups}, indent=1))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.mutants", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (the first three)"
    )
    parser.add_argument("--sample", type=int, default=0, help="so many of each group, by chance; 0: all")
    parser.add_argument("--seed", type=int, help="the chance; the same number takes the same sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--minutes", type=float, default=600, help="the longest that a group may take")
    given = parser.parse_args()
    if unknown := set(given.groups) - set(GROUPS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    return given


def main() -> int:
    """Try the mutants, print, write the JSON; 1 when a group is below the goal, 2 when it cannot run."""
    given = parse()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    found: dict[str, Found] = {}
    try:
        with interruptible():
            for name in given.groups or list(GROUPS)[:3]:
                found[name] = run(
                    PROJECT,
                    WORK / name,
                    GROUPS[name],
                    sample=given.sample,
                    seed=seed,
                    jobs=given.jobs,
                    minutes=given.minutes,
                )
    except (NothingTriedError, SetupError) as problem:
        print(problem, file=sys.stderr)
        return 2
    show(found, seed)
    write(found, seed)
    return 0 if all(score(result.verdicts) >= GOAL for result in found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
