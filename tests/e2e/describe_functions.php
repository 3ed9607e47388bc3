<?php
// This file is part of Moodle - http://moodle.org/
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
// along with Moodle.  If not, see <http://www.gnu.org/licenses/>.

/**
 * What the plugin's web-service functions take, by name, as JSON: a value's type, {"list": …} or {"fields": {…}}.
 *
 * Usage: php describe_functions.php <folder of Moodle's code>
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core_external\external_api;
use core_external\external_description;
use core_external\external_multiple_structure;
use core_external\external_single_structure;

define('CLI_SCRIPT', true);
require($argv[1] . '/config.php');

/**
 * Describe one parameter.
 *
 * @param external_description $parameter
 * @return array|string
 */
function describe_functions_parameter(external_description $parameter): array|string {
    return match (true) {
        $parameter instanceof external_multiple_structure => ['list' => describe_functions_parameter($parameter->content)],
        $parameter instanceof external_single_structure => [
            'fields' => (object) array_map('describe_functions_parameter', $parameter->keys),
        ],
        default => $parameter->type,
    };
}

$functions = $DB->get_fieldset('external_functions', 'name', ['component' => 'local_zohosync']);
$described = [];
foreach ($functions as $name) {
    $described[$name] = describe_functions_parameter(external_api::external_function_info($name)->parameters_desc);
}
echo json_encode($described, JSON_THROW_ON_ERROR), "\n";
