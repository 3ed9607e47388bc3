"""The demo: the whole loop between Zoho's sandbox and a real Moodle, set up and run below `.demo/`.

`zohosync demo` sets up and runs until Ctrl-C; meanwhile, from another terminal, `zohosync demo change-student`
and `zohosync demo grade` show one direction each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ops.demo import loop, run
from ops.demo.state import NotRunningError
from ops.runas import SetupError


def main(arguments: Sequence[str]) -> int:
    """Run the demo or one of its two commands; return the exit code (0 fine, 1 nothing arrived, 2 set-up)."""
    parser = argparse.ArgumentParser(prog="zohosync demo", description=__doc__)
    parser.add_argument("--college", type=int, default=60, help="students of the generated college")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated college")
    parser.add_argument("--latency-ms", type=int, default=50, help="added to every call of Zoho's API")
    parser.add_argument(
        "--moodle-sandbox", action="store_true", help="use Moodle's sandbox, not a real Moodle"
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("change-student", help="change a student in Zoho, see it arrive in Moodle")
    commands.add_parser("grade", help="grade an assignment in Moodle, see it arrive in Zoho")
    options = parser.parse_args(arguments)
    try:
        match options.command:
            case "change-student":
                return loop.change_student()
            case "grade":
                return loop.grade()
            case _:
                wish = run.Wish(options.college, options.seed, options.latency_ms, options.moodle_sandbox)
                return run.run(wish)
    except (SetupError, NotRunningError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
