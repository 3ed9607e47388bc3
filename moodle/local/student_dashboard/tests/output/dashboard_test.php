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
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(dashboard::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(profile_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(courses_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(grades_card::class)]
/**
 * Tests of the page as a browser gets it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\dashboard
 * @covers     \local_student_dashboard\output\card
 * @covers     \local_student_dashboard\output\profile_card
 * @covers     \local_student_dashboard\output\courses_card
 * @covers     \local_student_dashboard\output\grades_card
 */
final class dashboard_test extends \advanced_testcase {
    use rendered_page;

    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->setUser($this->user);
    }

    /**
     * What the college hides is gone, and nothing else; asking for it by its address opens the first tab.
     *
     * @dataProvider sections
     * @param string $section of the setting
     * @param string $title of its tab
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('sections')]
    public function test_hidden_sections(string $section, string $title): void {
        $this->mirror->create_student($this->user->id);
        $all = $this->texts($this->page($this->user), '//nav//a');
        $this->assertContains($title, $all);
        $this->assertSame([$title], $this->texts($this->page($this->user, $section), '//nav//a[@aria-current="page"]'));
        agent_settings::put('student_dashboard.visibility', json_encode([$section => false]));
        $page = $this->page($this->user, $section);
        $this->assertSame(array_values(array_diff($all, [$title])), $this->texts($page, '//nav//a'));
        $this->assertSame(['Overview'], $this->texts($page, '//nav//a[@aria-current="page"]'));
        $this->assertSame([], $this->texts($page, "//h2[. = '$title']"));
    }

    /**
     * Sections that can be hidden.
     *
     * @return string[][]
     */
    public static function sections(): array {
        return [
            ['academics', 'Academics'], ['grades', 'Grades'], ['finance', 'Finance'], ['payments', 'Payments'],
            ['requests', 'Requests'], ['card', 'Student card'], ['profile', 'Profile'],
        ];
    }

    /**
     * With everything else hidden there is a page all the same.
     */
    public function test_all_hidden(): void {
        $sections = array_column(self::sections(), 0);
        agent_settings::put('student_dashboard.visibility', json_encode(array_fill_keys($sections, false)));
        $this->assertSame(['Overview'], $this->texts($this->page($this->user, 'grades'), '//nav//a'));
    }

    /**
     * Everything, tab by tab: header, courses, grades, facts, each with the time of its data.
     */
    public function test_whole_page(): void {
        $student = $this->mirror->create_student($this->user->id, [
            'displayname' => 'Rana O\'Neil-Haddad',
            'firstnamenative' => 'رنا',
            'lastnamenative' => 'حداد 🎓',
            'birthdate' => '2004-02-29',
            'timemodified' => 1700000000,
        ]);
        $course = $this->course_with_grades(1);
        $this->mirror->create_enrollment($student, $this->mirror->create_class($course->id, ['enddate' => '2999-01-31']));

        $page = $this->pages($this->user);

        $this->assertSame(
            [
                "Hello, {$this->user->firstname}",
                'Programmes', 'Timetable', 'Courses', 'Progress',
                'Grades', 'Finance', 'Payments', 'Requests', 'Student card', 'Profile',
            ],
            $this->texts($page, '//h2'),
        );
        $this->assertSame([], $this->texts($page, '//h1'), 'the layout has the only one');
        $this->assertSame(["Rana O'Neil-Haddad"], $this->names($page));
        $profile = '//*[@id="local-student-dashboard-profile"]';
        $facts = array_combine($this->texts($page, "$profile//dt"), $this->texts($page, "$profile//dd"));
        $this->assertSame('رنا حداد 🎓', $facts['Name in native script']);
        $this->assertSame('29 February 2004', $facts['Date of birth']);
        $this->assertSame('Level 5', $facts['Programme']);
        $this->assertArrayNotHasKey('Phone', $facts, 'unknown facts are left out');
        $courses = '//*[@id="local-student-dashboard-courses"]';
        $this->assertSame(['Active'], $this->texts($page, "$courses//td//span[contains(@class, 'badge')]"));
        $this->assertCount(3, $this->texts($page, '//section//p[starts-with(normalize-space(), "As of ")]'));
        $this->assertCount(2, $this->texts($page, '//table/caption'));
        $this->assertSame([], $this->texts($page, '//th[not(@scope)]'));
        $this->assertSame(
            ["https://www.example.com/moodle/course/view.php?id=$course->id"],
            array_map(fn($link) => $link->nodeValue, iterator_to_array($page->query('//table//a/@href'))),
        );
    }

    /**
     * Each value from Zoho and Moodle is text on the page, never markup.
     */
    public function test_values_are_text(): void {
        $evil = '<script>alert("1")</script><b onclick=\'x\'>&amp;{{name}}';
        $text = array_fill_keys([
            'displayname', 'firstnamenative', 'lastnamenative', 'studentnumber', 'email', 'phone', 'gender', 'nationality', 'city',
            'country', 'address', 'status', 'academicprogram', 'major', 'submajor', 'award', 'studymode', 'studylanguage',
            'intake', 'btecnumber',
        ], $evil);
        $dates = ['birthdate' => '<b>x</b>', 'registrationdate' => '<b>x</b>'];
        $student = $this->mirror->create_student($this->user->id, $text + $dates);
        $class = $this->mirror->create_class(0, ['fullname' => $evil, 'unitname' => $evil, 'startdate' => '<b>x</b>']);
        $this->mirror->create_enrollment($student, $class, ['enddate' => '<b>x</b>']);
        $this->course_with_grades(1, $evil);

        $page = $this->pages($this->user);

        $this->assertSame([], $this->texts($page, '//script'));
        $this->assertSame([], $this->texts($page, '//dd//b | //table//b | //*[@onclick]'));
        $this->assertContains($evil, $this->texts($page, '//dd'));
        $this->assertContains($evil, $this->texts($page, '//tbody//th'));
        $this->assertContains('<b>x</b>', $this->texts($page, '//dd'));
    }

    /**
     * Nothing known at all: the page says so, section by section, and looks whole.
     */
    public function test_empty_page(): void {
        $page = $this->pages($this->user);

        $this->assertStringContainsString('There is no student record', $this->texts($page, '//*[@role="note"]')[0]);
        $this->assertSame(
            [
                'Nothing needs you right now', 'No registration yet', 'No timetable yet', 'No courses yet', 'No units yet',
                'No released grades yet', 'No registration yet', 'No payments yet', 'No requests yet', 'No details yet',
            ],
            $this->texts($page, '//section//strong'),
        );
        $this->assertSame([], $this->texts($page, '//table | //dl'));
        $this->assertSame([fullname($this->user)], $this->names($page));
    }

    /**
     * A record that Zoho deleted is shown as such.
     */
    public function test_withdrawn(): void {
        $this->mirror->create_student($this->user->id, ['deleted' => 1]);
        $this->assertStringContainsString('no longer holds', $this->texts($this->page($this->user), '//*[@role="note"]')[0]);
    }

    /**
     * Somebody else who looks is told that it is logged.
     */
    public function test_seen_by_another_person(): void {
        $this->mirror->create_student($this->user->id);
        $this->assertSame([], $this->texts($this->page($this->user), '//*[@role="note"]'));
        $this->setAdminUser();
        $this->assertStringContainsString('logged', $this->texts($this->page($this->user, '', false), '//*[@role="note"]')[0]);
    }

    /**
     * A result that the college recorded stands beside Moodle's grades, by its date and marked as such; criteria under the course.
     */
    public function test_recorded_results_and_criteria(): void {
        $student = $this->mirror->create_student($this->user->id);
        $course = $this->course_with_grades(1);
        $class = $this->mirror->create_class($course->id);
        $this->mirror->create_enrollment($student, $class);
        $this->mirror->create_result($student, $class, ['letter' => 'F', 'attempt' => 2, 'feedback' => "Line\n<i>two</i>"]);
        $this->mirror->create_result($student, $class, ['name' => 'Newest', 'letter' => 'Mapped', 'attemptdate' => '2999-01-01']);
        $this->mirror->create_unit($class->unitname, ['P1' => 'Explain', 'D1' => '<b>Evaluate</b>']);

        $page = $this->pages($this->user);

        $grades = '//*[@id="local-student-dashboard-grades"]//tbody';
        $this->assertSame(
            [
                'Newest Recorded by the college',
                'Well done',
                'Portfolio Recorded by the college Attempt 2',
            ],
            $this->texts($page, "$grades//th"),
        );
        $this->assertSame(['Mapped', 'M Merit', 'F Fail'], $this->texts($page, "$grades//td[1]"));
        $this->assertSame('4 March 2026', $this->texts($page, "$grades/tr[3]/td[3]")[0]);
        $this->assertSame(['P1', 'D1'], $this->texts($page, '//details//dt'));
        $this->assertSame(['Explain', '<b>Evaluate</b>'], $this->texts($page, '//details//dd'));
    }

    /**
     * The number of queries of a tab does not depend on the number of courses, grades and registrations.
     */
    public function test_query_count_is_bounded(): void {
        $student = $this->mirror->create_student($this->user->id);
        $few = $this->reads_with_courses($student, 2, 1);
        $many = $this->reads_with_courses($student, 6, 10);

        $this->assertSame($few, $many);
        foreach ($many as $tab => $reads) {
            $this->assertLessThanOrEqual(12, $reads, $tab);
        }
    }

    /**
     * Adds courses with grades, then counts the queries of each tab's page, which starts with cold caches.
     *
     * @param stdClass $student row of the mirror
     * @param int $courses how many courses to add
     * @param int $grades how many grades in each
     * @return int[] reads by tab
     */
    private function reads_with_courses(stdClass $student, int $courses, int $grades): array {
        global $DB;
        for ($i = 0; $i < $courses; $i++) {
            $course = $this->course_with_grades($grades);
            $unit = $this->mirror->create_unit("Unit $course->id", ['P1' => 'Explain']);
            $class = $this->mirror->create_class($course->id, ['unitname' => $unit->name]);
            $this->mirror->create_enrollment($student, $class);
            $this->mirror->create_result($student, $class);
            $this->mirror->create_registration($student, [], [['2026-01-01', '10.0000']]);
            $this->mirror->create_payment($student, '5.0000');
            $this->mirror->create_request($student);
        }
        $reads = [];
        foreach (['overview', 'academics', 'grades', 'finance', 'payments', 'requests', 'card', 'profile'] as $tab) {
            $this->page($this->user, $tab);
            \core\context_helper::reset_caches();
            get_fast_modinfo(0, 0, true);
            \cache_helper::purge_by_definition('core', 'gradesetting');
            $before = $DB->perf_get_reads();
            $page = $this->page($this->user, $tab);
            $reads[$tab] = $DB->perf_get_reads() - $before;
            $this->assertNotSame([], $this->texts($page, '//section'));
        }
        $this->assertGreaterThanOrEqual($courses, count($this->texts($this->page($this->user, 'finance'), '//h3')));
        return $reads;
    }

    /**
     * Makes a course with marked assignments and manual items, half of them on scales.
     *
     * @param int $count how many
     * @param string $text name and feedback
     * @return stdClass the course
     */
    private function course_with_grades(int $count, string $text = 'Well done'): stdClass {
        $generator = $this->getDataGenerator();
        $course = $generator->create_course(['fullname' => $text]);
        $generator->enrol_user($this->user->id, $course->id, 'student');
        $scale = $generator->create_scale(['scale' => 'Refer,Pass,Merit,Distinction']);
        for ($i = 0; $i < $count; $i++) {
            $options = ['course' => $course->id, 'name' => $text, 'grade' => $i % 2 ? -$scale->id : 4];
            $assign = $generator->create_module('assign', $options);
            $item = \grade_item::fetch(['courseid' => $course->id, 'iteminstance' => $assign->id, 'itemmodule' => 'assign']);
            $item->update_final_grade($this->user->id, 3, 'test', $text, FORMAT_PLAIN);
        }
        return $course;
    }

    /**
     * Reads whose page it says it is.
     *
     * @param \DOMXPath $page one or several pages
     * @return string[]
     */
    private function names(\DOMXPath $page): array {
        return array_unique($this->texts($page, '//p[contains(@class, "h4")]'));
    }
}
