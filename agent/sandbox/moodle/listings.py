"""What the functions that list answer, page by page: docs/protocol.md, section 3."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from agent.sandbox.moodle import accounts, courses, enrolments, kept, programs, teachers
from agent.sandbox.moodle.gradebook import Gradebook
from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Site


def _kept_differs(kind: kept.Kind, _site: Site, known: Mirror) -> list[str]:
    return kept.differs(known, kind)


DIFFERS: dict[str, Callable[[Site, Mirror], list[str]]] = {
    "program": programs.differs,
    "teacher": teachers.differs,
    "student": lambda site, known: accounts.differs(site, known, known.fields),
    "class": lambda site, known: courses.differs(site, known, known.fields),
    "enrollment": enrolments.differs,
    "request": lambda _site, _known: [],
    **{entity: partial(_kept_differs, kind) for entity, kind in kept.KINDS.items()},
}


def records(site: Site, entity: str, after: int, limit: int) -> list[dict[str, Any]]:
    """List the mirror of one entity, by the numbers of its rows."""
    rows = ((zohoid, known) for zohoid, known in site.mirrors[entity].items() if known.id > after)
    differs = DIFFERS[entity]
    return [
        {
            "id": known.id,
            "zohoid": zohoid,
            "moodleid": _moodleid(entity, known),
            "changehash": known.fields["changehash"],
            "sourcetime": known.sourcetime,
            "deleted": int(known.deleted),
            "differs": " ".join(differs(site, known)),
        }
        for zohoid, known in islice(rows, limit)
    ]


def grades(site: Site, book: Gradebook, after: int, limit: int) -> list[dict[str, Any]]:
    """List the grades of linked students in linked courses, by number."""
    rows: list[dict[str, Any]] = []
    for key, grade in sorted(book.grades.items(), key=lambda item: item[1].id):
        if len(rows) < limit and grade.id > after and _linked(site, book, key):
            rows.append({"id": grade.id, "key": key, "timemodified": grade.timemodified})
    return rows


def _linked(site: Site, book: Gradebook, key: str) -> bool:
    userid, courseid, assignid = (int(part) for part in key.split("_"))
    there = userid in site.users and courseid in site.courses and assignid in book.assignments
    return there and bool(site.zohoid_of_user(userid) and site.zohoid_of_course(courseid))


def _moodleid(entity: str, known: Mirror) -> int:
    match entity:
        case "program":
            return known.categoryid
        case "teacher" | "student":
            return known.userid
        case "class" | "enrollment":
            return known.courseid
        case "request":
            return known.requestid
    return known.id
