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
use core_external\external_single_structure;
use local_zohosync\local\definition\assignments;

/**
 * Lists how the advanced grading of assignments in linked courses stands, page by page.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class list_definitions extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters(self::page_parameters());
    }

    /**
     * List a page.
     *
     * @param int $after id of the last one of the page before, 0 for the first page
     * @param int $limit at most so many
     * @return array definitions, by id of their assignments
     */
    public static function execute(int $after, int $limit): array {
        $page = ['after' => $after, 'limit' => $limit];
        ['after' => $after, 'limit' => $limit] = self::validate_parameters(self::execute_parameters(), $page);
        self::authorise();
        self::require_page($after, $limit);
        return ['definitions' => assignments::page($after, $limit)];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return self::pictures('definitions', [
            'id' => PARAM_INT, 'zohoid' => PARAM_RAW, 'unitid' => PARAM_RAW, 'cmid' => PARAM_INT, 'method' => PARAM_RAW,
            'definitionid' => PARAM_INT, 'state' => PARAM_ALPHA, 'kept' => PARAM_RAW,
        ]);
    }
}
