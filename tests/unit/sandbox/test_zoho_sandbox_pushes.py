"""Webhooks of workflow rules, notifications, and what can go wrong with them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from agent.sandbox.zoho.faults import Weather
from agent.sandbox.zoho.pushes import sign
from tests.unit.sandbox.calling import Receiver, Zoho

STUDENTS = "BTEC_Students"
SECRET = "a-text-key-of-the-deluge-function"


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, body in receiver.calls]


async def test_a_persons_work_calls_the_agent_signed(pushing: Zoho, receiver: Receiver) -> None:
    record_id = pushing.control.create(STUDENTS, {"First_Name": "Noor"})
    await pushing.control.settle()
    pushing.control.edit(STUDENTS, record_id, {"City": "Oran"})
    await pushing.control.settle()
    pushing.control.delete(STUDENTS, record_id)
    await pushing.control.settle()
    said = bodies(receiver)
    assert [body["type"] for body in said] == ["student.created", "student.updated", "student.deleted"]
    assert [body["data"]["operation"] for body in said] == ["create", "update", "delete"]
    assert said[0]["data"] == {
        "module": STUDENTS,
        "id": record_id,
        "operation": "create",
        "modified_time": "2026-03-02T12:00:00+03:00",
    }
    assert {path for path, _, _ in receiver.calls} == {"/v1/events/zoho/student"}
    ids = [headers["webhook-id"] for _, headers, _ in receiver.calls]
    assert len(set(ids)) == 3
    judge = Webhook(SECRET.encode())
    for _, headers, body in receiver.calls:
        judge.verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(b"another").verify(receiver.calls[0][2], receiver.calls[0][1])


def test_a_whsec_secret_is_decoded() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = sign(secret, "msg_1", 1_700_000_000, b"{}")
    assert signed == Webhook(secret).sign("msg_1", datetime.fromtimestamp(1_700_000_000, UTC), "{}")


@pytest.mark.parametrize("knobs", [{"webhook_form": "header"}])
async def test_the_native_form_sends_a_secret_header(pushing: Zoho, receiver: Receiver) -> None:
    record_id = pushing.control.create("BTEC_Grades", {"Grade": "D"})
    await pushing.control.settle()
    [(path, headers, body)] = receiver.calls
    assert path == "/v1/events/zoho/grade"
    assert headers["X-Webhook-Secret"] == SECRET
    assert json.loads(body) == {
        "module": "BTEC_Grades",
        "id": record_id,
        "operation": "create",
        "modified_time": "2026-03-02T12:00:00+03:00",
    }


@pytest.mark.parametrize(
    ("trigger", "fires"),
    [
        ({}, True),
        ({"trigger": ["workflow"]}, True),
        ({"trigger": []}, False),
        ({"trigger": ["approval"]}, False),
    ],
)
async def test_trigger_decides_for_writes_by_the_api(
    pushing: Zoho, receiver: Receiver, trigger: dict[str, Any], fires: bool
) -> None:
    await pushing.insert(STUDENTS, {"City": "a"}, {"City": "b"}, **trigger)
    await pushing.control.settle()
    assert len(receiver.calls) == (2 if fires else 0)


@pytest.mark.parametrize(("query", "fires"), [({}, True), ({"wf_trigger": "false"}, False)])
async def test_wf_trigger_decides_for_deletes(
    pushing: Zoho, receiver: Receiver, query: dict[str, str], fires: bool
) -> None:
    record_id = pushing.control.create(STUDENTS, {"City": "a"}, push=False)
    await pushing.call("DELETE", f"{STUDENTS}/{record_id}", **query)
    await pushing.control.settle()
    assert len(receiver.calls) == int(fires)


async def test_a_refused_push_is_not_repeated_and_is_listed(pushing: Zoho, receiver: Receiver) -> None:
    receiver.answer_with = 404
    record_id = pushing.control.create(STUDENTS, {"City": "a"})
    await pushing.control.settle()
    assert len(receiver.calls) == 1
    _, said = await pushing.call("GET", "settings/automation/webhook_failures")
    [failure] = said["webhook_failures"]
    assert (failure["entity_details"]["id"], failure["failure_reason"]) == (record_id, "page_notfound")
    pushing.control.advance(days=31)
    pushing.token = ""
    assert (await pushing.call("GET", "settings/automation/webhook_failures"))[0] == 204


async def names_after(pushing: Zoho, receiver: Receiver, count: int) -> list[str]:
    """Create records one after the other, wait for all pushes, give what arrived as creation numbers."""
    ids = []
    for _ in range(count):
        ids.append(pushing.control.create(STUDENTS, {"City": "a"}))
        await pushing.sandbox.state.pushes.idle()
    await pushing.control.settle()
    return [str(ids.index(body["data"]["id"])) for body in bodies(receiver)]


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        ("push_drop", ["1", "2"]),
        ("push_duplicate", ["0", "0", "1", "2"]),
        ("push_reorder", ["1", "0", "2"]),
    ],
)
async def test_pushes_get_lost_doubled_and_reordered(
    pushing: Zoho, receiver: Receiver, fault: str, arrived: list[str]
) -> None:
    pushing.control.fail(fault)
    assert await names_after(pushing, receiver, 3) == arrived


async def fates(pushing: Zoho, receiver: Receiver, **shares: float) -> list[int]:
    """Create 200 records in this weather; give which of them arrived, in the order of arrival."""
    pushing.control.disturb(**shares)
    ids = []
    for _ in range(200):
        ids.append(pushing.control.create(STUDENTS, {"City": "a"}))
        await pushing.sandbox.state.pushes.idle()
    await pushing.control.settle()
    return [ids.index(body["data"]["id"]) for body in bodies(receiver)]


async def test_in_bad_weather_shares_of_all_pushes_get_lost_doubled_and_reordered(
    pushing: Zoho, receiver: Receiver
) -> None:
    arrived = await fates(pushing, receiver, drop=0.3, duplicate=0.2, reorder=0.2)
    times = [arrived.count(number) for number in range(200)]
    assert 40 <= times.count(0) <= 80
    assert 25 <= times.count(2) <= 55
    assert times.count(1) == 200 - times.count(0) - times.count(2)
    overtaken = [number for place, number in enumerate(arrived) if number < max(arrived[:place], default=0)]
    assert 20 <= len(overtaken) <= 60
    assert len(pushing.control.state.pushes.failures()) == times.count(0)
    pushing.control.reset()
    receiver.calls.clear()
    assert await fates(pushing, receiver, drop=0.3, duplicate=0.2, reorder=0.2) == arrived
    pushing.control.calm()
    receiver.calls.clear()
    assert await fates(pushing, receiver) == list(range(200))


async def test_the_weather_is_set_over_http(pushing: Zoho, receiver: Receiver) -> None:
    url = f"{pushing.sandbox.base_url}/sandbox"
    async with pushing.session.post(f"{url}/weather", json={"drop": 1.0}) as answer:
        assert answer.status == 201
    pushing.control.create(STUDENTS, {"City": "a"})
    await pushing.control.settle()
    assert receiver.calls == []
    async with pushing.session.delete(f"{url}/faults") as answer:
        assert answer.status == 200
    pushing.control.create(STUDENTS, {"City": "a"})
    await pushing.control.settle()
    assert len(receiver.calls) == 1


async def test_all_may_be_late(pushing: Zoho, receiver: Receiver) -> None:
    pushing.control.disturb(delay=1.0, seconds=0.2)
    late = pushing.control.create(STUDENTS, {"City": "a"})
    pushing.control.calm()
    soon = pushing.control.create(STUDENTS, {"City": "b"})
    await pushing.control.settle()
    assert [body["data"]["id"] for body in bodies(receiver)] == [soon, late]


@pytest.mark.parametrize("shares", [{"drop": 0.6, "delay": 0.6}, {"drop": -0.1}, {"depth": 0}])
def test_shares_that_are_none_are_refused(shares: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="shares"):
        Weather(**shares)


async def test_a_delayed_push_arrives_after_the_next(pushing: Zoho, receiver: Receiver) -> None:
    pushing.control.fail("push_delay", seconds=0.3)
    late = pushing.control.create(STUDENTS, {"City": "a"})
    soon = pushing.control.create(STUDENTS, {"City": "b"})
    await pushing.control.settle()
    assert [body["data"]["id"] for body in bodies(receiver)] == [soon, late]


async def test_each_firing_has_its_own_id_even_within_a_millisecond(
    pushing: Zoho, receiver: Receiver
) -> None:
    record_id = pushing.control.create(STUDENTS, {"City": "a"}, push=False)
    for number in range(30):
        pushing.control.edit(STUDENTS, record_id, {"City": f"{number}"})
    await pushing.control.settle()
    assert len({headers["webhook-id"] for _, headers, _ in receiver.calls}) == 30


async def test_a_duplicate_is_the_same_delivery(pushing: Zoho, receiver: Receiver) -> None:
    pushing.control.fail("push_duplicate")
    pushing.control.create(STUDENTS, {"City": "a"})
    await pushing.control.settle()
    first, second = receiver.calls
    assert first[2] == second[2]
    assert first[1]["webhook-id"] == second[1]["webhook-id"]


class TestWatch:
    """Notification channels."""

    def item(self, receiver: Receiver, **changed: Any) -> dict[str, Any]:
        return {
            "channel_id": "1000000068001",
            "events": [f"{STUDENTS}.all"],
            "notify_url": f"{receiver.url}/notify",
            "token": "shared",
            "channel_expiry": "2026-03-05T00:00:00+00:00",
            **changed,
        }

    async def watch(self, zoho: Zoho, item: dict[str, Any]) -> dict[str, Any]:
        status, said = await zoho.call("POST", "actions/watch", body={"watch": [item]})
        assert status == 201
        details: dict[str, Any] = said["watch"][0]["details"]
        return details

    async def test_one_call_names_all_records_of_a_write(self, zoho: Zoho, receiver: Receiver) -> None:
        await self.watch(zoho, self.item(receiver, return_affected_field_values=True))
        results = await zoho.insert(STUDENTS, {"City": "a"}, {"City": "b"}, trigger=[])
        ids = [result["details"]["id"] for result in results]
        body = {"data": [{"id": record_id, "City": "c"} for record_id in ids], "trigger": []}
        await zoho.call("PUT", STUDENTS, body=body)
        await zoho.control.settle()
        insert, update = sorted(bodies(receiver), key=lambda body: body["operation"])
        assert (insert["operation"], insert["ids"], insert["affected_fields"]) == ("insert", ids, [])
        assert (update["operation"], update["ids"], update["token"]) == ("update", ids, "shared")
        assert update["affected_fields"] == [{record_id: ["City"]} for record_id in ids]
        assert update["affected_values"][0] == {"record_id": ids[0], "values": {"City": "c"}}
        assert update["server_time"] == 1772442000000

    @pytest.mark.parametrize("knobs", [{"trigger_silences_watch": True}])
    async def test_a_knob_lets_trigger_silence_it(self, zoho: Zoho, receiver: Receiver) -> None:
        await self.watch(zoho, self.item(receiver))
        await zoho.insert(STUDENTS, {"City": "a"}, trigger=[])
        await zoho.insert(STUDENTS, {"City": "b"})
        await zoho.control.settle()
        assert len(receiver.calls) == 1

    @pytest.mark.parametrize(
        ("asked", "granted"),
        [
            ("2026-03-09T09:00:00+00:00", "2026-03-09T12:00:00+03:00"),  # a week: just allowed
            ("2026-03-09T09:00:01+00:00", "2026-03-02T13:00:00+03:00"),  # more: silently one hour
            (None, "2026-03-02T13:00:00+03:00"),
        ],
    )
    async def test_more_than_a_week_becomes_an_hour(
        self, zoho: Zoho, receiver: Receiver, asked: str | None, granted: str
    ) -> None:
        details = await self.watch(zoho, self.item(receiver, channel_expiry=asked))
        assert details["events"][0]["channel_expiry"] == granted

    async def test_a_lapsed_channel_is_silent_and_cannot_be_renewed(
        self, zoho: Zoho, receiver: Receiver
    ) -> None:
        item = self.item(receiver, channel_expiry=None)
        await self.watch(zoho, item)
        zoho.control.advance(hours=1)
        zoho.token = ""
        zoho.control.create(STUDENTS, {"City": "a"})
        await zoho.control.settle()
        assert receiver.calls == []
        status, said = await zoho.call("PUT", "actions/watch", body={"watch": [item]})
        assert (status, said["watch"][0]["code"]) == (400, "NOT_SUBSCRIBED")
        assert (await zoho.call("GET", "actions/watch"))[1]["watch"] == []

    @pytest.mark.parametrize(
        ("edited", "told"), [({"City": "b"}, True), ({"Note": "b"}, False)], ids=["selected", "other"]
    )
    async def test_a_field_selection_narrows_edits(
        self, zoho: Zoho, receiver: Receiver, edited: dict[str, str], told: bool
    ) -> None:
        record_id = zoho.control.create(STUDENTS, {"City": "a"}, push=False)
        condition = {
            "type": "field_selection",
            "module": {"api_name": STUDENTS},
            "field_selection": {"group_operator": "or", "group": [{"field": {"api_name": "City"}}]},
        }
        await self.watch(zoho, self.item(receiver, notification_condition=[condition]))
        zoho.control.edit(STUDENTS, record_id, edited)
        await zoho.control.settle()
        assert len(receiver.calls) == int(told)

    async def test_events_can_be_dropped_and_channels_closed(self, zoho: Zoho, receiver: Receiver) -> None:
        await self.watch(zoho, self.item(receiver, events=[f"{STUDENTS}.create", "BTEC_Grades.all"]))
        change = {"channel_id": "1000000068001", "events": ["BTEC_Grades.all"], "_delete_events": True}
        assert (await zoho.call("PATCH", "actions/watch", body={"watch": [change]}))[0] == 200
        zoho.control.create("BTEC_Grades", {"Grade": "D"})
        zoho.control.create(STUDENTS, {"City": "a"})
        await zoho.control.settle()
        assert [body["module"] for body in bodies(receiver)] == [STUDENTS]
        assert (await zoho.call("DELETE", "actions/watch", channel_ids="1000000068001"))[0] == 200
        zoho.control.create(STUDENTS, {"City": "a"})
        await zoho.control.settle()
        assert len(receiver.calls) == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"events": ["Nowhere.all"]},
            {"events": [f"{STUDENTS}.touch"]},
            {"token": "t" * 51},
            {"channel_expiry": "2026-03-01T00:00:00+00:00"},
            {"channel_expiry": "tomorrow"},
            {"notify_url": ""},
        ],
    )
    async def test_a_wrong_item_is_refused(
        self, zoho: Zoho, receiver: Receiver, wrong: dict[str, Any]
    ) -> None:
        body = {"watch": [self.item(receiver, **wrong)]}
        assert (await zoho.call("POST", "actions/watch", body=body))[0] == 400
