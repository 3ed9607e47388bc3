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
 * Staff looks through the student cards that were issued, and revokes one.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\context\system;
use core\output\notification;
use core\url;
use core_reportbuilder\system_report_factory;
use local_student_dashboard\local\card\cards;
use local_student_dashboard\local\card\permission;
use local_student_dashboard\reportbuilder\local\systemreports\cards as cards_report;

require_once(__DIR__ . '/../../config.php');

$revoke = optional_param('revoke', 0, PARAM_INT);

require_login(null, false);

$PAGE->set_context(system::instance());
$PAGE->set_url('/local/student_dashboard/cards.php');
$PAGE->set_pagelayout('admin');

permission::require_staff(cards::MANAGE);

$card = $revoke ? cards::not_revoked($revoke) : null;
if ($card && data_submitted() && confirm_sesskey()) {
    cards::revoke($card, (int) $USER->id);
    redirect($PAGE->url, get_string('card:staffrevoked', 'local_student_dashboard'), null, notification::NOTIFY_SUCCESS);
}

$title = get_string('cards', 'local_student_dashboard');
$PAGE->set_title($title);
$PAGE->set_heading($title);
$PAGE->set_secondary_navigation(false);

echo $OUTPUT->header();
if ($card) {
    $name = fullname(core_user::get_user($card->userid, '*', MUST_EXIST));
    $question = get_string('card:revokeconfirm', 'local_student_dashboard', s($name));
    echo $OUTPUT->confirm($question, new url($PAGE->url, ['revoke' => $card->id]), $PAGE->url);
} else {
    echo system_report_factory::create(cards_report::class, system::instance())->output();
}
echo $OUTPUT->footer();
