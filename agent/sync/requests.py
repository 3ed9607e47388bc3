"""Students' requests: raised in Moodle, answered in Zoho; each side owns its half of the record."""

from __future__ import annotations

from agent.canonical import Canonical
from agent.entities import request
from agent.entities.base import Entity
from agent.entities.fields import Record
from agent.errors import bad_record
from agent.moodle.client import MoodleClient
from agent.moodle.models import RequestSnapshot
from agent.store.pairs import Pairs
from agent.store.records import RecordStore
from agent.store.runs import RecordNote, RunStore
from agent.sync.from_zoho import FromZoho, LabelsOf, Looked
from agent.sync.request_files import RequestFiles
from agent.zoho.client import ZohoClient

ENTITY = "request"


class Requests:
    """Looks at one request, named by its number in Moodle or by Zoho's id; no two looks at one number at a time."""

    def __init__(
        self,
        zoho: ZohoClient,
        moodle: MoodleClient,
        records: RecordStore,
        pairs: Pairs,
        runs: RunStore,
        from_zoho: FromZoho,
        labels: LabelsOf,
    ) -> None:
        self._zoho = zoho
        self._moodle = moodle
        self._records = records
        self._pairs = pairs
        self._runs = runs
        self._from_zoho = from_zoho
        self._labels = labels
        self._files = RequestFiles(zoho, moodle)

    async def raised(self, entity: Entity, number: int) -> Looked:
        """Bring a request that was raised in Moodle to Zoho, and Zoho's id and answer back; then its files.

        Raises:
            SyncError: what failed and what to do about it; the request may have arrived without a file.
        """
        async with self._pairs.alone(ENTITY, str(number)):
            snapshot = (await self._moodle.get_requests([number]))[0]
            if not snapshot.found:
                return Looked("ignored", {"reason": "there is no such request in Moodle"})
            if not snapshot.studentzohoid:
                return Looked("ignored", {"reason": "the account is no student of Zoho's"})
            known = (
                snapshot.zohoid or await self._pairs.request(number) or await self._in_zoho(entity, snapshot)
            )
            record_id = known or await self._sent(entity, snapshot)
            record = await self._from_zoho.read(entity, record_id)
            looked = await self._settle(entity, record_id, record, snapshot)
            files = 0 if record is None else await self._files.bring(entity, record_id, snapshot)
            if files:
                looked = Looked("applied", {**looked.detail, "files": files})
            return looked if known else Looked("applied", {**looked.detail, "zoho_id": record_id})

    async def changed_in_zoho(self, entity: Entity, record_id: str) -> Looked:
        """Look at a request of Zoho's: its answer goes to Moodle, what is Moodle's is put right in Zoho.

        Raises:
            SyncError: what failed and what to do about it; `REQUEST_TWICE`: two records stand for one request.
        """
        record = await self._from_zoho.read(entity, record_id)
        number = await self._number(entity, record_id, record)
        if record is None or not number:
            return await self._from_zoho.look(entity, record_id, record)
        async with self._pairs.alone(ENTITY, str(number)):
            snapshot = (await self._moodle.get_requests([number]))[0]
            record = await self._from_zoho.read(entity, record_id)
            return await self._settle(entity, record_id, record, snapshot)

    async def _settle(
        self, entity: Entity, record_id: str, record: Record | None, snapshot: RequestSnapshot
    ) -> Looked:
        if record is None or not snapshot.found:
            return await self._from_zoho.look(entity, record_id, record)
        if snapshot.zohoid not in {"", record_id}:
            raise bad_record(
                "REQUEST_TWICE",
                f"Moodle's request {snapshot.requestid} is record {snapshot.zohoid} already",
                target="zoho",
            )
        wrong = await self._edited(entity, record_id, record, snapshot)
        if wrong:
            mine = {name: lost["kept"] for name, lost in wrong.items()}
            fields = request.written(mine, entity.fields)
            item = (await self._zoho.update(entity.module, [{"id": record_id, **fields}]))[0]
            if not item.ok:
                raise item.error or bad_record(item.code, item.message, target="zoho")
            record = await self._from_zoho.read(entity, record_id)
        looked = await self._from_zoho.look(entity, record_id, record)
        if not wrong:
            return looked
        await self._runs.note(None, ENTITY, [RecordNote(record_id, "conflict", sorted(wrong), detail=wrong)])
        return Looked("applied", {**looked.detail, "conflict": sorted(wrong)})

    async def _edited(
        self, entity: Entity, record_id: str, record: Record, snapshot: RequestSnapshot
    ) -> dict[str, Canonical]:
        """Name what of Moodle's fields somebody changed in Zoho, as the detail of a conflict."""
        stored = await self._records.get(ENTITY, record_id)
        planned = await self._from_zoho.plan(entity, record_id, record, stored)
        form = planned.form if planned else {}
        mine = request.raised(snapshot, await self._labels(entity), entity.fields)
        before = (stored.agreed_state or {}) if stored else {}
        return {
            name: {"kept": value, "lost": form.get(name), "agreed": before.get(name)}
            for name, value in mine.items()
            if form.get(name) != value
        }

    async def _number(self, entity: Entity, record_id: str, record: Record | None) -> int:
        """Return the request's number in Moodle, also where its name was changed in Zoho; 0: not raised there."""
        stored = await self._records.get(ENTITY, record_id)
        agreed = request.number_of((stored.agreed_state or {}).get("number")) if stored else 0
        name = str((record or {}).get(request.zoho_name("number", entity.fields)) or "")
        return agreed or request.number_of(name)

    async def _in_zoho(self, entity: Entity, snapshot: RequestSnapshot) -> str | None:
        """Find the record that was made before, when remembering it failed: its answer must not be overwritten."""
        name = request.name_of(snapshot.requestid, snapshot.type)
        found = await self._zoho.find(entity.module, {request.zoho_name("number", entity.fields): name})
        return found[0] if found else None

    async def _sent(self, entity: Entity, snapshot: RequestSnapshot) -> str:
        student = await self._records.get("student", snapshot.studentzohoid)
        own = request.raised(snapshot, await self._labels(entity), entity.fields)
        known = (student.source_state or {}) if student else {}
        address = known.get("academicemail") or known.get("email")
        form = {**own, "email": address, "status": request.PENDING, "moodleuser": str(snapshot.userid)}
        key = request.zoho_name("number", entity.fields)
        fields = request.written(form, entity.fields)
        item = (await self._zoho.upsert(entity.module, [fields], duplicate_check_fields=[key]))[0]
        if item.id is None:
            raise item.error or bad_record(item.code, item.message, target="zoho")
        return item.id
