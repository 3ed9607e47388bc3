"""The inbox's SQL, one named statement each. Every statement is its own transaction; every time is now().

The clock is the database's throughout, so that agents on machines with different clocks agree.
"""

from __future__ import annotations

from sqlalchemy import text

CHANNEL = "zohosync_inbox"
LOCK_CLASS = 7001  # first key of the advisory locks; the second is the agent's id

# All events that are given or none. NOTIFY is sent at commit, only when something new came.
ACCEPT = text(
    """
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e(
        event_id text, source text, event_type text, module text, entity_type text, record_id text,
        record_key text, payload jsonb, priority smallint, correlation_id text)),
    stored AS (
      INSERT INTO integration_events_log
        (event_id, source, event_type, module, entity_type, record_id, record_key, payload, priority,
         correlation_id)
      SELECT event_id, source, event_type, module, entity_type, record_id, record_key, payload, priority,
             correlation_id
      FROM given
      ON CONFLICT (source, event_id) DO NOTHING
      RETURNING source, event_id)
    SELECT coalesce(json_agg(json_build_array(source, event_id)), '[]') AS stored,
           CASE WHEN count(*) > 0 THEN pg_notify(:channel, '')::text END
    FROM stored
    """
)

# A body that could not be read leaves a row that an administrator can find; it is never worked on.
ACCEPT_REJECTED = text(
    """
    INSERT INTO integration_events_log
      (event_id, source, event_type, module, entity_type, record_id, record_key, payload, correlation_id,
       status, outcome, error_code, error_message, finished_at)
    VALUES (:event_id, :source, :event_type, :module, :entity_type, '', :record_key,
            CAST(:payload AS jsonb), :correlation_id, 'failed', 'rejected', 'MALFORMED_BODY', :reason, now())
    ON CONFLICT (source, event_id) DO NOTHING
    """
)

# One event of each record: of the most urgent the newest. The older ones of the same source are covered by it,
# since the whole record is read afterwards. Records come up in the order of their oldest event, so that a backlog is
# read from its end and not searched through each time; one that is worked on, or whose best event is not due, waits.
# `NOT (SELECT EXISTS` is a look-up for each of the few rows; as `NOT EXISTS` it became a join over the whole backlog.
# A unique violation means that another agent was faster: ask again.
CLAIM = text(
    """
    WITH heads AS MATERIALIZED (
      SELECT record_key, priority, id FROM integration_events_log e
      WHERE status = 'pending' AND available_at <= now()
        AND NOT (SELECT EXISTS (
          SELECT 1 FROM integration_events_log o
          WHERE o.record_key = e.record_key AND o.status IN ('pending', 'processing')
            AND (o.status = 'processing'
                 OR (o.available_at > now()
                     AND (o.priority < e.priority OR (o.priority = e.priority AND o.id > e.id))))))
      ORDER BY priority, id LIMIT CAST(:limit AS int) * 3 + 10),
    firsts AS MATERIALIZED (
      SELECT DISTINCT ON (record_key) record_key, priority, id FROM heads ORDER BY record_key, priority, id),
    next AS (
      SELECT n.id, n.record_key, n.source
      FROM firsts f
      CROSS JOIN LATERAL (
        SELECT o.id FROM integration_events_log o
        WHERE o.record_key = f.record_key AND o.status = 'pending'
        ORDER BY o.priority, o.id DESC LIMIT 1) best
      JOIN integration_events_log n ON n.id = best.id
      WHERE n.status = 'pending'
      ORDER BY f.priority, f.id LIMIT :limit FOR UPDATE OF n SKIP LOCKED),
    claimed AS (
      UPDATE integration_events_log e
      SET status = 'processing', retry_count = retry_count + 1, claimed_by = :agent, waits_for = NULL,
          lease_until = now() + make_interval(secs => :lease), started_at = now()
      FROM next WHERE e.id = next.id
      RETURNING e.id, e.event_id, e.source, e.event_type, e.module, e.entity_type, e.record_id, e.record_key,
                e.payload, e.retry_count, e.correlation_id, e.priority),
    superseded AS (
      UPDATE integration_events_log o
      SET status = 'completed', outcome = 'superseded', finished_at = now(), waits_for = NULL,
          error_code = NULL, error_message = NULL, result = jsonb_build_object('superseded_by', next.id)
      FROM next
      WHERE o.record_key = next.record_key AND o.source = next.source AND o.status = 'pending'
        AND o.id < next.id)
    SELECT * FROM claimed ORDER BY priority, id
    """
)

# Fenced: only the owner's present try may finish. A zombie's late answer changes nothing.
_OURS = "WHERE id = :id AND status = 'processing' AND claimed_by = :agent AND retry_count = :try_number"

# Those of several events that end at the same moment; each is fenced by its own owner and try.
COMPLETE = text(
    """
    UPDATE integration_events_log e
    SET status = 'completed', outcome = done.outcome, result = done.result, finished_at = now(),
        claimed_by = NULL, lease_until = NULL, error_code = NULL, error_message = NULL
    FROM jsonb_to_recordset(CAST(:done AS jsonb)) AS done(
      id bigint, agent bigint, try_number int, outcome text, result jsonb)
    WHERE e.id = done.id AND e.status = 'processing' AND e.claimed_by = done.agent
      AND e.retry_count = done.try_number
    RETURNING e.id, done.agent, done.try_number
    """
)

PARK = text(
    f"""
    UPDATE integration_events_log
    SET status = 'failed', finished_at = now(), claimed_by = NULL, lease_until = NULL,
        error_code = :code, error_message = :message
    {_OURS} RETURNING id
    """  # noqa: S608
)

# Back to pending. Without a delay of its own it waits a third of its age, within bounds: soon at first (the
# dependency may have arrived while we looked), seldom later.
AGAIN = text(
    f"""
    UPDATE integration_events_log
    SET status = 'pending', claimed_by = NULL, lease_until = NULL,
        retry_count = retry_count - CASE WHEN :counted THEN 0 ELSE 1 END,
        available_at = now() + coalesce(
          make_interval(secs => :delay),
          least(greatest((now() - received_at) / 3, make_interval(secs => :wait_first)),
                make_interval(secs => :wait_longest))),
        waits_for = :waits_for, error_code = :code, error_message = :message
    {_OURS} RETURNING id
    """  # noqa: S608
)

RENEW = text(
    """
    UPDATE integration_events_log SET lease_until = now() + make_interval(secs => :lease)
    WHERE id = ANY(:ids) AND status = 'processing' AND claimed_by = :agent
    RETURNING id
    """
)

# Uncounted: this agent stops, or lost the answer to its own claim. No work on these events is running.
RELEASE_OWN = text(
    """
    UPDATE integration_events_log
    SET status = 'pending', claimed_by = NULL, lease_until = NULL, retry_count = greatest(retry_count - 1, 0),
        available_at = now()
    WHERE status = 'processing' AND claimed_by = :agent AND NOT id = ANY(:in_flight)
    RETURNING id
    """
)

# An agent holds an advisory lock as long as it lives; a lock that is gone is an agent that died.
DEAD_OWNERS = text(
    """
    SELECT DISTINCT claimed_by FROM integration_events_log
    WHERE status = 'processing' AND claimed_by <> :agent
      AND claimed_by NOT IN (
        SELECT objid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND classid = :lock_class AND objsubid = 2 AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    """
)

LIVING = text(
    """
    SELECT count(DISTINCT objid) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = :lock_class AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
)

# Counted, so that an event that kills its agent again and again ends up parked.
GIVE_BACK = text(
    """
    UPDATE integration_events_log
    SET status = CASE WHEN retry_count >= :max_tries THEN 'failed' ELSE 'pending' END,
        finished_at = CASE WHEN retry_count >= :max_tries THEN now() END,
        claimed_by = NULL, lease_until = NULL, available_at = now(),
        error_code = 'AGENT_LOST',
        error_message = 'The agent that worked on this event stopped or hung before it was done.'
    WHERE status = 'processing' AND (lease_until < now() OR claimed_by = ANY(:dead))
    RETURNING id
    """
)

WAKE = text(
    """
    WITH woken AS (
      UPDATE integration_events_log SET available_at = now()
      WHERE status = 'pending' AND waits_for = ANY(:record_keys) RETURNING id)
    SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify(:channel, '')::text END FROM woken
    """
)

# A rejected body has nothing to work on, so it stays as it is.
RETRY_FAILED = text(
    """
    WITH again AS (
      UPDATE integration_events_log
      SET status = 'pending', retry_count = 0, available_at = now(), finished_at = NULL
      WHERE status = 'failed' AND outcome IS DISTINCT FROM 'rejected'
        AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(CAST(:ids AS bigint[])))
        AND (CAST(:entity AS text) IS NULL OR entity_type = CAST(:entity AS text))
        AND (CAST(:code AS text) IS NULL OR error_code = CAST(:code AS text))
        AND (CAST(:since AS timestamptz) IS NULL OR received_at >= CAST(:since AS timestamptz))
      RETURNING id)
    SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify(:channel, '')::text END FROM again
    """
)

PURGE = text(
    """
    DELETE FROM integration_events_log WHERE id IN (
      SELECT id FROM integration_events_log
      WHERE status = :status AND finished_at < now() - make_interval(secs => :older_than)
      ORDER BY id LIMIT :slice)
    """
)

OLD = text(
    """
    SELECT count(*) FROM integration_events_log
    WHERE status = :status AND finished_at < now() - make_interval(secs => :older_than)
    """
)

COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
           count(*) FILTER (WHERE status = 'processing') AS processing,
           count(*) FILTER (WHERE status = 'completed') AS completed,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status = 'pending' AND waits_for IS NOT NULL) AS waiting,
           extract(epoch FROM now() - min(received_at) FILTER (WHERE status = 'pending'))::float8
             AS oldest_pending_seconds,
           extract(epoch FROM now() - min(available_at) FILTER (
             WHERE status = 'pending' AND waits_for IS NULL AND available_at <= now()
           ))::float8 AS due_seconds
    FROM integration_events_log
    """
)

NEWEST_FAILED = text(
    """
    SELECT id, record_key, coalesce(error_code, '') AS error_code, coalesce(error_message, '') AS error_message
    FROM integration_events_log WHERE status = 'failed' ORDER BY id DESC LIMIT :limit
    """
)
