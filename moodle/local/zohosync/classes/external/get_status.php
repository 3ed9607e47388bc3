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
use local_zohosync\local\outbox\repository;

/**
 * Gives versions, identity and backlog of the site.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_status extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([]);
    }

    /**
     * Look.
     *
     * @return array
     */
    public static function execute(): array {
        global $CFG;
        self::validate_parameters(self::execute_parameters(), []);
        self::authorise();
        return [
            'pluginversion' => (int) get_config('local_zohosync', 'version'),
            'moodleversion' => $CFG->release,
            'siteid' => get_site_identifier(),
            'wwwroot' => $CFG->wwwroot,
            'time' => \core\di::get(\core\clock::class)->time(),
            'outboxpending' => repository::count(repository::PENDING),
            'outboxdead' => repository::count(repository::DEAD),
            'oldestpending' => repository::oldest_pending(),
            'maxinputvars' => (int) ini_get('max_input_vars'),
        ];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'pluginversion' => new external_value(PARAM_INT, 'Version of the plugin'),
            'moodleversion' => new external_value(PARAM_RAW, 'Release of Moodle'),
            'siteid' => new external_value(PARAM_RAW, 'Identifier of the site'),
            'wwwroot' => new external_value(PARAM_RAW, 'Address of the site'),
            'time' => new external_value(PARAM_INT, 'Clock of the site, unix seconds'),
            'outboxpending' => new external_value(PARAM_INT, 'Events to be sent'),
            'outboxdead' => new external_value(PARAM_INT, 'Events that were parked'),
            'oldestpending' => new external_value(PARAM_INT, 'When the oldest pending event happened, 0 if none'),
            'maxinputvars' => new external_value(PARAM_INT, 'Most input variables that PHP takes in one request'),
        ]);
    }
}
