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
 * A student prints her card, has it issued, or gives it up; always her own.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\exception\moodle_exception;
use core\output\html_writer;
use core\output\notification;
use local_student_dashboard\local\access;
use local_student_dashboard\local\card\cards;
use local_student_dashboard\local\card\permission;
use local_student_dashboard\local\card\standing;
use local_student_dashboard\output\student_card;

require_once(__DIR__ . '/../../config.php');

$action = optional_param('action', '', PARAM_ALPHA);

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url('/local/student_dashboard/card.php');
$PAGE->set_pagelayout('embedded');

$userid = permission::require_own();

$back = access::url(0, 'card');
if ($action !== '') {
    require_sesskey();
    $said = 'card:wasissued';
    if ($action === 'lost') {
        $card = cards::in_force($userid);
        if ($card) {
            cards::revoke($card, $userid);
        }
        $said = 'card:wasrevoked';
    } else {
        try {
            cards::issue($userid);
        } catch (moodle_exception $e) {
            redirect($back, $e->getMessage(), null, notification::NOTIFY_ERROR);
        }
    }
    redirect($back, get_string($said, 'local_student_dashboard'), null, notification::NOTIFY_SUCCESS);
}

$face = student_card::of(standing::of($userid));
if (!$face) {
    redirect($back);
}

$title = get_string('studentcard', 'local_student_dashboard');
$PAGE->set_title($title);
// On paper there is nothing but the card, and the sheet has its size.
$PAGE->requires->css('/local/student_dashboard/card.css');

echo $OUTPUT->header();
echo html_writer::start_div('local-student-dashboard-cardpage');
echo html_writer::start_div('local-student-dashboard-screenonly');
echo html_writer::tag('h1', $title, ['class' => 'h3']);
echo html_writer::tag('p', get_string('card:printhelp', 'local_student_dashboard'));
echo html_writer::tag('p', html_writer::link($back, get_string('card:back', 'local_student_dashboard')));
echo html_writer::end_div();
echo $OUTPUT->render($face);
echo html_writer::end_div();
echo $OUTPUT->footer();
