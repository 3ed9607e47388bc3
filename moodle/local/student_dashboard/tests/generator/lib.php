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
     * Makes a registration with its payment schedule.
     *
     * @param stdClass $student row of create_student()
     * @param array $fields fields that matter to the test
     * @param array[] $schedule duedate and amount of each line
     * @return stdClass the row
     */
    public function create_registration(stdClass $student, array $fields = [], array $schedule = []): stdClass {
        $row = $this->insert('local_zohosync_registration', $fields + [
            'studentid' => $student->zohoid,
            'number' => 'REG-0042',
            'programname' => 'Level 5 Computing',
            'registrationdate' => '2026-01-15',
            'status' => 'Active',
            'currency' => 'USD',
        ]);
        foreach ($schedule as $i => [$duedate, $amount]) {
            $this->insert('local_zohosync_installment', [
                'registrationid' => $row->zohoid,
                'number' => $i + 1,
                'duedate' => $duedate,
                'amount' => $amount,
            ]);
        }
        return $row;
    }

    /**
     * Makes a payment.
     *
     * @param stdClass $student row of create_student()
     * @param string $amount decimal text
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_payment(stdClass $student, string $amount, array $fields = []): stdClass {
        return $this->insert('local_zohosync_payment', $fields + [
            'studentid' => $student->zohoid,
            'amount' => $amount,
            'currency' => 'USD',
            'paymentdate' => '2026-02-01',
            'type' => 'Study Fees',
            'method' => 'Cash',
            'voucher' => 'V100001',
            'accepted' => 1,
        ]);
    }

    /**
     * Makes the finance part of a student.
     *
     * @param stdClass $student row of create_student()
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_finance(stdClass $student, array $fields): stdClass {
        return $this->insert('local_zohosync_finance', $fields + ['zohoid' => $student->zohoid, 'currency' => 'USD']);
    }

    /**
     * Makes a result that was typed into Zoho.
     *
     * @param stdClass $student row of create_student()
     * @param stdClass $class row of create_class()
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_result(stdClass $student, stdClass $class, array $fields = []): stdClass {
        return $this->insert('local_zohosync_result', $fields + [
            'studentid' => $student->zohoid,
            'classid' => $class->zohoid,
            'name' => 'Portfolio',
            'unitname' => 'Unit 1: Programming',
            'letter' => 'M',
            'gradestatus' => 'Released',
            'attempt' => 1,
            'attemptdate' => '2026-03-04',
        ]);
    }

    /**
     * Makes a unit with criteria.
     *
     * @param string $name its name
     * @param string[] $criteria descriptions by short name
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_unit(string $name, array $criteria, array $fields = []): stdClass {
        global $DB;
        $row = $this->insert('local_zohosync_unit', $fields + ['name' => $name]);
        foreach (array_keys($criteria) as $i => $shortname) {
            $DB->insert_record('local_zohosync_unitcriterion', [
                'unitid' => $row->zohoid,
                'shortname' => $shortname,
                'description' => $criteria[$shortname],
                'sortorder' => $i,
            ]);
        }
        return $row;
    }

    /**
     * Makes a request as Zoho answered it.
     *
     * @param stdClass $student row of create_student()
     * @param array $fields fields that matter to the test
     * @return stdClass the row
     */
    public function create_request(stdClass $student, array $fields = []): stdClass {
        return $this->insert('local_zohosync_request', $fields + [
            'userid' => $student->userid,
            'studentid' => $student->zohoid,
            'type' => 'Class Drop',
            'status' => 'Pending',
            'reason' => 'I work in the mornings.',
            'requesttime' => 1700000000,
        ]);
    }

    /**
     * Gives a picture that is good enough for a student card.
     *
     * @return string a JPEG
     */
    public function photo(): string {
        $picture = imagecreatetruecolor(480, 600);
        imagefill($picture, 0, 0, imagecolorallocate($picture, 90, 140, 190));
        ob_start();
        imagejpeg($picture);
        return ob_get_clean();
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
        $known = $DB->get_columns($table);
        $id = $DB->insert_record($table, $fields + array_intersect_key([
            'zohoid' => (string) ++$this->lastid,
            'sourcetime' => $now,
            'timecreated' => $now,
            'timemodified' => $now,
        ], $known));
        return $DB->get_record($table, ['id' => $id], '*', MUST_EXIST);
    }
}
