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
 * Staff looks at the photos that students gave for their cards, and decides about each.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\exception\moodle_exception;
use core\output\notification;
use core\url;
use local_student_dashboard\local\card\permission;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\output\photo_review;

require_once(__DIR__ . '/../../config.php');

$page = optional_param('page', 0, PARAM_INT);

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url('/local/student_dashboard/photos.php', $page > 0 ? ['page' => $page] : []);
$PAGE->set_pagelayout('admin');

permission::require_staff(photos::REVIEW);

if (data_submitted()) {
    require_sesskey();
    $id = required_param('id', PARAM_INT);
    $approve = required_param('decision', PARAM_ALPHA) === photos::APPROVED;
    try {
        $done = $approve
            ? photos::approve($id, (int) $USER->id)
            : photos::reject($id, (int) $USER->id, optional_param('reason', '', PARAM_TEXT));
    } catch (moodle_exception $e) {
        redirect($PAGE->url, $e->getMessage(), null, notification::NOTIFY_ERROR);
    }
    $said = $done ? ($approve ? 'photo:wasapproved' : 'photo:wasrejected') : 'photo:nolongerwaits';
    $kind = $done ? notification::NOTIFY_SUCCESS : notification::NOTIFY_WARNING;
    redirect($PAGE->url, get_string($said, 'local_student_dashboard'), null, $kind);
}

$title = get_string('photos', 'local_student_dashboard');
$PAGE->set_title($title);
$PAGE->set_heading($title);
$PAGE->set_secondary_navigation(false);
$PAGE->add_body_class('limitedwidth');

echo $OUTPUT->header();
echo $OUTPUT->render(photo_review::page(max(0, $page), new url('/local/student_dashboard/photos.php')));
echo $OUTPUT->footer();
