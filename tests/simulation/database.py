"""PostgreSQL on the virtual clock: a statement takes no time, and `now()` is the story's."""

from __future__ import annotations

import asyncio
import os
import select
from functools import partial
from typing import Any

import psycopg
from psycopg import errors, sql, waiting
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext.asyncio import create_async_engine

from agent import app
from ops.postgres import PrivatePostgres
from tests.simulation.clock import VirtualClock
from tests.simulation.lives import go_on, living
from tests.simulation.sessions import Sessions

PROMPT_SECONDS = 0.02  # of the real time, after which it is asked whether a session waits for a lock
LOCK_SECONDS = 0.05  # of the story's time, after which it looks again
SHOWN = "story_clock"  # the file in PostgreSQL's data folder that shows the time, in microseconds
# Found before PostgreSQL's own, for the database's search_path names the schema first.
CLOCK = f"""
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
  AS 'SELECT pg_catalog.to_timestamp(pg_catalog.pg_read_file(''{SHOWN}'')::bigint / 1e6)';
CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE
  AS 'SELECT pg_catalog.to_timestamp(pg_catalog.pg_read_file(''{SHOWN}'')::bigint / 1e6)';
"""

_ask = PGDialectAsync_psycopg.do_ping


class Database:
    """Whoever sets the database's clock, asks beside the agents, and breaks their sessions off."""

    def __init__(self, clock: VirtualClock, server: PrivatePostgres) -> None:
        self._clock = clock
        self._set: float | None = None
        self.apart = 0.0  # seconds by which its clock is ahead of the agents'
        self.sessions: set[int] = set()  # backends of those that are not broken off
        self.kept = Sessions()
        _run_lightly(server)
        _greet_quickly(server)
        self.url = server.create_database("story")
        self._shown = os.open(server.folder / "data" / SHOWN, os.O_WRONLY | os.O_CREAT, 0o644)
        self.connection = psycopg.Connection.connect(server.dsn("story"), autocommit=True)

    def prepare(self) -> None:
        """Give an empty database the story's clock."""
        name = self.connection.info.dbname
        self.tick()
        self.connection.execute(CLOCK)
        self.connection.execute(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog')

    def tick(self) -> None:
        """Show the present time in the database."""
        wall = self._clock.wall() + self.apart
        if wall != self._set:
            self._set = wall
            os.pwrite(self._shown, b"%d" % int(wall * 1e6), 0)

    def empty(self) -> None:
        """Forget the former story."""
        tables = self.connection.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchone()
        assert tables is not None
        self.connection.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY")

    def restart(self) -> None:
        """Break every other session off, as a restart does."""
        self.kept.forget()
        self.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        self.sessions.clear()

    def is_blocked(self, pid: int) -> bool:
        """Tell whether a session waits for a lock of another one."""
        row = self.connection.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (pid,)).fetchone()
        return row is not None and bool(row[0])

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the database beside the agents."""
        cursor = self.connection.execute(query, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class _Prompt:
    """Stands in for psycopg's own waiting: a statement is done at once, in its turn."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pids: dict[int, int] = {}  # of the sessions, by their sockets

    async def wait(self, gen: Any, fileno: int, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        """Do what `psycopg.waiting.wait_async` does."""
        if timeout is not None:  # somebody listens
            gen.close()
            await asyncio.sleep(timeout)
            raise errors._WaitTimeout
        await go_on()
        self._database.tick()
        result = await self._done(gen, fileno)
        await go_on(burning=True)  # it may die with its statement done
        return result

    async def connect(self, gen: Any, interval: float = 0.0, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        """Do what `psycopg.waiting.wait_conn_async` does."""
        await go_on()
        connection = waiting.wait_conn(gen, interval, timeout)
        self._pids[connection.pgconn.socket] = connection.pgconn.backend_pid
        self._database.sessions.add(connection.pgconn.backend_pid)
        if (life := living()) is not None:
            life.connections.append(connection)
        return connection

    async def _done(self, gen: Any, fileno: int) -> Any:
        """Wait for PostgreSQL; time passes only while another session holds a lock that this one waits for."""
        try:
            wanted = next(gen)
            while True:
                if ready := _ready(fileno, wanted):
                    wanted = gen.send(ready)
                elif self._database.is_blocked(self._pids.get(fileno, 0)):
                    await asyncio.sleep(LOCK_SECONDS)
                    await go_on()
        except StopIteration as end:
            return end.value

    def ping(self, dialect: PGDialectAsync_psycopg, connection: Any) -> bool:
        """Do what the pool does before it lends a session; one that nobody broke off need not be asked."""
        if connection._connection.pgconn.backend_pid in self._database.sessions:
            return True
        return _ask(dialect, connection)


def _ready(fileno: int, wanted: int) -> int:
    readable = [fileno] if wanted & waiting.WAIT_R else []
    writable = [fileno] if wanted & waiting.WAIT_W else []
    got = select.select(readable, writable, [], PROMPT_SECONDS)
    return (waiting.READY_R if got[0] else 0) | (waiting.READY_W if got[1] else 0)


def _run_lightly(server: PrivatePostgres) -> None:
    """Leave out what some hundred rows do not need: tidying, figures of their use, a plan for each value."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for setting in ("autovacuum = off", "track_counts = off", "plan_cache_mode = force_generic_plan"):
            connection.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]


def _greet_quickly(server: PrivatePostgres) -> None:
    """Let sessions say the password in the way that takes a millisecond; a story opens many."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("SET password_encryption = 'md5'")
        connection.execute(sql.SQL("ALTER ROLE postgres PASSWORD {}").format(sql.Literal(server.password)))
        rules = server.folder / "data" / "pg_hba.conf"
        rules.write_text(rules.read_text().replace("scram-sha-256", "md5"))
        connection.execute("SELECT pg_reload_conf()")


def take_over(database: Database) -> None:
    """Let every statement of psycopg's asynchronous connections be done at once, in its turn.

    So a transaction without a call to the outside in it is one step of the story. Nobody hears NOTIFY: the agents find
    their work by asking, as they do when a notification is lost.
    """
    prompt = _Prompt(database)
    database.kept.take_over()
    waiting.wait_async = prompt.wait
    waiting.wait_conn_async = prompt.connect
    dialect: Any = PGDialectAsync_psycopg
    dialect.do_ping = lambda self, connection: prompt.ping(self, connection)
    # What one agent has compiled into SQL all others know, for one's dialect is like the other's.
    dialect.__eq__ = lambda self, other: type(self) is type(other)
    dialect.__hash__ = lambda self: hash(type(self))
    known: dict[Any, Any] = {}
    app.create_async_engine = partial(create_async_engine, execution_options={"compiled_cache": known})  # type: ignore[attr-defined]
