"""Where the demo's Moodle comes from: a code tree at hand, else the official 4.5 release archive."""

from __future__ import annotations

import shutil
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

from ops.machine import Say
from ops.moodle import CACHE, default_source, has_source

ARCHIVE = "https://download.moodle.org/download.php/direct/stable405/moodle-latest-405.tgz"
CONNECT_SECONDS = 20


def find_source(say: Say) -> Path | None:
    """Find Moodle's code, fetching the release archive into the cache when there is none; None: neither worked."""
    if has_source(default_source()):
        return default_source()
    say(f"no Moodle code tree at {default_source()}")
    if has_source(CACHE / "moodle"):
        return CACHE / "moodle"
    try:
        return _fetch(say)
    except (OSError, tarfile.TarError, urllib.error.URLError) as problem:
        say(f"the Moodle 4.5 release archive cannot be had ({problem})")
        return None


def _fetch(say: Say) -> Path:
    say(f"fetching {ARCHIVE}")
    CACHE.mkdir(parents=True, exist_ok=True)
    archive, unpacked = CACHE / "moodle.tgz.part", CACHE / "moodle.part"
    try:
        with urllib.request.urlopen(ARCHIVE, timeout=CONNECT_SECONDS) as answer, archive.open("wb") as file:
            shutil.copyfileobj(answer, file)
        say("unpacking it")
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
        (unpacked / "moodle").rename(CACHE / "moodle")
    finally:
        archive.unlink(missing_ok=True)
        shutil.rmtree(unpacked, ignore_errors=True)
    return CACHE / "moodle"
