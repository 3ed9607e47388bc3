"""Turn good answers of Zoho into what the client returns. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.errors import SyncError, transient
from agent.outbound import Answer
from agent.zoho.errors import TARGET, classify, classify_token, details_of, refusal
from agent.zoho.models import DeletedRecord, ItemResult, Record, WriteAction

DEFAULT_LIFETIME_SECONDS = 3600.0  # Zoho leaves `expires_in` out at times


@dataclass(frozen=True)
class Grant:
    """An access token as minted; `api_domain` and `scope` are empty when Zoho named none."""

    access_token: str = field(repr=False)
    api_domain: str
    lifetime_seconds: float
    scope: str = ""


def read_grant(answer: Answer) -> Grant:
    """Read the token endpoint's answer.

    Raises:
        SyncError: there is no token in it, whatever its status.
    """
    said = _json(answer)
    token = said.get("access_token") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(token, str) or not token:
        raise classify_token(answer.status, answer.headers, answer.body)
    lifetime = said.get("expires_in")
    seconds = float(lifetime) if isinstance(lifetime, int | float) else DEFAULT_LIFETIME_SECONDS
    return Grant(token, str(said.get("api_domain") or ""), seconds, str(said.get("scope") or ""))


def read_object(answer: Answer) -> dict[str, Any]:
    """Read the answer to a question; empty when Zoho has nothing (204) or nothing newer (304).

    Numbers with places come as Decimal, for money must be exact.

    Raises:
        SyncError: Zoho refused, or the answer is none.
    """
    if answer.status in {204, 304}:
        return {}
    said = _json(answer, Decimal)
    if answer.status != 200 or not isinstance(said, dict):
        raise classify(answer.status, answer.headers, answer.body)
    return said


def read_items(answer: Answer, count: int, default: WriteAction | None) -> list[ItemResult]:
    """Read the answer to a write: one result a record, whatever the status says.

    Args:
        answer: 200, 201, 202, 207, or 400 and 412 in the wrapped shape.
        count: how many records were sent.
        default: the action where Zoho names none.

    Raises:
        SyncError: the call was refused whole, or the results are not as many as the records.
    """
    said = _json(answer)
    items = said.get("data") if isinstance(said, dict) else None
    if answer.status not in {200, 201, 202, 207, 400, 412} or not isinstance(items, list):
        raise classify(answer.status, answer.headers, answer.body)
    if len(items) != count or not all(isinstance(item, dict) for item in items):
        raise transient(
            "RESULTS_MISSING",
            f"Zoho answered {len(items)} results to {count} records",
            target=TARGET,
        )
    return [_item(index, item, default) for index, item in enumerate(items)]


def _item(index: int, item: Mapping[str, Any], default: WriteAction | None) -> ItemResult:
    details = dict(details_of(item))
    code, message = str(item.get("code", "")), str(item.get("message", ""))
    if item.get("status") == "success" and isinstance(details.get("id"), str):
        action = item.get("action")
        return ItemResult(
            index,
            True,
            details["id"],
            action if action in {"insert", "update"} else default,
            code,
            message,
            details,
        )
    return failed_item(index, refusal(code or "NO_CODE", message, details), details)


def failed_item(index: int, error: SyncError, details: Mapping[str, Any] | None = None) -> ItemResult:
    """Build the result of a record that was not written."""
    return ItemResult(
        index, False, None, None, error.code, error.message, dict(details or error.details), error
    )


def allowed(record: Record, fields: Sequence[str]) -> Record:
    """Keep only what was asked for: a field nobody mapped goes no further than this line."""
    return {name: record[name] for name in ("id", *fields) if name in record}


def cut_short(record: Record, fields: Sequence[str]) -> str | None:
    """Name the first of these subforms of which Zoho says that it has more rows than it gave."""
    more = record.get("$has_more")
    return next((name for name in fields if isinstance(more, Mapping) and more.get(name)), None)


def read_deleted(records: Sequence[Mapping[str, Any]]) -> list[DeletedRecord]:
    """Read one page of a module's deleted records."""
    return [
        DeletedRecord(
            str(line["id"]), datetime.fromisoformat(line["deleted_time"]), line.get("type") == "permanent"
        )
        for line in records
    ]


def _json(answer: Answer, number: Callable[[str], Any] = float) -> Any:
    try:
        return json.loads(answer.body, parse_float=number)
    except ValueError:
        return None
