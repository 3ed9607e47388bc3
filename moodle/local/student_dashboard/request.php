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
 * A student asks the college for something; always for herself.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\output\notification;
use local_student_dashboard\form\request_form;
use local_student_dashboard\local\access;
use local_student_dashboard\output\request_types;
use local_zohosync\local\request\requests;

require_once(__DIR__ . '/../../config.php');

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url('/local/student_dashboard/request.php');
$PAGE->set_pagelayout('standard');

access::require_request();

$title = get_string('request:new', 'local_student_dashboard');
$PAGE->set_title($title);
$PAGE->set_heading($title);
$PAGE->set_secondary_navigation(false);
$PAGE->add_body_class('limitedwidth');
$PAGE->navbar->add(get_string('dashboard', 'local_student_dashboard'), access::url());
$PAGE->navbar->add($title);

$back = access::url(0, 'requests');
$form = new request_form();
if ($form->is_cancelled()) {
    redirect($back);
}
if ($data = $form->get_data()) {
    requests::raise((int) $USER->id, $data->type, $data->reason, request_form::details($data));
    redirect($back, get_string('request:sent', 'local_student_dashboard'), null, notification::NOTIFY_SUCCESS);
}

echo $OUTPUT->header();
echo $OUTPUT->render(new request_types());
if (request_form::open()) {
    $form->display();
} else {
    echo $OUTPUT->continue_button($back);
}
echo $OUTPUT->footer();
