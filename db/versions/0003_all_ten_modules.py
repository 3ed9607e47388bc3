"""All ten modules, settings, finance, log of writes, tenants

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value_json", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_app_settings")),
    )
    op.create_table(
        "extension_tenants",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_tenants")),
    )
    op.create_table(
        "moodle_finance_info",
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
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("scholarship", sa.Text(), nullable=True),
        sa.Column("scholarship_reason", sa.Text(), nullable=True),
        sa.Column("scholarship_percentage", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("transferred_currency", sa.String(length=3), nullable=True),
        sa.Column("transferred", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("payment_mode", sa.Text(), nullable=True),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("bank_holder", sa.Text(), nullable=True),
        sa.Column("registration_fees", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("registration_invoice", sa.Text(), nullable=True),
        sa.Column("total", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("discount", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_moodle_finance_info_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_moodle_finance_info")),
    )
    op.create_index("ix_moodle_finance_info_moodle_id", "moodle_finance_info", ["moodle_id"], unique=False)
    op.create_index("ix_moodle_finance_info_zoho_id", "moodle_finance_info", ["zoho_id"], unique=False)
    op.create_table(
        "moodle_finance_payments",
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=True),
        sa.Column("registration_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("paid_date", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("invoice", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('installment','schedule','payment')", name=op.f("ck_moodle_finance_payments_kind")
        ),
        sa.PrimaryKeyConstraint("entity", "record_id", "line", name=op.f("pk_moodle_finance_payments")),
    )
    op.create_index(
        "ix_moodle_finance_payments_student_id", "moodle_finance_payments", ["student_id"], unique=False
    )
    op.create_table(
        "moodle_grading_definitions",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("moodle_id", sa.BigInteger(), nullable=True),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("change_hash", sa.String(length=32), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_moodle_grading_definitions")),
    )
    op.create_table(
        "moodle_sync_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("moodle_id", sa.BigInteger(), nullable=True),
        sa.Column("operation", sa.String(length=16), nullable=False),
        sa.Column("change_hash", sa.String(length=32), nullable=True),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moodle_sync_log")),
    )
    op.create_index(
        "ix_moodle_sync_log_record", "moodle_sync_log", ["entity", "record_id", "id"], unique=False
    )
    op.create_index("ix_moodle_sync_log_written_at", "moodle_sync_log", ["written_at"], unique=False)
    op.create_table(
        "sync_payments",
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
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_payments_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_payments")),
    )
    op.create_index("ix_sync_payments_moodle_id", "sync_payments", ["moodle_id"], unique=False)
    op.create_index("ix_sync_payments_zoho_id", "sync_payments", ["zoho_id"], unique=False)
    op.create_table(
        "sync_registrations",
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
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_registrations_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_registrations")),
    )
    op.create_index("ix_sync_registrations_moodle_id", "sync_registrations", ["moodle_id"], unique=False)
    op.create_index("ix_sync_registrations_zoho_id", "sync_registrations", ["zoho_id"], unique=False)
    op.create_table(
        "sync_requests",
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
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_requests_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_requests")),
    )
    op.create_index("ix_sync_requests_moodle_id", "sync_requests", ["moodle_id"], unique=False)
    op.create_index("ix_sync_requests_zoho_id", "sync_requests", ["zoho_id"], unique=False)
    op.create_table(
        "sync_units",
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
            "state IN ('pending','synced','error','deleted')", name=op.f("ck_sync_units_state")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sync_units")),
    )
    op.create_index("ix_sync_units_moodle_id", "sync_units", ["moodle_id"], unique=False)
    op.create_index("ix_sync_units_zoho_id", "sync_units", ["zoho_id"], unique=False)
    op.create_table(
        "extension_integrations",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("learnt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("side IN ('zoho','moodle')", name=op.f("ck_extension_integrations_side")),
        sa.ForeignKeyConstraint(["tenant_id"], ["extension_tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "side", name=op.f("pk_extension_integrations")),
    )
    op.add_column("extension_run_history", sa.Column("entity", sa.String(length=32), nullable=True))
    op.execute(
        "UPDATE extension_run_history h SET entity = coalesce("
        "(SELECT r.entity FROM extension_sync_runs r WHERE r.id = h.run_id), '')"
    )
    op.alter_column("extension_run_history", "entity", existing_type=sa.String(length=32), nullable=False)
    op.add_column(
        "extension_run_history", sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.alter_column("extension_run_history", "run_id", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(
        "ix_extension_run_history_conflicts",
        "extension_run_history",
        ["id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'conflict'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_extension_run_history_conflicts",
        table_name="extension_run_history",
        postgresql_where=sa.text("outcome = 'conflict'"),
    )
    op.execute("DELETE FROM extension_run_history WHERE run_id IS NULL")
    op.alter_column("extension_run_history", "run_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("extension_run_history", "detail")
    op.drop_column("extension_run_history", "entity")
    op.drop_table("extension_integrations")
    op.drop_index("ix_sync_units_zoho_id", table_name="sync_units")
    op.drop_index("ix_sync_units_moodle_id", table_name="sync_units")
    op.drop_table("sync_units")
    op.drop_index("ix_sync_requests_zoho_id", table_name="sync_requests")
    op.drop_index("ix_sync_requests_moodle_id", table_name="sync_requests")
    op.drop_table("sync_requests")
    op.drop_index("ix_sync_registrations_zoho_id", table_name="sync_registrations")
    op.drop_index("ix_sync_registrations_moodle_id", table_name="sync_registrations")
    op.drop_table("sync_registrations")
    op.drop_index("ix_sync_payments_zoho_id", table_name="sync_payments")
    op.drop_index("ix_sync_payments_moodle_id", table_name="sync_payments")
    op.drop_table("sync_payments")
    op.drop_index("ix_moodle_sync_log_written_at", table_name="moodle_sync_log")
    op.drop_index("ix_moodle_sync_log_record", table_name="moodle_sync_log")
    op.drop_table("moodle_sync_log")
    op.drop_table("moodle_grading_definitions")
    op.drop_index("ix_moodle_finance_payments_student_id", table_name="moodle_finance_payments")
    op.drop_table("moodle_finance_payments")
    op.drop_index("ix_moodle_finance_info_zoho_id", table_name="moodle_finance_info")
    op.drop_index("ix_moodle_finance_info_moodle_id", table_name="moodle_finance_info")
    op.drop_table("moodle_finance_info")
    op.drop_table("extension_tenants")
    op.drop_table("app_settings")
