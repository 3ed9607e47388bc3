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
 * Prepares a classroom in a synced course: a teacher, passwords to log in with, an assignment marked 0-4.
 *
 * Run from the root of a Moodle site. Reads from its standard input
 * {"course": idnumber, "student": idnumber, "password": text, "teacher": username, "assignment": name}
 * and writes {"courseid", "studentid", "studentusername", "teacherid", "assignid", "cmid"}.
 *
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require(getcwd() . '/config.php');
require_once($CFG->dirroot . '/course/modlib.php');
require_once($CFG->dirroot . '/user/lib.php');

$wanted = json_decode(stream_get_contents(STDIN), false, 16, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());

$course = $DB->get_record('course', ['idnumber' => $wanted->course], '*', MUST_EXIST);
$student = $DB->get_record('user', ['idnumber' => $wanted->student], '*', MUST_EXIST);
update_internal_user_password($student, $wanted->password);
unset_user_preference('create_password', $student);
unset_user_preference('auth_forcepasswordchange', $student);

$teacherid = $DB->get_field('user', 'id', ['username' => $wanted->teacher]) ?: user_create_user((object) [
    'username' => $wanted->teacher,
    'password' => $wanted->password,
    'firstname' => 'Mariam',
    'lastname' => 'Teacher',
    'email' => "$wanted->teacher@example.org",
    'auth' => 'manual',
    'confirmed' => 1,
    'mnethostid' => $CFG->mnet_localhost_id,
]);
$roleid = $DB->get_field('role', 'id', ['shortname' => 'editingteacher'], MUST_EXIST);
$instance = $DB->get_record('enrol', ['courseid' => $course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
enrol_get_plugin('manual')->enrol_user($instance, $teacherid, $roleid);

$assign = create_module((object) [
    'modulename' => 'assign',
    'course' => $course->id,
    'section' => 0,
    'visible' => 1,
    'cmidnumber' => '',
    'name' => $wanted->assignment,
    'introeditor' => ['text' => '', 'format' => FORMAT_HTML, 'itemid' => 0],
    'grade' => 4,
    'submissiondrafts' => 0,
    'requiresubmissionstatement' => 0,
    'sendnotifications' => 0,
    'sendlatenotifications' => 0,
    'sendstudentnotifications' => 0,
    'duedate' => 0,
    'cutoffdate' => 0,
    'gradingduedate' => 0,
    'allowsubmissionsfromdate' => 0,
    'teamsubmission' => 0,
    'requireallteammemberssubmit' => 0,
    'blindmarking' => 0,
    'markingworkflow' => 0,
    'markingallocation' => 0,
    'attemptreopenmethod' => 'none',
    'maxattempts' => -1,
    'assignsubmission_onlinetext_enabled' => 1,
    'assignfeedback_comments_enabled' => 1,
]);

echo json_encode([
    'courseid' => (int) $course->id,
    'studentid' => (int) $student->id,
    'studentusername' => $student->username,
    'teacherid' => (int) $teacherid,
    'assignid' => (int) $assign->instance,
    'cmid' => (int) $assign->coursemodule,
], JSON_THROW_ON_ERROR);
