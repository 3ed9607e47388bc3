<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_zohosync\local\outbox;

use local_zohosync\local\config;

/**
 * Puts events into the outbox.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class emitter {
    /** @var string Fingerprints of the last snapshot per subject. */
    public const EMITTED = 'local_zohosync_emitted';
    /** @var string A person in Moodle: an event told us. */
    public const FROM_MOODLE = 'moodle';
    /** @var string Found afterwards in the history of grades. */
    public const FROM_RECONCILE = 'reconcile';
    /** @var int Version of the payload's layout. */
    private const SCHEMA = 1;

    /** @var string|null Names all events of one PHP request. */
    private static ?string $requestid = null;

    /**
     * Put one event into the outbox and see to it that it is sent soon.
     *
     * No transaction is opened here: inside an observer, rolling one back would take the teacher's own save with it. The
     * event comes first, so that a crash in between only sends it twice. Nothing is put in on a copied site, where each caller
     * would have to think of it; what changed is found afterwards if the site turns out to have moved.
     *
     * @param subject $subject
     * @param array|null $snapshot null: it was deleted
     * @param string $origin one of the constants above
     */
    public static function emit(subject $subject, ?array $snapshot, string $origin): void {
        global $DB;
        if (config::is_copied()) {
            return;
        }
        self::$requestid ??= \core\uuid::generate();
        $now = \core\di::get(\core\clock::class)->time();
        $type = $subject::KIND . ($snapshot === null ? '.deleted' : '.updated');
        $DB->insert_record(repository::TABLE, (object) [
            'eventid' => \core\uuid::generate(),
            'type' => $type,
            'objectkey' => $subject->object_key(),
            'schemaversion' => self::SCHEMA,
            'payload' => self::payload($type, $subject, $snapshot, $origin, $now),
            'userid' => $subject->userid,
            'courseid' => $subject->courseid,
            'origin' => $origin,
            'requestid' => self::$requestid,
            'status' => repository::PENDING,
            'nextattempt' => $now,
            'timecreated' => $now,
        ], false);
        self::remember($subject, $snapshot, $now);
        kick::soon();
    }

    /**
     * Put an event into the outbox unless it would say what the last one said.
     *
     * @param subject $subject
     * @param array|null $snapshot null: it was deleted
     * @param string $origin one of the constants above
     */
    public static function tell(subject $subject, ?array $snapshot, string $origin): void {
        if ($subject->fingerprint($snapshot) !== self::last_hash($subject)) {
            self::emit($subject, $snapshot, $origin);
        }
    }

    /**
     * Forget what was last told, because the agent itself has changed it since: the same may be news again.
     *
     * @param subject $subject
     */
    public static function forget(subject $subject): void {
        global $DB;
        $DB->delete_records(self::EMITTED, ['objectkey' => $subject->object_key()]);
    }

    /**
     * Fingerprint of what was last put into the outbox.
     *
     * @param subject $subject
     * @return string|null null when nothing ever was
     */
    public static function last_hash(subject $subject): ?string {
        global $DB;
        return $DB->get_field(self::EMITTED, 'changehash', ['objectkey' => $subject->object_key()]) ?: null;
    }

    /**
     * The bytes that will be signed and sent.
     *
     * @param string $type
     * @param subject $subject
     * @param array|null $snapshot
     * @param string $origin
     * @param int $now unix time
     * @return string JSON
     */
    private static function payload(string $type, subject $subject, ?array $snapshot, string $origin, int $now): string {
        global $CFG;
        return json_encode([
            'type' => $type,
            'timestamp' => gmdate('Y-m-d\TH:i:s+00:00', $now),
            'site' => $CFG->wwwroot,
            'data' => ['key' => $subject->text(), 'origin' => $origin, $subject::KIND => $snapshot],
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
    }

    /**
     * Keep the fingerprint.
     *
     * @param subject $subject
     * @param array|null $snapshot null: it was deleted
     * @param int $now unix time
     */
    private static function remember(subject $subject, ?array $snapshot, int $now): void {
        global $DB;
        $row = (object) ['changehash' => $subject->fingerprint($snapshot), 'timemodified' => $now];
        if (!empty($snapshot['itemid'])) {
            $row->itemid = $snapshot['itemid'];
        }
        if ($id = $DB->get_field(self::EMITTED, 'id', ['objectkey' => $subject->object_key()])) {
            $row->id = $id;
            $DB->update_record(self::EMITTED, $row);
            return;
        }
        $row->objectkey = $subject->object_key();
        $row->userid = $subject->userid;
        $row->courseid = $subject->courseid;
        $DB->insert_record(self::EMITTED, $row, false);
    }
}
