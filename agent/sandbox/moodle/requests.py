"""Requests of students, raised in Moodle or brought from Zoho: docs/protocol.md, sections 3 and 6."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from agent.sandbox.moodle import kept
from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Request, RequestFile, Result, Row, RowFailed, Site, result

TYPES = ("Enroll Next Semester", "Class Drop", "Late Submission", "Student Card", "Change Information")
SHOWN = (
    *("zohoid", "userid", "type", "status", "reason", "timecreated", "timemodified"),
    *("classes", "assignid", "assignname", "changes"),
)
REPEAT_SECONDS = 60
ANSWERED = ("status", "fees", "currency")  # all that Zoho says of a request that was raised in Moodle


def upsert(site: Site, row: Row) -> Result:
    """Bring one request, or Zoho's answer to one; the result's `moodleid` is the request's number.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    row = kept.cleaned(row, kept.REQUEST)
    kept.verify(row, kept.REQUEST)
    zohoid = row["zohoid"]
    mirrors = site.mirrors["request"]
    known = mirrors.get(zohoid)
    own = known.requestid if known else 0
    settled = kept.settle(known, row, own, whole=row["requestid"] in {0, own})
    if settled:
        return settled
    number = row["requestid"] or own
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
        "attachments": [_picture(one) for one in site.files.values() if one.requestid == number],
    }


def listed(site: Site, after: int, limit: int) -> list[dict[str, Any]]:
    """List the requests that were raised in Moodle, by number."""
    numbers = [number for number, one in sorted(site.requests.items()) if one.raised and number > after]
    return [snapshot(site, number) for number in numbers[:limit]]


def content(site: Site, number: int, fileid: int) -> dict[str, str]:
    """Give the content of one file of a request.

    Raises:
        KeyError: the request has no such file.
    """
    one = site.files[fileid]
    if one.requestid != number:
        raise KeyError(fileid)
    return {
        "filename": one.filename,
        "contenthash": _hash(one.content),
        "content": base64.b64encode(one.content).decode(),
    }


def note(site: Site, number: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep what became of a request's files; returns how many of them are its own."""
    own = [row for row in rows if row["fileid"] in site.files]
    own = [row for row in own if site.files[row["fileid"]].requestid == number]
    for row in own:
        one = site.files[row["fileid"]]
        one.status, one.message = row["status"], row["message"]
    return len(own)


def add_file(site: Site, number: int, filename: str, mimetype: str, body: bytes) -> int:
    """Put a file to a request and return its id."""
    one = RequestFile(site.new_id(), number, filename, mimetype, body)
    site.files[one.fileid] = one
    return one.fileid


def raise_by(site: Site, userid: int, kind: str, reason: str, **about: Any) -> tuple[int, bool]:
    """Raise a request as a student does; `about` as the fields of docs/protocol.md, section 6.

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
    request = Request(site.new_id(), userid, kind, reason, timecreated=now, timemodified=now, **about)
    site.requests[request.requestid] = request
    return request.requestid, True


def _picture(one: RequestFile) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("fileid", "filename", "mimetype", "status", "message")},
        "size": len(one.content),
        "contenthash": _hash(one.content),
    }


def _hash(body: bytes) -> str:
    """Name a content as Moodle does: SHA-1, no protection."""
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()


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
