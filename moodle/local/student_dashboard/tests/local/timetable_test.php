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

#[\PHPUnit\Framework\Attributes\CoversClass(timetable::class)]
/**
 * Tests of the student's week.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\timetable
 */
final class timetable_test extends \basic_testcase {
    /**
     * Meetings by day and hour; what cannot be placed is kept as it was typed; classes that are over have none.
     */
    public function test_week(): void {
        $timetable = new timetable([
            $this->course('Late', ['Sunday', '18:00 - 20:00', 'Tue', 'evening']),
            $this->course('Early', ['sun', '8:00 - 10:00', 'by arrangement', '']),
            $this->course('Unread hours', ['Tuesday', '', '', '9 - 10']),
            $this->course('Over', ['Monday', '10 - 12', '', ''], ['status' => enrolled_courses::ENDED]),
            $this->course('Suspended', ['Monday', '10 - 12', '', ''], ['status' => enrolled_courses::SUSPENDED]),
            $this->course('Moodle alone', null),
        ]);
        $this->assertSame(
            [[0, 'Early'], [0, 'Late'], [2, 'Late'], [2, 'Unread hours']],
            array_map(fn($one): array => [$one->slot->day, $one->course->name], $timetable->meetings),
        );
        $this->assertSame(['Room 1'], array_values(array_unique(array_column($timetable->meetings, 'room'))));
        $this->assertSame(
            [['Early', 'by arrangement'], ['Unread hours', '9 - 10']],
            array_map(fn($one): array => [$one->course->name, $one->text], $timetable->unplaced),
        );
    }

    /**
     * A day has the meetings of classes that run on it, the first and last day included.
     */
    public function test_day(): void {
        $days = ['Sunday', '10 - 12', '', ''];
        $timetable = new timetable([
            $this->course('Runs', $days, ['startdate' => '2026-11-22', 'enddate' => '2026-11-29']),
            $this->course('Open', $days, ['startdate' => '', 'enddate' => '']),
            $this->course('Later', $days, ['startdate' => '2026-11-30', 'enddate' => '']),
        ]);
        $names = fn(string $date): array => array_map(fn($one): string => $one->course->name, $timetable->on($date));
        $this->assertSame(['Open', 'Runs'], $names('2026-11-22'));
        $this->assertSame(['Open', 'Runs'], $names('2026-11-29'));
        $this->assertSame(['Open'], $names('2026-11-15'));
        $this->assertSame(['Later', 'Open'], $names('2026-12-06'));
        $this->assertSame([], $names('2026-11-23'), 'a Monday');
    }

    /**
     * Makes a row of the list of courses.
     *
     * @param string $name its name
     * @param string[]|null $typed days and hours, null: Moodle alone knows it
     * @param array $fields others
     * @return \stdClass
     */
    private function course(string $name, ?array $typed, array $fields = []): \stdClass {
        $class = $typed ? (object) array_combine(['day1', 'hours1', 'day2', 'hours2', 'classroom'], [...$typed, ' Room 1 ']) : null;
        return (object) ($fields + [
            'name' => $name, 'class' => $class, 'status' => enrolled_courses::ACTIVE, 'startdate' => '', 'enddate' => '',
        ]);
    }
}
