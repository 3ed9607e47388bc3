"""`make plugins`: a ZIP of each Moodle plugin, as Moodle's installer takes it; the same sources make the same bytes."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ops.moodle import PLUGINS, PROJECT

BUILT = PROJECT / "build" / "plugins"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest date that a ZIP can have


def version(name: str) -> str:
    """Read a plugin's version, as Moodle compares it."""
    text = (PROJECT / "moodle" / "local" / name / "version.php").read_text()
    found = re.search(r"^\$plugin->version = (\d{10});", text, re.MULTILINE)
    assert found is not None, name  # noqa: S101 - the plugin's own file
    return found[1]


def contents(name: str) -> Iterator[Path]:
    """List a plugin's files and folders, in order; nothing hidden."""
    folder = PROJECT / "moodle" / "local" / name
    for path in sorted(folder.rglob("*")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def build(name: str, folder: Path) -> Path:
    """Write a plugin's ZIP; its one folder is named as the plugin's folder in Moodle."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"local_{name}-{version(name)}.zip"
    above = PROJECT / "moodle" / "local"
    with zipfile.ZipFile(target, "w") as archive:
        for path in contents(name):
            place = path.relative_to(above).as_posix()
            # Moodle looks for folders by entries of their own.
            entry = zipfile.ZipInfo(place + "/" if path.is_dir() else place, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o040755 if path.is_dir() else 0o100644) << 16
            archive.writestr(entry, b"" if path.is_dir() else path.read_bytes())
    return target


def main() -> int:
    """Build all of them and say where they are."""
    for name in PLUGINS:
        print(build(name, BUILT).relative_to(PROJECT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
