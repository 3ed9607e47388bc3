from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from agent.errors import Action, SyncError
from agent.zoho import paging
from agent.zoho.models import RecordPage


def test_the_windows_cover_what_zoho_gives_by_page_number_once_and_in_order() -> None:
    numbers = [number for window in paging.WINDOWS for number in window]
    assert numbers == list(range(1, 11))
    assert len(numbers) * paging.PAGE_SIZE == 2000


def test_fields_are_asked_for_by_name() -> None:
    assert paging.list_params(["Name", "Email"]) == {"fields": "Name,Email", "per_page": "200"}


@pytest.mark.parametrize("count", [0, 51])
def test_zoho_takes_one_to_fifty_fields(count: int) -> None:
    with pytest.raises(SyncError) as caught:
        paging.list_params([f"F{number}" for number in range(count)])
    assert (caught.value.code, caught.value.action) == ("FIELDS_OUT_OF_RANGE", Action.STOP_TARGET)


def test_times_are_written_as_zoho_reads_them() -> None:
    moment = datetime(2026, 7, 25, 15, 26, 49, 987654, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert paging.since_header(moment) == {"If-Modified-Since": "2026-07-25T15:26:49+05:30"}
    assert paging.since_header(None) == {}
    with pytest.raises(ValueError, match="zone"):
        paging.since_header(moment.replace(tzinfo=None))


def test_pages() -> None:
    said = {"data": [{"id": "1"}], "info": {"more_records": True, "next_page_token": "t"}}
    assert paging.read_page(said) == RecordPage([{"id": "1"}], "t", more=True)
    assert paging.read_page({}) == RecordPage([], None, more=False)
    for by, order, falling in (("id", "desc", True), ("id", "asc", False), ("Modified_Time", "desc", False)):
        assert paging.read_page({"info": {"sort_by": by, "sort_order": order}}).from_highest_id is falling


def test_more_without_a_token_is_an_error() -> None:
    assert paging.token_after(RecordPage([], "t", more=True)) == "t"
    with pytest.raises(SyncError):
        paging.token_after(RecordPage([], None, more=True))


def test_a_record_passes_once() -> None:
    unseen = paging.Unseen()
    one, two, three = ({"id": "1"}, {"id": "2"}, {"id": "3"})
    assert unseen.of([one, two]) == [one, two]
    assert unseen.of([two, three]) == [three]
