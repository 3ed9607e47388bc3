"""One college and one browser for all tests of this folder; they take turns at the same student."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops import machine
from ops.moodle import default_source, has_source
from ops.postgres import PrivatePostgres
from tests.e2e.administrator import administrator, give_token
from tests.e2e.browser import Person
from tests.e2e.college import College, running_college
from tests.e2e.story import LATENCIES, Story, told

PROJECT = Path(__file__).resolve().parent.parent.parent
SETUP_SECONDS = 600  # the first test also waits for Moodle's installation


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(SETUP_SECONDS))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if took := config.stash.get(LATENCIES, []):
        terminalreporter.section("from Moodle's answer, or the start of a task, to Zoho")
        for one in took:
            terminalreporter.write_line(f"{one['seconds']:6.2f} s  {one['by']:14} {one['step']}")


@pytest.fixture(scope="session")
def college(postgres: PrivatePostgres) -> Iterator[College]:
    """The running college."""
    if not has_source(default_source()):
        pytest.skip("no Moodle code tree (set MOODLE_DIR to an unpacked Moodle 4.5)")
    folder = PROJECT / ".test" / f"e2e-{os.getpid()}"
    try:
        with running_college(folder, postgres) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    chromium = machine.chromium()
    if chromium is None:
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def story(college: College, browser: Browser, pytestconfig: pytest.Config) -> Iterator[Story]:
    """The story of one student's grades."""
    with told(college, browser, pytestconfig) as story:
        yield story


@pytest.fixture(scope="module")
def token(college: College, browser: Browser) -> None:
    """The agent's token, put into the plugin's settings as an administrator does it."""
    give_token(college, browser)


@pytest.fixture
def admin(college: College, browser: Browser, token: None) -> Iterator[Person]:
    """An administrator, logged in, whose pages may ask the agent."""
    person = administrator(college, browser)
    yield person
    person.leave()


@pytest.fixture
def student(college: College, browser: Browser) -> Iterator[Person]:
    """The student of the story, logged in."""
    username = college.people["student"]["username"]
    person = Person(browser, college.site.url, username, college.passwords["student"])
    yield person
    person.leave()


@pytest.fixture
def teacher(college: College, browser: Browser) -> Iterator[Person]:
    """Her teacher, logged in."""
    username = college.people["teacher"]["username"]
    person = Person(browser, college.site.url, username, college.passwords["teacher"])
    yield person
    person.leave()
