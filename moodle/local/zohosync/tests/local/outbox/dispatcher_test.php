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

namespace local_zohosync\local\outbox;

use local_zohosync\agent_testcase;
use local_zohosync\local\config;
use local_zohosync\local\grade\key;
use local_zohosync\local\transport\client;
use local_zohosync\local\transport\signer;

defined('MOODLE_INTERNAL') || die();

require_once(__DIR__ . '/../../agent_testcase.php');

/**
 * Delivery to a real HTTP server, with Moodle's stock lists of blocked hosts and allowed ports.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outbox\dispatcher
 * @covers \local_zohosync\local\outbox\repository
 * @covers \local_zohosync\local\outbox\breaker
 * @covers \local_zohosync\local\transport\client
 * @covers \local_zohosync\local\transport\pinned_origin_helper
 * @covers \local_zohosync\check\parked
 * @covers \local_zohosync\check\agent_connection
 */
final class dispatcher_test extends agent_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(1800000000);
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up(self::$url);
        // Stock values of a new site.
        set_config('curlsecurityblockedhosts', "127.0.0.0/8\n192.168.0.0/16\n10.0.0.0/8\n172.16.0.0/12\n0.0.0.0\nlocalhost\n"
            . "169.254.169.254\n0000::1");
        set_config('curlsecurityallowedport', "443\n80");
        $this->answer(202);
        @unlink(self::$dir . '/requests');
    }

    /**
     * The server gets exactly the stored bytes, signed, and the row is done.
     */
    public function test_delivered(): void {
        global $DB;
        $secrets = [signer::new_secret(), signer::new_secret()];
        config::set_signing_secrets($secrets);
        emitter::emit(new key(3, 4, 5), ['gradeid' => 1, 'studentname' => 'أحمد O\'Brien/😀'], emitter::FROM_MOODLE);
        $row = $DB->get_record('local_zohosync_outbox', [], '*', MUST_EXIST);

        $this->assertTrue(dispatcher::run(10, true));

        [$request] = $this->requests();
        $this->assertSame(['POST', '/v1/events/moodle/grade'], [$request->method, $request->path]);
        $this->assertSame($row->payload, $request->body);
        $this->assertSame('application/json', $request->headers->{'content-type'});
        foreach ((new signer($secrets))->headers($row->eventid, 1800000000, $row->payload) as $name => $value) {
            $this->assertSame($value, $request->headers->$name);
        }
        $row = $DB->get_record('local_zohosync_outbox', [], '*', MUST_EXIST);
        $this->assertSame(['sent', '202', '1800000000'], [$row->status, $row->lasthttp, $row->timedelivered]);
        dispatcher::run(10, true);
        $this->assertSame([], $this->requests());
    }

    /**
     * An event that the agent refuses for good is set aside with its reason; the others go on.
     */
    public function test_parked(): void {
        $this->emit(3, 4);
        $this->answer(202, ['3_4_5' => ['status' => 422, 'body' => '{"status":422,"detail":"no such kind"}']]);
        $this->assertTrue(dispatcher::run(10, true));
        $this->assertSame(['dead', 'sent'], $this->column('status'));
        $this->assertSame('HTTP 422 no such kind', $this->column('lasterror')[0]);
        $check = (new \local_zohosync\check\parked())->get_result();
        $this->assertSame(\core\check\result::ERROR, $check->get_status());
        $this->assertStringContainsString('no such kind', $check->get_details());
    }

    /**
     * An agent in trouble is tried again later, not before, and until then only the events of the same grade wait.
     */
    public function test_retry_and_order(): void {
        $this->emit(3, 3, 4);
        $this->answer(202, ['3_4_5' => ['status' => 503, 'headers' => ['Retry-After' => '77']]]);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame(['pending', 'pending', 'sent'], $this->column('status'));
        $this->assertSame(['1', '0', '0'], $this->column('attempts'));
        $this->assertSame('1800000077', $this->column('nextattempt')[0]);
        $this->assertSame(['3_4_5', '4_4_5'], $this->keys());

        $this->answer(202);
        $this->assertTrue(dispatcher::run(10, true));
        $this->assertSame([], $this->keys());
        $this->mock_clock_with_frozen(1800000077);
        dispatcher::run(10, true);
        $this->assertSame(['sent', 'sent', 'sent'], $this->column('status'));
        $this->assertSame(['3_4_5', '3_4_5'], $this->keys());
        $bodies = array_values($this->column('timedelivered'));
        $this->assertSame($bodies[0], $bodies[1]);
    }

    /**
     * A page never waits for an agent that has failed; a task finds out when it is back, and then nothing waits longer.
     */
    public function test_agent_down_and_back(): void {
        global $DB;
        set_config('agenturl', 'http://127.0.0.1:1', 'local_zohosync');
        $this->emit(3, 4, 6, 7);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame(['1', '1', '1', '0'], $this->column('attempts'));
        $this->assertSame('0', $this->column('lasthttp')[0]);
        set_config('agenturl', self::$url, 'local_zohosync');
        $this->assertFalse(dispatcher::run(10, true), 'open: nobody tries');
        $this->mock_clock_with_frozen(1800000030);
        $DB->set_field('local_zohosync_outbox', 'nextattempt', 1800003600, ['userid' => 4]);
        $this->assertFalse(dispatcher::run(10, false), 'half open: a page does not try');
        $this->assertSame([], $this->requests());
        $this->assertTrue(dispatcher::run(10, true), 'half open: a task tries');
        $this->assertSame(['3_4_5', '6_4_5', '7_4_5', '4_4_5'], $this->keys(), 'also what was to wait for an hour');
        $this->emit(8);
        $this->assertTrue(dispatcher::run(10, false), 'closed: a page sends again');
        $this->assertSame(['8_4_5'], $this->keys());
    }

    /**
     * What failed only because nobody answered is sent as soon as somebody does; a wish of the agent's is honoured.
     */
    public function test_hurry(): void {
        global $DB;
        set_config('agenturl', 'http://127.0.0.1:1', 'local_zohosync');
        $this->emit(3);
        dispatcher::run(10, true);
        $DB->set_field('local_zohosync_outbox', 'nextattempt', 1800009999);
        set_config('agenturl', self::$url, 'local_zohosync');
        $this->emit(4, 6);
        $this->answer(202, ['4_4_5' => ['status' => 503, 'headers' => ['Retry-After' => '900']]]);
        dispatcher::run(10, true);
        $this->assertSame(['4_4_5', '6_4_5', '3_4_5'], $this->keys());
        $this->assertSame(['sent', 'pending', 'sent'], $this->column('status'));
        $this->assertSame('1800000900', $this->column('nextattempt')[1]);
    }

    /**
     * An agent that refuses an event for good has answered: what failed before does not count any more.
     */
    public function test_a_refusal_is_an_answer(): void {
        set_config('agenturl', 'http://127.0.0.1:1', 'local_zohosync');
        $this->emit(3, 4);
        dispatcher::run(10, true);
        set_config('agenturl', self::$url, 'local_zohosync');
        $this->emit(6);
        $this->answer(422);
        dispatcher::run(10, true);
        set_config('agenturl', 'http://127.0.0.1:1', 'local_zohosync');
        $this->emit(7, 8);
        dispatcher::run(10, true);
        $this->assertTrue(breaker::allows(false));
        $this->assertSame(['pending', 'pending', 'dead', 'pending', 'pending'], $this->column('status'));
    }

    /**
     * An outage that lasts costs one try an hour.
     */
    public function test_long_outage(): void {
        global $DB;
        $this->emit(3);
        $DB->set_field('local_zohosync_outbox', 'attempts', 12);
        $this->answer(500);
        dispatcher::run(10, true);
        $this->assertGreaterThanOrEqual(1800001800, (int) $this->column('nextattempt')[0]);
        $this->assertLessThanOrEqual(1800003600, (int) $this->column('nextattempt')[0]);
    }

    /**
     * Who has no time left sends nothing and leaves the rest to the next one.
     */
    public function test_no_time(): void {
        $this->emit(3);
        $this->assertFalse(dispatcher::run(0, true));
        $this->assertSame([], $this->requests());
        $this->assertSame(['pending'], $this->column('status'));
    }

    /**
     * With a wrong secret every event would be refused: one try, then it waits; no event is lost.
     */
    public function test_configuration_fault(): void {
        $this->emit(3, 4);
        $this->answer(401);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame(['pending', 'pending'], $this->column('status'));
        $this->assertCount(1, $this->requests());
    }

    /**
     * A secret that cannot be used is a fault of the configuration too, and nothing leaves unsigned.
     */
    public function test_no_secret(): void {
        set_config('signingsecrets', '', 'local_zohosync');
        $this->emit(3);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame(['pending'], $this->column('status'));
        $this->assertSame([], $this->requests());
    }

    /**
     * A redirect is not followed, not even on the same host.
     */
    public function test_redirect(): void {
        $this->emit(3);
        $this->answer(307, ['3_4_5' => ['status' => 307, 'headers' => ['Location' => self::$url . '/elsewhere']]]);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertCount(1, $this->requests());
        $this->assertSame(['pending'], $this->column('status'));
    }

    /**
     * The client reaches the configured origin and no other.
     */
    public function test_pinned_origin(): void {
        $helper = new \local_zohosync\local\transport\pinned_origin_helper(self::$url);
        $this->assertFalse($helper->url_is_blocked(self::$url . '/v1/events/moodle/grade'));
        foreach (['http://127.0.0.1:1/', 'http://localhost/', 'https://example.org/', 'http://169.254.169.254/', ''] as $url) {
            $this->assertTrue($helper->url_is_blocked($url), $url);
        }
        $client = new \core\http_client(['securityhelper' => $helper]);
        try {
            $client->get(str_replace('127.0.0.1', 'localhost', self::$url));
            $this->fail('let through');
        } catch (\GuzzleHttp\Exception\RequestException $e) {
            $this->assertDebuggingCalled();
            $this->assertSame([], $this->requests());
        }
        $this->assertSame(202, (new client())->health()->http);
    }

    /**
     * Two senders never send at once.
     */
    public function test_one_sender(): void {
        global $CFG;
        // Within one process only this factory keeps two holders apart.
        $CFG->lock_factory = '\core\lock\file_lock_factory';
        $this->emit(3);
        $lock = \core\lock\lock_config::get_lock_factory('local_zohosync')->get_lock('deliver', 0);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame([], $this->requests());
        $lock->release();
        $this->assertTrue(dispatcher::run(10, true));
    }

    /**
     * A copied site sends nothing, whatever its outbox holds.
     */
    public function test_copied_site(): void {
        $this->emit(3);
        set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync');
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame([], $this->requests());
    }

    /**
     * Both tasks send.
     */
    public function test_tasks(): void {
        $this->emit(3);
        (new \local_zohosync\task\deliver_now())->execute();
        $this->emit(4);
        (new \local_zohosync\task\deliver())->execute();
        $this->assertSame(['3_4_5', '4_4_5'], $this->keys());
    }

    /**
     * The settings page learns whether the agent answers.
     */
    public function test_connection_check(): void {
        $check = new \local_zohosync\check\agent_connection();
        $this->assertSame(\core\check\result::OK, $check->get_result()->get_status());
        $this->assertSame('/healthz', $this->requests()[0]->path);
        $this->answer(500);
        $this->assertSame(\core\check\result::ERROR, $check->get_result()->get_status());
        set_config('agenturl', '', 'local_zohosync');
        $this->assertSame(\core\check\result::NA, $check->get_result()->get_status());
    }

    /**
     * Delivered events are kept 90 days, parked ones a year, waiting ones for ever.
     */
    public function test_purge(): void {
        global $DB;
        $this->emit(3, 4, 6, 7, 8);
        $ids = array_keys($DB->get_records('local_zohosync_outbox', [], 'id'));
        $states = [['sent', 89], ['sent', 91], ['dead', 364], ['dead', 366], ['pending', 999]];
        foreach ($states as $index => [$status, $days]) {
            $row = ['id' => $ids[$index], 'status' => $status, 'timecreated' => 1800000000 - $days * DAYSECS];
            $DB->update_record('local_zohosync_outbox', (object) $row);
        }
        (new \local_zohosync\task\purge())->execute();
        $this->assertSame(['sent', 'dead', 'pending'], $this->column('status'));
    }

    /**
     * Put an event about each of these students into the outbox.
     *
     * @param int ...$userids
     */
    private function emit(int ...$userids): void {
        foreach ($userids as $userid) {
            emitter::emit(new key($userid, 4, 5), ['gradeid' => 1], emitter::FROM_MOODLE);
        }
    }

    /**
     * Tell the server how to answer.
     *
     * @param int $status in general
     * @param array[] $exceptions answers by key of the grade
     */
    private function answer(int $status, array $exceptions = []): void {
        file_put_contents(self::$dir . '/answers', json_encode($exceptions + ['*' => ['status' => $status]]));
    }

    /**
     * What the server got since it was last asked.
     *
     * @return \stdClass[]
     */
    private function requests(): array {
        $file = self::$dir . '/requests';
        $lines = is_file($file) ? file($file, FILE_IGNORE_NEW_LINES) : [];
        @unlink($file);
        return array_map('json_decode', $lines);
    }

    /**
     * Keys of the grades that the server heard of since it was last asked.
     *
     * @return string[]
     */
    private function keys(): array {
        return array_map(fn($request) => json_decode($request->body)->data->key, $this->requests());
    }

    /**
     * A column of the outbox.
     *
     * @param string $name
     * @return array
     */
    private function column(string $name): array {
        global $DB;
        return array_values($DB->get_records_menu('local_zohosync_outbox', [], 'id', "id, $name"));
    }
}
