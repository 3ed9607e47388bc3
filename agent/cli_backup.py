"""`zohosync backup`, `restore`: the agent's database in a file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent import backup as backups
from agent.backup import BackupError
from agent.store import migrations
from agent.terminal import environment, say, stop


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    target: Annotated[Path, typer.Argument(help="a new file; or a folder, in which it is named by the time")],
    keep: Annotated[int, typer.Option(min=1, help="in a folder: so many backups, the newest ones")] = 14,
) -> None:
    """Write the agent's database to a file; agents may run meanwhile. The keys of the environment are not in it."""
    url = environment().database_url.get_secret_value()
    try:
        if target.is_dir():
            target = backups.dump_into(url, target, keep=keep)
        else:
            backups.dump(url, target)
    except BackupError as error:
        stop(f"no backup was made: {error}")
    say(
        f"{target} has the agent's database, without the keys: keep ZOHOSYNC_ENCRYPTION_KEYS as well, elsewhere"
    )


def restore(
    source: Annotated[Path, typer.Argument(help="a file that `zohosync backup` wrote")],
    replace: Annotated[bool, typer.Option(help="drop what is in the database")] = False,
) -> None:
    """Put a backup into an empty database, all or nothing. No agent may run on it meanwhile."""
    url = environment().database_url.get_secret_value()
    try:
        revision = backups.restore(url, source, replace=replace)
    except BackupError as error:
        stop(f"nothing was restored: {error}")
    say(f"restored (schema {revision}, now {migrations.HEAD})")
    say("what happened since then is caught up by: zohosync sync --all")
