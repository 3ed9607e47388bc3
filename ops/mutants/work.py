"""One run of mutmut in a copy of the project, with a PostgreSQL that all mutants share."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.configuration import reset_config
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

from ops.mutants.catalogue import LOG_CALL, choose, mutants_of
from ops.mutants.groups import Group
from ops.mutants.undecorated import undecorated
from ops.postgres import PrivatePostgres

COPIED = ("agent", "db", "docs", "ops", "tests", "pyproject.toml", "README.md")
NOTICED = ("killed", "timeout", "segfault")


class NothingTriedError(RuntimeError):
    """No mutant was tried; the text says where the reason is."""


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant.

    Attributes:
        name: mutmut's name of it.
        module: its file, from the project's folder.
        status: mutmut's word: killed, timeout, survived, no tests, ...; `not checked` when the time was over.
        diff: what was changed, where it was not noticed.
    """

    name: str
    module: str
    status: str
    diff: str = ""

    @property
    def noticed(self) -> bool:
        """Whether the tests told it from the original."""
        return self.status in NOTICED


@dataclass(frozen=True)
class Found:
    """The result of a group: verdicts, how many mutants there are, how many of them change only texts for people."""

    verdicts: list[Verdict]
    mutants: int
    sentences: int


def prepare(project: Path, folder: Path, group: Group) -> None:
    """Copy the project into a fresh folder and write mutmut's settings there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for path in (path for pattern in group.modules for path in folder.glob(pattern)):
        path.write_text(undecorated(path.read_text()))
    settings: dict[str, tuple[str, ...]] = {
        "source_paths": ("agent",),
        "only_mutate": group.modules,
        "also_copy": tuple(name for name in COPIED if name != "agent"),
        "do_not_mutate_patterns": (LOG_CALL,),
        "pytest_add_cli_args": ("-p", "no:cacheprovider", f"--timeout={group.seconds}"),
        "pytest_add_cli_args_test_selection": group.tests,
        "use_git_change_detection": ("false",),
    }
    lines = [
        f"{name} =\n" + "".join(f"    {value}\n" for value in values) for name, values in settings.items()
    ]
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines))


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in the copy: mutmut reads its settings from the present folder."""
    with contextlib.chdir(folder):
        reset_config()
        yield
    reset_config()


def run(
    project: Path, folder: Path, group: Group, *, sample: int, seed: int, jobs: int, minutes: float
) -> Found:
    """Make the mutants of a group, try all or a sample of them, and say what became of each.

    Raises:
        NothingTriedError: mutmut ended before it tried any, as when the tests fail without any change.
    """
    prepare(project, folder, group)
    with inside(folder):
        files = sorted(path for pattern in group.modules for path in Path().glob(pattern))
        there = {name: (path, sentence) for path in files for name, sentence in mutants_of(path)}
        counted = [name for name, (_, sentence) in there.items() if not sentence]
        chosen = choose(counted, sample, seed)
        with PrivatePostgres(folder / "postgres", durable=False) as server:
            _mutmut(folder, server, chosen, jobs, minutes * 60)
        verdicts = list(_verdicts(chosen, {name: path for name, (path, _) in there.items()}))
    if not any(verdict.status != "not checked" for verdict in verdicts):
        raise NothingTriedError(f"no mutant was tried; the reason is in {folder / 'mutmut.log'}")
    return Found(verdicts, len(there), len(there) - len(counted))


def _mutmut(folder: Path, server: PrivatePostgres, names: list[str], jobs: int, seconds: float) -> None:
    """Let mutmut try these; when the time is over it writes down what it knows and ends."""
    given = os.environ | {
        "TEST_POSTGRES": f"{server.folder}:{server.port}",
        "PYTEST_DEBUG_TEMPROOT": str(folder),
    }
    argv = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(jobs), *names]
    with (folder / "mutmut.log").open("wb") as log:
        process = subprocess.Popen(argv, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=seconds)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()


def _verdicts(names: list[str], paths: dict[str, Path]) -> Iterator[Verdict]:
    codes: dict[str, int | None] = {}
    for path in set(paths.values()):
        written = Path("mutants") / f"{path}.meta"
        if written.exists():
            codes |= json.loads(written.read_text())["exit_code_by_key"]
    for name in names:
        status = str(status_by_exit_code[codes.get(name)])
        verdict = Verdict(name, str(paths[name]), status)
        if not verdict.noticed and status != "not checked":
            verdict = Verdict(name, verdict.module, status, get_diff_for_mutant(name, path=paths[name]))
        yield verdict
