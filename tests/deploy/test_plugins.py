"""The ZIPs of the plugins: whole, nothing else, the same bytes again, as Moodle's installer takes them."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from ops.moodle import PLUGINS
from ops.plugins import build, version
from tests.deploy.conftest import PROJECT


@pytest.mark.parametrize("name", PLUGINS)
def test_a_zip_holds_the_plugin_and_nothing_else(name: str, tmp_path: Path) -> None:
    made = build(name, tmp_path)
    assert made.name == f"local_{name}-{version(name)}.zip"
    above = PROJECT / "moodle" / "local"
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no checkout: nothing says what belongs to it")
    listed = ["git", "ls-files", "--", name]
    tracked = subprocess.run(listed, cwd=above, capture_output=True, text=True, check=True).stdout.split("\n")
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
        assert {one.split("/")[0] for one in archive.namelist()} == {name}
        assert f"{name}/lang/en/" in archive.namelist()  # Moodle's installer looks for this entry
        names = [one for one in archive.namelist() if not one.endswith("/")]
        assert set(names) == {one for one in tracked if one and not Path(one).name.startswith(".")}
        for one in names:
            assert archive.read(one) == (above / one).read_bytes()


@pytest.mark.parametrize("name", PLUGINS)
def test_the_same_sources_make_the_same_bytes(name: str, tmp_path: Path) -> None:
    first = build(name, tmp_path / "first").read_bytes()
    for path in (PROJECT / "moodle" / "local" / name).glob("*.php"):
        os.utime(path)
    assert build(name, tmp_path / "second").read_bytes() == first
