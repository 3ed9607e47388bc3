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
use local_zohosync\event\setup_done;
use local_zohosync\hook_callbacks;
use local_zohosync\local\agent\client as interfaces;
use local_zohosync\local\agent\problem;
use local_zohosync\local\grade\key;
use local_zohosync\local\outbox\dispatcher;
use local_zohosync\local\outbox\emitter;
use local_zohosync\local\outbox\repository;
use local_zohosync\local\transport\client;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../agent_testcase.php');

/**
 * A copy of the site is silent in both directions until an administrator has decided.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\copied_site
 * @covers \local_zohosync\local\config
 * @covers \local_zohosync\local\outbox\emitter
 * @covers \local_zohosync\external\agent_function
 * @covers \local_zohosync\hook_callbacks
 * @covers \local_zohosync\event\setup_done
 */
final class copied_site_test extends agent_testcase {
    /** @var setup_result What the set-up made before the copy. */
    private setup_result $before;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        file_put_contents(self::$dir . '/answers', json_encode(['*' => ['status' => 202]]));
        @unlink(self::$dir . '/requests');
        $this->before = setup::run(self::$url, false);
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync');
    }

    /**
     * Nothing is collected, nothing leaves, nobody is asked.
     */
    public function test_emits_nothing(): void {
        emitter::emit(new key(6, 7, 8), null, emitter::FROM_MOODLE);
        emitter::tell(new key(6, 7, 9), null, emitter::FROM_RECONCILE);
        $this->assertSame(1, repository::count(repository::PENDING), 'only what was copied');
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertSame(0, (new client())->health()->http);
        $this->assertSame(0, (new client())->ping()->http);
        try {
            (new interfaces())->status();
            $this->fail('asked');
        } catch (problem $e) {
            $this->assertStringContainsString('is a copy', $e->words);
        }
        $this->assertFileDoesNotExist(self::$dir . '/requests');
    }

    /**
     * No function of the agent reads or writes anything.
     *
     * @param string $class
     * @param array $params
     * @dataProvider \local_zohosync\external\functions_test::functions
     */
    public function test_accepts_nothing(string $class, array $params): void {
        try {
            $class::execute(...$params);
            $this->fail('accepted');
        } catch (\moodle_exception $e) {
            $this->assertSame('sitecopied', $e->errorcode);
            $this->assertStringContainsString('has moved', $e->getMessage());
        }
    }

    /**
     * The set-up does not decide by the way.
     */
    public function test_setup_waits(): void {
        $this->expectExceptionMessage(get_string('sitecopied', 'local_zohosync'));
        setup::run(self::$url, false);
    }

    /**
     * It has moved: everything is there and goes on.
     */
    public function test_moved(): void {
        copied_site::moved();
        $this->assertFalse(config::is_copied());
        $this->assertTrue(config::is_active());
        $again = setup::run(null, false);
        $this->assertSame($this->before->settings, $again->settings);
        $this->assertFalse($again->new);
        $this->assertSame(1, repository::count(repository::PENDING));
        $this->assertTrue(dispatcher::run(10, true));
        $this->assertSame(1, repository::count(repository::SENT));
    }

    /**
     * It is a copy: it knows nothing by which it could act, and can be set up for another agent.
     */
    public function test_copy(): void {
        global $DB;
        $role = $DB->count_records('role_assignments');
        copied_site::forget();
        $this->assertFalse(config::is_copied());
        $this->assertFalse(config::is_active());
        $this->assertSame('', config::agent_url());
        $this->assertSame('', config::agent_token());
        $this->assertSame([], config::signing_secrets());
        $this->assertFalse($DB->record_exists('external_tokens', ['token' => $this->before->settings['ZOHOSYNC_MOODLE_TOKEN']]));
        $this->assertSame(0, $DB->count_records(repository::TABLE));
        $this->assertSame(0, $DB->count_records(emitter::EMITTED));
        emitter::emit(new key(6, 7, 8), null, emitter::FROM_MOODLE);
        $this->assertFalse(dispatcher::run(10, true));
        $this->assertFileDoesNotExist(self::$dir . '/requests');
        $this->assertSame($role, $DB->count_records('role_assignments'));
        $anew = setup::run('https://test-agent.example.org', false);
        $this->assertTrue($anew->new);
        $this->assertTrue(config::is_active());
        $this->assertSame([], array_intersect_assoc(
            array_diff_key($this->before->settings, ['ZOHOSYNC_MOODLE_URL' => 1]),
            $anew->settings
        ));
    }

    /**
     * Pages at which the warning belongs, and others.
     *
     * @return array[]
     */
    public static function pages(): array {
        return [
            ['/local/zohosync/failures.php', true], ['/local/zohosync/anything.php', true],
            ['/admin/settings.php?section=local_zohosync', true], ['/admin/settings.php?section=cleanup', false],
            ['/local/zohosync/setup.php', false], ['/my/', false], ['/local/student_dashboard/index.php', false],
        ];
    }

    /**
     * The pages of the plugin say so at the top; the set-up's own page asks.
     *
     * @param string $path
     * @param bool $warned
     * @dataProvider pages
     */
    public function test_warning(string $path, bool $warned): void {
        global $PAGE;
        $PAGE->set_url($path);
        $hook = new \core\hook\output\before_http_headers($PAGE->get_renderer('core'));
        hook_callbacks::warn_of_copy($hook);
        $said = array_map(fn($notification) => $notification->get_message(), \core\notification::fetch());
        $this->assertCount((int) $warned, $said);
        $this->assertSame($warned, str_contains(implode($said), '/local/zohosync/setup.php'));
        config::claim_site();
        hook_callbacks::warn_of_copy($hook);
        $this->assertSame([], \core\notification::fetch());
    }

    /**
     * Who may not decide is not sent there.
     */
    public function test_warning_without_link(): void {
        global $PAGE;
        $this->setUser($this->getDataGenerator()->create_user());
        $PAGE->set_url('/local/zohosync/failures.php');
        hook_callbacks::warn_of_copy(new \core\hook\output\before_http_headers($PAGE->get_renderer('core')));
        [$said] = \core\notification::fetch();
        $this->assertStringNotContainsString('setup.php', $said->get_message());
    }

    /**
     * Each decision and each set-up stands in the log, without secrets.
     */
    public function test_log(): void {
        $sink = $this->redirectEvents();
        foreach (['run', 'rotate', 'moved', 'copy'] as $what) {
            setup_done::of($what)->trigger();
        }
        $said = array_map(fn($event) => $event->get_description(), $sink->get_events());
        $this->assertCount(4, array_unique($said));
        $this->assertStringNotContainsString('[[', setup_done::get_name());
    }
}
