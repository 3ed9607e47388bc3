"""The real Moodle answers as recorded; tests/contract/moodle holds the sandbox to the same recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.contract.moodle.recording import played, recorded, written
from tests.contract.moodle.scenes import SCENES
from tests.contract.moodle.stage import Entry
from tests.e2e.college import College
from tests.e2e.marking import by_hand

KEPT = "moodle_kept"


@dataclass
class RealBackend:
    """The college's Moodle; its people work by Moodle's own API."""

    college: College
    token: str

    @property
    def url(self) -> str:
        """The site's address."""
        return self.college.site.url

    def hand(self, do: str, **what: Any) -> Any:
        """Do what a person does; see by_hand.php."""
        answer = by_hand(self.college, do=do, **what)
        if do == "assignment":  # of which that tells the course module
            ((answer,),) = self.college.ask("SELECT instance FROM mdl_course_modules WHERE id = %s", answer)
        return int(answer) if isinstance(answer, str) else answer


def copy_database(college: College, origin: str, copy: str) -> None:
    """Put a copy of one of the server's databases in the place of another."""
    owner, source, target = (sql.Identifier(name) for name in (college.site.database, origin, copy))
    with psycopg.connect(college.site.postgres.dsn(), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (%s, %s)", (origin, copy)
        )
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(target))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        connection.execute(made.format(target, source, owner))


@pytest.fixture(scope="module")
def real(college: College) -> Iterator[RealBackend]:
    """The site for the scenes alone: the agent rests, and afterwards the college is as others know it."""
    site = college.site
    college.agent.stop()
    copy_database(college, site.database, KEPT)
    try:
        college.change("DELETE FROM mdl_local_zohosync_outbox")
        yield RealBackend(college, college.environment["ZOHOSYNC_MOODLE_TOKEN"])
    finally:
        copy_database(college, KEPT, site.database)
        site.php("admin/cli/purge_caches.php")
        college.start_agent()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, list[Entry]], Path]]:
    """What was answered, by scene; written to a file in the recording's form if all scenes were played."""
    entries: dict[str, list[Entry]] = {}
    path = tmp_path_factory.mktemp("contract") / "moodle.json"
    yield entries, path
    if list(entries) == list(SCENES):
        path.write_text(written(entries), encoding="utf-8")


@pytest.mark.parametrize("scene", SCENES)
def test_moodle_answers_as_recorded(
    scene: str, real: RealBackend, said: tuple[dict[str, list[Entry]], Path]
) -> None:
    entries, path = said
    entries[scene] = played(real, scene)
    for one, other in zip(entries[scene], recorded().get(scene, []), strict=True):
        assert one == other, f"if Moodle is right: after the whole run {path} is the new recording"
