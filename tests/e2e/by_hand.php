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
 * What people do in Moodle, by its own API: enrol, suspend, set an assignment and its due date, grade, raise a request ...
 *
 * Usage: php by_hand.php <folder of Moodle's code>, what to do as JSON on standard input; prints the answer as JSON.
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1] . '/config.php');
require_once($CFG->libdir . '/adminlib.php');
require_once($CFG->libdir . '/enrollib.php');
require_once($CFG->libdir . '/testing/generator/lib.php');
require_once($CFG->dirroot . '/mod/assign/locallib.php');

$given = json_decode(stream_get_contents(STDIN), false, 8, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());

/**
 * The course's manual enrolments.
 *
 * @param int $courseid
 * @return stdClass
 */
function by_hand_instance(int $courseid): stdClass {
    global $DB;
    return $DB->get_record('enrol', ['courseid' => $courseid, 'enrol' => 'manual'], '*', MUST_EXIST);
}

$answer = match ($given->do) {
    'enrol' => enrol_get_plugin('manual')->enrol_user(
        by_hand_instance($given->course),
        $given->user,
        $DB->get_field('role', 'id', ['shortname' => 'student'], MUST_EXIST)
    ),
    'suspend' => enrol_get_plugin('manual')
        ->update_user_enrol(by_hand_instance($given->course), $given->user, ENROL_USER_SUSPENDED),
    'reactivate' => enrol_get_plugin('manual')
        ->update_user_enrol(by_hand_instance($given->course), $given->user, ENROL_USER_ACTIVE),
    'unenrol' => enrol_get_plugin('manual')->unenrol_user(by_hand_instance($given->course), $given->user),
    'grade' => (new assign(
        \core\context\module::instance(get_coursemodule_from_instance('assign', $given->assignment)->id),
        null,
        null
    ))->save_grade($given->user, (object) ['grade' => $given->mark, 'attemptnumber' => -1]),
    'assignment' => (new testing_data_generator())->create_module('assign', (array) $given->settings + [
        'course' => $given->course,
        'grade' => 4,
        'assignsubmission_onlinetext_enabled' => 1,
        'assignfeedback_comments_enabled' => 1,
    ])->cmid,
    'due' => $DB->set_field('assign', 'duedate', $given->time, ['id' => $given->assignment]),
    'prefer' => set_user_preference($given->name, $given->value, $given->user),
    'app' => (new admin_setting_enablemobileservice('enablemobilewebservice', '', '', 0))->write_setting(1),
    'account' => (new testing_data_generator())->create_user((array) $given->values)->id,
    'course' => (new testing_data_generator())->create_course((array) $given->values)->id,
    'category' => (new testing_data_generator())->create_category((array) $given->values)->id,
    'deleteuser' => delete_user(\core_user::get_user($given->user, '*', MUST_EXIST)),
    'deletecourse' => delete_course($given->course, false),
    'photo' => \local_student_dashboard\local\card\photos::submit(
        $given->user,
        (new testing_data_generator())->get_plugin_generator('local_student_dashboard')->photo()
    ),
    'file' => get_file_storage()->create_file_from_string(
        ['contextid' => \core\context\user::instance($given->user)->id] + (array) $given->place,
        $given->content
    )->get_id(),
    'request' => \local_zohosync\local\request\requests::raise($given->user, $given->type, $given->reason),
};
echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
