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

namespace local_zohosync\local\grade;

use local_zohosync\local\inbound\mirror;
use local_zohosync\local\outcome\outcomes;

/**
 * Lists which grades students have in their classes: one query a page.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class listing {
    /** @var int Generated letters beside which the gradebook has no grade come last: by their own numbers from here on. */
    private const OUTCOMES = 1000000000000000;

    /**
     * List a page. Grades that were cleared away with a student's last enrolment are still hers, and under their old ids.
     *
     * @param int $after id after which the page begins
     * @param int $limit most grades
     * @return array[] id (grade_grades.id, or that of a generated letter), key, timemodified (unix seconds), by id
     */
    public static function page(int $after, int $limit): array {
        global $DB;
        $item = "gi.itemtype = 'mod' AND gi.itemmodule = 'assign' AND gi.itemnumber = 0";
        $students = "JOIN {" . mirror::STUDENT . "} s ON s.userid = g.userid
                     JOIN {user} u ON u.id = g.userid AND u.deleted = 0
                    WHERE EXISTS (SELECT 1 FROM {" . mirror::COURSE . "} c WHERE c.courseid = gi.courseid)";
        $columns = 'g.userid, gi.courseid, gi.iteminstance AS assignid, g.timemodified';
        $left = left_grade::condition('g', 'gi.courseid');
        $sql = "SELECT p.id, p.userid, p.courseid, p.assignid, p.timemodified
                  FROM (
                      SELECT g.id, $columns
                        FROM {grade_grades} g
                        JOIN {grade_items} gi ON gi.id = g.itemid AND $item
                        $students AND g.id > :after
                   UNION ALL
                      SELECT g.oldid AS id, $columns
                        FROM {grade_grades_history} g
                        JOIN {grade_items} gi ON gi.id = g.itemid AND $item
                        $students AND g.oldid > :afterold AND {$left['sql']}
                   UNION ALL
                      SELECT g.id + " . self::OUTCOMES . " AS id, $columns
                        FROM {" . outcomes::TABLE . "} g
                        JOIN {grade_items} gi ON gi.iteminstance = g.assignid AND gi.courseid = g.courseid AND $item
                        $students AND g.id > :afteroutcome AND NOT EXISTS (
                            SELECT 1
                              FROM {grade_grades} official
                             WHERE official.itemid = gi.id AND official.userid = g.userid
                        )
                  ) p
              ORDER BY p.id";
        $params = ['after' => $after, 'afterold' => $after, 'afteroutcome' => max($after - self::OUTCOMES, 0)];
        $rows = $DB->get_records_sql($sql, $params + $left['params'], 0, $limit);
        return array_values(array_map(fn($row) => [
            'id' => (int) $row->id,
            'key' => (new key((int) $row->userid, (int) $row->courseid, (int) $row->assignid))->text(),
            'timemodified' => (int) $row->timemodified,
        ], $rows));
    }
}
