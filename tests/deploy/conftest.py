"""What the tests of this folder share: the wheel, built once, and a virtual environment that has it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent


def done(*argv: str | Path, env: Mapping[str, str] | None = None, cwd: Path | str = "/tmp") -> str:
    """Run a program that must end well, and return what it printed."""
    ended = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, f"{argv}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"
    return ended.stdout


@pytest.fixture(scope="session")
def uv() -> str:
    found = shutil.which("uv")
    if found is None:
        pytest.skip("uv is not in the path")
    return found


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory, uv: str) -> Path:
    """The folder that the project's own command for a release makes: wheel, locked requirements, script."""
    folder = tmp_path_factory.mktemp("release")
    done("sh", PROJECT / "ops" / "deploy" / "build.sh", folder, cwd=PROJECT)
    return folder


@pytest.fixture(scope="session")
def wheel(release: Path) -> Path:
    (found,) = release.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def zohosync(tmp_path_factory: pytest.TempPathFactory, uv: str, release: Path, wheel: Path) -> Path:
    """The command, installed outside the project with the versions that the release was made with."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    done(uv, "venv", "-q", venv)
    (locked,) = release.glob("*.requirements.txt")
    python = venv / "bin" / "python"
    done(uv, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", locked)
    done(uv, "pip", "install", "-q", "--python", python, "--no-deps", wheel)
    return venv / "bin" / "zohosync"
