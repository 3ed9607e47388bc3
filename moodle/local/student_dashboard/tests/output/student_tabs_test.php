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

namespace local_student_dashboard\output;

use core\exception\moodle_exception;
use core\external\dynamic_tabs_get_content;
use local_student_dashboard\event\dashboard_viewed;
use local_student_dashboard\output\tabs\tab;
use local_student_dashboard\tests\rendered_page;
use local_zohosync\local\agent_settings;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(student_tabs::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(tab::class)]
/**
 * Tests of who gets which tab, with the page and through Moodle's web service for tabs.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\student_tabs
 * @covers     \local_student_dashboard\output\tabs\tab
 */
final class student_tabs_test extends \advanced_testcase {
    use rendered_page;

    /** @var string[] Every tab, in order. */
    private const ALL = ['overview', 'academics', 'grades', 'finance', 'payments', 'requests', 'card', 'profile'];

    /** @var stdClass The student's account. */
    private stdClass $student;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->student = $this->getDataGenerator()->create_user();
        $mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $mirror->create_student($this->student->id, ['city' => 'SECRETCITY']);
        $this->setUser($this->student);
    }

    /**
     * The student has every tab, each at an address of its own; what the address asks for is open.
     */
    public function test_addresses(): void {
        $page = $this->page($this->student, 'grades');
        $addresses = array_map(fn($link): string => $link->nodeValue, iterator_to_array($page->query('//nav//a/@href'), false));
        $this->assertSame(array_map(
            fn(string $tab): string => "https://www.example.com/moodle/local/student_dashboard/index.php?tab=$tab",
            self::ALL,
        ), $addresses);
        $this->assertSame(['Grades'], $this->texts($page, '//nav//a[@aria-current]'));
        $this->assertSame(['Overview'], $this->texts($this->page($this->student, 'nonsense'), '//nav//a[@aria-current]'));
    }

    /**
     * Links on another person's page stay on that page.
     */
    public function test_addresses_of_another_person(): void {
        $this->setAdminUser();
        $page = $this->page($this->student, '', false);
        foreach ($page->query('//nav//a/@href | //section//a/@href') as $link) {
            $this->assertStringContainsString("userid={$this->student->id}", $link->nodeValue);
        }
    }

    /**
     * Each tab decides by itself who sees it.
     *
     * @dataProvider readers
     * @param string $who reads
     * @param string[] $tabs that are hers
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('readers')]
    public function test_who_gets_which(string $who, array $tabs): void {
        global $USER;
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->student->id, $course->id, 'student');
        match ($who) {
            'student' => null,
            'logged in as her' => $USER->realuser = get_admin()->id,
            'administrator' => $this->setAdminUser(),
            'tutor' => $this->setUser($this->tutor()),
            'teacher' => $this->setUser($this->getDataGenerator()->create_and_enrol($course, 'editingteacher')),
            'fellow student' => $this->setUser($this->getDataGenerator()->create_and_enrol($course, 'student')),
            'guest' => $this->setGuestUser(),
            'nobody' => $this->setUser(null),
        };
        $this->assertSame($tabs, $this->available(['userid' => (int) $this->student->id]));
    }

    /**
     * Readers and their tabs.
     *
     * @return array[]
     */
    public static function readers(): array {
        $withoutmoney = array_values(array_diff(self::ALL, ['finance', 'payments']));
        return [
            'student' => ['student', self::ALL],
            'logged in as her' => ['logged in as her', $withoutmoney],
            'administrator' => ['administrator', self::ALL],
            'tutor' => ['tutor', $withoutmoney],
            'teacher' => ['teacher', []],
            'fellow student' => ['fellow student', []],
            'guest' => ['guest', []],
            'nobody' => ['nobody', []],
        ];
    }

    /**
     * Odd data belong to nobody.
     */
    public function test_odd_data(): void {
        $this->setAdminUser();
        $guest = guest_user()->id;
        $gone = $this->getDataGenerator()->create_user();
        delete_user($gone);
        foreach ([null, '', 'abc', -1, 0, 99999999, [], ['1'], true === false, $guest, $gone->id] as $odd) {
            $this->assertSame([], $this->available(['userid' => $odd]), json_encode($odd));
        }
        $this->assertSame([], $this->available([]));
    }

    /**
     * Moodle's web service gives the student her tab, as text.
     */
    public function test_web_service(): void {
        $answer = $this->ask('profile');
        $this->assertSame('local_student_dashboard/tab', $answer['template']);
        $this->assertStringContainsString('SECRETCITY', $answer['content']);
    }

    /**
     * Moodle's web service refuses another student, whatever she asks for.
     *
     * @dataProvider all
     * @param string $tab its name
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('all')]
    public function test_web_service_refuses_others(string $tab): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(moodle_exception::class);
        $this->expectExceptionMessage(get_string('nopermissiontoaccesspage', 'error'));
        $this->ask($tab);
    }

    /**
     * Every tab.
     *
     * @return string[][]
     */
    public static function all(): array {
        return array_map(fn(string $tab): array => [$tab], array_combine(self::ALL, self::ALL));
    }

    /**
     * Moodle's web service refuses what the college hides.
     */
    public function test_web_service_refuses_hidden(): void {
        agent_settings::put('student_dashboard.visibility', '{"profile": false}');
        $this->expectException(moodle_exception::class);
        $this->ask('profile');
    }

    /**
     * Whoever asks the web service without opening the page is logged; with the page it is one view, not two.
     */
    public function test_views_are_logged_once(): void {
        $viewed = fn(array $events): array => array_filter($events, fn($event): bool => $event instanceof dashboard_viewed);
        $this->setAdminUser();
        $sink = $this->redirectEvents();
        $this->ask('profile');
        $this->assertCount(1, $viewed($sink->get_events()));
        $this->page($this->student, 'grades', false);
        $this->assertCount(1, $viewed($sink->get_events()), 'the same session');

        $this->setUser(get_admin());
        $sink->clear();
        \local_student_dashboard\local\access::require_subject((int) $this->student->id);
        $this->page($this->student, 'profile', false);
        $this->assertCount(1, $viewed($sink->get_events()), 'page with its tab');
        \local_student_dashboard\local\access::require_subject((int) $this->student->id);
        $this->assertCount(2, $viewed($sink->get_events()), 'the page again');

        $this->setUser($this->student);
        $sink->clear();
        $this->page($this->student, 'profile');
        $this->assertSame([], $viewed($sink->get_events()), 'her own');
    }

    /**
     * Makes somebody who may see the student's page.
     *
     * @return stdClass her account
     */
    private function tutor(): stdClass {
        $tutor = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, \core\context\system::instance());
        role_assign($role, $tutor->id, \core\context\user::instance($this->student->id));
        return $tutor;
    }

    /**
     * Asks each tab whether the present user may see it.
     *
     * @param array $data what the tabs are told
     * @return string[] names of those that she may see
     */
    private function available(array $data): array {
        return array_values(array_filter(self::ALL, function (string $name) use ($data): bool {
            $class = "\\local_student_dashboard\\output\\tabs\\$name";
            return (new $class($data))->is_available();
        }));
    }

    /**
     * Asks Moodle's web service for a tab of the student's.
     *
     * @param string $tab its name
     * @return string[] its answer
     */
    private function ask(string $tab): array {
        $class = "\\local_student_dashboard\\output\\tabs\\$tab";
        return dynamic_tabs_get_content::execute($class, json_encode(['userid' => (int) $this->student->id]));
    }

    /**
     * Where a tab cannot be made it says so in its place, without what went wrong; the page around it stays.
     */
    public function test_failure(): void {
        $tab = new class (['userid' => $this->student->id]) extends tabs\tab {
            #[\Override]
            public function get_tab_id(): string {
                return 'grades';
            }

            #[\Override]
            protected function sections(int $userid): array {
                throw new \RuntimeException('SECRET of the database');
            }
        };
        $data = $tab->export_for_template($this->renderer());
        $this->assertDebuggingCalled(null, DEBUG_NORMAL);
        $html = $this->renderer()->render_from_template($tab->get_template(), $data);
        $this->assertStringContainsString(get_string('tabfailed', 'local_student_dashboard'), $html);
        $this->assertStringContainsString('role="alert"', $html);
        $this->assertStringNotContainsString('SECRET', $html);
    }

    /**
     * Gives a renderer.
     *
     * @return \core\output\renderer_base
     */
    private function renderer(): \core\output\renderer_base {
        global $PAGE;
        return $PAGE->get_renderer('core');
    }
}
