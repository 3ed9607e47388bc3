"""A clean machine for the tests: a Debian root of its own, with its own network, processes and mounts.

It has no systemd: what it runs, Supervisor and the distribution's scripts run.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.conftest import PROJECT, done

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
PROXY = ("127.0.0.1", 3128)
SUITE = "bookworm"
PLAIN = {
    "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}  # fmt: skip
libc = ctypes.CDLL(None, use_errno=True)


def _check(code: int) -> None:
    if code != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextlib.contextmanager
def own_network() -> Iterator[None]:
    """Give this thread, and what it starts, a network of its own that reaches the outside by a proxy only.

    Raises:
        OSError: namespaces are not to be had here.
    """
    with Path("/proc/self/ns/net").open() as outside:
        _check(libc.unshare(NEW_NETWORK))
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            with socket.create_server(PROXY) as door, Path("/proc/thread-self/ns/net").open() as inside:
                _check(libc.setns(outside.fileno(), NEW_NETWORK))
                argv = [sys.executable, "-m", "tests.deploy.proxy", str(door.fileno())]
                proxy = subprocess.Popen(argv, cwd=PROJECT, pass_fds=[door.fileno()])
                _check(libc.setns(inside.fileno(), NEW_NETWORK))
            try:
                yield
            finally:
                proxy.kill()
                proxy.wait()
        finally:
            _check(libc.setns(outside.fileno(), NEW_NETWORK))


def debian() -> Path:
    """Have a minimal Debian below .test/, made now or before; only outside the machine's network can it be fetched."""
    base = PROJECT / ".test" / f"debian-{SUITE}"
    if not (base / "made").exists():
        shutil.rmtree(base, ignore_errors=True)
        base.parent.mkdir(exist_ok=True)
        argv = ["debootstrap", "--variant=minbase", SUITE, str(base), "http://deb.debian.org/debian"]
        made = subprocess.run(argv, cwd="/tmp", capture_output=True, text=True)
        if made.returncode != 0:
            pytest.skip(f"no Debian to be had: {made.stdout.strip()[-200:]}")
        (base / "made").touch()
    return base


@dataclass
class Ended:
    """How a command on the machine ended; `said` is both of its outputs."""

    code: int
    said: str


@dataclass
class Machine:
    """One running machine below `root`."""

    root: Path
    process: subprocess.Popen[bytes]

    @property
    def first(self) -> str:
        """The pid, outside, of the machine's first process."""
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]

    def run(self, *argv: str | Path, env: dict[str, str] | None = None, given: str = "") -> Ended:
        """Run a command on the machine, as root."""
        enter = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--root", "--wdns=/", "--"]
        ended = subprocess.run(
            [*enter, *argv], env=PLAIN | (env or {}), input=given, text=True, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return Ended(ended.returncode, ended.stdout)

    def done(self, *argv: str | Path) -> str:
        """Run a command that must end well; returns what it said."""
        ended = self.run(*argv)
        assert ended.code == 0, f"{argv}: {ended.said[-3000:]}"
        return ended.said

    def file(self, path: str) -> Path:
        """Where a file of the machine lies, seen from here (symbolic links are not followed)."""
        return self.root / path.lstrip("/")


@contextlib.contextmanager
def running_machine(root: Path, base: Path) -> Iterator[Machine]:
    """Start a machine in this thread's network, with all its processes ended afterwards."""
    done("cp", "-a", "--reflink=auto", base, root)
    way = "http://{}:{}".format(*PROXY)
    (root / "etc/apt/apt.conf.d/90proxy").write_text(f'Acquire::http::Proxy "{way}";\n')
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/known-authorities.pem")
    (root / "etc/pip.conf").write_text(f"[global]\nproxy = {way}\ncert = /etc/known-authorities.pem\n")
    start = (
        'mount --make-rprivate / && mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/dev/shm" '
        '&& mount -t tmpfs tmpfs "$0/run" && mkdir -m 1777 "$0/run/lock" '
        '&& mkdir -p "$0/opt/zohosync" && mount -t tmpfs -o size=900m,mode=755 tmpfs "$0/opt/zohosync" '
        '&& touch "$0/run/up" && exec chroot "$0" bash -c "while :; do sleep 3600 & wait; done"'
    )
    argv = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", start, str(root)]
    process = subprocess.Popen(argv, env=PLAIN, stdin=subprocess.DEVNULL)
    machine = Machine(root, process)
    try:
        while True:
            assert process.poll() is None, "the machine did not start"
            with contextlib.suppress(IndexError, OSError):
                if Path(f"/proc/{machine.first}/root").readlink() == root:
                    break
            os.sched_yield()
        yield machine
    finally:
        process.kill()  # and with it the machine's first process, and with that all others
        process.wait()
