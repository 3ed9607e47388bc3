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

namespace local_zohosync\external;

use core_external\external_api;
use local_zohosync\local\grade\key;
use local_zohosync\local\outbox\emitter;

/**
 * What holds for all functions of the agent, and the functions for events.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\external\agent_function
 * @covers \local_zohosync\external\upsert_programs
 * @covers \local_zohosync\external\upsert_teachers
 * @covers \local_zohosync\external\upsert_students
 * @covers \local_zohosync\external\upsert_courses
 * @covers \local_zohosync\external\upsert_enrolments
 * @covers \local_zohosync\external\upsert_records
 * @covers \local_zohosync\external\list_records
 * @covers \local_zohosync\external\get_students
 * @covers \local_zohosync\external\get_grades
 * @covers \local_zohosync\external\list_grades
 * @covers \local_zohosync\external\get_enrolments
 * @covers \local_zohosync\external\list_enrolments
 * @covers \local_zohosync\external\upsert_requests
 * @covers \local_zohosync\external\get_requests
 * @covers \local_zohosync\external\list_requests
 * @covers \local_zohosync\external\get_attachment
 * @covers \local_zohosync\external\put_attachments
 * @covers \local_zohosync\external\apply_definitions
 * @covers \local_zohosync\external\list_definitions
 * @covers \local_zohosync\external\put_settings
 * @covers \local_zohosync\external\get_settings
 * @covers \local_zohosync\external\put_asof
 * @covers \local_zohosync\external\get_events
 * @covers \local_zohosync\external\ack_events
 * @covers \local_zohosync\external\get_status
 */
final class functions_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
    }

    /**
     * Every function, with parameters that are fine.
     *
     * @return array[]
     */
    public static function functions(): array {
        return [
            'upsert_programs' => [upsert_programs::class, [0, []]],
            'upsert_teachers' => [upsert_teachers::class, [0, []]],
            'upsert_students' => [upsert_students::class, [0, []]],
            'upsert_courses' => [upsert_courses::class, [0, []]],
            'upsert_enrolments' => [upsert_enrolments::class, [0, []]],
            'upsert_units' => [upsert_units::class, [0, []]],
            'upsert_registrations' => [upsert_registrations::class, [0, []]],
            'upsert_payments' => [upsert_payments::class, [0, []]],
            'upsert_finance' => [upsert_finance::class, [0, []]],
            'upsert_results' => [upsert_results::class, [0, []]],
            'list_records' => [list_records::class, ['payment', 0, 10]],
            'get_students' => [get_students::class, [[]]],
            'get_grades' => [get_grades::class, [[]]],
            'list_grades' => [list_grades::class, [0, 10]],
            'get_enrolments' => [get_enrolments::class, [[]]],
            'list_enrolments' => [list_enrolments::class, [0, 10]],
            'upsert_requests' => [upsert_requests::class, [0, []]],
            'get_requests' => [get_requests::class, [[]]],
            'list_requests' => [list_requests::class, [0, 10]],
            'get_attachment' => [get_attachment::class, [1, 1]],
            'put_attachments' => [put_attachments::class, [1, 0, []]],
            'apply_definitions' => [apply_definitions::class, [0, []]],
            'list_definitions' => [list_definitions::class, [0, 10]],
            'put_settings' => [put_settings::class, [0, []]],
            'get_settings' => [get_settings::class, []],
            'put_asof' => [put_asof::class, [0, []]],
            'get_events' => [get_events::class, [10]],
            'ack_events' => [ack_events::class, [[]]],
            'get_status' => [get_status::class, []],
        ];
    }

    /**
     * Nobody without the capability gets in: not even a manager. Whoever has it does.
     *
     * @param string $class
     * @param array $params
     * @dataProvider functions
     */
    public function test_capability(string $class, array $params): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        $manager = $DB->get_field('role', 'id', ['shortname' => 'manager']);
        role_assign($manager, $user->id, \core\context\system::instance());
        $this->setUser($user);
        try {
            $class::execute(...$params);
            $this->fail('let in');
        } catch (\required_capability_exception $e) {
            $this->assertStringContainsString(get_string('zohosync:agent', 'local_zohosync'), $e->getMessage());
        }
        $roleid = $this->getDataGenerator()->create_role();
        assign_capability('local/zohosync:agent', CAP_ALLOW, $roleid, \core\context\system::instance());
        role_assign($roleid, $user->id, \core\context\system::instance());
        try {
            $this->assertNotEmpty(external_api::clean_returnvalue($class::execute_returns(), $class::execute(...$params)));
        } catch (\moodle_exception $e) {
            $this->assertSame('error:requestfilenone', $e->errorcode, 'let in, and there is no such file');
        }
    }

    /**
     * Every function is in the restricted service, and nowhere else.
     */
    public function test_service(): void {
        global $DB;
        $service = $DB->get_record('external_services', ['shortname' => 'local_zohosync_agent'], '*', MUST_EXIST);
        $this->assertSame(['1', '1', 'local/zohosync:agent'], [
            $service->restrictedusers, $service->enabled, $service->requiredcapability,
        ]);
        $names = array_map(fn($name) => "local_zohosync_$name", array_keys(self::functions()));
        $functions = $DB->get_records('external_functions', ['component' => 'local_zohosync'], '', 'name, classname, capabilities');
        $this->assertEqualsCanonicalizing($names, array_keys($functions));
        foreach ($functions as $function) {
            $info = external_api::external_function_info($function->name);
            $this->assertSame('local/zohosync:agent', $info->capabilities);
        }
        $services = $DB->get_records_select('external_services_functions', 'functionname LIKE ?', ['local\_zohosync\_%']);
        $this->assertSame([$service->id], array_values(array_unique(array_column($services, 'externalserviceid'))));
    }

    /**
     * A batch that did not arrive whole is refused as a whole; so is one that is too big.
     */
    public function test_batch(): void {
        global $DB;
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $rows = [$generator->student_row(), $generator->student_row()];
        foreach ([[3, $rows, 'countmismatch'], [1, $rows, 'countmismatch']] as [$count, $batch, $code]) {
            try {
                upsert_students::execute($count, $batch);
                $this->fail('accepted');
            } catch (\moodle_exception $e) {
                $this->assertSame($code, $e->errorcode);
            }
        }
        $many = array_map(fn() => $generator->student_row(), range(1, 101));
        try {
            upsert_students::execute(101, $many);
            $this->fail('accepted');
        } catch (\moodle_exception $e) {
            $this->assertSame('error:batchtoolarge', $e->errorcode);
        }
        $this->assertSame(0, $DB->count_records('local_zohosync_student'));
        $this->assertSame(2, count(upsert_students::execute(2, $rows)['results']));
    }

    /**
     * A row that lacks a field, or has one too many, is no row.
     */
    public function test_shape(): void {
        $this->setAdminUser();
        $row = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->student_row();
        foreach ([array_diff_key($row, ['email' => 1]), $row + ['password' => 'x']] as $bad) {
            try {
                upsert_students::execute(1, [$bad]);
                $this->fail('accepted');
            } catch (\invalid_parameter_exception $e) {
                $this->assertMatchesRegularExpression('/email|password/', $e->debuginfo);
            }
        }
    }

    /**
     * Programmes, teachers and classes pass their functions; an agent that knows neither programme nor teacher still works.
     */
    public function test_programs_teachers_and_classes(): void {
        $this->preventResetByRollback();
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $program = $generator->program_row();
        $teacher = $generator->teacher_row();
        $class = $generator->course_row(['programid' => $program['zohoid'], 'teacherid' => $teacher['zohoid']]);
        $older = array_diff_key($generator->course_row(), ['programid' => 1, 'teacherid' => 1]);
        $ids = [];
        $calls = [
            [upsert_programs::class, $program], [upsert_teachers::class, $teacher], [upsert_courses::class, $class],
            [upsert_courses::class, $older],
        ];
        foreach ($calls as [$name, $row]) {
            $result = external_api::clean_returnvalue($name::execute_returns(), $name::execute(1, [$row]))['results'][0];
            $this->assertSame(['created', $row['zohoid']], [$result['status'], $result['zohoid']], $result['message']);
            $ids[] = $result['moodleid'];
        }
        $this->assertEquals($ids[0], get_course($ids[2])->category);
        $this->assertTrue(is_enrolled(\core\context\course::instance($ids[2]), $ids[1]));
    }

    /**
     * A key that is none.
     */
    public function test_bad_grade_key(): void {
        $this->setAdminUser();
        $this->expectException(\invalid_parameter_exception::class);
        get_grades::execute(['1_2']);
    }

    /**
     * Events are listed oldest first until they are acknowledged.
     */
    public function test_events(): void {
        global $DB;
        $this->setAdminUser();
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up();
        foreach ([3, 4, 5] as $userid) {
            emitter::emit(new key($userid, 1, 1), null, emitter::FROM_MOODLE);
        }
        $list = fn($limit) => external_api::clean_returnvalue(get_events::execute_returns(), get_events::execute($limit))['events'];
        $events = $list(2);
        $this->assertSame(['grade', 'grade'], array_column($events, 'kind'));
        $this->assertSame('3_1_1', json_decode($events[0]['body'])->data->key);
        $this->assertSame($DB->get_field('local_zohosync_outbox', 'payload', ['userid' => 3]), $events[0]['body']);
        $this->assertSame(3, get_status::execute()['outboxpending']);
        $ids = array_column($events, 'eventid');
        $this->assertSame(['acknowledged' => 2], ack_events::execute([...$ids, \core\uuid::generate()]));
        $this->assertSame(['acknowledged' => 0], ack_events::execute($ids));
        $this->assertSame(['5_1_1'], array_map(fn($event) => json_decode($event['body'])->data->key, $list(100)));
        $this->assertSame(1, get_status::execute()['outboxpending']);
        $this->assertGreaterThan(0, get_status::execute()['oldestpending']);
    }
}
