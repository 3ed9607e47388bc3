"""The names of the plugin's web services (docs/protocol.md, section 3)."""

from __future__ import annotations

PREFIX = "local_zohosync_"
FUNCTIONS = tuple(
    PREFIX + name
    for name in (
        "ack_events",
        "apply_definitions",
        "get_attachment",
        "get_enrolments",
        "get_events",
        "get_grades",
        "get_requests",
        "get_settings",
        "get_status",
        "get_students",
        "list_definitions",
        "list_enrolments",
        "list_grades",
        "list_records",
        "list_requests",
        "put_asof",
        "put_attachments",
        "put_settings",
        "upsert_courses",
        "upsert_enrolments",
        "upsert_finance",
        "upsert_payments",
        "upsert_programs",
        "upsert_registrations",
        "upsert_requests",
        "upsert_results",
        "upsert_students",
        "upsert_teachers",
        "upsert_units",
    )
)
"""Every function that the agent calls; the service has to offer them."""
