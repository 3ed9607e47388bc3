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
 * How the sync stands: what needs a person first, both directions, the last days, every module.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\event\sync_started;
use local_zohosync\local\agent\client;
use local_zohosync\output\page;
use local_zohosync\output\status;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

admin_externalpage_setup('local_zohosync_status');
$client = new client();
if (data_submitted()) {
    page::act($PAGE->url, 'local/zohosync:retry', function () use ($client): string {
        $client->start_sync();
        sync_started::of(sync_started::PASS)->trigger();
        return get_string('status:started', 'local_zohosync');
    });
}
$canstart = has_capability('local/zohosync:retry', context_system::instance());
page::show(get_string('status', 'local_zohosync'), fn() => $OUTPUT->render_from_template(
    'local_zohosync/status',
    status::now($client, $canstart)->export_for_template($OUTPUT)
));
