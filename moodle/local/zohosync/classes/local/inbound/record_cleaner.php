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
 * Cleans and checks the fields of one row, so that a bad value costs this row and not its batch.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class record_cleaner {
    /** @var int Longest text that the mirror's columns take. */
    private const LONGEST = 255;

    /** @var string[] Record ids that may be empty. */
    private const OPTIONAL_IDS = ['programid', 'teacherid', 'unitid'];

    /**
     * Clean one row.
     *
     * @param array $row as received
     * @param string[] $dates names of the fields that are calendar dates
     * @param int[] $lengths by name: longest length of fields that differ from 255 characters, 0: no limit
     * @return array the same fields, integers as int, texts cleaned
     * @throws row_exception idinvalid, hashinvalid, dateinvalid, valuetoolong
     */
    public static function clean(array $row, array $dates, array $lengths = []): array {
        foreach ($row as $name => $value) {
            if (is_int($value) || is_bool($value)) {
                $row[$name] = (int) $value;
                continue;
            }
            $row[$name] = self::text((string) $value, $name, $lengths[$name] ?? self::LONGEST);
        }
        foreach ($dates as $name) {
            self::date($row[$name], $name);
        }
        if (!$row['deleted'] && !preg_match('/^[0-9a-f]{32}$/D', $row['changehash'])) {
            throw new row_exception(result::ERROR, 'hashinvalid');
        }
        self::require_ids($row);
        return $row;
    }

    /**
     * Clean a text.
     *
     * @param string $value as received
     * @param string $field its name, for the message
     * @param int $longest 0: no limit
     * @return string
     * @throws row_exception valuetoolong
     */
    public static function text(string $value, string $field, int $longest = self::LONGEST): string {
        $text = trim(clean_param(fix_utf8($value), PARAM_TEXT));
        if ($longest && \core_text::strlen($text) > $longest) {
            throw new row_exception(result::ERROR, 'valuetoolong', (object) ['field' => $field, 'longest' => $longest]);
        }
        return $text;
    }

    /**
     * Check a calendar date.
     *
     * @param string $value as received
     * @param string $field its name, for the message
     * @return string the same
     * @throws row_exception dateinvalid
     */
    public static function date(string $value, string $field): string {
        if (!calendar_date::is_valid_or_empty($value)) {
            throw new row_exception(result::ERROR, 'dateinvalid', (object) ['field' => $field, 'value' => $value]);
        }
        return $value;
    }

    /**
     * Check one of Zoho's record ids: 10 to 20 digits.
     *
     * @param string $value as received
     * @param string $field its name, for the message
     * @return string the same
     * @throws row_exception idinvalid
     */
    public static function id(string $value, string $field): string {
        if (!preg_match('/^[0-9]{10,20}$/D', $value)) {
            throw new row_exception(result::ERROR, 'idinvalid', (object) ['field' => $field, 'value' => $value]);
        }
        return $value;
    }

    /**
     * Check the ids of a row. A class may be without programme, teacher and unit.
     *
     * @param array $row
     * @throws row_exception idinvalid
     */
    private static function require_ids(array $row): void {
        foreach (['zohoid', 'studentid', 'classid', 'programid', 'teacherid', 'unitid'] as $name) {
            $missing = !isset($row[$name]) || ($row[$name] === '' && in_array($name, self::OPTIONAL_IDS, true));
            if (!$missing) {
                self::id($row[$name], $name);
            }
        }
    }
}
