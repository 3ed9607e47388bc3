"""`python -m tests.simulation --seeds A:B [--database URL] [--minutes N]`: play stories; exit code 1 at a bad end."""

from __future__ import annotations

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is chance too
    os.execve(
        sys.executable,
        [sys.executable, "-m", "tests.simulation", *sys.argv[1:]],
        {**os.environ, "PYTHONHASHSEED": "0"},
    )

import time

_real = time.monotonic

from tests.simulation.clock import VirtualClock  # noqa: E402 - the clock comes before everything that looks at it

CLOCK = VirtualClock()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import gc  # noqa: E402
import logging  # noqa: E402
import random  # noqa: E402
import signal  # noqa: E402
import tempfile  # noqa: E402
import traceback  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402

import structlog  # noqa: E402
from aiohttp import web_app  # noqa: E402
from sqlalchemy.exc import SAWarning  # noqa: E402

from agent.store import migrations  # noqa: E402
from ops.postgres import PrivatePostgres  # noqa: E402
from tests.simulation import story as stories  # noqa: E402
from tests.simulation.broken import BROKEN  # noqa: E402
from tests.simulation.clock import VirtualLoop  # noqa: E402
from tests.simulation.database import Database, take_over  # noqa: E402
from tests.simulation.jobs import side_by_side  # noqa: E402
from tests.simulation.watch import Watch  # noqa: E402
from tests.simulation.wires import Wires, session_class  # noqa: E402

SEEDS_OF_A_BROKEN_BUILD = 8


def main() -> int:
    """Play what the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument(
        "--seeds", default="1:21", help="from the first to before the second, A:B:STEP; one number: that one"
    )
    parser.add_argument("--minutes", type=float, help="go on for so long, whatever the second number says")
    parser.add_argument("--jobs", type=int, default=1, help="so many processes side by side")
    parser.add_argument(
        "--keep-going", action="store_true", help="count bad ends instead of stopping at the first"
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="tell what people did and what the agents log"
    )
    parser.add_argument("--tell", action="store_true", help="tell what happened in each story")
    parser.add_argument(
        "--broken",
        choices=["all", *BROKEN],
        help="play with agents that lack a guard; all: with each one the seed that finds it",
    )
    chosen = parser.parse_args()
    # A dead agent's sessions are left to the collector, as a killed one's to the system.
    warnings.filterwarnings("ignore", "The garbage collector is trying to clean up", SAWarning)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # PostgreSQL must not outlive us
    level = logging.DEBUG if chosen.verbose else logging.CRITICAL
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
    logging.disable(logging.NOTSET if chosen.verbose else logging.CRITICAL)
    seeds = numbers(chosen.seeds, endless=chosen.minutes is not None)
    began = _real()
    if chosen.jobs > 1:
        played, bad = side_by_side(seeds, chosen.jobs, passed_on(chosen), keep_going=chosen.keep_going)
    else:
        with database() as kept:
            played, bad = play_broken(kept) if chosen.broken == "all" else play(seeds, kept, chosen)
    minutes = (_real() - began) / 60
    print(f"{played} stories, {bad} with a bad end, {played / max(minutes, 1e-9):.0f} a minute")
    return 1 if bad else 0


def numbers(text: str, *, endless: bool) -> range:
    """Read `A:B`, `A:B:STEP` or one number."""
    first, *rest = (int(part) for part in text.split(":"))
    last = 10**9 if endless else rest[0] if rest else first + 1
    return range(first, last, rest[1] if len(rest) > 1 else 1)


def passed_on(chosen: argparse.Namespace) -> list[str]:
    """Give the arguments that hold for each of several processes."""
    flags = {"--keep-going": chosen.keep_going, "--verbose": chosen.verbose, "--tell": chosen.tell}
    if chosen.broken:
        flags[f"--broken={chosen.broken}"] = True
    given = [name for name, is_set in flags.items() if is_set]
    return [*given, *(["--minutes", str(chosen.minutes)] if chosen.minutes is not None else [])]


@contextmanager
def database() -> Iterator[Database]:
    """Run a PostgreSQL for the stories, in memory where the machine lets us: nothing of it need outlive them."""
    memory = Path("/dev/shm")
    where = memory if os.access(memory, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="simulation-", dir=where) as folder,
        PrivatePostgres(Path(folder), durable=False) as server,
    ):
        kept = Database(CLOCK, server)
        kept.prepare()
        migrations.upgrade(kept.url)
        take_over(kept)
        yield kept


def play(seeds: range, kept: Database, chosen: argparse.Namespace) -> tuple[int, int]:
    """Play seeds one after the other; returns how many, and how many ended badly."""
    wires, watch = Wires(), Watch(CLOCK)
    stories.stand_in(session_class(wires), watch)
    broken = BROKEN[chosen.broken].breakage if chosen.broken else whole
    began, bad, played = _real(), 0, 0
    for seed in seeds:
        if chosen.minutes and _real() - began > chosen.minutes * 60:
            break
        tale = stories.Story(seed, CLOCK, kept, wires, watch, broken)
        try:
            error = told(tale, seed)
        except KeyboardInterrupt:
            break
        played += 1
        if chosen.tell or chosen.verbose:
            print(tale.tale)
        if error:
            bad += 1
            print(
                f"seed {seed} does not end well:\n{error}\nplay it again: python -m tests.simulation --seeds {seed} -v",
                flush=True,
            )
            if not chosen.keep_going:
                break
    return played, bad


def play_broken(kept: Database) -> tuple[int, int]:
    """Play every broken build's own seed; returns how many, and how many stories took no notice."""
    wires, watch = Wires(), Watch(CLOCK)
    stories.stand_in(session_class(wires), watch)
    missed = 0
    for name, one in BROKEN.items():
        found = None
        # A change of the agents tells every story anew; then one of the next seeds has to find it.
        for seed in range(one.seed, one.seed + SEEDS_OF_A_BROKEN_BUILD):
            error = told(stories.Story(seed, CLOCK, kept, wires, watch, one.breakage), seed)
            if found := next((line for line in error.splitlines() if one.words in line), None):
                break
        missed += found is None
        print(f"{one.fault}: {name}, seed {seed}: {found or 'NOT NOTICED'}", flush=True)
    return len(BROKEN), missed


@contextmanager
def whole(_: Database) -> Iterator[None]:
    """Break nothing."""
    yield


def told(story: stories.Story, seed: int) -> str:
    """Play one story on a loop of its own; returns what went wrong, empty when it ends well."""
    gc.disable()  # between the stories there is time for it
    random.seed(seed)
    loop = VirtualLoop(CLOCK)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(story.play())
    except stories.WrongEndError as error:
        return str(error)
    except Exception:
        return traceback.format_exc()
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        # aiohttp keeps the handlers of a thousand applications, and with them every story's world.
        web_app._cached_build_middleware.cache_clear()
        gc.enable()
    return ""


sys.exit(main())
