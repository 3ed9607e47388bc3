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
 * Passes and comparisons, and what one of them did.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\local\agent\client;
use local_zohosync\local\agent\wording;
use local_zohosync\output\lists;
use local_zohosync\output\page;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$number = optional_param('number', 0, PARAM_INT);
$wanted = ['kind' => optional_param('kind', '', PARAM_ALPHAEXT), 'entity' => optional_param('entity', '', PARAM_ALPHA)];
$before = optional_param('before', 0, PARAM_INT);
$after = optional_param('after', 0, PARAM_INT);

navigation_node::override_active_url(new moodle_url('/local/zohosync/runs.php'));
admin_externalpage_setup('local_zohosync_runs', '', $number ? ['number' => $number] : $wanted);
$client = new client();
if (!$number) {
    page::show(
        get_string('runs', 'local_zohosync'),
        fn() => page::listing(lists::runs($client->runs($wanted + ['before' => $before]), $wanted))
    );
    exit;
}
page::show(get_string('run', 'local_zohosync', $number), function () use ($client, $number, $after): string {
    global $OUTPUT, $PAGE;
    $run = $client->run($number);
    $records = lists::records('records', $client->run_records($number, $after), $PAGE->url, get_string(
        'run:nothing',
        'local_zohosync'
    ));
    return $OUTPUT->render_from_template('local_zohosync/run', [
        'module' => wording::module($run['entity']),
        'kind' => wording::word($run['kind']),
        'status' => wording::word($run['status']),
        'badge' => wording::badge($run['status']),
        'error' => $run['error'],
        'counts' => wording::counts($run['counts']),
        'began' => wording::moment($run['started_at']),
        'finished' => wording::moment($run['finished_at']),
        'records' => $records->export_for_template($OUTPUT),
    ]);
});
