"""Zoho's three bodies (docs/protocol.md, section 1) into events. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.entities.registry import SLUGS
from agent.inbox.events import NewEvent
from agent.web.bodies import Rejection

RECORD_ID = re.compile(r"[0-9]{10,20}", re.ASCII)
WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
TIME_TEXT = re.compile(r"[\x20-\x7e]{1,40}", re.ASCII)
ISO_SECONDS = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})", re.ASCII
)
SERVER_TIME = re.compile(r"[0-9]{10,16}", re.ASCII)
CHANNEL = re.compile(r"[0-9]{1,30}", re.ASCII)
UNNAMED = "changed"  # event type of a sender that names no operation


@dataclass(frozen=True)
class Notice:
    """What a delivery says: these records of this module changed.

    Attributes:
        moment: Zoho's own time of the change as text, fine enough to tell two changes apart; None if it gave none.
        facts: what is kept for the audit.
    """

    entity_type: str
    module: str
    event_type: str
    record_ids: tuple[str, ...]
    moment: str | None
    facts: Mapping[str, Any]


def read(slug: str, fields: Mapping[str, Any]) -> Notice | Rejection:
    """Read a body that came to a known slug.

    Args:
        slug: one of the registry's SLUGS.
        fields: of the body; either `data` holds them (signed form) or they stand at the top.
    """
    data = fields.get("data", fields)
    if not isinstance(data, dict):
        return Rejection("data is not an object")
    event_type = _word(fields.get("type")) or _word(data.get("operation")) or UNNAMED
    module = data.get("module", SLUGS[slug])
    for name, value in (("type", fields.get("type")), *((name, data.get(name)) for name in _READ)):
        if _unfilled(value):
            return Rejection(f"{name} still holds a merge field that Zoho did not fill in", event_type)
    # A college may call its module otherwise (docs/configuration.md); a name of another slug's is a mistaken address.
    if not isinstance(module, str) or (module != SLUGS[slug] and module in SLUGS.values()):
        return Rejection(f"module is not {SLUGS[slug]}, which this address is for", event_type)
    record_ids = _record_ids(data)
    if isinstance(record_ids, str):
        return Rejection(record_ids, event_type, module)
    facts = _facts(data)
    return Notice(slug, module, event_type, record_ids, _moment(facts), facts)


def events(
    notice: Notice, *, message_id: str | None, body: bytes, now: float, correlation_id: str
) -> list[NewEvent]:
    """Build one event a record.

    Args:
        notice: what the delivery said.
        message_id: header `webhook-id`, if the sender gave one: the same for each repeat of a delivery.
        body: raw; tells repeats from others when the sender gave neither an id nor a time.
        now: unix seconds of arrival.
        correlation_id: of the request.
    """
    several = len(notice.record_ids) > 1
    built = []
    for record_id in notice.record_ids:
        if message_id is not None:
            event_id = f"{message_id}:{record_id}" if several else message_id
        elif notice.moment is not None:
            event_id = f"{notice.module}:{record_id}:{notice.event_type}:{notice.moment}"
        else:
            event_id = f"{hashlib.sha256(body).hexdigest()}:{record_id}:{int(now)}"
        built.append(
            NewEvent(
                event_id=event_id,
                source="zoho",
                event_type=notice.event_type,
                module=notice.module,
                entity_type=notice.entity_type,
                record_id=record_id,
                payload=notice.facts,
                correlation_id=correlation_id,
            )
        )
    return built


_READ = ("module", "id", "ids", "operation", "modified_time")


def _unfilled(value: object) -> bool:
    if isinstance(value, list):
        return any(_unfilled(item) for item in value)
    return isinstance(value, str) and "${" in value


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and WORD.fullmatch(value) else None


def _record_ids(data: Mapping[str, Any]) -> tuple[str, ...] | str:
    """Return the ids, each once, in the order given; or what is wrong with them."""
    given = data.get("ids")
    values = given if isinstance(given, list) else [data.get("id")]
    if not values or values == [None] or values == [""]:
        return "there is no record id"
    texts = [_text(value) for value in values]
    found = [text for text in texts if text is not None and RECORD_ID.fullmatch(text)]
    if len(found) < len(texts):
        return "id is no record id (10 to 20 digits)"
    return tuple(dict.fromkeys(found))


def _text(value: object) -> str | None:
    """Return a text or a whole number as text; Zoho writes ids both ways."""
    if isinstance(value, str):
        return value
    # A number of more digits than any id is not written out: Python refuses beyond 4,300 digits.
    return str(value) if type(value) is int and 0 <= value < 10**20 else None


def _facts(data: Mapping[str, Any]) -> dict[str, str]:
    """Keep what an administrator may ask for; never values of fields, never the token."""
    shapes = {
        "operation": WORD,
        "modified_time": TIME_TEXT,
        "server_time": SERVER_TIME,
        "channel_id": CHANNEL,
    }
    facts = {}
    for name, shape in shapes.items():
        text = _text(data.get(name))
        if text is not None and shape.fullmatch(text):
            facts[name] = text
    return facts


def _moment(facts: Mapping[str, str]) -> str | None:
    """Return the time of the change. A merge field in the user's own format may have minutes only: too coarse."""
    text = facts.get("modified_time", "")
    return text if ISO_SECONDS.fullmatch(text) else facts.get("server_time")
