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

namespace local_zohosync\pure;

use local_zohosync\local\inbound\calendar_date;

/**
 * Calendar dates.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\calendar_date
 */
final class calendar_date_test extends \PHPUnit\Framework\TestCase {
    /**
     * Texts, and whether they are dates.
     *
     * @return array[]
     */
    public static function dates(): array {
        return [
            'nothing' => ['', true],
            'leap day' => ['2024-02-29', true],
            'no leap year' => ['2023-02-29', false],
            'month 13' => ['2024-13-01', false],
            'short' => ['2024-1-1', false],
            'American' => ['01/02/2024', false],
            'a line' => ["2024-01-01\n", false],
            'with time' => ['2024-01-01T00:00:00', false],
        ];
    }

    /**
     * Only real days pass.
     *
     * @param string $text
     * @param bool $valid
     * @dataProvider dates
     */
    public function test_is_valid_or_empty(string $text, bool $valid): void {
        $this->assertSame($valid, calendar_date::is_valid_or_empty($text));
    }

    /**
     * Days begin and end where the college is, also when clocks change.
     */
    public function test_start_and_end(): void {
        $zone = new \DateTimeZone('Europe/Istanbul');
        $this->assertSame(gmmktime(21, 0, 0, 2, 28, 2026), calendar_date::start('2026-03-01', $zone));
        $this->assertSame(gmmktime(20, 59, 59, 3, 1, 2026), calendar_date::end('2026-03-01', $zone));
        $london = new \DateTimeZone('Europe/London');
        $day = calendar_date::end('2026-03-29', $london) - calendar_date::start('2026-03-29', $london) + 1;
        $this->assertSame(23 * 3600, $day);
        $this->assertSame(0, calendar_date::start('', $zone));
        $this->assertSame(0, calendar_date::end('', $zone));
    }
}
