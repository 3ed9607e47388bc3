"""COQL's endpoint: runs a parsed query over the records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from agent.sandbox.zoho.bodies import CREDITS, answer, read_json
from agent.sandbox.zoho.coql_parser import Criterion, Group, Query, parse
from agent.sandbox.zoho.errors import CallRefused
from agent.sandbox.zoho.metadata import LIST_EXCLUDES, PARENT, Field, Module, subform_module
from agent.sandbox.zoho.state import SandboxState
from agent.sandbox.zoho.store import Record

_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda held, given: held < given,
    ">": lambda held, given: held > given,
    "<=": lambda held, given: held <= given,
    ">=": lambda held, given: held >= given,
    "=": lambda held, given: held == given,
}


class CoqlApi:
    """Handler of POST /coql. Lookups come as `{"id": …}`; `Lookup.Field` joins one step.

    A subform is asked for by its API name as a module is; its rows have `Parent_Id`.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Give the route."""
        return [web.post("/crm/v8/coql", self.query)]

    async def query(self, request: web.Request) -> web.Response:
        """POST a query; costs 1, 2 or 3 credits for up to 200, 1000 or 2000 rows."""
        body = await read_json(request)
        text = body.get("select_query") if isinstance(body, dict) else None
        if not isinstance(text, str):
            raise CallRefused(
                400, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": "select_query"}
            )
        query = parse(text)
        module = self._state.modules.get(query.module) or self._subform(query.module)
        if module is None:
            raise CallRefused(400, "INVALID_QUERY", "the module is invalid", {"module": query.module})
        rows, more = self._run(query, module)
        request[CREDITS] = 1 if len(rows) <= 200 else 2 if len(rows) <= 1000 else 3
        if not rows:
            return answer(204, None)
        shown = [self._shown(row, query.columns, module) for row in rows]
        return answer(200, {"data": shown, "info": {"count": len(rows), "more_records": more}})

    def _run(self, query: Query, module: Module) -> tuple[list[Record], bool]:
        for name in query.columns:
            self._field(module, name)
        test = self._test(query.where, module)
        rows = [record for record in self._all(module) if test(record)]
        rows.sort(key=lambda record: record.id)
        for name, descending in reversed(query.order):
            self._field(module, name)
            rows.sort(key=partial(self._sort_key, name, module), reverse=descending)
        end = query.offset + query.limit
        return rows[query.offset : end], len(rows) > end

    def _sort_key(self, name: str, module: Module, record: Record) -> tuple[bool, Any]:
        value = self._value(record, name, module)
        return (value is not None, _folded(value) if value is not None else "")

    def _subform(self, name: str) -> Module | None:
        return next(
            (
                subform_module(module, field)
                for module in self._state.modules.values()
                if (field := module.fields.get(name)) is not None and field.data_type == "subform"
            ),
            None,
        )

    def _all(self, module: Module) -> Iterable[Record]:
        parents = module.fields[PARENT].lookup_module if PARENT in module.fields else None
        if parents is None:
            return self._state.store.all(module.api_name)
        return (
            replace(
                parent,
                module=module.api_name,
                id=row["id"],
                values={**row["values"], PARENT: parent.id},
                created=row["created"],
                modified=row["modified"],
            )
            for parent in self._state.store.all(parents)
            for row in parent.values.get(module.api_name) or ()
        )

    def _test(self, node: Criterion | Group, module: Module) -> Callable[[Record], bool]:
        if isinstance(node, Criterion):
            field = self._field(module, node.column)
            if node.operator == "in" and field.data_type == "lookup" and set(map(type, node.value)) == {str}:
                given = set(node.value)  # a hundred ids against thousands of rows
                return lambda record: self._value(record, node.column, module) in given
            return lambda record: _holds(node, self._value(record, node.column, module), field)
        tests = [self._test(part, module) for part in node.parts]
        join = all if node.operator == "and" else any
        return lambda record: join(test(record) for test in tests)

    def _field(self, module: Module, name: str) -> Field:
        """Find a column's field, one join deep."""
        first, _, rest = name.partition(".")
        field = module.fields.get(first)
        if field is not None and rest and field.lookup_module:
            field = self._state.modules[field.lookup_module].fields.get(rest)
        elif rest:
            field = None
        if field is None or field.data_type in LIST_EXCLUDES:
            raise CallRefused(400, "INVALID_QUERY", "column given seems to be invalid", {"column_name": name})
        return field

    def _value(self, record: Record, name: str, module: Module) -> Any:
        """Give a column in comparable form: instants as datetime, lookups as ids."""
        first, _, rest = name.partition(".")
        if rest:
            lookup = module.fields[first].lookup_module or ""
            target = self._state.store.get(lookup, record.values.get(first, ""))
            return None if target is None else self._value(target, rest, self._state.modules[lookup])
        match first:
            case "Created_Time":
                return record.created
            case "Modified_Time" | "Last_Activity_Time":
                return record.modified
            case "Owner":
                return record.owner.id
            case "Created_By":
                return record.created_by.id
            case "Modified_By":
                return record.modified_by.id
            case "id":
                return record.id
        return record.values.get(first)

    def _shown(self, record: Record, columns: tuple[str, ...], module: Module) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name in columns:
            value = self._value(record, name, module)
            if isinstance(value, datetime):
                value = self._state.clock.text(value)
            elif value is not None and self._field(module, name).data_type in {"lookup", "ownerlookup"}:
                value = {"id": value}
            row[name] = value
        return {**row, "id": record.id}


def _holds(criterion: Criterion, held: Any, field: Field) -> bool:
    operator, given = criterion.operator, criterion.value
    if operator in {"is null", "is not null"}:
        return (held is None) is (operator == "is null")
    if operator.startswith("not "):
        return not _holds(Criterion(criterion.column, operator[4:], given), held, field)
    if operator == "!=":
        return not _holds(Criterion(criterion.column, "=", given), held, field)
    if held is None:
        return False
    if operator == "like":
        pattern = ".*".join(re.escape(part) for part in str(given).split("%"))
        return re.fullmatch(pattern, str(held), re.IGNORECASE | re.DOTALL) is not None
    if operator == "in":
        return any(_folded(held) == _matching(held, item, field) for item in given)
    if operator == "between":
        low, high = (_matching(held, item, field) for item in given)
        return bool(low <= _folded(held) <= high)
    return _ORDERED[operator](_folded(held), _matching(held, given, field))


def _folded(value: Any) -> Any:
    return str(value).casefold() if isinstance(value, str | list) else value


def _matching(held: Any, given: Any, field: Field) -> Any:
    """Bring a literal into the form of the value it is compared with.

    Raises:
        CallRefused: it is of another type than the column.
    """
    try:
        if isinstance(held, datetime):
            instant = datetime.fromisoformat(given)
            if instant.tzinfo is not None:
                return instant
        elif isinstance(held, bool) == isinstance(given, bool) and (
            isinstance(given, type(held))
            or (isinstance(held, int | float) and isinstance(given, int | float))
        ):
            return _folded(given)
    except (TypeError, ValueError):
        pass
    raise CallRefused(
        400,
        "INVALID_QUERY",
        "invalid value for the column",
        {"column_name": field.api_name},
    )
