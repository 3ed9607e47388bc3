"""Run a command as an unprivileged user when we are root; PostgreSQL and PHP must never run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path

DAC_READ_SEARCH = 2  # number of the capability in Linux


class SetupError(Exception):
    """Something on this machine keeps the set-up from going on; the text says what to do."""


def unprivileged_user(*preferred: str) -> str | None:
    """Name the first of these users that exists, or None when we are not root and need no other user."""
    if os.geteuid() != 0:
        return None
    for name in (*preferred, "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise SetupError(f"none of the users {', '.join(preferred)} exists; create one")


def closed_parents(path: Path) -> list[Path]:
    """List the folders above `path` that other users cannot enter (such as a /root of mode 0700)."""
    return [p for p in path.resolve().parents if p.exists() and not p.stat().st_mode & stat.S_IXOTH]


def _may_pass_on(capability: int) -> bool:
    """Tell whether we hold a capability and may hand it to a child (a container can take it from root)."""
    lines = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return all(int(lines[name], 16) >> capability & 1 for name in ("CapPrm", "CapBnd"))


def command_as(user: str | None, argv: list[str], *, below: Path) -> list[str]:
    """Build the command that runs `argv` as `user`.

    When the project lies below a folder that only root may enter, the process keeps the one capability
    to look into it (CAP_DAC_READ_SEARCH); no folder's mode is changed.
    """
    if user is None:
        return argv
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise SetupError("setpriv (package util-linux) is needed to leave root")
    entry = pwd.getpwnam(user)
    command = [setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    if closed := closed_parents(below):
        if not _may_pass_on(DAC_READ_SEARCH):
            raise SetupError(
                f"{below} lies below {closed[0]}, which only root may enter, and here root cannot let "
                f"{user} pass (CAP_DAC_READ_SEARCH is missing); move the project, for example to /opt"
            )
        command += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [*command, "--", *argv]


def give(path: Path, user: str | None) -> None:
    """Make `user` the owner of one file or folder (no-op when we are not root)."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)
