"""How passes go. On a terminal a bar a module, several at once, with what is left; a line for each that is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from agent.sync.bulk import ModuleReport
from agent.sync.passes import Pass


def counted(counts: Mapping[str, int]) -> str:
    """Write counts as a sentence has them: `3 created, 1 failed`."""
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items()) if number)


class _Left(TextColumn):
    """Records done, of how many, and how many a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        total = f"/{task.total:.0f}" if task.total is not None else ""
        rate = f" {task.speed:,.0f}/s" if task.speed else ""
        left = f", {task.remaining:.0f} left" if task.remaining else ""
        return Text(f"{task.completed:.0f}{total}{rate}{left}")


class Screen:
    """Shows passes while the block runs; `live` tells whether anybody looks at it."""

    def __init__(self, console: Console, *, dry_run: bool) -> None:
        self.live = console.is_terminal
        self._console = console
        self._would = "would: " if dry_run else ""
        columns = (
            TextColumn("{task.description:>12}"),
            BarColumn(20),
            _Left(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        self._bars = Progress(*columns, console=console, disable=not self.live)

    def __enter__(self) -> Screen:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begun(self, name: str) -> Callable[[ModuleReport], None]:
        """Give a module its bar; returns whom to tell how its pass goes."""
        return partial(self._show, self._bars.add_task(name, total=None, note=""))

    def over(self, done: Pass) -> None:
        """Print the line of a pass that is over, or that never began."""
        report = done.report
        if done.not_begun is not None:
            line = f"not begun, because {done.not_begun} stopped"
        else:
            line = self._would + (counted(report.counts) or "nothing there")
        stopped = " (stopped)" if done.error is not None else ""
        self._console.print(
            f"{report.entity}: {line}{stopped}", markup=False, highlight=False, soft_wrap=True
        )

    def _show(self, task: TaskID, report: ModuleReport) -> None:
        done = sum(report.counts.values())
        total = None if report.total is None else max(report.total, report.seen, done)
        self._bars.update(task, total=total, completed=done, note=counted(report.counts))
