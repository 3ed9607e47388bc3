"""Which errors mean that the database cannot be reached now: work waits for it, and nothing is counted or parked."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from agent.inbox.repository import database_is_away


def raised(cause: BaseException, *, invalidated: bool = False) -> OperationalError:
    return OperationalError("SELECT 1", {}, cause, connection_invalidated=invalidated)


@pytest.mark.parametrize(
    "error",
    [
        raised(psycopg.OperationalError("connection refused")),  # no answer, so no state either
        raised(errors.AdminShutdown("terminating connection")),
        raised(errors.ConnectionFailure("the connection broke")),
        raised(errors.TooManyConnections("too many clients")),
        raised(errors.DiskFull("no space left on device")),
        raised(errors.UniqueViolation("a session that broke off"), invalidated=True),
        PoolTimeoutError("no connection became free"),
    ],
    ids=["refused", "shutdown", "broken", "too many", "disk full", "invalidated", "pool"],
)
def test_it_is_away(error: BaseException) -> None:
    assert database_is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        raised(errors.QueryCanceled("statement timeout")),  # 57014: an operational error, but an answer
        raised(errors.DeadlockDetected("deadlock")),
        raised(errors.UniqueViolation("there already")),
        raised(ValueError("no error of the database at all")),
        OSError("not the database's"),
    ],
    ids=["cancelled", "deadlock", "unique", "value", "other"],
)
def test_it_is_there(error: BaseException) -> None:
    assert not database_is_away(error)
