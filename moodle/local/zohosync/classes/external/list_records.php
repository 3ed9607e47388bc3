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
use local_zohosync\local\inbound\listing;

/**
 * Lists what Moodle holds of Zoho's records, page by page.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class list_records extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'entity' => new external_value(PARAM_ALPHA, implode(', ', listing::entities())),
        ] + self::page_parameters());
    }

    /**
     * List a page.
     *
     * @param string $entity what is listed
     * @param int $after number of the last record of the page before, 0 for the first page
     * @param int $limit at most so many
     * @return array records
     */
    public static function execute(string $entity, int $after, int $limit): array {
        ['entity' => $entity, 'after' => $after, 'limit' => $limit] = self::validate_parameters(
            self::execute_parameters(),
            ['entity' => $entity, 'after' => $after, 'limit' => $limit]
        );
        self::authorise();
        if (!in_array($entity, listing::entities(), true)) {
            throw new \invalid_parameter_exception("entity: '$entity' is none of " . implode(', ', listing::entities()));
        }
        self::require_page($after, $limit);
        return ['records' => listing::page($entity, $after, $limit)];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'records' => new external_multiple_structure(new external_single_structure([
                'id' => new external_value(PARAM_INT, 'Number of the plugin\'s row'),
                'zohoid' => new external_value(PARAM_RAW, 'Record id in Zoho'),
                'moodleid' => new external_value(PARAM_INT, 'As the upsert function gives it'),
                'changehash' => new external_value(PARAM_RAW, 'As it was sent last'),
                'sourcetime' => new external_value(PARAM_INT, 'Modified time in Zoho, unix seconds'),
                'deleted' => new external_value(PARAM_INT, '1: deleted in Zoho'),
                'differs' => new external_value(PARAM_RAW, 'What Moodle does not hold as the row says, separated by spaces'),
            ]), 'By number'),
        ]);
    }
}
