"""`upsert_teachers`, and who teaches a class: the rules of docs/protocol.md, section 3."""

from __future__ import annotations

from agent.sandbox.moodle import accounts
from agent.sandbox.moodle.accounts import People
from agent.sandbox.moodle.site import Course, Mirror, Result, Row, Site


def upsert(site: Site, row: Row) -> Result:
    """Bring one teacher to Moodle, then into the classes that name her and do not have her yet.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    done = accounts.upsert(site, row, People("teacher", site.teachers))
    if row["deleted"] or done["status"] == "stale":
        return done
    arrived = False
    for known in site.classes.values():
        course = site.courses.get(known.courseid)
        if course and not known.deleted and known.fields["teacherid"] == row["zohoid"]:
            arrived = put(site, course, known) or arrived
    return {**done, "status": "updated"} if arrived and done["status"] == "unchanged" else done


def settled(site: Site, known: Mirror, teacherid: str) -> bool:
    """Tell whether a class has the teacher whom Zoho names; `teacherid` is Zoho's id of her, empty if none."""
    return known.teacherid == _userid(site, teacherid)


def put(site: Site, course: Course, known: Mirror) -> bool:
    """Bring a class's teacher into its course, take the sync's role from the former one; False: nothing to do."""
    userid = _userid(site, known.fields["teacherid"])
    if userid == known.teacherid:
        return False
    if known.role_given:
        course.teaching.discard(known.teacherid)
    known.role_given = bool(userid) and userid not in course.teaching
    known.teacherid = userid
    if userid:
        course.teaching.add(userid)
    return True


def _userid(site: Site, teacherid: str) -> int:
    teacher = site.teachers.get(teacherid)
    return teacher.userid if teacher else 0
