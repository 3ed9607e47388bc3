"""The closing lines of a test run tell the truth: counts from reports, and no suite that silently ran nothing."""

from pathlib import Path

from ops.reports import Outcome, must_have_run, read_ignored, read_junit

PYTEST = """<testsuites><testsuite tests="4">
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="1 != 2">trace</failure></testcase>
<testcase classname="a" name="broken"><error message="no fixture"/></testcase>
<testcase classname="a" name="left"><skipped message="no tree"/></testcase>
</testsuite></testsuites>"""
PHPUNIT = """<testsuites><testsuite name="outer"><testsuite name="inner">
<testcase class="x" name="one"/><testcase class="x" name="two"><skipped/></testcase>
<testcase class="x" name="three"><warning type="W">odd</warning></testcase>
</testsuite></testsuite></testsuites>"""


def _read(folder: Path, text: str) -> Outcome:
    outcome = Outcome("unit")
    (folder / "report.xml").write_text(text)
    read_junit(outcome, folder / "report.xml")
    return outcome


def test_pytest_report_is_counted(tmp_path: Path) -> None:
    outcome = _read(tmp_path, PYTEST)
    assert outcome.line() == "unit: 1 passed, 2 failed, 1 skipped"
    assert dict(outcome.reasons) == {"no tree": 1}
    assert any("1 != 2" in problem for problem in outcome.problems)


def test_nested_phpunit_report_is_counted_and_its_skips_get_their_reasons(tmp_path: Path) -> None:
    outcome = _read(tmp_path, PHPUNIT)
    log = tmp_path / "log.teamcity"
    log.write_text("##teamcity[testIgnored name='two' message='Moodle|'s scale is gone' details='']\n")
    read_ignored(outcome, log)
    assert outcome.line() == "unit: 1 passed, 1 failed, 1 skipped"
    assert dict(outcome.reasons) == {"Moodle's scale is gone": 1}


def test_missing_report_is_a_failure(tmp_path: Path) -> None:
    outcome = Outcome("unit")
    read_junit(outcome, tmp_path / "none.xml")
    assert outcome.failed == 1


def test_cut_off_report_is_a_failure(tmp_path: Path) -> None:
    assert _read(tmp_path, PYTEST[:80]).failed == 1


def test_suite_that_ran_nothing_is_a_failure() -> None:
    assert must_have_run(Outcome("unit"), 0, "").failed == 1


def test_suite_that_found_no_tests_is_a_failure() -> None:
    assert must_have_run(Outcome("unit"), 5, "no tests ran").failed == 1


def test_run_that_ended_badly_is_a_failure_though_all_cases_passed() -> None:
    assert (
        must_have_run(Outcome("unit", passed=3), 2, "interrupted").line()
        == "unit: 3 passed, 1 failed, 0 skipped"
    )


def test_wholly_skipped_suite_is_no_failure_and_says_why() -> None:
    outcome = must_have_run(Outcome("unit").skip("no tree", 2), 0, "")
    assert (outcome.failed, dict(outcome.reasons)) == (0, {"no tree": 2})
