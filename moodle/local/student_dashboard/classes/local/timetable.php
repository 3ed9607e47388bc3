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

namespace local_student_dashboard\local;

use stdClass;

/**
 * When and where the student's classes meet, of those that run or will begin.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class timetable {
    /** @var stdClass[] Meetings: course (row of provider\courses), slot (weekly_slot), room. */
    public readonly array $meetings;

    /** @var stdClass[] Classes of which a part of the timetable cannot be placed in the week: course, text. */
    public readonly array $unplaced;

    /**
     * Constructor.
     *
     * @param stdClass[] $courses see provider\courses::rows()
     */
    public function __construct(array $courses) {
        $meetings = $unplaced = [];
        foreach ($courses as $course) {
            if (!$course->class || in_array($course->status, [enrolled_courses::ENDED, enrolled_courses::SUSPENDED], true)) {
                continue;
            }
            $class = $course->class;
            foreach ([[$class->day1, $class->hours1], [$class->day2, $class->hours2]] as [$day, $hours]) {
                $slots = weekly_slot::parse($day, $hours);
                foreach ($slots as $slot) {
                    $meetings[] = (object) ['course' => $course, 'slot' => $slot, 'room' => trim($class->classroom)];
                }
                $text = trim("$day $hours");
                if (!$slots && $text !== '') {
                    $unplaced[] = (object) ['course' => $course, 'text' => $text, 'room' => trim($class->classroom)];
                }
            }
        }
        usort($meetings, fn(stdClass $a, stdClass $b): int => [$a->slot->day, $a->slot->start ?? PHP_INT_MAX, $a->course->name]
            <=> [$b->slot->day, $b->slot->start ?? PHP_INT_MAX, $b->course->name]);
        $this->meetings = $meetings;
        $this->unplaced = $unplaced;
    }

    /**
     * Lists the meetings of one day.
     *
     * @param string $date `Y-m-d`
     * @return stdClass[] of classes that run on that day, earliest first
     */
    public function on(string $date): array {
        $day = (int) (new \DateTimeImmutable($date))->format('w');
        return array_values(array_filter($this->meetings, fn(stdClass $one): bool => $one->slot->day === $day
            && $one->course->startdate <= $date && ($one->course->enddate === '' || $one->course->enddate >= $date)));
    }
}
