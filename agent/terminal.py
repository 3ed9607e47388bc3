"""What all commands share: where they print, how they stop, how they read the environment."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console

from agent.config import ConfigError, Settings, load_settings

console = Console()
problems = Console(stderr=True)


def stop(message: str) -> NoReturn:
    """End the command with exit code 2 and a sentence on standard error."""
    problems.print(message, markup=False, highlight=False)
    raise typer.Exit(2)


def environment() -> Settings:
    """Read the settings of the environment, or stop with what is wrong with them."""
    try:
        return load_settings()
    except ConfigError as error:
        stop(str(error))


def say(line: str) -> None:
    """Print a line as it is, never wrapped."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)
