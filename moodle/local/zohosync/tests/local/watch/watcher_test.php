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

namespace local_zohosync\local\watch;

use local_zohosync\agent_testcase;
use local_zohosync\local\config;
use local_zohosync\local\grade\key;
use local_zohosync\local\outbox\emitter;
use local_zohosync\local\outbox\repository;
use local_zohosync\local\setup;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../agent_testcase.php');

/**
 * Who is told what, and how often.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\watch\watcher
 * @covers \local_zohosync\local\watch\memory
 * @covers \local_zohosync\local\watch\messenger
 * @covers \local_zohosync\local\watch\judge
 * @covers \local_zohosync\local\watch\trouble
 * @covers \local_zohosync\local\watch\last_status
 * @covers \local_zohosync\task\watch
 */
final class watcher_test extends agent_testcase {
    /** @var int When the tests begin. */
    private const START = 1800000000;
    /** @var string Where nobody listens. */
    private const AWAY = 'http://127.0.0.1:9';

    /** @var int Minutes since the beginning. */
    private int $minute = 0;

    /** @var \stdClass A manager, who is told. */
    private \stdClass $manager;

    #[\Override]
    protected function setUp(): void {
        global $DB;
        parent::setUp();
        $this->resetAfterTest();
        $this->preventResetByRollback();
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up(self::$url);
        set_config('agenttoken', \core\encryption::encrypt('the-token'), 'local_zohosync');
        $role = $DB->get_field('role', 'id', ['shortname' => 'manager']);
        $this->manager = $this->getDataGenerator()->create_user();
        role_assign($role, $this->manager->id, \core\context\system::instance()->id);
        @unlink(self::$dir . '/requests');
        $this->answer([]);
    }

    /**
     * Let the agent tell a status.
     *
     * @param array $changes of one that is well
     * @param int $http
     */
    private function answer(array $changes, int $http = 200): void {
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $body = $http === 200 ? $generator->agent_status($changes) : ['title' => 'x', 'detail' => 'This token is not known here.'];
        $answer = ['status' => $http, 'body' => json_encode($body)];
        file_put_contents(self::$dir . '/answers', json_encode(['*' => ['status' => 404], '/v1/status' => $answer]));
    }

    /**
     * Let minutes pass, in each of which the task looks.
     *
     * @param int $minutes
     * @return string[] subjects of what the manager was told, in order
     */
    private function pass(int $minutes): array {
        $sink = $this->redirectMessages();
        for ($i = 0; $i < $minutes; $i++) {
            $this->mock_clock_with_frozen(self::START + 60 * $this->minute++);
            ob_start();
            (new \local_zohosync\task\watch())->execute();
            ob_end_clean();
        }
        $told = array_filter($sink->get_messages(), fn($message) => (int) $message->useridto === (int) $this->manager->id);
        $sink->close();
        return array_column($told, 'subject');
    }

    /**
     * What was told at a minute.
     *
     * @return \stdClass[] by the id of whoever was told
     */
    private function messages(): array {
        $sink = $this->redirectMessages();
        $this->mock_clock_with_frozen(self::START + 60 * $this->minute++);
        ob_start();
        watcher::run();
        ob_end_clean();
        $messages = $sink->get_messages();
        $sink->close();
        return array_column($messages, null, 'useridto');
    }

    /**
     * When all is well nobody is told, and the status is kept for the pages.
     */
    public function test_well(): void {
        $this->assertNull(last_status::get());
        $this->assertSame([], $this->pass(3));
        $this->assertSame(self::START + 120, last_status::get()['time']);
        $this->assertSame('0.1.0', last_status::get()['status']['agent']['version']);
        $request = json_decode(file(self::$dir . '/requests')[0]);
        $this->assertSame(['GET', '/v1/status', 'Bearer the-token'], [
            $request->method, $request->path, $request->headers->authorization,
        ]);
    }

    /**
     * An agent that is away is told of once after five minutes, and once when it has been back for five.
     */
    public function test_agent_away(): void {
        $this->pass(1);
        set_config('agenturl', self::AWAY, 'local_zohosync');
        $this->assertSame([], $this->pass(5), 'a restart is no trouble');
        $this->assertSame(['Zoho sync needs you'], $this->pass(1));
        $this->assertSame([], $this->pass(200), 'once is enough');
        $this->assertSame(self::START, last_status::get()['time'], 'what was last known stays');
        set_config('agenturl', self::$url, 'local_zohosync');
        $this->assertSame([], $this->pass(5));
        $this->assertSame(['Zoho sync is well again'], $this->pass(1));
        $this->assertSame([], $this->pass(10));
    }

    /**
     * An agent that comes and goes is one trouble, not many.
     */
    public function test_flapping(): void {
        $told = [];
        for ($i = 0; $i < 5; $i++) {
            set_config('agenturl', self::AWAY, 'local_zohosync');
            $told = [...$told, ...$this->pass(7)];
            set_config('agenturl', self::$url, 'local_zohosync');
            $told = [...$told, ...$this->pass(4)];
        }
        $this->assertSame(['Zoho sync needs you'], $told);
        $this->assertSame(['Zoho sync is well again'], $this->pass(4));
    }

    /**
     * What stops the sync on the agent's side, by what it tells of.
     *
     * @return array[]
     */
    public static function troubles(): array {
        return [
            'Moodle refuses the agent' => [trouble::moodlefails, 5, ['moodle' => ['error' => 'Moodle says: Invalid token']]],
            'Zoho gives no token' => [trouble::zohofails, 5, ['zoho' => ['error' => 'authorise the agent again']]],
            'Zoho is stopped' => [trouble::zohofails, 5, ['stopped' => [
                ['target' => 'zoho', 'code' => 'QUOTA', 'message' => 'the day is spent', 'seconds_left' => 30.0],
            ]]],
            'Moodle is stopped' => [trouble::moodlefails, 5, ['stopped' => [
                ['target' => 'moodle', 'code' => 'HTTP_503', 'message' => 'maintenance', 'seconds_left' => 30.0],
            ]]],
            'a module is off' => [trouble::modulesoff, 5, ['modules' => [0 => ['off' => 'no such field']]]],
            'the inbox stands still' => [trouble::inboxstuck, 0, ['inbox' => ['due_seconds' => 901.0]]],
        ];
    }

    /**
     * Each is told of once, with its reason and its page.
     *
     * @dataProvider troubles
     * @param trouble $trouble
     * @param int $minutes after which it is told of
     * @param array $changes of a status that is well
     */
    public function test_agents_troubles(trouble $trouble, int $minutes, array $changes): void {
        $this->answer($changes);
        $this->assertSame([], $this->pass($minutes));
        $message = $this->messages()[$this->manager->id];
        $this->assertStringContainsString($trouble->what(), $message->fullmessage);
        $this->assertStringContainsString($trouble->remedy(), $message->fullmessage);
        $this->assertStringContainsString($trouble->url()->out(false), $message->fullmessage);
        $this->assertStringNotContainsString('[[', $message->fullmessage);
        $this->assertSame([], $this->pass(60));
    }

    /**
     * What is not so long, switched off, or only waits, is no trouble.
     */
    public function test_no_trouble(): void {
        $this->answer([
            'inbox' => ['due_seconds' => 900.0, 'pending' => 7, 'waiting' => 7, 'oldest_pending_seconds' => 90000.0],
            'modules' => [0 => ['off' => 'no such field', 'enabled' => false]],
        ]);
        $this->assertSame([], $this->pass(30));
    }

    /**
     * A refused token is told of at once; one that nobody has set yet is not.
     */
    public function test_token(): void {
        unset_config('agenttoken', 'local_zohosync');
        $this->assertSame([], $this->pass(10));
        $this->assertFileDoesNotExist(self::$dir . '/requests');
        set_config('agenttoken', \core\encryption::encrypt('the-token'), 'local_zohosync');
        $this->answer([], 401);
        $message = $this->messages()[$this->manager->id];
        $this->assertStringContainsString('refuses the administrator token', $message->fullmessage);
        $this->assertStringContainsString('Reason given: This token is not known here.', $message->fullmessage);
        $this->assertSame([], $this->pass(60));
    }

    /**
     * Events that do not leave are told of once, and that the agent is away explains them.
     */
    public function test_outbox(): void {
        $this->mock_clock_with_frozen(self::START);
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        $this->assertSame([], $this->pass(16));
        $message = $this->messages()[$this->manager->id];
        $this->assertStringContainsString('more than a quarter of an hour', $message->fullmessage);
        $this->assertSame([], $this->pass(60));
        set_config('enabled', 0, 'local_zohosync');
        $this->assertSame(['Zoho sync is well again'], $this->pass(6), 'who switches it off knows');
    }

    /**
     * What only follows from an agent that is away is not told of besides.
     */
    public function test_cause_not_consequence(): void {
        $this->mock_clock_with_frozen(self::START);
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        set_config('agenturl', self::AWAY, 'local_zohosync');
        $this->assertSame(['Zoho sync needs you'], $this->pass(100));
        $this->assertSame(['agentaway'], array_keys(judge::troubles(null, new \local_zohosync\local\agent\problem(0, 'x'), 9000)));
        $both = ['moodle' => ['error' => 'x'], 'inbox' => ['due_seconds' => 9000], 'modules' => [
            ['entity' => 'student', 'enabled' => true, 'off' => 'x'],
        ]];
        $this->assertSame(['moodlefails'], array_keys(judge::troubles($both, null, 0)));
    }

    /**
     * Parked records: at once, then at most once an hour with what is new since; once when none is left.
     */
    public function test_parked(): void {
        $this->answer(['inbox' => ['failed' => 2]]);
        $message = $this->messages()[$this->manager->id];
        $this->assertStringContainsString('wait for a person: 2 new, 2 in all', $message->fullmessage);
        $this->assertStringContainsString('/local/zohosync/failures.php', $message->fullmessage);
        $this->assertSame([], $this->pass(100), 'nothing new');
        $this->answer(['inbox' => ['failed' => 3]]);
        $this->assertSame(['Zoho sync needs you'], $this->pass(1));
        $this->answer(['inbox' => ['failed' => 5]]);
        $this->assertSame([], $this->pass(59), 'less than an hour later');
        $message = $this->messages()[$this->manager->id];
        $this->assertStringContainsString('wait for a person: 2 new, 5 in all', $message->fullmessage);
        $this->answer(['inbox' => ['failed' => 1]]);
        $this->assertSame([], $this->pass(100), 'fewer is no news while some are left');
        $this->answer([]);
        $this->assertSame([], $this->pass(5));
        $this->assertSame(['Zoho sync is well again'], $this->pass(1));
        $this->assertSame([], $this->pass(10));
        $this->answer(['inbox' => ['failed' => 1]]);
        $this->assertSame(['Zoho sync needs you'], $this->pass(1), 'another one is news again');
    }

    /**
     * A record that is tried again and fails again is not told of each time.
     */
    public function test_parked_again(): void {
        $told = [];
        for ($i = 0; $i < 10; $i++) {
            $this->answer(['inbox' => ['failed' => 1]]);
            $told = [...$told, ...$this->pass(2)];
            $this->answer([]);
            $told = [...$told, ...$this->pass(2)];
        }
        $this->assertSame(['Zoho sync needs you'], $told);
    }

    /**
     * An event that the agent refused is parked here, and counts.
     */
    public function test_parked_here(): void {
        global $DB;
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        $DB->set_field(repository::TABLE, 'status', repository::DEAD);
        $this->assertSame(['Zoho sync needs you'], $this->pass(1));
    }

    /**
     * When what stopped the sync is over, the records that are still parked are named.
     */
    public function test_remaining(): void {
        $this->answer(['inbox' => ['failed' => 4], 'zoho' => ['error' => 'x']]);
        $this->assertSame(['Zoho sync needs you', 'Zoho sync needs you'], $this->pass(6));
        $this->answer(['inbox' => ['failed' => 4]]);
        $this->assertSame([], $this->pass(5));
        $message = $this->messages()[$this->manager->id];
        $this->assertSame('Zoho sync is well again', $message->subject);
        $this->assertStringContainsString('still wait for a person: 4.', $message->fullmessage);
        $this->answer([]);
        $this->assertSame(['Zoho sync is well again'], $this->pass(6));
    }

    /**
     * Told are those who may see it and site administrators, in their languages and time zones; nobody else.
     */
    public function test_recipients(): void {
        global $DB;
        $sink = $this->redirectMessages();
        setup::run(null, false);
        $sink->close();
        $teacher = $this->getDataGenerator()->create_user();
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($teacher->id, $course->id, 'editingteacher');
        $DB->update_record('user', ['id' => $this->manager->id, 'timezone' => 'Asia/Amman', 'lang' => 'ar']);
        $pack = make_upload_directory('lang/ar');
        file_put_contents("$pack/langconfig.php", '<?php $string[\'thislanguage\'] = \'العربية\';');
        get_string_manager()->reset_caches();
        $this->answer(['inbox' => ['due_seconds' => 5000]]);
        $messages = $this->messages();
        $this->assertEqualsCanonicalizing([$this->manager->id, get_admin()->id], array_keys($messages));
        $this->assertSame('مزامنة Zoho بحاجة إليك', $messages[$this->manager->id]->subject);
        $this->assertSame('Zoho sync needs you', $messages[get_admin()->id]->subject);
        $this->assertSame('en', current_language());
        $message = $messages[$this->manager->id];
        $this->assertSame(['local_zohosync', 'syncproblem'], [$message->component, $message->eventtype]);
        $this->assertStringContainsString('11:00', $message->fullmessage);
        fulldelete($pack);
        get_string_manager()->reset_caches();
    }

    /**
     * A reason that somebody else gave is text.
     */
    public function test_reason_is_text(): void {
        $this->answer(['modules' => [0 => ['off' => '<img src=x onerror=alert(1)>']]]);
        $this->pass(5);
        $message = $this->messages()[$this->manager->id];
        $this->assertStringContainsString('&lt;img', $message->fullmessagehtml);
        $this->assertStringNotContainsString('<img', $message->fullmessagehtml);
    }

    /**
     * While another web node looks, nobody looks a second time.
     */
    public function test_overlap(): void {
        global $CFG;
        // Within one process only this factory keeps two holders apart.
        $CFG->lock_factory = '\core\lock\file_lock_factory';
        $lock = \core\lock\lock_config::get_lock_factory('local_zohosync')->get_lock('watch', 0);
        $this->answer(['inbox' => ['failed' => 1]]);
        $this->assertSame([], $this->pass(3));
        $this->assertFileDoesNotExist(self::$dir . '/requests');
        $lock->release();
        $this->assertSame(['Zoho sync needs you'], $this->pass(3));
    }

    /**
     * What was told is known after a restart, with empty caches.
     */
    public function test_survives(): void {
        $this->answer(['inbox' => ['failed' => 1], 'zoho' => ['error' => 'x']]);
        $this->assertCount(2, $this->pass(10));
        purge_all_caches();
        $this->assertSame([], $this->pass(3));
    }

    /**
     * A copied site asks nobody and tells nobody; before the set-up there is nobody to ask.
     */
    public function test_copy(): void {
        $this->answer(['inbox' => ['failed' => 1]]);
        set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync');
        $this->assertSame([], $this->pass(10));
        config::claim_site();
        set_config('agenturl', '', 'local_zohosync');
        $this->assertSame([], $this->pass(10));
        $this->assertFileDoesNotExist(self::$dir . '/requests');
        $this->assertNull(last_status::get());
    }
}
