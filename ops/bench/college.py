"""The whole college: all modules into a fresh Moodle, against the same writes by Moodle's own API."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ops.bench.rig import LATENCY_MS, PROJECT, College, Ran, Rig, Row
from ops.processes import clean_environment
from ops.runas import SetupError, give

STUDENTS, MANY = 1500, 5000
RATIO_LIMIT = 0.8  # of the initial sync against the baseline
SECOND_LIMIT = 5.0  # s
GROWTH_LIMIT = 3.6  # of MANY students' initial sync against STUDENTS'
# What both ways have to leave in Moodle in equal number; the set-up's own account and role do not count.
COUNTED = {
    "accounts": "SELECT 1 FROM mdl_user WHERE idnumber ~ '^[0-9]{10}'",
    "categories": "SELECT 1 FROM mdl_course_categories WHERE idnumber ~ '^[0-9]{10}'",
    "courses": "SELECT 1 FROM mdl_course WHERE idnumber <> ''",
    "enrolments": "TABLE mdl_user_enrolments",
    "roles in courses": "SELECT 1 FROM mdl_role_assignments a JOIN mdl_context c ON c.id = a.contextid"
    " WHERE c.contextlevel = 50",
}
OURS = "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'mdl\\_local\\_zohosync\\_%'"
NOT_MIRRORS = ("outbox", "emitted")


@dataclass
class Measured:
    """Figures of one size of college; one value a round."""

    baselines: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    records: int = 0

    def add(self, first: Ran, second: Ran) -> None:
        """Keep one round's two runs."""
        self.firsts.append(first.seconds)
        self.seconds.append(second.seconds)
        self.peaks += [first.memory, second.memory]
        print(f"  initial sync {first.seconds:.1f} s, second {second.seconds:.1f} s", flush=True)


def export(rig: Rig, students: int) -> Path:
    """Write the college that Zoho's sandbox will generate as a file that the baseline reads."""
    path = rig.folder / f"college-{students}.json"
    subprocess.run(
        [sys.executable, "-m", "ops.bench.export", str(students), str(path)],
        check=True,
        cwd=PROJECT,
        env=clean_environment(rig.folder, {"PYTHONPATH": str(PROJECT)}),
    )
    give(path, rig.site.user)
    return path


def counts(rig: Rig) -> dict[str, int]:
    """Count what there is in Moodle: core's tables, and each of the plugin's own."""
    database = rig.site.database
    tables = [name for (name,) in rig.ask(database, OURS) if not name.endswith(NOT_MIRRORS)]
    statements = COUNTED | {name: f"TABLE {name}" for name in sorted(tables)}
    return {name: rig.count(database, statement) for name, statement in statements.items()}


def twice(college: College) -> tuple[Ran, Ran]:
    """Sync a college twice.

    Raises:
        SetupError: the second run wrote something.
    """
    first = college.run("sync", "--all")
    before = college.writes()
    second = college.run("sync", "--all")
    if written := college.writes() - before:
        raise SetupError(f"the second run wrote {written} times although nothing had changed")
    return first, second


def measure(rig: Rig, rounds: int) -> Measured:
    """Measure STUDENTS students, baseline and sync in turns.

    Raises:
        SetupError: both ways did not write the same, or the second run wrote something.
    """
    measured = Measured()
    path = export(rig, STUDENTS)
    for number in range(1, rounds + 1):
        print(f"whole college, round {number} of {rounds}", flush=True)
        done = rig.baseline("create_college.php", str(path))
        measured.baselines.append(float(done["seconds"]))
        print(f"  baseline {measured.baselines[-1]:.1f} s", flush=True)
        wanted = counts(rig)
        measured.records = int(done["records"])
        with rig.college(STUDENTS) as college:
            measured.add(*twice(college))
            found = counts(rig)
        if found != wanted:
            other = {name: (wanted[name], found[name]) for name in wanted if found[name] != wanted[name]}
            raise SetupError(f"baseline and sync left different numbers: {other}")
    return measured


def measure_many(rig: Rig) -> Measured:
    """Measure MANY students, once, without a baseline."""
    print(f"whole college with {MANY} students", flush=True)
    measured = Measured()
    with rig.college(MANY) as college:
        measured.add(*twice(college))
    return measured


def rows(measured: Measured, many: Measured | None) -> list[Row]:
    """Put the figures into rows; each is the median of the rounds."""
    base, first, second = (
        statistics.median(values) for values in (measured.baselines, measured.firsts, measured.seconds)
    )
    number = f"{measured.records:,} records, {STUDENTS:,} students"
    table = [
        Row("P1b_moodle", f"{number}: Moodle's API, one PHP process", base, "s", None, 1.0),
        Row(
            "P1b",
            f"initial sync of all modules, {LATENCY_MS} ms a Zoho call (against the baseline)",
            first,
            "s",
            base * RATIO_LIMIT,
            first / base,
        ),
        Row(
            "P2",
            "second sync of all modules, zero writes (against the initial sync)",
            second,
            "s",
            SECOND_LIMIT,
            second / first,
        ),
    ]
    if many is not None:
        grown = statistics.median(many.firsts)
        table += [
            Row(
                f"P1b_{MANY}",
                f"initial sync of all modules, {MANY:,} students (against {STUDENTS:,})",
                grown,
                "s",
                first * GROWTH_LIMIT,
                grown / first,
            ),
            Row(
                f"P2_{MANY}",
                f"second sync of all modules, {MANY:,} students, zero writes",
                statistics.median(many.seconds),
                "s",
                None,
                statistics.median(many.seconds) / grown,
            ),
        ]
    return table
