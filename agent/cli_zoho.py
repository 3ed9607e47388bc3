"""`zohosync zoho setup`: make, check or take away what Zoho needs so that it tells the agent of changes."""

from __future__ import annotations

import asyncio
import json
import logging
from enum import StrEnum
from typing import Annotated, Any

import typer

from agent import log
from agent.app import Runtime, open_runtime
from agent.config import Settings, check_url
from agent.errors import SyncError
from agent.provisioning.steps import Step, carry_out
from agent.terminal import environment, say, stop

PUSH = "zoho.push"
zoho = typer.Typer(no_args_is_help=True, help="Zoho's side: what it needs to tell the agent of changes.")


class By(StrEnum):
    """How Zoho tells of changes."""

    rules = "rules"
    channels = "channels"
    functions = "functions"


@zoho.command("setup")
def setup(
    url: Annotated[
        str, typer.Option(envvar="ZOHOSYNC_PUBLIC_URL", help="where Zoho reaches the agent, https://…")
    ],
    by: Annotated[
        By,
        typer.Option(
            help="workflow rules with webhooks; notification channels, which the agent renews; or signed functions, "
            "which a person makes as printed"
        ),
    ] = By.rules,
    apply: Annotated[bool, typer.Option("--apply", help="do it; otherwise it is only said")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="exit code 1 where something is not as planned")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="rules, webhooks and channels go (with --apply); fields stay")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
) -> None:
    """Say what Zoho needs: fields, unique keys, rules and webhooks of all modules. With --apply make it.

    Can be run again: what is there stays. Exit code 0 when all is (or was planned) well, 1 when something is left,
    2 when Zoho cannot be asked.
    """
    settings = environment()
    log.configure(settings.log_format, level=logging.ERROR)
    try:
        address = check_url(url)
    except ValueError as error:
        stop(f"--url {error}")
    if check and (apply or remove):
        stop("--check writes nothing: not with --apply or --remove")
    try:
        told = asyncio.run(_run(settings, address, by, apply=apply, remove=remove, quiet=as_json))
    except SyncError as error:
        stop(f"Zoho cannot be set up: {error}")
    if as_json:
        say(json.dumps(told, ensure_ascii=False))
    left = [row for row in told["steps"] if row["action"] == "by_hand" or row.get("failed")]
    if apply:
        raise typer.Exit(1 if left else 0)
    raise typer.Exit(1 if check and any(row["action"] != "keep" for row in told["steps"]) else 0)


async def _run(
    settings: Settings, url: str, by: By, *, apply: bool, remove: bool, quiet: bool
) -> dict[str, Any]:
    async with open_runtime(settings) as runtime:
        provisioner = runtime.provisioner
        steps = await (provisioner.removal(url) if remove else provisioner.steps(by.value, url))
        rows = {id(step): _row(step) for step in steps}
        if not quiet:
            _print(steps)
        if apply:
            async for step, failed in carry_out(steps):
                rows[id(step)]["done"] = failed is None
                if failed is not None:
                    rows[id(step)]["failed"] = failed.message
                if not quiet:
                    say(
                        f"  {'failed' if failed else 'done'}: {step.subject}"
                        + (f": {failed.message}" if failed else "")
                    )
            await _remember(runtime, by, remove=remove)
        told: dict[str, Any] = {"url": url, "by": by.value, "steps": list(rows.values())}
        if by is By.functions and not remove:
            told["instructions"] = await provisioner.instructions(url)
            if not quiet:
                say(told["instructions"])
        return told


async def _remember(runtime: Runtime, by: By, *, remove: bool) -> None:
    """Keep the way in the setting `zoho.push`: the agent renews channels, the doctor checks what should be there."""
    store = runtime.engine.modules.settings
    if remove:
        await store.reset(PUSH, by="zohosync zoho setup")
    elif (await store.one(PUSH)).value != {"by": by.value}:
        await store.set(PUSH, {"by": by.value}, by="zohosync zoho setup")


def _row(step: Step) -> dict[str, Any]:
    return {"action": step.action, "subject": step.subject, "text": step.text}


def _print(steps: list[Step]) -> None:
    kept = sum(step.settled for step in steps)
    for step in steps:
        if not step.settled:
            say(str(step))
    say(f"{kept} of {len(steps)} as they should be")
