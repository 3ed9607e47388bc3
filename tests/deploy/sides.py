"""Both sides of the loop: Zoho's sandbox and a real Moodle (its sandbox, where there is no Moodle to be had)."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops import machine
from ops.demo.web import MoodleAgent, MoodleSandboxTeacher, MoodleTeacher, ZohoPerson
from ops.moodle import MoodleSite, default_source, has_source
from ops.postgres import PrivatePostgres, free_port
from ops.processes import Service
from tests.deploy.conftest import PROJECT
from tests.e2e.college import eventually, wait_for

STUDENTS = 12
MARKS = {"P": "2", "M": "3", "D": "4"}
SECONDS = 30.0


@dataclass
class Sides:
    """What stands on either side of the agent; `settings` is what the agent has to know of it."""

    folder: Path
    agent_url: str
    certificate: Path
    settings: dict[str, str]
    zoho_url: str = ""
    site: MoodleSite | None = None
    people: dict[str, Any] = field(default_factory=dict)
    save_grade: Callable[[str, str], None] | None = None

    @property
    def moodle_url(self) -> str:
        return self.settings["ZOHOSYNC_MOODLE_URL"]

    def meet_people(self) -> None:
        """After the first sync: choose a student with a course and an assignment, and let a teacher log in."""
        if self.site is None:
            teacher = MoodleSandboxTeacher(self.moodle_url)
            self.people = teacher.people()
            course = self.people["course"]["id"]
            grade = (self.people["assignment"]["id"], self.people["student"]["id"], course)
            self.save_grade = lambda mark, said: teacher.save_grade(*grade, mark, said)
            return
        passwords = {name: secrets.token_urlsafe(12) + "-Aa1" for name in ("admin", "teacher", "student")}
        seed = str(PROJECT / "ops" / "demo" / "seed.php")
        said = self.site.php(seed, str(self.site.code), given=json.dumps({"passwords": passwords}))
        self.people = json.loads(said)
        marker = MoodleTeacher(self.moodle_url)
        marker.log_in(self.people["teacher"]["username"], passwords["teacher"])
        who = (self.people["assignment"]["id"], self.people["student"]["id"])
        self.save_grade = lambda mark, said: marker.save_grade(*who, mark, said)

    def go_round(self, name: str, letter: str) -> None:
        """Change a student in Zoho and see it in Moodle; save a grade in Moodle and see it in Zoho."""
        zoho, student = ZohoPerson(self.zoho_url), str(self.people["student"]["zohoid"])
        moodle = MoodleAgent(self.moodle_url, self.settings["ZOHOSYNC_MOODLE_TOKEN"])
        assert moodle.student(student)["firstname"] != name
        zoho.change_student(student, {"First_Name": name})
        eventually(lambda: moodle.student(student)["firstname"] == name, f"Moodle has {name}", SECONDS)

        people = self.people
        key = f"{people['student']['id']}_{people['course']['id']}_{people['assignment']['id']}"
        assert (zoho.grade(key) or {}).get("Grade") != letter
        assert self.save_grade is not None
        self.save_grade(MARKS[letter], f"{name}: discussed in class.")
        eventually(lambda: (zoho.grade(key) or {}).get("Grade") == letter, f"Zoho has {letter}", SECONDS)


@contextlib.contextmanager
def open_sides(folder: Path, agent_url: str, certificate: Path) -> Iterator[Sides]:
    """Start both sides, which know the agent by its address and trust its certificate.

    Args:
        folder: for everything that is written.
        agent_url: where events go.
        certificate: PEM file that proves the agent's address.
    """
    zoho, webhook = f"http://127.0.0.1:{free_port()}", secrets.token_urlsafe(32)
    with contextlib.ExitStack() as stack:

        def start(name: str, words: list[str], secret: dict[str, str], answering: str) -> None:
            env = {"PYTHONPATH": str(PROJECT), "SSL_CERT_FILE": str(certificate), **secret}
            argv = [sys.executable, "-m", "agent", "sandbox", *words]
            service = Service(name, argv, folder=folder, log=folder / f"{name}.log", env=env)
            stack.callback(service.stop)
            wait_for(answering, [service.start()])

        words = ["zoho", "--port", zoho.rpartition(":")[2], "--college", str(STUDENTS)]
        words += ["--webhook-url", agent_url + "/v1/events/zoho/{slug}"]
        start("zoho", words, {"SANDBOX_WEBHOOK_SECRET": webhook}, f"{zoho}/sandbox/state")
        settings = {
            "ZOHOSYNC_ZOHO_ACCOUNTS_URL": zoho,
            "ZOHOSYNC_ZOHO_API_URL": zoho,
            **{
                f"ZOHOSYNC_ZOHO_{name}": "sandbox" for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
            },
            "ZOHOSYNC_ZOHO_WEBHOOK_SECRETS": webhook,
            # What arrives was sent: nobody looks for it.
            "ZOHOSYNC_MOODLE_PULL_SECONDS": "0",
            "ZOHOSYNC_RECONCILE_MINUTES": "0",
        }
        sides = Sides(folder, agent_url, certificate, settings, zoho)
        if has_source(default_source()):
            sides.site = stack.enter_context(_real_moodle(folder, sides))
        else:
            token = secrets.token_hex(16)
            secret = "whsec_" + b64encode(secrets.token_bytes(24)).decode()
            url = f"http://127.0.0.1:{free_port()}"
            words = ["moodle", "--port", url.rpartition(":")[2]]
            words += ["--webhook-url", agent_url + "/v1/events/moodle"]
            known = {"SANDBOX_TOKEN": token, "SANDBOX_WEBHOOK_SECRET": secret}
            start("moodle", words, known, f"{url}/sandbox/students")
            settings |= {
                "ZOHOSYNC_MOODLE_URL": url,
                "ZOHOSYNC_MOODLE_TOKEN": token,
                "ZOHOSYNC_MOODLE_WEBHOOK_SECRETS": secret,
            }
        yield sides


@contextlib.contextmanager
def _real_moodle(folder: Path, sides: Sides) -> Iterator[MoodleSite]:
    machine.need_moodle_stack(print)
    with PrivatePostgres(folder / "postgres", durable=False) as postgres:
        site = MoodleSite(folder / "moodle", postgres)
        site.build()
        authorities = folder / "moodle" / "authorities.pem"
        shutil.copy(sides.certificate, authorities)
        authorities.chmod(0o644)
        site.web.php["curl.cainfo"] = str(authorities)
        sides.settings |= site.connect(sides.agent_url)
        site.start(cron=False)
        try:
            yield site
        finally:
            site.stop()
