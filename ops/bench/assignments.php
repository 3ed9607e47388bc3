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
 * Makes copies of an assignment until its class has so many works to mark, one for each student in each of them.
 *
 * Usage: php assignments.php <folder of Moodle's code> <assignment id> <number of works> ; prints the ids of the
 * assignments and of the students as JSON.
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1] . '/config.php');
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->dirroot . '/mod/assign/locallib.php');

\core\session\manager::set_user(get_admin());
$first = $DB->get_record('assign', ['id' => (int) $argv[2]], '*', MUST_EXIST);
$module = get_coursemodule_from_instance('assign', $first->id, $first->course, false, MUST_EXIST);
$course = get_course($first->course);
$students = $DB->get_fieldset_sql(
    "SELECT DISTINCT ue.userid
       FROM {user_enrolments} ue
       JOIN {enrol} e ON e.id = ue.enrolid AND e.courseid = ?
       JOIN {local_zohosync_student} s ON s.userid = ue.userid
      WHERE ue.status = 0",
    [$course->id]
);
$modules = [$module];
while (count($modules) * count($students) < (int) $argv[3]) {
    $modules[] = duplicate_module($course, $module);
}
// A first mark each: two first ones of a student at once break on Moodle's row for the course total, and an assignment
// that is marked by numbers keeps them when the unit's criteria come.
foreach ($modules as $one) {
    $assign = new assign(\core\context\module::instance($one->id), null, null);
    foreach ($students as $student) {
        $assign->save_grade($student, (object) ['grade' => 1, 'attemptnumber' => -1]);
    }
}
$assignments = array_map(fn($one) => (int) $one->instance, $modules);
echo json_encode(['assignments' => $assignments, 'students' => array_map('intval', $students)]), "\n";
