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
use local_zohosync\local\agent_settings;
use local_zohosync\local\setting_shape;

/**
 * Gives the agent's settings as Moodle keeps them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_settings extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([]);
    }

    /**
     * Give the settings.
     *
     * @return array settings: those that were ever put, byte for byte
     */
    public static function execute(): array {
        self::authorise();
        $settings = [];
        foreach (setting_shape::keys() as $key) {
            $value = agent_settings::kept($key);
            if ($value !== null) {
                $settings[] = ['key' => $key, 'value' => $value];
            }
        }
        return ['settings' => $settings];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'settings' => new external_multiple_structure(new external_single_structure([
                'key' => new external_value(PARAM_RAW, 'Name of the setting'),
                'value' => new external_value(PARAM_RAW, 'JSON object as it was put'),
            ])),
        ]);
    }
}
