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
use core_external\external_value;
use local_zohosync\local\inbound\teachers;

/**
 * Creates or updates the Moodle accounts of Zoho teachers, and enrols them into their classes.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class upsert_teachers extends agent_function {
    /** @var string[] Text fields of a row. */
    private const TEXTS = ['username', 'email', 'firstname', 'lastname', 'displayname', 'phone'];

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('teachers', self::record_fields(self::TEXTS) + [
            'suspended' => new external_value(PARAM_BOOL, '1: Zoho wants the account suspended'),
        ]);
    }

    /**
     * Carry out a batch.
     *
     * @param int $count number of rows sent
     * @param array $teachers rows
     * @return array results
     */
    public static function execute(int $count, array $teachers): array {
        ['count' => $count, 'teachers' => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'teachers' => $teachers]
        );
        self::authorise();
        self::require_whole($count, $rows);
        return self::write(fn() => (new teachers($rows))->upsert());
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
