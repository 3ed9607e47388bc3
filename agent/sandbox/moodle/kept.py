"""Records without a counterpart of their own in Moodle: checked and kept (docs/protocol.md, section 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.sandbox.moodle import texts
from agent.sandbox.moodle.holdings import Mirror, Mirrors
from agent.sandbox.moodle.site import (
    LONGEST,
    Result,
    Row,
    RowFailed,
    check,
    check_date,
    check_id,
    check_length,
    result,
)

AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
CURRENCY = re.compile(r"[A-Z]{3}")
REFERENCES = ("zohoid", "studentid", "classid", "registrationid", "programid")
COMMON = ("zohoid", "sourcetime", "changehash", "deleted")


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
    row = cleaned(row, kind)
    verify(row, kind)
    zohoid = row["zohoid"]
    known = mirrors.get(zohoid)
    whole = not (known and differs(known, kind))
    settled = settle(known, row, known.id if known else 0, whole=whole)
    if settled:
        return settled
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


def cleaned(row: Row, kind: Kind) -> Row:
    """Clean the texts of a row and of its lines, as Moodle keeps them."""
    lists = {name: [cleaned(line, lines) for line in row[name]] for name, lines in kind.lists.items()}
    return texts.cleaned({**row, **lists}, (*kind.dates, *kind.amounts, *kind.currencies, *REFERENCES))


def verify(row: Row, kind: Kind) -> None:
    """Check a row and the lines of its lists; of a deleted one only what names it.

    Raises:
        RowFailed: something in it cannot be kept.
    """
    check({name: row[name] for name in COMMON}, (), {})
    if row["deleted"]:
        return
    for name, lines in kind.lists.items():
        for line in row[name]:
            _verify_fields(line, lines)
        keys = [str(line[lines.key]) for line in row[name]]
        if "" in keys or len(set(keys)) < len(keys):
            raise RowFailed("error", "listkeyinvalid", f"{name}: a line has no {lines.key} of its own")
    _verify_fields({name: value for name, value in row.items() if name not in COMMON}, kind)


def _count_lines(row: Row, kind: Kind) -> int:
    return sum(len(row[name]) for name in kind.lists)


def _verify_fields(fields: Row, kind: Kind) -> None:
    for name, value in fields.items():
        if not isinstance(value, str):
            continue
        if name in kind.dates:
            check_date(name, value)
        elif name in kind.amounts:
            if value and not AMOUNT.fullmatch(value):
                raise RowFailed("error", "amountinvalid", f"{name} is no amount: {value}")
        elif name in kind.currencies:
            if value and not CURRENCY.fullmatch(value):
                raise RowFailed("error", "currencyinvalid", f"{name} is no currency: {value}")
        elif name in REFERENCES:
            if value:
                check_id(name, value)
        else:
            check_length(name, value, 0 if name in kind.long else LONGEST)
