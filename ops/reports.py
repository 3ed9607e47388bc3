"""What came of a test suite, read from machine-readable reports: JUnit XML (pytest, PHPUnit), TeamCity lines."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Outcome:
    """One suite's result; `reasons` say why something was skipped, `problems` what failed."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def check(self, what: str, *, good: bool, said: str = "") -> None:
        """Count one check."""
        if good:
            self.passed += 1
        else:
            self.failed += 1
            self.problems.append(f"{what}\n{said.strip()}".strip())

    def skip(self, reason: str, number: int = 1) -> Outcome:
        """Count something skipped, with the reason."""
        self.skipped += number
        self.reasons[reason] += number
        return self

    def line(self) -> str:
        """Write the closing line."""
        return f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(outcome: Outcome, report: Path) -> None:
    """Count the cases of a JUnit report into an outcome.

    A case with an `error` or `failure` failed, one with `skipped` was skipped. Both pytest (one suite) and
    PHPUnit (suites within suites) are understood. No report: one failure.
    """
    try:
        root = ET.parse(report).getroot()  # noqa: S314 - written by our own test run
    except (OSError, ET.ParseError) as error:
        outcome.check(f"{outcome.name} left no readable report", good=False, said=str(error))
        return
    for case in root.iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        bad = [child for child in case if child.tag in {"failure", "error", "warning"}]
        skipped = case.find("skipped")
        if bad:
            said = " ".join(filter(None, (bad[0].get("message"), bad[0].text)))
            outcome.check(name, good=False, said=said)
        elif skipped is not None:
            message = skipped.get("message") or (skipped.text or "").strip()
            outcome.skip(message or "no reason given")
        else:
            outcome.passed += 1


def read_ignored(outcome: Outcome, teamcity: Path) -> None:
    """Replace PHPUnit's unnamed skips (its JUnit report leaves the reason out) by the reasons in its other log."""
    try:
        text = teamcity.read_text(errors="replace")
    except OSError:
        return
    found = re.findall(r"##teamcity\[testIgnored .*?message='((?:[^'|]|\|.)*)'", text)
    if found:
        outcome.reasons = Counter(re.sub(r"\|(.)", r"\1", message).strip() for message in found)


def must_have_run(outcome: Outcome, code: int, tail: str) -> Outcome:
    """Fail a suite that neither ran nor skipped a thing, and one whose run ended badly although no case did.

    Args:
        outcome: what the reports said.
        code: the exit code of the run; 5 is pytest's "no tests".
        tail: the end of what the run printed.
    """
    if code != 0 and outcome.failed == 0:
        outcome.check(f"the run ended with exit code {code}", good=False, said=tail)
    elif outcome.passed + outcome.failed + outcome.skipped == 0:
        outcome.check("nothing ran although this machine could run it", good=False, said=tail)
    return outcome
