"""The plugin's web services in Moodle, called by POST (docs/protocol.md, section 3)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cache, partial
from math import ceil
from typing import Any, TypeVar, cast

import aiohttp
import structlog
from pydantic import TypeAdapter, ValidationError
from yarl import URL

from agent.config import Settings
from agent.errors import SyncError, transient
from agent.gathering import Gathering
from agent.moodle.errors import TARGET, read_answer, refusal, unexpected
from agent.moodle.form import MAX_ROWS, flatten, rows_a_call
from agent.moodle.functions import PREFIX
from agent.moodle.models import (
    FAILED,
    AppliedDefinition,
    AttachmentContent,
    EnrolmentSnapshot,
    GradeKey,
    GradeSnapshot,
    KeptSetting,
    ListedDefinition,
    MoodleRecord,
    MoodleStatus,
    MoodleStudent,
    OutboxEvent,
    RequestSnapshot,
    Row,
    RowAnswer,
    RowResult,
    SettingAnswer,
)
from agent.outbound import exchange, in_batches, repeat, together
from agent.tried import about_to_write

BACKOFF_SECONDS = 0.5
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LEAST_SHARE = (
    4  # rows that are not worth a call of their own: starting Moodle takes as long as writing so many
)
LIST_ROWS = 1000  # rows a page of the list functions

Key = TypeVar("Key", str, int)
Shape = TypeVar("Shape")
log = structlog.get_logger(__name__)


class MoodleClient:
    """One Moodle site.

    Every method raises `SyncError` (target `moodle`) and nothing else for what goes wrong outside.
    Every function is safe to repeat, so a passing fault is tried again within the call.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        token: str,
        *,
        concurrency: int,
        backoff_seconds: float = BACKOFF_SECONDS,
    ) -> None:
        self._session = session
        self._url = f"{base_url.rstrip('/')}/webservice/rest/server.php"
        self._token = token
        self._concurrency = concurrency
        self._slots = asyncio.Semaphore(concurrency)
        self._backoff_seconds = backoff_seconds
        self._gatherings: dict[str, Gathering[Row, RowResult]] = {}

    @classmethod
    def from_settings(cls, settings: Settings, session: aiohttp.ClientSession) -> MoodleClient:
        """Build the client that the settings describe."""
        return cls(
            session,
            settings.moodle_url,
            settings.moodle_token.get_secret_value(),
            concurrency=settings.moodle_concurrency,
        )

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        """Call one web-service function; nested parameters are written as Moodle reads them.

        The token goes in the body: in an address it would stand in access logs.
        """
        async with self._slots:
            body = self._form(function, params)  # here, for of those that wait there may be many
            return await repeat(lambda: self._attempt(function, body), backoff_seconds=self._backoff_seconds)

    async def upsert_programs(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create, rename, hide or show course categories; see `upsert_students`."""
        return await self._upsert("upsert_programs", "programs", rows)

    async def upsert_teachers(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create or update teachers' accounts and enrol them where they are awaited; see `upsert_students`."""
        return await self._upsert("upsert_teachers", "teachers", rows)

    async def upsert_students(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create or update accounts; one result a row, in the order given, any number of rows.

        Rows go in batches, several at once. A batch that is refused whole is split until the bad row stands
        alone: that row's result has status `error`.

        Raises:
            SyncError: no row could be written, for a reason that is no row's own fault.
        """
        return await self._upsert("upsert_students", "students", rows)

    async def upsert_courses(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create or update courses; see `upsert_students`."""
        return await self._upsert("upsert_courses", "courses", rows)

    async def upsert_enrolments(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create, suspend or restore enrolments; see `upsert_students`."""
        return await self._upsert("upsert_enrolments", "enrolments", rows)

    async def upsert_units(self, rows: Sequence[Row]) -> list[RowResult]:
        """Mirror units with their criteria; see `upsert_students`."""
        return await self._upsert("upsert_units", "units", rows)

    async def upsert_registrations(self, rows: Sequence[Row]) -> list[RowResult]:
        """Mirror registrations with their payment schedules; see `upsert_students`."""
        return await self._upsert("upsert_registrations", "registrations", rows)

    async def upsert_payments(self, rows: Sequence[Row]) -> list[RowResult]:
        """Mirror payments; see `upsert_students`."""
        return await self._upsert("upsert_payments", "payments", rows)

    async def upsert_finance(self, rows: Sequence[Row]) -> list[RowResult]:
        """Mirror the finance part of students; see `upsert_students`."""
        return await self._upsert("upsert_finance", "finance", rows)

    async def upsert_results(self, rows: Sequence[Row]) -> list[RowResult]:
        """Mirror grades that were typed into Zoho; see `upsert_students`."""
        return await self._upsert("upsert_results", "results", rows)

    async def upsert_requests(self, rows: Sequence[Row]) -> list[RowResult]:
        """Mirror requests, and bring Zoho's answers to those that were raised in Moodle; see `upsert_students`."""
        return await self._upsert("upsert_requests", "requests", rows)

    def list_records(self, entity: str, after: int = 0) -> AsyncIterator[list[MoodleRecord]]:
        """Read the mirror of one entity (any but `grade`), a page at a time, by the mirror's id.

        Args:
            entity: one of docs/protocol.md's list.
            after: only rows with a higher id.
        """
        return self._pages(
            "list_records", {"entity": entity}, "records", list[MoodleRecord], lambda row: row.id, after
        )

    def list_enrolments(self, after: int = 0) -> AsyncIterator[list[EnrolmentSnapshot]]:
        """Read the enrolments of linked students in linked courses, a page at a time, by id."""
        return self._pages(
            "list_enrolments", {}, "enrolments", list[EnrolmentSnapshot], lambda row: row.id, after
        )

    def list_grades(self, after: int = 0) -> AsyncIterator[list[GradeKey]]:
        """Read which grades linked students have in linked courses, a page at a time, by id."""
        return self._pages("list_grades", {}, "grades", list[GradeKey], lambda row: row.id, after)

    def list_requests(self, after: int = 0) -> AsyncIterator[list[RequestSnapshot]]:
        """Read the requests that were raised in Moodle, a page at a time, by number."""
        return self._pages(
            "list_requests", {}, "requests", list[RequestSnapshot], lambda row: row.requestid, after
        )

    async def get_enrolments(self, keys: Sequence[str]) -> list[EnrolmentSnapshot]:
        """Read the present enrolments (``userid_courseid``); one a key, in the order given."""
        found = await self._read_many("get_enrolments", "keys", keys, "enrolments", list[EnrolmentSnapshot])
        return _in_order("get_enrolments", keys, {one.key: one for one in found})

    async def get_requests(self, numbers: Sequence[int]) -> list[RequestSnapshot]:
        """Read requests by their numbers in Moodle; one a number, in the order given."""
        found = await self._read_many("get_requests", "ids", numbers, "requests", list[RequestSnapshot])
        return _in_order("get_requests", numbers, {one.requestid: one for one in found})

    async def get_attachment(self, number: int, fileid: int) -> bytes:
        """Read the content of one file of a request.

        Raises:
            SyncError: also `CONTENT_BROKEN`: what arrived is not what Moodle holds.
        """
        said = await self.call(f"{PREFIX}get_attachment", {"requestid": number, "fileid": fileid})
        given = _shaped("get_attachment", AttachmentContent, said)
        try:
            content = base64.b64decode(given.content, validate=True)
        except ValueError:
            content = b""
        # Moodle names its files by SHA-1; this finds what broke on the way, it is no protection.
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != given.contenthash:
            raise transient("CONTENT_BROKEN", "A file of a request did not arrive whole", target=TARGET)
        return content

    async def put_attachments(self, number: int, files: Mapping[int, str | None]) -> None:
        """Tell which files (by id) of a request Zoho has (None), and why it refused the others."""
        rows = [
            {"fileid": fileid, "status": "sent" if why is None else "refused", "message": why or ""}
            for fileid, why in files.items()
        ]
        about_to_write(TARGET, "put_attachments", rows)
        params = {"requestid": number, "count": len(rows), "attachments": rows}
        await self._read("put_attachments", params, "kept", int)

    async def get_students(self, zohoids: Sequence[str]) -> list[MoodleStudent]:
        """Read students as Moodle really holds them; those unknown are absent."""
        return await self._read_many("get_students", "zohoids", zohoids, "students", list[MoodleStudent])

    async def get_grades(self, keys: Sequence[str]) -> list[GradeSnapshot]:
        """Read the present grades; one a key, in the order given (`found` False when there is none)."""
        grades = await self._read_many("get_grades", "keys", keys, "grades", list[GradeSnapshot])
        return _in_order("get_grades", keys, {grade.key: grade for grade in grades})

    async def get_events(self, limit: int) -> list[OutboxEvent]:
        """Read pending events of Moodle's outbox, oldest first."""
        return await self._read("get_events", {"limit": limit}, "events", list[OutboxEvent])

    async def ack_events(self, eventids: Sequence[str]) -> int:
        """Mark events of Moodle's outbox as delivered; returns how many were pending."""
        if not eventids:
            return 0
        return await self._read("ack_events", {"eventids": list(eventids)}, "acknowledged", int)

    def list_definitions(self, after: int = 0) -> AsyncIterator[list[ListedDefinition]]:
        """Read how assignments of linked courses are graded, a page at a time, by id."""
        return self._pages(
            "list_definitions", {}, "definitions", list[ListedDefinition], lambda row: row.id, after
        )

    async def apply_definitions(self, zohoids: Sequence[str]) -> list[AppliedDefinition]:
        """Bring the grading of classes' assignments into line with their units; a result an assignment."""
        if zohoids:
            about_to_write(TARGET, "apply_definitions", [{"zohoid": zohoid} for zohoid in zohoids])
        done: list[AppliedDefinition] = []
        for start in range(0, len(zohoids), MAX_ROWS):
            rows = [{"zohoid": zohoid} for zohoid in zohoids[start : start + MAX_ROWS]]
            params = {"count": len(rows), "classes": rows}
            done += await self._read("apply_definitions", params, "results", list[AppliedDefinition])
        return done

    async def get_settings(self) -> list[KeptSetting]:
        """Read what the plugin keeps of the agent's settings."""
        return await self._read("get_settings", {}, "settings", list[KeptSetting])

    async def put_settings(self, settings: Mapping[str, str]) -> list[SettingAnswer]:
        """Have the plugin keep settings (key -> JSON)."""
        rows = [{"key": key, "value": value} for key, value in settings.items()]
        params = {"count": len(rows), "settings": rows}
        return await self._read("put_settings", params, "results", list[SettingAnswer])

    async def put_asof(self, modules: Mapping[str, int]) -> None:
        """Tell up to when (unix seconds) Zoho's changes of these modules are in Moodle."""
        rows = [{"module": module, "asof": moment} for module, moment in modules.items()]
        await self._read("put_asof", {"count": len(rows), "modules": rows}, "results", list[Any])

    async def get_status(self) -> MoodleStatus:
        """Read versions, site and backlog."""
        return _shaped("get_status", MoodleStatus, await self.call(f"{PREFIX}get_status", {}))

    def _form(self, function: str, params: Mapping[str, Any]) -> bytes:
        form = {
            "wstoken": self._token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **flatten(params),
        }
        return URL.build(query=form).raw_query_string.encode()  # several times as fast as urllib's

    async def _attempt(self, function: str, body: bytes) -> Any:
        try:
            said = await exchange(self._session, "POST", self._url, target=TARGET, data=body, headers=FORM)
            return read_answer(said)
        except SyncError as error:
            log.info("moodle_call_failed", function=function, code=error.code, fault=error.fault)
            raise

    async def _upsert(self, function: str, name: str, rows: Sequence[Row]) -> list[RowResult]:
        if rows:
            about_to_write(TARGET, function, rows)
        if len(rows) != 1:
            return await self._upsert_all(function, name, rows)
        if function not in self._gatherings:
            self._gatherings[function] = Gathering(partial(self._upsert_spread, function, name))
        return [await self._gatherings[function].one(rows[0])]

    async def _upsert_spread(self, function: str, name: str, rows: Sequence[Row]) -> list[RowResult]:
        """Write rows of several events, for which somebody waits: in as many calls at once as there may be."""
        share = max(LEAST_SHARE, ceil(len(rows) / self._concurrency))
        return await self._upsert_all(function, name, rows, share)

    async def _upsert_all(
        self, function: str, name: str, rows: Sequence[Row], most: int = MAX_ROWS
    ) -> list[RowResult]:
        async def send(batch: Sequence[Row]) -> list[RowResult]:
            params = {"count": len(batch), name: list(batch)}
            results = await self._read(function, params, "results", list[RowAnswer])
            if [result.zohoid for result in results] != [row["zohoid"] for row in batch]:
                raise unexpected(function, "results do not match the rows")
            return [_judged(result) for result in results]

        outcomes = await in_batches(rows, min(most, rows_a_call(rows)), send, at_once=self._concurrency)
        return [
            RowResult(str(row["zohoid"]), "error", 0, outcome.code, outcome.message, outcome)
            if isinstance(outcome, SyncError)
            else outcome
            for row, outcome in zip(rows, outcomes, strict=True)
        ]

    async def _read_many(
        self, function: str, name: str, ids: Sequence[str | int], member: str, shape: type[list[Shape]]
    ) -> list[Shape]:
        chunks = [list(ids[start : start + MAX_ROWS]) for start in range(0, len(ids), MAX_ROWS)]
        parts = await together([self._read(function, {name: chunk}, member, shape) for chunk in chunks])
        return [one for part in parts for one in part]

    async def _pages(
        self,
        function: str,
        params: Mapping[str, Any],
        member: str,
        shape: type[list[Shape]],
        place: Callable[[Shape], int],
        after: int,
    ) -> AsyncIterator[list[Shape]]:
        while True:
            page = await self._read(function, {**params, "after": after, "limit": LIST_ROWS}, member, shape)
            if not page:
                return
            last = place(page[-1])
            if last <= after:
                raise unexpected(function, "a page that does not go on")
            yield page
            if len(page) < LIST_ROWS:
                return
            after = last

    async def _read(self, function: str, params: Mapping[str, Any], member: str, shape: type[Shape]) -> Shape:
        said = await self.call(PREFIX + function, params)
        if not isinstance(said, dict) or member not in said:
            raise unexpected(function, f"no {member}")
        return _shaped(function, shape, said[member])


def _shaped(function: str, shape: type[Shape], value: Any) -> Shape:
    try:
        read: Shape = _reader(cast(Any, shape)).validate_python(value)
        return read
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise unexpected(function, where) from None


@cache  # building one takes milliseconds, reading with it microseconds
def _reader(shape: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _in_order(function: str, keys: Sequence[Key], found: Mapping[Key, Shape]) -> list[Shape]:
    if found.keys() != set(keys):
        raise unexpected(function, "other keys than asked for")
    return [found[key] for key in keys]


def _judged(answer: RowAnswer) -> RowResult:
    error = refusal(answer.errorcode, answer.message) if answer.status in FAILED else None
    return RowResult(**vars(answer), error=error)
