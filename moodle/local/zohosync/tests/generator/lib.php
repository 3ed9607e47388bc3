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

use local_zohosync\local\config;
use local_zohosync\local\inbound\courses;
use local_zohosync\local\inbound\enrolments;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\inbound\record_fields;
use local_zohosync\local\inbound\record_kind;
use local_zohosync\local\inbound\records;
use local_zohosync\local\inbound\students;
use local_zohosync\local\origin;
use local_zohosync\local\transport\signer;

/**
 * Makes what tests of Zoho sync need.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class local_zohosync_generator extends component_generator_base {
    /** @var int Makes record ids differ. */
    private int $last = 5725767000000000000;

    /**
     * Set the site up as cli/setup.php would, without web services.
     *
     * @param string $agenturl
     */
    public function set_up(string $agenturl = 'http://127.0.0.1:9'): void {
        set_config('agenturl', $agenturl, 'local_zohosync');
        set_config('enabled', 1, 'local_zohosync');
        config::claim_site();
        config::set_signing_secrets([signer::new_secret()]);
    }

    /**
     * What the agent tells of how everything stands, when all is well.
     *
     * @param array $changes laid over it, as deep as they go
     * @return array body of its /v1/status
     */
    public function agent_status(array $changes = []): array {
        $status = json_decode(file_get_contents(__DIR__ . '/../fixtures/agent_status.json'), true);
        return array_replace_recursive($status, $changes);
    }

    /**
     * A new record id.
     *
     * @return string
     */
    public function zohoid(): string {
        return (string) ++$this->last;
    }

    /**
     * A student as the agent sends her.
     *
     * @param array $fields that differ
     * @return array
     */
    public function student_row(array $fields = []): array {
        $zohoid = $fields['zohoid'] ?? $this->zohoid();
        $number = substr($zohoid, -6);
        $row = $fields + [
            'zohoid' => $zohoid, 'sourcetime' => 1000, 'deleted' => 0, 'suspended' => 0,
            'username' => "s$number@college.example", 'email' => "s$number@college.example",
            'firstname' => 'Student', 'lastname' => $number, 'studentnumber' => "S$number", 'displayname' => "Student $number",
            'firstnamenative' => 'طالب', 'lastnamenative' => '', 'phone' => '', 'birthdate' => '2004-02-29', 'gender' => '',
            'nationality' => '', 'city' => 'Amman', 'country' => 'Jordan', 'address' => '', 'status' => 'Active',
            'academicprogram' => 'Level 5', 'major' => '', 'submajor' => '', 'award' => '', 'studymode' => '',
            'studylanguage' => '', 'intake' => '', 'registrationdate' => '', 'btecnumber' => '',
        ];
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * A teacher as the agent sends her.
     *
     * @param array $fields that differ
     * @return array
     */
    public function teacher_row(array $fields = []): array {
        $zohoid = $fields['zohoid'] ?? $this->zohoid();
        $number = substr($zohoid, -6);
        $row = $fields + [
            'zohoid' => $zohoid, 'sourcetime' => 1000, 'deleted' => 0, 'suspended' => 0,
            'username' => "t$number@college.example", 'email' => "t$number@college.example",
            'firstname' => 'Teacher', 'lastname' => $number, 'displayname' => "Teacher $number", 'phone' => '',
        ];
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * A programme as the agent sends it.
     *
     * @param array $fields that differ
     * @return array
     */
    public function program_row(array $fields = []): array {
        $zohoid = $fields['zohoid'] ?? $this->zohoid();
        $row = $fields + [
            'zohoid' => $zohoid, 'sourcetime' => 1000, 'deleted' => 0, 'name' => 'Programme ' . substr($zohoid, -6),
            'description' => '',
        ];
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * A class as the agent sends it.
     *
     * @param array $fields that differ
     * @return array
     */
    public function course_row(array $fields = []): array {
        $zohoid = $fields['zohoid'] ?? $this->zohoid();
        $row = $fields + [
            'zohoid' => $zohoid, 'sourcetime' => 1000, 'deleted' => 0, 'create' => 1, 'fullname' => 'Class ' . substr($zohoid, -6),
            'shortname' => 'C' . substr($zohoid, -6), 'startdate' => '2026-01-05', 'enddate' => '2037-06-30',
            'unitname' => 'Unit 1', 'programname' => 'Level 5', 'status' => 'Active', 'programid' => '', 'teacherid' => '',
            'teacherrole' => 'editingteacher', 'hide' => 0, 'staff' => [], 'unitid' => '',
        ] + array_fill_keys(['day1', 'hours1', 'day2', 'hours2', 'classroom', 'studymode', 'term', 'year'], '');
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * A record without a counterpart of its own, as the agent sends it.
     *
     * @param string $entity unit, registration, payment, finance or result
     * @param array $fields that differ
     * @return array
     */
    public function record_row(string $entity, array $fields = []): array {
        $kind = record_kind::of($entity);
        $empty = array_map(
            fn($type) => in_array($type, [record_fields::NUMBER, record_fields::FLAG]) ? 0 : '',
            $kind->fields->types
        );
        $specimen = match ($entity) {
            'unit' => ['name' => 'Unit 4: Programming', 'code' => 'H/618/7388', 'level' => 'Level 4'],
            'registration' => ['currency' => 'JOD', 'price' => '1000', 'registrationdate' => '2026-01-05'],
            'payment' => [
                'currency' => 'JOD', 'amount' => '100', 'type' => 'Study Fees', 'accepted' => 1, 'paymentdate' => '2026-02-01',
            ],
            'finance' => ['currency' => 'JOD'],
            'result' => ['unitname' => 'Unit 4', 'letter' => 'M', 'gradestatus' => 'Released', 'attempt' => 1],
        };
        $row = $fields + $specimen + $empty + ['zohoid' => $this->zohoid(), 'sourcetime' => 1000, 'deleted' => 0]
            + ($kind->list ? [$kind->list->field => []] : []);
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * Have a unit with criteria, and a class that has it.
     *
     * @param string $classid Zoho's id of a class that is linked already
     * @param array<string, string> $criteria texts by shortname
     * @param string $unitid Zoho's id of a unit that is to be changed, empty: a new one
     * @return string Zoho's id of the unit
     */
    public function unit_of_class(string $classid, array $criteria, string $unitid = ''): string {
        global $DB;
        $lines = array_map(
            fn($name, $text) => ['shortname' => $name, 'description' => $text],
            array_keys($criteria),
            array_values($criteria)
        );
        $unit = $this->record_row('unit', [
            'zohoid' => $unitid ?: $this->zohoid(), 'sourcetime' => time(), 'criteria' => $lines,
        ]);
        origin::as_agent(fn() => (new records(record_kind::of('unit'), [$unit]))->upsert());
        $DB->set_field(mirror::COURSE, 'unitid', $unit['zohoid'], ['zohoid' => $classid]);
        return $unit['zohoid'];
    }

    /**
     * An enrollment as the agent sends it.
     *
     * @param array $fields studentid and classid at least
     * @return array
     */
    public function enrolment_row(array $fields): array {
        $row = $fields + [
            'zohoid' => $fields['zohoid'] ?? $this->zohoid(), 'sourcetime' => 1000, 'deleted' => 0, 'startdate' => '',
            'enddate' => '', 'enrollmenttype' => 'Normal', 'role' => 'student', 'withdrawal' => 'suspend',
        ];
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * A request, or the answer to one, as the agent sends it.
     *
     * @param array $fields that differ
     * @return array
     */
    public function request_row(array $fields = []): array {
        $row = $fields + [
            'zohoid' => $this->zohoid(), 'sourcetime' => 1000, 'deleted' => 0, 'requestid' => 0, 'number' => 'SR-17',
            'studentid' => '', 'type' => 'Class Drop', 'status' => 'Pending', 'reason' => 'Too far', 'requesttime' => 900,
            'fees' => '', 'currency' => '',
        ];
        return $row + ['changehash' => md5(json_encode($row))];
    }

    /**
     * A student who is linked and enrolled in a class that is linked.
     *
     * @return stdClass user, course (records), studentid, classid (Zoho's ids)
     */
    public function linked_student(): stdClass {
        global $DB;
        $student = $this->student_row();
        $class = $this->course_row();
        $enrolment = $this->enrolment_row(['studentid' => $student['zohoid'], 'classid' => $class['zohoid']]);
        origin::as_agent(function () use ($student, $class, $enrolment): void {
            (new students([$student]))->upsert();
            (new courses([$class]))->upsert();
            (new enrolments([$enrolment]))->upsert();
        });
        $userid = $DB->get_field(mirror::STUDENT, 'userid', ['zohoid' => $student['zohoid']], MUST_EXIST);
        $courseid = $DB->get_field(mirror::COURSE, 'courseid', ['zohoid' => $class['zohoid']], MUST_EXIST);
        return (object) [
            'user' => core_user::get_user($userid),
            'course' => get_course($courseid),
            'studentid' => $student['zohoid'],
            'classid' => $class['zohoid'],
        ];
    }

    /**
     * Makes gradingform_btec's tables as its version 1.27 does, where the plugin is not installed.
     *
     * @return \xmldb_table[] those that were made, for the test to drop
     */
    public function create_btec_tables(): array {
        global $DB;
        $criteria = new \xmldb_table('gradingform_btec_criteria');
        $fillings = new \xmldb_table('gradingform_btec_fillings');
        if ($DB->get_manager()->table_exists($criteria)) {
            return [];
        }
        foreach ([$criteria, $fillings] as $table) {
            $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
            $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        }
        $criteria->add_field('definitionid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL);
        $criteria->add_field('sortorder', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL);
        $criteria->add_field('shortname', XMLDB_TYPE_CHAR, '255', null, XMLDB_NOTNULL);
        $criteria->add_field('description', XMLDB_TYPE_TEXT);
        $fillings->add_field('instanceid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL);
        $fillings->add_field('criterionid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL);
        $fillings->add_field('score', XMLDB_TYPE_NUMBER, '10, 5', null, XMLDB_NOTNULL);
        $fillings->add_field('remark', XMLDB_TYPE_TEXT);
        foreach ([$criteria, $fillings] as $table) {
            $DB->get_manager()->create_table($table);
        }
        return [$criteria, $fillings];
    }
}
