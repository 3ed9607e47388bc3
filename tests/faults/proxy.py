"""HAProxy between two of the parts, so that a test can cut their connections in the middle."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ops.postgres import free_port

START_SECONDS = 20
CONFIG = """\
global
    stats socket {control} mode 600 level admin
    maxconn 2000
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
"""
LISTEN = """\
listen {name}
    bind 127.0.0.1:{port}
    server it 127.0.0.1:{target}
"""


@dataclass
class Proxy:
    """One HAProxy before several servers of this machine; `targets` are their ports by name."""

    folder: Path
    targets: dict[str, int]
    ports: dict[str, int] = field(default_factory=dict)

    def cut(self, name: str) -> None:
        """End every connection to this server at once."""
        self._say(f"shutdown sessions server {name}/it")

    def close(self, name: str) -> None:
        """Take no new connection to this server, and end those that are."""
        self._say(f"disable server {name}/it")
        self.cut(name)

    def open(self, name: str) -> None:
        """Take connections again."""
        self._say(f"enable server {name}/it")

    def connections(self, name: str) -> int:
        """Count the connections that came for this server so far."""
        return int(self._figures(name, "FRONTEND")["stot"])

    def refused(self, name: str) -> int:
        """Count the connections that came while no server took them."""
        return int(self._figures(name, "BACKEND")["econ"])

    def _figures(self, name: str, row: str) -> dict[str, str]:
        lines = self._say("show stat").splitlines()
        columns = lines[0].removeprefix("# ").split(",")
        rows = [dict(zip(columns, line.split(","), strict=False)) for line in lines[1:] if line]
        (found,) = [one for one in rows if one["pxname"] == name and one["svname"] == row]
        return found

    def _say(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.folder / "control"))
            control.sendall(command.encode() + b"\n")
            answer = b""
            while piece := control.recv(65536):
                answer += piece
        return answer.decode()


@contextlib.contextmanager
def running_proxy(folder: Path, **targets: int) -> Iterator[Proxy]:
    """Run HAProxy before these ports; its own are in `ports`."""
    proxy = Proxy(folder, targets, {name: free_port() for name in targets})
    text = CONFIG.format(control=folder / "control")
    for name, target in targets.items():
        text += LISTEN.format(name=name, port=proxy.ports[name], target=target)
    (folder / "haproxy.cfg").write_text(text)
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], stdout=log, stderr=log
        )
    try:
        _wait(proxy, process)
        yield proxy
    finally:
        process.kill()
        process.wait()


def _wait(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, (proxy.folder / "haproxy.log").read_text()
        with contextlib.suppress(OSError):
            proxy._say("show info")
            return
        time.sleep(0.02)
    raise AssertionError("HAProxy did not start")
