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

use local_zohosync\local\enrolment\key as enrolment_key;
use local_zohosync\local\grade\key;

/**
 * Fingerprints of snapshots.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outbox\subject
 * @covers \local_zohosync\local\grade\key
 * @covers \local_zohosync\local\enrolment\key
 */
final class fingerprint_test extends \PHPUnit\Framework\TestCase {
    /** @var array A snapshot, shortened. */
    private const SNAPSHOT = [
        'gradeid' => 5,
        'finalgrade' => '60.00000',
        'hidden' => 0,
        'feedback' => 'جيد',
        'timegraded' => 7,
        'timemodified' => 9,
        'outcome' => '',
        'attempts' => [['attemptnumber' => 0, 'grade' => '60.00000', 'timegraded' => 7]],
    ];

    /**
     * What the student would notice changes it; order, row id and time do not.
     */
    public function test_what_counts(): void {
        $key = new key(1, 2, 3);
        $hash = $key->fingerprint(self::SNAPSHOT);
        $this->assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $hash);
        $this->assertSame($hash, $key->fingerprint(array_reverse(self::SNAPSHOT)));
        $this->assertSame($hash, $key->fingerprint(['gradeid' => 6, 'timegraded' => 8, 'timemodified' => 10] + self::SNAPSHOT));
        $again = ['attempts' => [['timegraded' => 8] + self::SNAPSHOT['attempts'][0]]];
        $this->assertSame($hash, $key->fingerprint($again + self::SNAPSHOT));
        $corrected = [['grade' => '61.00000'] + self::SNAPSHOT['attempts'][0]];
        $changes = ['finalgrade' => '60.00001', 'hidden' => 1, 'feedback' => '', 'outcome' => 'RR', 'attempts' => $corrected];
        foreach ($changes as $field => $value) {
            $this->assertNotSame($hash, $key->fingerprint([$field => $value] + self::SNAPSHOT), $field);
        }
    }

    /**
     * A grade that is not there is a deleted one, unless a letter was generated.
     */
    public function test_deleted(): void {
        $key = new key(1, 2, 3);
        $this->assertSame($key->fingerprint(null), $key->fingerprint(['gradeid' => 0] + self::SNAPSHOT));
        $this->assertNotSame($key->fingerprint(null), $key->fingerprint(self::SNAPSHOT));
        $this->assertNotSame($key->fingerprint(null), $key->fingerprint(['gradeid' => 0, 'outcome' => 'F'] + self::SNAPSHOT));
    }

    /**
     * Of an enrolment all counts but its time.
     */
    public function test_enrolment(): void {
        $key = new enrolment_key(1, 2);
        $snapshot = ['status' => 'active', 'enddate' => '', 'timemodified' => 9];
        $this->assertSame($key->fingerprint($snapshot), $key->fingerprint(['timemodified' => 10] + $snapshot));
        $this->assertNotSame($key->fingerprint($snapshot), $key->fingerprint(['enddate' => '2026-01-01'] + $snapshot));
        $this->assertNotSame($key->fingerprint($snapshot), $key->fingerprint(['status' => 'absent'] + $snapshot));
    }
}
