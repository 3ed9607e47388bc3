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

/**
 * Scheduled tasks of local_zohosync.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$tasks = [
    ['classname' => 'local_zohosync\task\deliver', 'minute' => '*'],
    ['classname' => 'local_zohosync\task\read_history', 'minute' => '*'],
    ['classname' => 'local_zohosync\task\watch', 'minute' => '*'],
    ['classname' => 'local_zohosync\task\compare_grades', 'minute' => 'R', 'hour' => '2'],
    ['classname' => 'local_zohosync\task\generate_outcomes', 'minute' => 'R', 'hour' => '1'],
    ['classname' => 'local_zohosync\task\purge', 'minute' => 'R', 'hour' => '3'],
];
