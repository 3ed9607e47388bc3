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
        global $DB;
        $kept = $DB->get_records(outcomes::TABLE, ['userid' => $this->userid], 'id');
        $marked = [];
        foreach ($rows as $row) {
            $marked[$row->assignid] = $row;
        }
        foreach ($kept as $outcome) {
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
     * Builds the row of one letter.
     *
     * @param stdClass $outcome row of the table
     * @return stdClass|null null when the student does not see the assignment
     */
    private function row(stdClass $outcome): ?stdClass {
        $course = $this->courses[$outcome->courseid] ?? null;
        $modules = $course ? get_fast_modinfo($course, $this->userid)->get_instances_of('assign') : [];
        $module = $modules[$outcome->assignid] ?? null;
        if (!$module || !$module->uservisible) {
            return null;
        }
        $options = ['context' => context\course::instance($course->id), 'escape' => false];
        return (object) [
            'courseid' => (int) $course->id,
            'course' => format_string($course->fullname, true, $options),
            'name' => format_string($module->name, true, $options),
            'letter' => $outcome->letter,
            'mark' => '',
            'feedback' => '',
            'reason' => $outcome->reason,
            'time' => (int) $outcome->timemodified,
            'assignid' => (int) $outcome->assignid,
            'attempt' => $outcome->letter === outcomes::FAIL ? 1 : 2,
            'earlier' => [],
        ];
    }
}
