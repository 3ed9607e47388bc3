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
use local_zohosync\local\enrolment\key;
use local_zohosync\local\enrolment\snapshots;

/**
 * Gives the present snapshot of students' enrolments.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_enrolments extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'keys' => new external_multiple_structure(
                new external_value(PARAM_ALPHANUMEXT, 'userid_courseid'),
                'At most ' . self::MOST_ROWS
            ),
        ]);
    }

    /**
     * Build the snapshots.
     *
     * @param string[] $keys
     * @return array enrolments, in the order of the keys
     */
    public static function execute(array $keys): array {
        ['keys' => $keys] = self::validate_parameters(self::execute_parameters(), ['keys' => $keys]);
        self::authorise();
        self::require_whole(count($keys), $keys);
        return ['enrolments' => snapshots::of(array_map(
            fn(string $text): key => key::parse($text)
                ?? throw new \invalid_parameter_exception("'$text' is no enrolment key (userid_courseid)"),
            $keys
        ))];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return self::pictures('enrolments', snapshots::FIELDS);
    }
}
