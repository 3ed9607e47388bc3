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

namespace local_zohosync\external;

use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_zohosync\local\inbound\mirror;

/**
 * Tells what Moodle really holds of the given Zoho students.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_students extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'zohoids' => new external_multiple_structure(
                new external_value(PARAM_ALPHANUM, 'Record id in Zoho'),
                'At most ' . self::MOST_ROWS
            ),
        ]);
    }

    /**
     * Look the students up.
     *
     * @param string[] $zohoids
     * @return array the students who are linked to an account that exists
     */
    public static function execute(array $zohoids): array {
        global $DB;
        ['zohoids' => $zohoids] = self::validate_parameters(self::execute_parameters(), ['zohoids' => $zohoids]);
        self::authorise();
        self::require_whole(count($zohoids), $zohoids);
        if (!$zohoids) {
            return ['students' => []];
        }
        [$in, $params] = $DB->get_in_or_equal($zohoids);
        $sql = "SELECT s.zohoid, s.userid, u.username, u.email, u.firstname, u.lastname, u.idnumber, u.suspended,
                       s.changehash, s.sourcetime, s.deleted
                  FROM {" . mirror::STUDENT . "} s
                  JOIN {user} u ON u.id = s.userid AND u.deleted = 0
                 WHERE s.zohoid $in
              ORDER BY s.id";
        return ['students' => array_map(fn($row) => (array) $row, array_values($DB->get_records_sql($sql, $params)))];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        $fields = ['userid' => PARAM_INT, 'suspended' => PARAM_INT, 'sourcetime' => PARAM_INT, 'deleted' => PARAM_INT];
        $texts = ['zohoid', 'username', 'email', 'firstname', 'lastname', 'idnumber', 'changehash'];
        $values = array_map(
            fn($type) => new external_value($type, 'As Moodle holds it'),
            $fields + array_fill_keys($texts, PARAM_RAW)
        );
        return new external_single_structure([
            'students' => new external_multiple_structure(new external_single_structure($values)),
        ]);
    }
}
