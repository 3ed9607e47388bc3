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
    classes = _without(site, row["zohoid"])
    for known in classes:
        _arrive(site, known)
    return {**done, "status": "updated"} if classes and done["status"] == "unchanged" else done


def differs(site: Site, known: Mirror) -> list[str]:
    """Name what is not as the teacher's record says: what an upsert with the same hash mends."""
    names = accounts.differs(site, known, known.fields)
    return names or (["classes"] if not known.deleted and _without(site, known.fields["zohoid"]) else [])


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


def _without(site: Site, teacherid: str) -> list[Mirror]:
    """Find the classes with a course that name a teacher and do not have her yet."""
    userid = _userid(site, teacherid)
    return [
        known
        for known in site.classes.values()
        if not known.deleted
        and known.fields["teacherid"] == teacherid
        and known.courseid in site.courses
        and known.teacherid != userid
    ]


def _arrive(site: Site, known: Mirror) -> None:
    """Bring a teacher into a class that named her before she was there."""
    require_role(site, known.fields)
    known.teacherid, known.role_given = put(site, site.courses[known.courseid], known, known.fields)


def _userid(site: Site, teacherid: str) -> int:
    teacher = site.teachers.get(teacherid)
    return teacher.userid if teacher and teacher.userid in site.users else 0
