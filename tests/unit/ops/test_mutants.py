"""The mutation check counts what mutmut makes, leaves out texts for people only, and takes the sample it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutmut.configuration import reset_config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

from ops.mutants.__main__ import score
from ops.mutants.catalogue import LOG_CALL, choose, mutants_of
from ops.mutants.undecorated import undecorated
from ops.mutants.work import Verdict

SOURCE = """
from contextlib import contextmanager
LIMIT = 3

class Shelf:
    size = 4

    @property
    def full(self):
        return self.size >= LIMIT

    async def put(self, book):
        log.info("put", size=self.size + 1)
        if self.full:
            raise ValueError("the shelf has no place left", "FULL")

@contextmanager
def opened(shelf):
    yield shelf.size + 1

def label(shelf):
    return "nearly full" if shelf.size > 1 else "empty"
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    settings = f"[mutmut]\nsource_paths = .\ndo_not_mutate_patterns =\n    {LOG_CALL}\n"
    (tmp_path / "setup.cfg").write_text(settings)
    (tmp_path / "shelf.py").write_text(undecorated(SOURCE))
    reset_config()
    return Path("shelf.py")


def test_every_mutant_has_the_name_that_mutmut_gives_it(shelf: Path) -> None:
    made = mutate_file_contents(str(shelf), shelf.read_text()).mutant_names
    assert [name for name, _ in mutants_of(shelf)] == [get_mutant_name(shelf, name) for name in made]


def test_properties_and_context_managers_are_changed_too_and_mean_the_same(shelf: Path) -> None:
    names = {name.rsplit("__mutmut_", 1)[0] for name, _ in mutants_of(shelf)}
    assert {name.rsplit(".", 1)[1] for name in names} == {
        "xǁShelfǁfull",
        "xǁShelfǁput",
        "x_opened",
        "x_label",
    }
    scope: dict[str, object] = {}
    exec(shelf.read_text(), scope)
    assert eval("Shelf().full, [*opened(Shelf()).gen]", scope) == (True, [5])


def test_only_sentences_and_what_is_logged_are_left_out(shelf: Path) -> None:
    texts = [name for name, sentence in mutants_of(shelf) if sentence]
    assert len(texts) == 2  # of "the shelf has no place left": another text, and in capitals
    assert all("ǁput__" in name for name in texts)
    assert not any("log.info" in line for line in _changed(shelf))


def _changed(shelf: Path) -> list[str]:
    made = mutate_file_contents(str(shelf), shelf.read_text()).code
    original = set(made.split("def xǁShelfǁput__mutmut_orig")[1].split("def ")[0].splitlines()[1:])
    mutants = made.split("def xǁShelfǁput__mutmut_")[2:]
    return [line for one in mutants for line in one.split("def ")[0].splitlines()[1:] if line not in original]


def test_the_same_seed_takes_the_same_sample() -> None:
    names = [f"m{number}" for number in range(50)]
    assert choose(names, 10, 7) == choose(names[::-1], 10, 7) != choose(names, 10, 8)
    assert len(set(choose(names, 10, 7))) == 10
    assert choose(names, 0, 7) == choose(names, 99, 7) == names


def test_what_no_test_reaches_is_not_noticed_and_what_was_not_tried_does_not_count() -> None:
    words = ("killed", "timeout", "survived", "no tests", "not checked")
    assert score([Verdict(word, "m.py", word) for word in words]) == 50.0
    assert score([]) == 0.0
