"""Accounts of students and teachers: matched, made, updated, suspended by the rules of docs/protocol.md, section 3."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.sandbox.moodle.holdings import Mirror, Mirrors, User
from agent.sandbox.moodle.site import PROTECTED, Result, Row, RowFailed, Site, check, result

LENGTHS = {"username": 100, "email": 100, "firstname": 100, "lastname": 100, "address": 0}
OWNED = ("email", "firstname", "lastname")  # columns of the account that Zoho owns
TIERS = (("idnumber", "zohoid"), ("email", "email"), ("username", "username"))


@dataclass(frozen=True)
class People:
    """The people of one kind (student | teacher): their mirror, and which fields are dates."""

    kind: str
    mirror: Mirrors
    dates: Sequence[str] = ()

    def key(self, zohoid: str) -> str:
        """Build the record key."""
        return f"{self.kind}:{zohoid}"


def upsert(site: Site, row: Row, people: People) -> Result:
    """Bring one person to Moodle.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    zohoid = row["zohoid"]
    known = people.mirror.get(zohoid)
    check(row, people.dates, LENGTHS)
    if row["deleted"]:
        return _retire(site, row, known)
    user = site.users.get(known.userid) if known else None
    if known and known.sourcetime > row["sourcetime"]:
        return result(zohoid, "stale", known.userid)
    same = known is not None and not known.deleted and known.fields["changehash"] == row["changehash"]
    if known and user and same and not differs(site, known, row):
        known.fields["sourcetime"] = row["sourcetime"]
        return result(zohoid, "unchanged", user.id)
    _require_account_fields(row)
    user = user or _match(site, row, people)
    if user is None:
        user = User(site.new_id(), row["username"].lower(), "", "", "", zohoid, bool(row["suspended"]))
        status = "created"
    else:
        _require_email_free(site, user, row["email"])
        status = "updated"
    _write(user, row, known)
    site.users[user.id] = user
    people.mirror[zohoid] = Mirror(dict(row), userid=user.id)
    return result(zohoid, status, user.id)


def differs(site: Site, known: Mirror, fields: Row) -> list[str]:
    """Name what the account does not hold as `fields` say: what an upsert with the same hash mends."""
    user = site.users.get(known.userid)
    if known.deleted:
        return ["suspended"] if user and not user.suspended else []
    if user is None:
        return ["user"]
    names = [name for name in OWNED if getattr(user, name) != fields[name]]
    return [*names, "suspended"] if fields["suspended"] and not user.suspended else names


def _match(site: Site, row: Row, people: People) -> User | None:
    """Find the account that belongs to a person who is not linked yet; the first tier with a match decides."""
    for column, name in TIERS:
        found = site.users.holders(column, row[name])
        if len(found) > 1:
            users = ", ".join(user.name for user in found)
            raise RowFailed(
                "refused", "usersambiguous", f"Several accounts have {column} {row[name]}: {users}"
            )
        if found:
            (user,) = found
            if user.id in PROTECTED:
                raise RowFailed("refused", "userprotected", f"{user.name} is the administrator or the guest")
            other = site.person_of_user(user.id)
            if other and other != people.key(row["zohoid"]):
                raise RowFailed("refused", "userlinkedelsewhere", f"{user.name} belongs to {other}")
            return user
    return None


def _require_email_free(site: Site, user: User, email: str) -> None:
    for holder in site.users.holders("email", email):
        if holder.id != user.id:
            raise RowFailed("refused", "emailtaken", f"{user.name} cannot get {email}: {holder.name} has it")


def _require_account_fields(row: Row) -> None:
    for name in ("username", "email", "firstname", "lastname"):
        if not row[name]:
            raise RowFailed("error", "fieldmissing", f"{name} is empty")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", row["email"]):
        raise RowFailed("error", "emailinvalid", f"{row['email']} is no e-mail address")
    if not re.fullmatch(r"[a-z0-9@._-]+", row["username"].lower()):
        raise RowFailed("error", "usernameinvalid", f"{row['username']} is no user name")


def _write(user: User, row: Row, known: Mirror | None) -> None:
    """Write what Zoho owns. A suspension is only lifted if the sync made it."""
    for name in OWNED:
        setattr(user, name, row[name])
    user.idnumber = user.idnumber or row["zohoid"]
    if row["suspended"]:
        user.suspended = True
    elif known and (known.deleted or known.fields["suspended"]):
        user.suspended = False


def _retire(site: Site, row: Row, known: Mirror | None) -> Result:
    if known is None:
        return result(row["zohoid"], "unchanged")
    if known.sourcetime > row["sourcetime"]:
        return result(row["zohoid"], "stale", known.userid)
    settled = known.deleted and not differs(site, known, row)
    user = site.users.get(known.userid)
    known.fields |= {"sourcetime": row["sourcetime"], "deleted": 1}
    if user is not None:
        user.suspended = True
    return result(row["zohoid"], "unchanged" if settled else "updated", known.userid)
