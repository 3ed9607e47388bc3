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

use core_text;
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\gradebook;
use stdClass;

/**
 * How far a student has come: which units of her classes she has passed, and what they are worth.
 *
 * A unit is passed when each assignment of its course that the student sees has a passing letter, or the college recorded one.
 * Whoever asks shows grades to the reader.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class progress {
    /** @var string All of it is passed. */
    public const PASSED = 'passed';

    /** @var string A result asks for more work. */
    public const REFERRED = 'referred';

    /** @var string Not decided yet. */
    public const OPEN = 'open';

    /** @var string[] Letters with which an assignment is passed; Mapped: recognised from elsewhere. */
    private const PASSING = ['P', 'M', 'D', 'Mapped'];

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
     * Lists the units of the student's classes.
     *
     * @param stdClass[] $courses see courses::get()
     * @return stdClass[] each with name, level, credit (number, 0 when unknown) and state (one of the constants), in the order
     *     of the courses
     */
    public function units(array $courses): array {
        $letters = $this->letters();
        $assignments = $this->assignments();
        $units = [];
        foreach ($courses as $course) {
            if ($course->unit === '') {
                continue;
            }
            $key = $course->class->unitid ?: core_text::strtolower($course->unit);
            $courseid = (int) $course->class->courseid;
            $found = [...($letters["course:$courseid"] ?? []), ...($letters["class:{$course->class->zohoid}"] ?? [])];
            $state = $this->state($found, $assignments[$courseid] ?? 0);
            $known = $units[$key]->state ?? self::OPEN;
            $units[$key] ??= (object) [
                'name' => $course->unit,
                'level' => $course->level,
                'credit' => $this->number($course->credit),
            ];
            // Of a unit that was taken twice the better one counts.
            $units[$key]->state = $known === self::PASSED || $state === self::OPEN ? $known : $state;
        }
        return array_values($units);
    }

    /**
     * Collects the released letters of the student.
     *
     * @return string[][] by `course:id` for Moodle's grades and `class:zohoid` for those that the college recorded
     */
    private function letters(): array {
        $letters = [];
        $gradebook = new gradebook($this->enrolled);
        foreach ((new grades($this->enrolled, $gradebook))->get() as $grade) {
            if ($grade->letter !== '') {
                $letters["course:$grade->courseid"][] = $grade->letter;
            }
        }
        foreach ((new results($this->enrolled, $gradebook))->get() as $result) {
            $letters["class:$result->classid"][] = $result->letter;
        }
        return $letters;
    }

    /**
     * Counts the assignments in the student's courses that are graded and not hidden.
     *
     * @return int[] by course id
     */
    private function assignments(): array {
        global $DB;
        [$insql, $params] = $DB->get_in_or_equal(array_keys($this->enrolled->visible()), SQL_PARAMS_NAMED, 'c', true, 0);
        return $DB->get_records_sql_menu(
            "SELECT gi.courseid, COUNT(gi.id)
               FROM {grade_items} gi
               JOIN {modules} m ON m.name = gi.itemmodule
               JOIN {course_modules} cm ON cm.module = m.id AND cm.instance = gi.iteminstance AND cm.course = gi.courseid
              WHERE gi.courseid $insql AND gi.itemmodule = 'assign' AND gi.itemnumber = 0 AND gi.gradetype IN (1, 2)
                    AND cm.visible = 1 AND cm.deletioninprogress = 0
           GROUP BY gi.courseid",
            $params,
        );
    }

    /**
     * Judges one class.
     *
     * @param string[] $letters of its assignments
     * @param int $assignments how many it has
     * @return string one of the constants
     */
    private function state(array $letters, int $assignments): string {
        $passing = array_filter($letters, fn(string $letter): bool => in_array($letter, self::PASSING, true));
        if (count($passing) < count($letters)) {
            return self::REFERRED;
        }
        return $passing && count($passing) >= $assignments ? self::PASSED : self::OPEN;
    }

    /**
     * Reads a number that somebody typed.
     *
     * @param string $text such as "15" or "15 credits"
     * @return int 0 when it is none
     */
    private function number(string $text): int {
        return preg_match('/^\s*(\d{1,3})(?![\d.,])/', $text, $found) ? (int) $found[1] : 0;
    }
}
