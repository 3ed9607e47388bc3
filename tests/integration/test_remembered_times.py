"""Under which time a record is still what both sides agreed on (`RecordStore.move`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.store.records import RecordStore, SyncRecord

THEN = datetime(2026, 3, 1, tzinfo=UTC)
LATER = THEN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("known", "said", "moment", "remembered"),
    [
        ("aa", "aa", LATER, LATER),
        ("aa", "aa", THEN - timedelta(hours=1), THEN),  # an older look comes to its end after a newer one
        ("aa", "bb", LATER, THEN),  # Moodle has not taken what Zoho said last: it has to be read again
        (None, "bb", LATER, THEN),
    ],
)
async def test_only_what_is_agreed_is_remembered_under_a_later_time(
    engine: AsyncEngine, known: str | None, said: str, moment: datetime, remembered: datetime
) -> None:
    records = RecordStore(engine)
    one = SyncRecord("11", "synced", source_hash=said, agreed_hash=known, source_time=THEN)
    other = SyncRecord("12", "synced", source_hash="aa", agreed_hash="aa", source_time=THEN)
    await records.save_many("registration", [one, other])
    await records.move("registration", {"11": moment})
    found = await records.get_many("registration", ["11", "12"])
    assert {key: record.source_time for key, record in found.items()} == {"11": remembered, "12": THEN}
