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

#[\PHPUnit\Framework\Attributes\CoversClass(calendar_date::class)]
/**
 * Tests of calendar dates.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\calendar_date
 */
final class calendar_date_test extends \advanced_testcase {
    /**
     * A calendar date is the same day for readers at both ends of the world.
     */
    public function test_format_knows_no_time_zone(): void {
        $this->resetAfterTest();
        foreach (['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Istanbul'] as $zone) {
            $this->setTimezone($zone);
            $this->assertSame('29 February 2028', calendar_date::format('2028-02-29'), $zone);
        }
    }

    /**
     * What is no date is shown as it came.
     */
    public function test_format_leaves_other_text_alone(): void {
        foreach (['', '2026-02-30', 'next week', '01/02/2026', '2026-1-2'] as $text) {
            $this->assertSame($text, calendar_date::format($text));
        }
    }

    /**
     * The day of an instant is that of the reader.
     */
    public function test_of_instant(): void {
        $this->resetAfterTest();
        $this->setUser($this->getDataGenerator()->create_user(['timezone' => 'Pacific/Kiritimati']));
        $this->assertSame('2026-11-23', calendar_date::of_instant(gmmktime(12, 0, 0, 11, 22, 2026)));
        $this->setUser($this->getDataGenerator()->create_user(['timezone' => 'UTC']));
        $this->assertSame('2026-11-22', calendar_date::of_instant(gmmktime(12, 0, 0, 11, 22, 2026)));
        $this->assertSame('', calendar_date::of_instant(0));
    }
}
