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

use core\clock;
use core\di;
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\gradebook;
use local_student_dashboard\local\seen;
use stdClass;

/**
 * All that a student may know of her results: Moodle's grades and those that the college recorded without Moodle.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class released {
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
     * Gives the results of a student as they are now.
     *
     * @param int $userid the student
     * @return self
     */
    public static function of_student(int $userid): self {
        return new self(new enrolled_courses($userid, di::get(clock::class)->time()));
    }

    /**
     * Lists them, newest first.
     *
     * @return stdClass[] see grades::get() and results::get(); each with group (`course-12` or `class-5725…`: what is shown
     *     together), version (see seen::version()) and timeseen (unix seconds, 0: she has not said that she has seen it as it is)
     */
    public function get(): array {
        $gradebook = new gradebook($this->enrolled);
        $rows = [
            ...(new grades($this->enrolled, $gradebook))->get(),
            ...(new results($this->enrolled, $gradebook))->get(),
        ];
        usort($rows, fn(stdClass $a, stdClass $b): int => $b->time <=> $a->time);
        $seen = $rows ? seen::of_student($this->enrolled->userid) : [];
        foreach ($rows as $row) {
            $row->group = $row->courseid ? "course-$row->courseid" : "class-$row->classid";
            $row->version = seen::version($row);
            $known = $seen[$row->key] ?? null;
            $row->timeseen = $known?->version === $row->version ? (int) $known->timeseen : 0;
        }
        return $rows;
    }
}
