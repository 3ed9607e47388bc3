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

namespace local_zohosync\local;

/**
 * Finds the student whom an administrator means.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_search {
    /**
     * Find her.
     *
     * @param string $who her record id in Zoho, student number, name to sign in with or e-mail address
     * @return \stdClass|null zohoid and userid (0: none is linked); null: nobody is meant, or more than one
     */
    public static function find(string $who): ?\stdClass {
        global $DB;
        if ($who === '') {
            return null;
        }
        if (preg_match('/^\d{10,20}$/D', $who)) {
            $known = self::one($DB->get_records('local_zohosync_student', ['zohoid' => $who], '', 'id, zohoid, userid'));
            // A student whom Moodle does not have yet: the agent may know why.
            return $known ?? (object) ['zohoid' => $who, 'userid' => 0];
        }
        $same = array_map(
            fn(string $column): string => $DB->sql_equal($column, ":$column", false),
            array_combine(['studentnumber', 'email', 'username'], ['studentnumber', 'email', 'username'])
        );
        $values = array_fill_keys(array_keys($same), $who);
        $rows = $DB->get_records_select('local_zohosync_student', implode(' OR ', $same), $values, '', 'id, zohoid, userid');
        return self::one($rows);
    }

    /**
     * The only one.
     *
     * @param \stdClass[] $rows
     * @return \stdClass|null
     */
    private static function one(array $rows): ?\stdClass {
        return count($rows) === 1 ? reset($rows) : null;
    }
}
