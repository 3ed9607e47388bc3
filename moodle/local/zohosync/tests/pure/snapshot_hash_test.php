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

use local_zohosync\local\grade\snapshot_hash;

/**
 * Fingerprints of snapshots.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\snapshot_hash
 */
final class snapshot_hash_test extends \PHPUnit\Framework\TestCase {
    /** @var array A snapshot, shortened. */
    private const SNAPSHOT = [
        'gradeid' => 5,
        'finalgrade' => '60.00000',
        'hidden' => 0,
        'feedback' => 'جيد',
        'timegraded' => 7,
        'timemodified' => 9,
    ];

    /**
     * What the student would notice changes it; order, row id and time do not.
     */
    public function test_what_counts(): void {
        $hash = snapshot_hash::of(self::SNAPSHOT);
        $this->assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $hash);
        $this->assertSame($hash, snapshot_hash::of(array_reverse(self::SNAPSHOT)));
        $this->assertSame($hash, snapshot_hash::of(['gradeid' => 6, 'timegraded' => 8, 'timemodified' => 10] + self::SNAPSHOT));
        foreach (['finalgrade' => '60.00001', 'hidden' => 1, 'feedback' => ''] as $field => $value) {
            $this->assertNotSame($hash, snapshot_hash::of([$field => $value] + self::SNAPSHOT), $field);
        }
    }

    /**
     * A grade that is not there is a deleted one.
     */
    public function test_deleted(): void {
        $this->assertSame(snapshot_hash::of(null), snapshot_hash::of(['gradeid' => 0] + self::SNAPSHOT));
        $this->assertNotSame(snapshot_hash::of(null), snapshot_hash::of(self::SNAPSHOT));
    }
}
