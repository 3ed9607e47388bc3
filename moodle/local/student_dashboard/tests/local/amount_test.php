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

#[\PHPUnit\Framework\Attributes\CoversClass(amount::class)]
/**
 * Tests of how amounts are written.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\amount
 */
final class amount_test extends \advanced_testcase {
    /**
     * Amounts as an English page writes them.
     *
     * @param string $decimal plain digits
     * @param string $currency ISO 4217
     * @param string $expected what a reader sees
     * @dataProvider amounts
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('amounts')]
    public function test_format(string $decimal, string $currency, string $expected): void {
        $this->assertSame($expected, str_replace("\u{a0}", ' ', amount::format($decimal, $currency)));
    }

    /**
     * Amounts, with what Moodle's English (en-AU) makes of them.
     *
     * @return string[][]
     */
    public static function amounts(): array {
        return [
            'usual' => ['1234.50', 'AUD', '$1,234.50'],
            'nothing' => ['0.00', 'AUD', '$0.00'],
            'less than nothing' => ['-20.50', 'AUD', '-$20.50'],
            'four places are kept' => ['0.1234', 'AUD', '$0.1234'],
            'a third place is kept' => ['10.005', 'AUD', '$10.005'],
            'places that the currency does not use' => ['100.50', 'JPY', 'JPY 100.50'],
            'whole amount of such a currency' => ['100.00', 'JPY', 'JPY 100'],
            'fifteen digits' => ['99999999999.9999', 'AUD', '$99,999,999,999.9999'],
            'more than a float can carry' => ['12345678901234.5678', 'AUD', '12345678901234.5678 AUD'],
            'no currency' => ['1234.50', '', '1,234.50'],
            'no currency, too long' => ['12345678901234.5678', '', '12345678901234.5678'],
        ];
    }
}
