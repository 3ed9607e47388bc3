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

use local_student_dashboard\tests\rendered_page;
use local_zohosync\local\agent_settings;
use local_zohosync\local\asof;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(overview_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(timetable_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(progress_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(registrations_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(card::class)]
/**
 * Tests of what matters now, of the student's programmes, week and progress, and of as of when sections are.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\overview_card
 * @covers     \local_student_dashboard\output\timetable_card
 * @covers     \local_student_dashboard\output\progress_card
 * @covers     \local_student_dashboard\output\registrations_card
 * @covers     \local_student_dashboard\output\card
 */
final class overview_test extends \advanced_testcase {
    use rendered_page;

    /** @var string What matters now. */
    private const LINES = '//*[@id="local-student-dashboard-overview"]//li//p';

    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her record in the mirror. */
    private stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setTimezone('UTC');
        // A Sunday, noon.
        $this->mock_clock_with_frozen(gmmktime(12, 0, 0, 11, 22, 2026));
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user(['timezone' => 'UTC']);
        $this->student = $this->mirror->create_student($this->user->id);
        $this->setUser($this->user);
    }

    /**
     * Everything that matters, with links to the tabs that say more.
     */
    public function test_all(): void {
        $this->takes('Networking', ['Sunday', '18:00 - 20:00', 'Monday', '9 - 10']);
        $schedule = [['2026-11-01', '100.0000'], ['2026-12-01', '50.0000']];
        $this->mirror->create_registration($this->student, ['currency' => 'USD'], $schedule);
        $class = $this->mirror->create_class();
        $this->mirror->create_result($this->student, $class, ['name' => 'Old', 'attemptdate' => '2026-01-01', 'letter' => 'P']);
        $this->mirror->create_result($this->student, $class, ['name' => 'New', 'attemptdate' => '2026-02-01', 'letter' => 'D']);
        foreach (['Pending', 'Under Review', 'Approved', 'Rejected', 'Completed'] as $status) {
            $this->mirror->create_request($this->student, ['status' => $status]);
        }

        $page = $this->page($this->user);

        $this->assertSame(
            [
                'Today: Networking 18:00 - 20:00 · Room 3',
                'USD 100.00 is overdue', 'Next: USD 50.00, due on 1 December 2026',
                'New: Distinction', 'Waiting for the college: 2',
            ],
            $this->texts($page, self::LINES),
        );
        $this->assertSame(['USD 100.00 is overdue'], $this->texts($page, '//p[contains(@class, "dashboard-alert")]'));
        $this->assertSame(
            ['academics', 'finance', 'grades', 'requests'],
            array_map(
                fn($link): string => (new \core\url($link->nodeValue))->param('tab'),
                iterator_to_array($page->query('//section//a/@href'), false),
            ),
        );
    }

    /**
     * What the college hides matters to nobody.
     */
    public function test_hidden(): void {
        $this->takes('Networking', ['Sunday', '18:00 - 20:00', '', '']);
        $this->mirror->create_registration($this->student, [], [['2026-11-01', '100.0000']]);
        $this->mirror->create_result($this->student, $this->mirror->create_class());
        $this->mirror->create_request($this->student);
        $this->assertCount(4, $this->texts($this->page($this->user), self::LINES));
        $count = fn(string $json): int => agent_settings::put('student_dashboard.visibility', $json)
            ? count($this->texts($this->page($this->user), self::LINES)) : -1;
        $this->assertSame(3, $count('{"academics": false}'));
        $this->assertSame(3, $count('{"timetable": false}'));
        $this->assertSame(3, $count('{"finance": false}'));
        $this->assertSame(3, $count('{"grades": false}'));
        $this->assertSame(3, $count('{"requests": false}'));
        $this->assertSame(0, $count('{"academics": false, "finance": false, "grades": false, "requests": false}'));
    }

    /**
     * Money is for those who may see it.
     */
    public function test_money(): void {
        global $USER;
        $this->mirror->create_registration($this->student, [], [['2026-11-01', '100.0000']]);
        $this->assertCount(1, $this->texts($this->page($this->user), self::LINES));
        $USER->realuser = get_admin()->id;
        $this->assertSame([], $this->texts($this->page($this->user), self::LINES), 'logged in as her');
    }

    /**
     * Who reads another person's page is not greeted.
     */
    public function test_greeting(): void {
        $this->assertSame(["Hello, {$this->user->firstname}"], $this->texts($this->page($this->user), '//h2'));
        $this->setAdminUser();
        $this->assertSame(['Overview'], $this->texts($this->page($this->user, '', false), '//h2'));
    }

    /**
     * Today's classes that are not over, else tomorrow's; by the clock of the student.
     *
     * @dataProvider moments
     * @param string $moment in UTC
     * @param string $zone the student's
     * @param string[] $lines expected
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('moments')]
    public function test_next_classes(string $moment, string $zone, array $lines): void {
        global $DB;
        $this->mock_clock_with_frozen(strtotime("$moment UTC"));
        $DB->set_field('user', 'timezone', $zone, ['id' => $this->user->id]);
        $this->user->timezone = $zone;
        $this->setUser($this->user);
        $this->takes('Morning', ['Sunday', '8:00 - 10:00', '', '']);
        $this->takes('Evening', ['Sunday', '18:00 - 20:00', 'Monday', 'late']);
        $this->assertSame($lines, $this->texts($this->page($this->user), self::LINES));
    }

    /**
     * Moments and what they show.
     *
     * @return array[]
     */
    public static function moments(): array {
        $morning = 'Morning 8:00 - 10:00 · Room 3';
        $evening = 'Evening 18:00 - 20:00 · Room 3';
        return [
            'day before' => ['2026-11-21 12:00', 'UTC', ["Tomorrow: $morning", "Tomorrow: $evening"]],
            'two days before' => ['2026-11-20 12:00', 'UTC', []],
            'early' => ['2026-11-22 07:00', 'UTC', ["Today: $morning", "Today: $evening"]],
            'at its end' => ['2026-11-22 10:00', 'UTC', ["Today: $evening"]],
            'all over' => ['2026-11-22 20:00', 'UTC', ['Tomorrow: Evening late · Room 3']],
            'hours not known' => ['2026-11-23 23:00', 'UTC', ['Today: Evening late · Room 3']],
            'her day has begun' => ['2026-11-21 23:00', 'Asia/Amman', ["Today: $morning", "Today: $evening"]],
        ];
    }

    /**
     * The week begins as the reader's calendar does; today is marked; what cannot be placed is listed.
     */
    public function test_week(): void {
        $this->takes('Networking', ['Sunday', '18:00 - 20:00', 'by arrangement', '']);
        $this->takes('Later', ['Sat', '', '', ''], ['startdate' => '2026-12-05']);
        set_user_preference('calendar_startwday', 1);
        $page = $this->page($this->user, 'academics');
        $week = '//*[@id="local-student-dashboard-timetable"]';
        $this->assertSame(['Saturday', 'Sunday Today', 'Other times'], $this->texts($page, "$week//h3"));
        set_user_preference('calendar_startwday', 0);
        $page = $this->page($this->user, 'academics');
        $this->assertSame(['Sunday Today', 'Saturday', 'Other times'], $this->texts($page, "$week//h3"));
        $this->assertSame(
            ['18:00 - 20:00 Networking Room 3', 'Later Room 3 From 5 December 2026', 'by arrangement Networking Room 3'],
            $this->texts($page, "$week//li[contains(@class, 'meeting')]"),
        );
        $this->assertSame(['Sunday Today'], $this->texts($page, "$week//li[@aria-current='date']/h3"));
    }

    /**
     * Progress says in words and numbers how many units are passed; with grades hidden it is gone, as a hidden timetable is.
     */
    public function test_progress(): void {
        $unit = $this->mirror->create_unit('Unit 1', [], ['credit' => '15', 'level' => '4']);
        $done = $this->takes('One', ['', '', '', ''], ['unitname' => 'Unit 1', 'unitid' => $unit->zohoid]);
        $this->mirror->create_result($this->student, $done, ['letter' => 'M']);
        $unit = $this->mirror->create_unit('Unit 2', [], ['credit' => '20', 'level' => '5']);
        $this->takes('Two', ['', '', '', ''], ['unitname' => 'Unit 2', 'unitid' => $unit->zohoid]);

        $page = $this->page($this->user, 'academics');

        $progress = '//*[@id="local-student-dashboard-progress"]';
        $said = $this->texts($page, "$progress//p[starts-with(@id, 'local')]");
        $this->assertSame(['1 of 2 units passed · 15 of 35 credits'], $said);
        [$bar] = iterator_to_array($page->query("$progress//*[@role='progressbar']"), false);
        $this->assertSame(['0', '2', '1'], array_map($bar->getAttribute(...), ['aria-valuemin', 'aria-valuemax', 'aria-valuenow']));
        $this->assertSame(['Unit 1 15 credits Passed', 'Unit 2 20 credits Under way'], $this->texts($page, "$progress//li"));
        $this->assertCount(1, $this->texts($page, "$progress//*[contains(@class, 'chart-area')]"));
        agent_settings::put('student_dashboard.visibility', '{"grades": false, "timetable": false}');
        $titles = $this->texts($this->page($this->user, 'academics'), '//h2');
        $this->assertSame(['Programmes', 'Courses'], $titles);
    }

    /**
     * Programmes without money, newest first.
     */
    public function test_programmes(): void {
        $old = ['programname' => 'Old', 'registrationdate' => '2024-01-15', 'price' => '717171'];
        $this->mirror->create_registration($this->student, $old);
        $this->mirror->create_registration($this->student, ['programname' => 'New', 'studymode' => 'Online']);
        $this->mirror->create_registration($this->student, ['programname' => 'Gone', 'deleted' => 1]);
        $page = $this->page($this->user, 'academics');
        $card = '//*[@id="local-student-dashboard-registrations"]';
        $this->assertSame(['New', 'Old'], $this->texts($page, "$card//h3"));
        $this->assertSame(['REG-0042', '15 January 2026', 'Online'], array_slice($this->texts($page, "$card//dd"), 0, 3));
        $this->assertStringNotContainsString('71', $this->texts($page, $card)[0]);
    }

    /**
     * A section says as of when Zoho's records are here, and warns when that is long ago.
     */
    public function test_freshness(): void {
        $now = \core\di::get(\core\clock::class)->time();
        $find = fn(string $what): array => $this->texts($this->page($this->user, 'profile'), "//section//$what");
        $asof = fn(): array => $find('p[starts-with(normalize-space(), "As of")]');
        $late = fn(): array => $find('*[@role="note"]');
        asof::put('student', $now - HOURSECS);
        $this->assertSame(['As of Sunday, 22 November 2026, 11:00 AM'], $asof());
        $this->assertSame([], $late());
        asof::put('student', $now - 2 * DAYSECS);
        $this->assertSame(['As of Friday, 20 November 2026, 12:00 PM'], $asof());
        $this->assertStringContainsString('out of date', $late()[0]);
    }

    /**
     * Makes a class that the student takes.
     *
     * @param string $name its name
     * @param string[] $typed days and hours
     * @param array $fields others of the class
     * @return stdClass the class
     */
    private function takes(string $name, array $typed, array $fields = []): stdClass {
        $class = $this->mirror->create_class(0, $fields + [
            'fullname' => $name, 'classroom' => 'Room 3',
        ] + array_combine(['day1', 'hours1', 'day2', 'hours2'], $typed));
        $this->mirror->create_enrollment($this->student, $class);
        return $class;
    }
}
