"""`zohosync settings` and `zohosync tenant`: what is kept in the database and may be changed while the agents run."""

from __future__ import annotations

import asyncio
import getpass
import json
from typing import Annotated

import typer

from agent.app import open_runtime
from agent.config import Settings
from agent.store.options import OPTIONS, OptionError
from agent.store.settings import Setting
from agent.store.tenancy import Integration
from agent.terminal import environment, say, stop

settings = typer.Typer(no_args_is_help=True, help="What may be changed while the agents run.")
tenant = typer.Typer(no_args_is_help=True, help="Which organisation and which site the database belongs to.")


@settings.command("show")
def settings_show(
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
) -> None:
    """Show every setting, what it is now, and who changed it when."""

    async def read(environment: Settings) -> list[Setting]:
        async with open_runtime(environment) as runtime:
            return await runtime.engine.modules.settings.all()

    found = asyncio.run(read(environment()))
    if as_json:
        say(json.dumps({one.key: one.value for one in found}, indent=2, ensure_ascii=False))
        return
    for one in found:
        changed = (
            f"changed by {one.updated_by} at {one.updated_at:%Y-%m-%d %H:%M}" if one.updated_at else "default"
        )
        say(f"{one.key} ({changed})")
        say(f"    {one.description}")
        say(f"    {json.dumps(one.value, ensure_ascii=False)}")


@settings.command("set")
def settings_set(
    key: str, value: Annotated[str, typer.Argument(help="""JSON, such as '{"payment": false}'""")]
) -> None:
    """Change a setting; it is checked first and is in force on every running agent within a second."""
    try:
        parsed = json.loads(value)
    except ValueError as error:
        stop(f"nothing was stored: the value is no JSON ({error})")

    async def store(environment: Settings) -> None:
        async with open_runtime(environment) as runtime:
            await runtime.engine.modules.settings.set(key, parsed, by=getpass.getuser())

    try:
        asyncio.run(store(environment()))
    except OptionError as error:
        stop(f"nothing was stored: {error}")
    say(f"{key} is {value}")


@settings.command("reset")
def settings_reset(key: str) -> None:
    """Go back to the default of one setting."""
    if key not in OPTIONS:
        stop(f"there is no setting {key!r}; there are " + ", ".join(OPTIONS))

    async def reset(environment: Settings) -> bool:
        async with open_runtime(environment) as runtime:
            return await runtime.engine.modules.settings.reset(key, by=getpass.getuser())

    say("back to the default" if asyncio.run(reset(environment())) else f"{key} was at its default")


@tenant.command("show")
def tenant_show() -> None:
    """Show whom the database belongs to."""

    async def read(environment: Settings) -> list[Integration]:
        async with open_runtime(environment) as runtime:
            return await runtime.engine.modules.tenancy.store.read()

    found = asyncio.run(read(environment()))
    for side in found:
        say(
            f"{side.side}: {side.name} ({side.identity}, {side.address}), learnt {side.learnt_at:%Y-%m-%d %H:%M}"
        )
    if not found:
        say("nobody yet: it is learnt when both sides are used for the first time")


@tenant.command("forget")
def tenant_forget(
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Let the next start learn both sides anew, after a move to another address or organisation."""
    if not yes:
        typer.confirm(
            "What was agreed with the former side stays in the tables. Forget whom they belong to?",
            abort=True,
        )

    async def forget(environment: Settings) -> int:
        async with open_runtime(environment) as runtime:
            return await runtime.engine.modules.tenancy.store.forget()

    number = asyncio.run(forget(environment()))
    say(f"{number} sides are forgotten" if number else "nothing was known")
