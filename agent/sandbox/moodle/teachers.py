"""`upsert_teachers`, and who teaches a class: the rules of docs/protocol.md, section 3."""

from __future__ import annotations

from agent.sandbox.moodle import accounts
from agent.sandbox.moodle.accounts import People
from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Course, Result, Row, RowFailed, Site


def upsert(site: Site, row: Row) -> Result:
    """Bring one teacher to Moodle, then into the classes that name her and do not have her yet.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    done = accounts.upsert(site, row, People("teacher", site.teachers))
    if row["deleted"] or done["status"] == "stale":
        return done
    arrived = [_arrive(site, known) for known in site.classes.values() if _awaits(known, row["zohoid"])]
    return {**done, "status": "updated"} if any(arrived) and done["status"] == "unchanged" else done


def require_role(site: Site, fields: Row) -> None:
    """Check that the role of the teacher of a class exists, where there is one to get it.

    Raises:
        RowFailed: there is no such role.
    """
    if _userid(site, fields["teacherid"]) and fields["teacherrole"] not in site.roles:
        raise RowFailed("error", "rolemissing", f"There is no role {fields['teacherrole']}")


def settled(site: Site, course: Course, known: Mirror, fields: Row) -> bool:
    """Tell whether a course has the teacher whom Zoho names for its class, with the role that it shall have."""
    userid, role = _userid(site, fields["teacherid"]), fields["teacherrole"]
    if userid != known.teacherid:
        return False
    return not userid or (known.fields["teacherrole"] == role and (userid, role) in course.roles)


def put(site: Site, course: Course, known: Mirror | None, fields: Row) -> tuple[int, str]:
    """Bring a class's teacher into its course and take the sync's role from the former one.

    Returns:
        Her account (0: none) and the role that the sync gave her (empty: none).
    """
    if known and settled(site, course, known, fields):
        return known.teacherid, known.role_given
    if known:
        course.roles.discard((known.teacherid, known.role_given))
    userid, role = _userid(site, fields["teacherid"]), fields["teacherrole"]
    if not userid or (userid, role) in course.roles:
        return userid, ""
    course.roles.add((userid, role))
    return userid, role


def _awaits(known: Mirror, teacherid: str) -> bool:
    return not known.deleted and bool(known.fields["teacherid"] == teacherid)


def _arrive(site: Site, known: Mirror) -> bool:
    """Bring a teacher into a class that named her before she was there; False: nothing to do."""
    course = site.courses.get(known.courseid)
    if course is None or settled(site, course, known, known.fields):
        return False
    require_role(site, known.fields)
    known.teacherid, known.role_given = put(site, course, known, known.fields)
    return True


def _userid(site: Site, teacherid: str) -> int:
    teacher = site.teachers.get(teacherid)
    return teacher.userid if teacher and teacher.userid in site.users else 0
