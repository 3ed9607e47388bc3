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

/**
 * Lists which grades students have in their classes: one query a page.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class listing {
    /**
     * List a page. Grades that were cleared away with a student's last enrolment are still hers, and under their old ids.
     *
     * @param int $after id after which the page begins
     * @param int $limit most grades
     * @return array[] id (grade_grades.id), key, timemodified (unix seconds), by id
     */
    public static function page(int $after, int $limit): array {
        global $DB;
        $linked = "JOIN {grade_items} gi ON gi.id = g.itemid AND gi.itemtype = 'mod' AND gi.itemmodule = 'assign'
                                            AND gi.itemnumber = 0
                   JOIN {" . mirror::STUDENT . "} s ON s.userid = g.userid
                   JOIN {user} u ON u.id = g.userid AND u.deleted = 0
                  WHERE EXISTS (SELECT 1 FROM {" . mirror::COURSE . "} c WHERE c.courseid = gi.courseid)";
        $columns = 'g.userid, gi.courseid, gi.iteminstance AS assignid, g.timemodified';
        $left = left_grade::condition('g', 'gi.courseid');
        $sql = "SELECT p.id, p.userid, p.courseid, p.assignid, p.timemodified
                  FROM (
                      SELECT g.id, $columns
                        FROM {grade_grades} g
                        $linked AND g.id > :after
                   UNION ALL
                      SELECT g.oldid AS id, $columns
                        FROM {grade_grades_history} g
                        $linked AND g.oldid > :afterold AND {$left['sql']}
                  ) p
              ORDER BY p.id";
        $rows = $DB->get_records_sql($sql, ['after' => $after, 'afterold' => $after] + $left['params'], 0, $limit);
        return array_values(array_map(fn($row) => [
            'id' => (int) $row->id,
            'key' => (new key((int) $row->userid, (int) $row->courseid, (int) $row->assignid))->text(),
            'timemodified' => (int) $row->timemodified,
        ], $rows));
    }
}
