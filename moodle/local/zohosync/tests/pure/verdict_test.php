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

use local_zohosync\local\outbox\verdict;

/**
 * What answers mean.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outbox\verdict
 */
final class verdict_test extends \PHPUnit\Framework\TestCase {
    /**
     * Statuses by verdict.
     *
     * @return array[]
     */
    public static function statuses(): array {
        $cases = [];
        foreach (
            [
                'delivered' => [200, 202, 204, 409],
                'park' => [400, 404, 405, 410, 413, 415, 422],
                'configuration' => [301, 302, 307, 401, 403],
                'retry' => [0, 408, 425, 429, 500, 502, 503, 504, 599],
            ] as $verdict => $statuses
        ) {
            foreach ($statuses as $http) {
                $cases["$http $verdict"] = [$http, $verdict];
            }
        }
        return $cases;
    }

    /**
     * Each status is judged.
     *
     * @param int $http
     * @param string $expected
     * @dataProvider statuses
     */
    public function test_of(int $http, string $expected): void {
        $this->assertSame($expected, verdict::of($http)->name);
    }
}
