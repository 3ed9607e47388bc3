"""Files of students' requests: from Moodle to Zoho's record, each once."""

from __future__ import annotations

from agent.entities import request
from agent.entities.base import Entity
from agent.errors import Action, Fault, SyncError, bad_record
from agent.moodle.client import MoodleClient
from agent.moodle.models import Attachment, RequestSnapshot
from agent.zoho.attachments import Attached
from agent.zoho.client import ZohoClient

SENT = "sent"


class RequestFiles:
    """Brings what Zoho's record lacks. One file at a time is held in memory, and none anywhere else."""

    def __init__(self, zoho: ZohoClient, moodle: MoodleClient) -> None:
        self._zoho = zoho
        self._moodle = moodle

    async def bring(self, entity: Entity, record_id: str, snapshot: RequestSnapshot) -> int:
        """Put to the record the files that it does not have yet, and tell Moodle what became of each; how many.

        Those that Zoho has are looked up first, by name and size: an answer may have been lost. A file that Zoho
        refuses stops no other.

        Raises:
            SyncError: a file could not be brought; a record's fault where Zoho refuses it, in Zoho's words.
        """
        missing = [one for one in snapshot.attachments if one.status != SENT]
        if not missing:
            return 0
        there = await self._zoho.attachments.listed(entity.module, record_id)
        outcome: dict[int, str | None] = {}
        refused: SyncError | None = None
        try:
            for one in missing:
                try:
                    if not _is_there(one, there):
                        await self._send(entity, record_id, snapshot.requestid, one)
                    outcome[one.fileid] = None
                except SyncError as error:
                    if error.fault is not Fault.RECORD or error.target != "zoho":
                        raise
                    outcome[one.fileid] = error.message
                    refused = error
        finally:
            if outcome:
                await self._moodle.put_attachments(snapshot.requestid, outcome)
        if refused is not None:
            raise refused
        return len(outcome)

    async def _send(self, entity: Entity, record_id: str, number: int, one: Attachment) -> None:
        content = await self._moodle.get_attachment(number, one.fileid)
        name = request.file_name(one)
        try:
            await self._zoho.attachments.add(entity.module, record_id, name, content, one.mimetype)
        except SyncError as error:
            if error.action is Action.STOP_TARGET and error.fault is Fault.CONFIGURATION:
                # Files need a scope of their own: without it everything else goes on, and this one waits.
                raise _alone(error) from error
            raise


def _is_there(one: Attachment, there: list[Attached]) -> bool:
    return any(found.name.startswith(f"{one.fileid}-") and found.size in {one.size, -1} for found in there)


def _alone(error: SyncError) -> SyncError:
    return bad_record(error.code, error.message, target=None, **error.details)
