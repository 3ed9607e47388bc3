"""The agent as people run it: a process of its own, `python -m agent serve`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from agent.config import Settings
from ops.postgres import free_port
from tests.support.world import until

PROJECT = Path(__file__).resolve().parent.parent.parent
HERE = (sys.executable, "-m", "agent")


def environment(settings: Settings, port: int) -> dict[str, str]:
    """Write settings as the environment that a process reads."""
    values: dict[str, str] = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        parts = value if isinstance(value, list) else [value]
        plain = [p.get_secret_value() if hasattr(p, "get_secret_value") else str(p) for p in parts]
        values[f"ZOHOSYNC_{name.upper()}"] = ",".join(plain)
    return {**values, "ZOHOSYNC_PORT": str(port), "PATH": os.environ["PATH"]}


async def command(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `zohosync` with these words, in no folder of the project, on a wide terminal."""
    env = environment(settings, free_port()) | {"COLUMNS": "200"}
    run = [sys.executable, "-m", "agent", *words]
    return await asyncio.to_thread(
        subprocess.run, run, env=env, cwd="/tmp", capture_output=True, text=True, timeout=60
    )


@dataclass
class AgentProcess:
    """One agent; `kill()` is kill -9, `stop()` a clean end."""

    env: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    program: tuple[str, ...] = HERE

    @classmethod
    def of(cls, settings: Settings, folder: Path, port: int | None = None) -> AgentProcess:
        port = port or free_port()
        return cls(environment(settings, port), folder / "agent.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['ZOHOSYNC_PORT']}"

    async def start(self) -> AgentProcess:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 - starts at once
                [*self.program, "serve"],
                env=dict(self.env), cwd=self.log.parent, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        await until(self.ready)
        return self

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as systemd would; returns the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        if process.poll() is None:
            os.killpg(process.pid, number)
        return process.wait(timeout=40)
