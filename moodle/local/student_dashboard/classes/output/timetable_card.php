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
use core_calendar\type_factory;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\timetable;
use stdClass;

/**
 * The student's week.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class timetable_card extends card {
    /**
     * Constructor.
     *
     * @param timetable $timetable the student's
     * @param string $today `Y-m-d` in the reader's time zone
     */
    public function __construct(
        /** @var timetable The student's. */
        private readonly timetable $timetable,
        /** @var string `Y-m-d` in the reader's time zone. */
        private readonly string $today,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'timetable';
    }

    #[\Override]
    public static function modules(): array {
        return ['class', 'enrollment'];
    }

    #[\Override]
    protected function updated(): int {
        return 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $days = [];
        foreach ($this->timetable->meetings as $meeting) {
            $days[$meeting->slot->day][] = $this->meeting($meeting, $meeting->slot->hours);
        }
        return [
            'hasdays' => (bool) $days,
            'days' => $this->week($days),
            'hasunplaced' => (bool) $this->timetable->unplaced,
            'unplaced' => array_map(fn(stdClass $one): array => $this->meeting($one, $one->text), $this->timetable->unplaced),
            'hastimetable' => $days || $this->timetable->unplaced,
        ];
    }

    /**
     * Puts the days in the order of the reader's calendar.
     *
     * @param array[][] $days meetings by day, 0: Sunday
     * @return array[] name, today, meetings; days without any are left out
     */
    private function week(array $days): array {
        $calendar = type_factory::get_calendar_instance();
        $names = $calendar->get_weekdays();
        $today = (int) (new \DateTimeImmutable($this->today))->format('w');
        $week = [];
        for ($i = 0; $i < 7; $i++) {
            $day = ($calendar->get_starting_weekday() + $i) % 7;
            if (isset($days[$day])) {
                $week[] = ['name' => $names[$day]['fullname'], 'today' => $day === $today, 'meetings' => $days[$day]];
            }
        }
        return $week;
    }

    /**
     * Exports one meeting.
     *
     * @param stdClass $meeting see timetable
     * @param string $time when, as typed
     * @return array values for the template
     */
    private function meeting(stdClass $meeting, string $time): array {
        $starts = $meeting->course->startdate;
        return [
            'time' => $time,
            'name' => $meeting->course->name,
            'room' => $meeting->room,
            'starts' => $starts > $this->today
                ? get_string('timetable:from', 'local_student_dashboard', calendar_date::format($starts)) : '',
        ];
    }
}
