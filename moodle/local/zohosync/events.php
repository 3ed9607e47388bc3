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
 * Events: what Zoho and Moodle told the agent, and what became of it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\local\agent\client;
use local_zohosync\output\lists;
use local_zohosync\output\page;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$wanted = [
    'status' => optional_param('status', '', PARAM_ALPHA),
    'source' => optional_param('source', '', PARAM_ALPHA),
    'entity' => optional_param('entity', '', PARAM_ALPHA),
    'record_id' => optional_param('record_id', '', PARAM_ALPHANUMEXT),
];
$before = optional_param('before', 0, PARAM_INT);

navigation_node::override_active_url(new moodle_url('/local/zohosync/events.php'));
admin_externalpage_setup('local_zohosync_events', '', $wanted);
page::show(
    get_string('events', 'local_zohosync'),
    fn() => page::listing(lists::events((new client())->events($wanted + ['before' => $before]), $wanted))
);
