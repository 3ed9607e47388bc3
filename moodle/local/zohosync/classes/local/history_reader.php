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
use local_zohosync\local\grade\teller;
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
    /** @var int Fewest days for which the history has to be kept: while a class lasts, and until its results are settled. */
    private const LIFETIME = 365;

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
        $teller = new teller();
        self::reveal($teller, $start);
        $seen = [];
        $read = (int) $position;
        do {
            $rows = self::rows($read);
            foreach ($rows as $row) {
                $key = new key((int) $row->userid, (int) $row->courseid, (int) $row->assignid);
                if (!isset($seen[$key->text()])) {
                    $seen[$key->text()] = true;
                    $teller->one($key);
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
     * Look at what was hidden until a moment that has come: nothing is written then, so there is no history of it.
     *
     * @param teller $teller
     * @param int $now unix time
     */
    private static function reveal(teller $teller, int $now): void {
        global $DB;
        $last = (int) get_config('local_zohosync', 'revealwatermark') ?: $now;
        $sql = "SELECT e.objectkey
                  FROM {grade_items} gi
                  JOIN {" . emitter::EMITTED . "} e ON e.itemid = gi.id
                 WHERE gi.hidden > :itemfrom AND gi.hidden <= :itemto
                 UNION
                SELECT e.objectkey
                  FROM {grade_grades} g
                  JOIN {" . emitter::EMITTED . "} e ON e.itemid = g.itemid AND e.userid = g.userid
                 WHERE g.hidden > :gradefrom AND g.hidden <= :gradeto";
        $window = ['itemfrom' => $last, 'itemto' => $now, 'gradefrom' => $last, 'gradeto' => $now];
        foreach ($DB->get_fieldset_sql($sql, $window) as $name) {
            $teller->one(key::parse(substr($name, strlen('grade:'))));
        }
        set_config('revealwatermark', $now, 'local_zohosync');
    }

    /**
     * Does the gradebook's history tell every change, and for long enough to know the grades of students who left?
     *
     * @return bool
     */
    public static function is_complete(): bool {
        global $CFG;
        $lifetime = (int) ($CFG->gradehistorylifetime ?? 0);
        return empty($CFG->disablegradehistory) && ($lifetime === 0 || $lifetime >= self::LIFETIME);
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
