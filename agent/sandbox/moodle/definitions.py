"""`apply_definitions`, `list_definitions`: the rules of docs/protocol.md, section 3, for rubrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.sandbox.moodle.gradebook import Assignment, Gradebook
from agent.sandbox.moodle.site import Site

METHOD = "rubric"


def listed(site: Site, gradebook: Gradebook, after: int, limit: int) -> list[dict[str, Any]]:
    """List how assignments of linked courses are graded, by id."""
    ids = sorted(number for number in gradebook.assignments if number > after)
    rows = [_row(site, gradebook, gradebook.assignments[number]) for number in ids]
    return [row for row in rows if row["zohoid"]][:limit]


def apply(site: Site, gradebook: Gradebook, zohoids: Sequence[str]) -> list[dict[str, Any]]:
    """Bring the assignments of classes into line with their units."""
    results = []
    for assignment in list(gradebook.assignments.values()):
        row = _row(site, gradebook, assignment)
        if row["zohoid"] not in zohoids:
            continue
        status = {"missing": "created", "outdated": "updated", "foreign": "foreign"}.get(
            row["state"], "unchanged"
        )
        if status in {"created", "updated"}:
            assignment.criteria = _wanted(site, row["unitid"])
            assignment.method = METHOD
        results.append(
            {
                "zohoid": row["zohoid"],
                "cmid": assignment.cmid,
                "assignid": assignment.id,
                "status": status,
                "method": assignment.method,
                "definitionid": assignment.id if assignment.method else 0,
                "kept": "",
                "errorcode": "",
                "message": "",
            }
        )
    return results


def _row(site: Site, gradebook: Gradebook, assignment: Assignment) -> dict[str, Any]:
    zohoid = site.zohoid_of_course(assignment.courseid)
    known = site.classes.get(zohoid)
    unitid = known.fields.get("unitid", "") if known else ""
    return {
        "id": assignment.id,
        "zohoid": zohoid,
        "unitid": unitid,
        "cmid": assignment.cmid,
        "method": assignment.method,
        "definitionid": assignment.id if assignment.method else 0,
        "state": _state(assignment, _wanted(site, unitid), gradebook),
        "kept": "",
    }


def _state(assignment: Assignment, wanted: Mapping[str, str], gradebook: Gradebook) -> str:
    if not wanted:
        return "none"
    if assignment.criteria is not None:
        return "current" if assignment.criteria == wanted else "outdated"
    graded = any(
        key.endswith(f"_{assignment.id}") and grade.mark is not None
        for key, grade in gradebook.grades.items()
    )
    return "foreign" if assignment.method or graded else "missing"


def _wanted(site: Site, unitid: str) -> dict[str, str]:
    unit = site.mirrors["unit"].get(unitid)
    if unit is None or unit.deleted:
        return {}
    return {line["shortname"]: line["description"] for line in unit.fields["criteria"]}
