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

namespace local_student_dashboard\external;

use core\context\system;
use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\seen;

/**
 * Notes that a student has seen a result of hers.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class acknowledge_grade extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'key' => new external_value(PARAM_RAW_TRIMMED, 'Key of the result, as local_student_dashboard_get_dashboard gives it'),
            'version' => new external_value(PARAM_ALPHANUM, 'Version of the result that she has seen, from there too'),
        ]);
    }

    /**
     * Notes it; a result that has changed in the meantime is refused.
     *
     * @param string $key of the result
     * @param string $version of the result
     * @return array
     */
    public static function execute(string $key, string $version): array {
        $given = self::validate_parameters(self::execute_parameters(), ['key' => $key, 'version' => $version]);
        self::validate_context(system::instance());
        return ['timeseen' => seen::acknowledge($given['key'], $given['version'])];
    }

    /**
     * What it gives.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'timeseen' => new external_value(PARAM_INT, 'When she first said so, unix seconds'),
        ]);
    }
}
