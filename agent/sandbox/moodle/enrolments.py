"""`upsert_enrolments` and enrolments as Moodle holds them: docs/protocol.md, sections 3 and 5."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Enrolment, Result, Row, RowFailed, Site, check, check_id, result

DATES = ("startdate", "enddate")
LENGTHS = {"role": 100}
COMPARED = (*DATES, "role")
WITHDRAWALS = ("suspend", "unenrol", "keep")
Links = tuple[int, int]  # account, course


def upsert(site: Site, row: Row) -> Result:
    """Bring one enrollment to Moodle; the result's `moodleid` is the course.

    Raises:
        RowFailed: the row cannot be carried out, or waits for its student or class.
    """
    zohoid = row["zohoid"]
    known = site.enrollments.get(zohoid)
    if row["deleted"]:
        if known is None:
            check_id("zohoid", zohoid)
            return result(zohoid, "unchanged")
        row = {**row, **{name: known.fields[name] for name in ("studentid", "classid")}}
    check(row, DATES, LENGTHS)
    if known and known.sourcetime > row["sourcetime"]:
        return result(zohoid, "stale", known.courseid)
    if known and row["deleted"]:
        return _retire(site, row, known)
    _verify(site, row)
    links = _links(site, row)
    same = known is not None and not known.deleted and known.fields["changehash"] == row["changehash"]
    if known and same and links == (known.userid, known.courseid) and not _unlike(site, row, links):
        known.fields["sourcetime"] = row["sourcetime"]
        return result(zohoid, "unchanged", known.courseid)
    if known and links != (known.userid, known.courseid):
        _withdraw(site, known, row["withdrawal"])
    made = _put(site, row, links)
    site.enrollments[zohoid] = Mirror(dict(row), userid=links[0], courseid=links[1])
    return result(zohoid, "created" if made else "updated", links[1])


def differs(site: Site, known: Mirror) -> list[str]:
    """Name what Moodle does not hold as the mirror says: what an upsert with the same hash mends."""
    if known.deleted:
        return []
    student, course = site.students.get(known.fields["studentid"]), site.classes.get(known.fields["classid"])
    gone = {
        "student": student is None or student.userid != known.userid or known.userid not in site.users,
        "course": course is None or course.courseid != known.courseid or known.courseid not in site.courses,
    }
    names = [name for name, is_gone in gone.items() if is_gone]
    if names:
        return names
    unlike = _unlike(site, known.fields, (known.userid, known.courseid))
    over = _ended(site, known.fields)
    return ["ended" if name == "status" and over else name for name in unlike]


def snapshot(site: Site, key: str) -> dict[str, Any]:
    """Build the picture of a student's enrolments in one course; `key` is `userid_courseid`."""
    userid, courseid = (int(part) for part in key.split("_"))
    student = site.zohoid_of_user(userid) if userid in site.users else ""
    class_id = site.zohoid_of_course(courseid) if courseid in site.courses else ""
    held = _held(site, (userid, courseid))
    shown = max(held, key=lambda one: (not one.suspended, one.id), default=None)
    return {
        "key": key,
        "found": int(bool(student and class_id)),
        "userid": userid,
        "courseid": courseid,
        "studentzohoid": student,
        "classzohoid": class_id,
        "status": "absent" if shown is None else "suspended" if shown.suspended else "active",
        "startdate": shown.startdate if shown else "",
        "enddate": shown.enddate if shown else "",
        "timemodified": shown.timemodified if shown else 0,
        "today": site.today().isoformat(),
        "changed": site.day(shown.timemodified).isoformat() if shown else "",
    }


def listed(site: Site, after: int, limit: int) -> list[dict[str, Any]]:
    """List the enrolments of linked students in linked courses, each pair once, by the lowest number."""
    lowest: dict[Links, int] = {}
    for one in (*site.enrolments.values(), *site.unmanaged.values()):
        links = (one.userid, one.courseid)
        lowest[links] = min(one.id, lowest.get(links, one.id))
    rows: list[dict[str, Any]] = []
    for links, number in sorted(lowest.items(), key=lambda item: item[1]):
        if number > after and len(rows) < limit:
            picture = snapshot(site, f"{links[0]}_{links[1]}")
            if picture["found"]:
                rows.append({"id": number, **picture})
    return rows


def _held(site: Site, links: Links) -> list[Enrolment]:
    others = [one for (*pair, _), one in site.unmanaged.items() if tuple(pair) == links]
    return [*([site.enrolments[links]] if links in site.enrolments else []), *others]


def _verify(site: Site, row: Row) -> None:
    if row["withdrawal"] not in WITHDRAWALS:
        raise RowFailed("error", "withdrawalinvalid", f"withdrawal is none of {', '.join(WITHDRAWALS)}")
    if row["role"] not in site.roles:
        raise RowFailed("error", "rolemissing", f"There is no role {row['role']}")


def _links(site: Site, row: Row) -> Links:
    student = site.students.get(row["studentid"])
    if student is None or student.userid not in site.users:
        raise RowFailed("waiting", "studentmissing", f"Student {row['studentid']} is not in Moodle yet")
    course = site.classes.get(row["classid"])
    if course is None or course.courseid not in site.courses:
        raise RowFailed("waiting", "coursemissing", f"Class {row['classid']} is not in Moodle yet")
    return student.userid, course.courseid


def _wanted(site: Site, row: Row, links: Links, without: str = "") -> Enrolment | None:
    """Say how the manual enrolment has to be; None: there shall be none, or none is made for one that has ended."""
    current = site.enrolments.get(links)
    ended = _ended(site, row)
    if _gives_way(site, row["zohoid"], links, ended=ended, without=without):
        return current
    if not ended:
        return Enrolment(*links, suspended=False, **{name: row[name] for name in COMPARED})
    if current is None or row["withdrawal"] == "unenrol":
        return None
    suspended = current.suspended or row["withdrawal"] == "suspend"
    return replace(current, suspended=suspended, **{name: row[name] for name in DATES})


def _unlike(site: Site, row: Row, links: Links) -> list[str]:
    current, wanted = site.enrolments.get(links), _wanted(site, row, links)
    if current is None or wanted is None:
        return [] if current is wanted else ["status"]
    names = [name for name in COMPARED if getattr(current, name) != getattr(wanted, name)]
    return names if current.suspended == wanted.suspended else ["status", *names]


def _put(site: Site, row: Row, links: Links, without: str = "") -> bool:
    """Write what is wanted, `without` an enrollment that is about to go; True when the enrolment is new."""
    current, wanted = site.enrolments.get(links), _wanted(site, row, links, without)
    if wanted is None:
        site.enrolments.pop(links, None)
    elif wanted != current:
        number = current.id if current else site.new_id()
        site.enrolments[links] = replace(wanted, id=number, timemodified=int(site.clock()))
    return current is None and wanted is not None


def _retire(site: Site, row: Row, known: Mirror) -> Result:
    settled = known.deleted
    known.fields |= {"sourcetime": row["sourcetime"], "deleted": 1}
    if not settled:
        _withdraw(site, known, row["withdrawal"] or known.fields["withdrawal"])
    return result(row["zohoid"], "unchanged" if settled else "updated", known.courseid)


def _withdraw(site: Site, known: Mirror, withdrawal: str) -> None:
    """End the enrolment that a record stands for, or leave it to the one that decides next."""
    links = (known.userid, known.courseid)
    current, zohoid = site.enrolments.get(links), known.fields["zohoid"]
    if current is None or _gives_way(site, zohoid, links, ended=_ended(site, known.fields)):
        return
    others = {
        one: row for one, row in site.enrollments.linked(*links).items() if one != zohoid and not row.deleted
    }
    if others:
        heir = max(others, key=lambda one: _rank(one, ended=_ended(site, others[one].fields)))
        _put(site, others[heir].fields, links, without=zohoid)
    elif withdrawal == "unenrol":
        del site.enrolments[links]
    elif withdrawal == "suspend" and not current.suspended:
        site.enrolments[links] = replace(current, suspended=True, timemodified=int(site.clock()))


def _gives_way(site: Site, zohoid: str, links: Links, *, ended: bool, without: str = "") -> bool:
    """Tell whether another enrollment of the same student in the same class decides."""
    return any(
        not other.deleted and _rank(other_id, ended=_ended(site, other.fields)) > _rank(zohoid, ended=ended)
        for other_id, other in site.enrollments.linked(*links).items()
        if other_id not in {zohoid, without}
    )


def _rank(zohoid: str, *, ended: bool) -> tuple[bool, int]:
    """One that runs goes before one that has ended; of two alike the newer one does."""
    return not ended, int(zohoid)


def _ended(site: Site, row: Row) -> bool:
    return bool(row["enddate"]) and date.fromisoformat(row["enddate"]) < site.today()
