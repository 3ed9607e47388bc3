"""What the sandbox answers is what Zoho's description allows (the fixtures judge every exchange)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.contract.zoho.description import Description, Exchange
from tests.contract.zoho.recording import Caller, Recorder

STUDENT_FIELDS = "First_Name,Last_Name,Academic_Email,Program,Owner,Modified_Time,Created_By"
MODULES = (
    "Products",
    "BTEC",
    "BTEC_Teachers",
    "BTEC_Students",
    "BTEC_Classes",
    "BTEC_Registrations",
    "BTEC_Enrollments",
    "BTEC_Payments",
    "BTEC_Grades",
    "BTEC_Student_Requests",
)


@pytest.mark.parametrize("module", MODULES)
async def test_lists_singles_and_fields_of_every_module(call: Caller, module: str) -> None:
    status, said = await call("GET", "settings/fields", module=module)
    assert status == 200
    names = [field["api_name"] for field in said["fields"]]
    status, page = await call("GET", module, fields=",".join(names[:50]), per_page=5)
    assert (status, page["info"]["count"]) == (200, len(page["data"]))
    status, one = await call("GET", f"{module}/{page['data'][0]['id']}")
    assert status == 200
    assert set(names) <= set(one["data"][0])


async def test_counts(call: Caller) -> None:
    for module in MODULES:
        expected = len(call.sandbox.control.ids(module))
        assert await call("GET", f"{module}/actions/count") == (200, {"count": expected})
    assert (await call("GET", "Nonsense/actions/count"))[0] == 400


async def test_an_enrollment_is_asked_for_by_student_and_class(call: Caller) -> None:
    control = call.sandbox.control
    enrollment = control.records("BTEC_Enrollments")[0]
    student, class_ = enrollment["Enrolled_Students"]["id"], enrollment["Classes"]["id"]
    query = f"select id from BTEC_Enrollments where Enrolled_Students = '{student}' and Classes = '{class_}'"
    status, said = await call("POST", "coql", body={"select_query": query})
    assert (status, [row["id"] for row in said["data"]]) == (200, [enrollment["id"]])


async def test_settings_org_and_users(call: Caller) -> None:
    assert len((await call("GET", "settings/modules"))[1]["modules"]) == 10
    assert (await call("GET", "org"))[1]["org"][0]["type"] == "sandbox"
    assert len((await call("GET", "users", type="CurrentUser"))[1]["users"]) == 1
    assert len((await call("GET", "users"))[1]["users"]) == 2


async def test_pages_by_number_and_by_token(call: Caller) -> None:
    query = {"fields": STUDENT_FIELDS, "per_page": 10, "sort_by": "Modified_Time", "sort_order": "asc"}
    status, first = await call("GET", "BTEC_Students", **query)
    assert (status, first["info"]["more_records"]) == (200, True)
    token = first["info"]["next_page_token"]
    status, second = await call("GET", "BTEC_Students", **query, page_token=token)
    assert (status, second["info"]["page"]) == (200, 2)
    assert (await call("GET", "BTEC_Students", **query, page=9)) == (204, None)


async def test_nothing_newer_is_304_and_nothing_at_all_204(call: Caller) -> None:
    since = (call.sandbox.state.clock.now() + timedelta(seconds=5)).isoformat(timespec="seconds")
    header = {"If-Modified-Since": since}
    assert await call("GET", "BTEC_Students", fields="Name", headers=header) == (304, None)
    assert await call("GET", "BTEC_Students/deleted") == (204, None)
    assert await call("GET", "BTEC_Students/5725767999999999999") == (204, None)


async def test_writes_that_succeed(call: Caller) -> None:
    student = call.sandbox.control.ids("BTEC_Students")[0]
    status, said = await call("POST", "BTEC_Teachers", body={"data": [{"Name": "A"}], "trigger": []})
    teacher = said["data"][0]["details"]["id"]
    assert status == 201
    change = {"data": [{"id": teacher, "Name": "B"}]}
    assert (await call("PUT", "BTEC_Teachers", body=change))[0] == 200
    assert (await call("PUT", f"BTEC_Teachers/{teacher}", body={"data": [{"Name": "C"}]}))[0] == 200
    grade = {"Moodle_Grade_Composite_Key": "1_2_3", "Grade": "P", "Student": {"id": student}}
    body = {"data": [grade], "duplicate_check_fields": ["Moodle_Grade_Composite_Key"], "trigger": []}
    assert (await call("POST", "BTEC_Grades/upsert", body=body))[1]["data"][0]["action"] == "insert"
    assert (await call("POST", "BTEC_Grades/upsert", body=body))[1]["data"][0]["action"] == "update"
    assert (await call("DELETE", f"BTEC_Teachers/{teacher}", wf_trigger="false"))[0] == 200
    status, said = await call("GET", "BTEC_Teachers/deleted", type="recycle")
    assert (status, said["data"][0]["id"]) == (200, teacher)


async def test_a_hundred_records_at_once(call: Caller) -> None:
    body = {"data": [{"Name": f"Teacher {number}"} for number in range(100)]}
    status, said = await call("POST", "BTEC_Teachers", body=body)
    assert status == 201
    ids = ",".join(item["details"]["id"] for item in said["data"])
    assert (await call("DELETE", "BTEC_Teachers", ids=ids))[0] == 200


async def test_writes_that_fail_wholly_or_in_part(call: Caller) -> None:
    student = call.sandbox.control.ids("BTEC_Students")[0]
    key = {"Moodle_Grade_Composite_Key": "9_9_9"}
    bad = {"Grade": "Excellent", "Attempt_Number": "1", "Student": {"id": "5725767000000000001"}}
    assert (await call("POST", "BTEC_Grades", body={"data": [key]}))[0] == 201
    assert (await call("POST", "BTEC_Grades", body={"data": [key]}))[0] == 400
    assert (await call("POST", "BTEC_Grades", body={"data": [key, {"Grade": "D"}, bad]}))[0] == 207
    assert (await call("POST", "BTEC_Enrollments", body={"data": [{}]}))[0] == 400
    assert (await call("PUT", f"BTEC_Students/{student[:-4]}9999", body={"data": [{"City": "x"}]}))[0] == 400
    assert (await call("DELETE", f"BTEC_Students/{student[:-4]}9999"))[0] == 400
    assert (await call("DELETE", "BTEC_Students", ids=f"{student},{student[:-4]}9999"))[0] == 207
    assert (await call("DELETE", "BTEC_Students", ids=f"{student[:-4]}9999"))[0] == 400


async def test_a_record_changed_meanwhile_is_412(call: Caller) -> None:
    student = call.sandbox.control.ids("BTEC_Students")[0]
    header = {"If-Unmodified-Since": "2001-01-01T00:00:00+00:00"}
    body = {"data": [{"City": "Oran"}]}
    assert (await call("PUT", f"BTEC_Students/{student}", body=body, headers=header))[0] == 412
    body = {"data": [{"id": student, "City": "Oran"}]}
    assert (await call("POST", "BTEC_Students/upsert", body=body, headers=header))[0] == 412


async def test_coql(call: Caller) -> None:
    for number in range(10):
        body = {"data": [{"Name": f"T {number}/{part}"} for part in range(100)]}
        await call("POST", "BTEC_Teachers", body=body)
    query = "select Name, Owner, Modified_Time from BTEC_Teachers where Name like 'T %' limit 0, 2000"
    status, said = await call("POST", "coql", body={"select_query": query})
    assert (status, said["info"]["count"]) == (200, 1000)
    nothing = {"select_query": "select Name from BTEC_Teachers where Name = 'nobody'"}
    assert await call("POST", "coql", body=nothing) == (204, None)
    for wrong in (
        "select Name from BTEC_Teachers",
        "select Nothing from BTEC_Teachers where Name is null",
        "select Name from Nowhere where Name is null",
        "select Name from BTEC_Teachers where Name ~ 'x'",
        "select Name from BTEC_Teachers where Name is null limit 2001",
        "select Name from BTEC_Teachers where Modified_Time > 'yesterday'",
    ):
        assert (await call("POST", "coql", body={"select_query": wrong}))[0] == 400


async def test_watching(call: Caller) -> None:
    item = {
        "channel_id": "1000000068001",
        "events": ["BTEC_Students.all", "BTEC_Grades.edit"],
        "notify_url": "http://127.0.0.1:9/none",
        "token": "t" * 50,
    }
    assert (await call("GET", "actions/watch"))[1]["watch"] == []
    assert (await call("POST", "actions/watch", body={"watch": [item]}))[0] == 201
    assert (await call("GET", "actions/watch"))[1]["info"]["count"] == 2
    assert (await call("PUT", "actions/watch", body={"watch": [item]}))[0] == 200
    assert (await call("PATCH", "actions/watch", body={**item, "events": ["BTEC_Grades.all"]}))[0] == 200
    mixed = {"watch": [item, {**item, "events": ["Nowhere.all"]}]}
    assert (await call("POST", "actions/watch", body=mixed))[0] == 207
    assert (await call("POST", "actions/watch", body={"watch": [{**item, "token": "t" * 51}]}))[0] == 400
    assert (await call("DELETE", "actions/watch", channel_ids="1000000068001"))[0] == 200
    assert (await call("PUT", "actions/watch", body={"watch": [item]}))[0] == 400


async def test_refusals_of_whole_calls(call: Caller, recorder: Recorder) -> None:
    recorder.wrong_on_purpose = True
    students = "BTEC_Students"
    expected = {
        400: [
            ("GET", students, {}),
            ("GET", students, {"fields": ",".join(f"F{number}" for number in range(51))}),
            ("GET", students, {"fields": "Name", "page": 11, "per_page": 200}),
            ("GET", students, {"fields": "Name", "page": 1, "page_token": "x"}),
            ("GET", students, {"fields": "Name", "page_token": "x"}),
            ("GET", students, {"fields": "Name", "sort_by": "City"}),
            ("GET", f"{students}/12", {}),
            ("GET", "Nowhere", {"fields": "Name"}),
            ("PATCH", students, {}),
            ("GET", "settings/fields", {}),
            ("GET", "settings/fields", {"module": "Nowhere"}),
        ],
        404: [("GET", f"{students}/1/2/3", {})],
    }
    for status, calls in expected.items():
        for method, path, query in calls:
            assert (await call(method, path, **query))[0] == status, (method, path, query)
    too_many = {"data": [{"City": "x"}] * 101}
    assert (await call("POST", students, body=too_many))[1]["code"] == "LIMIT_EXCEEDED"
    assert (await call("POST", students, body={"data": [], "trigger": []}))[0] == 400
    assert (
        await call("POST", f"{students}/upsert", body={"data": [{}], "duplicate_check_fields": ["City"]})
    )[0] == 400
    # Undescribed paths and methods have no description to be judged by.
    recorder.exchanges = [e for e in recorder.exchanges if e.method != "PATCH" and e.status != 404]


async def test_dead_tokens_and_limits(call: Caller, recorder: Recorder) -> None:
    recorder.wrong_on_purpose = True
    control = call.sandbox.control
    for fault, status in (("too_many_requests", 429), ("quota_spent", 429), ("server_error", 500)):
        control.fail(fault)
        assert (await call("GET", "BTEC_Students", fields="Name"))[0] == status
    control.kill_tokens()
    assert (await call("GET", "BTEC_Students", fields="Name"))[1]["code"] == "INVALID_TOKEN"
    header = {"Authorization": "Bearer nonsense"}
    assert (await call("GET", "BTEC_Students", fields="Name", headers=header))[0] == 401


def test_the_judge_finds_what_is_wrong(description: Description) -> None:
    """The net catches: an answer with a field of the wrong type, a request with a stray member."""
    good = Exchange(
        "POST",
        "/crm/v8/BTEC_Grades",
        {},
        {},
        json.dumps({"data": [{"Grade": "D"}]}).encode(),
        400,
        {"Content-Type": "application/json"},
        json.dumps({"code": "INVALID_DATA", "details": {}, "message": "m", "status": "error"}).encode(),
    )
    assert description.complaints(good) == []
    stray = Exchange(**{**vars(good), "body": b'{"data": [], "triggers": []}'})
    assert any("request" in text for text in description.complaints(stray))
    missing = Exchange(**{**vars(good), "answer": b'{"code": "INVALID_DATA", "status": "error"}'})
    assert any("answer" in text for text in description.complaints(missing))
    undescribed = Exchange(**{**vars(good), "status": 418})
    assert any("answer" in text for text in description.complaints(undescribed))
    unknown = Exchange(**{**vars(good), "method": "GET", "query": {"felds": "Name"}, "body": b""})
    assert any("felds" in text for text in description.complaints(unknown))
