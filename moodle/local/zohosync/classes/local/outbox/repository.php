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

/**
 * The outbox: events that the agent has to be told.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class repository {
    /** @var string The table. */
    public const TABLE = 'local_zohosync_outbox';
    /** @var string To be sent. */
    public const PENDING = 'pending';
    /** @var string Taken by the agent. */
    public const SENT = 'sent';
    /** @var string Parked: the agent refused it, or it was tried too long. */
    public const DEAD = 'dead';

    /**
     * Rows that may be sent now: oldest first, and of each object only its oldest pending row.
     *
     * @param int $now unix time
     * @param int $limit most rows
     * @return \stdClass[] by id
     */
    public static function due(int $now, int $limit): array {
        global $DB;
        $sql = "SELECT o.*
                  FROM {" . self::TABLE . "} o
                 WHERE o.status = :status AND o.nextattempt <= :now
                       AND NOT EXISTS (
                           SELECT 1
                             FROM {" . self::TABLE . "} e
                            WHERE e.objectkey = o.objectkey AND e.status = :earlier AND e.id < o.id
                       )
              ORDER BY o.id";
        $params = ['status' => self::PENDING, 'earlier' => self::PENDING, 'now' => $now];
        return $DB->get_records_sql($sql, $params, 0, $limit);
    }

    /**
     * Pending rows, oldest first, whether due or not.
     *
     * @param int $limit most rows
     * @return \stdClass[] by id
     */
    public static function pending(int $limit): array {
        global $DB;
        return $DB->get_records(self::TABLE, ['status' => self::PENDING], 'id', '*', 0, $limit);
    }

    /**
     * Note that the agent has an event.
     *
     * @param string[] $eventids
     * @param int $http HTTP status of the answer, 0 when the agent came for it itself
     * @return int how many rows were pending
     */
    public static function mark_sent(array $eventids, int $http = 0): int {
        global $DB;
        if (!$eventids) {
            return 0;
        }
        [$in, $params] = $DB->get_in_or_equal($eventids, SQL_PARAMS_NAMED);
        $params['status'] = self::PENDING;
        $rows = $DB->get_records_select(self::TABLE, "status = :status AND eventid $in", $params, 'id', 'id');
        foreach ($rows as $row) {
            $DB->update_record(self::TABLE, (object) [
                'id' => $row->id,
                'status' => self::SENT,
                'lasthttp' => $http,
                'lasterror' => null,
                'timedelivered' => \core\di::get(\core\clock::class)->time(),
            ]);
        }
        return count($rows);
    }

    /**
     * Note a try that failed.
     *
     * @param \stdClass $row
     * @param bool $dead whether to park it
     * @param int $nextattempt unix time of the next try
     * @param int $http HTTP status, 0: no answer
     * @param string $error why, in words
     */
    public static function mark_failed(\stdClass $row, bool $dead, int $nextattempt, int $http, string $error): void {
        global $DB;
        $DB->update_record(self::TABLE, (object) [
            'id' => $row->id,
            'status' => $dead ? self::DEAD : self::PENDING,
            'attempts' => $row->attempts + 1,
            'nextattempt' => $nextattempt,
            'lasthttp' => $http,
            'lasterror' => \core_text::substr($error, 0, 1333),
        ]);
    }

    /**
     * Make due at once what waits because nobody answered.
     *
     * @param int $now unix time
     */
    public static function hurry(int $now): void {
        global $DB;
        $where = 'status = :status AND lasthttp = 0 AND attempts > 0 AND nextattempt > :now';
        $DB->set_field_select(self::TABLE, 'nextattempt', $now, $where, ['status' => self::PENDING, 'now' => $now]);
    }

    /**
     * Let what is parked be sent again, with fresh tries.
     *
     * @param int $now unix time
     * @return int how many
     */
    public static function send_again(int $now): int {
        global $DB;
        $parked = $DB->get_fieldset(self::TABLE, 'id', ['status' => self::DEAD]);
        foreach ($parked as $id) {
            $DB->update_record(self::TABLE, (object) [
                'id' => $id,
                'status' => self::PENDING,
                'attempts' => 0,
                'nextattempt' => $now,
            ]);
        }
        return count($parked);
    }

    /**
     * Forget what is over: delivered events after 90 days, parked ones after a year.
     *
     * @param int $now unix time
     */
    public static function purge(int $now): void {
        global $DB;
        $where = 'status = :status AND timecreated < :before';
        $DB->delete_records_select(self::TABLE, $where, ['status' => self::SENT, 'before' => $now - 90 * DAYSECS]);
        $DB->delete_records_select(self::TABLE, $where, ['status' => self::DEAD, 'before' => $now - 365 * DAYSECS]);
    }

    /**
     * How many rows have a status.
     *
     * @param string $status
     * @return int
     */
    public static function count(string $status): int {
        global $DB;
        return $DB->count_records(self::TABLE, ['status' => $status]);
    }

    /**
     * When the next pending event is due.
     *
     * @return int unix time, 0 when none is pending
     */
    public static function next_attempt(): int {
        global $DB;
        return (int) $DB->get_field(self::TABLE, 'MIN(nextattempt)', ['status' => self::PENDING]);
    }

    /**
     * What went wrong last, in words.
     *
     * @return string[] at most five, newest first; without personal data
     */
    public static function recent_errors(): array {
        global $DB;
        $where = 'status <> :sent AND attempts > 0';
        $rows = $DB->get_records_select(self::TABLE, $where, ['sent' => self::SENT], 'id DESC', 'id, objectkey, lasterror', 0, 5);
        return array_map(fn($row) => "{$row->objectkey}: {$row->lasterror}", array_values($rows));
    }

    /**
     * When the oldest pending event happened.
     *
     * @return int unix time, 0 when none is pending
     */
    public static function oldest_pending(): int {
        global $DB;
        return (int) $DB->get_field(self::TABLE, 'MIN(timecreated)', ['status' => self::PENDING]);
    }
}
