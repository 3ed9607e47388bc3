"""PostgreSQL's sessions outlive those who opened them: one that is closed or broken off is cleared and lent again.

A backend that has just been started knows no table and has planned no statement; a story opens some sixty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from functools import cache
from typing import Any

import psycopg
from psycopg import pq
from psycopg._preparing import PrepareManager

# All that a session keeps for whoever opened it, but the statements that it has prepared.
CLEAR = b"SELECT pg_advisory_unlock_all(); UNLISTEN *; RESET ALL"
# PostgreSQL measures these by the real time, in which the story may stand still.
PATIENCE = b"SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
# Under READ COMMITTED each of these sees what has been committed before it, and holds nothing when it is done.
READS = re.compile(
    r"\s*SELECT\b(?!.*(\bFOR (NO KEY )?(UPDATE|SHARE)\b|pg_\w*advisory|pg_notify|nextval|set_config))", re.S
)
ENDED = pq.PGconn.connect_start(b"")
ENDED.finish()


class Sessions:
    """Those that nobody uses at present, by what they were opened with."""

    def __init__(self) -> None:
        self._spare: dict[str, list[tuple[pq.PGconn, PrepareManager]]] = {}

    def take_over(self) -> None:
        """Let psycopg's asynchronous connections take and leave sessions here."""
        connection: Any = psycopg.AsyncConnection
        opened, started = connection._connect_gen.__func__, connection._start_query
        cursor: Any = psycopg.AsyncCursor
        asked = cursor._start_query
        kept = self

        def connect(cls: Any, conninfo: str = "") -> Generator[Any, Any, Any]:
            if found := kept._spare.get(conninfo):
                session, prepared = found.pop()
                made = cls(session)
                made._prepared = prepared
            else:
                made = yield from opened(cls, conninfo)
            made.pgconn.exec_(PATIENCE)
            made._leave = lambda: kept._leave(made, conninfo)
            return made

        async def close(self: Any) -> None:
            break_off(self)

        def start(self: Any, query: Any = None) -> Generator[Any, Any, None]:
            self._conn._only_reads = isinstance(query, str) and _reads(query)
            yield from asked(self, query)

        def begin(self: Any) -> Generator[Any, Any, None]:
            if not self._only_reads:
                yield from started(self)

        connection._connect_gen = classmethod(connect)
        connection.close = close
        connection._only_reads = False
        connection._start_query = begin
        cursor._start_query = start
        # A session lasts; so each statement is planned once.
        connection.prepare_threshold = property(lambda _: 0, lambda _, __: None)
        PrepareManager.prepare_threshold, PrepareManager.prepared_max = 0, 10_000

    def forget(self) -> None:
        """Close all that are here."""
        for found in self._spare.values():
            for session, _ in found:
                session.finish()
        self._spare.clear()

    def _leave(self, connection: Any, conninfo: str) -> None:
        session, connection.pgconn, connection._closed = connection.pgconn, ENDED, True
        if _is_clear(session):
            self._spare.setdefault(conninfo, []).append((session, connection._prepared))
        else:
            session.finish()


def break_off(connection: Any) -> None:
    """End a connection; its session is cleared at once, as PostgreSQL does when a socket is closed."""
    leave: Callable[[], None] = connection._leave
    if not connection.closed:
        leave()


def _is_clear(session: pq.PGconn) -> bool:
    """Clear a session of what its owner left; False where it is to be closed."""
    state = session.transaction_status
    if session.status != pq.ConnStatus.OK or state in (
        pq.TransactionStatus.ACTIVE,
        pq.TransactionStatus.UNKNOWN,
    ):
        return False
    if state != pq.TransactionStatus.IDLE:
        session.exec_(b"ROLLBACK")
    return session.exec_(CLEAR).status == pq.ExecStatus.COMMAND_OK


@cache
def _reads(query: str) -> bool:
    return READS.match(query) is not None
