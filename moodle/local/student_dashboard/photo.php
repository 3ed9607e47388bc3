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
 * A student gives a photo for her card; always for herself.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\exception\moodle_exception;
use core\output\html_writer;
use core\output\notification;
use local_student_dashboard\form\photo_form;
use local_student_dashboard\local\access;
use local_student_dashboard\local\card\permission;
use local_student_dashboard\local\card\photos;

require_once(__DIR__ . '/../../config.php');

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url('/local/student_dashboard/photo.php');
$PAGE->set_pagelayout('standard');

$userid = permission::require_own();

$title = get_string('photo:new', 'local_student_dashboard');
$back = access::url(0, 'card');
$PAGE->set_title($title);
$PAGE->set_heading($title);
$PAGE->set_secondary_navigation(false);
$PAGE->add_body_class('limitedwidth');
$PAGE->navbar->add(get_string('dashboard', 'local_student_dashboard'), $back);
$PAGE->navbar->add($title);

$form = new photo_form();
if ($form->is_cancelled()) {
    redirect($back);
}
$refusal = '';
if ($form->get_data()) {
    try {
        photos::submit($userid, (string) $form->get_file_content('photo'));
        redirect($back, get_string('photo:sent', 'local_student_dashboard'), null, notification::NOTIFY_SUCCESS);
    } catch (moodle_exception $e) {
        $refusal = $e->getMessage();
    }
}

echo $OUTPUT->header();
echo html_writer::tag('p', get_string('photo:intro', 'local_student_dashboard'));
if ($refusal !== '') {
    echo $OUTPUT->notification($refusal, notification::NOTIFY_ERROR, false);
}
$form->display();
echo $OUTPUT->footer();
