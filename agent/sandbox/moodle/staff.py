"""The accounts that every class has by the settings: brought into its course, never taken out again."""

from __future__ import annotations

from collections.abc import Iterator

from agent.sandbox.moodle.holdings import INDEXED
from agent.sandbox.moodle.site import Course, Result, Row, Site


def settled(site: Site, course: Course, fields: Row) -> bool:
    """Tell whether all who can be found are in the course."""
    return all(line in course.roles for _, line in _lines(site, fields) if line)


def put(site: Site, course: Course, fields: Row) -> None:
    """Bring all who can be found into the course."""
    course.roles |= {line for _, line in _lines(site, fields) if line}


def named(site: Site, fields: Row, done: Result) -> Result:
    """Add to a result who cannot be found, or is not the only one."""
    missing = ", ".join(name for name, line in _lines(site, fields) if not line)
    return {**done, "errorcode": "staffmissing", "message": f"Not found: {missing}"} if missing else done


def _lines(site: Site, fields: Row) -> Iterator[tuple[str, tuple[int, str] | None]]:
    """Give each line's name and the account and role that it stands for; None when there is no such account or role."""
    for line in fields["staff"]:
        found = {user.id for column in INDEXED for user in site.users.holders(column, line["user"])}
        usable = len(found) == 1 and line["role"] in site.roles
        yield f"{line['user']} ({line['role']})", (found.pop(), line["role"]) if usable else None
