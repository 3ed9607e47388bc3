"""What both clients do alike when they call out: time limits, faults on the way, repeats, batches.

Knows nothing of Zoho or Moodle: what an answer means is the clients' business.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from agent.errors import Action, Fault, SyncError, misconfigured, transient
from agent.measures import CALLS, NO_ANSWER

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 30.0  # one exchange; also: no further try starts later than this after the first
TRIES = 3
LONGEST_PAUSE_SECONDS = 8.0

Row = TypeVar("Row")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, read whole; `headers` ignore case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    target: str,
    total_seconds: float = TOTAL_SECONDS,
    **request: Any,
) -> Answer:
    """Send one request, once, and read the answer whole. Redirects are not followed.

    Raises:
        SyncError: the answer did not arrive, or not whole.
    """
    limits = aiohttp.ClientTimeout(total=total_seconds, sock_connect=CONNECT_SECONDS)
    began, answered = time.perf_counter(), NO_ANSWER

    async def once(sent: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        # By itself aiohttp sends a PUT or a GET again when the connection breaks off, unless the error is not its own.
        try:
            return await send(sent)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise transport_fault(error, target) from error

    try:
        async with session.request(
            method, url, timeout=limits, allow_redirects=False, middlewares=(once,), **request
        ) as response:
            answer = Answer(response.status, response.headers, await response.read())
            answered = f"{answer.status // 100}xx"
            return answer
    except (aiohttp.ClientError, TimeoutError) as error:
        raise transport_fault(error, target) from error
    finally:
        CALLS.labels(target, answered).observe(time.perf_counter() - began)


def transport_fault(error: Exception, target: str) -> SyncError:
    """Say what a failed exchange means. The text never quotes the request."""
    name = target.capitalize()
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return misconfigured(
                "CERTIFICATE_REFUSED", f"{name}'s TLS certificate is not trusted", target=target
            )
        case aiohttp.InvalidURL():
            return misconfigured("ADDRESS_INVALID", f"{name}'s address is no valid URL", target=target)
        case aiohttp.ClientConnectorError():
            return transient("CONNECTION_FAILED", f"{name} cannot be reached", target=target)
        case TimeoutError():
            return transient("TIMEOUT", f"{name} did not answer in time", target=target)
        case aiohttp.ClientPayloadError():
            return transient("ANSWER_CUT_SHORT", f"{name}'s answer broke off", target=target)
        case _:
            return transient("CONNECTION_LOST", f"The connection to {name} was lost", target=target)


async def repeat(
    call: Callable[[], Awaitable[Result]], *, backoff_seconds: float, if_refused: bool = False
) -> Result:
    """Await `call` up to three times while what it raises is a passing fault.

    Only for calls that may be repeated; `if_refused` for others: only being told "too many at once" repeats them,
    for then nothing was done. Pauses are random up to `backoff_seconds`, doubling, or what the
    other side asked for; a pause that would end too late is not begun. Longer waits are the inbox's.
    """
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(_was_refused if if_refused else _passes),
        stop=stop_after_attempt(TRIES) | stop_before_delay(TOTAL_SECONDS),
        wait=_Pause(backoff_seconds),
        reraise=True,
    ):
        with attempt:
            return await call()
    raise AssertionError("tenacity ends with a result or an exception")


def _passes(error: BaseException) -> bool:
    return isinstance(error, SyncError) and error.fault in {Fault.TRANSIENT, Fault.THROTTLED}


def _was_refused(error: BaseException) -> bool:
    return isinstance(error, SyncError) and error.fault is Fault.THROTTLED


class _Pause:
    """Full jitter, and never shorter than what the other side asked for."""

    def __init__(self, backoff_seconds: float) -> None:
        self._jitter = wait_random_exponential(multiplier=backoff_seconds, max=LONGEST_PAUSE_SECONDS)

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, SyncError) else None
        return self._jitter(state) + (asked or 0.0)


async def together(calls: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Await several calls at once, results in order; the first failure cancels the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def in_batches(
    rows: Sequence[Row],
    size: int,
    send: Callable[[Sequence[Row]], Awaitable[Sequence[Result]]],
    *,
    at_once: int,
) -> list[Result | SyncError]:
    """Send rows in batches, `at_once` at a time; one result or error a row, in the order given.

    A batch refused for a record's fault is split in halves until the bad row stands alone, so that it
    stops no other. Once the target cannot be used at all, no further batch is sent.

    Args:
        rows: what to send.
        size: rows a batch at most.
        send: sends one batch; returns exactly one result a row, in order.
        at_once: batches in flight.

    Raises:
        SyncError: no row has a result, for a reason that is no row's own fault.
    """
    run = _BatchRun(send, at_once)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(run.whole(rows[start : start + size])) for start in range(0, len(rows), size)
        ]
    outcomes = [outcome for task in tasks for outcome in task.result()]
    failures = [
        outcome
        for outcome in outcomes
        if isinstance(outcome, SyncError) and outcome.fault is not Fault.RECORD
    ]
    if failures and len(failures) == len(outcomes):
        raise run.stopped_by or failures[0]
    return outcomes


class _BatchRun(Generic[Row, Result]):
    """One call of `in_batches`."""

    def __init__(self, send: Callable[[Sequence[Row]], Awaitable[Sequence[Result]]], at_once: int) -> None:
        self._send = send
        self._slots = asyncio.Semaphore(at_once)
        self.stopped_by: SyncError | None = None

    async def whole(self, batch: Sequence[Row]) -> list[Result | SyncError]:
        """Send one batch when its turn comes."""
        async with self._slots:
            return await self._parts(batch)

    async def _parts(self, batch: Sequence[Row]) -> list[Result | SyncError]:
        if self.stopped_by is not None:
            return [self.stopped_by] * len(batch)
        try:
            return list(await self._send(batch))
        except SyncError as error:
            if error.fault is Fault.RECORD and len(batch) > 1:
                half = len(batch) // 2
                return [*await self._parts(batch[:half]), *await self._parts(batch[half:])]
            if error.action is Action.STOP_TARGET:
                self.stopped_by = error
            return [error] * len(batch)
