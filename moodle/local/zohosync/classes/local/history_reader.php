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

namespace local_zohosync\local;

use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\outbox\emitter;

/**
 * Reads the gradebook's history: the only trace of hiding, of an override's feedback, of recovered grades.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class history_reader {
    /** @var int History rows read at once. */
    private const BATCH = 500;
    /** @var int Most seconds of one run. */
    private const BUDGET = 50;
    /** @var int Seconds for which rows are read again: a transaction may commit a low id after a high one was seen. */
    private const OVERLAP = 120;

    /**
     * Read what is new, and tell the agent of every grade whose snapshot is not the one it last heard of.
     *
     * The first run only notes where the history ends: what was before is not news.
     */
    public static function run(): void {
        global $DB;
        $position = get_config('local_zohosync', 'historywatermark');
        if ($position === false) {
            set_config('historywatermark', (int) $DB->get_field('grade_grades_history', 'MAX(id)', []), 'local_zohosync');
            return;
        }
        $start = \core\di::get(\core\clock::class)->time();
        $deadline = microtime(true) + self::BUDGET;
        $builder = new snapshot();
        $seen = [];
        $read = (int) $position;
        do {
            $rows = self::rows($read);
            foreach ($rows as $row) {
                $key = new key((int) $row->userid, (int) $row->courseid, (int) $row->assignid);
                if (!isset($seen[$key->text()])) {
                    $seen[$key->text()] = true;
                    self::tell_if_changed($key, $builder);
                }
                $read = (int) $row->id;
            }
            $finished = count($rows) < self::BATCH;
        } while (!$finished && microtime(true) < $deadline);
        self::advance((int) $position, $finished ? null : $read, $start - self::OVERLAP);
    }

    /**
     * Rows of the history about assignments, of students and courses that Zoho knows, not written by the agent.
     *
     * @param int $after id of the last row that was read
     * @return \stdClass[] id, userid, courseid, assignid; by id, in order
     */
    private static function rows(int $after): array {
        global $DB;
        $sql = "SELECT h.id, h.userid, gi.courseid, gi.iteminstance AS assignid
                  FROM {grade_grades_history} h
                  JOIN {grade_items} gi ON gi.id = h.itemid
                  JOIN {" . mirror::STUDENT . "} s ON s.userid = h.userid
                 WHERE h.id > :after AND gi.itemtype = 'mod' AND gi.itemmodule = 'assign' AND gi.itemnumber = 0
                       AND EXISTS (SELECT 1 FROM {" . mirror::COURSE . "} c WHERE c.courseid = gi.courseid)
                       AND (h.loggeduser IS NULL OR h.loggeduser <> :agent)
              ORDER BY h.id";
        return $DB->get_records_sql($sql, ['after' => $after, 'agent' => config::service_user_id()], 0, self::BATCH);
    }

    /**
     * Emit an event if the agent last heard something else.
     *
     * A grade that it never heard of, and that is still empty, is no news.
     *
     * @param key $key
     * @param snapshot $builder
     */
    private static function tell_if_changed(key $key, snapshot $builder): void {
        $snapshot = $builder->build($key);
        if ($snapshot['finalgrade'] !== '' || emitter::last_hash($key) !== null) {
            emitter::tell($key, $snapshot, emitter::FROM_RECONCILE);
        }
    }

    /**
     * Move the watermark, but not over rows so young that an older one may still appear before them.
     *
     * @param int $position the present watermark
     * @param int|null $read last row that was read, null when all were
     * @param int $before unix time
     */
    private static function advance(int $position, ?int $read, int $before): void {
        global $DB;
        $where = 'id > :position AND timemodified < :before' . ($read === null ? '' : ' AND id <= :read');
        $params = ['position' => $position, 'before' => $before, 'read' => $read];
        $params = array_filter($params, fn($value) => $value !== null);
        $mark = $DB->get_field_select('grade_grades_history', 'MAX(id)', $where, $params);
        if ($mark) {
            set_config('historywatermark', (int) $mark, 'local_zohosync');
        }
    }
}
