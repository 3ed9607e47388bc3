"""`upsert_courses`: the rules of docs/protocol.md, section 3."""

from __future__ import annotations

from agent.sandbox.moodle import programs, staff, teachers
from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Course, Result, Row, RowFailed, Site, check, result

DATES = ("startdate", "enddate")
LENGTHS = {"fullname": 254, "shortname": 240, "teacherrole": 100}
WRITTEN = ("fullname", "shortname", "startdate", "enddate")


def upsert(site: Site, row: Row) -> Result:
    """Bring one class to Moodle.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    check(row, DATES, LENGTHS)
    if row["startdate"] and row["enddate"] and row["enddate"] < row["startdate"]:
        raise RowFailed("error", "enddatebeforestartdate", "The class ends before it starts")
    zohoid = row["zohoid"]
    known = site.classes.get(zohoid)
    course = site.courses.get(known.courseid) if known else None
    courseid = course.id if course else 0
    if known and known.sourcetime > row["sourcetime"]:
        return result(zohoid, "stale", courseid)
    if row["deleted"]:
        settled = known is None or known.deleted
        if known:
            known.fields |= {"sourcetime": row["sourcetime"], "deleted": 1}
        return result(zohoid, "unchanged" if settled else "updated", courseid)
    same = known is not None and not known.deleted and known.fields["changehash"] == row["changehash"]
    if known and same and not differs(site, known, row):
        known.fields["sourcetime"] = row["sourcetime"]
        return staff.named(site, row, result(zohoid, "unchanged", courseid))
    return _write(site, row, known, course)


def differs(site: Site, known: Mirror, fields: Row) -> list[str]:
    """Name what Moodle does not hold as `fields` say: what an upsert with the same hash mends."""
    if known.deleted:
        return []
    course = site.courses.get(known.courseid)
    if course is None:
        return ["course"] if fields["create"] or known.courseid else []
    teacher = [] if teachers.settled(site, course, known, fields) else ["teacher"]
    return teacher + ([] if staff.settled(site, course, fields) else ["staff"])


def _write(site: Site, row: Row, known: Mirror | None, course: Course | None) -> Result:
    status = "updated"
    teachers.require_role(site, row)
    if course is not None and known is not None:
        _update(site, course, row, known)
    elif row["create"]:
        course, known = _adopted(site, row["zohoid"]), None
        if course is None:
            course, status = _created(site, row), "created"
    courseid = course.id if course else 0
    now = Mirror(dict(row), courseid=courseid)
    if course is not None:
        now.teacherid, now.role_given = teachers.put(site, course, known, row)
        now.hidden = _show_or_hide(course, row, known)
        staff.put(site, course, row)
    site.classes[row["zohoid"]] = now
    done = result(row["zohoid"], status, courseid)
    return staff.named(site, row, done) if course else done


def _show_or_hide(course: Course, row: Row, known: Mirror | None) -> bool:
    """Follow a change of `hide`; tells whether it is the sync that hid the course."""
    before, hidden = (bool(known.fields["hide"]), known.hidden) if known else (False, False)
    if row["hide"] and not before and course.visible:
        course.visible = False
        return True
    if not row["hide"] and hidden:
        course.visible = True
        return False
    return hidden


def _update(site: Site, course: Course, row: Row, known: Mirror) -> None:
    """Write what Zoho changed since it was last seen; what a teacher edited stays otherwise."""
    for name in WRITTEN:
        if known.fields[name] != row[name]:
            value = _free_shortname(site, row, course.id) if name == "shortname" else row[name]
            setattr(course, name, value)


def _adopted(site: Site, zohoid: str) -> Course | None:
    found = [course for course in site.courses.values() if course.idnumber == zohoid]
    if len(found) > 1:
        names = ", ".join(f"{course.shortname} (id {course.id})" for course in found)
        raise RowFailed("refused", "coursesambiguous", f"Several courses have idnumber {zohoid}: {names}")
    return found[0] if found else None


def _created(site: Site, row: Row) -> Course:
    for name in ("fullname", "shortname"):
        if not row[name]:
            raise RowFailed("error", "fieldmissing", f"{name} is empty")
    course = Course(
        site.new_id(),
        row["fullname"],
        _free_shortname(site, row, 0),
        row["zohoid"],
        row["startdate"],
        row["enddate"],
        programs.category_of(site, row["programid"]),
    )
    site.courses[course.id] = course
    return course


def _free_shortname(site: Site, row: Row, courseid: int) -> str:
    wanted: str = row["shortname"]
    taken = any(course.shortname == wanted and course.id != courseid for course in site.courses.values())
    return f"{wanted} ({row['zohoid'][-6:]})" if taken else wanted
