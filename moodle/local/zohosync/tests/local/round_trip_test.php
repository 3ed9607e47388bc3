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

namespace local_zohosync\local;

use local_zohosync\agent_testcase;
use local_zohosync\local\watch\last_status;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../agent_testcase.php');

/**
 * What each link of the connection says when it is broken.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\round_trip
 * @covers \local_zohosync\local\transport\client
 * @covers \local_zohosync\output\setup_page
 */
final class round_trip_test extends agent_testcase {
    /** @var setup_result What the set-up made. */
    private setup_result $made;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->made = setup::run(self::$url, false);
        @unlink(self::$dir . '/requests');
    }

    /**
     * Let the agent answer.
     *
     * @param array $changes of an answer that is well
     * @param int $ping status of the answer to the ping
     * @param int $status that of its status
     */
    private function answer(array $changes = [], int $ping = 200, int $status = 200): void {
        global $CFG;
        $told = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->agent_status();
        $said = array_replace_recursive([
            'version' => agent\fit::FAMILY . '.0', 'plugin_needed' => 1, 'time' => '2026-11-23T08:00:00Z',
            'moodle' => ['site' => $CFG->wwwroot, 'error' => null],
        ], $changes);
        $refused = ['title' => 'no', 'detail' => 'Refused: <b>no</b>.'];
        file_put_contents(self::$dir . '/answers', json_encode([
            '/v1/ping/moodle' => ['status' => $ping, 'body' => json_encode($ping === 200 ? $said : $refused)],
            '/v1/status' => ['status' => $status, 'body' => json_encode($status === 200 ? $told : $refused)],
        ]));
    }

    /**
     * All is well: the ping is signed, and what the agent tells is kept.
     */
    public function test_whole(): void {
        $this->answer();
        $steps = round_trip::run();
        $this->assertTrue(round_trip::is_whole($steps));
        $this->assertCount(5, $steps);
        $this->assertNotNull(last_status::get());
        [$ping, $status] = array_map('json_decode', file(self::$dir . '/requests'));
        $this->assertSame(['POST', '/v1/ping/moodle'], [$ping->method, $ping->path]);
        $key = base64_decode(substr(config::signing_secrets()[0], strlen('whsec_')));
        $signed = "{$ping->headers->{'webhook-id'}}.{$ping->headers->{'webhook-timestamp'}}.$ping->body";
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
        $this->assertSame($expected, $ping->headers->{'webhook-signature'});
        $token = substr($status->headers->authorization, strlen('Bearer '));
        $this->assertSame($this->made->settings['ZOHOSYNC_API_ADMINISTRATOR_TOKENS'], hash('sha256', $token));
    }

    /**
     * What can be broken: the answer, how many steps succeeded, and what is said.
     *
     * @return array[]
     */
    public static function faults(): array {
        return [
            'another secret' => [[[], 401], [true, false], 'another secret'],
            'not the agent' => [[[], 404], [true, false], 'not the agent'],
            'the agent is refused here' => [
                [['moodle' => ['site' => '', 'error' => 'Moodle says: Invalid token']]],
                [true, true, false, true, true], 'Invalid token',
            ],
            'the agent works with another site' => [
                [['moodle' => ['site' => 'https://staging.example.org']]],
                [true, true, false, true, true], 'staging.example.org',
            ],
            'an older plugin' => [[['plugin_needed' => 2099010100]], [true, true, true, false, true], 'update the plugin'],
            'another family' => [[['version' => '7.0.0']], [true, true, true, false, true], 'update the older'],
            'another token' => [[[], 200, 401], [true, true, true, true, false], 'ZOHOSYNC_API_ADMINISTRATOR_TOKENS'],
        ];
    }

    /**
     * Each says what is wrong and what to do, and says it as text.
     *
     * @dataProvider faults
     * @param array $answer
     * @param bool[] $expected
     * @param string $words
     */
    public function test_faults(array $answer, array $expected, string $words): void {
        global $OUTPUT, $PAGE;
        $PAGE->set_url('/local/zohosync/setup.php');
        $this->answer(...$answer);
        $steps = round_trip::run();
        $this->assertSame($expected, array_column($steps, 'ok'));
        $this->assertFalse(round_trip::is_whole($steps));
        $broken = $steps[array_search(false, $expected, true)];
        $this->assertStringContainsString($words, $broken['reason'] . ' ' . $broken['remedy']);
        $page = new \local_zohosync\output\setup_page(new \local_zohosync\form\setup_form(), null, $steps);
        $html = $OUTPUT->render_from_template('local_zohosync/setup', $page->export_for_template($OUTPUT));
        $this->assertStringContainsString('data-trip="broken"', $html);
        $this->assertStringNotContainsString('<b>no</b>', $html);
        $this->assertStringNotContainsString('[[', $html);
    }

    /**
     * The agent does not run yet.
     */
    public function test_away(): void {
        set_config('agenturl', 'http://127.0.0.1:9', 'local_zohosync');
        [$step] = round_trip::run();
        $this->assertFalse($step['ok']);
        $this->assertStringContainsString('not running yet', $step['remedy']);
    }

    /**
     * Secrets are shown when they were made just now, and never again.
     */
    public function test_shown_once(): void {
        global $OUTPUT, $PAGE;
        $PAGE->set_url('/local/zohosync/setup.php');
        $form = new \local_zohosync\form\setup_form();
        $shown = fn(setup_result $made) => $OUTPUT->render_from_template(
            'local_zohosync/setup',
            (new \local_zohosync\output\setup_page($form, $made))->export_for_template($OUTPUT)
        );
        $token = $this->made->settings['ZOHOSYNC_MOODLE_TOKEN'];
        $this->assertTrue($this->made->new);
        $this->assertStringContainsString("ZOHOSYNC_MOODLE_TOKEN=$token", $shown($this->made));
        $again = setup::run(null, false);
        $this->assertFalse($again->new);
        foreach ([$token, config::signing_secrets()[0], config::agent_token()] as $secret) {
            $this->assertStringNotContainsString($secret, $shown($again));
        }
        $this->assertTrue(setup::run(null, true)->new);
    }
}
