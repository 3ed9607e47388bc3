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
 * Keeps the agent's settings that Moodle needs.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class put_settings extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('settings', [
            'key' => new external_value(PARAM_RAW, 'Name of the setting, such as grading.rules'),
            'value' => new external_value(PARAM_RAW, 'JSON object'),
        ]);
    }

    /**
     * Keep the settings.
     *
     * @param int $count number of rows sent
     * @param array $settings
     * @return array results, in the order of the rows
     */
    public static function execute(int $count, array $settings): array {
        ['count' => $count, 'settings' => $settings] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'settings' => $settings]
        );
        self::authorise();
        self::require_whole($count, $settings);
        return self::write(fn() => array_map(fn($setting) => self::put($setting['key'], $setting['value']), $settings));
    }

    /**
     * Keep one setting.
     *
     * @param string $key
     * @param string $value
     * @return array the result
     */
    private static function put(string $key, string $value): array {
        $result = ['key' => $key, 'errorcode' => '', 'message' => ''];
        if (!in_array($key, setting_shape::keys(), true)) {
            $message = get_string('error:settingunknown', 'local_zohosync', $key);
            return ['status' => 'refused', 'errorcode' => 'settingunknown', 'message' => $message] + $result;
        }
        try {
            return ['status' => agent_settings::put($key, $value) ? 'updated' : 'unchanged'] + $result;
        } catch (\UnexpectedValueException $e) {
            return ['status' => 'refused', 'errorcode' => 'settinginvalid', 'message' => $e->getMessage()] + $result;
        }
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'results' => new external_multiple_structure(new external_single_structure([
                'key' => new external_value(PARAM_RAW, 'Name of the setting'),
                'status' => new external_value(PARAM_ALPHA, 'updated, unchanged or refused'),
                'errorcode' => new external_value(PARAM_RAW, 'Stable code, empty if none'),
                'message' => new external_value(PARAM_RAW, 'Sentence for a person, empty if none'),
            ]), 'One result per row, in the order of the rows'),
        ]);
    }
}
