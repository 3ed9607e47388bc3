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
use local_student_dashboard\local\activity;
use local_zohosync\local\outcome\outcomes;
use stdClass;

/**
 * Letters that were generated because a student submitted nothing (F, RR), where they stand.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class generated {
    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param stdClass[] $courses those whose grades she may see, by id
     */
    public function __construct(
        /** @var int The student. */
        private readonly int $userid,
        /** @var stdClass[] Courses whose grades she may see, by id. */
        private readonly array $courses,
    ) {
    }

    /**
     * Puts them among the grades of the gradebook: an F stands where there is none, an RR before the first attempt's mark.
     *
     * @param stdClass[] $rows see grades::get(), with assignid
     * @return stdClass[]
     */
    public function among(array $rows): array {
        $marked = [];
        foreach ($rows as $row) {
            $marked[$row->assignid] = $row;
        }
        foreach ($this->kept() as $outcome) {
            $mark = $marked[$outcome->assignid] ?? null;
            if ($mark && ($outcome->letter === outcomes::FAIL || $mark->attempt > 1)) {
                continue;
            }
            if ($row = $this->row($outcome)) {
                $row->earlier = $mark ? [(object) ['attempt' => 1, 'letter' => $mark->letter, 'time' => $mark->time]] : [];
                $rows = array_values(array_filter($rows, fn(stdClass $other): bool => $other !== $mark));
                $rows[] = $row;
            }
        }
        return $rows;
    }

    /**
     * Reads the letters that are kept, each with its assignment.
     *
     * @return stdClass[] rows of the table with name (of the assignment), unit (may be null) and the columns of activity
     */
    private function kept(): array {
        global $DB;
        $activity = activity::columns();
        $joins = activity::joins("'assign'", 'o.assignid', 'o.courseid');
        return $DB->get_records_sql(
            "SELECT o.*, a.name,
                    (SELECT MAX(z.unitname)
                       FROM {local_zohosync_course} z
                      WHERE z.courseid = o.courseid AND z.deleted = 0) AS unit,
                    $activity
               FROM {" . outcomes::TABLE . "} o
               JOIN {assign} a ON a.id = o.assignid
               $joins
              WHERE o.userid = :userid
           ORDER BY o.id",
            ['userid' => $this->userid],
        );
    }

    /**
     * Builds the row of one letter.
     *
     * @param stdClass $outcome see kept()
     * @return stdClass|null null when the student does not see the assignment
     */
    private function row(stdClass $outcome): ?stdClass {
        $course = $this->courses[$outcome->courseid] ?? null;
        if (!$course || !activity::is_visible($outcome, $this->userid)) {
            return null;
        }
        $options = ['context' => context\course::instance($course->id), 'escape' => false];
        return (object) [
            'key' => "assign:$outcome->assignid",
            'courseid' => (int) $course->id,
            'course' => format_string($course->fullname, true, $options),
            'unit' => (string) $outcome->unit,
            'name' => format_string($outcome->name, true, $options),
            'letter' => $outcome->letter,
            'mark' => '',
            'exact' => '',
            'feedback' => '',
            'reason' => $outcome->reason,
            'time' => (int) $outcome->timemodified,
            'assignid' => (int) $outcome->assignid,
            'attempt' => $outcome->letter === outcomes::FAIL ? 1 : 2,
            'earlier' => [],
            'criteria' => [],
        ];
    }
}
