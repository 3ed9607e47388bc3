"""What a process counts of its own work, for Prometheus. Labels take a few values each: never an id, never a text."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Histogram(
    "zohosync_http_request_seconds",
    "Requests that the agent answered, by route and status.",
    ["route", "status"],
    registry=REGISTRY,
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10),
)
EVENTS = Histogram(
    "zohosync_event_seconds",
    "Work on events, by entity and what came of it (applied, unchanged, ignored, dry_run; retry, wait, park ...).",
    ["entity", "outcome"],
    registry=REGISTRY,
    buckets=(0.1, 0.3, 1, 3, 10, 60),
)
CALLS = Histogram(
    "zohosync_call_seconds",
    "Calls to Zoho and Moodle, by target and answer (2xx, 4xx ..., none).",
    ["target", "answer"],
    registry=REGISTRY,
    buckets=(0.05, 0.2, 0.5, 1, 3, 10, 30),
)
NO_ANSWER = "none"
OTHER = "other"
