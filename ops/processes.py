"""Start helpers of the demo and the tests in process groups of their own, and stop exactly those again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ops.runas import SetupError, command_as

STOP_SECONDS = 15
LOG_TAIL = 1500
PASSED_ON = ("LANG", "LC_ALL", "PATH", "TZ")


def clean_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Build a small environment: nothing of the caller's but path and language."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        **kept,
        **(extra or {}),
    }


@dataclass
class Service:
    """One long-running program in its own process group, its output in a log file."""

    name: str
    argv: Sequence[str]
    folder: Path
    log: Path
    user: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Service:
        """Start it; the log is appended to."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command_as(self.user, list(self.argv), below=self.folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd or self.folder,
                env=clean_environment(self.folder, self.env),
                start_new_session=True,
            )
        return self

    @property
    def running(self) -> bool:
        """Tell whether the program still runs."""
        return self.process is not None and self.process.poll() is None

    def tail(self) -> str:
        """Read the end of the log, for an error message."""
        return self.log.read_text(errors="replace")[-LOG_TAIL:] if self.log.exists() else ""

    def check(self) -> None:
        """Raise SetupError, with the end of the log, when the program has ended by itself."""
        if not self.running:
            code = None if self.process is None else self.process.returncode
            raise SetupError(f"{self.name} ended (exit code {code}); its log ends with:\n{self.tail()}")

    def stop(self) -> None:
        """Ask the whole group to end, wait, and end by force whatever is left of it."""
        if self.process is None:
            return
        stop_group(self.process.pid, self.stop_signal, self.process)
        self.process = None


def stop_group(
    group: int, first: signal.Signals = signal.SIGTERM, leader: subprocess.Popen[bytes] | None = None
) -> None:
    """End a process group that we started: politely, then by force. A group that is gone is fine."""
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, first)
        while time.monotonic() < deadline:
            if leader is not None:
                leader.poll()
            os.killpg(group, 0)
            time.sleep(0.05)
        os.killpg(group, signal.SIGKILL)
    if leader is not None:
        leader.wait()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does (also where Ctrl-C was switched off, as behind `&`)."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in caught}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold off Ctrl-C while stopping, so that a second one leaves nothing behind."""
    held = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in held}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def process_started(pid: int) -> str | None:
    """Read when a process started (clock ticks since boot): with the pid it names one process for good."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[19]
