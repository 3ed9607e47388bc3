"""POST /v1/events/zoho/{slug} and /v1/events/moodle/{kind}: check who it is, read it, keep it, say so.

Order: size, known address, proof over the raw bytes, form, insert and commit; only then 202.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from sqlalchemy.exc import SQLAlchemyError

from agent.entities.registry import SLUGS
from agent.inbox.events import NewEvent
from agent.web import moodle_events, zoho_events
from agent.web.authentication import check_moodle, check_zoho
from agent.web.bodies import Rejection, decode
from agent.web.bounded import bounded
from agent.web.keys import CLOCK, INBOX, INTAKE, SENDERS
from agent.web.problems import REQUEST_ID, ProblemError
from agent.web.rate_limit import RATE_LIMIT
from agent.web.signatures import SignatureRefusedError

log = structlog.get_logger(__name__)

MAX_BODY = 256 * 1024  # bytes
DATABASE_SECONDS = 4.0  # for the insert, including a wait for a free connection
RETRY_AFTER_SECONDS = 5


async def zoho_event(request: web.Request) -> web.Response:
    """Take a delivery of Zoho's, whichever of its three forms."""
    body = await read_body(request)
    slug = request.match_info["slug"]
    if slug not in SLUGS:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such module here.")
    now = request.app[CLOCK]()
    try:
        message_id = check_zoho(request.app[SENDERS], request.headers, body, now)
    except SignatureRefusedError as error:
        raise refused(error) from None
    await request.app[RATE_LIMIT].check("zoho")
    fields = decode(body)
    notice = fields if isinstance(fields, Rejection) else zoho_events.read(slug, fields.values)
    if isinstance(notice, Rejection):
        raise await _rejected(request, "zoho", slug, notice, body, now)
    events = zoho_events.events(
        notice, message_id=message_id, body=body, now=now, correlation_id=request[REQUEST_ID]
    )
    return await _accept(request, events)


async def moodle_event(request: web.Request) -> web.Response:
    """Take one row of Moodle's outbox."""
    body = await read_body(request)
    kind = request.match_info["kind"]
    if kind not in moodle_events.KINDS:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such kind of event here.")
    now = request.app[CLOCK]()
    try:
        event_id = check_moodle(request.app[SENDERS], request.headers, body, now)
    except SignatureRefusedError as error:
        raise refused(error) from None
    await request.app[RATE_LIMIT].check("moodle")
    fields = decode(body)
    if isinstance(fields, Rejection):
        raise await _rejected(request, "moodle", kind, fields, body, now)
    event = moodle_events.read(kind, fields.values, event_id=event_id, correlation_id=request[REQUEST_ID])
    if isinstance(event, Rejection):
        raise await _rejected(request, "moodle", kind, event, body, now)
    return await _accept(request, [event])


async def read_body(request: web.Request) -> bytes:
    """Read the raw bytes; signatures are over these and nothing else."""
    too_large = ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body may have {MAX_BODY} bytes at most."
    )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the body without Content-Encoding.")
    if (request.content_length or 0) > MAX_BODY:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > MAX_BODY:
                raise too_large
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError) as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "The body did not arrive whole.") from error
    return bytes(body)


def refused(error: SignatureRefusedError) -> ProblemError:
    """Build the answer to a sender who is not known."""
    log.warning("event_refused", reason=str(error))
    return ProblemError(
        HTTPStatus.UNAUTHORIZED, f"Refused: {error}.", headers={"WWW-Authenticate": "HMAC-SHA256"}
    )


async def _rejected(
    request: web.Request, source: str, entity_type: str, rejection: Rejection, body: bytes, now: float
) -> ProblemError:
    """Keep a row that an administrator can find; the same body within a minute is one row."""
    digest = hashlib.sha256(body).hexdigest()
    kept = request.app[INBOX].accept_rejected(
        event_id=f"rejected:{digest}:{int(now // 60)}",
        source=source,
        event_type=rejection.event_type,
        module=rejection.module,
        entity_type=entity_type,
        reason=f"The body was not taken: {rejection.reason}.",
        payload={"bytes": len(body), "sha256": digest},
        correlation_id=request[REQUEST_ID],
    )
    with _said_when_away():
        await bounded(kept, DATABASE_SECONDS)
    log.warning("event_rejected", reason=rejection.reason)
    return ProblemError(HTTPStatus.BAD_REQUEST, f"Not taken: {rejection.reason}.")


async def _accept(request: web.Request, events: Sequence[NewEvent]) -> web.Response:
    with _said_when_away():
        async with asyncio.timeout(DATABASE_SECONDS):  # it waits for the intake, not for the database itself
            accepted, duplicates = await request.app[INTAKE].accept(events)
    return web.json_response(
        {"accepted": accepted, "duplicates": duplicates},
        status=HTTPStatus.ACCEPTED if accepted else HTTPStatus.OK,
    )


@contextmanager
def _said_when_away() -> Iterator[None]:
    """Answer 503 unless the database has it; a sender that tries again is recognised if it was stored after all."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
        log.warning("database_away", error=type(error).__name__)
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The agent cannot store events now; try again.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        ) from error
