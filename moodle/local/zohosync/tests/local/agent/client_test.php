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

namespace local_zohosync\local\agent;

use core\context\system;
use local_zohosync\agent_testcase;
use local_zohosync\local\config;

defined('MOODLE_INTERNAL') || die();

require_once(__DIR__ . '/../../agent_testcase.php');

/**
 * Questions of administrators to a real HTTP server, with Moodle's stock lists of blocked hosts and allowed ports.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\agent\client
 * @covers \local_zohosync\local\agent\problem
 * @covers \local_zohosync\local\agent\last_known
 */
final class client_test extends agent_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up(self::$url);
        set_config('agenttoken', \core\encryption::encrypt('the-token'), 'local_zohosync');
        set_config('curlsecurityblockedhosts', "127.0.0.0/8\nlocalhost");
        set_config('curlsecurityallowedport', "443\n80");
        @unlink(self::$dir . '/requests');
    }

    /**
     * What the server answers.
     *
     * @param int $status
     * @param mixed $body
     */
    private function answer(int $status, mixed $body): void {
        $answer = ['status' => $status, 'body' => is_string($body) ? $body : json_encode($body)];
        file_put_contents(self::$dir . '/answers', json_encode(['*' => $answer]));
    }

    /**
     * What the server got.
     *
     * @return \stdClass the only request
     */
    private function request(): \stdClass {
        $lines = file(self::$dir . '/requests');
        $this->assertCount(1, $lines);
        return json_decode($lines[0]);
    }

    /**
     * What a call is refused with.
     *
     * @param callable $call
     * @return problem
     */
    private function refused(callable $call): problem {
        try {
            $call();
        } catch (problem $e) {
            return $e;
        }
        $this->fail('The call was not refused.');
    }

    /**
     * A change says who acts, by which token, and which state is changed; an empty inner list stays one.
     */
    public function test_change(): void {
        global $USER;
        $this->answer(200, ['key' => 'system.dry_run', 'tag' => '"1.5"']);

        $now = (new client())->change_setting('system.dry_run', ['all' => true, 'modules' => []], '"default"');

        $this->assertSame('"1.5"', $now['tag']);
        $request = $this->request();
        $this->assertSame(['PUT', '/v1/settings/system.dry_run'], [$request->method, $request->path]);
        $this->assertSame('{"value":{"all":true,"modules":[]}}', $request->body);
        $this->assertSame('Bearer the-token', $request->headers->authorization);
        $this->assertSame('"default"', $request->headers->{'if-match'});
        $this->assertSame("moodle:$USER->id", $request->headers->{'x-acting-user'});
        $this->assertSame(fullname($USER), client::actor_name("moodle:$USER->id"));
        $this->assertSame('operator', client::actor_name('operator'));
    }

    /**
     * Which records are tried again: those that are named, or all; never all because none is named.
     */
    public function test_retry(): void {
        $this->answer(200, ['retried' => 2]);
        $this->assertSame(2, (new client())->retry_events([3 => 7, 5 => 8]));
        $this->assertSame('{"numbers":[7,8]}', $this->request()->body);
        unlink(self::$dir . '/requests');
        $this->assertSame(2, (new client())->retry_events(null));
        $this->assertSame('{}', $this->request()->body);
        unlink(self::$dir . '/requests');
        (new client())->retry_events([]);
        $this->assertSame('{"numbers":[]}', $this->request()->body);
    }

    /**
     * What each question asks for: nothing that was not given.
     *
     * @dataProvider questions
     * @param callable $ask
     * @param mixed $answer
     * @param string $asked method and path
     * @param mixed $told what the question gives
     */
    public function test_questions(callable $ask, mixed $answer, string $asked, mixed $told): void {
        $this->answer(200, $answer);
        $this->assertSame($told, $ask(new client()));
        $request = $this->request();
        $this->assertSame($asked, "$request->method $request->path");
    }

    /**
     * Questions.
     *
     * @return array
     */
    public static function questions(): array {
        $page = ['events' => [], 'next' => null];
        $wanted = ['status' => '', 'source' => 'zoho', 'record_id' => '7 &x=1', 'before' => 12];
        $records = ['records' => [['id' => 3]]];
        $student = ['zoho_id' => '57', 'records' => []];
        $status = ['agent' => ['version' => '1']];
        return [
            'state' => [fn($to) => $to->status(), $status, 'GET /v1/status', $status],
            'days' => [fn($to) => $to->days(14), ['days' => [['day' => 'x']]], 'GET /v1/status/days?days=14', [['day' => 'x']]],
            'events' => [fn($to) => $to->events([]), $page, 'GET /v1/events?limit=50', $page],
            'some events' => [
                fn($to) => $to->events($wanted),
                $page,
                'GET /v1/events?source=zoho&record_id=7+%26x%3D1&before=12&limit=50',
                $page,
            ],
            'an event' => [fn($to) => $to->event(9), ['story' => ['event' => []]], 'GET /v1/events/9', ['event' => []]],
            'passes' => [fn($to) => $to->runs(['kind' => 'drift']), ['runs' => [1]], 'GET /v1/runs?kind=drift&limit=50', [1]],
            'a pass' => [fn($to) => $to->run(9), ['run' => ['id' => 9]], 'GET /v1/runs/9', ['id' => 9]],
            'its records' => [
                fn($to) => $to->run_records(9, 30),
                $records,
                'GET /v1/runs/9/records?after=30&limit=50',
                $records['records'],
            ],
            'conflicts' => [fn($to) => $to->conflicts(0), $records, 'GET /v1/conflicts?limit=50', $records['records']],
            'a new pass' => [fn($to) => $to->start_sync(), ['modules' => ['unit']], 'POST /v1/syncs', ['unit']],
            'a comparison' => [fn($to) => $to->start_comparison(), ['modules' => ['unit']], 'POST /v1/drifts', ['unit']],
            'a student' => [fn($to) => $to->student('5/7'), $student, 'GET /v1/students/5%2F7', $student],
            'syncing her' => [fn($to) => $to->sync_student('57'), ['records' => 4], 'POST /v1/students/57/sync', 4],
        ];
    }

    /**
     * What the agent refuses is told in its words, with the fields.
     */
    public function test_refused(): void {
        $errors = [['field' => 'value.max_tries', 'message' => 'Input should be less than or equal to 50']];
        $this->answer(422, ['status' => 422, 'detail' => 'max_tries: too <b>many</b>', 'errors' => $errors]);
        $problem = $this->refused(fn() => (new client())->change_setting('retry.policy', ['max_tries' => 99], '*'));
        $this->assertSame(problem::MISFIT, $problem->status);
        $this->assertSame('max_tries: too <b>many</b>', $problem->words);
        $this->assertSame($errors, $problem->errors);
        $this->assertStringContainsString('&lt;b&gt;', $problem->getMessage());
    }

    /**
     * Answers that are none: the agent is away.
     *
     * @dataProvider no_answers
     * @param int $status
     * @param string $body
     */
    public function test_no_answer(int $status, string $body): void {
        $this->answer($status, $body);
        $this->assertSame(0, $this->refused(fn() => (new client())->settings())->status);
    }

    /**
     * Cases.
     *
     * @return array[]
     */
    public static function no_answers(): array {
        return [
            'page of a proxy' => [502, '<html>Bad gateway</html>'],
            'page that looks fine' => [200, '<html>Welcome</html>'],
            'another answer' => [200, '{"hello": 1}'],
            'redirect' => [302, ''],
            'text' => [200, '"settings"'],
        ];
    }

    /**
     * Nobody listens.
     */
    public function test_nobody_there(): void {
        set_config('agenturl', 'http://127.0.0.1:9', 'local_zohosync');
        $problem = $this->refused(fn() => (new client())->settings());
        $this->assertSame(0, $problem->status);
        $this->assertStringContainsString('does not answer', $problem->words);
        $this->assertStringNotContainsString('the-token', $problem->words);
    }

    /**
     * Without address or token, and on a copy of the site, nothing is asked.
     *
     * @dataProvider not_ready
     * @param string $name
     * @param string $value
     */
    public function test_not_ready(string $name, string $value): void {
        set_config($name, $value, 'local_zohosync');
        $this->answer(200, ['settings' => []]);
        $this->assertSame(0, $this->refused(fn() => (new client())->settings())->status);
        $this->assertFileDoesNotExist(self::$dir . '/requests');
    }

    /**
     * Cases.
     *
     * @return array[]
     */
    public static function not_ready(): array {
        return [
            'no address' => ['agenturl', ''],
            'no token' => ['agenttoken', ''],
            'copy' => ['sitewwwroot', 'https://other.example'],
        ];
    }

    /**
     * The token is not kept in clear.
     */
    public function test_token(): void {
        $this->assertSame('the-token', config::agent_token());
        $this->assertStringNotContainsString('the-token', get_config('local_zohosync', 'agenttoken'));
    }

    /**
     * What was seen last is kept, with the time.
     */
    public function test_last_known(): void {
        $this->assertNull(last_known::read());
        $this->mock_clock_with_frozen(1800000000);
        last_known::keep([['key' => 'a.b', 'description' => 'ع']]);
        $this->assertSame(['time' => 1800000000, 'settings' => [['key' => 'a.b', 'description' => 'ع']]], last_known::read());
    }

    /**
     * Managers see and retry; only administrators change settings, until a role may.
     */
    public function test_capabilities(): void {
        global $DB;
        $manager = $this->getDataGenerator()->create_user();
        role_assign($DB->get_field('role', 'id', ['shortname' => 'manager']), $manager->id, system::instance()->id);
        $teacher = $this->getDataGenerator()->create_user();
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($teacher->id, $course->id, 'editingteacher');
        $may = fn($user) => array_map(
            fn($name) => has_capability("local/zohosync:$name", system::instance(), $user),
            ['view', 'retry', 'manage']
        );
        $this->assertSame([true, true, false], $may($manager));
        $this->assertSame([false, false, false], $may($teacher));
        $this->assertSame([true, true, true], $may(get_admin()));
    }
}
