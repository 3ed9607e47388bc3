"""The parameters of local_zohosync's functions, checked as Moodle's external_api does. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 100
MOST_LISTED = 1000
_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


class CallFailed(Exception):  # noqa: N818 - named for what happens, as Moodle's own exceptions are below
    """A whole call fails: what stands in the answer's `exception`, `errorcode` and `message`."""

    def __init__(self, exception: str, errorcode: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.errorcode = errorcode
        self.message = message


class Lines(dict[str, type]):
    """The fields of the lines in a list; a form cannot say that a list is empty, so it may be absent."""


Fields = Mapping[str, type | Lines]


def _texts(*names: str) -> dict[str, type | Lines]:
    return dict.fromkeys(names, str)


_COMMON: dict[str, type | Lines] = {"zohoid": str, "sourcetime": int, "changehash": str, "deleted": bool}
STUDENT: Fields = {
    **_COMMON,
    "suspended": bool,
    **_texts("username", "email", "firstname", "lastname", "studentnumber", "displayname"),
    **_texts("firstnamenative", "lastnamenative", "phone", "birthdate", "gender", "nationality", "city"),
    **_texts("country", "address", "status", "academicprogram", "major", "submajor", "award", "studymode"),
    **_texts("studylanguage", "intake", "registrationdate", "btecnumber"),
}
TEACHER: Fields = {
    **_COMMON,
    "suspended": bool,
    **_texts("username", "email", "firstname", "lastname", "displayname", "phone"),
}
PROGRAM: Fields = {**_COMMON, **_texts("name", "description")}
COURSE: Fields = {
    **_COMMON,
    **_texts("fullname", "shortname", "startdate", "enddate", "unitname", "programname", "status"),
    **_texts("programid", "unitid", "teacherid", "teacherrole"),
    **_texts("day1", "hours1", "day2", "hours2", "classroom", "studymode", "term", "year"),
    "create": bool,
    "hide": bool,
    "staff": Lines(user=str, role=str),
}
ENROLMENT: Fields = {
    **_COMMON,
    **_texts("studentid", "classid", "startdate", "enddate", "enrollmenttype", "role", "withdrawal"),
}
UNIT: Fields = {
    **_COMMON,
    **_texts("name", "code", "number", "level", "major", "credit", "programid"),
    "criteria": Lines(shortname=str, description=str),
}
REGISTRATION: Fields = {
    **_COMMON,
    **_texts("number", "studentid", "programid", "programname", "registrationdate", "status", "currency"),
    **_texts("price", "discountpercentage", "discountreason", "remaining", "studymode", "studylanguage"),
    **_texts("intake"),
    "schedule": Lines(zohoid=str, number=int, duedate=str, amount=str, status=str, paiddate=str),
}
PAYMENT: Fields = {
    **_COMMON,
    **_texts("number", "studentid", "registrationid", "currency", "amount", "originalcurrency"),
    **_texts("originalamount", "paymentdate", "type", "method", "voucher"),
    "accepted": bool,
    "installmentno": int,
}
FINANCE: Fields = {
    **_COMMON,
    **_texts("currency", "scholarship", "scholarshipreason", "scholarshippercentage", "transferredcurrency"),
    **_texts("transferred", "method", "mode", "bankname", "bankholder", "registrationfees"),
    **_texts("registrationinvoice", "total", "discount"),
    "installments": Lines(number=int, amount=str, duedate=str, invoice=str, invoicedate=str),
}
RESULT: Fields = {
    **_COMMON,
    **_texts("studentid", "classid", "unitname", "name", "letter", "gradestatus", "attemptdate", "feedback"),
    **_texts("grader", "verifier"),
    "attempt": int,
}
REQUEST: Fields = {
    **_COMMON,
    **_texts("number", "studentid", "type", "status", "reason", "fees", "currency"),
    "requestid": int,
    "requesttime": int,
}


ATTACHMENT: Fields = {"fileid": int, **_texts("status", "message")}
SETTING: Fields = _texts("key", "value")
ASOF: Fields = {"module": str, "asof": int}


@dataclass(frozen=True)
class Batch:
    """The parameter of a function that takes rows: its name and the rows' fields."""

    name: str
    fields: Fields


def batch(params: Mapping[str, Any], shape: Batch) -> list[dict[str, Any]]:
    """Check a batch and return its rows.

    Raises:
        CallFailed: a parameter is missing, unknown or no number; the batch did not arrive whole.
    """
    _only(params, {"count", shape.name})
    count = _integer(params.get("count"), "count")
    rows = [_row(row, shape.fields) for row in texts_or_rows(params, shape.name)]
    _require_few(rows)
    if count != len(rows):
        raise CallFailed("moodle_exception", "countmismatch", f"{count} rows sent, {len(rows)} received")
    return rows


def texts(params: Mapping[str, Any], name: str) -> list[str]:
    """Check a function's only parameter, a list of texts.

    Raises:
        CallFailed: it is missing, too long or something else.
    """
    _only(params, {name})
    found = texts_or_rows(params, name)
    _require_few(found)
    if not all(isinstance(one, str) for one in found):
        raise invalid(f"{name} => Invalid parameter value")
    return found


def number(params: Mapping[str, Any], name: str) -> int:
    """Check a function's only parameter, a number.

    Raises:
        CallFailed: it is missing or something else.
    """
    _only(params, {name})
    return _integer(params.get(name), name)


def numbers(params: Mapping[str, Any], name: str) -> list[int]:
    """Check a function's only parameter, a list of numbers.

    Raises:
        CallFailed: it is missing or something else.
    """
    return [_integer(one, name) for one in texts(params, name)]


def page(params: Mapping[str, Any], *others: str) -> tuple[int, int]:
    """Check `after` and `limit`, the parameters of a function that lists, and that `others` are texts.

    Raises:
        CallFailed: one is missing, unknown or out of range.
    """
    _only(params, {"after", "limit", *others})
    for name in others:
        if not isinstance(params.get(name), str):
            raise invalid(f"Missing required key in single structure: {name}")
    after, limit = _integer(params.get("after"), "after"), _integer(params.get("limit"), "limit")
    if after < 0 or not 1 <= limit <= MOST_LISTED:
        raise invalid(f"after is 0 or more, limit from 1 to {MOST_LISTED}")
    return after, limit


def none(params: Mapping[str, Any]) -> None:
    """Check that there are no parameters.

    Raises:
        CallFailed: there are.
    """
    _only(params, set())


def one_number(params: Mapping[str, Any], name: str) -> int:
    """Return one of several parameters, a number.

    Raises:
        CallFailed: it is missing or none.
    """
    return _integer(params.get(name), name)


def texts_or_rows(params: Mapping[str, Any], name: str) -> list[Any]:
    """Return a parameter that must be a list.

    Raises:
        CallFailed: it is missing or something else.
    """
    found = params.get(name)
    if isinstance(found, dict):  # PHP asks for an array, however its keys are called
        return list(found.values())
    if not isinstance(found, list):
        raise invalid(f"Missing required key in single structure: {name}")
    return found


def _require_few(rows: list[Any]) -> None:
    if len(rows) > MOST_ROWS:
        raise CallFailed("moodle_exception", "error:batchtoolarge", f"At most {MOST_ROWS} rows in one call")


def _row(row: Any, fields: Fields) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise invalid("Only arrays accepted. The bad value is a text")
    for name, kind in fields.items():
        if name not in row and not isinstance(kind, Lines):
            raise invalid(f"Missing required key in single structure: {name}")
    _only(row, set(fields))
    return {name: _value(row, name, kind) for name, kind in fields.items()}


def _value(row: Mapping[str, Any], name: str, kind: type | Lines) -> Any:
    if isinstance(kind, Lines):
        lines = row.get(name, [])
        if not isinstance(lines, list):
            raise invalid(f"Only arrays accepted. The bad value is {name}")
        return [_row(line, kind) for line in lines]
    if isinstance(row[name], (list, dict)):
        raise invalid(f"Scalar type expected, array or object received: {name}")
    if kind is bool and row[name] not in {"0", "1"}:
        raise invalid(f"{name} => Invalid parameter value detected: expected 0 or 1")
    if "\0" in row[name]:
        raise invalid(f"{name} => Invalid parameter value detected: not UTF-8")
    return str(row[name]) if kind is str else _integer(row[name], name)


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, str) or not _INT.fullmatch(value):
        raise invalid(f"{name} => Invalid parameter value detected: expected a number")
    return int(value)


def _only(params: Mapping[str, Any], names: set[str]) -> None:
    extra = sorted(set(params) - names)
    if extra:
        raise invalid(f"Unexpected keys ({', '.join(extra)}) detected in parameter array")


def invalid(message: str) -> CallFailed:
    """Build what Moodle says of a parameter that does not fit."""
    return CallFailed(
        "invalid_parameter_exception", "invalidparameter", f"Invalid parameter value detected ({message})"
    )
