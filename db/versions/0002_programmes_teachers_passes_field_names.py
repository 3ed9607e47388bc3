"""Programmes, teachers, passes, field names

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extension_field_mappings",
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zoho_name", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entity", "name", name=op.f("pk_extension_field_mappings")),
    )
    op.create_table(
        "extension_modules",
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("watermark", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_pass_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_full_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entity", name=op.f("pk_extension_modules")),
    )
    op.create_table(
        "extension_run_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_run_history")),
    )
    op.create_index("ix_extension_run_history_run_id", "extension_run_history", ["run_id"], unique=False)
    op.create_table(
        "extension_sync_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="running", nullable=False),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running','completed','failed')", name=op.f("ck_extension_sync_runs_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_sync_runs")),
    )
    op.create_index(
        "ix_extension_sync_runs_entity", "extension_sync_runs", ["entity", "started_at"], unique=False
    )
    op.create_table(
        "sync_programs",
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
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_programs_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_programs")),
    )
    op.create_index("ix_sync_programs_moodle_id", "sync_programs", ["moodle_id"], unique=False)
    op.create_index("ix_sync_programs_zoho_id", "sync_programs", ["zoho_id"], unique=False)
    op.create_table(
        "sync_teachers",
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
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_teachers_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_teachers")),
    )
    op.create_index("ix_sync_teachers_moodle_id", "sync_teachers", ["moodle_id"], unique=False)
    op.create_index("ix_sync_teachers_zoho_id", "sync_teachers", ["zoho_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_sync_teachers_zoho_id", table_name="sync_teachers")
    op.drop_index("ix_sync_teachers_moodle_id", table_name="sync_teachers")
    op.drop_table("sync_teachers")
    op.drop_index("ix_sync_programs_zoho_id", table_name="sync_programs")
    op.drop_index("ix_sync_programs_moodle_id", table_name="sync_programs")
    op.drop_table("sync_programs")
    op.drop_index("ix_extension_sync_runs_entity", table_name="extension_sync_runs")
    op.drop_table("extension_sync_runs")
    op.drop_index("ix_extension_run_history_run_id", table_name="extension_run_history")
    op.drop_table("extension_run_history")
    op.drop_table("extension_modules")
    op.drop_table("extension_field_mappings")
