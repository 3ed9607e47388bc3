"""Refusals in Zoho's words: of a whole call (flat) and of one record in a call (an item of `data`)."""

from __future__ import annotations

from typing import Any


class CallRefused(Exception):  # noqa: N818 - a refusal that is the answer, not a programming error
    """The whole call is answered `{code, details, message, status}` with this HTTP status."""

    def __init__(self, status: int, code: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body = {"code": code, "details": details or {}, "message": message, "status": "error"}


class ItemRefused(Exception):  # noqa: N818
    """One record of a call is refused; the others go on."""

    def __init__(self, code: str, message: str, details: dict[str, Any]) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.details = details

    def as_json(self) -> dict[str, Any]:
        """Give the item as it stands in the answer's list."""
        return {"code": self.code, "details": self.details, "message": self.message, "status": "error"}


def invalid_module() -> CallRefused:
    """Refuse a module name that the organisation does not have."""
    return CallRefused(
        400, "INVALID_MODULE", "the module name given seems to be invalid", {"resource_path_index": 0}
    )


def invalid_path_id() -> CallRefused:
    """Refuse a record id in the path that is no id."""
    return CallRefused(400, "INVALID_DATA", "the id given seems to be invalid", {"resource_path_index": 1})


def missing_parameter(name: str) -> CallRefused:
    """Refuse a call that lacks a mandatory query parameter."""
    return CallRefused(
        400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {"param_name": name}
    )


def invalid_parameter(name: str, **details: Any) -> CallRefused:
    """Refuse a query parameter with an impossible value."""
    return CallRefused(400, "INVALID_DATA", "invalid data", {"param_name": name, **details})


def invalid_data(api_name: str, json_path: str, **details: Any) -> ItemRefused:
    """Refuse one field's value; details say what was expected."""
    return ItemRefused(
        "INVALID_DATA", "invalid data", {**details, "api_name": api_name, "json_path": json_path}
    )


def mandatory_missing(api_name: str, json_path: str) -> ItemRefused:
    """Refuse a record without a mandatory field."""
    return ItemRefused(
        "MANDATORY_NOT_FOUND", "required field not found", {"api_name": api_name, "json_path": json_path}
    )


def all_of(errors: list[ItemRefused]) -> ItemRefused:
    """Join the refusals of one record: one stays itself, several become MULTIPLE_OR_MULTI_ERRORS."""
    if len(errors) == 1:
        return errors[0]
    return ItemRefused(
        "MULTIPLE_OR_MULTI_ERRORS",
        "multiple errors were found in the record",
        {"errors": [error.as_json() for error in errors]},
    )
