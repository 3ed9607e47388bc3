"""A college of its own: what is killed here is not there for the browser's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import SETUP_SECONDS, college

__all__ = ["college"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(SETUP_SECONDS))
