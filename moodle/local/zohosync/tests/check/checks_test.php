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

use core\check\result;
use local_zohosync\local\admin_setting_agenturl;
use local_zohosync\local\admin_setting_secrets;
use local_zohosync\local\config;
use local_zohosync\local\grade\key;
use local_zohosync\local\outbox\emitter;
use local_zohosync\local\transport\signer;

defined('MOODLE_INTERNAL') || die();
global $CFG;
require_once($CFG->libdir . '/adminlib.php');

/**
 * The status report and the settings.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\check\backlog
 * @covers \local_zohosync\check\site_copy
 * @covers \local_zohosync\check\grade_history
 * @covers \local_zohosync\local\admin_setting_agenturl
 * @covers \local_zohosync\local\admin_setting_secrets
 */
final class checks_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up();
    }

    /**
     * All checks are in the site's report, with names and links that exist.
     */
    public function test_report(): void {
        $checks = array_filter(
            \core\check\manager::get_checks('status'),
            fn($check) => $check instanceof agent_check
        );
        $this->assertCount(4, $checks);
        foreach ($checks as $check) {
            $this->assertStringNotContainsString('[[', $check->get_name());
            $this->assertStringContainsString('section=local_zohosync', $check->get_action_link()->url->out());
        }
    }

    /**
     * How old the oldest event may be.
     */
    public function test_backlog(): void {
        $this->mock_clock_with_frozen(1800000000);
        $this->assertSame(result::OK, (new backlog())->get_result()->get_status());
        $this->assertSame('Nothing is waiting, 0 parked.', (new backlog())->get_result()->get_summary());
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        foreach ([60 => result::OK, 61 => result::WARNING, 900 => result::WARNING, 901 => result::ERROR] as $age => $status) {
            $this->mock_clock_with_frozen(1800000000 + $age);
            $this->assertSame($status, (new backlog())->get_result()->get_status(), "$age seconds");
        }
    }

    /**
     * A copy of the site is recognised.
     */
    public function test_site_copy(): void {
        $this->assertSame(result::OK, (new site_copy())->get_result()->get_status());
        set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync');
        $this->assertSame(result::WARNING, (new site_copy())->get_result()->get_status());
        set_config('agenturl', '', 'local_zohosync');
        $this->assertSame(result::NA, (new site_copy())->get_result()->get_status());
    }

    /**
     * Without history, or with one that is kept too short, some changes are found late.
     */
    public function test_grade_history(): void {
        $this->assertSame(result::OK, (new grade_history())->get_result()->get_status());
        foreach ([365 => result::OK, 364 => result::WARNING, 0 => result::OK] as $days => $status) {
            set_config('gradehistorylifetime', $days);
            $this->assertSame($status, (new grade_history())->get_result()->get_status(), "$days days");
        }
        set_config('gradehistorylifetime', 30);
        $this->assertStringContainsString(' 30 days', (new grade_history())->get_result()->get_summary());
        set_config('disablegradehistory', 1);
        $this->assertSame(result::WARNING, (new grade_history())->get_result()->get_status());
        $this->assertStringContainsString('disablegradehistory', (new grade_history())->get_result()->get_summary());
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
