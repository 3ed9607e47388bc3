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
use local_zohosync\local\inbound\enrolments;

/**
 * Creates or updates the manual enrolments of Zoho enrollments.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class upsert_enrolments extends agent_function {
    /** @var string[] Text fields of a row. */
    private const TEXTS = [
        'studentid', 'classid', 'startdate', 'enddate', 'enrollmenttype', 'role', 'withdrawal',
    ];

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('enrolments', self::record_fields(self::TEXTS));
    }

    /**
     * Carry out a batch.
     *
     * @param int $count number of rows sent
     * @param array $enrolments rows
     * @return array results
     */
    public static function execute(int $count, array $enrolments): array {
        ['count' => $count, 'enrolments' => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'enrolments' => $enrolments]
        );
        self::authorise();
        self::require_whole($count, $rows);
        return self::write(fn() => (new enrolments($rows))->upsert());
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
