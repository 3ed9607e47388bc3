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
    private const UNACHIEVED = ['R', 'RR'];

    /**
     * Constructor.
     *
     * @param stdClass[] $grades see provider\grades::get()
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
        return [
            'hasgrades' => (bool) $this->grades,
            'grades' => array_map(fn(stdClass $grade): array => [
                'course' => $grade->course,
                'name' => $grade->name,
                'letter' => $grade->letter,
                'result' => $grade->letter ? get_string("letter:$grade->letter", 'local_student_dashboard') : '',
                'badge' => in_array($grade->letter, self::UNACHIEVED) ? 'bg-warning text-dark' : 'bg-success text-white',
                'mark' => $grade->mark,
                'feedback' => $grade->feedback,
                'date' => $grade->time ? userdate($grade->time, get_string('strftimedate', 'langconfig')) : '',
            ], $this->grades),
        ];
    }
}
