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

use NumberFormatter;

/**
 * An amount of money as the reader's language writes it, with every digit that it has. Pure, but for the language.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class amount {
    /** @var int Significant digits that a number of PHP is sure to carry, and so its formatter. */
    private const SURE_DIGITS = 15;

    /** @var int Decimal places of an amount that has more than its currency is used to. */
    private const LEAST_PLACES = 2;

    /**
     * Writes an amount with its currency.
     *
     * @param string $decimal plain digits such as `-1234.50`
     * @param string $currency ISO 4217, empty: none is known
     * @return string text; digits that no number can carry are written as they are, never rounded
     */
    public static function format(string $decimal, string $currency): string {
        [$whole, $fraction] = explode('.', $decimal) + [1 => ''];
        $fraction = rtrim($fraction, '0');
        if (strlen(ltrim($whole, '-0') . $fraction) > self::SURE_DIGITS) {
            return trim("$decimal $currency");
        }
        $style = $currency === '' ? NumberFormatter::DECIMAL : NumberFormatter::CURRENCY;
        $formatter = new NumberFormatter(get_string('localecldr', 'langconfig'), $style);
        if ($currency === '') {
            $formatter->setAttribute(NumberFormatter::FRACTION_DIGITS, max(self::LEAST_PLACES, strlen($fraction)));
            return $formatter->format((float) $decimal);
        }
        $formatter->setTextAttribute(NumberFormatter::CURRENCY_CODE, $currency);
        if (strlen($fraction) > $formatter->getAttribute(NumberFormatter::FRACTION_DIGITS)) {
            $formatter->setAttribute(NumberFormatter::FRACTION_DIGITS, max(self::LEAST_PLACES, strlen($fraction)));
        }
        return $formatter->format((float) $decimal);
    }
}
