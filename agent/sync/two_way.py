"""Who changed an enrollment since both sides agreed: Zoho's form, Moodle's and the agreed one, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from agent.canonical import Canonical
from agent.moodle.models import EnrolmentSnapshot

SHARED = ("startdate", "enddate")  # what Moodle may change; an end in the past is a withdrawal


@dataclass(frozen=True)
class Merged:
    """What follows from three forms of one record.

    Attributes:
        to_zoho: fields that Zoho has to get, with Moodle's values.
        lost: fields that both changed: name -> `kept` (the owner's value), `lost`, `agreed`.
    """

    to_zoho: Canonical = field(default_factory=dict)
    lost: dict[str, dict[str, Any]] = field(default_factory=dict)


def merge(
    agreed: Mapping[str, Any], zoho: Mapping[str, Any], moodle: Mapping[str, Any], *, owner: str = "zoho"
) -> Merged:
    """Compare each of Moodle's fields with what was agreed; where both sides changed it, the owner wins.

    Args:
        agreed: the form that both sides last agreed on.
        zoho: Zoho's present form.
        moodle: what Moodle holds of it, in Zoho's words.
        owner: zoho, or moodle where only Moodle's changes are carried over: then Zoho's give way in any case.
    """
    merged = Merged()
    for name, held in moodle.items():
        before, wanted = agreed.get(name), zoho.get(name)
        if held == wanted or (held == before and owner == "zoho"):
            continue
        if wanted == before:
            merged.to_zoho[name] = held
        elif owner == "zoho":
            merged.lost[name] = {"kept": wanted, "lost": held, "agreed": before}
        else:
            merged.to_zoho[name] = held
            merged.lost[name] = {"kept": held, "lost": wanted, "agreed": before}
    return merged


def ended(form: Mapping[str, Any], today: date) -> bool:
    """Tell whether an enrollment is over."""
    return bool(form.get("enddate")) and date.fromisoformat(form["enddate"]) < today


def moodles_form(
    snapshot: EnrolmentSnapshot,
    agreed: Mapping[str, Any],
    zoho: Mapping[str, Any],
    *,
    since: datetime | None,
    suspends: bool,
) -> Canonical:
    """Put what Moodle holds into Zoho's words: there is no status, a withdrawal is an end in the past.

    The days are Moodle's own, for it is Moodle that lets nobody in after an end.

    Args:
        snapshot: of the student's enrolments in the class's course.
        agreed: the form that both sides last agreed on.
        zoho: Zoho's present form.
        since: Zoho's time of the agreed form (aware).
        suspends: whether the end of an enrollment suspends it in Moodle, so that an active one is a person's doing.

    Returns:
        The fields of SHARED; equal to `agreed` where Moodle holds what follows from it.
    """
    today = date.fromisoformat(snapshot.today)
    if snapshot.status != "active":
        over = next((form for form in (zoho, agreed) if ended(form, today)), None)
        end = over["enddate"] if over else (today - timedelta(days=1)).isoformat()
        return {"startdate": agreed.get("startdate"), "enddate": end}
    held = {"startdate": snapshot.startdate or None, "enddate": snapshot.enddate or None}
    if not ended(agreed, today):
        return held
    if since is not None and snapshot.timemodified < int(since.timestamp()):
        # Active by an enrolment of its own (a cohort's, her own) that was there when Zoho's end was carried out.
        return {name: agreed.get(name) for name in SHARED}
    if held["enddate"] == agreed["enddate"] and suspends and snapshot.changed > agreed["enddate"]:
        return {**held, "enddate": None}  # made active again after its end: that end no longer holds
    return held
