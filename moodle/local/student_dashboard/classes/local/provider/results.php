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
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\gradebook;
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

    /** @var gradebook What the gradebook holds of her. */
    private readonly gradebook $gradebook;

    /**
     * Constructor.
     *
     * @param enrolled_courses $enrolled the student's courses in Moodle
     * @param gradebook|null $gradebook what the gradebook holds of her, where the caller has it
     */
    public function __construct(
        /** @var enrolled_courses The student's courses in Moodle. */
        private readonly enrolled_courses $enrolled,
        ?gradebook $gradebook = null,
    ) {
        $this->gradebook = $gradebook ?? new gradebook($enrolled);
    }

    /**
     * Lists the results, each like a row of grades::get() with `day` (`Y-m-d` or empty) and `classid` (record id, may be empty)
     * besides; its courseid is 0 where she does not see the course.
     *
     * @return stdClass[] newest first
     */
    public function get(): array {
        $rows = $this->rows();
        $graded = $rows ? $this->gradebook->graded() : [];
        $found = [];
        foreach ($rows as $row) {
            if (!isset($graded[gradebook::key((int) $row->courseid, $row->name)])) {
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
     * Builds one row.
     *
     * @param stdClass $row see rows()
     * @return stdClass see get()
     */
    private function result(stdClass $row): stdClass {
        $course = $this->enrolled->visible()[$row->courseid] ?? null;
        $options = $course ? ['context' => context\course::instance($course->id), 'escape' => false] : [];
        return (object) [
            'key' => "result:$row->zohoid",
            'classid' => $row->classid,
            'courseid' => (int) ($course->id ?? 0),
            'course' => $course ? format_string($course->fullname, true, $options) : ($row->classname ?? $row->unitname),
            'unit' => $row->unitname,
            'name' => $row->name !== '' ? $row->name : ($row->unitname ?: get_string('gradenoun')),
            'letter' => $row->letter,
            'mark' => '',
            'exact' => '',
            'feedback' => trim((string) $row->feedback),
            'reason' => '',
            'time' => $row->attemptdate !== '' ? (int) strtotime("$row->attemptdate UTC") : (int) $row->sourcetime,
            'day' => $row->attemptdate,
            'attempt' => (int) $row->attempt,
            'earlier' => [],
            'criteria' => [],
        ];
    }
}
