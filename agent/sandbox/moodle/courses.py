"""`upsert_courses` and `upsert_enrolments`: the rules of docs/protocol.md, section 3."""

from __future__ import annotations

from datetime import date

from agent.sandbox.moodle import programs, teachers
from agent.sandbox.moodle.site import Course, Enrolment, Mirror, Result, Row, RowFailed, Site, check, result

DATES = ("startdate", "enddate")
LENGTHS = {"fullname": 254, "shortname": 240}
WRITTEN = ("fullname", "shortname", "startdate", "enddate")


def upsert(site: Site, row: Row) -> Result:
    """Bring one class to Moodle.

    Raises:
        RowFailed: the row cannot be carried out.
    """
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
    check(row, DATES, LENGTHS)
    if known and _settled(site, known, course, row):
        known.fields["sourcetime"] = row["sourcetime"]
        return result(zohoid, "unchanged", courseid)
    return _write(site, row, known, course)


def _settled(site: Site, known: Mirror, course: Course | None, row: Row) -> bool:
    if known.deleted or known.fields["changehash"] != row["changehash"]:
        return False
    if course is None:
        return not row["create"] and not known.courseid
    return teachers.settled(site, known, row["teacherid"])


def _write(site: Site, row: Row, known: Mirror | None, course: Course | None) -> Result:
    status = "updated"
    if course is not None and known is not None:
        _update(site, course, row, known)
    elif row["create"]:
        course = _adopted(site, row["zohoid"])
        if course is None:
            course, status = _created(site, row), "created"
    courseid = course.id if course else 0
    now = Mirror(dict(row), courseid=courseid)
    if course is not None:
        if known is not None and known.courseid == courseid:
            now.teacherid, now.role_given = known.teacherid, known.role_given
        teachers.put(site, course, now)
    site.classes[row["zohoid"]] = now
    return result(row["zohoid"], status, courseid)


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


def upsert_enrolment(site: Site, row: Row) -> Result:
    """Bring one enrollment to Moodle; the result's `moodleid` is the course.

    Raises:
        RowFailed: the row cannot be carried out, or waits for its student or class.
    """
    zohoid = row["zohoid"]
    known = site.enrollments.get(zohoid)
    if known and known.sourcetime > row["sourcetime"]:
        return result(zohoid, "stale", known.courseid)
    if row["deleted"]:
        return _retire_enrolment(site, row, known)
    check(row, DATES, {})
    userid, courseid = _links(site, row)
    wanted = Enrolment(userid, courseid, _ended(site, row), row["startdate"], row["enddate"])
    current = site.enrolments.get((userid, courseid))
    same = known is not None and not known.deleted and known.fields["changehash"] == row["changehash"]
    if known is not None and same and current == wanted:
        known.fields["sourcetime"] = row["sourcetime"]
        return result(zohoid, "unchanged", courseid)
    if known and (known.userid, known.courseid) != (userid, courseid):
        _suspend(site, known)
    site.enrolments[userid, courseid] = wanted
    site.enrollments[zohoid] = Mirror(dict(row), userid=userid, courseid=courseid)
    return result(zohoid, "created" if current is None else "updated", courseid)


def _links(site: Site, row: Row) -> tuple[int, int]:
    student = site.students.get(row["studentid"])
    if student is None or student.userid not in site.users:
        raise RowFailed("waiting", "studentmissing", f"Student {row['studentid']} is not in Moodle yet")
    course = site.classes.get(row["classid"])
    if course is None or course.courseid not in site.courses:
        raise RowFailed("waiting", "coursemissing", f"Class {row['classid']} is not in Moodle yet")
    return student.userid, course.courseid


def _retire_enrolment(site: Site, row: Row, known: Mirror | None) -> Result:
    if known is None:
        return result(row["zohoid"], "unchanged")
    settled = known.deleted
    known.fields |= {"sourcetime": row["sourcetime"], "deleted": 1}
    _suspend(site, known)
    return result(row["zohoid"], "unchanged" if settled else "updated", known.courseid)


def _suspend(site: Site, known: Mirror) -> None:
    """Suspend the enrolment that a record stands for, unless another enrollment keeps it alive."""
    links = (known.userid, known.courseid)
    siblings = [
        other
        for other in site.enrollments.values()
        if other is not known and (other.userid, other.courseid) == links and not other.deleted
    ]
    if links in site.enrolments and all(_ended(site, other.fields) for other in siblings):
        site.enrolments[links].suspended = True


def _ended(site: Site, row: Row) -> bool:
    return bool(row["enddate"]) and date.fromisoformat(row["enddate"]) < site.today()
