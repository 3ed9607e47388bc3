<?php
// This file is part of Moodle - http://moodle.org/
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
// along with Moodle.  If not, see <http://www.gnu.org/licenses/>.

/**
 * Gives the demo's site its people: a teacher, an assignment in a synced course, passwords that are known.
 *
 * Usage: php seed.php <folder of the site's code>, with {"passwords": {"admin", "teacher", "student"}} on standard
 * input. Prints JSON: teacher, student, course, assignment. Safe to repeat.
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1] . '/config.php');
require_once($CFG->dirroot . '/user/lib.php');
require_once($CFG->dirroot . '/course/modlib.php');
require_once($CFG->libdir . '/clilib.php');
require_once($CFG->dirroot . '/mod/assign/locallib.php');

/**
 * Give a user a password that lasts.
 *
 * @param stdClass $user
 * @param string $password
 */
function seed_password(stdClass $user, string $password): void {
    update_internal_user_password($user, $password);
    unset_user_preference('auth_forcepasswordchange', $user);
    unset_user_preference('create_password', $user);
}

/**
 * The student of the story and her course: synced, active, with a name in her own script where there is one.
 *
 * In the order of Zoho's ids, as Moodle's depend on which class was synced first.
 *
 * @return stdClass courseid, userid
 */
function seed_place(): stdClass {
    global $DB;
    $places = $DB->get_records_sql(
        "SELECT ue.id, e.courseid, ue.userid
           FROM {user_enrolments} ue
           JOIN {enrol} e ON e.id = ue.enrolid AND e.enrol = 'manual'
           JOIN {course} c ON c.id = e.courseid AND c.idnumber <> ''
           JOIN {user} u ON u.id = ue.userid AND u.suspended = 0 AND u.deleted = 0
           JOIN {local_zohosync_student} s ON s.zohoid = u.idnumber
          WHERE ue.status = 0
       ORDER BY CASE WHEN s.firstnamenative <> '' THEN 0 ELSE 1 END, c.idnumber, u.idnumber",
        [],
        0,
        1
    );
    if (!$places) {
        cli_error('no synced student is enrolled in a synced course');
    }
    return reset($places);
}

/**
 * The teacher, enrolled in the course.
 *
 * @param stdClass $course
 * @return stdClass
 */
function seed_teacher(stdClass $course): stdClass {
    global $CFG, $DB;
    $teacher = $DB->get_record('user', ['username' => 'teacher', 'mnethostid' => $CFG->mnet_localhost_id]);
    if (!$teacher) {
        $id = user_create_user([
            'username' => 'teacher',
            'firstname' => 'Tamara',
            'lastname' => 'Teacher',
            'email' => 'teacher@example.org',
            'auth' => 'manual',
            'confirmed' => 1,
            'mnethostid' => $CFG->mnet_localhost_id,
        ], false);
        $teacher = $DB->get_record('user', ['id' => $id], '*', MUST_EXIST);
    }
    $manual = $DB->get_record('enrol', ['courseid' => $course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
    $role = $DB->get_field('role', 'id', ['shortname' => 'editingteacher'], MUST_EXIST);
    enrol_get_plugin('manual')->enrol_user($manual, $teacher->id, $role);
    return $teacher;
}

/**
 * The assignment, marked from 0 to 4.
 *
 * @param stdClass $course
 * @return stdClass
 */
function seed_assignment(stdClass $course): stdClass {
    global $DB;
    $name = 'Assignment 1';
    if ($known = $DB->get_record('assign', ['course' => $course->id, 'name' => $name])) {
        return $known;
    }
    $made = add_moduleinfo((object) [
        'modulename' => 'assign',
        'module' => $DB->get_field('modules', 'id', ['name' => 'assign'], MUST_EXIST),
        'course' => $course->id,
        'section' => 0,
        'visible' => 1,
        'name' => $name,
        'introeditor' => ['text' => 'Hand in your report.', 'format' => FORMAT_HTML, 'itemid' => 0],
        'grade' => 4,
        'assignsubmission_onlinetext_enabled' => 1,
        'assignfeedback_comments_enabled' => 1,
        'submissiondrafts' => 0,
        'requiresubmissionstatement' => 0,
        'sendnotifications' => 0,
        'sendlatenotifications' => 0,
        'sendstudentnotifications' => 0,
        'allowsubmissionsfromdate' => 0,
        'duedate' => 0,
        'cutoffdate' => 0,
        'gradingduedate' => 0,
        'teamsubmission' => 0,
        'requireallteammemberssubmit' => 0,
        'blindmarking' => 0,
        'attemptreopenmethod' => 'manual',
        'maxattempts' => 2,
        'markingworkflow' => 0,
        'markingallocation' => 0,
        'cmidnumber' => '',
    ], $course);
    return $DB->get_record('assign', ['id' => $made->instance], '*', MUST_EXIST);
}

/**
 * Mark somebody else's work by a number: an assignment that is marked so keeps its numbers when the unit's criteria come.
 *
 * @param stdClass $assignment
 * @param int $userid the student of the story
 */
function seed_numbers(stdClass $assignment, int $userid): void {
    global $DB;
    $mates = $DB->get_fieldset_sql(
        "SELECT ue.userid
           FROM {user_enrolments} ue
           JOIN {enrol} e ON e.id = ue.enrolid AND e.courseid = :course
           JOIN {local_zohosync_student} s ON s.userid = ue.userid
          WHERE ue.status = 0 AND ue.userid <> :userid
       ORDER BY s.zohoid",
        ['course' => $assignment->course, 'userid' => $userid]
    );
    if ($mates && !$DB->record_exists('assign_grades', ['assignment' => $assignment->id])) {
        $module = \core\context\module::instance(get_coursemodule_from_instance('assign', $assignment->id)->id);
        (new assign($module, null, null))->save_grade($mates[0], (object) ['grade' => 2, 'attemptnumber' => -1]);
    }
}

$given = json_decode(stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());
seed_password(get_admin(), $given['passwords']['admin']);
$place = seed_place();
$course = get_course($place->courseid);
$student = core_user::get_user($place->userid, '*', MUST_EXIST);
seed_password($student, $given['passwords']['student']);
$teacher = seed_teacher($course);
seed_password($teacher, $given['passwords']['teacher']);
$assignment = seed_assignment($course);
seed_numbers($assignment, $student->id);

echo json_encode([
    'teacher' => ['id' => (int) $teacher->id, 'username' => $teacher->username],
    'student' => [
        'id' => (int) $student->id,
        'username' => $student->username,
        'zohoid' => $student->idnumber,
    ],
    'course' => ['id' => (int) $course->id, 'fullname' => $course->fullname],
    'assignment' => ['id' => (int) $assignment->id, 'name' => $assignment->name],
], JSON_THROW_ON_ERROR), "\n";
