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

use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot_hash;

/**
 * Puts events about grades into the outbox.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class emitter {
    /** @var string Fingerprints of the last snapshot per grade. */
    public const EMITTED = 'local_zohosync_emitted';
    /** @var string The teacher, the gradebook: an event of Moodle told us. */
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
     * event comes first, so that a crash in between only sends it twice.
     *
     * @param key $key
     * @param array|null $snapshot null: the grade was deleted
     * @param string $origin one of the constants above
     */
    public static function emit(key $key, ?array $snapshot, string $origin): void {
        global $DB;
        self::$requestid ??= \core\uuid::generate();
        $now = \core\di::get(\core\clock::class)->time();
        $type = $snapshot === null ? 'grade.deleted' : 'grade.updated';
        $DB->insert_record(repository::TABLE, (object) [
            'eventid' => \core\uuid::generate(),
            'type' => $type,
            'objectkey' => $key->object_key(),
            'schemaversion' => self::SCHEMA,
            'payload' => self::payload($type, $key, $snapshot, $origin, $now),
            'userid' => $key->userid,
            'courseid' => $key->courseid,
            'origin' => $origin,
            'requestid' => self::$requestid,
            'status' => repository::PENDING,
            'nextattempt' => $now,
            'timecreated' => $now,
        ], false);
        self::remember($key, $snapshot, $now);
        kick::soon();
    }

    /**
     * Fingerprint of what was last put into the outbox.
     *
     * @param key $key
     * @return string|null null when nothing ever was
     */
    public static function last_hash(key $key): ?string {
        global $DB;
        return $DB->get_field(self::EMITTED, 'changehash', ['objectkey' => $key->object_key()]) ?: null;
    }

    /**
     * The bytes that will be signed and sent.
     *
     * @param string $type
     * @param key $key
     * @param array|null $snapshot
     * @param string $origin
     * @param int $now unix time
     * @return string JSON
     */
    private static function payload(string $type, key $key, ?array $snapshot, string $origin, int $now): string {
        global $CFG;
        return json_encode([
            'type' => $type,
            'timestamp' => gmdate('Y-m-d\TH:i:s+00:00', $now),
            'site' => $CFG->wwwroot,
            'data' => ['key' => $key->text(), 'origin' => $origin, 'grade' => $snapshot],
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
    }

    /**
     * Keep the fingerprint.
     *
     * @param key $key
     * @param array|null $snapshot null: the grade was deleted
     * @param int $now unix time
     */
    private static function remember(key $key, ?array $snapshot, int $now): void {
        global $DB;
        $row = (object) ['changehash' => snapshot_hash::of($snapshot), 'timemodified' => $now];
        if (!empty($snapshot['itemid'])) {
            $row->itemid = $snapshot['itemid'];
        }
        if ($id = $DB->get_field(self::EMITTED, 'id', ['objectkey' => $key->object_key()])) {
            $row->id = $id;
            $DB->update_record(self::EMITTED, $row);
            return;
        }
        $row->objectkey = $key->object_key();
        $row->userid = $key->userid;
        $row->courseid = $key->courseid;
        $DB->insert_record(self::EMITTED, $row, false);
    }
}
