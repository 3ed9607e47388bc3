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

use core_external\external_value;

/**
 * The fields of a record, or of a row of its list: what they are called and what they hold.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class record_fields {
    /** @var string At most 255 characters. */
    public const TEXT = 'text';
    /** @var string Of any length. */
    public const LONG = 'long';
    /** @var string Y-m-d or empty. */
    public const DATE = 'date';
    /** @var string Exact decimal or empty. */
    public const AMOUNT = 'amount';
    /** @var string ISO 4217 or empty. */
    public const CURRENCY = 'currency';
    /** @var string Record id in Zoho or empty. */
    public const REFERENCE = 'reference';
    /** @var string Whole number. */
    public const NUMBER = 'number';
    /** @var string 0 or 1. */
    public const FLAG = 'flag';

    /**
     * Name the fields.
     *
     * @param array<string, string> $types one of the constants above, by name
     */
    public function __construct(
        /** @var array<string, string> one of the constants above, by name */
        public readonly array $types
    ) {
    }

    /**
     * Describe the fields to the web service. Whatever could be wrong with a text is found row by row.
     *
     * @return external_value[] by name
     */
    public function parameters(): array {
        $parameters = [];
        foreach ($this->types as $name => $type) {
            $parameters[$name] = match ($type) {
                self::NUMBER => new external_value(PARAM_INT, 'Whole number, 0 if none'),
                self::FLAG => new external_value(PARAM_BOOL, '0 or 1'),
                self::DATE => new external_value(PARAM_RAW, 'Day (Y-m-d), empty if none'),
                self::AMOUNT => new external_value(PARAM_RAW, 'Exact decimal number, empty if none'),
                self::CURRENCY => new external_value(PARAM_RAW, 'Currency (ISO 4217), empty if none'),
                self::REFERENCE => new external_value(PARAM_RAW, 'Record id in Zoho, empty if none'),
                default => new external_value(PARAM_RAW, 'Text, empty if none'),
            };
        }
        return $parameters;
    }

    /**
     * Clean and check a row.
     *
     * @param array $row as received
     * @return array these fields, as they are stored
     * @throws row_exception idinvalid, dateinvalid, valuetoolong, amountinvalid, currencyinvalid
     */
    public function clean(array $row): array {
        $clean = [];
        foreach ($this->types as $name => $type) {
            $value = $row[$name];
            $clean[$name] = match ($type) {
                self::NUMBER, self::FLAG => (int) $value,
                self::DATE => record_cleaner::date($value, $name),
                self::AMOUNT => amount::require($value, $name),
                self::CURRENCY => amount::currency($value, $name),
                self::REFERENCE => $value === '' ? '' : record_cleaner::id($value, $name),
                self::LONG => record_cleaner::text($value, $name, 0),
                self::TEXT => record_cleaner::text($value, $name),
            };
        }
        return $clean;
    }
}
