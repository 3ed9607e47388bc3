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
 * The student's page: all that the college knows of her, in tabs.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_student_dashboard\local\access;
use local_student_dashboard\output\dashboard;

require_once(__DIR__ . '/../../config.php');

$userid = optional_param('userid', 0, PARAM_INT);
$tab = optional_param('tab', '', PARAM_ALPHA);

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url(access::url($userid, $tab));
$PAGE->set_pagelayout('standard');

$subject = access::require_subject($userid);
$own = $subject->id == $USER->id;

$PAGE->set_title(get_string('dashboard', 'local_student_dashboard'));
$PAGE->set_heading(get_string('dashboard', 'local_student_dashboard'));
$PAGE->set_secondary_navigation(false);
$PAGE->add_body_class('limitedwidth');

$dashboard = dashboard::for_user($subject, $own, $tab);

echo $OUTPUT->header();
echo $OUTPUT->render($dashboard);
echo $OUTPUT->footer();
