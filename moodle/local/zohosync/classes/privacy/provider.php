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

namespace local_zohosync\privacy;

use core\context;
use core_privacy\local\metadata\collection;
use core_privacy\local\metadata\provider as metadata_provider;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\contextlist;
use core_privacy\local\request\core_userlist_provider;
use core_privacy\local\request\plugin\provider as plugin_provider;
use core_privacy\local\request\transform;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\request\attachments;

/**
 * What the plugin holds about people, and what it sends away.
 *
 * All of it is institutional data without a course's or an activity's context: it belongs to the system context.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class provider implements core_userlist_provider, metadata_provider, plugin_provider {
    /**
     * @var array<string, string[]> Columns about people, by table. Rows are removed in this order: those that name their student
     *     by Zoho's id first, the student's own row, through which they are found, after them.
     */
    private const TABLES = [
        'local_zohosync_installment' => [
            'registrationid', 'zohoid', 'number', 'duedate', 'amount', 'status', 'paiddate', 'timecreated', 'timemodified',
        ],
        'local_zohosync_payment' => [
            'zohoid', 'number', 'studentid', 'registrationid', 'currency', 'amount', 'originalcurrency', 'originalamount',
            'paymentdate', 'type', 'method', 'voucher', 'accepted', 'installmentno', 'deleted', 'sourcetime', 'timecreated',
            'timemodified',
        ],
        'local_zohosync_registration' => [
            'zohoid', 'number', 'studentid', 'programid', 'programname', 'registrationdate', 'status', 'currency', 'price',
            'discountpercentage', 'discountreason', 'remaining', 'studymode', 'studylanguage', 'intake', 'linecount', 'deleted',
            'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_financeline' => [
            'studentid', 'number', 'amount', 'duedate', 'invoice', 'invoicedate', 'timecreated', 'timemodified',
        ],
        'local_zohosync_finance' => [
            'zohoid', 'currency', 'scholarship', 'scholarshipreason', 'scholarshippercentage', 'transferredcurrency',
            'transferred', 'method', 'mode', 'bankname', 'bankholder', 'registrationfees', 'registrationinvoice', 'total',
            'discount', 'linecount', 'deleted', 'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_result' => [
            'zohoid', 'studentid', 'classid', 'unitname', 'name', 'letter', 'gradestatus', 'attempt', 'attemptdate', 'feedback',
            'grader', 'verifier', 'deleted', 'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_request' => [
            'zohoid', 'userid', 'studentid', 'raised', 'number', 'type', 'status', 'reason', 'requesttime',
            'fees', 'currency', 'classes', 'assignid', 'assignname', 'changes', 'files', 'timetaken', 'timeanswered', 'deleted',
            'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_student' => [
            'zohoid', 'userid', 'username', 'email', 'firstname', 'lastname', 'studentnumber', 'displayname',
            'firstnamenative', 'lastnamenative', 'phone', 'birthdate', 'gender', 'nationality', 'city', 'country', 'address',
            'status', 'academicprogram', 'major', 'submajor', 'award', 'studymode', 'studylanguage', 'intake',
            'registrationdate', 'btecnumber', 'suspended', 'deleted', 'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_teacher' => [
            'zohoid', 'userid', 'username', 'email', 'firstname', 'lastname', 'displayname', 'phone', 'suspended', 'deleted',
            'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_course' => [
            'zohoid', 'courseid', 'teacherid', 'teacheruserid', 'teacherroleid', 'teacherenrolid', 'teacherrole', 'sourcetime',
            'timecreated', 'timemodified',
        ],
        'local_zohosync_enrolment' => [
            'zohoid', 'studentid', 'classid', 'userid', 'courseid', 'startdate', 'enddate', 'enrollmenttype', 'role',
            'withdrawal', 'deleted', 'sourcetime', 'timecreated', 'timemodified',
        ],
        'local_zohosync_outbox' => [
            'type', 'objectkey', 'payload', 'userid', 'courseid', 'origin', 'status', 'lasterror', 'timecreated',
            'timedelivered',
        ],
        'local_zohosync_outcome' => ['userid', 'courseid', 'assignid', 'letter', 'reason', 'timecreated', 'timemodified'],
        'local_zohosync_emitted' => ['objectkey', 'itemid', 'userid', 'courseid', 'changehash', 'timemodified'],
    ];

    /** @var string The table whose rows are about a class: its teacher is forgotten, the class stays. */
    private const CLASSES = 'local_zohosync_course';

    /** @var array Columns of a class about its teacher, as they are without one. */
    private const NO_TEACHER = ['teacherid' => '', 'teacherroleid' => 0, 'teacherenrolid' => 0, 'teacheruserid' => 0];

    /** @var string[] Columns that hold unix times. */
    private const TIMES = [
        'sourcetime', 'requesttime', 'timetaken', 'timeanswered', 'timecreated', 'timemodified', 'timedelivered',
    ];

    /** @var string The rows (id) of a table t whose column names a student (userid) by Zoho's id. */
    private const OF_STUDENT = 'SELECT t.id, s.userid FROM {%s} t JOIN {local_zohosync_student} s ON s.zohoid = t.%s';

    #[\Override]
    public static function get_metadata(collection $collection): collection {
        foreach (self::TABLES as $table => $columns) {
            $fields = [];
            foreach ($columns as $column) {
                $fields[$column] = "privacy:metadata:$column";
            }
            // The staff of a class is what the agent's settings say of every class; nothing of it is about this class's people.
            $fields += $table === self::CLASSES ? ['staff' => 'privacy:metadata:staff'] : [];
            $collection->add_database_table($table, $fields, "privacy:metadata:$table");
        }
        $collection->add_subsystem_link('core_files', [], 'privacy:metadata:core_files');
        $collection->add_external_location_link('agent', [
            'userid' => 'privacy:metadata:agent:userid',
        ], 'privacy:metadata:agent');
        return $collection->add_external_location_link('zohocrm', [
            'studentname' => 'privacy:metadata:zohocrm:studentname',
            'zohoid' => 'privacy:metadata:zohoid',
            'userid' => 'privacy:metadata:userid',
            'grade' => 'privacy:metadata:zohocrm:grade',
            'feedback' => 'privacy:metadata:zohocrm:feedback',
            'grader' => 'privacy:metadata:zohocrm:grader',
            'enrolment' => 'privacy:metadata:zohocrm:enrolment',
            'request' => 'privacy:metadata:zohocrm:request',
            'requestfile' => 'privacy:metadata:zohocrm:requestfile',
        ], 'privacy:metadata:zohocrm');
    }

    #[\Override]
    public static function get_contexts_for_userid(int $userid): contextlist {
        global $DB;
        $contexts = new contextlist();
        foreach (array_keys(self::TABLES) as $table) {
            if ($DB->record_exists_select($table, self::of_people($table, '= ?'), [$userid])) {
                $contexts->add_system_context();
                break;
            }
        }
        return $contexts;
    }

    #[\Override]
    public static function get_users_in_context(userlist $userlist) {
        if ($userlist->get_context()->contextlevel != CONTEXT_SYSTEM) {
            return;
        }
        foreach (array_keys(self::TABLES) as $table) {
            $userlist->add_from_sql('userid', 'SELECT x.userid FROM (' . self::people($table) . ') x WHERE x.userid > 0', []);
        }
    }

    #[\Override]
    public static function export_user_data(approved_contextlist $contextlist) {
        global $DB;
        foreach ($contextlist->get_contexts() as $context) {
            if ($context->contextlevel != CONTEXT_SYSTEM) {
                continue;
            }
            foreach (self::TABLES as $table => $columns) {
                $fields = 'id, ' . implode(', ', $columns);
                $where = self::of_people($table, '= ?');
                $rows = $DB->get_records_select($table, $where, [$contextlist->get_user()->id], 'id', $fields);
                if ($rows) {
                    $ids = array_map(intval(...), array_keys($rows));
                    $path = [get_string('pluginname', 'local_zohosync'), get_string("privacy:path:$table", 'local_zohosync')];
                    $data = (object) ['records' => array_map([self::class, 'readable'], array_values($rows))];
                    writer::with_context($context)->export_data($path, $data);
                    self::export_files($context, $path, $table === mirror::REQUEST ? $ids : []);
                }
            }
        }
    }

    #[\Override]
    public static function delete_data_for_all_users_in_context(context $context) {
        global $DB;
        if ($context->contextlevel == CONTEXT_SYSTEM) {
            foreach (array_keys(self::TABLES) as $table) {
                self::delete_where($table, '1 = 1', []);
            }
        }
    }

    #[\Override]
    public static function delete_data_for_user(approved_contextlist $contextlist) {
        foreach ($contextlist->get_contexts() as $context) {
            if ($context->contextlevel == CONTEXT_SYSTEM) {
                self::delete([(int) $contextlist->get_user()->id]);
            }
        }
    }

    #[\Override]
    public static function delete_data_for_users(approved_userlist $userlist) {
        if ($userlist->get_context()->contextlevel == CONTEXT_SYSTEM) {
            self::delete($userlist->get_userids());
        }
    }

    /**
     * Delete what is held about people.
     *
     * @param int[] $userids
     */
    private static function delete(array $userids): void {
        global $DB;
        if (!$userids) {
            return;
        }
        [$in, $params] = $DB->get_in_or_equal($userids);
        foreach (array_keys(self::TABLES) as $table) {
            // Found first: some databases cannot delete from a table that the condition reads.
            $ids = $DB->get_fieldset_select($table, 'id', self::of_people($table, $in), $params);
            foreach (array_chunk($ids, 1000) as $chunk) {
                [$of, $values] = $DB->get_in_or_equal($chunk);
                self::delete_where($table, "id $of", $values);
            }
        }
    }

    /**
     * Delete rows about people; of a class forget the teacher only.
     *
     * @param string $table
     * @param string $where
     * @param array $params
     */
    private static function delete_where(string $table, string $where, array $params): void {
        global $DB;
        if ($table === mirror::REQUEST) {
            attachments::delete($DB->get_fieldset_select($table, 'id', $where, $params));
        }
        if ($table !== self::CLASSES) {
            $DB->delete_records_select($table, $where, $params);
            return;
        }
        foreach (self::NO_TEACHER as $column => $value) {
            $DB->set_field_select($table, $column, $value, $where, $params);
        }
    }

    /**
     * Export the files of requests beside their rows. They lie in the student's context, the rows in the system's.
     *
     * @param context $context the one that is exported
     * @param string[] $path
     * @param int[] $requestids
     */
    private static function export_files(context $context, array $path, array $requestids): void {
        foreach (attachments::of_requests($requestids) as $requestid => $files) {
            foreach ($files as $file) {
                $stored = attachments::get($requestid, (int) $file->id);
                writer::with_context($context)->export_file([...$path, (string) $requestid], $stored);
            }
        }
    }

    /**
     * Whom the rows of a table are about.
     *
     * @param string $table
     * @return string SQL that gives the row's id and a userid, 0 for nobody; one row may be about several people
     */
    private static function people(string $table): string {
        $via = fn(string $column) => sprintf(self::OF_STUDENT, $table, $column);
        return match ($table) {
            self::CLASSES => "SELECT id, teacheruserid AS userid FROM {{$table}}",
            mirror::REGISTRATION, mirror::RESULT, mirror::FINANCELINE => $via('studentid'),
            mirror::FINANCE => $via('zohoid'),
            mirror::INSTALLMENT => "SELECT t.id, s.userid
                                      FROM {{$table}} t
                                      JOIN {local_zohosync_registration} r ON r.zohoid = t.registrationid
                                      JOIN {local_zohosync_student} s ON s.zohoid = r.studentid",
            // One that names its registration only is the registration's student's.
            mirror::PAYMENT => $via('studentid') . " UNION SELECT t.id, s.userid
                                      FROM {{$table}} t
                                      JOIN {local_zohosync_registration} r ON r.zohoid = t.registrationid
                                      JOIN {local_zohosync_student} s ON s.zohoid = r.studentid
                                     WHERE t.studentid = ''",
            // One that was raised in Moodle names the account.
            mirror::REQUEST => $via('studentid') . " UNION SELECT id, userid FROM {{$table}}",
            default => "SELECT id, userid FROM {{$table}}",
        };
    }

    /**
     * Condition on the rows of a table that are about some people.
     *
     * @param string $table
     * @param string $in condition on a user id
     * @return string
     */
    private static function of_people(string $table, string $in): string {
        return 'id IN (SELECT x.id FROM (' . self::people($table) . ") x WHERE x.userid $in)";
    }

    /**
     * A row as a person can read it.
     *
     * @param \stdClass $row
     * @return \stdClass
     */
    private static function readable(\stdClass $row): \stdClass {
        unset($row->id);
        foreach (array_intersect(self::TIMES, array_keys((array) $row)) as $column) {
            $row->$column = $row->$column ? transform::datetime($row->$column) : '';
        }
        return $row;
    }
}
