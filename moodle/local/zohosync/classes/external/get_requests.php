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
use local_zohosync\local\request\requests;

/**
 * Gives the present snapshot of students' requests.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_requests extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'ids' => new external_multiple_structure(
                new external_value(PARAM_INT, 'Number of a request'),
                'At most ' . self::MOST_ROWS
            ),
        ]);
    }

    /**
     * Build the snapshots.
     *
     * @param int[] $ids
     * @return array requests, in the order of the numbers
     */
    public static function execute(array $ids): array {
        ['ids' => $ids] = self::validate_parameters(self::execute_parameters(), ['ids' => $ids]);
        self::authorise();
        self::require_whole(count($ids), $ids);
        return ['requests' => requests::snapshots($ids)];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return self::pictures('requests', requests::FIELDS);
    }
}
