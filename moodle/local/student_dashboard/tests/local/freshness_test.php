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

use local_zohosync\local\asof;

#[\PHPUnit\Framework\Attributes\CoversClass(freshness::class)]
/**
 * Tests of as of when data are.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\freshness
 */
final class freshness_test extends \advanced_testcase {
    /**
     * The earliest of the modules counts, one that was never told of does not.
     */
    public function test_of(): void {
        $this->resetAfterTest();
        $this->assertSame(0, freshness::of(['class', 'enrollment']));
        asof::put('class', 2000);
        asof::put('payment', 500);
        $this->assertSame(2000, freshness::of(['class', 'enrollment']));
        asof::put('enrollment', 1000);
        $this->assertSame(1000, freshness::of(['class', 'enrollment']));
        $this->assertSame(0, freshness::of([]));
    }

    /**
     * A day is too long, unless the site says otherwise; what is not known is not late.
     */
    public function test_is_late(): void {
        $this->resetAfterTest();
        $now = $this->mock_clock_with_frozen(1800000000)->time();
        $this->assertFalse(freshness::is_late($now - DAYSECS));
        $this->assertTrue(freshness::is_late($now - DAYSECS - 1));
        $this->assertFalse(freshness::is_late(0));
        set_config('latelimit', HOURSECS, 'local_student_dashboard');
        $this->assertTrue(freshness::is_late($now - HOURSECS - 1));
        $this->assertFalse(freshness::is_late($now - HOURSECS));
    }
}
