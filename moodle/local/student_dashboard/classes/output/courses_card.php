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
use core\url;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\enrolled_courses;
use stdClass;

/**
 * The student's courses.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class courses_card extends card {
    /** @var string[] Look of the badge by status, in names that Bootstrap 4 and 5 share; others are grey. */
    private const BADGES = [
        enrolled_courses::ACTIVE => 'bg-success text-white',
        enrolled_courses::UPCOMING => 'bg-info text-white',
        enrolled_courses::SUSPENDED => 'bg-warning text-dark',
    ];

    /**
     * Constructor.
     *
     * @param stdClass[] $courses see provider\courses::get()
     */
    public function __construct(
        /** @var stdClass[] The courses. */
        private readonly array $courses,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'courses';
    }

    #[\Override]
    public static function modules(): array {
        return ['class', 'enrollment', 'unit', 'teacher'];
    }

    #[\Override]
    protected function updated(): int {
        return max([0, ...array_column($this->courses, 'updated')]);
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        return [
            'hascourses' => (bool) $this->courses,
            'courses' => array_map(fn(stdClass $course): array => [
                'name' => $course->name,
                'url' => $course->courseid
                    ? (new url('/course/view.php', ['id' => $course->courseid]))->out(false)
                    : '',
                'details' => $this->details($course),
                'unit' => $course->unit,
                'starts' => calendar_date::format($course->startdate),
                'ends' => calendar_date::format($course->enddate),
                'status' => get_string("status:$course->status", 'local_student_dashboard'),
                'badge' => self::BADGES[$course->status] ?? 'bg-secondary text-dark',
                'hascriteria' => (bool) $course->criteria,
                'criteria' => $course->criteria,
            ], $this->courses),
        ];
    }

    /**
     * Collects what is known of a class besides its name.
     *
     * @param stdClass $course the course
     * @return array[] label and value
     */
    private function details(stdClass $course): array {
        $facts = array_map(trim(...), [
            'teacher' => $course->teacher,
            'classroom' => $course->class->classroom ?? '',
            'studymode' => $course->class->studymode ?? '',
        ]);
        $known = array_filter($facts, fn(string $value): bool => $value !== '');
        return array_map(fn(string $field, string $value): array => [
            'label' => get_string("field:$field", 'local_student_dashboard'),
            'value' => $value,
        ], array_keys($known), $known);
    }
}
