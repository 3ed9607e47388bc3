"""What the demo remembers below `.demo/`: addresses, ports, secrets, the agent's environment."""

from __future__ import annotations

import json
import secrets
import socket
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.fernet import Fernet

from ops.moodle import PROJECT, write_private
from ops.postgres import free_port

HOME = PROJECT / ".demo"
STATE = HOME / "state.json"
SECRETS = HOME / "secrets.json"
ENVIRONMENT = HOME / ".env"
LOCK = HOME / "lock"
PROCESSES = HOME / "processes.json"
SERVICES = ("postgres", "moodle", "zoho", "agent")


class NotRunningError(Exception):
    """There is no running demo; the text says how to start it."""


@dataclass
class State:
    """Addresses and the people of the story; `people` is what the seeding answered."""

    ports: dict[str, int] = field(default_factory=dict)
    mode: str = "moodle"  # moodle | sandbox
    people: dict[str, Any] = field(default_factory=dict)
    ready: bool = False

    def url(self, service: str) -> str:
        """Build a service's address."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def save(self) -> None:
        """Write it down."""
        write_private(STATE, json.dumps(asdict(self), indent=1), None)


def load() -> State:
    """Read what is remembered, or start afresh."""
    try:
        return State(**json.loads(STATE.read_text()))
    except (OSError, ValueError, TypeError):
        return State()


def load_running() -> State:
    """Read the state of the demo that runs now.

    Raises:
        NotRunningError: none does.
    """
    state = load()
    if not state.ready or _is_free(state.ports["agent"]):
        raise NotRunningError("the demo is not running (or not yet ready); start it with: make demo")
    return state


def choose_ports(state: State) -> None:
    """Keep the ports of the last start where they are free, else take others."""
    for service in SERVICES:
        if service not in state.ports or not _is_free(state.ports[service]):
            state.ports[service] = free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def load_secrets() -> dict[str, str]:
    """Read the demo's passwords and keys, making at random those that are missing; only we can read the file."""
    try:
        known: dict[str, str] = json.loads(SECRETS.read_text())
    except (OSError, ValueError):
        known = {}
    made = {name: secrets.token_urlsafe(12) + "-Aa1" for name in ("admin", "teacher", "student")}
    made |= {"zoho_webhook": secrets.token_urlsafe(32), "encryption": Fernet.generate_key().decode()}
    made |= {"moodle_token": secrets.token_hex(16)}
    made |= {"moodle_webhook": "whsec_" + Fernet.generate_key().decode().translate({45: "+", 95: "/"})}
    everything = made | known
    if everything != known:
        write_private(SECRETS, json.dumps(everything, indent=1), None)
    return everything


def write_environment(settings: dict[str, str]) -> None:
    """Write the agent's `.env`, readable by us only."""
    lines = [f"{name}='{value}'" for name, value in sorted(settings.items())]
    write_private(ENVIRONMENT, "\n".join(lines) + "\n", None)


def read_environment() -> dict[str, str]:
    """Read the agent's `.env`."""
    pairs = (line.split("=", 1) for line in ENVIRONMENT.read_text().splitlines() if "=" in line)
    return {name: value.strip("'") for name, value in pairs}
