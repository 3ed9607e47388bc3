"""How many examples: few by default, `ZOHOSYNC_FUZZ_EXAMPLES` for a long run; and PHP, asked in one process."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from ops import machine
from ops.runas import SetupError

PROJECT = Path(__file__).resolve().parents[3]
PLUGIN = PROJECT / "moodle" / "local" / "zohosync"
EXAMPLES = int(os.environ.get("ZOHOSYNC_FUZZ_EXAMPLES", "300"))
LONG = settings(max_examples=EXAMPLES, deadline=None)
Ask = Callable[..., dict[str, Any]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(60 + EXAMPLES / 50))


@pytest.fixture(scope="session")
def php() -> Iterator[Ask]:
    """Ask the plugin's code; an error of PHP's ends the process, and the question fails."""
    try:
        program = machine.php()
    except SetupError as problem:
        pytest.skip(f"NOTHING that agent and plugin both decide has been compared: {problem}")
    command = [
        program,
        "-d",
        "display_errors=stderr",
        str(Path(__file__).with_name("answers.php")),
        str(PLUGIN),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        questions, answers = process.stdin, process.stdout

        def ask(about: str, **values: Any) -> dict[str, Any]:
            questions.write(json.dumps({"about": about, **values}) + "\n")
            questions.flush()
            line = answers.readline()
            assert line, f"PHP failed at {values}"
            return dict(json.loads(line))

        yield ask
        questions.close()
