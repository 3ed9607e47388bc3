"""Insert, update, upsert, delete: results item by item, keys, subforms, optimistic concurrency."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.calling import Zoho

GRADES = "BTEC_Grades"
KEY = "Moodle_Grade_Composite_Key"


async def upsert(zoho: Zoho, *items: dict[str, Any], **body: Any) -> list[dict[str, Any]]:
    status, said = await zoho.call("POST", f"{GRADES}/upsert", body={"data": list(items), **body})
    assert status in {200, 207, 400}
    results: list[dict[str, Any]] = said["data"]
    return results


async def test_an_insert_tells_what_zoho_tells(zoho: Zoho) -> None:
    [result] = await zoho.insert(GRADES, {KEY: "1_2_3"})
    user = {"name": "Moodle Integration", "id": "5725767000000486001"}
    assert result == {
        "code": "SUCCESS",
        "details": {
            "Modified_Time": "2026-03-02T12:00:00+03:00",
            "Modified_By": user,
            "Created_Time": "2026-03-02T12:00:00+03:00",
            "id": result["details"]["id"],
            "Created_By": user,
            "$approval_state": "approved",
        },
        "message": "record added",
        "status": "success",
    }
    assert len(result["details"]["id"]) == 19


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([{"Grade": "D"}, {"Grade": "M"}], 201),
        ([{"Grade": "D"}, {"Grade": "Z"}], 207),
        ([{"Grade": "Y"}, {"Grade": "Z"}], 400),
    ],
)
async def test_one_bad_record_never_stops_the_others(
    zoho: Zoho, items: list[dict[str, Any]], status: int
) -> None:
    answered, said = await zoho.call("POST", GRADES, body={"data": items})
    assert answered == status
    good = [item["Grade"] in {"D", "M"} for item in items]
    assert [result["status"] == "success" for result in said["data"]] == good
    assert len(zoho.control.ids(GRADES)) == sum(good)


@pytest.mark.parametrize(
    ("module", "item", "error"),
    [
        (
            "BTEC",
            {"Unit_Code": "x"},
            ("MANDATORY_NOT_FOUND", {"api_name": "Name", "json_path": "$.data[0].Name"}),
        ),
        ("BTEC", {"Name": ""}, ("MANDATORY_NOT_FOUND", {"api_name": "Name", "json_path": "$.data[0].Name"})),
        (
            GRADES,
            {"BTEC_Unit": "x" * 256},
            (
                "INVALID_DATA",
                {"maximum_length": 255, "api_name": "BTEC_Unit", "json_path": "$.data[0].BTEC_Unit"},
            ),
        ),
        (
            GRADES,
            {"Learning_Outcomes_Assessm": [{"LO_Code": "P1"}, {"LO_Definition": "x" * 256}]},
            (
                "INVALID_DATA",
                {
                    "maximum_length": 255,
                    "api_name": "LO_Definition",
                    "json_path": "$.data[0].Learning_Outcomes_Assessm[1].LO_Definition",
                },
            ),
        ),
    ],
)
async def test_an_item_is_refused_by_name_and_path(
    zoho: Zoho, module: str, item: dict[str, Any], error: tuple[str, dict[str, Any]]
) -> None:
    [result] = await zoho.insert(module, item)
    assert (result["code"], result["details"]) == error
    assert zoho.control.ids(module) == []


async def test_several_errors_of_one_record_come_together(zoho: Zoho) -> None:
    [result] = await zoho.insert(GRADES, {"Grade": "Z", "Attempt_Number": "1"})
    assert result["code"] == "MULTIPLE_OR_MULTI_ERRORS"
    assert {error["details"]["api_name"] for error in result["details"]["errors"]} == {
        "Grade",
        "Attempt_Number",
    }


async def test_unknown_and_read_only_fields_are_dropped_without_a_word(zoho: Zoho) -> None:
    values = {"Grad": "D", "Name": "mine", "Created_Time": "2001-01-01T00:00:00+00:00", "Total_Amount": 5}
    [result] = await zoho.insert(GRADES, values)
    assert result["status"] == "success"
    record = zoho.control.record(GRADES, result["details"]["id"])
    assert "Grad" not in record
    assert record["Name"] == "GR-000001"
    assert record["Created_Time"] == "2026-03-02T12:00:00+03:00"


async def test_an_update_leaves_what_it_does_not_name_and_empties_null(zoho: Zoho) -> None:
    record_id = await zoho.insert_one(GRADES, Grade="D", BTEC_Unit="Law", Feedback="ok")
    zoho.control.advance(seconds=7)
    body = {"data": [{"id": record_id, "Feedback": None, "Grade": "M"}]}
    status, said = await zoho.call("PUT", GRADES, body=body)
    assert (status, said["data"][0]["message"]) == (200, "record updated")
    record = zoho.control.record(GRADES, record_id)
    assert (record["Grade"], record["BTEC_Unit"], record["Feedback"]) == ("M", "Law", None)
    assert (record["Created_Time"], record["Modified_Time"]) == (
        "2026-03-02T12:00:00+03:00",
        "2026-03-02T12:00:07+03:00",
    )


async def test_a_mandatory_field_may_be_left_out_of_an_update_but_not_emptied(zoho: Zoho) -> None:
    unit = await zoho.insert_one("BTEC", Name="Law")
    assert (await zoho.call("PUT", f"BTEC/{unit}", body={"data": [{"Unit_Code": "L1"}]}))[0] == 200
    status, said = await zoho.call("PUT", f"BTEC/{unit}", body={"data": [{"Name": None}]})
    assert (status, said["data"][0]["code"]) == (400, "MANDATORY_NOT_FOUND")
    assert zoho.control.record("BTEC", unit)["Name"] == "Law"


async def test_a_unique_value_is_taken_once(zoho: Zoho) -> None:
    first = await zoho.insert_one(GRADES, **{KEY: "a_1"})
    second = await zoho.insert_one(GRADES, **{KEY: "a_2"})
    [result] = await zoho.insert(GRADES, {KEY: "A_1"})
    assert result["code"] == "DUPLICATE_DATA"
    assert result["details"]["duplicate_record"]["id"] == first
    _, said = await zoho.call("PUT", f"{GRADES}/{second}", body={"data": [{KEY: "a_1"}]})
    assert said["data"][0]["code"] == "DUPLICATE_DATA"
    await zoho.call("DELETE", f"{GRADES}/{first}")
    assert (await zoho.insert(GRADES, {KEY: "a_1"}))[0]["status"] == "success"


async def test_an_upsert_finds_by_its_key_even_within_one_call(zoho: Zoho) -> None:
    results = await upsert(
        zoho, {KEY: "1_1_1", "Grade": "R"}, {KEY: "1_1_1", "Grade": "P"}, duplicate_check_fields=[KEY]
    )
    assert [(result["action"], result["duplicate_field"]) for result in results] == [
        ("insert", None),
        ("update", KEY),
    ]
    [record] = zoho.control.records(GRADES)
    assert record["Grade"] == "P"


async def test_an_upsert_looks_at_unique_fields_unasked(zoho: Zoho) -> None:
    await upsert(zoho, {KEY: "1_1_1"})
    assert (await upsert(zoho, {KEY: "1_1_1"}, duplicate_check_fields=[]))[0]["action"] == "update"


async def test_an_upsert_refuses_keys_that_are_none(zoho: Zoho) -> None:
    body = {"data": [{KEY: "1"}], "duplicate_check_fields": ["BTEC_Unit"]}
    status, said = await zoho.call("POST", f"{GRADES}/upsert", body=body)
    assert (status, said["code"], said["details"]["api_name"]) == (
        400,
        "INVALID_DATA",
        "duplicate_check_fields",
    )


async def test_the_systems_own_duplicate_field_counts_unless_others_are_named(zoho: Zoho) -> None:
    await zoho.insert_one("BTEC", Name="Law")
    _, said = await zoho.call("POST", "BTEC/upsert", body={"data": [{"Name": "law", "Unit_Code": "L1"}]})
    assert (said["data"][0]["action"], said["data"][0]["duplicate_field"]) == ("update", "Name")
    body = {"data": [{"Name": "Law"}], "duplicate_check_fields": []}
    _, said = await zoho.call("POST", "BTEC/upsert", body=body)
    assert said["data"][0]["action"] == "insert"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"data": [{"Grade": "D"}] * 101}, "LIMIT_EXCEEDED"),
        ({"data": []}, "INVALID_DATA"),
        ({"data": {"Grade": "D"}}, "INVALID_DATA"),
        ({}, "MANDATORY_NOT_FOUND"),
        ([], "MANDATORY_NOT_FOUND"),
        ({"data": [{"Grade": "D"}], "trigger": ["workflows"]}, "INVALID_DATA"),
    ],
)
@pytest.mark.parametrize("path", [GRADES, f"{GRADES}/upsert"])
async def test_a_whole_call_is_refused_flat(zoho: Zoho, path: str, body: Any, code: str) -> None:
    status, said = await zoho.call("POST", path, body=body)
    assert (status, said["code"], said["status"]) == (400, code, "error")
    assert zoho.control.ids(GRADES) == []


async def test_json_needs_no_content_type_and_answers_have_one(zoho: Zoho) -> None:
    await zoho.call("GET", "org")
    async with zoho.session.post(
        f"{zoho.sandbox.base_url}/crm/v8/{GRADES}",
        data=b'{"data":[{"Grade":"D"}]}',
        headers={"Authorization": f"Zoho-oauthtoken {zoho.token}"},
        skip_auto_headers=["Content-Type"],
    ) as response:
        assert response.status == 201
        assert response.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    "body",
    [
        b"{not json",
        b"",
        b"\xff\xfe",
        b'{"data":[{"Attempt_Number":NaN}]}',
        b'{"data":[{"BTEC_Unit":"\\ud83c"}]}',  # half an emoji
        b"[" * 100_000,
    ],
    ids=["syntax", "empty", "no UTF-8", "NaN", "half a pair", "too deep"],
)
async def test_what_is_no_json_is_refused(zoho: Zoho, body: bytes) -> None:
    await zoho.call("GET", "org")
    header = {"Authorization": f"Zoho-oauthtoken {zoho.token}"}
    url = f"{zoho.sandbox.base_url}/crm/v8/{GRADES}"
    async with zoho.session.post(url, data=body, headers=header) as response:
        assert (response.status, (await response.json())["code"]) == (400, "INVALID_DATA")


async def test_if_unmodified_since_stops_lost_updates(zoho: Zoho) -> None:
    record_id = await zoho.insert_one(GRADES, **{KEY: "1", "Grade": "R"})
    read_at = {"If-Unmodified-Since": "2026-03-02T12:00:00+03:00"}
    body = {"data": [{"Grade": "P"}]}
    assert (await zoho.call("PUT", f"{GRADES}/{record_id}", body=body, headers=read_at))[0] == 200
    zoho.control.advance(seconds=1)
    zoho.control.edit(GRADES, record_id, {"Grade": "D"})
    status, said = await zoho.call("PUT", f"{GRADES}/{record_id}", body=body, headers=read_at)
    assert (status, said["data"][0]["code"]) == (412, "ALREADY_MODIFIED")
    assert said["data"][0]["details"]["Modified_By"]["name"] == "Rana Registrar"
    status, said = await zoho.call(
        "POST", f"{GRADES}/upsert", body={"data": [{KEY: "1", "Grade": "F"}]}, headers=read_at
    )
    assert status == 412
    assert zoho.control.record(GRADES, record_id)["Grade"] == "D"


class TestSubforms:
    """Rows since v6: append, change by id, delete by `_delete`, empty by an empty list."""

    FORM = "Learning_Outcomes_Assessm"

    async def rows(self, zoho: Zoho, record_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = zoho.control.record(GRADES, record_id)[self.FORM]
        return rows

    async def write(self, zoho: Zoho, record_id: str, rows: Any) -> dict[str, Any]:
        _, said = await zoho.call("PUT", f"{GRADES}/{record_id}", body={"data": [{self.FORM: rows}]})
        result: dict[str, Any] = said["data"][0]
        return result

    async def test_rows_without_id_are_appended(self, zoho: Zoho) -> None:
        record_id = await zoho.insert_one(GRADES, **{self.FORM: [{"LO_Code": "P1"}]})
        await self.write(zoho, record_id, [{"LO_Code": "P2"}])
        await self.write(zoho, record_id, [{"LO_Code": "P2"}])
        assert [row["LO_Code"] for row in await self.rows(zoho, record_id)] == ["P1", "P2", "P2"]

    async def test_rows_with_id_are_changed_in_place(self, zoho: Zoho) -> None:
        record_id = await zoho.insert_one(
            GRADES, **{self.FORM: [{"LO_Code": "P1", "LO_Title": "t"}, {"LO_Code": "P2"}]}
        )
        first, second = await self.rows(zoho, record_id)
        await self.write(zoho, record_id, [{"id": first["id"], "LO_Score": "Achieved"}])
        changed, kept = await self.rows(zoho, record_id)
        assert (changed["id"], changed["LO_Code"], changed["LO_Title"], changed["LO_Score"]) == (
            first["id"],
            "P1",
            "t",
            "Achieved",
        )
        assert kept == second

    async def test_rows_go_by_delete_and_all_by_an_empty_list(self, zoho: Zoho) -> None:
        record_id = await zoho.insert_one(GRADES, **{self.FORM: [{"LO_Code": "P1"}, {"LO_Code": "P2"}]})
        first, _ = await self.rows(zoho, record_id)
        await self.write(zoho, record_id, [{"id": first["id"], "_delete": None}])
        assert [row["LO_Code"] for row in await self.rows(zoho, record_id)] == ["P2"]
        await self.write(zoho, record_id, [])
        assert await self.rows(zoho, record_id) == []

    async def test_foreign_ids_and_too_many_rows_are_refused(self, zoho: Zoho) -> None:
        record_id = await zoho.insert_one(GRADES, **{self.FORM: [{"LO_Code": "P1"}]})
        for foreign in ("5725767000000000009", 5, {"id": "x"}):
            result = await self.write(zoho, record_id, [{"id": foreign, "LO_Code": "x"}])
            assert result["details"]["json_path"] == f"$.data[0].{self.FORM}[0].id"
        result = await self.write(zoho, record_id, [{"LO_Code": "P"}] * 100)
        assert result["code"] == "LIMIT_EXCEEDED"
        assert len(await self.rows(zoho, record_id)) == 1


async def test_deletes_one_and_many(zoho: Zoho) -> None:
    ids = [await zoho.insert_one(GRADES, Grade="D") for _ in range(3)]
    status, said = await zoho.call("DELETE", f"{GRADES}/{ids[0]}")
    assert (status, said["data"][0]["message"]) == (200, "record deleted")
    status, said = await zoho.call("DELETE", GRADES, ids=f"{ids[0]},{ids[1]}")
    assert (status, [item["status"] for item in said["data"]]) == (207, ["error", "success"])
    assert (await zoho.call("DELETE", f"{GRADES}/{ids[0]}"))[0] == 400
    assert (await zoho.call("DELETE", GRADES))[1]["code"] == "REQUIRED_PARAM_MISSING"
    assert zoho.control.ids(GRADES) == [ids[2]]


async def test_a_lookup_reads_with_the_targets_present_name(zoho: Zoho) -> None:
    unit = await zoho.insert_one("BTEC", Name="Law")
    taught = await zoho.insert_one("BTEC_Classes", Unit={"id": unit})
    await zoho.call("PUT", f"BTEC/{unit}", body={"data": [{"Name": "Business Law"}]})
    assert zoho.control.record("BTEC_Classes", taught)["Unit"] == {"name": "Business Law", "id": unit}
    await zoho.call("DELETE", f"BTEC/{unit}")
    assert zoho.control.record("BTEC_Classes", taught)["Unit"] == {"name": None, "id": unit}
