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
 * Amounts of money, percentages and currencies as the agent sends them: exact texts, never floating point.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class amount {
    /** @var string What an amount looks like: at most 14 digits, and 4 places. */
    private const PATTERN = '/^(-?)([0-9]{1,14})(?:\.([0-9]{1,4}))?$/D';

    /**
     * Check an amount, and write it as the database gives it back: with four places.
     *
     * @param string $text as received, empty if there is none
     * @param string $field its name, for the message
     * @return string|null null if there is none
     * @throws row_exception amountinvalid
     */
    public static function require(string $text, string $field): ?string {
        if ($text === '') {
            return null;
        }
        if (!preg_match(self::PATTERN, $text, $parts)) {
            throw new row_exception(result::ERROR, 'amountinvalid', (object) ['field' => $field, 'value' => $text]);
        }
        $whole = ltrim($parts[2], '0') ?: '0';
        $places = str_pad($parts[3] ?? '', 4, '0');
        $sign = trim($whole . $places, '0') === '' ? '' : $parts[1];
        return "$sign$whole.$places";
    }

    /**
     * Check a currency.
     *
     * @param string $text as received, empty if there is none
     * @param string $field its name, for the message
     * @return string ISO 4217 code, or empty
     * @throws row_exception currencyinvalid
     */
    public static function currency(string $text, string $field): string {
        if ($text !== '' && !preg_match('/^[A-Z]{3}$/D', $text)) {
            throw new row_exception(result::ERROR, 'currencyinvalid', (object) ['field' => $field, 'value' => $text]);
        }
        return $text;
    }
}
