"""The parameters of local_zohosync's functions, checked as Moodle's external_api does. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 100
_INT = re.compile(r"-?[0-9]{1,18}")


class CallFailed(Exception):  # noqa: N818 - named for what happens, as Moodle's own exceptions are below
    """A whole call fails: what stands in the answer's `exception`, `errorcode` and `message`."""

    def __init__(self, exception: str, errorcode: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.errorcode = errorcode
        self.message = message


_COMMON = {"zohoid": str, "sourcetime": int, "changehash": str, "deleted": int}
STUDENT = {
    **_COMMON,
    "suspended": int,
    **dict.fromkeys(
        (
            *("username", "email", "firstname", "lastname", "studentnumber", "displayname"),
            *("firstnamenative", "lastnamenative", "phone", "birthdate", "gender", "nationality", "city"),
            *("country", "address", "status", "academicprogram", "major", "submajor", "award", "studymode"),
            *("studylanguage", "intake", "registrationdate", "btecnumber"),
        ),
        str,
    ),
}
TEACHER = {
    **_COMMON,
    "suspended": int,
    **dict.fromkeys(("username", "email", "firstname", "lastname", "displayname", "phone"), str),
}
PROGRAM = {**_COMMON, **dict.fromkeys(("name", "description"), str)}
COURSE = {
    **_COMMON,
    **dict.fromkeys(
        (
            *("fullname", "shortname", "startdate", "enddate", "unitname", "programname", "status"),
            *("programid", "teacherid"),
        ),
        str,
    ),
    "create": int,
}
ENROLMENT = {
    **_COMMON,
    **dict.fromkeys(("studentid", "classid", "startdate", "enddate", "enrollmenttype"), str),
}


@dataclass(frozen=True)
class Batch:
    """The parameter of a function that takes rows: its name and the rows' fields."""

    name: str
    fields: Mapping[str, type]


def batch(params: Mapping[str, Any], shape: Batch) -> list[dict[str, Any]]:
    """Check a batch and return its rows.

    Raises:
        CallFailed: a parameter is missing, unknown or no number; the batch did not arrive whole.
    """
    _only(params, {"count", shape.name})
    count = _integer(params.get("count"), "count")
    rows = texts_or_rows(params, shape.name)
    if len(rows) > MOST_ROWS:
        raise CallFailed("moodle_exception", "error:batchtoolarge", f"At most {MOST_ROWS} rows in one call")
    if count != len(rows):
        raise CallFailed("moodle_exception", "countmismatch", f"{count} rows sent, {len(rows)} received")
    return [_row(row, shape.fields) for row in rows]


def texts(params: Mapping[str, Any], name: str) -> list[str]:
    """Check a function's only parameter, a list of texts.

    Raises:
        CallFailed: it is missing or something else.
    """
    _only(params, {name})
    found = texts_or_rows(params, name)
    if not all(isinstance(one, str) for one in found):
        raise _invalid(f"{name} => Invalid parameter value")
    return found


def number(params: Mapping[str, Any], name: str) -> int:
    """Check a function's only parameter, a number.

    Raises:
        CallFailed: it is missing or something else.
    """
    _only(params, {name})
    return _integer(params.get(name), name)


def none(params: Mapping[str, Any]) -> None:
    """Check that there are no parameters.

    Raises:
        CallFailed: there are.
    """
    _only(params, set())


def texts_or_rows(params: Mapping[str, Any], name: str) -> list[Any]:
    """Return a parameter that must be a list.

    Raises:
        CallFailed: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, list):
        raise _invalid(f"Missing required key in single structure: {name}")
    return found


def _row(row: Any, fields: Mapping[str, type]) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise _invalid("Only arrays accepted. The bad value is a text")
    for name in fields:
        if name not in row:
            raise _invalid(f"Missing required key in single structure: {name}")
    _only(row, set(fields))
    return {
        name: _integer(row[name], name) if kind is int else str(row[name]) for name, kind in fields.items()
    }


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, str) or not _INT.fullmatch(value):
        raise _invalid(f"{name} => Invalid parameter value detected: expected a number")
    return int(value)


def _only(params: Mapping[str, Any], names: set[str]) -> None:
    extra = sorted(set(params) - names)
    if extra:
        raise _invalid(f"Unexpected keys ({', '.join(extra)}) detected in parameter array")


def _invalid(message: str) -> CallFailed:
    return CallFailed(
        "invalid_parameter_exception", "invalidparameter", f"Invalid parameter value detected ({message})"
    )
