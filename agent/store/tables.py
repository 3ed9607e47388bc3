"""The tables, as SQLAlchemy Core. Alembic (db/) is their history; `db/schema.sql` the generated reference.

Ids are text, times are timestamptz in UTC. Every `*_hash` column holds an MD5 that serves change
detection only, never security.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _time(name: str, *, now: bool = False) -> Column[object]:
    if now:
        return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
    return Column(name, DateTime(timezone=True))


# The queue and the audit in one table (docs/architecture.md, "Inbox").
integration_events_log = Table(
    "integration_events_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("source", String(16), nullable=False),  # zoho | moodle | reconcile
    Column("event_type", Text, nullable=False),  # the sender's own word: update, grade.updated ...
    Column("module", Text),  # the sender's module: BTEC_Students; null for Moodle
    Column("entity_type", String(32), nullable=False),  # student | class | enrollment | grade ...
    Column("record_id", Text, nullable=False),  # id in the source system
    Column("record_key", Text, nullable=False),  # entity_type:record_id; one at a time per key
    Column("payload", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("status", String(16), nullable=False, server_default="pending"),
    Column("outcome", String(32)),  # applied | unchanged | superseded | ignored | dry_run | rejected
    Column("retry_count", Integer, nullable=False, server_default="0"),  # tries so far, counted at claim
    _time("available_at", now=True),
    Column("priority", SmallInteger, nullable=False, server_default="0"),  # lower goes first; live 0, bulk 10
    Column("claimed_by", Integer),
    _time("lease_until"),
    Column("waits_for", Text),  # record_key of the dependency that is not there yet
    Column("error_code", Text),
    Column("error_message", Text),
    Column("result", JSONB),
    _time("received_at", now=True),
    _time("started_at"),
    _time("finished_at"),
    Column("correlation_id", Text, nullable=False),
    UniqueConstraint("source", "event_id", name="uq_integration_events_log_event"),
    CheckConstraint("status IN ('pending','processing','completed','failed')", name="status"),
    Index(
        "ix_integration_events_log_one_per_key",
        "record_key",
        unique=True,
        postgresql_where=text("status = 'processing'"),
    ),
    Index(
        "ix_integration_events_log_ready",
        "priority",
        "id",
        postgresql_where=text("status = 'pending'"),
    ),
    Index(
        "ix_integration_events_log_key",
        "record_key",
        "id",
        postgresql_where=text("status IN ('pending','processing')"),
    ),
    Index(
        "ix_integration_events_log_lease",
        "lease_until",
        postgresql_where=text("status = 'processing'"),
    ),
    Index(
        "ix_integration_events_log_waits_for",
        "waits_for",
        postgresql_where=text("status = 'pending' AND waits_for IS NOT NULL"),
    ),
    Index("ix_integration_events_log_failed", "id", postgresql_where=text("status = 'failed'")),
    # Its rows change status soon after they come: let the planner know before a backlog is claimed.
    postgresql_with={"autovacuum_analyze_scale_factor": 0.02, "autovacuum_vacuum_scale_factor": 0.05},
)

# One row a client: the access token that every agent shares. Encrypted (Fernet), see agent/store/secrets.py.
zoho_tokens = Table(
    "zoho_tokens",
    metadata,
    Column("client_key", Text, primary_key=True),  # SHA-256 of accounts host, client id and refresh token
    Column("access_token", LargeBinary, nullable=False),
    Column("api_domain", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _time("refreshed_at", now=True),
    Column("scope", Text),  # what Zoho allows with it, in its own words
)


# Where each module's pass stands. The watermark is Zoho's time up to which everything has been looked at.
extension_modules = Table(
    "extension_modules",
    metadata,
    Column("entity", String(32), primary_key=True),
    _time("watermark"),
    _time("last_pass_at"),
    _time("last_full_at"),
    Column("last_error", Text),
    _time("updated_at", now=True),
)

# One row a pass, and one a record that it changed or could not change.
extension_sync_runs = Table(
    "extension_sync_runs",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", String(16), nullable=False),  # full | incremental
    Column("entity", String(32), nullable=False),
    Column("status", String(16), nullable=False, server_default="running"),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("error", Text),
    _time("started_at", now=True),
    _time("finished_at"),
    CheckConstraint("status IN ('running','completed','failed')", name="status"),
    Index("ix_extension_sync_runs_entity", "entity", "started_at"),
)
extension_run_history = Table(
    "extension_run_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("run_id", BigInteger),  # null: no pass, an event did it
    Column("entity", String(32), nullable=False),
    Column("record_id", Text, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("fields", JSONB),
    Column("detail", JSONB),  # of a conflict: field -> what was kept, what was lost, what was agreed before
    Column("error_code", Text),
    Column("error_message", Text),
    _time("recorded_at", now=True),
    Index("ix_extension_run_history_run_id", "run_id"),
    Index(
        "ix_extension_run_history_conflicts",
        "id",
        postgresql_where=text("outcome = 'conflict'"),
    ),
)

# The college's own names where they differ from the defaults of agent/entities.
extension_field_mappings = Table(
    "extension_field_mappings",
    metadata,
    Column("entity", String(32), primary_key=True),
    Column("name", Text, primary_key=True),  # our name; `module` and `link` stand for the module and its link
    Column("zoho_name", Text, nullable=False),
    _time("updated_at", now=True),
)

# What may be changed while the agents run; agent/store/settings.py knows the keys, their shapes and defaults.
app_settings = Table(
    "app_settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value_json", JSONB, nullable=False),
    Column("description", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_by", Text, nullable=False),
    _time("updated_at", now=True),
)

# Which Zoho organisation and which Moodle site this database belongs to: learnt once, checked at each start.
extension_tenants = Table(
    "extension_tenants",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    _time("created_at", now=True),
)
extension_integrations = Table(
    "extension_integrations",
    metadata,
    Column("tenant_id", Integer, ForeignKey("extension_tenants.id", ondelete="CASCADE"), primary_key=True),
    Column("side", String(16), primary_key=True),
    Column("identity", Text, nullable=False),  # Zoho's organisation id; Moodle's site identifier
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    _time("learnt_at", now=True),
    _time("checked_at", now=True),
    CheckConstraint("side IN ('zoho','moodle')", name="side"),
)


def _sync_table(name: str, *extra: Column[object]) -> Table:
    """Build the table of one entity: what the owner last said, and what both sides last agreed on."""
    return Table(
        name,
        metadata,
        Column("record_id", Text, primary_key=True),  # Zoho record id; for grades the composite key
        Column("zoho_id", Text),
        Column("moodle_id", BigInteger),
        Column("source_state", JSONB),  # canonical form as the owning side last said it
        Column("source_hash", String(32)),  # MD5 of source_state: change detection only
        _time("source_time"),  # Zoho's Modified_Time, or Moodle's timemodified for grades
        Column("agreed_state", JSONB),  # the common ancestor: written after the target write succeeded
        Column("agreed_hash", String(32)),  # MD5 of agreed_state: change detection only
        Column("mapping_version", Integer, nullable=False, server_default="1"),
        Column("state", String(16), nullable=False, server_default="pending"),
        Column("error_code", Text),
        Column("error_message", Text),
        _time("deleted_at"),  # tombstone
        _time("synced_at"),
        _time("created_at", now=True),
        _time("updated_at", now=True),
        *extra,
        CheckConstraint("state IN ('pending','synced','error','deleted')", name="state"),
        Index(f"ix_{name}_moodle_id", "moodle_id"),
        Index(f"ix_{name}_zoho_id", "zoho_id"),
    )


sync_programs = _sync_table("sync_programs")
sync_units = _sync_table("sync_units")
sync_teachers = _sync_table("sync_teachers")
sync_students = _sync_table("sync_students")
sync_classes = _sync_table("sync_classes")
sync_registrations = _sync_table("sync_registrations")
sync_enrollments = _sync_table("sync_enrollments")
sync_payments = _sync_table("sync_payments")
# Attempts that a later one has taken the place of in Zoho: [{"attempt": 1, "letter": "R", "status": ..., "date": ...}].
sync_grades = _sync_table("sync_grades", Column("attempts", JSONB))
sync_requests = _sync_table("sync_requests")


def _amount(name: str) -> Column[object]:
    return Column(name, Numeric(18, 4))


def _currency(name: str) -> Column[object]:
    return Column(name, String(3))  # ISO 4217


# What was last written to Moodle of a student's own finance fields; its record id is the student's.
moodle_finance_info = _sync_table(
    "moodle_finance_info",
    _currency("currency"),
    Column("scholarship", Text),
    Column("scholarship_reason", Text),
    _amount("scholarship_percentage"),
    _currency("transferred_currency"),
    _amount("transferred"),
    Column("payment_method", Text),
    Column("payment_mode", Text),
    Column("bank_name", Text),
    Column("bank_holder", Text),
    _amount("registration_fees"),
    Column("registration_invoice", Text),
    _amount("total"),
    _amount("discount"),
)

# Every single amount that was last written to Moodle: a student's instalments, a registration's schedule, a payment.
moodle_finance_payments = Table(
    "moodle_finance_payments",
    metadata,
    Column("entity", String(32), primary_key=True),  # finance | registration | payment
    Column("record_id", Text, primary_key=True),  # the Zoho record that says so
    Column("line", Text, primary_key=True),  # instalment 1-8, id of the schedule's row, or empty
    Column("student_id", Text),  # Zoho's ids
    Column("registration_id", Text),
    Column("kind", Text, nullable=False),  # installment | schedule | payment
    _amount("amount"),
    _currency("currency"),
    Column("due_date", Date),
    Column("paid_date", Date),
    Column("status", Text),
    Column("invoice", Text),
    _time("written_at", now=True),
    CheckConstraint("kind IN ('installment','schedule','payment')", name="kind"),
    Index("ix_moodle_finance_payments_student_id", "student_id"),
)

# The criteria that were last written to Moodle, one row a unit.
moodle_grading_definitions = Table(
    "moodle_grading_definitions",
    metadata,
    Column("record_id", Text, primary_key=True),  # Zoho's id of the unit
    Column("moodle_id", BigInteger),
    Column("criteria", JSONB, nullable=False),  # [{"shortname": "P1", "description": "..."}]
    Column("change_hash", String(32), nullable=False),  # MD5 of the unit's form: change detection only
    _time("written_at", now=True),
)

# Every write to Moodle, one row a record, also those that Moodle refused.
moodle_sync_log = Table(
    "moodle_sync_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", String(32), nullable=False),
    Column("record_id", Text, nullable=False),
    Column("moodle_id", BigInteger),
    Column("operation", String(16), nullable=False),  # created | updated | deleted | refused | waiting
    Column("change_hash", String(32)),  # MD5: change detection only
    Column("fields", JSONB),  # our names of what differed from what was agreed
    Column("error_code", Text),
    Column("error_message", Text),
    Column("run_id", BigInteger),  # the pass that did it, null for an event
    Column("correlation_id", Text),  # the event that did it, null for a pass
    _time("written_at", now=True),
    Index("ix_moodle_sync_log_record", "entity", "record_id", "id"),
    Index("ix_moodle_sync_log_written_at", "written_at"),
)

# Where each entity's rows are. `result`, a grade typed into Zoho, lies beside the grades of Moodle: its record id
# is Zoho's own, theirs is the composite key.
SYNC_TABLES: dict[str, Table] = {
    "program": sync_programs,
    "unit": sync_units,
    "teacher": sync_teachers,
    "student": sync_students,
    "finance": moodle_finance_info,
    "class": sync_classes,
    "registration": sync_registrations,
    "enrollment": sync_enrollments,
    "payment": sync_payments,
    "grade": sync_grades,
    "result": sync_grades,
    "request": sync_requests,
}
