-- Generated from agent/store/tables.py by `python -m ops.schema`; the migrations are the history.

CREATE TABLE app_settings (
	key TEXT NOT NULL,
	value_json JSONB NOT NULL,
	description TEXT NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	updated_by TEXT NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_app_settings PRIMARY KEY (key)
);

CREATE TABLE extension_field_mappings (
	entity VARCHAR(32) NOT NULL,
	name TEXT NOT NULL,
	zoho_name TEXT NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_extension_field_mappings PRIMARY KEY (entity, name)
);

CREATE TABLE extension_modules (
	entity VARCHAR(32) NOT NULL,
	watermark TIMESTAMP WITH TIME ZONE,
	last_pass_at TIMESTAMP WITH TIME ZONE,
	last_full_at TIMESTAMP WITH TIME ZONE,
	last_error TEXT,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_extension_modules PRIMARY KEY (entity)
);

CREATE TABLE extension_run_history (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	run_id BIGINT,
	entity VARCHAR(32) NOT NULL,
	record_id TEXT NOT NULL,
	outcome VARCHAR(32) NOT NULL,
	fields JSONB,
	detail JSONB,
	error_code TEXT,
	error_message TEXT,
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_extension_run_history PRIMARY KEY (id)
);

CREATE INDEX ix_extension_run_history_conflicts ON extension_run_history (id) WHERE outcome = 'conflict';

CREATE INDEX ix_extension_run_history_run_id ON extension_run_history (run_id);

CREATE TABLE extension_sync_runs (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	kind VARCHAR(16) NOT NULL,
	entity VARCHAR(32) NOT NULL,
	status VARCHAR(16) DEFAULT 'running' NOT NULL,
	counts JSONB DEFAULT '{}'::jsonb NOT NULL,
	error TEXT,
	started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	finished_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_extension_sync_runs PRIMARY KEY (id),
	CONSTRAINT ck_extension_sync_runs_status CHECK (status IN ('running','completed','failed'))
);

CREATE INDEX ix_extension_sync_runs_entity ON extension_sync_runs (entity, started_at);

CREATE TABLE extension_tenants (
	id INTEGER GENERATED ALWAYS AS IDENTITY,
	name TEXT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_extension_tenants PRIMARY KEY (id)
);

CREATE TABLE integration_events_log (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	event_id TEXT NOT NULL,
	source VARCHAR(16) NOT NULL,
	event_type TEXT NOT NULL,
	module TEXT,
	entity_type VARCHAR(32) NOT NULL,
	record_id TEXT NOT NULL,
	record_key TEXT NOT NULL,
	payload JSONB DEFAULT '{}'::jsonb NOT NULL,
	status VARCHAR(16) DEFAULT 'pending' NOT NULL,
	outcome VARCHAR(32),
	retry_count INTEGER DEFAULT '0' NOT NULL,
	available_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	priority SMALLINT DEFAULT '0' NOT NULL,
	claimed_by INTEGER,
	lease_until TIMESTAMP WITH TIME ZONE,
	waits_for TEXT,
	error_code TEXT,
	error_message TEXT,
	result JSONB,
	received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	started_at TIMESTAMP WITH TIME ZONE,
	finished_at TIMESTAMP WITH TIME ZONE,
	correlation_id TEXT NOT NULL,
	CONSTRAINT pk_integration_events_log PRIMARY KEY (id),
	CONSTRAINT uq_integration_events_log_event UNIQUE (source, event_id),
	CONSTRAINT ck_integration_events_log_status CHECK (status IN ('pending','processing','completed','failed'))
)
 WITH (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX ix_integration_events_log_failed ON integration_events_log (id) WHERE status = 'failed';

CREATE INDEX ix_integration_events_log_key ON integration_events_log (record_key, id) WHERE status IN ('pending','processing');

CREATE INDEX ix_integration_events_log_lease ON integration_events_log (lease_until) WHERE status = 'processing';

CREATE UNIQUE INDEX ix_integration_events_log_one_per_key ON integration_events_log (record_key) WHERE status = 'processing';

CREATE INDEX ix_integration_events_log_ready ON integration_events_log (priority, id) WHERE status = 'pending';

CREATE INDEX ix_integration_events_log_waits_for ON integration_events_log (waits_for) WHERE status = 'pending' AND waits_for IS NOT NULL;

CREATE TABLE moodle_finance_info (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	currency VARCHAR(3),
	scholarship TEXT,
	scholarship_reason TEXT,
	scholarship_percentage NUMERIC(18, 4),
	transferred_currency VARCHAR(3),
	transferred NUMERIC(18, 4),
	payment_method TEXT,
	payment_mode TEXT,
	bank_name TEXT,
	bank_holder TEXT,
	registration_fees NUMERIC(18, 4),
	registration_invoice TEXT,
	total NUMERIC(18, 4),
	discount NUMERIC(18, 4),
	CONSTRAINT pk_moodle_finance_info PRIMARY KEY (record_id),
	CONSTRAINT ck_moodle_finance_info_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_moodle_finance_info_moodle_id ON moodle_finance_info (moodle_id);

CREATE INDEX ix_moodle_finance_info_zoho_id ON moodle_finance_info (zoho_id);

CREATE TABLE moodle_finance_payments (
	entity VARCHAR(32) NOT NULL,
	record_id TEXT NOT NULL,
	line TEXT NOT NULL,
	student_id TEXT,
	registration_id TEXT,
	kind TEXT NOT NULL,
	amount NUMERIC(18, 4),
	currency VARCHAR(3),
	due_date DATE,
	paid_date DATE,
	status TEXT,
	invoice TEXT,
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_moodle_finance_payments PRIMARY KEY (entity, record_id, line),
	CONSTRAINT ck_moodle_finance_payments_kind CHECK (kind IN ('installment','schedule','payment'))
);

CREATE INDEX ix_moodle_finance_payments_student_id ON moodle_finance_payments (student_id);

CREATE TABLE moodle_grading_definitions (
	record_id TEXT NOT NULL,
	moodle_id BIGINT,
	criteria JSONB NOT NULL,
	change_hash VARCHAR(32) NOT NULL,
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_moodle_grading_definitions PRIMARY KEY (record_id)
);

CREATE TABLE moodle_sync_log (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	entity VARCHAR(32) NOT NULL,
	record_id TEXT NOT NULL,
	moodle_id BIGINT,
	operation VARCHAR(16) NOT NULL,
	change_hash VARCHAR(32),
	fields JSONB,
	error_code TEXT,
	error_message TEXT,
	run_id BIGINT,
	correlation_id TEXT,
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_moodle_sync_log PRIMARY KEY (id)
);

CREATE INDEX ix_moodle_sync_log_record ON moodle_sync_log (entity, record_id, id);

CREATE INDEX ix_moodle_sync_log_written_at ON moodle_sync_log (written_at);

CREATE TABLE sync_classes (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_classes PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_classes_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_classes_moodle_id ON sync_classes (moodle_id);

CREATE INDEX ix_sync_classes_zoho_id ON sync_classes (zoho_id);

CREATE TABLE sync_enrollments (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_enrollments PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_enrollments_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_enrollments_moodle_id ON sync_enrollments (moodle_id);

CREATE INDEX ix_sync_enrollments_zoho_id ON sync_enrollments (zoho_id);

CREATE TABLE sync_grades (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	attempts JSONB,
	CONSTRAINT pk_sync_grades PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_grades_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_grades_moodle_id ON sync_grades (moodle_id);

CREATE INDEX ix_sync_grades_zoho_id ON sync_grades (zoho_id);

CREATE TABLE sync_payments (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_payments PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_payments_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_payments_moodle_id ON sync_payments (moodle_id);

CREATE INDEX ix_sync_payments_zoho_id ON sync_payments (zoho_id);

CREATE TABLE sync_programs (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_programs PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_programs_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_programs_moodle_id ON sync_programs (moodle_id);

CREATE INDEX ix_sync_programs_zoho_id ON sync_programs (zoho_id);

CREATE TABLE sync_registrations (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_registrations PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_registrations_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_registrations_moodle_id ON sync_registrations (moodle_id);

CREATE INDEX ix_sync_registrations_zoho_id ON sync_registrations (zoho_id);

CREATE TABLE sync_requests (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_requests PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_requests_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_requests_moodle_id ON sync_requests (moodle_id);

CREATE INDEX ix_sync_requests_zoho_id ON sync_requests (zoho_id);

CREATE TABLE sync_students (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_students PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_students_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_students_moodle_id ON sync_students (moodle_id);

CREATE INDEX ix_sync_students_zoho_id ON sync_students (zoho_id);

CREATE TABLE sync_teachers (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_teachers PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_teachers_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_teachers_moodle_id ON sync_teachers (moodle_id);

CREATE INDEX ix_sync_teachers_zoho_id ON sync_teachers (zoho_id);

CREATE TABLE sync_units (
	record_id TEXT NOT NULL,
	zoho_id TEXT,
	moodle_id BIGINT,
	source_state JSONB,
	source_hash VARCHAR(32),
	source_time TIMESTAMP WITH TIME ZONE,
	agreed_state JSONB,
	agreed_hash VARCHAR(32),
	mapping_version INTEGER DEFAULT '1' NOT NULL,
	state VARCHAR(16) DEFAULT 'pending' NOT NULL,
	error_code TEXT,
	error_message TEXT,
	deleted_at TIMESTAMP WITH TIME ZONE,
	synced_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_sync_units PRIMARY KEY (record_id),
	CONSTRAINT ck_sync_units_state CHECK (state IN ('pending','synced','error','deleted'))
);

CREATE INDEX ix_sync_units_moodle_id ON sync_units (moodle_id);

CREATE INDEX ix_sync_units_zoho_id ON sync_units (zoho_id);

CREATE TABLE zoho_tokens (
	client_key TEXT NOT NULL,
	access_token BYTEA NOT NULL,
	api_domain TEXT NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	refreshed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	scope TEXT,
	CONSTRAINT pk_zoho_tokens PRIMARY KEY (client_key)
);

CREATE TABLE extension_integrations (
	tenant_id INTEGER NOT NULL,
	side VARCHAR(16) NOT NULL,
	identity TEXT NOT NULL,
	address TEXT NOT NULL,
	name TEXT NOT NULL,
	learnt_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	checked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_extension_integrations PRIMARY KEY (tenant_id, side),
	CONSTRAINT ck_extension_integrations_side CHECK (side IN ('zoho','moodle')),
	FOREIGN KEY(tenant_id) REFERENCES extension_tenants (id) ON DELETE CASCADE
);
