"""`upsert_students` and `get_students`: the rules of docs/protocol.md, section 3."""

from __future__ import annotations

from typing import Any

from agent.sandbox.moodle import accounts
from agent.sandbox.moodle.accounts import People
from agent.sandbox.moodle.site import Result, Row, Site

DATES = ("birthdate", "registrationdate")


def upsert(site: Site, row: Row) -> Result:
    """Bring one student to Moodle.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    return accounts.upsert(site, row, People("student", site.students, DATES))


def held(site: Site, zohoids: list[str]) -> list[dict[str, Any]]:
    """Return the students that are known, as the accounts really are."""
    found = []
    for zohoid in dict.fromkeys(zohoids):
        known = site.students.get(zohoid)
        user = site.users.get(known.userid) if known else None
        if known and user:
            found.append(
                {
                    "zohoid": zohoid,
                    "userid": user.id,
                    **{
                        name: getattr(user, name)
                        for name in ("username", "email", "firstname", "lastname", "idnumber")
                    },
                    "suspended": int(user.suspended),
                    "changehash": known.fields["changehash"],
                    "sourcetime": known.sourcetime,
                    "deleted": int(known.deleted),
                }
            )
    return found
