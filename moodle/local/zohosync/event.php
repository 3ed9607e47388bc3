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
 * One event with its story, and trying it again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\event\failed_events_retried;
use local_zohosync\local\agent\client;
use local_zohosync\output\event_story;
use local_zohosync\output\page;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$number = required_param('number', PARAM_INT);

navigation_node::override_active_url(new moodle_url('/local/zohosync/events.php'));
admin_externalpage_setup('local_zohosync_events', '', ['number' => $number], '/local/zohosync/event.php');
$client = new client();
if (data_submitted()) {
    page::act($PAGE->url, 'local/zohosync:retry', function () use ($client, $number): string {
        $retried = $client->retry_events([$number]);
        failed_events_retried::of([$number], $retried)->trigger();
        return get_string('failures:retried', 'local_zohosync', $retried);
    });
}
$canretry = has_capability('local/zohosync:retry', context_system::instance());
page::show(get_string('event', 'local_zohosync', $number), fn() => $OUTPUT->render_from_template(
    'local_zohosync/event_story',
    (new event_story($client->event($number), $canretry))->export_for_template($OUTPUT)
));
