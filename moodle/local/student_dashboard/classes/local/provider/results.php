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

namespace local_student_dashboard\local\provider;

use core\context;
use core_text;
use local_student_dashboard\local\enrolled_courses;
use stdClass;

/**
 * Results that the college recorded in Zoho without Moodle: released ones, of assignments that Moodle has no grade for.
 *
 * Where the student has a grade in Moodle for an assignment of that name in the class's course, Moodle decides whether and how
 * it is shown, also when it is hidden there.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class results {
    /** @var string The grade status that makes a result public. */
    private const RELEASED = 'Released';

    /**
     * Constructor.
     *
     * @param enrolled_courses $enrolled the student's courses in Moodle
     */
    public function __construct(
        /** @var enrolled_courses The student's courses in Moodle. */
        private readonly enrolled_courses $enrolled,
    ) {
    }

    /**
     * Lists the results, each like a row of grades::get() with `day` (`Y-m-d` or empty) besides, and `classid` (record id, may
     * be empty) instead of courseid.
     *
     * @return stdClass[] newest first
     */
    public function get(): array {
        $rows = $this->rows();
        $graded = $this->graded(array_filter(array_column($rows, 'courseid')));
        $found = [];
        foreach ($rows as $row) {
            if (!isset($graded[$this->key((int) $row->courseid, $row->name)])) {
                $found[] = $this->result($row);
            }
        }
        return $found;
    }

    /**
     * Reads the released results with their classes.
     *
     * @return stdClass[] by id
     */
    private function rows(): array {
        global $DB;
        return $DB->get_records_sql(
            "SELECT r.*, c.courseid, c.fullname AS classname
               FROM {local_zohosync_result} r
               JOIN {local_zohosync_student} s ON s.zohoid = r.studentid
          LEFT JOIN {local_zohosync_course} c ON c.zohoid = r.classid
              WHERE s.userid = :userid AND r.deleted = 0 AND r.gradestatus = :released
           ORDER BY r.attemptdate DESC, r.attempt DESC, r.id DESC",
            ['userid' => $this->enrolled->userid, 'released' => self::RELEASED],
        );
    }

    /**
     * Reads for which assignments the student has a grade, visible or not.
     *
     * @param int[] $courseids the courses in question
     * @return true[] by key()
     */
    private function graded(array $courseids): array {
        global $DB;
        if (!$courseids) {
            return [];
        }
        [$insql, $params] = $DB->get_in_or_equal(array_unique($courseids), SQL_PARAMS_NAMED, 'c');
        $items = $DB->get_records_sql(
            "SELECT gi.id, gi.courseid, gi.itemname
               FROM {grade_items} gi
               JOIN {grade_grades} gg ON gg.itemid = gi.id
              WHERE gi.courseid $insql AND gi.itemmodule = 'assign' AND gg.userid = :userid AND gg.finalgrade IS NOT NULL",
            $params + ['userid' => $this->enrolled->userid],
        );
        $keys = [];
        foreach ($items as $item) {
            $keys[$this->key((int) $item->courseid, (string) $item->itemname)] = true;
        }
        return $keys;
    }

    /**
     * Names an assignment in a course, however its name is spaced and cased.
     *
     * @param int $courseid the course
     * @param string $name the assignment's name
     * @return string
     */
    private function key(int $courseid, string $name): string {
        return "$courseid:" . core_text::strtolower(trim(preg_replace('/\s+/u', ' ', $name)));
    }

    /**
     * Builds one row.
     *
     * @param stdClass $row see rows()
     * @return stdClass see get()
     */
    private function result(stdClass $row): stdClass {
        $course = $this->enrolled->visible()[$row->courseid] ?? null;
        $options = $course ? ['context' => context\course::instance($course->id), 'escape' => false] : [];
        return (object) [
            'classid' => $row->classid,
            'course' => $course ? format_string($course->fullname, true, $options) : ($row->classname ?? $row->unitname),
            'name' => $row->name !== '' ? $row->name : ($row->unitname ?: get_string('gradenoun')),
            'letter' => $row->letter,
            'mark' => '',
            'feedback' => trim((string) $row->feedback),
            'time' => $row->attemptdate !== '' ? (int) strtotime("$row->attemptdate UTC") : (int) $row->sourcetime,
            'day' => $row->attemptdate,
            'attempt' => (int) $row->attempt,
        ];
    }
}
