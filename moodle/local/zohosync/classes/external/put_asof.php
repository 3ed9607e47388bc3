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
use local_zohosync\local\asof;

/**
 * Keeps up to when Zoho's changes are known to be in Moodle.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class put_asof extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return self::batch_parameters('modules', [
            'module' => new external_value(PARAM_RAW, 'Name of the module, such as grade'),
            'asof' => new external_value(PARAM_INT, 'Up to when its changes are here, unix seconds'),
        ]);
    }

    /**
     * Keep the times.
     *
     * @param int $count number of rows sent
     * @param array $modules
     * @return array results, in the order of the rows
     */
    public static function execute(int $count, array $modules): array {
        ['count' => $count, 'modules' => $modules] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, 'modules' => $modules]
        );
        self::authorise();
        self::require_whole($count, $modules);
        return self::write(fn() => array_map(fn($row) => self::put($row['module'], $row['asof']), $modules));
    }

    /**
     * Keep the time of one module.
     *
     * @param string $module
     * @param int $time unix time
     * @return array the result
     */
    private static function put(string $module, int $time): array {
        $errorcode = match (true) {
            !in_array($module, asof::MODULES, true) => 'moduleunknown',
            $time < 0 => 'asofinvalid',
            default => '',
        };
        $status = $errorcode !== '' ? 'refused' : (asof::put($module, $time) ? 'updated' : 'unchanged');
        return ['module' => $module, 'status' => $status, 'errorcode' => $errorcode];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'results' => new external_multiple_structure(new external_single_structure([
                'module' => new external_value(PARAM_RAW, 'Name of the module'),
                'status' => new external_value(PARAM_ALPHA, 'updated, unchanged or refused'),
                'errorcode' => new external_value(PARAM_RAW, 'Stable code, empty if none'),
            ]), 'One result per row, in the order of the rows'),
        ]);
    }
}
