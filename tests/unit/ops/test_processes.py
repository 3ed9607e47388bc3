"""What is started is stopped: whole groups, also when they do not listen, also after a kill, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ops import processes
from ops.leftovers import Leftovers
from ops.processes import Service, process_started

# The leader starts a child that writes its pid, then waits; both in one group.
FAMILY = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print(child.pid, flush=True); time.sleep(600)"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"


def _service(folder: Path, code: str) -> Service:
    service = Service("family", [sys.executable, "-c", code], folder=folder, log=folder / "log").start()
    while not (folder / "log").read_text().strip():
        service.check()
    return service


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_stopping_ends_the_children_too(tmp_path: Path) -> None:
    service = _service(tmp_path, FAMILY)
    child = int((tmp_path / "log").read_text())
    assert _alive(child)
    service.stop()
    assert not _alive(child)
    assert not service.running


def test_who_does_not_listen_is_ended_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    service = _service(tmp_path, STUBBORN)
    assert service.process is not None
    pid = service.process.pid
    service.stop()
    assert not _alive(pid)


def test_leftovers_of_a_killed_run_are_ended_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        processes, "STOP_SECONDS", 0.2
    )  # the ended child stays a zombie of ours until waited for
    with (
        subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
        ) as left,
        subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
        ) as other,
    ):
        leftovers = Leftovers(tmp_path / "processes.json")
        leftovers.note(left.pid)
        known = json.loads((tmp_path / "processes.json").read_text())
        # A pid that was given to another process since then: same number, another start.
        known[str(other.pid)] = "1"
        (tmp_path / "processes.json").write_text(json.dumps(known))
        try:
            assert Leftovers(tmp_path / "processes.json").stop() == 1
            assert left.wait(timeout=30) != 0
            assert other.poll() is None
        finally:
            left.kill()
            other.kill()


def test_a_process_that_is_gone_has_no_start() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    assert process_started(gone.pid) is None
