"""Records: why one stands as it does, everything of one student, and looking at them again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from agent.store.event_log import EventFilter, EventRow, WriteRow
from agent.store.standing import RecordStanding, Standing
from agent.store.tables import SYNC_TABLES
from agent.web.api.events_api import LARGEST_ID, LOG, Name, RecordId
from agent.web.api.operations import Asked, Call, Operation, Reply, Told
from agent.web.api.roles import Role
from agent.web.problems import ProblemError

Look = Callable[[str, Sequence[str]], Awaitable[None]]  # entity, record ids: look at them again

STANDING = web.AppKey("standing", Standing)
LOOK: web.AppKey[Look] = web.AppKey("look")

ROWS = 20  # events and writes that are shown of one record


class RecordNamed(Asked):
    """Which record."""

    entity: Name
    record_id: RecordId


class RecordTold(Told):
    """How a record stands, its newest events and what was written of it; no values."""

    record: RecordStanding
    events: list[EventRow]
    writes: list[WriteRow]


class StudentNamed(Asked):
    """Which student: Zoho's id."""

    record_id: Annotated[str, Field(pattern=r"^[0-9]{10,20}$")]


class AccountNamed(Asked):
    """Which Moodle account."""

    moodle_id: Annotated[int, Field(ge=1, le=LARGEST_ID)]


class StudentTold(Told):
    """Everything that the agent knows to be of one student."""

    zoho_id: str
    records: list[RecordStanding]


class Looking(Told):
    """How many records are looked at again."""

    records: int


async def get_record(call: Call) -> Reply:
    """Say how a record stands: linked with what, agreed or not, and the reason if it could not be synced."""
    entity, record_id = call.path.entity, call.path.record_id
    found = await call.app[STANDING].record(entity, record_id) if entity in SYNC_TABLES else None
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"The agent knows no {entity} {record_id}.")
    log = call.app[LOG]
    return Reply(
        RecordTold(
            record=found,
            events=await log.page(EventFilter(entity=entity, record_id=record_id), ROWS),
            writes=await log.writes(entity, record_id, ROWS),
        )
    )


async def sync_record(call: Call) -> Reply:
    """Look at a record again now; it need not be known yet."""
    entity, record_id = call.path.entity, call.path.record_id
    if entity not in SYNC_TABLES:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"There is no module {entity}.")
    await call.app[LOOK](entity, [record_id])
    return Reply(Looking(records=1))


async def get_student(call: Call) -> Reply:
    """Say how everything of a student stands, and so why she does not see something."""
    return Reply(await _student(call, call.path.record_id))


async def get_student_of_account(call: Call) -> Reply:
    """Say how everything of the student stands who is linked to this Moodle account."""
    zoho_id = await call.app[STANDING].student_of(call.path.moodle_id)
    if zoho_id is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "No student of Zoho's is linked to this account.")
    return Reply(await _student(call, zoho_id))


async def sync_student(call: Call) -> Reply:
    """Look at everything of a student again now."""
    told = await _student(call, call.path.record_id)
    wanted: dict[str, list[str]] = {}
    for one in told.records:
        if one.entity != "finance":  # part of the student, looked at with her
            wanted.setdefault(one.entity, []).append(one.record_id)
    for entity, record_ids in wanted.items():
        await call.app[LOOK](entity, record_ids)
    return Reply(Looking(records=sum(map(len, wanted.values()))))


async def _student(call: Call, zoho_id: str) -> StudentTold:
    found = await call.app[STANDING].student(zoho_id)
    if not found:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"The agent knows no student {zoho_id}.")
    return StudentTold(zoho_id=zoho_id, records=found)


_ABSENT = (HTTPStatus.NOT_FOUND,)

OPERATIONS = (
    Operation(
        "GET",
        "/v1/records/{entity}/{record_id}",
        Role.OPERATOR,
        "One record",
        get_record,
        RecordTold,
        path_in=RecordNamed,
        problems=_ABSENT,
    ),
    Operation(
        "POST",
        "/v1/records/{entity}/{record_id}/sync",
        Role.OPERATOR,
        "Look at a record again",
        sync_record,
        Looking,
        status=HTTPStatus.ACCEPTED,
        path_in=RecordNamed,
        problems=_ABSENT,
    ),
    Operation(
        "GET",
        "/v1/students/{record_id}",
        Role.OPERATOR,
        "Everything of one student",
        get_student,
        StudentTold,
        path_in=StudentNamed,
        problems=_ABSENT,
    ),
    Operation(
        "GET",
        "/v1/accounts/{moodle_id}",
        Role.OPERATOR,
        "Everything of the student with this Moodle account",
        get_student_of_account,
        StudentTold,
        path_in=AccountNamed,
        problems=_ABSENT,
    ),
    Operation(
        "POST",
        "/v1/students/{record_id}/sync",
        Role.OPERATOR,
        "Look at everything of a student again",
        sync_student,
        Looking,
        status=HTTPStatus.ACCEPTED,
        path_in=StudentNamed,
        problems=_ABSENT,
    ),
)
