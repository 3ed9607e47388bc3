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
use local_zohosync\local\config;
use local_zohosync\local\outbox\repository;
use local_zohosync\local\transport\signer;

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
        global $CFG, $DB;
        self::validate_parameters(self::execute_parameters(), []);
        self::authorise();
        $time = \core\di::get(\core\clock::class)->time();
        $functions = 'SELECT f.functionname FROM {external_services_functions} f
            JOIN {external_services} s ON s.id = f.externalserviceid WHERE s.shortname = ? ORDER BY f.functionname';
        return [
            'pluginversion' => (int) get_config('local_zohosync', 'version'),
            'moodleversion' => $CFG->release,
            'siteid' => get_site_identifier(),
            'wwwroot' => $CFG->wwwroot,
            'time' => $time,
            'outboxpending' => repository::count(repository::PENDING),
            'outboxdead' => repository::count(repository::DEAD),
            'oldestpending' => repository::oldest_pending(),
            'maxinputvars' => (int) ini_get('max_input_vars'),
            'enabled' => (int) config::is_active(),
            'agenturl' => config::agent_url(),
            'signature' => self::signature($time),
            'roles' => array_values($DB->get_fieldset_select('role', 'shortname', '1 = 1')),
            'functions' => $DB->get_fieldset_sql($functions, [config::SERVICE]),
            'lastcron' => (int) get_config('tool_task', 'lastcronstart'),
            'timelimit' => (int) ini_get('max_execution_time'),
        ];
    }

    /**
     * Sign the site's identifier as an event would be signed, so that the agent sees whether both hold the same secret.
     *
     * @param int $time unix seconds
     * @return string empty when there is no usable secret
     */
    private static function signature(int $time): string {
        try {
            return (new signer(config::signing_secrets()))->headers('status', $time, get_site_identifier())['webhook-signature'];
        } catch (\InvalidArgumentException) {
            return '';
        }
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
            'enabled' => new external_value(PARAM_INT, '1: events are sent to the agent'),
            'agenturl' => new external_value(PARAM_RAW, 'Address of the agent, empty if none'),
            'signature' => new external_value(
                PARAM_RAW,
                'webhook-signature of an event with the id "status", this time and the site identifier as its body'
            ),
            'roles' => new external_multiple_structure(new external_value(PARAM_RAW, 'Shortname of a role')),
            'functions' => new external_multiple_structure(new external_value(PARAM_RAW, 'Function of the service')),
            'lastcron' => new external_value(PARAM_INT, 'When cron last began, unix seconds, 0: never'),
            'timelimit' => new external_value(PARAM_INT, 'Seconds that PHP gives a request, 0: no limit'),
        ]);
    }
}
