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

use core_external\external_api;
use local_zohosync\local\transport\signer;

/**
 * The set-up, and what the service account can do with it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\setup
 * @covers \local_zohosync\local\config
 */
final class setup_test extends \advanced_testcase {
    /** @var string Address of an agent. */
    private const URL = 'https://agent.example.org';

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    /**
     * One run prepares all.
     */
    public function test_run(): void {
        global $CFG, $DB;
        $settings = setup::run(self::URL . '/', false)->settings;
        $names = [
            'ZOHOSYNC_MOODLE_URL', 'ZOHOSYNC_MOODLE_TOKEN', 'ZOHOSYNC_MOODLE_WEBHOOK_SECRETS',
            'ZOHOSYNC_API_ADMINISTRATOR_TOKENS',
        ];
        $this->assertSame($names, array_keys($settings));
        $this->assertSame($CFG->wwwroot, $settings['ZOHOSYNC_MOODLE_URL']);
        new signer(explode(',', $settings['ZOHOSYNC_MOODLE_WEBHOOK_SECRETS']));
        $this->assertSame(self::URL, config::agent_url());
        $this->assertTrue(config::is_active());
        $this->assertEquals(1, $CFG->enablewebservices);
        $this->assertContains('rest', explode(',', $CFG->webserviceprotocols));
        $stored = get_config('local_zohosync', 'signingsecrets');
        $this->assertStringNotContainsString($settings['ZOHOSYNC_MOODLE_WEBHOOK_SECRETS'], $stored);
        $this->assertSame(hash('sha256', config::agent_token()), $settings['ZOHOSYNC_API_ADMINISTRATOR_TOKENS']);
        $this->assertStringNotContainsString(config::agent_token(), get_config('local_zohosync', 'agenttoken'));

        $user = $DB->get_record('user', ['username' => setup::USERNAME], '*', MUST_EXIST);
        $this->assertSame('webservice', $user->auth);
        $this->assertFalse(get_auth_plugin($user->auth)->user_login($user->username, ''));
        $held = $DB->get_records_menu('role_capabilities', [
            'roleid' => $DB->get_field('role', 'id', ['shortname' => setup::ROLE]),
        ], 'capability', 'id, capability');
        $this->assertSame(['local/zohosync:agent', 'webservice/rest:use'], array_values($held));
    }

    /**
     * Running it again changes nothing and prints the same.
     */
    public function test_again(): void {
        global $DB;
        $first = setup::run(self::URL, false)->settings;
        $count = fn() => array_map(
            fn($table) => $DB->count_records($table),
            ['user', 'role', 'role_assignments', 'role_capabilities', 'external_tokens', 'external_services_users']
        );
        $before = $count();
        set_config('enabled', 0, 'local_zohosync');
        $this->assertSame($first, setup::run(null, false)->settings);
        $this->assertSame($before, $count());
        $this->assertSame(self::URL, config::agent_url());
        $this->assertFalse(config::is_active(), 'what an administrator switched off stays off');
    }

    /**
     * Rotation: new secrets, and the old ones stay valid for a while, so that there is no gap.
     */
    public function test_rotate(): void {
        global $DB;
        $first = setup::run(self::URL, false)->settings;
        $second = setup::run(null, true)->settings;
        $this->assertNotSame($first['ZOHOSYNC_MOODLE_TOKEN'], $second['ZOHOSYNC_MOODLE_TOKEN']);
        [$new, $old] = explode(',', $second['ZOHOSYNC_MOODLE_WEBHOOK_SECRETS']);
        $this->assertSame($first['ZOHOSYNC_MOODLE_WEBHOOK_SECRETS'], $old);
        $this->assertNotSame($old, $new);
        $tokens = 'ZOHOSYNC_API_ADMINISTRATOR_TOKENS';
        $this->assertSame($first[$tokens], $second[$tokens], 'the running agent knows no other');
        $until = $DB->get_field('external_tokens', 'validuntil', ['token' => $first['ZOHOSYNC_MOODLE_TOKEN']]);
        $this->assertEqualsWithDelta(time() + DAYSECS, $until, 60);
        $this->assertSame($second, setup::run(null, false)->settings);
        $third = setup::run(null, true)->settings;
        $this->assertStringNotContainsString($old, $third['ZOHOSYNC_MOODLE_WEBHOOK_SECRETS']);
    }

    /**
     * Secrets that cannot be read any more, for the site's key is gone, are said to be so, and replaced by new ones.
     */
    public function test_unreadable(): void {
        $first = setup::run(self::URL, false)->settings;
        foreach (['signingsecrets', 'agenttoken'] as $name) {
            set_config($name, 'sodium:' . base64_encode(random_bytes(99)), 'local_zohosync');
            try {
                setup::run(null, false);
                $this->fail('accepted');
            } catch (\moodle_exception $e) {
                $this->assertSame('error:secretunreadable', $e->errorcode);
            }
            $made = setup::run(null, true);
            $this->assertTrue($made->new);
            $this->assertSame($made->settings, setup::run(null, false)->settings);
        }
        $this->assertNotSame($first['ZOHOSYNC_API_ADMINISTRATOR_TOKENS'], $made->settings['ZOHOSYNC_API_ADMINISTRATOR_TOKENS']);
    }

    /**
     * An expired token is replaced.
     */
    public function test_expired_token(): void {
        global $DB;
        $first = setup::run(self::URL, false)->settings;
        $DB->set_field('external_tokens', 'validuntil', time() - 1);
        $this->assertNotSame($first['ZOHOSYNC_MOODLE_TOKEN'], setup::run(null, false)->settings['ZOHOSYNC_MOODLE_TOKEN']);
    }

    /**
     * What stands in the way is said.
     */
    public function test_obstacles(): void {
        global $DB;
        foreach (['http://agent.example.org', 'nonsense', ''] as $url) {
            $this->assert_refused('error:agenturlinvalid', $url);
        }
        $this->getDataGenerator()->create_user(['username' => setup::USERNAME]);
        $this->assert_refused('error:usernametaken', self::URL);
        $DB->set_field('user', 'username', 'other', ['username' => setup::USERNAME]);
        setup::run(self::URL, false);
        $DB->set_field('user', 'suspended', 1, ['username' => setup::USERNAME]);
        $this->assert_refused('error:accountsuspended', self::URL);
    }

    /**
     * The role is enough for the whole way: student, course, enrolment, grades, events.
     */
    public function test_role_is_enough(): void {
        setup::run(self::URL, false);
        $this->setUser(config::service_user_id());
        /** @var \local_zohosync_generator $generator */
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $student = $generator->student_row();
        $class = $generator->course_row();
        $enrolment = $generator->enrolment_row(['studentid' => $student['zohoid'], 'classid' => $class['zohoid']]);
        foreach (['students' => $student, 'courses' => $class, 'enrolments' => $enrolment] as $name => $row) {
            $answer = $this->call("upsert_$name", ['count' => 1, $name => [$row]]);
            $this->assertSame('created', $answer['results'][0]['status'], $answer['results'][0]['message']);
        }
        $known = $this->call('get_students', ['zohoids' => [$student['zohoid'], $generator->zohoid()]])['students'];
        $this->assertSame([$student['zohoid']], array_column($known, 'zohoid'));
        $this->assertSame([0, 0, $student['changehash']], [$known[0]['suspended'], $known[0]['deleted'], $known[0]['changehash']]);
        $grades = $this->call('get_grades', ['keys' => [$known[0]['userid'] . '_999_1']])['grades'];
        $this->assertSame([0], array_column($grades, 'found'));
        $status = $this->call('get_status', []);
        $this->assertSame(0, $status['outboxpending']);
        $this->assertSame(get_site_identifier(), $status['siteid']);
        $this->assert_tells_the_doctor($status);
    }

    /**
     * What the doctor compares: the agent's address, functions, roles, and a signature that the agent's secret verifies.
     *
     * @param array $status
     */
    private function assert_tells_the_doctor(array $status): void {
        $this->assertSame([1, config::agent_url()], [$status['enabled'], $status['agenturl']]);
        $this->assertContains('editingteacher', $status['roles']);
        $this->assertContains('local_zohosync_get_status', $status['functions']);
        $functions = [];
        require(__DIR__ . '/../../db/services.php');
        $this->assertEqualsCanonicalizing(array_keys($functions), $status['functions']);
        $key = base64_decode(substr(config::signing_secrets()[0], strlen('whsec_')));
        $signed = 'status.' . $status['time'] . '.' . get_site_identifier();
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
        $this->assertContains($expected, explode(' ', $status['signature']));
        config::set_signing_secrets([]);
        $this->assertSame('', $this->call('get_status', [])['signature']);
    }

    /**
     * Call a function as the web-service server does: parameters checked, answer cleaned.
     *
     * @param string $function
     * @param array $params
     * @return array
     */
    private function call(string $function, array $params): array {
        $class = "\\local_zohosync\\external\\$function";
        $answer = $class::execute(...$params);
        return external_api::clean_returnvalue($class::execute_returns(), $answer);
    }

    /**
     * The set-up refuses.
     *
     * @param string $errorcode
     * @param string $url
     */
    private function assert_refused(string $errorcode, string $url): void {
        try {
            setup::run($url, false);
            $this->fail('accepted');
        } catch (\moodle_exception $e) {
            $this->assertSame($errorcode, $e->errorcode);
            $this->assertStringNotContainsString('[[', $e->getMessage());
        }
    }
}
