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

use local_zohosync\local\outcome\outcomes;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->libdir . '/grade/constants.php');

/**
 * Grades of students who left a course. With the last enrolment Moodle clears them out of the gradebook; nobody withdrew them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class left_grade {
    /** @var string How Moodle marks in the history that a grade went with its student. */
    private const SOURCE = 'userdelete';

    /**
     * The condition under which a row of the history is such a grade.
     *
     * @param string $history alias of the history's table in the query
     * @param string $course expression for the course's id in the query
     * @return array sql, params
     */
    public static function condition(string $history, string $course): array {
        $sql = "$history.action = :leftaction AND $history.source = :leftsource
                AND NOT EXISTS (
                    SELECT 1
                      FROM {grade_grades_history} newer
                     WHERE newer.itemid = $history.itemid AND newer.userid = $history.userid AND newer.id > $history.id
                )
                AND NOT EXISTS (
                    SELECT 1
                      FROM {grade_grades} present
                     WHERE present.itemid = $history.itemid AND present.userid = $history.userid
                )
                AND NOT EXISTS (
                    SELECT 1
                      FROM {user_enrolments} ue
                      JOIN {enrol} e ON e.id = ue.enrolid
                     WHERE ue.userid = $history.userid AND e.courseid = $course
                )";
        return ['sql' => $sql, 'params' => ['leftaction' => GRADE_HISTORY_DELETE, 'leftsource' => self::SOURCE]];
    }

    /**
     * The grade as it was when the student left.
     *
     * @param \grade_item $item
     * @param int $userid
     * @return \grade_grade|null null when she is still there, or left none
     */
    public static function of(\grade_item $item, int $userid): ?\grade_grade {
        global $DB;
        $left = self::condition('h', (string) (int) $item->courseid);
        $sql = "SELECT h.* FROM {grade_grades_history} h WHERE h.itemid = :itemid AND h.userid = :userid AND {$left['sql']}";
        $row = $DB->get_record_sql($sql, ['itemid' => $item->id, 'userid' => $userid] + $left['params']);
        return $row ? new \grade_grade(['id' => $row->oldid] + (array) $row, false) : null;
    }

    /**
     * Did a student leave without a trace of her grade? The history may be switched off, or its old rows removed. A letter that
     * was generated is a trace.
     *
     * @param \grade_item $item
     * @param \stdClass $user
     * @return bool
     */
    public static function is_lost(\grade_item $item, \stdClass $user): bool {
        global $DB;
        return !is_enrolled(\core\context\course::instance($item->courseid), $user)
            && !$DB->record_exists('grade_grades_history', ['itemid' => $item->id, 'userid' => $user->id])
            && !$DB->record_exists(outcomes::TABLE, ['assignid' => $item->iteminstance, 'userid' => $user->id]);
    }
}
