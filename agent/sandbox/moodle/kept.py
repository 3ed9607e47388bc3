"""Records without a counterpart of their own in Moodle: checked and kept (docs/protocol.md, section 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.sandbox.moodle.holdings import Mirror, Mirrors
from agent.sandbox.moodle.site import Result, Row, RowFailed, check, result

AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
CURRENCY = re.compile(r"[A-Z]{3}")
REFERENCES = ("studentid", "classid", "registrationid", "programid")


@dataclass(frozen=True)
class Kind:
    """What has to be checked in the rows of one entity.

    Attributes:
        dates: fields with a date or nothing.
        amounts: fields with an exact decimal or nothing.
        currencies: fields with an ISO code or nothing.
        long: texts without a limit.
        lists: name of each list, and what has to be checked in its lines.
        key: of a line: the field by which it is told from the list's other lines.
    """

    dates: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    long: tuple[str, ...] = ()
    lists: Mapping[str, Kind] = field(default_factory=dict)
    key: str = ""


UNIT = Kind(lists={"criteria": Kind(long=("description",), key="shortname")})
REGISTRATION = Kind(
    dates=("registrationdate",),
    amounts=("price", "discountpercentage", "remaining"),
    currencies=("currency",),
    long=("discountreason",),
    lists={"schedule": Kind(dates=("duedate", "paiddate"), amounts=("amount",), key="zohoid")},
)
PAYMENT = Kind(
    dates=("paymentdate",),
    amounts=("amount", "originalamount"),
    currencies=("currency", "originalcurrency"),
)
FINANCE = Kind(
    amounts=("scholarshippercentage", "transferred", "registrationfees", "total", "discount"),
    currencies=("currency", "transferredcurrency"),
    long=("scholarshipreason",),
    lists={"installments": Kind(dates=("duedate", "invoicedate"), amounts=("amount",), key="number")},
)
RESULT = Kind(dates=("attemptdate",), long=("feedback",))
REQUEST = Kind(amounts=("fees",), currencies=("currency",), long=("reason",))
KINDS = {"unit": UNIT, "registration": REGISTRATION, "payment": PAYMENT, "finance": FINANCE, "result": RESULT}


def upsert(mirrors: Mirrors, row: Row, kind: Kind) -> Result:
    """Keep one record; the result's `moodleid` is the number of its row.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    zohoid = row["zohoid"]
    known = mirrors.get(zohoid)
    whole = not (known and differs(known, kind))
    settled = settle(known, row, known.id if known else 0, whole=whole)
    if settled:
        return settled
    verify(row, kind)
    mirrors[zohoid] = Mirror(dict(row), lines=_count_lines(row, kind))
    return result(zohoid, "updated" if known else "created", mirrors[zohoid].id)


def differs(known: Mirror, kind: Kind) -> list[str]:
    """Name what is not held as it was written: what an upsert with the same hash mends."""
    return [] if known.deleted or _count_lines(known.fields, kind) == known.lines else ["lines"]


def settle(known: Mirror | None, row: Row, moodleid: int, *, whole: bool = True) -> Result | None:
    """Answer a row that is older, deleted, or known as it is and `whole`; None when it has to be written."""
    zohoid = row["zohoid"]
    if known is None:
        return result(zohoid, "unchanged") if row["deleted"] else None
    if known.sourcetime > row["sourcetime"]:
        return result(zohoid, "stale", moodleid)
    same = known.deleted == bool(row["deleted"])
    if row["deleted"]:
        known.fields |= {"sourcetime": row["sourcetime"], "deleted": 1}
        return result(zohoid, "unchanged" if same else "updated", moodleid)
    if same and whole and known.fields["changehash"] == row["changehash"]:
        known.fields["sourcetime"] = row["sourcetime"]
        return result(zohoid, "unchanged", moodleid)
    return None


def verify(row: Row, kind: Kind) -> None:
    """Check a row and the lines of its lists.

    Raises:
        RowFailed: something in it cannot be kept.
    """
    check(row, kind.dates, dict.fromkeys(kind.long, 0), optional=REFERENCES)
    _verify_money(row, kind)
    for name, lines in kind.lists.items():
        for line in row[name]:
            check(line, lines.dates, dict.fromkeys(lines.long, 0), optional=("zohoid",), record=False)
            _verify_money(line, lines)
        keys = [str(line[lines.key]) for line in row[name]]
        if "" in keys or len(set(keys)) < len(keys):
            raise RowFailed("error", "listkeyinvalid", f"{name}: a line has no {lines.key} of its own")


def _count_lines(row: Row, kind: Kind) -> int:
    return sum(len(row[name]) for name in kind.lists)


def _verify_money(row: Row, kind: Kind) -> None:
    for name in kind.amounts:
        if row[name] and not AMOUNT.fullmatch(row[name]):
            raise RowFailed("error", "amountinvalid", f"{name} is no amount: {row[name]}")
    for name in kind.currencies:
        if row[name] and not CURRENCY.fullmatch(row[name]):
            raise RowFailed("error", "currencyinvalid", f"{name} is no currency: {row[name]}")
