"""Rows of every entity for the scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent.sandbox.moodle.parameters import Fields, Lines
from tests.contract.moodle.stage import Stage
from tests.contract.test_protocol import ROWS
from tests.unit.sandbox_moodle.rows import Row, row

Play = Callable[[Stage], None]
ODD = 'نور الهدى 🎓 e\u0301 <b>"O\'Brien"</b> &amp; {$a}'
PAST = "2020-01-31"
KINDS: dict[str, tuple[Fields, dict[str, Any]]] = {
    "program": (ROWS["program"], {"name": "HND Computing"}),
    "unit": (ROWS["unit"], {"name": "Programming", "criteria": [{"shortname": "P1", "description": ODD}]}),
    "teacher": (ROWS["teacher"], {"firstname": "Tala", "lastname": "Öz"}),
    "student": (ROWS["student"], {"firstname": "نور", "lastname": "O'Brien 🎓", "birthdate": "2001-02-03"}),
    "class": (ROWS["course"], {"create": 1, "teacherrole": "editingteacher", "startdate": PAST}),
    "registration": (
        ROWS["registration"],
        {"currency": "JOD", "price": "2400.125", "remaining": "-0.5000", "registrationdate": PAST},
    ),
    "enrollment": (ROWS["enrolment"], {"role": "student", "withdrawal": "suspend"}),
    "payment": (ROWS["payment"], {"currency": "JOD", "amount": "1200", "accepted": 1, "paymentdate": PAST}),
    "finance": (
        ROWS["finance"],
        {"currency": "JOD", "total": "2400", "installments": [{"number": 8, "amount": "300"}]},
    ),
    "result": (ROWS["result"], {"letter": "P", "attempt": 1, "attemptdate": PAST}),
    "request": (
        ROWS["request"],
        {"type": "Student Card", "status": "Pending", "fees": "10.5", "currency": "JOD"},
    ),
}


def record(stage: Stage, entity: str, number: int = 1, /, **values: Any) -> Row:
    """A whole row of an entity; people and classes get names of their own."""
    fields, given = KINDS[entity]
    name = stage.named(number)
    own = {
        "student": {"username": name, "email": f"{name}@example.org"},
        "teacher": {"username": name, "email": f"{name}@example.org"},
        "class": {"fullname": f"Class {name}", "shortname": name},
        "enrollment": {"studentid": stage.zohoid(901), "classid": stage.zohoid(902)},
    }.get(entity, {})
    lists = {
        key: [{**_empty(kind), **line} for line in given.get(key, [])]
        for key, kind in fields.items()
        if isinstance(kind, Lines)
    }
    return row(fields, {"zohoid": stage.zohoid(number), **given, **lists, **own, **values})


def _empty(fields: Mapping[str, Any]) -> Row:
    return {name: "" if kind is str else 0 for name, kind in fields.items()}


def prepare(stage: Stage) -> None:
    """Bring a student (901) and a class (902) that others name."""
    stage.upsert("who is there before", "student", record(stage, "student", 901))
    stage.upsert("what is there before", "class", record(stage, "class", 902))
