"""The script on a clean machine: install, upgrade, rollback, each with the loop through nginx; and what goes wrong.

The tests of this file are one story, told in order on one machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent import __version__
from agent.store import migrations
from ops.postgres import free_port
from tests.deploy.conftest import PROJECT, done
from tests.deploy.machine import Ended, Machine, debian, own_network, running_machine
from tests.deploy.releases import later
from tests.deploy.sides import Sides, open_sides

pytestmark = pytest.mark.timeout(900)  # packages are fetched, a Moodle is installed
NAME, AGENT = "localhost", "https://localhost"
SCRIPT = "/root/release/install.sh"
HEAD = migrations.HEAD
NEXT = f"{int(HEAD) + 1:04}"


@dataclass
class Story:
    machine: Machine
    sides: Sides
    wheels: dict[str, Path]
    certificate: Path
    said: list[str] = field(default_factory=list)
    processes: set[str] = field(default_factory=set)

    def script(self, *words: str, env: dict[str, str] | None = None) -> Ended:
        """Run the script, noting what it says and every process that runs meanwhile."""
        with self._watched():
            ended = self.machine.run("bash", SCRIPT, *words, env=env)
        self.said.append(ended.said)
        return ended

    def install(self, version: str, *more: str, env: dict[str, str] | None = None) -> Ended:
        names = ("--server-name", NAME, "--certificate", "/etc/ssl/own.pem", "--key", "/etc/ssl/own.key")
        wheel = self.machine.file("root/release") / self.wheels[version].name
        return self.script("install", f"/root/release/{wheel.name}", *names, *more, env=env)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.02):
                for entry in Path("/proc").iterdir():
                    with contextlib.suppress(OSError):
                        self.processes.add((entry / "cmdline").read_text().replace("\0", " "))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def current(self) -> str:
        return Path(self.machine.done("readlink", "/opt/zohosync/current").strip()).name

    def pid(self) -> str:
        return self.machine.done("supervisorctl", "pid", "zohosync").strip()

    def schema(self) -> str:
        ask = "SELECT version_num FROM alembic_version"
        words = ("runuser", "-u", "postgres", "--", "psql", "-XAtqc", ask, "zohosync")
        return self.machine.done(*words).strip()

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None) -> int:
        """Ask nginx; returns the status."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        request = urllib.request.Request(AGENT + path, data=body, method=method)
        try:
            with urllib.request.urlopen(request, context=context, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def files(self) -> dict[str, tuple[int, int, int, float]]:
        """Every file that the script has a hand in: mode, owner, size, time."""
        told = {}
        places = "/opt/zohosync /etc/zohosync /etc/supervisor /etc/nginx /etc/logrotate.d /usr/local/bin"
        find = ("find", *places.split(), "-printf", "%p|%m|%U|%s|%T@\\n")
        for line in self.machine.done(*find).splitlines():
            path, mode, owner, size, when = line.split("|")
            told[path] = (int(mode), int(owner), int(size), float(when))
        return told


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, uv: str, release: Path, wheel: Path) -> Iterator[Story]:
    for tool in ("debootstrap", "nsenter", "unshare", "ip", "openssl"):
        if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
            pytest.skip(f"no {tool}: a clean machine cannot be made")
    if os.geteuid() != 0:
        pytest.skip("only root can make a clean machine")
    base = debian()
    folder = PROJECT / ".test" / f"deploy-{os.getpid()}"
    folder.mkdir(parents=True)
    wheels = {__version__: wheel}
    wheels["0.2.0"] = later(folder, "0.2.0", migrations_more=1)
    wheels["0.3.0"] = later(folder, "0.3.0", migrations_more=2, never_ready=True)
    try:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(own_network())
            except OSError as problem:
                pytest.skip(f"namespaces are not to be had here: {problem}")
            machine = stack.enter_context(running_machine(folder / "machine", base))
            place = machine.file("root/release")
            place.mkdir()
            for one in wheels.values():
                for path in one.parent.iterdir():
                    shutil.copy(path, place)
            shutil.copy(release / "install.sh", place)
            certificate, key = machine.file("etc/ssl/own.pem"), machine.file("etc/ssl/own.key")
            certificate.parent.mkdir(exist_ok=True)
            made = [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ]
            made += ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
            done(*made, "-keyout", key, "-out", certificate)
            own = folder / "agent.pem"
            shutil.copy(certificate, own)
            sides = stack.enter_context(open_sides(folder, AGENT, own))
            yield Story(machine, sides, wheels, own)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_what_cannot_be_installed_is_refused_before_anything_is_done(story: Story) -> None:
    outside = {"PATH": "/usr/bin:/bin"}
    unprivileged = story.machine.run(
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-s", "install", "x.whl",
        env=outside, given=story.machine.file(SCRIPT).read_text(),
    )  # fmt: skip
    assert (unprivileged.code, unprivileged.said) == (1, "install.sh: only root can install; use sudo\n")

    absent = story.script("install", "/root/no.whl")
    assert (absent.code, absent.said) == (1, "install.sh: there is no wheel /root/no.whl\n")
    odd = story.script("install", "/root/release/x.whl", "--server-name", "a;b")
    assert (odd.code, "characters" in odd.said) == (1, True)
    assert story.script("rollback").said == "install.sh: no release is kept that could be gone back to\n"
    assert not story.machine.file("etc/zohosync").exists()


def test_without_secrets_it_makes_the_settings_and_says_what_they_lack(story: Story) -> None:
    ended = story.install(__version__)
    assert ended.code == 1
    for name in ("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN", "MOODLE_TOKEN"):
        assert f"ZOHOSYNC_{name}: is empty" in ended.said
    settings = story.machine.file("etc/zohosync/env")
    assert (settings.stat().st_mode & 0o777, settings.stat().st_uid) == (0o600, 0)
    assert story.machine.run("test", "-e", "/opt/zohosync/releases").code == 0
    assert story.machine.run("test", "-e", "/opt/zohosync/current").code != 0


def test_installed_the_loop_runs_through_nginx(story: Story) -> None:
    fill_in(story)
    ended = story.install(__version__)
    assert ended.code == 0, ended.said
    assert ended.said.splitlines()[-1] == f"release {__version__} runs and is ready"
    assert story.script("status").said == f"release {__version__}, before it none\nready\n"
    first = story.machine.run("zohosync", "sync", "--all")
    assert first.code in {0, 1}, first.said
    story.sides.meet_people()
    story.sides.go_round("Amira", "P")


def fill_in(story: Story) -> None:
    """Write what both sides gave into the settings, as the administrator does."""
    path = story.machine.file("etc/zohosync/env")
    text = path.read_text()
    for name, value in story.sides.settings.items():
        line = re.compile(rf"^#?{name}=.*$", re.MULTILINE)
        text = line.sub(f"{name}={value}", text) if line.search(text) else f"{text}{name}={value}\n"
    path.write_text(text)


def test_a_second_run_changes_nothing(story: Story) -> None:
    before, pid = story.files(), story.pid()
    ended = story.install(__version__)
    assert (ended.code, ended.said) == (0, f"release {__version__} runs already; nothing was changed\n")
    assert story.files() == before
    assert story.pid() == pid


def test_the_agent_is_nobody_special_and_its_code_is_not_its_own(story: Story) -> None:
    status = story.machine.done("cat", f"/proc/{story.pid()}/status")
    user = story.machine.done("id", "-u", "zohosync").strip()
    assert re.search(rf"^Uid:\t{user}\t{user}\t{user}\t{user}$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    as_agent = ("runuser", "-u", "zohosync", "--")
    assert story.machine.run(*as_agent, "cat", "/etc/zohosync/env").code != 0
    assert story.machine.run(*as_agent, "touch", "/opt/zohosync/current/venv/x").code != 0


def test_nginx_lets_events_through_and_little_else(story: Story) -> None:
    assert story.ask("/v1/events/moodle/grade", method="POST", body=b"{}") == 401, "the agent's own answer"
    assert story.ask("/v1/ping/moodle", method="POST", body=b"{}") == 401
    assert story.ask("/v1/events/moodle/grade") == 405
    assert story.ask("/v1/events/zoho/student", method="POST", body=b"x" * 300_000) == 413
    assert story.ask("/v1/status") == 401, (
        "from an address that is allowed it is the agent who asks for a token"
    )
    assert story.ask("/v1/settings/x", method="PUT", body=b"x" * 70_000) == 413
    assert story.ask("/readyz") == 200
    assert story.ask("/") == 404
    assert story.ask("/v2") == 404

    allowed = story.machine.file("etc/nginx/zohosync-allowed.conf")
    text = allowed.read_text()
    allowed.write_text("allow 192.0.2.10;\ndeny all;\n")
    story.machine.done("nginx", "-s", "reload")
    try:
        while story.ask("/readyz") != 403:  # the workers of before end by themselves
            pass
        assert story.ask("/v1/status") == 403
        assert story.ask("/v1/events") == 403
        assert story.ask("/v1/events/moodle/grade", method="POST", body=b"{}") == 401
    finally:
        allowed.write_text(text)
        story.machine.done("nginx", "-s", "reload")
    while story.ask("/readyz") != 200:
        pass


def test_a_killed_agent_is_started_again_and_nothing_is_lost(story: Story) -> None:
    before = story.pid()
    story.machine.done("bash", "-c", f"kill -9 {before}")
    while (now := story.machine.run("supervisorctl", "pid", "zohosync").said.strip()) in {before, "0"}:
        pass
    assert now.isdigit()
    while story.script("status").code != 0:
        pass
    story.sides.go_round("Zeynep", "M")


def test_upgraded_the_loop_runs_and_the_release_before_is_kept(story: Story) -> None:
    ended = story.install("0.2.0")
    assert ended.code == 0, ended.said
    assert (story.current(), story.schema()) == ("0.2.0", NEXT)
    assert story.script("status").said == f"release 0.2.0, before it {__version__}\nready\n"
    story.sides.go_round("Nour", "D")


def test_a_release_that_does_not_become_ready_is_taken_back(story: Story) -> None:
    ended = story.install("0.3.0", env={"READY_SECONDS": "12"})
    assert ended.code == 1
    assert "release 0.3.0 did not become ready within 12 s; 0.2.0 runs again" in ended.said
    assert (story.current(), story.schema()) == ("0.2.0", NEXT)
    assert story.script("status").said == f"release 0.2.0, before it {__version__}\nready\n"
    story.sides.go_round("Leyla", "P")


def test_rolled_back_the_loop_runs_and_forward_again(story: Story) -> None:
    ended = story.script("rollback")
    assert ended.code == 0, ended.said
    assert (story.current(), story.schema()) == (__version__, HEAD)
    assert ended.said.splitlines()[-1] == f"release {__version__} runs and is ready; 0.2.0 is kept"
    story.sides.go_round("Selin", "M")

    assert story.script("rollback").code == 0
    assert (story.current(), story.schema()) == ("0.2.0", NEXT)


def runs_on(story: Story, pid: str) -> bool:
    return (story.current(), story.pid(), story.script("status").code) == ("0.2.0", pid, 0)


def test_a_broken_or_foreign_wheel_leaves_what_runs(story: Story) -> None:
    pid, place = story.pid(), story.machine.file("root/release")
    whole = (place / story.wheels["0.3.0"].name).read_bytes()
    cut = place / "zohosync-0.4.0-py3-none-any.whl"
    cut.write_bytes(whole[: len(whole) // 2])
    ended = story.script("install", f"/root/release/{cut.name}")
    assert (ended.code, "is no whole wheel of the agent" in ended.said) == (1, True)

    other = place / "again" / story.wheels["0.2.0"].name
    other.parent.mkdir()
    other.write_bytes((place / story.wheels["0.2.0"].name).read_bytes() + b"\0")
    shutil.copy(place / "zohosync-0.2.0.requirements.txt", other.parent)
    ended = story.script("install", f"/root/release/again/{other.name}")
    assert (ended.code, "is installed from another wheel" in ended.said) == (1, True)

    locked = place / "zohosync-0.3.0.requirements.txt"
    text = locked.read_text()
    story.machine.done("rm", "-rf", "/opt/zohosync/releases/0.3.0")
    locked.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", text))
    ended = story.install("0.3.0")
    locked.write_text(text)
    assert (ended.code, "could not be built" in ended.said) == (1, True)
    assert story.machine.run("test", "-e", "/opt/zohosync/releases/0.3.0").code != 0
    assert runs_on(story, pid)


def test_a_full_disk_leaves_what_runs(story: Story) -> None:
    pid = story.pid()
    story.machine.done("fallocate", "-l", "400M", "/opt/zohosync/ballast")
    try:
        ended = story.install("0.3.0")
    finally:
        story.machine.done("rm", "/opt/zohosync/ballast")
    assert (ended.code, "MB free and a release needs" in ended.said) == (1, True)
    assert runs_on(story, pid)


def test_a_database_that_is_away_leaves_what_runs(story: Story) -> None:
    pid, settings = story.pid(), story.machine.file("etc/zohosync/env")
    text = settings.read_text()
    away = f"postgresql+psycopg://zohosync:not-to-be-shown@127.0.0.1:{free_port()}/zohosync"
    settings.write_text(
        re.sub(r"^ZOHOSYNC_DATABASE_URL=.*$", f"ZOHOSYNC_DATABASE_URL={away}", text, flags=re.M)
    )
    ended = story.install("0.3.0")
    settings.write_text(text)
    assert ended.code == 1
    assert "the database does not answer" in ended.said
    assert "release 0.3.0 cannot work yet" in ended.said
    assert "not-to-be-shown" not in ended.said
    assert runs_on(story, pid)


def test_a_port_that_is_taken_leaves_what_runs(story: Story) -> None:
    pid, settings = story.pid(), story.machine.file("etc/zohosync/env")
    text = settings.read_text()
    taken = story.sides.zoho_url.rpartition(":")[2]
    settings.write_text(f"{text}ZOHOSYNC_PORT={taken}\n")
    ended = story.install("0.3.0")
    settings.write_text(text)
    assert (ended.code, f"port {taken} is taken by another program" in ended.said) == (1, True)
    assert runs_on(story, pid)


def test_two_runs_at_once_are_refused(story: Story) -> None:
    hold = ("flock", "/run/zohosync-install.lock", "bash", SCRIPT, "rollback")
    ended = story.machine.run(*hold)
    assert (ended.code, ended.said) == (1, "install.sh: another run of this script is under way\n")


def test_no_secret_was_in_a_list_of_processes_or_in_a_log(story: Story) -> None:
    text = story.machine.file("etc/zohosync/env").read_text()
    names = r"^ZOHOSYNC_(?:ENCRYPTION_KEYS|ZOHO_WEBHOOK_SECRETS|MOODLE_TOKEN|MOODLE_WEBHOOK_SECRETS)=(.+)$"
    secrets = re.findall(names, text, re.MULTILINE)
    assert len(secrets) == 4
    assert any("/venv/bin/zohosync migrate" in line for line in story.processes), "nothing was watched"
    logs = [path for path in story.machine.file("var/log").rglob("*") if path.is_file()]
    assert any(path.name == "agent.log" and path.stat().st_size for path in logs)
    for secret in secrets:
        assert not [line for line in story.processes if secret in line]
        assert not [said for said in story.said if secret in said]
        assert not [path for path in logs if secret.encode() in path.read_bytes()]


def test_the_log_is_rotated_while_the_agent_writes(story: Story) -> None:
    log = story.machine.file("var/log/zohosync/agent.log")
    assert log.stat().st_size > 0
    assert "error" not in story.machine.done("logrotate", "-d", "/etc/logrotate.d/zohosync").lower()
    story.machine.done("logrotate", "-f", "/etc/logrotate.d/zohosync")
    assert log.with_name("agent.log.1").stat().st_size > 0
    story.sides.go_round("Amira", "D")
    assert log.stat().st_size > 0
