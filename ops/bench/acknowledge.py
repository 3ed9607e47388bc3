"""How many deliveries of Zoho's the agent acknowledges, against the least that could do it, in turns on one PostgreSQL.

Zoho cannot be reached meanwhile, so nothing but taking is measured: a burst that comes in while it is down. Each
delivery is another record and proved by the secret; `wrk` sends them from 32 connections.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

import psycopg

from ops import machine
from ops.bench import bare
from ops.bench.rig import AGENT_DATABASE, PROJECT, SCRIPTS, Rig, Row, answering, environment
from ops.postgres import free_port
from ops.processes import Service
from ops.runas import SetupError

BARE_DATABASE = "bench_bare"
NOWHERE = "http://127.0.0.1:9"  # where nobody answers
CONNECTIONS = 32
SECONDS = 6
WARM_UP_SECONDS = 2  # a process that has just started opens its sessions and plans its statements
ROUNDS = 3
RATE = 2000.0  # deliveries a second at least
SHARE = 0.5  # of the bare handler's rate at least
P99_MS = 30.0
PATH = "/v1/events/zoho/student"
# Counted all the same; a fast machine passes the usual limit.
LIMIT = ("events.rate_limit", '{"per_minute": 10000000}')


@dataclass
class Measured:
    """What the rounds gave: rates a second, and the 99th percentiles of the answers in ms."""

    agent: list[float] = field(default_factory=list)
    handler: list[float] = field(default_factory=list)
    inserts: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    handler_p99: list[float] = field(default_factory=list)


def measure(rig: Rig) -> Measured:
    """Send deliveries to the agent and to the bare handler in turns, and insert without either.

    Raises:
        SetupError: wrk is missing, or a delivery was not taken.
    """
    if shutil.which("wrk") is None:
        if not machine.may_install():
            raise SetupError("wrk is missing; install it (apt-get install wrk)")
        machine.install(["wrk"], print)
    measured, secret = Measured(), secrets.token_urlsafe(24)
    for database in (AGENT_DATABASE, BARE_DATABASE):
        rig.postgres.drop_database(database)
    url = rig.postgres.create_database(AGENT_DATABASE)
    rig.postgres.create_database(BARE_DATABASE)
    dsn = rig.postgres.dsn(BARE_DATABASE)
    with psycopg.connect(dsn) as connection:
        connection.execute(bare.TABLE)
    agent, handler = _agent(rig, url, secret), _handler(rig, dsn)
    for number in range(ROUNDS):
        print(f"acknowledging, round {number + 1} of {ROUNDS}", flush=True)
        measured.inserts.append(asyncio.run(bare.rate(dsn, SECONDS)))
        rate, p99 = _load(*handler, secret)
        measured.handler.append(rate)
        measured.handler_p99.append(p99)
        rate, p99 = _load(*agent, secret)
        measured.agent.append(rate)
        measured.p99.append(p99)
    return measured


def _agent(rig: Rig, url: str, secret: str) -> tuple[Service, int]:
    port = free_port()
    moodle = {"ZOHOSYNC_MOODLE_URL": NOWHERE, "ZOHOSYNC_MOODLE_TOKEN": "0" * 32}
    moodle |= {"ZOHOSYNC_MOODLE_WEBHOOK_SECRETS": "whsec_" + "A" * 32}
    settings = environment(url, NOWHERE, moodle) | {
        "PYTHONPATH": str(PROJECT),
        "ZOHOSYNC_PORT": str(port),
        "ZOHOSYNC_ZOHO_HEADER_SECRETS": secret,
        "ZOHOSYNC_MOODLE_PULL_SECONDS": "0",
        "ZOHOSYNC_RECONCILE_MINUTES": "0",
    }
    command = [sys.executable, "-m", "agent"]
    for first in (["migrate"], ["settings", "set", *LIMIT]):
        subprocess.run([*command, *first], env=settings, check=True, stdout=subprocess.DEVNULL)
    return Service("agent", [*command, "serve"], rig.folder, rig.folder / "agent.log", env=settings), port


def _handler(rig: Rig, dsn: str) -> tuple[Service, int]:
    port = free_port()
    settings = {"PYTHONPATH": str(PROJECT), "BARE_DATABASE": dsn, "PATH": os.environ["PATH"]}
    argv = [sys.executable, "-m", "ops.bench.bare", str(port)]
    return Service("bare", argv, rig.folder, rig.folder / "bare.log", env=settings), port


def _load(service: Service, port: int, secret: str) -> tuple[float, float]:
    """Send for some seconds to a service that runs meanwhile; returns rate a second and 99th percentile in ms."""
    url = f"http://127.0.0.1:{port}"
    service.start()
    try:
        answering(url + "/healthz", service)
        for seconds in (WARM_UP_SECONDS, SECONDS):
            argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPTS / "deliver.lua")]
            done = subprocess.run(
                [*argv, url + PATH, "--", secret], capture_output=True, text=True, check=False
            )
    finally:
        service.stop()
    told = json.loads(done.stderr.strip().splitlines()[-1])
    if done.returncode or told["refused"] or told["broken"] or not told["requests"]:
        raise SetupError(f"{service.name} did not take every delivery: {told}")
    return told["requests"] / told["microseconds"] * 1e6, told["p99"] / 1000


def rows(measured: Measured) -> list[Row]:
    """Put the medians into rows."""
    agent, handler, inserts = map(statistics.median, (measured.agent, measured.handler, measured.inserts))
    p99, handler_p99 = statistics.median(measured.p99), statistics.median(measured.handler_p99)
    each = f"{CONNECTIONS} at once, {ROUNDS} times {SECONDS} s"
    peer = f"a bare aiohttp handler that inserts one row, {each}"
    mine = f"deliveries that the agent acknowledges (against the bare handler), {each}"
    return [
        Row("P5_insert", f"a bare insert, {bare.CONNECTIONS} connections", inserts, "/s", None, None),
        Row("P5_bare", peer, handler, "/s", None, 1.0),
        Row("P5", mine, agent, "/s", max(RATE, handler * SHARE), agent / handler),
        Row("P5_bare_p99", "99 of 100 are answered by the bare handler within", handler_p99, "ms", None, 1.0),
        Row("P5_p99", "99 of 100 are acknowledged within", p99, "ms", P99_MS, p99 / handler_p99),
    ]
