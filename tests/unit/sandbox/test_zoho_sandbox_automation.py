"""Webhooks and workflow rules of the sandbox: what Zoho refuses, and which calls a person's work causes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.sandbox.zoho.automation import Automation
from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.errors import CallRefused
from agent.sandbox.zoho.metadata import Module, load_modules
from tests.unit.sandbox.calling import Receiver, Zoho

STUDENTS, CLASSES = "BTEC_Students", "BTEC_Classes"


@pytest.fixture
def modules() -> dict[str, Module]:
    return load_modules({})


@pytest.fixture
def automation(modules: dict[str, Module]) -> Automation:
    return Automation(modules, SandboxClock(None, 3))


def webhook(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Tell",
        "module": {"api_name": STUDENTS},
        "url": "https://agent.example.org/v1/events/zoho/student",
        "http_method": "POST",
        "authentication": {"type": "general"},
        "headers": {"custom_parameters": [{"name": "X-Webhook-Secret", "value": "s"}]},
        "body": {"type": "raw", "format": "JSON", "raw_data_content": '{"id":"${!BTEC_Students.Id}"}'},
        **changes,
    }


def rule(webhook_id: str, when: str = "create_or_edit", **changes: Any) -> dict[str, Any]:
    details: dict[str, Any] = {"trigger_module": {"api_name": STUDENTS}}
    if when != "delete":
        details["repeat"] = True
    return {
        "name": "Tell",
        "module": {"api_name": STUDENTS},
        "execute_when": {"type": when, "details": details},
        "status": {"active": True},
        "conditions": [{"instant_actions": {"actions": [{"type": "webhooks", "id": webhook_id}]}}],
        **changes,
    }


def made(automation: Automation, kind: str, item: dict[str, Any]) -> str:
    status, said = automation.create(kind, {kind: [item]})
    assert status == 201, said
    return str(said[kind][0]["details"]["id"])


def refused(automation: Automation, kind: str, item: dict[str, Any]) -> str:
    status, said = automation.create(kind, {kind: [item]})
    assert status == 400, said
    assert not automation.items[kind]
    return str(said[kind][0]["details"]["api_name"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Tell: now!"}, "name"),
        ({"name": "x" * 251}, "name"),
        ({"module": {"api_name": "Nothing"}}, "module"),
        ({"module": {"api_name": STUDENTS, "id": "1"}}, "module"),
        ({"http_method": "post"}, "http_method"),
        ({"url": "agent"}, "url"),
        ({"authentication": None}, "authentication"),
        ({"body": {"type": "raw", "raw_data_content": "x" * 501}}, "raw_data_content"),
        ({"headers": {"custom_parameters": [{"name": "a", "value": "b"}] * 2}}, "name"),
        ({"headers": {"custom_parameters": [{"name": "a"}]}}, "value"),
    ],
)
def test_a_webhook_that_zoho_refuses(automation: Automation, change: dict[str, Any], field: str) -> None:
    assert refused(automation, "webhooks", webhook(**change)) == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x" * 101}, "name"),
        ({"execute_when": None}, "execute_when"),
        ({"execute_when": {"type": "sometimes"}}, "type"),
        ({"execute_when": {"type": "edit", "details": {"trigger_module": {"api_name": STUDENTS}}}}, "repeat"),
        ({"status": {"active": False}}, "active"),
        ({"conditions": []}, "conditions"),
        ({"conditions": [{"instant_actions": {"actions": [{"type": "webhooks", "id": "1"}]}}]}, "id"),
        ({"module": {"api_name": CLASSES}}, "id"),
    ],
)
def test_a_rule_that_zoho_refuses(automation: Automation, change: dict[str, Any], field: str) -> None:
    number = made(automation, "webhooks", webhook())
    assert refused(automation, "workflow_rules", rule(number, **change)) == field


def test_a_webhook_in_use_stays_and_names_are_unique(automation: Automation) -> None:
    number = made(automation, "webhooks", webhook())
    used = made(automation, "workflow_rules", rule(number))
    assert automation.create("webhooks", {"webhooks": [webhook()]})[0] == 400
    status, said = automation.delete("webhooks", [number])
    assert (status, said["webhooks"][0]["code"]) == (400, "NOT_ALLOWED")
    assert automation.delete("workflow_rules", [used])[0] == 200
    status, said = automation.delete("webhooks", [number, "1"])
    assert (status, [one["code"] for one in said["webhooks"]]) == (207, ["SUCCESS", "INVALID_DATA"])
    with pytest.raises(CallRefused):
        automation.delete("webhooks", [])
    with pytest.raises(CallRefused):
        automation.delete("webhooks", ["1"] * 11)


def test_lists_come_in_pages_without_inner_details(automation: Automation) -> None:
    assert automation.listed("webhooks", 1, 200) is None
    numbers = [made(automation, "webhooks", webhook(name=f"Tell {number}")) for number in range(3)]
    page = automation.listed("webhooks", 2, 2)
    assert page is not None
    assert [row["id"] for row in page["webhooks"]] == numbers[2:]
    assert not page["info"]["more_records"]
    assert "headers" not in page["webhooks"][0]
    assert automation.one("webhooks", numbers[0])["webhooks"][0]["headers"]


async def test_rules_call_with_the_records_id_as_they_are_set(pushing: Zoho, receiver: Receiver) -> None:
    automation = pushing.control.state.automation
    address = str(pushing.control.state.options.webhook_url).replace("/v1/events/zoho/{slug}", "/by-rule")
    number = made(automation, "webhooks", webhook(url=address))
    changed = made(automation, "workflow_rules", rule(number))
    made(automation, "workflow_rules", rule(number, "delete", name="Gone"))
    record = pushing.control.create(STUDENTS, {"First_Name": "Noor"})
    pushing.control.edit(STUDENTS, record, {"City": "Oran"})
    automation.update("workflow_rules", changed, {"workflow_rules": [{"status": {"active": False}}]})
    pushing.control.edit(STUDENTS, record, {"City": "Izmir"})
    pushing.control.delete(STUDENTS, record)
    pushing.control.create(CLASSES, {"Class_Name": "Databases"})
    await pushing.control.settle()
    calls = [(headers, json.loads(body)) for path, headers, body in receiver.calls if path == "/by-rule"]
    assert [body for _, body in calls] == [{"id": record}] * 3
    assert {headers["X-Webhook-Secret"] for headers, _ in calls} == {"s"}
