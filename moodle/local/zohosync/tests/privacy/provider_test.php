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

use core\context\system;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_zohosync\local\grade\key;
use local_zohosync\local\inbound\courses;
use local_zohosync\local\inbound\record_kind;
use local_zohosync\local\inbound\records;
use local_zohosync\local\inbound\teachers;
use local_zohosync\local\outbox\emitter;
use local_zohosync\local\outcome\outcomes;

/**
 * What is held about people can be shown and removed.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\privacy\provider
 */
final class provider_test extends \core_privacy\tests\provider_testcase {
    /** @var \stdClass[] Two students of whom something is held. */
    private array $users = [];

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $generator->set_up();
        foreach ([0, 1] as $index) {
            $linked = $generator->linked_student();
            $this->users[$index] = $linked->user;
            $key = new key($linked->user->id, $linked->course->id, 1);
            emitter::emit($key, null, emitter::FROM_MOODLE);
            outcomes::put($key, null, outcomes::FAIL, 'Nothing was submitted.', 1800000000);
        }
    }

    /**
     * Every column of every table with people in it is declared, except keys and hashes of rows.
     */
    public function test_metadata_is_complete(): void {
        global $DB;
        $collection = provider::get_metadata(new \core_privacy\local\metadata\collection('local_zohosync'));
        $declared = [];
        foreach ($collection->get_collection() as $item) {
            $declared[$item->get_name()] = array_keys($item->get_privacy_fields());
        }
        $this->assertArrayHasKey('zohocrm', $declared);
        $technical = ['id', 'eventid', 'schemaversion', 'requestid', 'attempts', 'nextattempt', 'lasthttp', 'changehash'];
        // Of a class only what concerns its teacher is about a person.
        $class = [
            'fullname', 'shortname', 'startdate', 'enddate', 'unitname', 'programname', 'status', 'programid', 'deleted',
            'hide', 'hidden', 'unitid', 'day1', 'hours1', 'day2', 'hours2', 'classroom', 'studymode', 'term', 'year',
        ];
        // Programmes, units and what is made from their criteria are about nobody.
        $nobody = ['program', 'unit', 'unitcriterion', 'definition'];
        $tables = array_filter($DB->get_tables(), fn($table) => str_starts_with($table, 'local_zohosync_'));
        $names = array_diff(array_map(fn($table) => substr($table, strlen('local_zohosync_')), $tables), $nobody);
        $this->assertContains('finance', $names);
        foreach ($names as $name) {
            $columns = array_keys($DB->get_columns("local_zohosync_$name"));
            $this->assertArrayHasKey("local_zohosync_$name", $declared);
            $other = $name === 'course' ? [...$technical, ...$class] : $technical;
            $this->assertSame([], array_diff($columns, $declared["local_zohosync_$name"], $other), $name);
        }
    }

    /**
     * Where, and about whom.
     */
    public function test_contexts_and_users(): void {
        $contexts = provider::get_contexts_for_userid($this->users[0]->id);
        $this->assertEquals([system::instance()->id], $contexts->get_contextids());
        $this->assertCount(0, provider::get_contexts_for_userid(get_admin()->id));
        $list = new userlist(system::instance(), 'local_zohosync');
        provider::get_users_in_context($list);
        $this->assertEqualsCanonicalizing(array_column($this->users, 'id'), $list->get_userids());
    }

    /**
     * The export holds the person's own records, readable, and nobody else's.
     */
    public function test_export(): void {
        $this->export_context_data_for_user($this->users[0]->id, system::instance(), 'local_zohosync');
        $writer = writer::with_context(system::instance());
        $name = get_string('pluginname', 'local_zohosync');
        foreach (['student', 'enrolment', 'outbox', 'emitted', 'outcome'] as $table) {
            $data = $writer->get_data([$name, get_string("privacy:path:local_zohosync_$table", 'local_zohosync')]);
            $this->assertCount(1, $data->records, $table);
        }
        $student = $writer->get_data([$name, get_string('privacy:path:local_zohosync_student', 'local_zohosync')])->records[0];
        $this->assertSame($this->users[0]->email, $student->email);
        $this->assertSame('طالب', $student->firstnamenative);
        $this->assertStringNotContainsString($this->users[1]->email, json_encode($student));
        $this->assertDoesNotMatchRegularExpression('/^\d+$/', $student->timecreated);
    }

    /**
     * One person's records are removed, the other's stay.
     */
    public function test_delete_for_user(): void {
        $context = system::instance();
        provider::delete_data_for_user(new approved_contextlist($this->users[0], 'local_zohosync', [$context->id]));
        $this->assertSame([0, 0, 0, 0], $this->counts(0));
        $this->assertSame([1, 1, 1, 1], $this->counts(1));
    }

    /**
     * Several people, and everybody.
     */
    public function test_delete_for_users(): void {
        $context = system::instance();
        provider::delete_data_for_users(new approved_userlist($context, 'local_zohosync', [$this->users[1]->id]));
        $this->assertSame([1, 1, 1, 1], $this->counts(0));
        $this->assertSame([0, 0, 0, 0], $this->counts(1));
        provider::delete_data_for_all_users_in_context(\core\context\user::instance($this->users[0]->id));
        $this->assertSame([1, 1, 1, 1], $this->counts(0));
        provider::delete_data_for_all_users_in_context($context);
        $this->assertSame([0, 0, 0, 0], $this->counts(0));
    }

    /**
     * A teacher's records are found, exported and removed; the class that she teaches stays, without her.
     */
    public function test_teacher(): void {
        global $DB;
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $row = $generator->teacher_row();
        $user = \core_user::get_user((new teachers([$row]))->upsert()[0]['moodleid']);
        $class = $generator->course_row(['teacherid' => $row['zohoid']]);
        (new courses([$class]))->upsert();
        $this->assertCount(1, provider::get_contexts_for_userid($user->id));
        $list = new userlist(system::instance(), 'local_zohosync');
        provider::get_users_in_context($list);
        $this->assertContains((int) $user->id, $list->get_userids());
        $this->export_context_data_for_user($user->id, system::instance(), 'local_zohosync');
        $writer = writer::with_context(system::instance());
        $name = get_string('pluginname', 'local_zohosync');
        $data = fn($table) => $writer->get_data([$name, get_string("privacy:path:local_zohosync_$table", 'local_zohosync')]);
        $this->assertSame($row['email'], $data('teacher')->records[0]->email);
        $this->assertSame($class['zohoid'], $data('course')->records[0]->zohoid);
        provider::delete_data_for_user(new approved_contextlist($user, 'local_zohosync', [system::instance()->id]));
        $this->assertFalse($DB->record_exists('local_zohosync_teacher', ['userid' => $user->id]));
        $left = $DB->get_record('local_zohosync_course', ['zohoid' => $class['zohoid']], '*', MUST_EXIST);
        $this->assertSame(['', '0', '0', '0'], [
            $left->teacherid, $left->teacheruserid, $left->teacherroleid, $left->teacherenrolid,
        ]);
        $this->assertCount(0, provider::get_contexts_for_userid($user->id));
    }

    /**
     * Money, typed results and requests name the student by Zoho's id: they are hers to see and to have removed, with their lists.
     */
    public function test_records_of_zoho(): void {
        global $DB;
        $tables = ['registration', 'installment', 'payment', 'finance', 'financeline', 'result', 'request'];
        $ids = [];
        foreach ([0, 1] as $index) {
            $ids[$index] = $this->fill($this->users[$index]);
        }
        $stranger = $this->getDataGenerator()->create_user();
        $DB->insert_record('local_zohosync_request', $this->request(['userid' => $stranger->id]));
        $this->assertCount(1, provider::get_contexts_for_userid($stranger->id));
        $list = new userlist(system::instance(), 'local_zohosync');
        provider::get_users_in_context($list);
        $this->assertEqualsCanonicalizing([...array_column($this->users, 'id'), $stranger->id], $list->get_userids());
        $this->export_context_data_for_user($this->users[0]->id, system::instance(), 'local_zohosync');
        $name = get_string('pluginname', 'local_zohosync');
        foreach ($tables as $table) {
            $path = [$name, get_string("privacy:path:local_zohosync_$table", 'local_zohosync')];
            $data = writer::with_context(system::instance())->get_data($path);
            $this->assertCount(['payment' => 2, 'request' => 2][$table] ?? 1, $data->records, $table);
            $this->assertStringNotContainsString($ids[1], json_encode($data), $table);
        }
        provider::delete_data_for_user(new approved_contextlist($this->users[0], 'local_zohosync', [system::instance()->id]));
        $left = array_map(fn($table) => $DB->count_records("local_zohosync_$table"), $tables);
        $this->assertSame([1, 1, 2, 1, 1, 1, 3], $left);
        $this->assertSame(0, $DB->count_records('local_zohosync_finance', ['zohoid' => $ids[0]]));
        provider::delete_data_for_users(new approved_userlist(system::instance(), 'local_zohosync', [$stranger->id]));
        $this->assertSame(2, $DB->count_records('local_zohosync_request'));
        provider::delete_data_for_all_users_in_context(system::instance());
        $this->assertSame([0], array_unique(array_map(fn($table) => $DB->count_records("local_zohosync_$table"), $tables)));
    }

    /**
     * Give a student something in every table that names her by Zoho's id.
     *
     * @param \stdClass $user
     * @return string her record id in Zoho
     */
    private function fill(\stdClass $user): string {
        global $DB;
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $zohoid = $DB->get_field('local_zohosync_student', 'zohoid', ['userid' => $user->id]);
        $registration = $generator->record_row('registration', ['studentid' => $zohoid, 'schedule' => [[
            'zohoid' => $generator->zohoid(), 'number' => 1, 'duedate' => '', 'amount' => '1', 'status' => '', 'paiddate' => '',
        ]]]);
        $rows = [
            ['registration', $registration],
            ['payment', $generator->record_row('payment', ['studentid' => $zohoid])],
            // One that is hers through its registration only.
            ['payment', $generator->record_row('payment', ['registrationid' => $registration['zohoid']])],
            ['finance', $generator->record_row('finance', ['zohoid' => $zohoid, 'installments' => [[
                'number' => 1, 'amount' => '1', 'duedate' => '', 'invoice' => '', 'invoicedate' => '',
            ]]])],
            ['result', $generator->record_row('result', ['studentid' => $zohoid])],
        ];
        foreach ($rows as [$entity, $row]) {
            (new records(record_kind::of($entity), [$row]))->upsert();
        }
        $DB->insert_record('local_zohosync_request', $this->request(['studentid' => $zohoid]));
        $raised = ['userid' => $user->id, 'studentid' => $zohoid, 'raised' => 1];
        $DB->insert_record('local_zohosync_request', $this->request($raised));
        return $zohoid;
    }

    /**
     * Files of requests are exported beside them, and deleted with them.
     */
    public function test_files_of_requests(): void {
        global $DB;
        $this->setAdminUser();
        $ids = [];
        foreach ($this->users as $user) {
            $raised = $this->request(['userid' => $user->id, 'raised' => 1]);
            $ids[] = $id = (int) $DB->insert_record('local_zohosync_request', $raised);
            get_file_storage()->create_file_from_string([
                'contextid' => \core\context\user::instance($user->id)->id, 'component' => 'local_zohosync',
                'filearea' => 'requestfile', 'itemid' => $id, 'filepath' => '/', 'filename' => "letter$id.pdf",
            ], '%PDF-1.4');
        }
        $context = system::instance();
        $this->export_context_data_for_user($this->users[0]->id, $context, 'local_zohosync');
        $path = [get_string('pluginname', 'local_zohosync'), get_string('privacy:path:local_zohosync_request', 'local_zohosync')];
        $this->assertSame(["letter$ids[0].pdf"], array_values(array_map(
            fn(\stored_file $file): string => $file->get_filename(),
            writer::with_context($context)->get_files([...$path, (string) $ids[0]])
        )));
        $this->assertSame([], writer::with_context($context)->get_files([...$path, (string) $ids[1]]));
        provider::delete_data_for_user(new approved_contextlist($this->users[0], 'local_zohosync', [$context->id]));
        $left = $DB->get_fieldset_select('files', 'itemid', "component = 'local_zohosync' AND filename <> '.'");
        $this->assertEquals([$ids[1]], $left);
        provider::delete_data_for_all_users_in_context($context);
        $this->assertSame(0, $DB->count_records_select('files', "component = 'local_zohosync' AND filename <> '.'"));
    }

    /**
     * A request as it is stored.
     *
     * @param array $fields that differ
     * @return \stdClass
     */
    private function request(array $fields): \stdClass {
        return (object) ($fields + [
            'zohoid' => '', 'userid' => 0, 'studentid' => '', 'number' => '', 'type' => 'Class Drop', 'status' => 'Pending',
            'currency' => '', 'changehash' => '',
        ]);
    }

    /**
     * How many rows each table has about one of the students.
     *
     * @param int $index
     * @return int[]
     */
    private function counts(int $index): array {
        global $DB;
        return array_map(
            fn($table) => $DB->count_records("local_zohosync_$table", ['userid' => $this->users[$index]->id]),
            ['student', 'enrolment', 'outbox', 'emitted']
        );
    }
}
