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
use local_zohosync\local\outbox\repository;

/**
 * Marks events of the outbox as delivered.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class ack_events extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'eventids' => new external_multiple_structure(
                new external_value(PARAM_ALPHANUMEXT, 'UUID of an event'),
                'At most ' . self::MOST_ROWS
            ),
        ]);
    }

    /**
     * Mark the events.
     *
     * @param string[] $eventids
     * @return array acknowledged: how many of them were pending
     */
    public static function execute(array $eventids): array {
        ['eventids' => $eventids] = self::validate_parameters(self::execute_parameters(), ['eventids' => $eventids]);
        self::authorise();
        self::require_whole(count($eventids), $eventids);
        return ['acknowledged' => repository::mark_sent($eventids)];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'acknowledged' => new external_value(PARAM_INT, 'How many of the events were pending'),
        ]);
    }
}
