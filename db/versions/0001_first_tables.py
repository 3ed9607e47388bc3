"""First tables

Revision: 0001, after None
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integration_events_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=True),
        sa.Column("entity_type", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("retry_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending','processing','completed','failed')",
            name=op.f("ck_integration_events_log_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_events_log")),
        sa.UniqueConstraint("source", "event_id", name="uq_integration_events_log_event"),
    )
    op.execute(
        "ALTER TABLE integration_events_log"
        " SET (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05)"
    )
    op.create_index(
        "ix_integration_events_log_failed",
        "integration_events_log",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.create_index(
        "ix_integration_events_log_key",
        "integration_events_log",
        ["record_key", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending','processing')"),
    )
    op.create_index(
        "ix_integration_events_log_lease",
        "integration_events_log",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index(
        "ix_integration_events_log_one_per_key",
        "integration_events_log",
        ["record_key"],
        unique=True,
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index(
        "ix_integration_events_log_ready",
        "integration_events_log",
        ["priority", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_integration_events_log_waits_for",
        "integration_events_log",
        ["waits_for"],
        unique=False,
        postgresql_where=sa.text("status = 'pending' AND waits_for IS NOT NULL"),
    )
    op.create_table(
        "sync_classes",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("zoho_id", sa.Text(), nullable=True),
        sa.Column("moodle_id", sa.BigInteger(), nullable=True),
        sa.Column("source_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source_hash", sa.String(length=32), nullable=True),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("agreed_hash", sa.String(length=32), nullable=True),
        sa.Column("mapping_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_classes_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_classes")),
    )
    op.create_index("ix_sync_classes_moodle_id", "sync_classes", ["moodle_id"], unique=False)
    op.create_index("ix_sync_classes_zoho_id", "sync_classes", ["zoho_id"], unique=False)
    op.create_table(
        "sync_enrollments",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("zoho_id", sa.Text(), nullable=True),
        sa.Column("moodle_id", sa.BigInteger(), nullable=True),
        sa.Column("source_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source_hash", sa.String(length=32), nullable=True),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("agreed_hash", sa.String(length=32), nullable=True),
        sa.Column("mapping_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_enrollments_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_enrollments")),
    )
    op.create_index("ix_sync_enrollments_moodle_id", "sync_enrollments", ["moodle_id"], unique=False)
    op.create_index("ix_sync_enrollments_zoho_id", "sync_enrollments", ["zoho_id"], unique=False)
    op.create_table(
        "sync_grades",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("zoho_id", sa.Text(), nullable=True),
        sa.Column("moodle_id", sa.BigInteger(), nullable=True),
        sa.Column("source_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source_hash", sa.String(length=32), nullable=True),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("agreed_hash", sa.String(length=32), nullable=True),
        sa.Column("mapping_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_grades_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_grades")),
    )
    op.create_index("ix_sync_grades_moodle_id", "sync_grades", ["moodle_id"], unique=False)
    op.create_index("ix_sync_grades_zoho_id", "sync_grades", ["zoho_id"], unique=False)
    op.create_table(
        "sync_students",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("zoho_id", sa.Text(), nullable=True),
        sa.Column("moodle_id", sa.BigInteger(), nullable=True),
        sa.Column("source_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source_hash", sa.String(length=32), nullable=True),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("agreed_hash", sa.String(length=32), nullable=True),
        sa.Column("mapping_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_students_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_students")),
    )
    op.create_index("ix_sync_students_moodle_id", "sync_students", ["moodle_id"], unique=False)
    op.create_index("ix_sync_students_zoho_id", "sync_students", ["zoho_id"], unique=False)
    op.create_table(
        "zoho_tokens",
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("api_domain", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "refreshed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("client_key", name=op.f("pk_zoho_tokens")),
    )


def downgrade() -> None:
    op.drop_table("zoho_tokens")
    op.drop_index("ix_sync_students_zoho_id", table_name="sync_students")
    op.drop_index("ix_sync_students_moodle_id", table_name="sync_students")
    op.drop_table("sync_students")
    op.drop_index("ix_sync_grades_zoho_id", table_name="sync_grades")
    op.drop_index("ix_sync_grades_moodle_id", table_name="sync_grades")
    op.drop_table("sync_grades")
    op.drop_index("ix_sync_enrollments_zoho_id", table_name="sync_enrollments")
    op.drop_index("ix_sync_enrollments_moodle_id", table_name="sync_enrollments")
    op.drop_table("sync_enrollments")
    op.drop_index("ix_sync_classes_zoho_id", table_name="sync_classes")
    op.drop_index("ix_sync_classes_moodle_id", table_name="sync_classes")
    op.drop_table("sync_classes")
    op.drop_index(
        "ix_integration_events_log_waits_for",
        table_name="integration_events_log",
        postgresql_where=sa.text("status = 'pending' AND waits_for IS NOT NULL"),
    )
    op.drop_index(
        "ix_integration_events_log_ready",
        table_name="integration_events_log",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index(
        "ix_integration_events_log_one_per_key",
        table_name="integration_events_log",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.drop_index(
        "ix_integration_events_log_lease",
        table_name="integration_events_log",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.drop_index(
        "ix_integration_events_log_key",
        table_name="integration_events_log",
        postgresql_where=sa.text("status IN ('pending','processing')"),
    )
    op.drop_index(
        "ix_integration_events_log_failed",
        table_name="integration_events_log",
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.drop_table("integration_events_log")
