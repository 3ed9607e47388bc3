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
 * Lists the events that wait in the outbox, so that the agent gets them even where Moodle cannot reach it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_events extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'limit' => new external_value(PARAM_INT, 'At most so many events, to 100', VALUE_DEFAULT, self::MOST_ROWS),
        ]);
    }

    /**
     * List the events.
     *
     * @param int $limit
     * @return array events, oldest first
     */
    public static function execute(int $limit = self::MOST_ROWS): array {
        ['limit' => $limit] = self::validate_parameters(self::execute_parameters(), ['limit' => $limit]);
        self::authorise();
        $events = [];
        foreach (repository::pending(max(1, min(self::MOST_ROWS, $limit))) as $row) {
            $events[] = ['eventid' => $row->eventid, 'kind' => strtok($row->type, '.'), 'body' => $row->payload];
        }
        return ['events' => $events];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'events' => new external_multiple_structure(new external_single_structure([
                'eventid' => new external_value(PARAM_RAW, 'UUID of the event'),
                'kind' => new external_value(PARAM_RAW, 'Kind of object, such as grade'),
                'body' => new external_value(PARAM_RAW, 'JSON as it would be sent'),
            ])),
        ]);
    }
}
