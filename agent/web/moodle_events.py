"""Moodle's bodies (docs/protocol.md, section 2) into events. Pure; also used for events that the agent pulls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agent.inbox.events import NewEvent
from agent.web.bodies import Rejection

KINDS: Mapping[str, frozenset[str]] = {
    "grade": frozenset({"grade.updated", "grade.deleted"}),
    "enrolment": frozenset({"enrolment.updated"}),
    "request": frozenset({"request.updated"}),
}
ENTITIES = {"grade": "grade", "enrolment": "enrollment", "request": "request"}
ORIGINS = frozenset({"moodle", "reconcile"})
KEYS = {
    "grade": (re.compile(r"[0-9]{1,19}_[0-9]{1,19}_[0-9]{1,19}", re.ASCII), "userid_courseid_assignid"),
    "enrolment": (re.compile(r"[0-9]{1,19}_[0-9]{1,19}", re.ASCII), "userid_courseid"),
    "request": (re.compile(r"[1-9][0-9]{0,17}", re.ASCII), "the request's number"),
}
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}", re.ASCII)


def read(kind: str, fields: Mapping[str, Any], *, event_id: str, correlation_id: str) -> NewEvent | Rejection:
    """Read one event of a known kind. The snapshot inside is not kept: the agent looks at the present one.

    Args:
        kind: one of KINDS.
        fields: of the body.
        event_id: the outbox row's, the same for each repeat.
        correlation_id: of the request or the pull.
    """
    event_type, data = fields.get("type"), fields.get("data")
    if not isinstance(event_type, str) or event_type not in KINDS[kind]:
        return Rejection(f"type is none of {', '.join(sorted(KINDS[kind]))}")
    if not isinstance(data, dict):
        return Rejection("data is missing or not an object", event_type)
    key, origin = data.get("key"), data.get("origin")
    shape, meaning = KEYS[kind]
    if not isinstance(key, str) or not shape.fullmatch(key):
        return Rejection(f"data.key is not {meaning}", event_type)
    if not isinstance(origin, str) or origin not in ORIGINS:
        return Rejection(f"data.origin is none of {', '.join(sorted(ORIGINS))}", event_type)
    payload = {"origin": origin}
    for name in ("site", "timestamp"):
        value = fields.get(name)
        if isinstance(value, str) and PRINTABLE.fullmatch(value):
            payload[name] = value
    return NewEvent(
        event_id=event_id,
        source="moodle",
        event_type=event_type,
        entity_type=ENTITIES[kind],
        record_id=key,
        payload=payload,
        correlation_id=correlation_id,
    )
