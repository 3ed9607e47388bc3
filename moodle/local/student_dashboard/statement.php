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
 * The statement of account of a student, to print or as PDF.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\exception\required_capability_exception;
use core\output\html_writer;
use core\url;
use local_student_dashboard\local\access;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\statement_pdf;
use local_student_dashboard\local\visibility;
use local_student_dashboard\output\statement;

require_once(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/filelib.php');

$userid = optional_param('userid', 0, PARAM_INT);
$format = optional_param('format', '', PARAM_ALPHA);

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url(statement::url($userid));
$PAGE->set_pagelayout('print');

$subject = access::require_subject($userid);
if (!visibility::shows('finance') || !access::may_see_finance((int) $subject->id)) {
    $context = \core\context\user::instance($subject->id);
    throw new required_capability_exception($context, 'local/student_dashboard:viewfinance', 'nopermissions', '');
}

$statement = new statement(
    $subject,
    (new provider\profile())->get((int) $subject->id),
    new provider\finance((int) $subject->id),
    visibility::shows('balance'),
);
if ($format === 'pdf') {
    send_file(statement_pdf::of($statement), $statement->filename(), 0, 0, true, true, 'application/pdf');
}

$title = get_string('statement', 'local_student_dashboard');
$PAGE->set_title($title);

echo $OUTPUT->header();
echo html_writer::start_tag('p', ['class' => 'local-student-dashboard-screenonly']);
echo html_writer::link(new url($PAGE->url, ['format' => 'pdf']), get_string('statement:pdf', 'local_student_dashboard'));
echo html_writer::end_tag('p');
echo $OUTPUT->render($statement);
echo $OUTPUT->footer();
