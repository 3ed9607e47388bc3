"""The custom fields that the agent writes, and the unique ones that it finds records by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.entities.mapping import Mapped, Problem, mapped_fields
from agent.provisioning.steps import Step
from agent.sync.modules import NAMES, Modules
from agent.zoho.administration import Administration
from agent.zoho.models import Record

LONGEST_LABEL = 25  # of a field that is made by the API; its API name is made of the label
LONGEST_TEXT = 255
# What is made for each kind. Others (picklists, lookups, rows of subforms) need choices that only the college can make.
_MADE = {"text": "text", "boolean": "boolean", "date": "date", "datetime": "datetime", "decimal": "integer"}


class OwnFields:
    """Plans the fields of every module that the agent writes to."""

    def __init__(self, administration: Administration, modules: Modules) -> None:
        self._zoho = administration
        self._modules = modules

    async def steps(self) -> list[Step]:
        """Compare the mapping's written fields with Zoho's own metadata. Nothing is written.

        Raises:
            SyncError: Zoho cannot be asked.
        """
        written: dict[tuple[str, str], Step] = {}
        read: dict[tuple[str, str], Step] = {}  # what else does not fit; several entities may use one field
        for name in NAMES:
            problems, metadata = await self._modules.examined(name)
            if not metadata:
                read |= {(name, problem.name): _by_hand(problem) for problem in problems}
                continue
            mapped = await self._modules.mapped(name)
            known = {str(row["api_name"]): row for row in metadata}
            wrong = {problem.name: problem for problem in problems}
            for item in mapped_fields(mapped):
                if item.written and not item.subform:
                    step = self._step(mapped.module, item, known.get(item.field), wrong.pop(item.name, None))
                    written.setdefault((mapped.module, item.field), step)
            read |= {(mapped.module, problem.field): _by_hand(problem) for problem in wrong.values()}
        return list((read | written).values())

    def _step(self, module: str, item: Mapped, found: Record | None, problem: Problem | None) -> Step:
        subject = f"field {module}.{item.field}"
        if found is None:
            return self._missing(module, item, subject)
        if item.unique and "unique" in found and not found["unique"] and found.get("custom_field"):

            async def make_unique() -> None:
                await self._zoho.make_unique(module, str(found["id"]))

            return Step("change", subject, "becomes unique: the agent finds records by it", make_unique)
        return _by_hand(problem) if problem else Step("keep", subject, "")

    def _missing(self, module: str, item: Mapped, subject: str) -> Step:
        label = item.field.replace("_", " ")
        if item.kind not in _MADE or len(label) > LONGEST_LABEL:
            how = f'Setup > Modules and Fields > {module}: add a field of type {item.kind}, label "{label}"'
            unique = ', "Do not allow duplicate values"' if item.unique else ""
            return Step("by_hand", subject, f"{how}{unique}, API name {item.field}")
        wanted = _definition(label, item)

        async def create() -> None:
            await self._zoho.create_field(module, wanted)

        return Step("create", subject, f"{wanted['data_type']} {label!r}", create)


def _definition(label: str, item: Mapped) -> Mapping[str, Any]:
    kind = "textarea" if item.length > LONGEST_TEXT else _MADE[item.kind]
    wanted: dict[str, Any] = {"field_label": label, "data_type": kind}
    if kind == "text":
        wanted["length"] = LONGEST_TEXT
    if kind == "textarea":
        wanted["textarea"] = {"type": "small"}
    if item.unique:
        wanted["unique"] = {"case_sensitive": False}
    return wanted


def _by_hand(problem: Problem) -> Step:
    return Step("by_hand", f"{problem.entity} {problem.name}", problem.sentence)
