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
use local_zohosync\local\definition\queue;
use local_zohosync\local\inbound\courses;

/**
 * Creates or updates the Moodle courses of Zoho classes.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class upsert_courses extends agent_function {
    /** @var string[] Text fields of a row. */
    private const TEXTS = [
        'fullname', 'shortname', 'startdate', 'enddate', 'unitname', 'programname', 'status', 'teacherrole',
        'day1', 'hours1', 'day2', 'hours2', 'classroom', 'studymode', 'term', 'year',
    ];

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('courses', self::record_fields(self::TEXTS) + [
            'create' => new external_value(PARAM_BOOL, '1: a course may be made; 0: only update a linked one'),
            'hide' => new external_value(PARAM_BOOL, '1: hide the course'),
            'programid' => new external_value(PARAM_RAW, 'Record id of the programme in Zoho, empty if none', VALUE_DEFAULT, ''),
            'unitid' => new external_value(PARAM_RAW, 'Record id of the unit in Zoho, empty if none', VALUE_DEFAULT, ''),
            'teacherid' => new external_value(PARAM_RAW, 'Record id of the teacher in Zoho, empty if none', VALUE_DEFAULT, ''),
            // A form cannot say that a list is empty.
            'staff' => new external_multiple_structure(new external_single_structure([
                'user' => new external_value(PARAM_RAW, 'User name, ID number or e-mail address of exactly one account'),
                'role' => new external_value(PARAM_RAW, 'Short name of the role that it gets'),
            ]), 'Accounts that the course has', VALUE_DEFAULT, []),
        ]);
    }

    /**
     * Carry out a batch.
     *
     * @param int $count number of rows sent
     * @param array $courses rows
     * @return array results
     */
    public static function execute(int $count, array $courses): array {
        ['count' => $count, 'courses' => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'courses' => $courses]
        );
        self::authorise();
        self::require_whole($count, $rows);
        $answer = self::write(fn() => (new courses($rows))->upsert());
        queue::classes(self::written($answer['results']));
        return $answer;
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return self::results();
    }
}
