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
use local_zohosync\local\definition\applier;

/**
 * Brings the advanced grading of classes' assignments into line with their units.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class apply_definitions extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('classes', ['zohoid' => new external_value(PARAM_RAW, 'Record id of the class in Zoho')]);
    }

    /**
     * Carry out a batch.
     *
     * @param int $count number of rows sent
     * @param array $classes rows
     * @return array results, a row an assignment
     */
    public static function execute(int $count, array $classes): array {
        ['count' => $count, 'classes' => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'classes' => $classes]
        );
        self::authorise();
        self::require_whole($count, $rows);
        return self::write(fn() => applier::apply(array_column($rows, 'zohoid')));
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'results' => new external_multiple_structure(new external_single_structure([
                'zohoid' => new external_value(PARAM_RAW, 'Record id of the class in Zoho'),
                'cmid' => new external_value(PARAM_INT, 'Course module'),
                'assignid' => new external_value(PARAM_INT, 'Assignment'),
                'status' => new external_value(PARAM_ALPHA, 'created, updated, unchanged, foreign, refused or error'),
                'method' => new external_value(PARAM_RAW, 'Way of advanced grading, empty if none'),
                'definitionid' => new external_value(PARAM_INT, 'Definition, 0 if none'),
                'kept' => new external_value(PARAM_RAW, 'Criteria that only their marks keep, separated by spaces'),
                'errorcode' => new external_value(PARAM_RAW, 'Stable code, empty if none'),
                'message' => new external_value(PARAM_RAW, 'Sentence for a person, empty if none'),
            ]), 'One result per assignment'),
        ]);
    }
}
