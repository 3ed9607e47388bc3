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

namespace local_zohosync\local\inbound;

/**
 * Amounts and currencies are read exactly or not at all.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\amount
 */
final class amount_test extends \basic_testcase {
    /**
     * Texts that are amounts, and as what they are stored.
     *
     * @return array[]
     */
    public static function amounts(): array {
        return [
            ['', null], ['0', '0.0000'], ['-0', '0.0000'], ['-0.0', '0.0000'], ['-0.10', '-0.1000'], ['007.5', '7.5000'],
            ['123456789012.3456', '123456789012.3456'], ['99999999999999.9999', '99999999999999.9999'],
            ['-99999999999999', '-99999999999999.0000'], ['0.0001', '0.0001'],
        ];
    }

    /**
     * An amount keeps every digit.
     *
     * @param string $text
     * @param string|null $stored
     * @dataProvider amounts
     */
    public function test_amount(string $text, ?string $stored): void {
        $this->assertSame($stored, amount::require($text, 'price'));
    }

    /**
     * What is no amount is refused by name, and never taken for 0.
     */
    public function test_no_amount(): void {
        $bad = [
            '1,000', '1.23456', '123456789012345', '.5', '5.', '+5', '1e3', ' 5', "5\n", '٥', '5 JOD', 'NaN', '--1', '1<b>2',
        ];
        foreach ($bad as $text) {
            try {
                amount::require($text, 'price');
                $this->fail("$text was taken");
            } catch (row_exception $e) {
                $this->assertSame(['error', 'amountinvalid'], [$e->status, $e->code()]);
                $this->assertStringContainsString('price', $e->getMessage());
            }
        }
    }

    /**
     * A currency is three capital letters or nothing.
     */
    public function test_currency(): void {
        $this->assertSame(['', 'JOD'], [amount::currency('', 'currency'), amount::currency('JOD', 'currency')]);
        foreach (['jod', 'JO', 'JODX', '$', "JOD\n", 'J0D', ' USD'] as $text) {
            try {
                amount::currency($text, 'currency');
                $this->fail("$text was taken");
            } catch (row_exception $e) {
                $this->assertSame('currencyinvalid', $e->code());
            }
        }
    }
}
