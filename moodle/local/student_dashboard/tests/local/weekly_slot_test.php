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

#[\PHPUnit\Framework\Attributes\CoversClass(weekly_slot::class)]
/**
 * Tests of reading what somebody typed as days and hours.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\weekly_slot
 */
final class weekly_slot_test extends \basic_testcase {
    /**
     * Days in English and Arabic, alone, listed and from one to another; nothing is guessed.
     *
     * @dataProvider days
     * @param string $typed what somebody typed
     * @param int[] $days 0: Sunday
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('days')]
    public function test_days(string $typed, array $days): void {
        $this->assertSame($days, array_column(weekly_slot::parse($typed, ''), 'day'));
    }

    /**
     * What people type as days.
     *
     * @return array[]
     */
    public static function days(): array {
        return [
            ['Sunday', [0]], ['monday', [1]], [' TUESDAY ', [2]], ['Wed', [3]], ['Thurs.', [4]], ['Fri', [5]], ['Saturdays', []],
            ['Sun & Tue', [0, 2]], ['Tue, Sun and Tue', [0, 2]], ['Sunday to Tuesday', [0, 1, 2]], ['Fri - Mon', [0, 1, 5, 6]],
            ['Sun–Thu', [0, 1, 2, 3, 4]], ['الأحد', [0]], ['الاحد', [0]], ['يوم الإثنين', [1]], ['الثُّلاثاء والخميس', [2, 4]],
            ['الأحد و الجمعة', [0, 5]], ['من', []], ['الأحد إلى الثلاثاء', [0, 1, 2]], ['الأربعاء', [3]], ['السبت', [6]],
            ['', []], ['by arrangement', []], ['Sunday or so', []], ['Someday', []], ['سبت', [6]], ['- Sunday', [0]],
        ];
    }

    /**
     * Hours, with or without minutes and halves of the day; what cannot be read stays as it is.
     *
     * @dataProvider hours
     * @param string $typed what somebody typed
     * @param string|null $start `H:i`, null when it cannot be read
     * @param string|null $end `H:i`, null when it cannot be read
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('hours')]
    public function test_hours(string $typed, ?string $start, ?string $end): void {
        [$slot] = weekly_slot::parse('Sunday', $typed);
        $write = fn(?int $minutes): ?string => $minutes === null ? null : sprintf('%d:%02d', intdiv($minutes, 60), $minutes % 60);
        $this->assertSame([trim($typed), $start, $end], [$slot->hours, $write($slot->start), $write($slot->end)]);
    }

    /**
     * What people type as hours.
     *
     * @return array[]
     */
    public static function hours(): array {
        return [
            ['10:00 - 12:00', '10:00', '12:00'], [' 18.30–20.00 ', '18:30', '20:00'], ['9-11', '9:00', '11:00'],
            ['9 am to 11 am', '9:00', '11:00'], ['2 - 4 PM', '14:00', '16:00'], ['10 - 1 pm', '10:00', '13:00'],
            ['12 pm - 1 pm', '12:00', '13:00'], ['12 am - 1 am', '0:00', '1:00'], ['11 - 12 pm', '11:00', '12:00'],
            ['١٠:٠٠ - ١٢:٠٠', '10:00', '12:00'], ['٦ إلى ٨ م', '18:00', '20:00'], ['8 ص - 10 ص', '8:00', '10:00'],
            ['', null, null], ['10:00', null, null], ['morning', null, null], ['12:00 - 10:00', null, null],
            ['10:75 - 11:00', null, null], ['25 - 26', null, null], ['13 pm - 14 pm', null, null], ['10:00 - 12:00?', null, null],
            ['22:00 - 24:00', '22:00', '24:00'],
        ];
    }
}
