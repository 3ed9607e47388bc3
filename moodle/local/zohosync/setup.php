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
 * The first-time set-up, the test of the connection, new secrets, and what is decided about a copied site.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\output\notification;
use local_zohosync\event\setup_done;
use local_zohosync\form\setup_form;
use local_zohosync\local\config;
use local_zohosync\local\copied_site;
use local_zohosync\local\round_trip;
use local_zohosync\local\setup;
use local_zohosync\output\setup_page;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$action = optional_param('action', '', PARAM_ALPHA);

admin_externalpage_setup('local_zohosync_setup');
$url = new moodle_url('/local/zohosync/setup.php');
$PAGE->set_cacheable(false);
if ($action !== '') {
    require_sesskey();
    if (!data_submitted()) {
        redirect($url);
    }
}

if (config::is_copied()) {
    if ($action === 'moved' || $action === 'copy') {
        $action === 'moved' ? copied_site::moved() : copied_site::forget();
        setup_done::of($action)->trigger();
        redirect($url, get_string("copied:{$action}_done", 'local_zohosync'), null, notification::NOTIFY_SUCCESS);
    }
    $page = new setup_page(null);
} else {
    $form = new setup_form($url->out(false));
    [$made, $steps] = [null, null];
    $given = $form->get_data();
    $refused = '';
    if ($given || $action !== '') {
        try {
            if ($given || $action === 'rotate') {
                $made = setup::run($given->agenturl ?? null, $action === 'rotate');
                setup_done::of($given ? 'run' : 'rotate')->trigger();
            }
            // The agent calls this site meanwhile: other pages of this person need not wait for that.
            \core\session\manager::write_close();
            $steps = round_trip::run();
        } catch (moodle_exception $e) {
            $refused = $e->getMessage();
        }
    }
    $page = new setup_page($form, $made, $steps);
}

echo $OUTPUT->header();
echo $OUTPUT->heading(get_string('setup', 'local_zohosync'));
if (!empty($refused)) {
    echo $OUTPUT->notification(s($refused), notification::NOTIFY_ERROR, false);
}
echo $OUTPUT->render_from_template('local_zohosync/setup', $page->export_for_template($OUTPUT));
echo $OUTPUT->footer();
