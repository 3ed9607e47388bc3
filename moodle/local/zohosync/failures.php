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
 * Records that could not be carried over, and trying them again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\output\notification;
use local_zohosync\event\failed_events_retried;
use local_zohosync\local\agent\client;
use local_zohosync\local\agent\problem;
use local_zohosync\output\failures;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$before = optional_param('before', 0, PARAM_INT);
$one = optional_param('one', 0, PARAM_INT);
$all = optional_param('all', false, PARAM_BOOL);

admin_externalpage_setup('local_zohosync_failures');
$url = new moodle_url('/local/zohosync/failures.php');
$client = new client();
$canretry = has_capability('local/zohosync:retry', context_system::instance());

if (data_submitted()) {
    require_sesskey();
    require_capability('local/zohosync:retry', context_system::instance());
    $numbers = $one ? [$one] : optional_param_array('selected', [], PARAM_INT);
    $numbers = $all ? null : array_values($numbers);
    if ($numbers === []) {
        redirect($url, get_string('failures:noneselected', 'local_zohosync'), null, notification::NOTIFY_WARNING);
    }
    try {
        $retried = $client->retry_events($numbers);
    } catch (problem $e) {
        redirect($url, s($e->words), null, notification::NOTIFY_ERROR);
    }
    failed_events_retried::of($numbers, $retried)->trigger();
    redirect($url, get_string('failures:retried', 'local_zohosync', $retried), null, notification::NOTIFY_SUCCESS);
}

echo $OUTPUT->header();
echo $OUTPUT->heading(get_string('failures', 'local_zohosync'));
try {
    $page = new failures($client->events(['status' => 'failed', 'before' => $before]), $canretry);
    echo $OUTPUT->render_from_template('local_zohosync/failures', $page->export_for_template($OUTPUT));
} catch (problem $e) {
    echo $OUTPUT->notification(s($e->words), notification::NOTIFY_ERROR, false);
}
echo $OUTPUT->footer();
