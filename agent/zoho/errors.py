"""What Zoho's answers mean when they are no good: pure functions of status, headers and bytes.

Zoho says no in several shapes: flat (`{"code", "message", "details", "status"}`), wrapped
(`{"data": [{...}]}`), OAuth's (`{"error": ...}`, at times with HTTP 200), and as an HTML page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from agent.errors import SyncError, bad_record, misconfigured, quota_spent, throttled, transient

TARGET = "zoho"
TOKEN_CODES = frozenset({"INVALID_TOKEN", "AUTHENTICATION_FAILURE"})
THROTTLE_CODES = frozenset({"TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"})
CONFIGURATION_CODES = frozenset(
    {
        *("OAUTH_SCOPE_MISMATCH", "AUTHORIZATION_FAILED", "NO_PERMISSION", "INVALID_MODULE"),
        *("INVALID_URL_PATTERN", "INVALID_REQUEST_METHOD", "INVALID_REQUEST", "REQUIRED_PARAM_MISSING"),
        *("DISCRETE_PAGINATION_LIMIT_EXCEEDED", "PAGINATION_LIMIT_EXCEEDED", "TOKEN_BOUND_DATA_MISMATCH"),
        *("AMBIGUITY_DURING_PROCESSING", "FEATURE_NOT_SUPPORTED", "API_NOT_SUPPORTED"),
    }
)
TRANSIENT_CODES = frozenset({"INTERNAL_ERROR", "RECORD_LOCKED", "ALREADY_MODIFIED", "EXPIRED_VALUE"})
DAY_QUOTA = re.compile(r"24.?hour|\bday\b|daily", re.IGNORECASE)
OAUTH_TRANSIENT = frozenset({"general_error", "server_error", "temporarily_unavailable"})
OAUTH_COOL_DOWN_SECONDS = 600.0  # Zoho counts minted tokens in windows of ten minutes
# Of Zoho's details only what helps to act; names of people and values stay out of logs and rows.
DETAIL_KEYS = frozenset(
    {
        *("api_name", "json_path", "expected_data_type", "maximum_length", "minimum_length", "limit"),
        *("param_name", "permissions", "id", "resource_path_index", "supported_values"),
    }
)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> SyncError:
    """Say what an answer of the API that is no result means."""
    wait = retry_after(headers)
    said = _object(body)
    if said is None:
        return _unreadable(status, wait)
    code, message, details = _words(said)
    if status == 429 or code in THROTTLE_CODES:
        return _too_many(code, message, wait)
    if status >= 500:
        error = transient(code or f"HTTP_{status}", message or f"Zoho answered {status}", target=TARGET)
        error.retry_after = wait
        return error
    return refusal(code or f"HTTP_{status}", message, details, status=status)


def refusal(code: str, message: str, details: Mapping[str, Any], *, status: int | None = None) -> SyncError:
    """Say what a code of Zoho's means, for a whole call or for one record of it."""
    told = {key: value for key, value in details.items() if key in DETAIL_KEYS}
    text = describe(message or code, details)
    if code in TOKEN_CODES and status == 401:
        return misconfigured(code, f"Zoho refused the access token: {text}", target=TARGET, **told)
    if code in CONFIGURATION_CODES or status in {401, 403, 404, 405}:
        return misconfigured(code, f"Zoho refused the call: {text}", target=TARGET, **told)
    if code in TRANSIENT_CODES:
        return transient(code, f"Zoho says: {text}", target=TARGET, **told)
    return bad_record(code, f"Zoho refused the record: {text}", target=TARGET, **told)


def describe(message: str, details: Mapping[str, Any]) -> str:
    """Join Zoho's words with the field they are about."""
    several = details.get("errors")
    if isinstance(several, list):
        return "; ".join(
            describe(str(one.get("message", "")), details_of(one)) for one in several if isinstance(one, dict)
        )
    facts = [f"field {details['api_name']}"] if details.get("api_name") else []
    if details.get("param_name"):
        facts.append(f"parameter {details['param_name']}")
    if details.get("expected_data_type"):
        facts.append(f"expected {details['expected_data_type']}")
    if details.get("maximum_length"):
        facts.append(f"at most {details['maximum_length']}")
    if isinstance(details.get("duplicate_record"), dict):
        facts.append(f"record {details['duplicate_record'].get('id')} has it")
    if details.get("permissions"):
        facts.append(f"needs {', '.join(map(str, details['permissions']))}")
    return f"{message} ({', '.join(facts)})" if facts else message


def classify_token(status: int, headers: Mapping[str, str], body: bytes) -> SyncError:
    """Say what an answer of the token endpoint that holds no token means; the status says little."""
    said = _object(body)
    word = said.get("error") if said is not None else None
    if not isinstance(word, str):
        return _unreadable(status, retry_after(headers))
    if word.lower() == "access denied":
        return throttled(
            "ACCESS_DENIED",
            "Zoho has minted too many tokens for this client in ten minutes",
            target=TARGET,
            retry_after=retry_after(headers) or OAUTH_COOL_DOWN_SECONDS,
        )
    code = word.upper().replace(" ", "_")
    if word in OAUTH_TRANSIENT or status >= 500:
        return transient(code, f"Zoho's accounts server says: {word}", target=TARGET)
    if word == "invalid_code":
        text = "Zoho no longer takes the refresh token; authorise the agent again"
    elif word.startswith("invalid_client"):
        text = f"Zoho does not know this client id and secret in this data centre ({word})"
    else:
        text = f"Zoho's accounts server says: {word}"
    return misconfigured(code, text, target=TARGET)


def wants_new_token(error: SyncError) -> bool:
    """Tell whether a fresh access token may help; a missing scope (OAUTH_SCOPE_MISMATCH) is not mended by one."""
    return error.code in TOKEN_CODES


def page_token_expired(error: SyncError) -> bool:
    """Tell whether a list has to be begun again because its page token is too old."""
    return error.code == "EXPIRED_VALUE"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in seconds; Zoho documents none, proxies before it may send one."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _too_many(code: str, message: str, wait: float | None) -> SyncError:
    text = message or "too many requests"
    if DAY_QUOTA.search(text):
        return quota_spent("DAILY_QUOTA_SPENT", f"Zoho's quota for the day is spent: {text}", target=TARGET)
    return throttled(code or "TOO_MANY_REQUESTS", f"Zoho says: {text}", target=TARGET, retry_after=wait)


def _unreadable(status: int, wait: float | None) -> SyncError:
    if status == 429:
        return throttled("TOO_MANY_REQUESTS", "Zoho says: too many requests", target=TARGET, retry_after=wait)
    text = f"Zoho answered {status} with something that is not JSON"
    if 300 <= status < 400 or status in {401, 403, 404, 405, 407}:
        return misconfigured(f"HTTP_{status}", f"{text}; is the address right?", target=TARGET)
    if status == 413:
        return bad_record("HTTP_413", "Zoho says: the request is too large", target=TARGET)
    error = transient(f"HTTP_{status}", text, target=TARGET)
    error.retry_after = wait
    return error


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _words(said: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """Find code, message and details in either shape, and in the old shape of throttling."""
    items = said.get("data")
    if isinstance(items, list) and items and isinstance(items[0], dict):
        said = items[0]
    code, message = said.get("code"), said.get("message") or said.get("error_info") or ""
    if not isinstance(code, str):
        code = said.get("error") if isinstance(said.get("error"), str) else ""
    return str(code), str(message), details_of(said)


def details_of(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the details of an error or item; empty when there are none."""
    details = said.get("details")
    return details if isinstance(details, dict) else {}
