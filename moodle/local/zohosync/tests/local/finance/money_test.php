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

namespace local_zohosync\local\finance;

/**
 * Amounts are exact.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\finance\money
 */
final class money_test extends \basic_testcase {
    /**
     * Every digit survives, and sums of what floating point cannot hold are right.
     */
    public function test_exact(): void {
        foreach (['0.00', '0.10', '-0.10', '0.0001', '123456789012.3456', '-99999999999999.9999', '1.005', '7.50'] as $text) {
            $this->assertSame($text, money::of($text)->text());
        }
        $this->assertSame(['5.00', '5.00', '0.105'], [
            money::of('5')->text(), money::of('5.0000')->text(), money::of('0.1050')->text(),
        ]);
        $this->assertSame('0.30', money::of('0.1')->plus(money::of('0.2'))->text());
        $this->assertSame('99999999999999.9998', money::of('99999999999999.9999')->minus(money::of('0.0001'))->text());
        $this->assertSame('-0.0001', money::of('0.0001')->minus(money::of('0.0002'))->text());
        $this->assertSame([-1, 0, 1], array_map(fn($text) => money::of($text)->sign(), ['-0.0001', '0', '0.0001']));
        $this->assertTrue(money::of('1.50')->equals(money::of('1.5')));
        $this->assertSame('-2.00', money::of('-2')->least(money::of('1'))->text());
    }

    /**
     * Price, percentage, and what is left: exact up to four places, beyond them rounded half away from zero.
     *
     * @return array[]
     */
    public static function discounts(): array {
        return [
            ['1000', '0', '1000.00'], ['1000', '100', '0.00'], ['1000', '12.5', '875.00'], ['1000', '33.3333', '666.667'],
            ['0.0001', '50', '0.0001'], ['0.0001', '50.0001', '0.00'], ['-0.0001', '50', '-0.0001'],
            ['99999999999999.9999', '0.0001', '99999899999999.9999'], ['99999999999999.9999', '100', '0.00'],
            ['1000', '100.0001', null], ['1000', '-0.0001', null],
        ];
    }

    /**
     * A discount.
     *
     * @param string $price
     * @param string $percentage
     * @param string|null $left null: there is no such discount
     * @dataProvider discounts
     */
    public function test_less(string $price, string $percentage, ?string $left): void {
        $this->assertSame($left, money::of($price)->less(money::of($percentage))?->text());
    }

    /**
     * Sums of the largest amounts that are taken are exact, and so is everything done with them.
     */
    public function test_large(): void {
        $largest = money::of('99999999999999.9999');
        $sum = array_reduce(range(1, 1000), fn(money $sum) => $sum->plus($largest), money::zero());
        $this->assertSame('99999999999999999.90', $sum->text());
        $rest = array_reduce(range(1, 2000), fn(money $rest) => $rest->minus($largest), $sum);
        $this->assertSame('-99999999999999999.90', $rest->text());
        $this->assertSame([1, -1, 0], [$sum->sign(), $rest->sign(), $sum->plus($rest)->sign()]);
        $this->assertSame($rest, $sum->least($rest));
        $this->assertSame($rest, $rest->least($sum));
        $this->assertTrue($sum->plus($rest)->equals(money::zero()));
        $this->assertFalse($sum->equals($rest));
    }

    /**
     * Both sides of nothing, with and without places: plus, minus and the order agree with whole ten-thousandths.
     */
    public function test_around_nothing(): void {
        $texts = ['-2', '-1.0001', '-1', '-0.9999', '-0.0001', '-0', '0', '0.0001', '0.9999', '1', '1.0001', '2'];
        $units = fn(string $text): int => (int) round((float) $text * 10000);
        foreach ($texts as $one) {
            foreach ($texts as $other) {
                [$a, $b] = [money::of($one), money::of($other)];
                $this->assertSame($units($one) + $units($other), $units($a->plus($b)->text()), "$one + $other");
                $this->assertSame($units($one) - $units($other), $units($a->minus($b)->text()), "$one - $other");
                $this->assertSame(min($units($one), $units($other)), $units($a->least($b)->text()), "$one, $other");
                $this->assertSame($units($one) === $units($other), $a->equals($b), "$one = $other");
            }
        }
    }

    /**
     * What is no amount is none.
     */
    public function test_refused(): void {
        foreach (['', '1,5', '1e3', '1.00001', '100000000000000'] as $text) {
            try {
                money::of($text);
                $this->fail("$text was taken");
            } catch (\coding_exception $e) {
                $this->assertStringContainsString('is no amount', $e->getMessage());
            }
        }
    }
}
