"""The command `zohosync`: serve, sync, sandboxes, demo.

Exit codes: 0 everything agrees, 1 some records need a person, 2 the command could not do its work.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import logging
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web
from sqlalchemy.exc import OperationalError

from agent import __version__, cli_backup, cli_events, cli_grades, cli_settings, cli_sync, cli_zoho, log
from agent import doctor as doctor_of
from agent.app import create_app, open_runtime
from agent.config import ConfigError, Settings, load_settings
from agent.doctor import Finding
from agent.entities.mapping import Problem, hindrances, suggestion
from agent.errors import SyncError
from agent.store import migrations
from agent.sync.modules import NAMES, default_names
from agent.terminal import environment, problems, say, stop
from agent.web.access_log import AccessLog
from agent.web.api.openapi import document
from agent.web.api.roles import digest, new_token
from agent.web.api.routes import OPERATIONS


class TokenRole(StrEnum):
    """Whose token is made."""

    operator = "operator"
    administrator = "administrator"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help=__doc__,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # its tracebacks show local variables
)
sandbox = typer.Typer(no_args_is_help=True, help="Stand-ins for Zoho and Moodle, for tests and demos.")
app.add_typer(sandbox, name="sandbox")
mapping = typer.Typer(no_args_is_help=True, help="What the college's modules and fields are called in Zoho.")
app.add_typer(mapping, name="mapping")
app.add_typer(cli_settings.settings, name="settings")
app.add_typer(cli_settings.tenant, name="tenant")
app.add_typer(cli_zoho.zoho, name="zoho")


def _tell_version(wanted: bool) -> None:
    """Print the version, and the schema that it works on, before anything else is looked at."""
    if wanted:
        say(f"zohosync {__version__} (schema {migrations.HEAD})")
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="version and schema")
    ] = False,
) -> None:
    """Take what stands before the command's name."""


@app.command()
def serve() -> None:
    """Receive events, and keep both sides in agreement, until stopped."""
    settings = environment()
    log.configure(settings.log_format)
    migrations.upgrade(settings.database_url.get_secret_value())
    app = create_app(settings)
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        access_log_class=AccessLog,
        print=None,
    )


@app.command()
def migrate(
    down_to: Annotated[
        str | None, typer.Option(help="go back to an older schema, so that an older version can run again")
    ] = None,
) -> None:
    """Bring the database's schema to the newest version, or back to an older one."""
    url = environment().database_url.get_secret_value()
    try:
        if down_to is None:
            migrations.upgrade(url)
        else:
            migrations.downgrade(url, down_to)
    except OperationalError:
        stop("the database does not answer; see `zohosync doctor`")
    except migrations.RevisionError as error:
        stop(f"nothing was changed: {error}")
    say(f"schema at {down_to or migrations.HEAD}")


cli_sync.add_to(app)


cli_events.add_to(app)


cli_backup.add_to(app)


cli_grades.add_to(app)


@app.command("openapi")
def openapi() -> None:
    """Print the OpenAPI document of the agent's interfaces."""
    say(json.dumps(document(OPERATIONS), indent=2))


@app.command("token")
def token(
    role: Annotated[
        TokenRole, typer.Argument(help="operator (see, retry, start) or administrator (settings too)")
    ],
) -> None:
    """Make a token for the interfaces: it is shown once, the agent keeps its SHA-256 only."""
    made = new_token()
    say(f"the token, for whoever calls the agent:\n  {made}")
    say("its digest, for the agent's environment (comma separated when there are several):")
    say(f"  ZOHOSYNC_API_{role.name.upper()}_TOKENS={digest(made)}")


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
) -> None:
    """Check settings, database, keys, Zoho, every mapping, Moodle and the clocks; one line each with its remedy."""
    try:
        settings = load_settings()
    except ConfigError as error:
        if as_json:
            say(json.dumps([asdict(Finding("FAIL", "settings", str(error)))]))
        else:
            problems.print(f"FAIL settings: {error}", markup=False, highlight=False)
        raise typer.Exit(2) from None
    log.configure(settings.log_format, level=logging.ERROR)

    async def examine() -> list[Finding]:
        found: list[Finding] = []
        async for finding in doctor_of.examine(settings):
            found.append(finding)
            if not as_json:
                say(str(finding))
        return found

    found = asyncio.run(examine())
    if as_json:
        say(json.dumps([asdict(finding) for finding in found], ensure_ascii=False))
    raise typer.Exit(doctor_of.exit_code(found))


@mapping.command("show")
def mapping_show() -> None:
    """Show every name that may be changed, what it is in Zoho, and the default where it was changed."""

    async def rows(settings: Settings) -> dict[str, dict[str, str]]:
        async with open_runtime(settings) as runtime:
            return await runtime.engine.modules.store.read()

    own = asyncio.run(rows(environment()))
    for entity in (*NAMES, *sorted(own.keys() - set(NAMES))):
        defaults, changed = default_names(entity), own.get(entity, {})
        for name in (*defaults, *sorted(changed.keys() - defaults.keys())):
            field = changed.get(name, defaults.get(name, ""))
            default = defaults.get(name, "none: there is no such name")
            say(f"{entity} {name} {field}" + (f"  (default {default})" if name in changed else ""))


@mapping.command("set")
def mapping_set(entity: str, name: str, zoho_field: str) -> None:
    """Say what one of our names is in Zoho (`module`: the module, `link`: Moodle's id). Checked with Zoho first."""
    known = default_names(entity)
    if not known:
        stop(f"there is no entity {entity!r}{suggestion(entity, NAMES)}; there are " + ", ".join(NAMES))
    if name not in known:
        stop(f"{entity} has no name {name!r}{suggestion(name, known)}; see `zohosync mapping show`")

    async def store(settings: Settings) -> list[Problem]:
        async with open_runtime(settings) as runtime:
            modules = runtime.engine.modules
            found = await modules.problems(entity, {name: zoho_field})
            if refused := hindrances(found, known, name, zoho_field):
                stop("nothing was stored: " + "; ".join(f"{p.name}: {p.sentence}" for p in refused))
            await modules.store.set(entity, name, zoho_field)
            return found

    settings = environment()
    log.configure(settings.log_format, level=logging.ERROR)
    try:
        rest = asyncio.run(store(settings))
    except SyncError as error:
        stop(f"nothing was stored, for Zoho cannot be asked: {error.message} ({error.code})")
    say(f"{entity} {name} is {zoho_field} from the agent's next start on")
    for problem in rest:
        say(f"still {problem.level}: {problem.name}: {problem.sentence}")
    raise typer.Exit(1 if rest else 0)


@mapping.command("reset")
def mapping_reset(entity: str, name: str) -> None:
    """Go back to the default of one name."""

    async def reset(settings: Settings) -> bool:
        async with open_runtime(settings) as runtime:
            return await runtime.engine.modules.store.reset(entity, name)

    done = asyncio.run(reset(environment()))
    say("default from the agent's next start on" if done else f"{entity} {name} had no name of its own")


@sandbox.command("zoho")
def sandbox_zoho(
    port: int = 8701,
    college: Annotated[int, typer.Option(help="number of students of the generated college")] = 60,
    seed: int = 1,
    faulty: Annotated[bool, typer.Option(help="with a few records that cannot be synced")] = False,
    latency_ms: Annotated[int, typer.Option(help="added to every API call")] = 0,
    webhook_url: Annotated[str | None, typer.Option(help="…/v1/events/zoho/{slug}")] = None,
    webhook_secret: Annotated[str | None, typer.Option(envvar="SANDBOX_WEBHOOK_SECRET")] = None,
) -> None:
    """Speak Zoho CRM's API v8 with a generated college (client id, secret and refresh token: sandbox)."""
    from agent.sandbox.zoho import run_zoho_sandbox

    run_zoho_sandbox(
        port=port,
        college=college,
        seed=seed,
        faulty=faulty,
        latency_ms=latency_ms,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
    )


@sandbox.command("moodle")
def sandbox_moodle(
    port: int = 8702,
    webhook_url: Annotated[str | None, typer.Option(help="…/v1/events/moodle")] = None,
    webhook_secret: Annotated[str | None, typer.Option(envvar="SANDBOX_WEBHOOK_SECRET")] = None,
    token: Annotated[str, typer.Option(envvar="SANDBOX_TOKEN")] = "sandbox",  # noqa: S107
) -> None:
    """Speak the web services of local_zohosync, in memory."""
    from agent.sandbox.moodle import run_moodle_sandbox

    run_moodle_sandbox(port=port, webhook_url=webhook_url, webhook_secret=webhook_secret, token=token)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def demo(context: typer.Context) -> None:
    """Set up everything below .demo/ and run the loop (needs a checkout of the project)."""
    checkout = Path(__file__).resolve().parent.parent
    if not (checkout / "ops" / "demo.py").exists() and not (checkout / "ops" / "demo").is_dir():
        stop("the demo needs a checkout of the project; run it there")
    sys.path.insert(0, str(checkout))
    demo_main = importlib.import_module("ops.demo").main
    raise typer.Exit(demo_main(context.args))


def main() -> None:
    """Run the command."""
    gc.freeze()  # what has been loaded stays; looking through it again and again would hold up every answer
    app()
