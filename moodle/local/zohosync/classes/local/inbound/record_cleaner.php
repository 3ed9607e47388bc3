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
    private const OPTIONAL_IDS = ['programid', 'teacherid'];

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
            $row[$name] = trim(clean_param(fix_utf8((string) $value), PARAM_TEXT));
            $longest = $lengths[$name] ?? self::LONGEST;
            if ($longest && \core_text::strlen($row[$name]) > $longest) {
                throw new row_exception(result::ERROR, 'valuetoolong', (object) ['field' => $name, 'longest' => $longest]);
            }
        }
        foreach ($dates as $name) {
            if (!calendar_date::is_valid_or_empty($row[$name])) {
                throw new row_exception(result::ERROR, 'dateinvalid', (object) ['field' => $name, 'value' => $row[$name]]);
            }
        }
        if (!$row['deleted'] && !preg_match('/^[0-9a-f]{32}$/', $row['changehash'])) {
            throw new row_exception(result::ERROR, 'hashinvalid');
        }
        self::require_ids($row);
        return $row;
    }

    /**
     * Zoho's record ids have 10 to 20 digits. A class may be without programme and teacher.
     *
     * @param array $row
     * @throws row_exception idinvalid
     */
    private static function require_ids(array $row): void {
        foreach (['zohoid', 'studentid', 'classid', 'programid', 'teacherid'] as $name) {
            $missing = !isset($row[$name]) || ($row[$name] === '' && in_array($name, self::OPTIONAL_IDS, true));
            if (!$missing && !preg_match('/^[0-9]{10,20}$/', $row[$name])) {
                throw new row_exception(result::ERROR, 'idinvalid', (object) ['field' => $name, 'value' => $row[$name]]);
            }
        }
    }
}
