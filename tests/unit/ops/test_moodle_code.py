"""Moodle's code tree is only read: the site's copy may be changed and removed without touching it."""

import shutil
from pathlib import Path

import pytest

from ops.moodle import copy_code, quoted
from ops.runas import SetupError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "lib").mkdir(parents=True)
    (tree / "theme" / "boost").mkdir(parents=True)
    for name in ("version.php", "lib/setup.php", "config.php", "theme/boost/config.php"):
        (tree / name).write_text(f"<?php // {name}")
    return tree


def test_copy_has_all_but_the_sites_own_configuration(tree: Path, tmp_path: Path) -> None:
    copy_code(tree, tmp_path / "copy", None)
    assert not (tmp_path / "copy" / "config.php").exists()
    assert (
        tmp_path / "copy" / "theme" / "boost" / "config.php"
    ).read_text() == "<?php // theme/boost/config.php"


def test_tree_stays_as_it_is_when_the_copy_goes(tree: Path, tmp_path: Path) -> None:
    tree.chmod(0o700)
    before = {path: (path.stat().st_mode, path.is_file() and path.read_bytes()) for path in tree.rglob("*")}
    copy_code(tree, tmp_path / "copy", None)
    shutil.rmtree(tmp_path / "copy")
    after = {path: (path.stat().st_mode, path.is_file() and path.read_bytes()) for path in tree.rglob("*")}
    assert after == before
    assert tree.stat().st_mode & 0o777 == 0o700


def test_file_that_others_cannot_read_is_copied_not_linked(tree: Path, tmp_path: Path) -> None:
    (tree / "version.php").chmod(0o600)
    copy_code(tree, tmp_path / "copy", "www-data")
    copy = tmp_path / "copy" / "version.php"
    assert copy.stat().st_mode & 0o777 == 0o644
    assert (tree / "version.php").stat().st_mode & 0o777 == 0o600


def test_folder_without_moodle_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="MOODLE_DIR"):
        copy_code(tmp_path, tmp_path / "copy", None)


def test_php_text_cannot_leave_its_quotes() -> None:
    assert quoted("a'b\\") == "'a\\'b\\\\'"
