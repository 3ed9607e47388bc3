"""The sandbox as a stage's Moodle: served from a thread of its own, with hands for its people."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from agent.sandbox.moodle import MoodleControl, RunningMoodle, running_moodle_sandbox


class SandboxBackend:
    """What people do in Moodle, done to the sandbox; see tests/e2e/by_hand.php for the real one."""

    def __init__(self, running: RunningMoodle, loop: asyncio.AbstractEventLoop) -> None:
        self.url = running.base_url
        self.token = running.token
        self._control = running.control
        self.loop = loop

    def hand(self, do: str, **what: Any) -> Any:
        """Do what a person does, in the thread that serves."""

        async def act() -> Any:
            return _act(self._control, do, what)

        return asyncio.run_coroutine_threadsafe(act(), self.loop).result()


def _act(control: MoodleControl, do: str, what: dict[str, Any]) -> Any:
    match do:
        case "enrol" | "suspend" | "reactivate" | "unenrol":
            return getattr(control, do)(what["user"], what["course"])
        case "account":
            return control.add_user(**what["values"]).id
        case "course":
            return control.add_course(**what["values"]).id
        case "category":
            return control.add_category(**what["values"]).id
        case "assignment":
            return control.add_assignment(what["course"], what["settings"]["name"], scale=(), maxattempts=1)
        case "grade":
            mark = None if what["mark"] == -1 else what["mark"]
            user, assignment = what["user"], what["assignment"]
            course = control.gradebook.assignments[assignment].courseid
            return control.grade(user, course, assignment, mark, grader="Admin User", graderrole="")
        case "request":
            return control.raise_request(what["user"], what["type"], what["reason"])
        case "deleteuser":
            return control.delete_user(what["user"])
        case "deletecourse":
            return control.delete_course(what["course"])
    raise ValueError(f"nobody does {do}")


@contextmanager
def sandbox_backend() -> Iterator[SandboxBackend]:
    """Serve a fresh sandbox while the block runs."""
    ready: Future[tuple[SandboxBackend, asyncio.Event]] = Future()

    async def serve() -> None:
        done = asyncio.Event()
        async with running_moodle_sandbox() as running:
            ready.set_result((SandboxBackend(running, asyncio.get_running_loop()), done))
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    backend, done = ready.result()
    try:
        yield backend
    finally:
        backend.loop.call_soon_threadsafe(done.set)
        thread.join()
