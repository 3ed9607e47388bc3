"""Webhooks and workflow rules as the organisation keeps them (`settings/automation`)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.errors import CallRefused, ItemRefused, invalid_data, mandatory_missing
from agent.sandbox.zoho.metadata import Module
from agent.sandbox.zoho.writes import Change

MAX_DELETED = 10
MAX_RAW_BODY = 500
MAX_PARAMETERS = 10
LIST_LEAVES_OUT = {
    "webhooks": ("headers", "body", "authentication", "date_time_format"),
    "workflow_rules": ("conditions",),
}
_NAME_LENGTH = {"webhooks": 250, "workflow_rules": 100}
_SPECIAL = re.compile(r"[^\w\s'.\-]")
_TRIGGERS = {
    "create": {"create"},
    "edit": {"edit"},
    "create_or_edit": {"create", "edit"},
    "delete": {"delete"},
}
_REPEATED = {"edit", "create_or_edit"}
_MADE = {"webhooks": "webhook", "workflow_rules": "workflow"}
_MERGE_FIELD = re.compile(r"\$\{!(\w+)\.(\w+)\}")

Item = dict[str, Any]


class Automation:
    """What `settings/automation/webhooks` and `.../workflow_rules` hold, and which webhooks a change fires."""

    def __init__(self, modules: Mapping[str, Module], clock: SandboxClock) -> None:
        self._modules = modules
        self._clock = clock
        self._ids = itertools.count(7_000_001)
        self.items: dict[str, dict[str, Item]] = {"webhooks": {}, "workflow_rules": {}}

    def clear(self) -> None:
        """Forget all of them."""
        for items in self.items.values():
            items.clear()

    def fired(self, change: Change) -> list[tuple[Item, str]]:
        """Give the webhooks that the active rules fire for a change, each with its body filled in."""
        webhooks = self.items["webhooks"]
        return [
            (webhooks[action["id"]], _filled(webhooks[action["id"]], change))
            for rule in self.items["workflow_rules"].values()
            if rule["status"]["active"]
            and rule["module"]["api_name"] == change.module
            and change.operation in _TRIGGERS[rule["execute_when"]["type"]]
            for action in _actions(rule)
        ]

    def listed(self, kind: str, page: int, per_page: int) -> dict[str, Any] | None:
        """GET: the page's items without their inner details; None when there is none."""
        rows = list(self.items[kind].values())[(page - 1) * per_page : page * per_page]
        if not rows:
            return None
        left_out = LIST_LEAVES_OUT[kind]
        shown = [{key: value for key, value in row.items() if key not in left_out} for row in rows]
        more = len(self.items[kind]) > page * per_page
        return {
            kind: shown,
            "info": {"per_page": per_page, "count": len(rows), "page": page, "more_records": more},
        }

    def one(self, kind: str, item_id: str) -> dict[str, Any]:
        """GET: one item whole."""
        return {kind: [self._known(kind, item_id)]}

    def create(self, kind: str, body: Any) -> tuple[int, dict[str, Any]]:
        """POST: make the one item that the body holds."""
        return self._written(kind, body, None)

    def update(self, kind: str, item_id: str, body: Any) -> tuple[int, dict[str, Any]]:
        """PUT: change the parts given of one item."""
        return self._written(kind, body, self._known(kind, item_id))

    def delete(self, kind: str, ids: Sequence[str]) -> tuple[int, dict[str, Any]]:
        """DELETE: take items away, each by itself; a webhook of a rule stays."""
        if not ids:
            told = {"param_name": "ids"}
            raise CallRefused(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", told)
        if len(ids) > MAX_DELETED:
            told = {"param_name": "ids", "maximum_length": str(MAX_DELETED)}
            raise CallRefused(400, "INVALID_DATA", "Ids maximum length exceeded", told)
        results = [self._deleted(kind, item_id) for item_id in ids]
        good = sum(result["status"] == "success" for result in results)
        return (200 if good == len(results) else 207 if good else 400), {kind: results}

    def _deleted(self, kind: str, item_id: str) -> dict[str, Any]:
        if item_id not in self.items[kind]:
            refused = ItemRefused("INVALID_DATA", "the id given seems to be invalid", {"id": item_id})
            return refused.as_json()
        if kind == "webhooks" and self._is_used(item_id):
            message = (
                "This webhook is associated with at least one of Approval Process/Workflow Rules/Blueprint"
            )
            return ItemRefused("NOT_ALLOWED", message, {"id": item_id}).as_json()
        del self.items[kind][item_id]
        return _success(item_id, f"{_MADE[kind]} deleted")

    def _is_used(self, webhook_id: str) -> bool:
        rules = self.items["workflow_rules"].values()
        return any(action["id"] == webhook_id for rule in rules for action in _actions(rule))

    def _known(self, kind: str, item_id: str) -> Item:
        if item_id not in self.items[kind]:
            message = "the id given seems to be invalid"
            raise CallRefused(400, "INVALID_DATA", message, {"resource_path_index": 3})
        return self.items[kind][item_id]

    def _written(self, kind: str, body: Any, former: Item | None) -> tuple[int, dict[str, Any]]:
        items = body.get(kind) if isinstance(body, dict) else None
        if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
            told = {"api_name": kind, "json_path": f"$.{kind}"}
            raise CallRefused(400, "INVALID_DATA", "invalid data", told)
        try:
            item = {**(former or {}), **items[0]}
            self._check_common(kind, item, former)
            (self._check_webhook if kind == "webhooks" else self._check_rule)(item, former)
        except ItemRefused as refused:
            return 400, {kind: [refused.as_json()]}
        now = self._clock.text(self._clock.now())
        item_id = former["id"] if former else f"5725767{next(self._ids):012d}"
        made = former["created_time"] if former else now
        given = {"editable": True, "deletable": True, "source": "crm", "description": None}
        self.items[kind][item_id] = {
            **given,
            **item,
            "id": item_id,
            "created_time": made,
            "modified_time": now,
        }
        done = f"{_MADE[kind]} {'updated' if former else 'created'}"
        return (200 if former else 201), {kind: [_success(item_id, done)]}

    def _check_common(self, kind: str, item: Item, former: Item | None) -> None:
        path = f"$.{kind}[0]"
        name = item.get("name")
        if not name:
            raise mandatory_missing("name", f"{path}.name")
        if not isinstance(name, str):
            raise invalid_data("name", f"{path}.name", expected_data_type="text")
        if len(name) > _NAME_LENGTH[kind]:
            raise invalid_data("name", f"{path}.name", maximum_length=_NAME_LENGTH[kind])
        if _SPECIAL.search(name):
            raise ItemRefused("INVALID_DATA", "Special characters not allowed", {"api_name": "name"})
        others = [one for one in self.items[kind].values() if one is not former]
        if any(one["name"] == name for one in others):
            raise ItemRefused("DUPLICATE_DATA", "duplicate data", {"api_name": "name"})
        if "module" not in item:
            raise mandatory_missing("module", f"{path}.module")
        self._check_module(item["module"], f"{path}.module")

    def _check_module(self, given: Any, path: str) -> None:
        module = self._modules.get(str(given.get("api_name"))) if isinstance(given, dict) else None
        if module is None or given.get("id", module.id) != module.id:
            message = "the module name given seems to be invalid"
            raise ItemRefused("INVALID_DATA", message, {"api_name": "module", "json_path": path})

    def _check_webhook(self, item: Item, _: Item | None) -> None:
        path = "$.webhooks[0]"
        if item.get("http_method") not in {"GET", "POST", "PUT", "DELETE"}:
            raise invalid_data("http_method", f"{path}.http_method")
        parts = urlsplit(str(item.get("url", "")))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ItemRefused(
                "INVALID_DATA", "please enter a valid URL", {"api_name": "url", "json_path": f"{path}.url"}
            )
        if (item.get("authentication") or {}).get("type") not in {"general", "connection"}:
            raise mandatory_missing("authentication", f"{path}.authentication")
        body = item.get("body") or {}
        if body.get("type") == "raw" and len(body.get("raw_data_content", "")) > MAX_RAW_BODY:
            where = f"{path}.body.raw_data_content"
            raise invalid_data("raw_data_content", where, maximum_length=MAX_RAW_BODY)
        given = (item.get("headers") or {}).get("custom_parameters") or []
        names = [one.get("name") for one in given]
        where = f"{path}.headers.custom_parameters"
        if len(given) > MAX_PARAMETERS:
            raise invalid_data("custom_parameters", where, maximum_length=MAX_PARAMETERS)
        if not all(one.get("name") and one.get("value") for one in given):
            raise mandatory_missing("value", where)
        if len(set(names)) < len(names):
            told = {"api_name": "name", "json_path": where}
            raise ItemRefused("DUPLICATE_DATA", "duplicate parameter name found", told)

    def _check_rule(self, item: Item, former: Item | None) -> None:
        path = "$.workflow_rules[0]"
        when = item.get("execute_when")
        if not isinstance(when, dict):
            raise mandatory_missing("execute_when", f"{path}.execute_when")
        if when.get("type") not in _TRIGGERS:
            raise invalid_data("type", f"{path}.execute_when.type", supported_values=sorted(_TRIGGERS))
        details = when.get("details") or {}
        self._check_module(details.get("trigger_module"), f"{path}.execute_when.details.trigger_module")
        if when["type"] in _REPEATED and "repeat" not in details:
            raise _dependent("repeat", f"{path}.execute_when.details.repeat")
        if when["type"] not in _REPEATED and "repeat" in details:
            raise invalid_data("repeat", f"{path}.execute_when.details.repeat")
        active = (item.get("status") or {}).get("active")
        if not isinstance(active, bool) or (former is None and not active):
            raise invalid_data("active", f"{path}.status.active")
        if not item.get("conditions"):
            raise mandatory_missing("conditions", f"{path}.conditions")
        for number, action in enumerate(_actions(item)):
            where = f"{path}.conditions[0].instant_actions.actions[{number}]"
            if action.get("type") != "webhooks":
                raise ItemRefused("NOT_ALLOWED", "The unsupported action is given", {"api_name": "type"})
            webhook = self.items["webhooks"].get(action.get("id", ""))
            if webhook is None or webhook["module"]["api_name"] != item["module"]["api_name"]:
                raise invalid_data("id", f"{where}.id")


def _actions(rule: Item) -> list[Item]:
    return [
        action
        for condition in rule["conditions"]
        for action in (condition.get("instant_actions") or {}).get("actions", [])
    ]


def _dependent(name: str, path: str) -> ItemRefused:
    told = {"api_name": name, "json_path": path}
    return ItemRefused("DEPENDENT_FIELD_MISSING", "Dependent Field missing", told)


def _success(item_id: str, message: str) -> dict[str, Any]:
    return {"code": "SUCCESS", "details": {"id": item_id}, "message": message, "status": "success"}


def _filled(webhook: Item, change: Change) -> str:
    """Fill the merge fields in: the record's id; every other one is left empty, as of a record that has no value."""
    content = str((webhook.get("body") or {}).get("raw_data_content", ""))

    def value(found: re.Match[str]) -> str:
        return change.record_id if found.groups() == (change.module, "Id") else ""

    return _MERGE_FIELD.sub(value, content)
