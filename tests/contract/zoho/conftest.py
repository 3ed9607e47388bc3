"""Every exchange with the sandbox in these tests is written down and judged by Zoho's description."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from agent.sandbox.zoho import RunningSandbox, running_sandbox
from tests.contract.zoho.description import Description, find_description, load_description
from tests.contract.zoho.recording import Caller, Recorder, calling

WHERE = (
    "Zoho's OpenAPI description (zoho/openapi-v8.json) is not on this machine: set SHARED_DIR to the folder "
    "that holds it. NOTHING that the Zoho client or the sandbox sends has been checked against it."
)


@pytest.fixture(scope="session")
def description() -> Description:
    path = find_description()
    if path is None:
        pytest.skip(WHERE)
    return Description(load_description(path))


@pytest.fixture
def recorder(description: Description) -> Iterator[Recorder]:
    """Judge all that was recorded once the test is over."""
    recorder = Recorder(description)
    yield recorder
    assert recorder.exchanges, "the test was to exchange something with the sandbox"
    assert recorder.verdict() == []


@pytest.fixture
async def sandbox(recorder: Recorder) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(college=30, seed=3, observers=[recorder.middleware]) as sandbox:
        yield sandbox


@pytest.fixture
async def call(sandbox: RunningSandbox) -> AsyncIterator[Caller]:
    async with calling(sandbox) as caller:
        yield caller
