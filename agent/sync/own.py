"""Whose a record of Zoho's grades is: under a key of Moodle's it is Moodle's own grade, else it was typed into Zoho."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.entities.base import Entity
from agent.entities.fields import Record
from agent.moodle.client import MoodleClient
from agent.store.records import RecordStore

KEY = re.compile(r"[0-9]{1,18}_[0-9]{1,18}_[0-9]{1,18}", re.ASCII)


async def moodles_keys(records: RecordStore, moodle: MoodleClient, keys: Iterable[str]) -> set[str]:
    """Name those of these composite keys that Moodle gave.

    The agent remembers them; of what only looks like one, Moodle is asked, so that an emptied memory claims nothing.

    Raises:
        SyncError: Moodle cannot be asked.
    """
    shaped = sorted({key for key in keys if KEY.fullmatch(key)})
    known = set(await records.get_many("grade", shaped)) if shaped else set()
    unknown = [key for key in shaped if key not in known]
    return known | {grade.key for grade in await moodle.get_grades(unknown) if grade.found}


async def typed_in(
    records: RecordStore, moodle: MoodleClient, entity: Entity, page: Sequence[Record]
) -> list[Record]:
    """Leave out what an entity does not speak of: of `result` the grades that are Moodle's own, of others nothing."""
    if entity.name != "result":
        return list(page)
    field = next(line.zoho for line in entity.fields if line.name == "key")
    keys = {str(record["id"]): str(record[field]) for record in page if record.get(field)}
    own = await moodles_keys(records, moodle, keys.values())
    return [record for record in page if keys.get(str(record["id"])) not in own]
