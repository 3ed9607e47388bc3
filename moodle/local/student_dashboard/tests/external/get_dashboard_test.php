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

namespace local_student_dashboard\external;

use core\context\system;
use core\exception\moodle_exception;
use core_external\external_api;
use local_student_dashboard\event\dashboard_viewed;
use local_zohosync\local\agent_settings;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(get_dashboard::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(section\section::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\output\mobile::class)]
/**
 * Tests of the page as data, for the web service and the app.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\external\get_dashboard
 * @covers     \local_student_dashboard\external\section\section
 * @covers     \local_student_dashboard\output\mobile
 */
final class get_dashboard_test extends \advanced_testcase {
    /** @var string[] All sections. */
    private const ALL = ['overview', 'academics', 'grades', 'finance', 'payments', 'requests', 'card', 'profile'];

    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her row in the mirror. */
    private stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student($this->user->id, ['city' => '<b>{{1+1}}</b>']);
        $this->setUser($this->user);
    }

    /**
     * A student with everything: each section with its values, amounts exact, times unix.
     */
    public function test_whole(): void {
        $class = $this->everything();

        $page = $this->call();

        $this->assertSame([true, true, false], [$page['own'], $page['known'], $page['withdrawn']]);
        $this->assertSame(['Rana Haddad', 'ST-0042', 'Level 5'], [$page['name'], $page['studentnumber'], $page['program']]);
        $this->assertSame(self::ALL, $this->sections($page));
        $this->assertSame('Level 5 Computing', $page['academics']['registrations'][0]['programname']);
        $this->assertSame($class->courseid, (string) $page['academics']['classes'][0]['courseid']);
        $this->assertSame([['shortname' => 'P1', 'description' => 'Explain']], $page['academics']['classes'][0]['criteria']);
        $this->assertSame([1, '09:00 - 11:00'], [
            $page['academics']['timetable'][0]['day'], $page['academics']['timetable'][0]['hours'],
        ]);
        $this->assertSame('passed', $page['academics']['progress'][0]['state']);
        $grade = array_column($page['grades']['grades'], null, 'name')['Essay'];
        $this->assertSame(['M', 'Merit', '3.00 / 4.00', 'Well <done>', 0, false], [
            $grade['letter'], $grade['result'], $grade['mark'], $grade['feedback'], $grade['timeseen'], $grade['recorded'],
        ]);
        $this->assertTrue(array_column($page['grades']['grades'], null, 'name')['Portfolio']['recorded']);
        $account = $page['finance']['accounts'][0];
        $this->assertSame(['99999999999999.99', 'USD'], [$account['due']['amount'], $account['due']['currency']]);
        $this->assertSame('1000.1250', $account['installments'][0]['amount']['amount'] . '0');
        $this->assertSame('Half', $page['finance']['scholarship']['name']);
        $this->assertSame('5.00', $page['payments']['payments'][0]['amount']['amount']);
        $this->assertMatchesRegularExpression('/USD.5\.00/u', $page['payments']['payments'][0]['amount']['text']);
        $this->assertSame(['Class Drop', 'Drop a class', 1700000000], [
            $page['requests']['requests'][0]['type'], $page['requests']['requests'][0]['typename'],
            $page['requests']['requests'][0]['time'],
        ]);
        $this->assertSame(['nophoto', false], [$page['card']['obstacle'], $page['card']['valid']]);
        $facts = array_merge(...array_column($page['profile']['groups'], 'facts'));
        $this->assertSame('<b>{{1+1}}</b>', array_column($facts, 'value', 'field')['city']);
        $this->assertSame(['finance', 'grades', 'requests'], array_column($page['overview']['items'], 'tab'));
    }

    /**
     * A request with what it is about and its files; files of one that was not raised here are nobody's.
     */
    public function test_request_with_files(): void {
        global $DB;
        $raised = $this->mirror->create_request($this->student, [
            'raised' => 1, 'assignname' => 'Essay', 'status' => 'Pending (Default)', 'fees' => '12.5000', 'currency' => 'USD',
            'timetaken' => 1700000100,
        ]);
        $elsewhere = $this->mirror->create_request($this->student);
        foreach ([$raised, $elsewhere] as $request) {
            $file = get_file_storage()->create_file_from_string([
                'contextid' => \core\context\user::instance($this->user->id)->id, 'component' => 'local_zohosync',
                'filearea' => 'requestfile', 'itemid' => $request->id, 'filepath' => '/', 'filename' => 'letter.pdf',
            ], '%PDF-1.4');
            $notes = json_encode([$file->get_id() => ['status' => 'refused', 'message' => 'too large']]);
            $DB->set_field('local_zohosync_request', 'files', $notes, ['id' => $request->id]);
        }
        $requests = array_column($this->call()['requests']['requests'], null, 'id');
        $this->assertSame([], $requests[$elsewhere->id]['files']);
        $found = $requests[$raised->id];
        $this->assertSame([['label' => 'Assignment', 'value' => 'Essay']], $found['facts']);
        $this->assertSame(['12.50', 'Pending', 1700000100], [$found['fee']['amount'], $found['statusname'], $found['timetaken']]);
        $this->assertSame(['letter.pdf', 8, true], [
            $found['files'][0]['filename'], $found['files'][0]['filesize'], $found['files'][0]['refused'],
        ]);
        $this->assertStringContainsString('/webservice/pluginfile.php/', $found['files'][0]['fileurl']);
    }

    /**
     * Somebody whom the registry does not know gets empty sections.
     */
    public function test_unknown_user(): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $page = $this->call();
        $this->assertFalse($page['known']);
        $this->assertSame(self::ALL, $this->sections($page));
        $this->assertSame([[], [], []], [
            $page['grades']['grades'], $page['finance']['accounts'], $page['profile']['groups'],
        ]);
    }

    /**
     * As of when the data are is what the agent has told, and it says when that is too long ago.
     */
    public function test_time_of_the_data(): void {
        $this->mirror->create_payment($this->student, '5.0000', ['timemodified' => 1700000000]);
        $payments = fn(): array => array_slice($this->call()['payments'], 0, 2);
        $this->assertSame(['asof' => 1700000000, 'late' => false], $payments());
        \local_zohosync\local\asof::put('payment', time() - 5);
        $this->assertSame([time() - 5 - $payments()['asof'] < 60, false], [true, $payments()['late']]);
        \local_zohosync\local\asof::put('payment', 1800000000);
        $this->mock_clock_with_frozen(1800000000 + 2 * DAYSECS);
        $this->assertSame(['asof' => 1800000000, 'late' => true], $payments());
    }

    /**
     * What the college hides is in neither web service nor app, and nothing else is missing.
     *
     * @param string $key of the setting
     * @param string[] $gone paths of what goes
     * @dataProvider hidden
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('hidden')]
    public function test_hidden_sections(string $key, array $gone): void {
        $this->everything();
        agent_settings::put('student_dashboard.visibility', json_encode(['balance' => true]));
        $all = $this->paths($this->call());
        foreach ($gone as $path) {
            $this->assertContains($path, $all);
        }
        $shown = array_fill_keys(['balance', 'timetable'], true);
        agent_settings::put('student_dashboard.visibility', json_encode([$key => false] + $shown));
        $this->assertSame(array_values(array_diff($all, $gone)), $this->paths($this->call()));
        $this->assertSame(array_values(array_diff($all, $gone)), $this->paths($this->app()));
    }

    /**
     * Keys of the setting, with what goes with each.
     *
     * @return array[]
     */
    public static function hidden(): array {
        return [
            'profile' => ['profile', ['profile']],
            'academics' => ['academics', ['academics', 'academics/timetable', 'academics/progress']],
            'timetable' => ['timetable', ['academics/timetable']],
            'grades' => ['grades', ['grades', 'academics/progress', 'overview/grades']],
            'finance' => ['finance', ['finance', 'finance/balance', 'overview/finance']],
            'balance' => ['balance', ['finance/balance']],
            'payments' => ['payments', ['payments']],
            'requests' => ['requests', ['requests', 'overview/requests']],
            'card' => ['card', ['card']],
        ];
    }

    /**
     * Another student, a teacher, a guest, an unknown id: refused by web service and app alike; so is what was logged in as.
     */
    public function test_who_sees_it(): void {
        global $USER;
        $this->everything();
        $other = $this->getDataGenerator()->create_user();
        $teacher = $this->getDataGenerator()->create_user();
        $this->getDataGenerator()->enrol_user($teacher->id, $this->course()->id, 'editingteacher');
        foreach ([$other, $teacher] as $person) {
            $this->setUser($person);
            $this->assert_refused('nopermissions', (int) $this->user->id);
            $this->assert_refused('nopermissions', 99999999);
            $this->assert_refused('nopermissions', -1);
        }
        $this->setGuestUser();
        $this->assert_refused('requireloginerror', 0);
        $this->assert_refused('requireloginerror', (int) $this->user->id);
        $this->setUser($this->user);
        $USER->realuser = get_admin()->id;
        $page = $this->call();
        $this->assertSame(array_values(array_diff(self::ALL, ['finance', 'payments'])), $this->sections($page));
        $this->assertNotContains('finance', array_column($page['overview']['items'], 'tab'));
        $this->assertFalse($page['grades']['mayacknowledge']);
        $this->assertFalse($page['requests']['mayraise']);
    }

    /**
     * Staff sees a student's page without money unless allowed to; each call is logged once, one's own never.
     */
    public function test_staff(): void {
        $this->everything();
        $tutor = $this->getDataGenerator()->create_user();
        $role = create_role('Tutor', 'tutor', '');
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, system::instance());
        role_assign($role, $tutor->id, \core\context\user::instance($this->user->id));
        $sink = $this->redirectEvents();
        $this->call();
        $this->assertCount(0, array_filter($sink->get_events(), fn($event): bool => $event instanceof dashboard_viewed));
        $this->setUser($tutor);
        $page = $this->call((int) $this->user->id);
        $logged = array_filter($sink->get_events(), fn($event): bool => $event instanceof dashboard_viewed);
        $this->assertCount(1, $logged);
        $this->assertEquals($this->user->id, reset($logged)->relateduserid);
        $this->assertFalse($page['own']);
        $this->assertSame(array_values(array_diff(self::ALL, ['finance', 'payments'])), $this->sections($page));
        assign_capability('local/student_dashboard:viewanyfinance', CAP_ALLOW, $role, system::instance());
        $this->assertSame(self::ALL, $this->sections($this->call((int) $this->user->id)));
    }

    /**
     * The app is offered where there is something to see; its template holds nothing of a person, whose values come apart.
     */
    public function test_app(): void {
        $this->everything();
        $this->mock_clock_with_frozen(time());
        $mobile = \local_student_dashboard\output\mobile::class;
        $this->assertFalse($mobile::own_init()['disabled']);
        $this->assertTrue($mobile::other_init()['disabled']);
        $answer = $mobile::dashboard(['userid' => $this->user->id, 'appid' => 'x']);
        $html = $answer['templates'][0]['html'];
        $this->assertStringContainsString('{{ page.name }}', $html);
        foreach (['Rana', '{{1+1}}', 'ST-0042'] as $value) {
            $this->assertStringNotContainsString($value, $html);
            $this->assertStringContainsString($value, $answer['otherdata']['dashboard']);
        }
        $this->assertEquals($this->call(), $this->app());
        preg_match_all("/plugin\.local_student_dashboard\.([a-z:]+)'/", $html, $used);
        $addons = [];
        require(__DIR__ . '/../../db/mobile.php');
        $offered = array_column($addons['local_student_dashboard']['lang'], 0);
        $this->assertSame([], array_diff($used[1], $offered));
        foreach ($offered as $identifier) {
            $this->assertTrue(get_string_manager()->string_exists($identifier, 'local_student_dashboard'), $identifier);
        }
        foreach ($addons['local_student_dashboard']['handlers'] as $handler) {
            $this->assertTrue(method_exists($mobile, $handler['method']) && method_exists($mobile, $handler['init']));
        }
        $this->setUser($this->getDataGenerator()->create_user());
        $this->assertTrue($mobile::own_init()['disabled']);
        $this->setAdminUser();
        $this->assertFalse($mobile::other_init()['disabled']);
        $tutor = $this->getDataGenerator()->create_user();
        $this->setUser($tutor);
        $this->assertTrue($mobile::other_init()['disabled']);
        $role = create_role('Tutor', 'tutor', '');
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, system::instance());
        role_assign($role, $tutor->id, \core\context\user::instance($this->user->id));
        $this->assertFalse($mobile::other_init()['disabled']);
    }

    /**
     * She says that she has seen a result with what the service gave.
     */
    public function test_acknowledge(): void {
        $this->everything();
        $grade = $this->call()['grades']['grades'][0];
        $this->mock_clock_with_frozen(1800000000);
        $answer = external_api::clean_returnvalue(
            acknowledge_grade::execute_returns(),
            acknowledge_grade::execute($grade['key'], $grade['version']),
        );
        $this->assertSame(['timeseen' => 1800000000], $answer);
        $this->assertSame(1800000000, array_column($this->call()['grades']['grades'], 'timeseen', 'key')[$grade['key']]);
        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(moodle_exception::class);
        acknowledge_grade::execute($grade['key'], $grade['version']);
    }

    /**
     * Both functions are for Moodle's app and for no page.
     */
    public function test_services(): void {
        $functions = [];
        require(__DIR__ . '/../../db/services.php');
        $this->assertCount(2, $functions);
        foreach ($functions as $name => $function) {
            $this->assertSame([MOODLE_OFFICIAL_MOBILE_SERVICE], $function['services'], $name);
            $this->assertArrayNotHasKey('ajax', $function);
            $this->assertArrayNotHasKey('loginrequired', $function);
        }
    }

    /**
     * Asserts that web service and app refuse.
     *
     * @param string $code of the error
     * @param int $userid whose page is asked for
     */
    private function assert_refused(string $code, int $userid): void {
        $ways = [
            fn() => get_dashboard::execute($userid),
            fn() => \local_student_dashboard\output\mobile::dashboard(['userid' => (string) $userid]),
        ];
        foreach ($ways as $way) {
            try {
                $way();
            } catch (moodle_exception $e) {
                $this->assertSame($code, $e->errorcode);
                continue;
            }
            $this->fail("not refused: $userid");
        }
    }

    /**
     * Gives the student something in each section.
     *
     * @return stdClass her class
     */
    private function everything(): stdClass {
        $course = $this->course();
        $this->getDataGenerator()->enrol_user($this->user->id, $course->id, 'student');
        $assign = $this->getDataGenerator()->create_module('assign', ['course' => $course->id, 'name' => 'Essay', 'grade' => 4]);
        $item = \grade_item::fetch(['courseid' => $course->id, 'iteminstance' => $assign->id, 'itemmodule' => 'assign']);
        $item->update_final_grade($this->user->id, 3, 'test', 'Well <done>', FORMAT_PLAIN);
        $this->mirror->create_unit('Unit 1: Programming', ['P1' => 'Explain'], ['credit' => '15']);
        $class = $this->mirror->create_class($course->id, ['day1' => 'Monday', 'hours1' => '09:00 - 11:00']);
        $this->mirror->create_enrollment($this->student, $class);
        $this->mirror->create_result($this->student, $class);
        $schedule = [['2026-01-01', '1000.1250'], ['2999-01-01', '99999999998999.8650']];
        $this->mirror->create_registration($this->student, [], $schedule);
        $this->mirror->create_payment($this->student, '5.0000');
        $this->mirror->create_finance($this->student, ['scholarship' => 'Half']);
        $this->mirror->create_request($this->student);
        return $class;
    }

    /**
     * Makes a course.
     *
     * @return stdClass
     */
    private function course(): stdClass {
        return $this->getDataGenerator()->create_course();
    }

    /**
     * Calls the function as a client gets it.
     *
     * @param int $userid whose page, 0: one's own
     * @return array
     */
    private function call(int $userid = 0): array {
        return external_api::clean_returnvalue(get_dashboard::execute_returns(), get_dashboard::execute($userid));
    }

    /**
     * Asks as the app does.
     *
     * @return array
     */
    private function app(): array {
        $answer = \local_student_dashboard\output\mobile::dashboard(['userid' => (string) $this->user->id]);
        return json_decode($answer['otherdata']['dashboard'], true, 32, JSON_THROW_ON_ERROR);
    }

    /**
     * Names the sections of a page.
     *
     * @param array $page see call()
     * @return string[]
     */
    private function sections(array $page): array {
        return array_values(array_intersect(self::ALL, array_keys($page)));
    }

    /**
     * Names sections and those of their parts that can be hidden for themselves.
     *
     * @param array $page see call()
     * @return string[]
     */
    private function paths(array $page): array {
        $parts = array_keys(array_filter([
            'academics/timetable' => isset($page['academics']['timetable']),
            'academics/progress' => isset($page['academics']['progress']),
            'finance/balance' => isset($page['finance']['accounts'][0]['balance']),
        ]));
        $items = array_map(fn(array $item): string => "overview/{$item['tab']}", $page['overview']['items']);
        return [...$this->sections($page), ...$parts, ...$items];
    }
}
