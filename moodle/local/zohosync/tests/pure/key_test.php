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

use local_zohosync\local\grade\key;

/**
 * Keys of grades.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\key
 */
final class key_test extends \PHPUnit\Framework\TestCase {
    /**
     * There and back.
     */
    public function test_parse(): void {
        $key = key::parse('34_12_7');
        $this->assertSame([34, 12, 7], [$key->userid, $key->courseid, $key->assignid]);
        $this->assertSame('34_12_7', $key->text());
        $this->assertSame('grade:34_12_7', $key->object_key());
    }

    /**
     * Texts that are no keys.
     *
     * @return array[]
     */
    public static function bad_keys(): array {
        return array_map(fn($text) => [$text], [
            '', '34_12', '34_12_7_1',
            '034_12_7', '0_12_7', '-1_12_7', 'a_b_c', "34_12_7\n", ' 34_12_7', '34_12_9999999999999999999',
        ]);
    }

    /**
     * They are refused.
     *
     * @param string $text
     * @dataProvider bad_keys
     */
    public function test_bad_key(string $text): void {
        $this->assertNull(key::parse($text));
    }
}
