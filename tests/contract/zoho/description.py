"""Zoho's own OpenAPI description as a judge of exchanges, with the few places where it is wrong."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.request.exceptions import RequestValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from agent.sandbox.zoho.gate import DROPPED

PROJECT = Path(__file__).resolve().parents[3]
HOST = "http://127.0.0.1"  # the only server that the description names
UNDESCRIBED = ("/crm/v8/settings/automation/webhook_failures",)
"""Endpoints that Zoho has and the merged description lacks (its page: Kaizen 201)."""
UNDESCRIBED_PARAMETERS = {
    # Zoho takes `fields` on a single GET as well; the description gives it to lists only.
    ("GET", "/crm/v8/{module}/{recordID}"): {"fields"},
    # "DELETE uses the query parameter wf_trigger=false": in the documentation's text only.
    ("DELETE", "/crm/v8/{module}/{recordID}"): {"wf_trigger"},
    ("DELETE", "/crm/v8/{module}"): {"wf_trigger"},
}


def find_description() -> Path | None:
    """Find the description: it carries no licence, so it is no part of the project."""
    shared = Path(os.environ.get("SHARED_DIR") or PROJECT.parent / "shared")
    path = shared / "zoho" / "openapi-v8.json"
    return path if path.is_file() else None


def load_description(path: Path) -> dict[str, Any]:
    """Read the description and mend what is proven wrong in it."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    paths = document["paths"]
    # COQL's own page: "limit 0, 2000"; the description stops at 200 rows.
    _answer(paths["/crm/v8/coql"]["post"], "200")["properties"]["data"]["maxItems"] = 2000
    # A module may have 300 and more fields (BTEC_Students has 130); the description stops at 100.
    _answer(paths["/crm/v8/settings/fields"]["get"], "200")["properties"]["fields"]["maxItems"] = 1000
    # "?ids=a,b, at most 100": a hundred ids of 19 digits with commas do not go into 1,024 characters.
    listed_ids = document["components"]["parameters"]["record_Ids"]
    paths["/crm/v8/{module}"]["delete"]["parameters"] = [
        {"$ref": "#/components/parameters/record_Module"},
        {**listed_ids, "schema": {**listed_ids["schema"], "maxLength": 2000}},
    ]
    return document


def _answer(operation: dict[str, Any], status: str) -> dict[str, Any]:
    schema: dict[str, Any] = operation["responses"][status]["content"]["application/json"]["schema"]
    return schema


@dataclass(frozen=True)
class Exchange:
    """One call and its answer, as bytes on the wire."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int
    answer_headers: dict[str, str]
    answer: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.query} -> {self.status}"


@dataclass
class _Request:
    """An exchange's request as openapi-core wants it."""

    exchange: Exchange
    parameters: RequestParameters = field(init=False)

    def __post_init__(self) -> None:
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(self.exchange.query), header=Headers(self.exchange.headers)
        )
        self.host_url = HOST
        self.path = self.exchange.path
        self.method = self.exchange.method.lower()
        self.body = self.exchange.body or None
        self.content_type = "application/json"  # Zoho reads JSON whatever the caller calls it


@dataclass
class _Response:
    """An exchange's answer as openapi-core wants it."""

    exchange: Exchange

    def __post_init__(self) -> None:
        self.data = self.exchange.answer or None
        self.status_code = self.exchange.status
        self.headers = Headers(self.exchange.answer_headers)
        self.content_type = self.exchange.answer_headers.get("Content-Type", "").partition(";")[0]


class Description:
    """Says of an exchange whether it is as Zoho describes."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._openapi = OpenAPI.from_dict(document)

    def complaints(self, exchange: Exchange, *, judge_request: bool = True) -> list[str]:
        """Give what is wrong with an exchange; nothing for endpoints that are not described.

        `judge_request` is False for calls that are wrong on purpose: only their answers are looked at.
        """
        if not exchange.path.startswith("/crm/") or exchange.path in UNDESCRIBED:
            return []
        found = []
        request, response = _Request(exchange), _Response(exchange)
        if judge_request:
            try:
                self._openapi.validate_request(request)
            except OpenAPIError as error:
                found.append(f"request: {_reason(error)}")
            found += [f"request: undescribed parameter {name}" for name in self._strangers(exchange)]
        if exchange.status != DROPPED:
            try:
                self._openapi.validate_response(request, response)
            except OpenAPIError as error:
                found.append(f"answer: {_reason(error)}")
        return [f"{exchange}: {text}" for text in found]

    def _strangers(self, exchange: Exchange) -> set[str]:
        """Give query parameters that the description does not know (openapi-core lets them pass)."""
        pattern = self._pattern(exchange.path)
        operation = self._document["paths"][pattern].get(exchange.method.lower(), {})
        known = {self._resolved(parameter)["name"] for parameter in operation.get("parameters", [])}
        known |= UNDESCRIBED_PARAMETERS.get((exchange.method, pattern), set())
        return set(exchange.query) - known

    def _pattern(self, path: str) -> str:
        """Find the described path: equal parts win over placeholders."""
        parts = path.split("/")
        candidates = [
            (sum(a == b for a, b in zip(parts, pattern.split("/"), strict=True)), pattern)
            for pattern in self._document["paths"]
            if len(pattern.split("/")) == len(parts)
            and all(a == b or b.startswith("{") for a, b in zip(parts, pattern.split("/"), strict=True))
        ]
        return max(candidates)[1]

    def _resolved(self, parameter: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in parameter:
            return parameter
        found: Any = self._document
        for part in parameter["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


def _reason(error: BaseException) -> str:
    """Unfold openapi-core's errors down to the schema's words."""
    reasons = [str(error)]
    schema_errors = getattr(error.__cause__, "schema_errors", ())
    reasons += [f"{list(item.absolute_path)}: {item.message[:300]}" for item in schema_errors]
    if isinstance(error, RequestValidationError) and not schema_errors and error.__cause__ is not None:
        reasons.append(str(error.__cause__))
    return "; ".join(reasons)
