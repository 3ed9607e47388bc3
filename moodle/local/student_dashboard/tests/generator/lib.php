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
 * Makes what the agent would have written into the mirror tables of local_zohosync.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class local_student_dashboard_generator extends component_generator_base {
    /** @var int Last record id given out. */
    private int $lastid = 5725767000000415000;

    /**
     * Makes the record of a student.
     *
     * @param int $userid her account
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_student(int $userid, array $fields = []): stdClass {
        return $this->insert('local_zohosync_student', $fields + [
            'userid' => $userid,
            'displayname' => 'Rana Haddad',
            'studentnumber' => 'ST-0042',
            'academicprogram' => 'Level 5',
            'status' => 'Active',
        ]);
    }

    /**
     * Makes a class.
     *
     * @param int $courseid its course in Moodle, 0: none yet
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_class(int $courseid = 0, array $fields = []): stdClass {
        return $this->insert('local_zohosync_course', $fields + [
            'courseid' => $courseid,
            'fullname' => 'Programming A',
            'unitname' => 'Unit 1: Programming',
            'status' => 'Active',
        ]);
    }

    /**
     * Makes an enrollment.
     *
     * @param stdClass $student row of create_student()
     * @param stdClass $class row of create_class()
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_enrollment(stdClass $student, stdClass $class, array $fields = []): stdClass {
        return $this->insert('local_zohosync_enrolment', $fields + [
            'studentid' => $student->zohoid,
            'classid' => $class->zohoid,
            'userid' => $student->userid,
            'courseid' => $class->courseid,
            'enrollmenttype' => 'Normal',
        ]);
    }

    /**
     * Inserts a row with a fresh record id.
     *
     * @param string $table the table
     * @param array $fields the fields
     * @return stdClass the row as stored
     */
    private function insert(string $table, array $fields): stdClass {
        global $DB;
        $now = time();
        $id = $DB->insert_record($table, $fields + [
            'zohoid' => (string) ++$this->lastid,
            'sourcetime' => $now,
            'timecreated' => $now,
            'timemodified' => $now,
        ]);
        return $DB->get_record($table, ['id' => $id], '*', MUST_EXIST);
    }
}
