"""Requests of students, raised in Moodle or brought from Zoho: docs/protocol.md, sections 3 and 6."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from agent.sandbox.moodle import kept
from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Request, Result, Row, RowFailed, Site, result

TYPES = ("Enroll Next Semester", "Class Drop", "Late Submission", "Student Card", "Change Information")
SHOWN = ("zohoid", "userid", "type", "status", "reason", "timecreated", "timemodified")
REPEAT_SECONDS = 60
ANSWERED = ("status", "fees", "currency")  # all that Zoho says of a request that was raised in Moodle


def upsert(site: Site, row: Row) -> Result:
    """Bring one request, or Zoho's answer to one; the result's `moodleid` is the request's number.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    zohoid = row["zohoid"]
    mirrors = site.mirrors["request"]
    known = mirrors.get(zohoid)
    settled = kept.settle(known, row, known.requestid if known else 0)
    if settled:
        return settled
    kept.verify(row, kept.REQUEST)
    number = row["requestid"] or (known.requestid if known else 0)
    request = site.requests.get(number)
    if row["requestid"] and (request is None or not request.raised):
        raise RowFailed("error", "requestmissing", f"There is no request {number} that was raised in Moodle")
    made = request is None
    if known and known.requestid != number:
        _let_go(site, known.requestid)
    if request is None:
        request = Request(site.new_id(), 0, "", "", raised=False)
        site.requests[request.requestid] = request
    _write(site, request, row)
    mirrors[zohoid] = Mirror(dict(row), requestid=request.requestid)
    return result(zohoid, "created" if made else "updated", request.requestid)


def snapshot(site: Site, number: int) -> dict[str, Any]:
    """Build the picture of a request; `found` is 0 when there is none with this number."""
    request = site.requests.get(number)
    held = asdict(request or Request(number, 0, "", "", status=""))
    return {
        "requestid": number,
        "found": int(request is not None),
        "studentzohoid": site.zohoid_of_user(held["userid"]) if request else "",
        **{name: held[name] for name in SHOWN},
    }


def listed(site: Site, after: int, limit: int) -> list[dict[str, Any]]:
    """List the requests that were raised in Moodle, by number."""
    numbers = [number for number, one in sorted(site.requests.items()) if one.raised and number > after]
    return [snapshot(site, number) for number in numbers[:limit]]


def raise_by(site: Site, userid: int, kind: str, reason: str) -> tuple[int, bool]:
    """Raise a request as a student does.

    Returns:
        Its number, and whether it is new: the same request within a minute is a repeated click.

    Raises:
        ValueError: there is no such type, or the account is no linked student's.
    """
    if kind not in TYPES:
        raise ValueError(f"a request is one of: {', '.join(TYPES)}")
    if not site.zohoid_of_user(userid):
        raise ValueError(f"account {userid} is no linked student's")
    now = int(site.clock())
    for number, one in site.requests.items():
        same = (one.userid, one.type, one.reason, one.status) == (userid, kind, reason, "Pending")
        if same and one.raised and one.timecreated > now - REPEAT_SECONDS:
            return number, False
    request = Request(site.new_id(), userid, kind, reason, timecreated=now, timemodified=now)
    site.requests[request.requestid] = request
    return request.requestid, True


def _let_go(site: Site, number: int) -> None:
    """Part a record from the request that it stood for: what was typed into Zoho goes, what was raised stays."""
    former = site.requests[number]
    if former.raised:
        former.zohoid = ""
    else:
        del site.requests[number]


def _write(site: Site, request: Request, row: Row) -> None:
    request.zohoid = row["zohoid"]
    request.timemodified = int(site.clock())
    for name in ANSWERED if request.raised else (*ANSWERED, "type", "reason"):
        setattr(request, name, row[name])
    if not request.raised:
        student = site.students.get(row["studentid"])
        request.userid = student.userid if student else 0
        request.timecreated = row["requesttime"]
