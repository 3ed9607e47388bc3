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
 * How everything of one student stands: why does she not see something? And syncing her now.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\event\sync_started;
use local_zohosync\local\agent\client;
use local_zohosync\local\agent\problem;
use local_zohosync\local\student_search;
use local_zohosync\output\page;
use local_zohosync\output\student_standing;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$who = optional_param('who', '', PARAM_RAW_TRIMMED);

navigation_node::override_active_url(new moodle_url('/local/zohosync/student.php'));
admin_externalpage_setup('local_zohosync_student', '', $who === '' ? [] : ['who' => $who]);
$client = new client();
$found = student_search::find($who);
if (data_submitted() && $found) {
    page::act($PAGE->url, 'local/zohosync:retry', function () use ($client, $found): string {
        $number = $client->sync_student($found->zohoid);
        sync_started::of(sync_started::STUDENT, $found->zohoid, $found->userid ?: null)->trigger();
        return get_string('student:syncing', 'local_zohosync', $number);
    });
}
page::show(get_string('student', 'local_zohosync'), function () use ($who, $found, $client): string {
    global $OUTPUT;
    $page = $OUTPUT->render_from_template('local_zohosync/student_search', [
        'who' => $who,
        'action' => (new moodle_url('/local/zohosync/student.php'))->out(false),
        'nobody' => $who !== '' && !$found,
    ]);
    if (!$found) {
        return $page;
    }
    $refusal = '';
    $records = [];
    try {
        $records = $client->student($found->zohoid)['records'];
    } catch (problem $e) {
        $refusal = $e->words;
    }
    $standing = new student_standing($found, $records, $refusal, has_capability(
        'local/zohosync:retry',
        context_system::instance()
    ));
    return $page . $OUTPUT->render_from_template('local_zohosync/student_standing', $standing->export_for_template($OUTPUT));
});
