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
use local_zohosync\local\inbound\requests;

/**
 * Keeps the answers to students' requests, and the requests that were made in Zoho.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class upsert_requests extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('requests', self::record_fields([]) + requests::fields()->parameters());
    }

    /**
     * Carry out a batch.
     *
     * @param int $count number of rows sent
     * @param array $requests rows
     * @return array results
     */
    public static function execute(int $count, array $requests): array {
        ['count' => $count, 'requests' => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'requests' => $requests]
        );
        self::authorise();
        self::require_whole($count, $rows);
        return self::write(fn() => (new requests($rows))->upsert());
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
