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

#[\PHPUnit\Framework\Attributes\CoversClass(btec_letter::class)]
/**
 * Tests of the letters.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\btec_letter
 */
final class btec_letter_test extends \basic_testcase {
    /**
     * Letters of marks.
     *
     * @dataProvider marks
     * @param float $mark the mark
     * @param float $maximum the highest mark
     * @param bool $resubmitted second attempt
     * @param string $letter what it comes to
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('marks')]
    public function test_of_mark(float $mark, float $maximum, bool $resubmitted, string $letter): void {
        $this->assertSame($letter, btec_letter::of_mark($mark, $maximum, $resubmitted));
    }

    /**
     * Marks and their letters.
     *
     * @return array[]
     */
    public static function marks(): array {
        return [
            'full mark' => [4.0, 4.0, false, 'D'],
            'just below distinction' => [3.99999, 4.0, false, 'M'],
            'merit' => [3.0, 4.0, false, 'M'],
            'just below merit' => [2.99999, 4.0, false, 'P'],
            'pass' => [2.0, 4.0, false, 'P'],
            'just below pass' => [1.99999, 4.0, false, 'R'],
            'zero is a refer' => [0.0, 4.0, false, 'R'],
            'a refer on the resubmission' => [1.0, 4.0, true, 'RR'],
            'a pass on the resubmission' => [2.0, 4.0, true, 'P'],
            'in proportion' => [75.0, 100.0, false, 'M'],
            'just below in proportion' => [74.99999, 100.0, false, 'P'],
            'proportion that is no binary fraction' => [0.15, 0.2, false, 'M'],
            'no highest mark' => [0.0, 0.0, false, ''],
        ];
    }

    /**
     * Letters of scale items.
     *
     * @dataProvider items
     * @param int $item the item, from 1
     * @param int $size length of the scale
     * @param bool $resubmitted second attempt
     * @param string $letter what it comes to
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('items')]
    public function test_of_scale(int $item, int $size, bool $resubmitted, string $letter): void {
        $this->assertSame($letter, btec_letter::of_scale($item, $size, $resubmitted));
    }

    /**
     * Scale items and their letters.
     *
     * @return array[]
     */
    public static function items(): array {
        return [
            'first' => [1, 4, false, 'R'],
            'first, resubmitted' => [1, 4, true, 'RR'],
            'second' => [2, 4, false, 'P'],
            'third' => [3, 4, false, 'M'],
            'fourth' => [4, 4, true, 'D'],
            'not an item' => [5, 4, false, ''],
            'not a BTEC scale' => [2, 3, false, ''],
        ];
    }
}
