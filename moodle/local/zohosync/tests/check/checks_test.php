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

namespace local_zohosync\check;

use core\check\check;
use core\check\manager;
use core\check\result;
use local_zohosync\local\admin_setting_agenturl;
use local_zohosync\local\admin_setting_secrets;
use local_zohosync\local\config;
use local_zohosync\local\grade\key;
use local_zohosync\local\outbox\emitter;
use local_zohosync\local\outbox\repository;
use local_zohosync\local\setup;
use local_zohosync\local\transport\signer;
use local_zohosync\local\watch\last_status;
use local_zohosync\local\watch\memory;
use local_zohosync\local\watch\trouble;

defined('MOODLE_INTERNAL') || die();
global $CFG;
require_once($CFG->libdir . '/adminlib.php');
require_once($CFG->dirroot . '/local/zohosync/lib.php');

/**
 * The status report and the settings.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\check\agent_check
 * @covers \local_zohosync\check\agent_status
 * @covers \local_zohosync\check\backlog
 * @covers \local_zohosync\check\clock
 * @covers \local_zohosync\check\grade_history
 * @covers \local_zohosync\check\inbox
 * @covers \local_zohosync\check\parked
 * @covers \local_zohosync\check\service_token
 * @covers \local_zohosync\check\site_copy
 * @covers \local_zohosync\check\status_check
 * @covers \local_zohosync\check\tasks
 * @covers \local_zohosync\check\zoho_access
 * @covers ::local_zohosync_status_checks
 * @covers \local_zohosync\local\admin_setting_agenturl
 * @covers \local_zohosync\local\admin_setting_secrets
 */
final class checks_test extends \advanced_testcase {
    /** @var int The time. */
    private const NOW = 1800000000;

    /** @var \local_zohosync_generator The plugin's generator. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(self::NOW);
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $this->generator->set_up();
    }

    /**
     * Let the agent have told something just now.
     *
     * @param array $changes of a status that is well
     */
    private function told(array $changes = []): void {
        last_status::keep($this->generator->agent_status($changes));
    }

    /**
     * What a check finds, and whether it says what to do about it.
     *
     * @param string $expected status
     * @param check $check
     * @param string $words that are part of what it says
     */
    private function assert_finds(string $expected, check $check, string $words = ''): void {
        $result = $check->get_result();
        $said = $result->get_summary() . ' ' . $result->get_details();
        $this->assertSame($expected, $result->get_status(), $said);
        $this->assertStringContainsString($words, $said);
        $this->assertStringNotContainsString('[[', $said);
        if (in_array($expected, [result::WARNING, result::ERROR, result::UNKNOWN], true)) {
            $this->assertNotSame('', $result->get_details(), 'it says what to do');
        }
    }

    /**
     * All checks are in the site's report, with names and with links to pages that exist.
     */
    public function test_report(): void {
        global $CFG;
        $this->setAdminUser();
        $checks = array_filter(manager::get_checks('status'), fn($check) => $check instanceof agent_check);
        $ids = array_map(fn($check) => $check->get_id(), array_values($checks));
        $expected = [
            'agent_connection', 'agent_status', 'backlog', 'clock', 'grade_history', 'inbox', 'parked', 'service_token',
            'site_copy', 'tasks', 'zoho_access',
        ];
        $this->assertEqualsCanonicalizing($expected, $ids);
        foreach ($checks as $check) {
            $this->assertStringNotContainsString('[[', $check->get_name());
            if ($link = $check->get_action_link()) {
                $this->assertFileExists($CFG->dirroot . strtok($link->url->out_as_local_url(false), '?'));
                $section = $link->url->get_param('section');
                $this->assertTrue(!$section || (bool) admin_get_root()->locate($section), (string) $section);
            }
        }
        foreach (trouble::cases() as $trouble) {
            $this->assertContains(substr($trouble->url()->get_param('detail'), strlen('local_zohosync_')), $ids);
        }
    }

    /**
     * Before the set-up, and on a copied site, nothing is judged and nobody is asked; the copy itself is an error.
     */
    public function test_not_judged(): void {
        set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync');
        foreach (local_zohosync_status_checks() as $check) {
            $copy = $check instanceof site_copy;
            $this->assertSame($copy ? result::ERROR : result::NA, $check->get_result()->get_status(), $check->get_id());
        }
        $this->assert_finds(result::ERROR, new site_copy(), 'has moved or is a copy');
        config::claim_site();
        $this->assert_finds(result::OK, new site_copy());
        foreach (['agenturl', 'siteid', 'sitewwwroot'] as $name) {
            unset_config($name, 'local_zohosync');
        }
        foreach (local_zohosync_status_checks() as $check) {
            $this->assertSame(result::NA, $check->get_result()->get_status(), $check->get_id());
        }
    }

    /**
     * What the agent told long ago, or never, says nothing of the present.
     */
    public function test_nothing_told(): void {
        set_config('agenttoken', \core\encryption::encrypt('t'), 'local_zohosync');
        $checks = [new agent_status(), new clock(), new inbox(), new zoho_access()];
        foreach ($checks as $check) {
            $this->assert_finds(result::UNKNOWN, $check, 'has not told yet');
        }
        $this->told();
        foreach ([600 => result::OK, 601 => result::UNKNOWN] as $age => $expected) {
            $this->mock_clock_with_frozen(self::NOW + $age);
            foreach ($checks as $check) {
                $this->assert_finds($expected, $check);
            }
        }
    }

    /**
     * Whether the agent tells, and whether its modules can work.
     */
    public function test_agent_status(): void {
        $this->told();
        $this->assert_finds(result::WARNING, new agent_status(), 'token is not set');
        set_config('agenttoken', \core\encryption::encrypt('t'), 'local_zohosync');
        $this->assert_finds(result::OK, new agent_status());
        $this->told(['modules' => [1 => ['off' => 'no <field>']]]);
        $this->assert_finds(result::ERROR, new agent_status(), 'no &lt;field&gt;');
        $this->told();
        $memory = memory::recall();
        $memory->see([trouble::tokenrefused->value => 'not known'], null, self::NOW);
        $memory->keep();
        $this->assert_finds(result::ERROR, new agent_status(), 'refuses the administrator token');
        $memory->see([], null, self::NOW + 60);
        $memory->keep();
        $this->assert_finds(result::OK, new agent_status());
    }

    /**
     * How far the clocks may be apart.
     */
    public function test_clock(): void {
        foreach ([0 => 'ok', 60 => 'ok', 61 => 'warning', 300 => 'warning', 301 => 'error'] as $apart => $expected) {
            foreach ([$apart, -$apart] as $seconds) {
                $this->told(['agent' => ['time' => gmdate('Y-m-d\TH:i:s\Z', self::NOW + $seconds)]]);
                $this->assert_finds($expected, new clock());
            }
        }
    }

    /**
     * How old the oldest event that has not left may be.
     */
    public function test_backlog(): void {
        $this->assert_finds(result::OK, new backlog(), 'Nothing is waiting.');
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        foreach ([60 => 'ok', 61 => 'warning', 900 => 'warning', 901 => 'error'] as $age => $expected) {
            $this->mock_clock_with_frozen(self::NOW + $age);
            $this->assert_finds($expected, new backlog(), '1 waiting');
        }
    }

    /**
     * For how long what the agent took may be due.
     */
    public function test_inbox(): void {
        $this->told(['inbox' => ['pending' => 5, 'waiting' => 5, 'oldest_pending_seconds' => 90000.0]]);
        $this->assert_finds(result::OK, new inbox(), '5 of them wait for another record');
        foreach ([60 => 'ok', 61 => 'warning', 900 => 'warning', 901 => 'error'] as $age => $expected) {
            $this->told(['inbox' => ['due_seconds' => (float) $age], 'stopped' => [
                ['target' => 'zoho', 'code' => 'QUOTA', 'message' => 'the <day> is spent', 'seconds_left' => 1.0],
            ]]);
            $this->assert_finds($expected, new inbox(), $expected === 'ok' ? '' : 'zoho: the &lt;day&gt; is spent');
        }
    }

    /**
     * Parked records of both sides are counted, also when they were told of some time ago.
     */
    public function test_parked(): void {
        global $DB;
        $this->assert_finds(result::OK, new parked());
        $this->told(['inbox' => ['failed' => 2]]);
        $this->mock_clock_with_frozen(self::NOW + DAYSECS);
        $this->assert_finds(result::ERROR, new parked(), '2 at the agent, 0 among the events of this site');
        $this->told();
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        $this->assert_finds(result::OK, new parked());
        $DB->set_field(repository::TABLE, 'status', repository::DEAD);
        $this->assert_finds(result::ERROR, new parked(), '0 at the agent, 1 among the events of this site');
    }

    /**
     * Zoho's token and credits.
     */
    public function test_zoho_access(): void {
        $cases = [[null, 'ok'], [1001, 'ok'], [1000, 'warning'], [51, 'warning'], [50, 'error'], [0, 'error']];
        foreach ($cases as [$left, $expected]) {
            $this->told(['zoho' => ['credits_remaining' => $left]]);
            $this->assert_finds($expected, new zoho_access(), (string) $left);
        }
        $this->told(['zoho' => ['error' => 'authorise the agent again']]);
        $this->assert_finds(result::ERROR, new zoho_access(), 'authorise the agent again');
        $stop = ['target' => 'zoho', 'code' => 'QUOTA', 'message' => 'the day is spent', 'seconds_left' => 1.0];
        $this->told(['stopped' => [$stop]]);
        $this->assert_finds(result::ERROR, new zoho_access(), 'the day is spent');
        $this->told(['stopped' => [['target' => 'moodle'] + $stop]]);
        $this->assert_finds(result::OK, new zoho_access());
    }

    /**
     * The token that the agent really uses decides, not the newest one.
     */
    public function test_service_token(): void {
        global $DB;
        $this->setAdminUser();
        $this->assert_finds(result::ERROR, new service_token(), 'no web service token');
        setup::run(null, false);
        $this->assert_finds(result::OK, new service_token());
        foreach ([7 * DAYSECS => 'ok', 7 * DAYSECS - 1 => 'warning', HOURSECS - 1 => 'error', 0 => 'error'] as $left => $expected) {
            $DB->set_field('external_tokens', 'validuntil', self::NOW + $left);
            $this->assert_finds($expected, new service_token());
        }
        $DB->set_field('external_tokens', 'validuntil', 0);
        $DB->set_field('external_tokens', 'lastaccess', self::NOW - 60);
        setup::run(null, true);
        $this->assert_finds(result::WARNING, new service_token(), 'that was replaced');
        $newest = $DB->get_field_sql('SELECT MAX(id) FROM {external_tokens}');
        $DB->set_field('external_tokens', 'lastaccess', self::NOW, ['id' => $newest]);
        $this->assert_finds(result::OK, new service_token());
        $this->told(['moodle' => ['error' => 'Moodle says: no <access>']]);
        $this->assert_finds(result::ERROR, new service_token(), 'no &lt;access&gt;');
    }

    /**
     * Tasks that are switched off, fail, or have not run for long.
     */
    public function test_tasks(): void {
        global $DB;
        $tasks = ['component' => 'local_zohosync'];
        $DB->set_field('task_scheduled', 'lastruntime', self::NOW - 60, $tasks);
        $this->assert_finds(result::OK, new tasks());
        $watch = ['classname' => '\local_zohosync\task\watch'];
        foreach ([900 => result::OK, 901 => result::ERROR] as $age => $expected) {
            $DB->set_field('task_scheduled', 'lastruntime', self::NOW - $age, $watch);
            $this->assert_finds($expected, new tasks(), $expected === result::OK ? '' : 'Not run lately: Look how');
        }
        $DB->set_field('task_scheduled', 'lastruntime', self::NOW - 60, $watch);
        $DB->set_field('task_scheduled', 'faildelay', 60, $watch);
        $this->assert_finds(result::WARNING, new tasks(), 'Failed when last run: Look how');
        $DB->set_field('task_scheduled', 'faildelay', 0, $watch);
        $DB->set_field('task_scheduled', 'disabled', 1, $watch);
        $this->assert_finds(result::ERROR, new tasks(), 'Switched off: Look how');
        $DB->set_field('task_scheduled', 'disabled', 0, $watch);
        $nightly = ['classname' => '\local_zohosync\task\purge'];
        foreach ([2 * DAYSECS => result::OK, 2 * DAYSECS + 1 => result::ERROR] as $age => $expected) {
            $DB->set_field('task_scheduled', 'lastruntime', self::NOW - $age, $nightly);
            $this->assert_finds($expected, new tasks());
        }
    }

    /**
     * Without history, or with one that is kept too short, some changes are found late.
     */
    public function test_grade_history(): void {
        $this->assert_finds(result::OK, new grade_history());
        foreach ([365 => result::OK, 364 => result::WARNING, 0 => result::OK] as $days => $expected) {
            set_config('gradehistorylifetime', $days);
            $this->assert_finds($expected, new grade_history());
        }
        set_config('gradehistorylifetime', 30);
        $this->assert_finds(result::WARNING, new grade_history(), ' 30 days');
        set_config('disablegradehistory', 1);
        $this->assert_finds(result::WARNING, new grade_history(), 'disablegradehistory');
    }

    /**
     * The settings page is built without touching the network, and refuses what cannot work.
     */
    public function test_settings(): void {
        $this->setAdminUser();
        set_config('agenturl', 'http://127.0.0.1:1', 'local_zohosync');
        $page = admin_get_root(true, true)->locate('local_zohosync');
        $names = array_keys((array) $page->settings);
        foreach (['enabled', 'agenturl', 'signingsecrets', 'userauth', 'coursecategory', 'agentcheck'] as $name) {
            $this->assertContains("local_zohosync$name", $names);
        }
        $url = $page->settings->local_zohosyncagenturl;
        $this->assertInstanceOf(admin_setting_agenturl::class, $url);
        $this->assertNotSame('', $url->write_setting('http://agent.example.org'));
        $this->assertSame('http://127.0.0.1:1', config::agent_url());
        $this->assertSame('', $url->write_setting(' https://agent.example.org/ '));
        $this->assertSame('https://agent.example.org', config::agent_url());
        $secrets = $page->settings->local_zohosyncsigningsecrets;
        $this->assertInstanceOf(admin_setting_secrets::class, $secrets);
        $before = config::signing_secrets();
        $this->assertNotSame('', $secrets->write_setting('secret'));
        $this->assertSame($before, config::signing_secrets());
        $new = [signer::new_secret(), signer::new_secret()];
        $this->assertSame('', $secrets->write_setting(implode("\n", $new)));
        $this->assertSame($new, config::signing_secrets());
        $this->assertStringNotContainsString($new[0], get_config('local_zohosync', 'signingsecrets'));
    }
}
