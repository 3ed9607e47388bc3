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

use local_zohosync\local\outbox\backoff;

/**
 * Times of retries.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outbox\backoff
 */
final class backoff_test extends \PHPUnit\Framework\TestCase {
    /**
     * Failures so far, shortest and longest delay.
     *
     * @return array[]
     */
    public static function delays(): array {
        return [
            'first' => [1, 1, 2],
            'second' => [2, 2, 4],
            'eighth' => [8, 128, 256],
            'five minutes' => [9, 150, 300],
            'still five minutes' => [12, 150, 300],
            'hourly' => [13, 1800, 3600],
            'hourly for ever' => [100000, 1800, 3600],
        ];
    }

    /**
     * The window grows as promised.
     *
     * @param int $failures
     * @param int $shortest
     * @param int $longest
     * @dataProvider delays
     */
    public function test_delay(int $failures, int $shortest, int $longest): void {
        $this->assertSame($shortest, backoff::delay($failures, 0.0));
        $this->assertSame($longest, backoff::delay($failures, 1.0));
    }

    /**
     * The receiver's wish counts when it is longer, up to a day.
     */
    public function test_retry_after_counts(): void {
        $this->assertSame(120, backoff::delay(1, 0.0, 120));
        $this->assertSame(1, backoff::delay(1, 0.0, 0));
        $this->assertSame(86400, backoff::delay(1, 0.0, 999999999));
    }

    /**
     * Headers, and the seconds they mean at 1 January 2026, 00:00 UTC.
     *
     * @return array[]
     */
    public static function headers(): array {
        return [
            'seconds' => ['30', 30],
            'blanks' => [' 30 ', 30],
            'date' => ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
            'date gone by' => ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
            'none' => ['', null],
            'nonsense' => ['soon', null],
            'negative' => ['-5', null],
        ];
    }

    /**
     * Retry-After is read in both its forms.
     *
     * @param string $header
     * @param int|null $seconds
     * @dataProvider headers
     */
    public function test_retry_after(string $header, ?int $seconds): void {
        $this->assertSame($seconds, backoff::retry_after($header, gmmktime(0, 0, 0, 1, 1, 2026)));
    }
}
