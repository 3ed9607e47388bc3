"""Remember which processes a run has started, so that the next start (or `make clean`) can end what a kill left."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ops.processes import process_started, stop_group


class Leftovers:
    """A file of process groups: pid of the leader and when it started, which together name one process for good."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def note(self, *pids: int) -> None:
        """Remember running process groups, by their leaders' pids."""
        known = self._read()
        known.update({str(pid): started for pid in pids if (started := process_started(pid))})
        self.file.write_text(json.dumps(known))

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.file.read_text()))
        except (OSError, ValueError):
            return {}

    def stop(self) -> int:
        """End those of them that still run; return how many there were."""
        alive = [int(pid) for pid, started in self._read().items() if process_started(int(pid)) == started]
        for pid in alive:
            stop_group(pid)
        self.file.unlink(missing_ok=True)
        return len(alive)


if __name__ == "__main__":
    Leftovers(Path(sys.argv[1])).stop()
