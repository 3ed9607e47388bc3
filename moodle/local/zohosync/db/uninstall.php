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
 * Takes back what the set-up made outside the plugin's own tables.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Remove the agent's role. Core removes the service and its tokens, without which the account can do nothing; students and
 * courses stay.
 *
 * @return bool
 */
function xmldb_local_zohosync_uninstall(): bool {
    global $DB;
    $roleid = $DB->get_field('role', 'id', ['shortname' => \local_zohosync\local\setup::ROLE]);
    return !$roleid || delete_role($roleid);
}
