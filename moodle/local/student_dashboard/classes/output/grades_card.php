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

namespace local_student_dashboard\output;

use core\output\renderer_base;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\wording;
use stdClass;

/**
 * The student's released grades.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class grades_card extends card {
    /** @var string[] Letters that ask for more work. */
    private const UNACHIEVED = ['R', 'RR', 'F'];

    /**
     * Constructor.
     *
     * @param stdClass[] $grades see provider\grades::get() and provider\results::get()
     * @param int $now unix seconds: the gradebook was read just now
     */
    public function __construct(
        /** @var stdClass[] The grades. */
        private readonly array $grades,
        /** @var int Unix seconds. */
        private readonly int $now,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'grades';
    }

    #[\Override]
    protected function updated(): int {
        return $this->grades ? $this->now : 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $grades = $this->grades;
        usort($grades, fn(stdClass $a, stdClass $b): int => $b->time <=> $a->time);
        return ['hasgrades' => (bool) $grades, 'grades' => array_map($this->grade(...), $grades)];
    }

    /**
     * Exports one grade.
     *
     * @param stdClass $grade the grade; one with `day` was recorded by the college, without Moodle
     * @return array values for the template
     */
    private function grade(stdClass $grade): array {
        $recorded = isset($grade->day);
        $result = wording::of('letter', $grade->letter);
        $attempt = $grade->attempt > 1 ? $grade->attempt : 0;
        return [
            'course' => $grade->course,
            'name' => $grade->name,
            'letter' => $grade->letter,
            'result' => $result === $grade->letter ? '' : $result,
            'badge' => in_array($grade->letter, self::UNACHIEVED) ? 'bg-warning text-dark' : 'bg-success text-white',
            'mark' => $grade->mark,
            'feedback' => $grade->feedback,
            'date' => $recorded ? calendar_date::format($grade->day) : $this->date($grade->time),
            'recorded' => $recorded,
            'attempt' => $attempt ? get_string('attemptnumber', 'local_student_dashboard', $attempt) : '',
            'earlier' => array_map($this->earlier(...), $grade->earlier ?? []),
            'reason' => $grade->reason ?? '',
        ];
    }

    /**
     * Exports an attempt that a later one has taken the place of.
     *
     * @param stdClass $attempt see provider\grades::get()
     * @return array values for the template
     */
    private function earlier(stdClass $attempt): array {
        return [
            'attempt' => get_string('attemptnumber', 'local_student_dashboard', $attempt->attempt),
            'letter' => $attempt->letter,
            'result' => wording::of('letter', $attempt->letter),
            'date' => $this->date($attempt->time),
        ];
    }

    /**
     * Writes the date of an instant.
     *
     * @param int $time unix seconds, 0: none
     * @return string
     */
    private function date(int $time): string {
        return $time ? userdate($time, get_string('strftimedate', 'langconfig')) : '';
    }
}
