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
 * The machine's own limit: Moodle's API creating N users in one PHP process, nothing else.
 *
 * Usage: php create_users.php <path to config.php> <number> ; prints the seconds it took as JSON.
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/user/lib.php');

\core\session\manager::set_user(get_admin());
$number = (int) $argv[2];
$started = microtime(true);
for ($i = 1; $i <= $number; $i++) {
    user_create_user((object) [
        'auth' => 'manual',
        'confirmed' => 1,
        'mnethostid' => $CFG->mnet_localhost_id,
        'username' => "bench{$i}@college.example.org",
        'email' => "bench{$i}@college.example.org",
        'firstname' => "First {$i}",
        'lastname' => "Last {$i}",
        'idnumber' => (string) (9000000000000000000 + $i),
        'password' => 'to be generated',
    ], false);
}
echo json_encode(['users' => $number, 'seconds' => round(microtime(true) - $started, 3)]), "\n";
