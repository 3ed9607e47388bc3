"""Workflow rules with webhooks: Zoho calls the agent when a record is made, edited or deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.provisioning.steps import Step
from agent.zoho.administration import Administration, Kind
from agent.zoho.models import Record

PREFIX = "Moodle sync "  # of every name that is ours; Zoho takes no special characters in them
SECRET_HEADER = "X-Webhook-Secret"  # noqa: S105 - a header's name
_DESCRIPTION = "Made by zohosync, and put right by it. Changes made here are lost."
_WORDS: Mapping[Kind, str] = {"webhooks": "webhook", "workflow_rules": "workflow rule"}


@dataclass(frozen=True)
class Trigger:
    """What a rule waits for: Zoho's word for it, ours in names, and the operation that the webhook tells."""

    when: str
    name: str
    operation: str


TRIGGERS = (Trigger("create_or_edit", "changed", "edit"), Trigger("delete", "deleted", "delete"))


def address(url: str, slug: str) -> str:
    """Give the agent's address for one module's events."""
    return f"{url}/v1/events/zoho/{slug}"


class Rules:
    """The webhooks and rules of all modules. Ours are known by their names.

    Args:
        administration: Zoho.
        modules: slug -> Zoho's module, as the college calls it.
        url: where Zoho reaches the agent.
        secret: what the webhooks send in the header `X-Webhook-Secret`.
    """

    def __init__(
        self, administration: Administration, modules: Mapping[str, str], url: str, secret: str
    ) -> None:
        self._zoho = administration
        self._modules = modules
        self._url = url
        self._secret = secret
        self._webhook_ids: dict[str, str] = {}

    async def steps(self) -> list[Step]:
        """Compare what is there with what should be. Nothing is written.

        Raises:
            SyncError: Zoho cannot be asked, or does not let the agent see its rules.
        """
        ids = await self._zoho.modules()
        webhooks, rules = await self._ours("webhooks"), await self._ours("workflow_rules")
        found: list[Step] = []
        wanted: set[str] = set()
        for slug, module in self._modules.items():
            if module not in ids:
                text = f"Zoho has no module {module}; see `zohosync mapping set {slug} module`"
                found.append(Step("by_hand", f"module of {slug}", text))
                continue
            for trigger in TRIGGERS:
                name = f"{PREFIX}{slug} {trigger.name}"
                wanted.add(name)
                there = {"api_name": module, "id": ids[module]}
                webhook, rule = webhooks.get(name), rules.get(name)
                if webhook and webhook["module"]["api_name"] != module:
                    # A webhook's module cannot be changed, and one in use cannot be deleted: the rule goes first.
                    found += self._removal({name: rule} if rule else {}, {name: webhook})
                    webhook = rule = None
                found.append(await self._webhook(name, slug, trigger, there, webhook))
                found.append(await self._rule(name, trigger, there, rule))
        left = [{n: item for n, item in kept.items() if n not in wanted} for kept in (rules, webhooks)]
        return found + self._removal(*left)

    async def removal(self) -> list[Step]:
        """Plan to take all of ours away: the rules first, for a webhook in use cannot be deleted.

        Raises:
            SyncError: see `steps`.
        """
        return self._removal(await self._ours("workflow_rules"), await self._ours("webhooks"))

    async def _ours(self, kind: Kind) -> dict[str, Record]:
        listed = await self._zoho.listed(kind)
        return {item["name"]: item for item in listed if str(item.get("name", "")).startswith(PREFIX)}

    def _removal(self, rules: Mapping[str, Record], webhooks: Mapping[str, Record]) -> list[Step]:
        return [self._remove("workflow_rules", rule) for rule in rules.values()] + [
            self._remove("webhooks", webhook) for webhook in webhooks.values()
        ]

    def _remove(self, kind: Kind, item: Record) -> Step:
        async def remove() -> None:
            await self._zoho.delete(kind, [item["id"]])

        return Step("remove", f"{_WORDS[kind]} {item['name']}", "", remove)

    async def _webhook(
        self, name: str, slug: str, trigger: Trigger, module: Mapping[str, str], found: Record | None
    ) -> Step:
        api_name = module["api_name"]
        content = {"module": api_name, "id": f"${{!{api_name}.Id}}", "operation": trigger.operation}
        item = {
            "name": name,
            "description": _DESCRIPTION,
            "module": dict(module),
            "url": address(self._url, slug),
            "http_method": "POST",
            "feature_type": "workflow",
            "authentication": {"type": "general"},
            "headers": {
                "module_parameters": [],
                "custom_parameters": [{"name": SECRET_HEADER, "value": self._secret}],
            },
            "body": {"type": "raw", "format": "JSON", "raw_data_content": json.dumps(content)},
        }
        if found is not None:
            self._webhook_ids[name] = found["id"]
            found = await self._zoho.one("webhooks", found["id"])
        return self._step("webhooks", name, item, found, _webhook_differs, f"POST {item['url']}")

    async def _rule(
        self, name: str, trigger: Trigger, module: Mapping[str, str], found: Record | None
    ) -> Step:
        details: dict[str, Any] = {"trigger_module": dict(module)}
        if trigger.when != "delete":
            details["repeat"] = True  # at every edit, not at the first one alone

        def item() -> dict[str, Any]:
            action = {"type": "webhooks", "name": name, "id": self._webhook_ids.get(name, "")}
            return {
                "name": name,
                "description": _DESCRIPTION,
                "module": dict(module),
                "execute_when": {"type": trigger.when, "details": details},
                "status": {"active": True},
                "conditions": [{"sequence_number": 1, "instant_actions": {"actions": [action]}}],
            }

        if found is not None:
            found = await self._zoho.one("workflow_rules", found["id"])
        text = f"when a record of {module['api_name']} is {trigger.when.replace('_', ' ')}"
        return self._step("workflow_rules", name, item, found, _rule_differs, text)

    def _step(
        self,
        kind: Kind,
        name: str,
        item: dict[str, Any] | Callable[[], dict[str, Any]],
        found: Record | None,
        differs: Callable[[Mapping[str, Any], Mapping[str, Any]], list[str]],
        text: str,
    ) -> Step:
        def wanted() -> dict[str, Any]:  # of a rule only known once its webhook has been made
            return item() if callable(item) else item

        async def create() -> None:
            made = await self._zoho.create(kind, wanted())
            if kind == "webhooks":
                self._webhook_ids[name] = made

        async def change() -> None:
            await self._zoho.update(kind, (found or {})["id"], wanted())

        subject = f"{_WORDS[kind]} {name}"
        if found is None:
            return Step("create", subject, text, create)
        different = differs(found, wanted())
        return (
            Step("change", subject, ", ".join(different), change) if different else Step("keep", subject, "")
        )


def _webhook_differs(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Name what is otherwise; of the secret only that it is."""
    different = [part for part in ("url", "http_method") if found.get(part) != wanted[part]]
    if _content(found) != _content(wanted):
        different.append("body")
    if _custom(found) != _custom(wanted):
        different.append("secret")
    return different


def _content(webhook: Mapping[str, Any]) -> object:
    content = (webhook.get("body") or {}).get("raw_data_content")
    try:
        return json.loads(content or "")
    except ValueError:
        return content


def _custom(webhook: Mapping[str, Any]) -> dict[str, str]:
    given = (webhook.get("headers") or {}).get("custom_parameters") or []
    return {one["name"].lower(): one["value"] for one in given}


def _rule_differs(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    when, then = found.get("execute_when") or {}, wanted["execute_when"]
    repeated = bool((when.get("details") or {}).get("repeat"))
    pairs: dict[str, tuple[object, object]] = {
        "module": ((found.get("module") or {}).get("api_name"), wanted["module"]["api_name"]),
        "trigger": (
            (when.get("type"), repeated),
            (then["type"], bool(then["details"].get("repeat"))),
        ),
        "not active": ((found.get("status") or {}).get("active"), True),
        "actions": (_actions(found), _actions(wanted)),
        "conditions": ([_criteria(one) for one in found.get("conditions") or []], [None]),
    }
    return [name for name, (one, other) in pairs.items() if one != other]


def _actions(rule: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (action["type"], str(action.get("id")))
        for condition in rule.get("conditions") or []
        for action in (condition.get("instant_actions") or {}).get("actions") or []
    ]


def _criteria(condition: Mapping[str, Any]) -> object:
    return (condition.get("criteria_details") or {}).get("criteria")
