"""Lists, pages, single records and the deleted ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.sandbox.calling import START, Zoho

TEACHERS = "BTEC_Teachers"


async def fill(zoho: Zoho, count: int) -> list[str]:
    """Add teachers and give their ids, oldest first."""
    return [zoho.control.create(TEACHERS, {"Name": f"T{number}"}) for number in range(count)]


def since(seconds: float) -> dict[str, str]:
    return {"If-Modified-Since": (START + timedelta(seconds=seconds)).isoformat(timespec="seconds")}


async def test_a_list_gives_the_fields_asked_for_newest_id_first(zoho: Zoho) -> None:
    ids = await fill(zoho, 3)
    _, said = await zoho.call("GET", TEACHERS, fields="Name,Owner,Modified_Time,No_Such_Field")
    assert [row["id"] for row in said["data"]] == ids[::-1]
    assert said["data"][0] == {
        "Name": "T2",
        "Owner": {"name": "Rana Registrar", "id": "5725767000000486002", "email": "registrar@example.org"},
        "Modified_Time": "2026-03-02T12:00:00+03:00",
        "id": ids[2],
    }
    assert said["info"] == {
        "per_page": 200,
        "next_page_token": None,
        "count": 3,
        "sort_by": "id",
        "page": 1,
        "previous_page_token": None,
        "page_token_expiry": None,
        "sort_order": "desc",
        "more_records": False,
    }


async def test_an_empty_module_is_204(zoho: Zoho) -> None:
    assert await zoho.call("GET", TEACHERS, fields="Name") == (204, None)


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ({}, "REQUIRED_PARAM_MISSING", {"param_name": "fields"}),
        ({"fields": ","}, "REQUIRED_PARAM_MISSING", {"param_name": "fields"}),
        ({"fields": ",".join("abc"[:1] * 51)}, "LIMIT_EXCEEDED", {"limit": 50, "param_name": "fields"}),
        ({"fields": "Name", "per_page": 201}, "LIMIT_EXCEEDED", {"limit": 200, "param_name": "per_page"}),
        ({"fields": "Name", "page": 11}, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", {"limit": 2000}),
        ({"fields": "Name", "page": 0}, "INVALID_DATA", None),
        ({"fields": "Name", "page": 1, "page_token": "t"}, "AMBIGUITY_DURING_PROCESSING", None),
        ({"fields": "Name", "page_token": "t"}, "INVALID_DATA", {"param_name": "page_token"}),
        ({"fields": "Name", "sort_by": "Name"}, "INVALID_DATA", None),
        ({"fields": "Name", "sort_order": "up"}, "INVALID_DATA", None),
    ],
)
async def test_a_list_is_refused(
    zoho: Zoho, query: dict[str, Any], code: str, details: dict[str, Any] | None
) -> None:
    await fill(zoho, 1)
    status, said = await zoho.call("GET", TEACHERS, **query)
    assert (status, said["code"], said["status"]) == (400, code, "error")
    assert details is None or said["details"] == details


async def test_page_tokens_lead_through_everything_once(zoho: Zoho) -> None:
    ids = await fill(zoho, 7)
    query: dict[str, Any] = {"fields": "Name", "per_page": 3, "sort_order": "asc"}
    seen, token = [], None
    for page in (1, 2, 3):
        _, said = await zoho.call("GET", TEACHERS, **query, **({"page_token": token} if token else {}))
        assert said["info"]["page"] == page
        seen += [row["id"] for row in said["data"]]
        token = said["info"]["next_page_token"]
        if page == 1:  # the place is kept by record: nothing is skipped when an earlier one goes away
            zoho.control.delete(TEACHERS, ids[0])
    assert seen == ids
    assert token is None


async def test_a_page_token_goes_back_too(zoho: Zoho) -> None:
    await fill(zoho, 4)
    query: dict[str, Any] = {"fields": "Name", "per_page": 2}
    _, first = await zoho.call("GET", TEACHERS, **query)
    _, second = await zoho.call("GET", TEACHERS, **query, page_token=first["info"]["next_page_token"])
    _, again = await zoho.call("GET", TEACHERS, **query, page_token=second["info"]["previous_page_token"])
    assert again["data"] == first["data"]


@pytest.mark.parametrize(
    ("hours", "changed", "code"),
    [
        (24, {}, "EXPIRED_VALUE"),
        (0, {"fields": "Name,Email"}, "TOKEN_BOUND_DATA_MISMATCH"),
        (0, {"sort_order": "asc"}, "TOKEN_BOUND_DATA_MISMATCH"),
        (23.9, {}, None),
    ],
)
async def test_a_page_token_is_bound_and_dies(
    zoho: Zoho, hours: float, changed: dict[str, str], code: str | None
) -> None:
    await fill(zoho, 2)
    query = {"fields": "Name", "per_page": 1}
    _, said = await zoho.call("GET", TEACHERS, **query)
    zoho.control.advance(hours=hours)
    zoho.token = ""
    status, said = await zoho.call(
        "GET", TEACHERS, **{**query, **changed}, page_token=said["info"]["next_page_token"]
    )
    assert (status, said.get("code")) == ((400, code) if code else (200, None))


async def test_if_modified_since_includes_its_second(zoho: Zoho) -> None:
    await fill(zoho, 1)
    zoho.control.advance(seconds=10)
    late = zoho.control.create(TEACHERS, {"Name": "late"})
    _, said = await zoho.call("GET", TEACHERS, fields="Name", headers=since(10))
    assert [row["id"] for row in said["data"]] == [late]
    assert await zoho.call("GET", TEACHERS, fields="Name", headers=since(11)) == (304, None)
    assert await zoho.call("GET", f"{TEACHERS}/{late}", headers=since(11)) == (304, None)
    status, _ = await zoho.call("GET", TEACHERS, fields="Name", headers={"If-Modified-Since": "Mon, 2 Mar"})
    assert status == 400


async def test_ids_pick_records(zoho: Zoho) -> None:
    ids = await fill(zoho, 4)
    _, said = await zoho.call("GET", TEACHERS, fields="Name", ids=f"{ids[2]},{ids[0]},5725767999999999999")
    assert [row["id"] for row in said["data"]] == [ids[2], ids[0]]


async def test_sorting_by_modified_time(zoho: Zoho) -> None:
    ids = await fill(zoho, 3)
    zoho.control.advance(seconds=1)
    zoho.control.edit(TEACHERS, ids[0], {"Name": "changed"})
    _, said = await zoho.call("GET", TEACHERS, fields="Name", sort_by="Modified_Time", sort_order="desc")
    assert said["data"][0]["id"] == ids[0]


async def test_only_a_single_get_carries_subforms_and_dollar_keys(zoho: Zoho) -> None:
    rows = [{"Installment_No": 1, "Installment_Amount": 10.5}]
    record_id = zoho.control.create("BTEC_Registrations", {"Payment_Schedule": rows, "First_Name": "A"})
    _, said = await zoho.call("GET", "BTEC_Registrations", fields="First_Name,Payment_Schedule")
    assert said["data"] == [{"First_Name": "A", "id": record_id}]
    _, said = await zoho.call("GET", f"BTEC_Registrations/{record_id}")
    [whole] = said["data"]
    assert whole["Payment_Schedule"][0]["Installment_Amount"] == 10.5
    assert whole["Payment_Schedule"][0]["Parent_Id"]["id"] == record_id
    assert whole["$approval_state"] == "approved"
    assert whole["Last_Name"] is None
    assert whole["Name"] == "RG-000001"


async def test_single_gets_of_nothing(zoho: Zoho) -> None:
    assert await zoho.call("GET", f"{TEACHERS}/5725767000000000001") == (204, None)
    status, said = await zoho.call("GET", f"{TEACHERS}/12")
    assert (status, said["details"]) == (400, {"resource_path_index": 1})
    status, said = await zoho.call("GET", "Nowhere", fields="Name")
    assert (status, said["code"], said["details"]) == (400, "INVALID_MODULE", {"resource_path_index": 0})
    assert (await zoho.call("GET", "a/b/c/d"))[1]["code"] == "INVALID_URL_PATTERN"
    assert (await zoho.call("PATCH", TEACHERS))[1]["code"] == "INVALID_REQUEST_METHOD"


async def test_deleted_records_are_kept_sixty_then_hundred_and_twenty_days(zoho: Zoho) -> None:
    first, second = await fill(zoho, 2)
    zoho.control.delete(TEACHERS, first)
    zoho.control.delete(TEACHERS, second)
    zoho.control.purge(TEACHERS, second)

    async def types(**query: str) -> dict[str, str]:
        zoho.token = ""
        _, said = await zoho.call("GET", f"{TEACHERS}/deleted", **query)
        return {row["id"]: row["type"] for row in said["data"]} if said else {}

    assert await types() == {first: "recycle", second: "permanent"}
    _, said = await zoho.call("GET", f"{TEACHERS}/deleted", type="permanent")
    assert (said["data"][0]["display_name"], said["data"][0]["deleted_by"]) == (None, None)
    assert await types(type="recycle") == {first: "recycle"}
    assert await types(type="permanent") == {second: "permanent"}
    zoho.control.advance(days=60)
    assert await types() == {first: "permanent", second: "permanent"}
    zoho.control.advance(days=60)
    assert await types() == {first: "permanent"}
    zoho.control.advance(days=60)
    assert await types() == {}


async def test_deleted_since(zoho: Zoho) -> None:
    [gone] = await fill(zoho, 1)
    zoho.control.advance(seconds=5)
    zoho.control.delete(TEACHERS, gone)
    _, said = await zoho.call("GET", f"{TEACHERS}/deleted", headers=since(5))
    assert said["data"] == [
        {
            "id": gone,
            "display_name": "T0",
            "type": "recycle",
            "deleted_by": {"name": "Rana Registrar", "id": "5725767000000486002"},
            "created_by": {"name": "Rana Registrar", "id": "5725767000000486002"},
            "deleted_time": "2026-03-02T12:00:05+03:00",
        }
    ]
    assert await zoho.call("GET", f"{TEACHERS}/deleted", headers=since(6)) == (304, None)


async def test_a_restored_record_is_back(zoho: Zoho) -> None:
    [gone] = await fill(zoho, 1)
    zoho.control.delete(TEACHERS, gone)
    zoho.control.restore(TEACHERS, gone)
    assert (await zoho.call("GET", f"{TEACHERS}/{gone}"))[0] == 200
    assert await zoho.call("GET", f"{TEACHERS}/deleted") == (204, None)
