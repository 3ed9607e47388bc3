"""Run every suite that this machine can run, after doing the set-up it needs. `make test` and `.ci/run` call it.

Usage: python -m tests.run [suite ...]; without names: all of them, but those of ONLY_WHEN_NAMED, which take long.
Everything written lies below `.test/`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops import machine
from ops.moodle import PLUGINS, MoodleSite, default_source, has_source
from ops.phpunit import MoodlePhpunit, phpunit
from ops.postgres import PrivatePostgres
from ops.processes import interruptible, stop_group, uninterrupted
from ops.reports import Outcome, must_have_run, read_ignored, read_junit
from ops.runas import SetupError

PROJECT = Path(__file__).resolve().parent.parent
WORK = PROJECT / ".test"
LIMIT_SECONDS = 2700  # of one suite
TAIL = 3000
ONLY_WHEN_NAMED = {"installed", "server", "faults-moodle"}  # many minutes each
SERVER = "tests/deploy/test_install.py"
SERVER_PROGRAMS = {name: name for name in ("logrotate", "nginx", "openssl", "shellcheck")} | {
    "promtool": "prometheus",
    "systemd-analyze": "systemd",
}
PATHS = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
SHOWN_PROBLEMS = 15
TYPED = ("agent", "ops", "tests/run.py")
NO_TREE = "no Moodle code tree (set MOODLE_DIR to an unpacked Moodle 4.5)"


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"  {text}", flush=True)


def run(
    name: str, argv: list[str], *, env: dict[str, str] | None = None, cwd: Path = PROJECT
) -> tuple[int, str]:
    """Run one program in a group of its own, its output into a log; return exit code and the log's end."""
    log = WORK / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            with uninterrupted():
                stop_group(process.pid, signal.SIGINT, process)
    text = log.read_text(errors="replace")
    return code, text[-TAIL:] if code != -1 else f"stopped after {LIMIT_SECONDS} s\n{text[-TAIL:]}"


def lint() -> Outcome:
    """Style, formatting, and the direction of imports."""
    outcome = Outcome("lint")
    tools = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "import-linter": ["lint-imports"],
    }
    for what, argv in tools.items():
        code, tail = run(what.replace(" ", "-"), [str(Path(sys.executable).with_name(argv[0])), *argv[1:]])
        outcome.check(what, good=code == 0, said=tail)
    return outcome


def types() -> Outcome:
    """Check types strictly, all roots together."""
    outcome = Outcome("types")
    code, tail = run("mypy", [sys.executable, "-m", "mypy", "--strict", *TYPED])
    outcome.check(f"mypy {' '.join(TYPED)}", good=code == 0, said=tail)
    return outcome


def pytest_suite(name: str) -> Callable[[], Outcome]:
    """Build the runner of one folder of tests."""

    def suite() -> Outcome:
        machine.need_postgres(say)
        return _pytest(name, workers=os.cpu_count() or 1)

    return suite


def _pytest(
    folder: str,
    *,
    workers: int = 0,
    name: str | None = None,
    python: str = sys.executable,
    cwd: Path = PROJECT,
    more: Sequence[str] = (),
) -> Outcome:
    name = name or folder
    report = WORK / "reports" / f"{name}.xml"
    report.unlink(missing_ok=True)
    argv = [
        python,
        "-m",
        "pytest",
        f"tests/{folder}",
        f"--junitxml={report}",
        "-q",
        f"--basetemp={WORK / 'tmp' / name}",
        *(["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []),
        *more,
    ]
    code, tail = run(name, argv, cwd=cwd)
    outcome = Outcome(name)
    if code != 5:  # 5: no tests were collected, and so nothing to read
        read_junit(outcome, report)
    return must_have_run(outcome, code, tail)


def simulation() -> Outcome:
    """Long random runs of the whole, where they exist."""
    if not any((PROJECT / "tests" / "simulation").rglob("test_*.py")):
        return Outcome("simulation").skip("there are no simulations in this version")
    return _pytest("simulation")


def faults() -> Outcome:
    """Kill -9, a full disk and cut connections, with one agent and with three."""
    machine.need_postgres(say)
    missing = [name for name in ("haproxy", "nginx") if not shutil.which(name, path=PATHS)]
    if missing and machine.may_install():
        machine.install(missing, say)
    return _pytest("faults")


def need_php() -> str | None:
    """Have the PHP command line and PHPUnit; return why not."""
    try:
        machine.php()
        phpunit()
    except SetupError as problem:
        if not machine.may_install():
            return str(problem)
        machine.install([*machine.PHP_PACKAGES, "phpunit"], say)
    return None


def php_files() -> Iterator[Path]:
    """List the PHP files of both plugins and of the project's own tools."""
    for folder in ("moodle", "ops", "tests"):
        yield from sorted((PROJECT / folder).rglob("*.php"))


def php_lint() -> Outcome:
    """Have PHP parse each file."""
    outcome = Outcome("php-lint")
    if reason := need_php():
        return outcome.skip(reason)
    for path in php_files():
        done = subprocess.run([machine.php(), "-l", str(path)], capture_output=True, text=True, check=False)
        outcome.check(
            str(path.relative_to(PROJECT)), good=done.returncode == 0, said=done.stdout + done.stderr
        )
    return must_have_run(outcome, 0, "")


def php_pure() -> Outcome:
    """The plugins' classes that need no Moodle, under bare PHPUnit."""
    outcome = Outcome("php-pure")
    if reason := need_php():
        return outcome.skip(reason)
    code, tail = 0, ""
    for folder in sorted((PROJECT / "moodle" / "local").glob("*/tests/pure")):
        name = f"php-pure-{folder.parent.parent.name}"
        junit, teamcity = WORK / "reports" / f"{name}.xml", WORK / "reports" / f"{name}.teamcity"
        junit.unlink(missing_ok=True)
        argv = [phpunit(), "--no-configuration", "--bootstrap", str(folder / "bootstrap.php")]
        argv += [
            "--do-not-cache-result",
            "--fail-on-risky",
            "--fail-on-warning",
            "--test-suffix",
            "_test.php",
        ]
        argv += ["--log-junit", str(junit), "--log-teamcity", str(teamcity), str(folder)]
        code, tail = run(name, argv)
        read_junit(outcome, junit)
        read_ignored(outcome, teamcity)
        outcome = must_have_run(outcome, code, tail)
    return must_have_run(outcome, code, tail)


class MoodleSuites:
    """The suites that need Moodle: one test site for both plugins, made when the first of them runs."""

    def __init__(self) -> None:
        self.postgres: PrivatePostgres | None = None
        self.site: MoodlePhpunit | None = None

    def plugin(self, name: str) -> Callable[[], Outcome]:
        """Build the runner of one plugin's PHPUnit suite."""

        def suite() -> Outcome:
            outcome = Outcome(f"moodle-{name}")
            if not has_source(default_source()):
                return outcome.skip(NO_TREE)
            if reason := need_php():
                return outcome.skip(reason)
            return self._run(outcome, name, self._prepared())

        return suite

    def _prepared(self) -> MoodlePhpunit:
        if self.site is None:
            machine.need_postgres(say)
            machine.need_moodle_stack(say)
            self.postgres = PrivatePostgres(WORK / "postgres", durable=False).start()
            self.site = MoodlePhpunit(MoodleSite(WORK / "moodle", self.postgres, say=say))
            self.site.prepare()
        return self.site

    def _run(self, outcome: Outcome, name: str, site: MoodlePhpunit) -> Outcome:
        junit, teamcity = site.reports / f"{name}.xml", site.reports / f"{name}.teamcity"
        junit.unlink(missing_ok=True)
        code, tail = run(outcome.name, site.command(name), env=site.environment(), cwd=site.site.code)
        read_junit(outcome, junit)
        read_ignored(outcome, teamcity)
        return must_have_run(outcome, code, tail)

    def stop(self) -> None:
        """Stop the database server."""
        if self.postgres is not None:
            self.postgres.stop()


def faults_moodle() -> Outcome:
    """Kill PHP, PostgreSQL and the delivering task of a real Moodle."""
    if not has_source(default_source()):
        return Outcome("faults-moodle").skip(NO_TREE)
    machine.need_postgres(say)
    machine.need_moodle_stack(say)
    return _pytest("faults_moodle", name="faults-moodle")


def e2e() -> Outcome:
    """A real Moodle, a real browser."""
    outcome = Outcome("e2e")
    if not has_source(default_source()):
        return outcome.skip(NO_TREE)
    try:
        machine.need_postgres(say)
        machine.need_moodle_stack(say)
        if machine.chromium() is None:
            machine.install(["chromium"], say)
    except SetupError as problem:
        if machine.may_install():
            raise
        return outcome.skip(str(problem))
    return _pytest("e2e")


def phpcs() -> Outcome:
    """Moodle's coding standard, where a checkout of moodlehq/moodle-local_codechecker is at hand."""
    outcome = Outcome("phpcs")
    checkout = os.environ.get("CODECHECKER_DIR")
    if not checkout:
        return outcome.skip("CODECHECKER_DIR names no checkout of Moodle's code checker")
    if reason := need_php():
        return outcome.skip(reason)
    tool = Path(checkout) / "vendor" / "bin" / "phpcs"
    for name in PLUGINS:
        argv = [machine.php(), str(tool), "--standard=moodle", "-s", str(PROJECT / "moodle" / "local" / name)]
        code, tail = run(f"phpcs-{name}", argv)
        outcome.check(f"local_{name}", good=code == 0, said=tail)
    return outcome


def contract() -> Outcome:
    """What two sides of a contract do; PHP answers for the plugin."""
    machine.need_postgres(say)
    need_php()  # where it cannot be had, what asks it is skipped, and the summary says so
    return _pytest("contract", workers=os.cpu_count() or 1)


def deploy() -> Outcome:
    """The wheel, and the configurations of a server."""
    machine.need_postgres(say)
    missing = [
        package for program, package in SERVER_PROGRAMS.items() if not shutil.which(program, path=PATHS)
    ]
    if missing and machine.may_install():
        machine.install(missing, say)
    return _pytest("deploy", more=[f"--ignore={SERVER}"])


def server() -> Outcome:
    """The script that installs, on a clean machine."""
    machine.need_postgres(say)
    return _pytest(SERVER.removeprefix("tests/"), name="server")


def installed() -> Outcome:
    """The integration tests against the wheel, in a folder that has none of the agent's code."""
    machine.need_postgres(say)
    place = WORK / "installed"
    shutil.rmtree(place, ignore_errors=True)
    for name in ("tests", "ops"):
        shutil.copytree(PROJECT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", place)
    uv, release, wanted = (
        ["sh", str(PROJECT / "ops" / "uv.sh")],
        str(place / "release"),
        str(place / "wanted.txt"),
    )
    python = str(place / ".venv" / "bin" / "python")
    into = [*uv, "pip", "install", "--quiet", "--python", python]
    for step in (
        ["sh", str(PROJECT / "ops" / "deploy" / "build.sh"), release],
        [*uv, "export", "--quiet", "--frozen", "--no-emit-project", "--output-file", wanted],
        [*uv, "venv", "--quiet", str(place / ".venv")],
        [*into, "--require-hashes", "-r", wanted],
        [*into, "--no-deps", "--no-index", "--find-links", release, "zohosync"],
    ):
        code, tail = run("installed-build", step)
        if code != 0:
            raise SetupError(tail)
    return _pytest("integration", workers=os.cpu_count() or 1, name="installed", python=python, cwd=place)


def all_suites(moodle: MoodleSuites) -> dict[str, Callable[[], Outcome]]:
    """List the suites in the order in which they run: quick ones first."""
    return {
        "lint": lint,
        "types": types,
        "unit": pytest_suite("unit"),
        "integration": pytest_suite("integration"),
        "contract": contract,
        "simulation": simulation,
        "faults": faults,
        "php-lint": php_lint,
        "php-pure": php_pure,
        **{f"moodle-{name}": moodle.plugin(name) for name in PLUGINS},
        "e2e": e2e,
        "phpcs": phpcs,
        "deploy": deploy,
        "installed": installed,
        "server": server,
        "faults-moodle": faults_moodle,
    }


def run_suites(names: list[str]) -> list[Outcome]:
    """Run the named suites (all, when none is named) and return what came of them."""
    moodle = MoodleSuites()
    suites = all_suites(moodle)
    if unknown := set(names) - set(suites):
        raise SystemExit(f"there is no suite {', '.join(sorted(unknown))}; there are {', '.join(suites)}")
    outcomes = []
    try:
        for name in names or [name for name in suites if name not in ONLY_WHEN_NAMED]:
            print(f"{name} ...", flush=True)
            started = time.monotonic()
            try:
                outcome = suites[name]()
            except SetupError as problem:
                outcome = Outcome(name)
                outcome.check("the set-up failed", good=False, said=str(problem))
            outcomes.append(outcome)
            say(f"{outcome.line().partition(': ')[2]} ({time.monotonic() - started:.0f} s)")
    finally:
        with uninterrupted():
            moodle.stop()
    return outcomes


def close(outcomes: list[Outcome]) -> int:
    """Print what failed, then the closing lines; return the exit code."""
    for outcome in outcomes:
        for problem in outcome.problems[:SHOWN_PROBLEMS]:
            print(f"\n--- {outcome.name}: {problem}")
        if (more := len(outcome.problems) - SHOWN_PROBLEMS) > 0:
            print(f"\n--- {outcome.name}: and {more} more; see .test/logs")
    print()
    for outcome in outcomes:
        print(outcome.line())
        for reason, number in outcome.reasons.items():
            print(f"    skipped {number}: {reason}")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


@contextmanager
def alone() -> Iterator[None]:
    """Refuse to run twice at once in one checkout."""
    for folder in ("reports", "tmp"):
        (WORK / folder).mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("another run of the tests is under way in this folder") from None
        yield


def main() -> int:
    """Run what the command line names."""
    shutil.rmtree(WORK / "logs", ignore_errors=True)
    with alone(), interruptible():
        try:
            return close(run_suites(sys.argv[1:]))
        except KeyboardInterrupt:
            print("\nstopped")
            return 130


if __name__ == "__main__":
    raise SystemExit(main())
