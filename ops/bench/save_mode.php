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
 * Makes the plugin ready for the next saves that are measured: nothing left to send, no failure remembered.
 *
 * Usage: php save_mode.php <folder of Moodle's code> <address of the agent> <1: the plugin tells of grades, 0: it is switched off>
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1] . '/config.php');

set_config('agenturl', $argv[2], 'local_zohosync');
set_config('enabled', $argv[3], 'local_zohosync');
$DB->delete_records('local_zohosync_outbox');
$DB->delete_records('task_adhoc', ['component' => 'local_zohosync']);
\core_cache\cache::make('local_zohosync', 'breaker')->purge();
