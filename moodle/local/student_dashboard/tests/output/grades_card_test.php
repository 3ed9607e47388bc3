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

use local_student_dashboard\local\provider\released;
use local_student_dashboard\local\seen;
use local_student_dashboard\tests\rendered_page;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(grades_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(tabs\grades::class)]
/**
 * Tests of the tab with the results.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\grades_card
 * @covers     \local_student_dashboard\output\tabs\grades
 */
final class grades_card_test extends \advanced_testcase {
    use rendered_page;

    /** @var string The section. */
    private const CARD = '//*[@id="local-student-dashboard-grades"]';

    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her row in the mirror. */
    private stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student($this->user->id);
        $this->setUser($this->user);
    }

    protected function tearDown(): void {
        unset($_GET['class'], $_GET['letter']);
        parent::tearDown();
    }

    /**
     * Class by class, the one with the newest result first, each with its unit; what the college recorded stands with its class.
     */
    public function test_groups(): void {
        $old = $this->course('Old class', [3], 'Unit 7: History', 1500000000);
        $new = $this->course('New class', [4, 2], 'New class', 1700000000);
        $this->mirror->create_result($this->student, $old, ['name' => 'Portfolio', 'attemptdate' => '2017-01-01']);
        $elsewhere = $this->mirror->create_class(0, ['fullname' => 'Evening class']);
        $this->mirror->create_result($this->student, $elsewhere, ['name' => 'Talk', 'attemptdate' => '2010-01-01']);

        $page = $this->page($this->user, 'grades');

        $this->assertSame(['New class', 'Old class', 'Evening class'], $this->texts($page, self::CARD . '//h3'));
        $this->assertSame(
            [2, 2, 1],
            array_map(
                fn($table) => $page->query('.//tbody/tr', $table)->length,
                iterator_to_array($page->query(self::CARD . '//table[thead]'), false),
            ),
        );
        $this->assertSame(
            ['Unit 7: History', 'Unit 1: Programming'],
            $this->texts($page, self::CARD . '//h3/following-sibling::p'),
            'a unit that is called like its class is not said twice',
        );
        $this->assertSame(['D Distinction', 'P Pass'], $this->texts($page, '(' . self::CARD . '//table)[1]//td[1]'));
        $this->assertNotNull($new);
    }

    /**
     * The filter is a form that works by itself; it keeps tab and student, shows what it left out, and survives nonsense.
     */
    public function test_filter(): void {
        $first = $this->course('Class one', [4, 3]);
        $this->course('Class two', [3, 1]);
        $rows = fn(string $group, string $letter): array => $this->filtered($group, $letter);

        $page = $this->page($this->user, 'grades');
        $this->assertSame(['grades'], $this->texts_of($page, '//form[@method="get"]/input[@name="tab"]/@value'));
        $this->assertSame([], $this->texts_of($page, '//form[@method="get"]/input[@name="userid"]/@value'));
        $this->assertSame(
            ['All', 'D – Distinction', 'M – Merit', 'R – Refer'],
            $this->texts($page, '//select[@name="letter"]/option'),
        );
        $this->assertCount(4, $rows('', ''));
        $this->assertSame(['D Distinction', 'M Merit'], $rows("course-$first->courseid", ''));
        $this->assertSame(['M Merit', 'M Merit'], $rows('', 'M'));
        $this->assertSame(['M Merit'], $rows("course-$first->courseid", 'M'));
        $this->assertSame([], $rows("course-$first->courseid", 'R'));
        $this->assertSame([], $rows('course-0', ''));
        $this->assertStringContainsString(
            'No result matches',
            $this->texts($this->page($this->user, 'grades'), self::CARD)[0],
        );
        $this->assertSame(['M Merit', 'M Merit'], $rows('', 'M'));
        $page = $this->page($this->user, 'grades');
        $this->assertSame(['M – Merit'], $this->texts($page, '//select[@name="letter"]/option[@selected]'));
        $this->assertStringContainsString('2 of 4 results', $this->texts($page, '//form[@method="get"]')[0]);
        $this->assertSame(['M', 'M'], $this->texts_of($page, '//form[@method="post"]/input[@name="letter"]/@value'));

        $this->setAdminUser();
        $page = $this->page($this->user, 'grades', false);
        $this->assertSame(
            [(string) $this->user->id],
            $this->texts_of($page, '//form[@method="get"]/input[@name="userid"]/@value'),
        );
    }

    /**
     * How many results have which letter is drawn from three on, the best letter first, of all whatever the filter shows.
     */
    public function test_chart(): void {
        $this->course('Class one', [2, 4]);
        $this->assertSame([], $this->chart());
        $this->course('Class two', [4]);
        $this->assertSame([['D', 'P'], [2, 1]], $this->chart());
        $_GET['letter'] = 'P';
        $this->assertSame([['D', 'P'], [2, 1]], $this->chart());
    }

    /**
     * The student is offered to say that she has seen a result until she has; staff sees whether and when, and cannot say it.
     */
    public function test_seen(): void {
        global $USER;
        $this->course('Class', [4, 3]);
        [$first] = released::of_student((int) $this->user->id)->get();
        $cells = self::CARD . '//tbody//td[4]';
        $this->assertStringContainsString('Not seen yet: 2', $this->texts($this->page($this->user, 'grades'), self::CARD)[0]);
        $this->mock_clock_with_frozen(1800000000);
        seen::acknowledge($first->key, $first->version);

        $page = $this->page($this->user, 'grades');
        $said = $this->texts($page, $cells);
        $this->assertSame('Seen on 15 January 2027', $said[0]);
        $this->assertStringStartsWith('I have seen it', $said[1]);
        $this->assertCount(1, $page->query(self::CARD . '//form[@method="post"]'));
        $this->assertStringContainsString('Not seen yet: 1', $this->texts($page, self::CARD)[0]);

        $USER->realuser = get_admin()->id;
        $page = $this->page($this->user, 'grades');
        $this->assertSame(['Seen on 15 January 2027', 'Not seen yet'], $this->texts($page, $cells), 'logged in as her');
        unset($USER->realuser);
        $this->setAdminUser();
        $page = $this->page($this->user, 'grades', false);
        $this->assertSame(['Seen on 15 January 2027', 'Not seen yet'], $this->texts($page, $cells));
        $this->assertCount(0, $page->query(self::CARD . '//form[@method="post"]'));
    }

    /**
     * What was achieved of each criterion, earlier attempts, and why a letter came without a mark.
     */
    public function test_details(): void {
        global $PAGE;
        $this->course('Class', [4]);
        [$grade] = released::of_student((int) $this->user->id)->get();
        $grade->criteria = [['shortname' => 'P1', 'achieved' => 1], ['shortname' => '<b>M1</b>', 'achieved' => 0]];
        $grade->earlier = [(object) ['attempt' => 1, 'letter' => 'R', 'time' => 1700000000]];
        $grade->reason = 'Nothing was <i>submitted</i>.';
        $card = new grades_card((int) $this->user->id, [$grade], '', '');
        $page = $this->parse($PAGE->get_renderer('core')->render($card));
        $this->assertSame(['P1 ✓ achieved', '<b>M1</b> – not achieved yet'], $this->texts($page, '//td[1]//li'));
        $this->assertStringContainsString('Attempt 1: R Refer, 15 November 2023', $this->texts($page, '//td[1]')[0]);
        $this->assertStringContainsString('Nothing was <i>submitted</i>.', $this->texts($page, '//td[4]')[0]);
    }

    /**
     * The tab costs at most six queries, however many results, and one more where rubrics decide.
     */
    public function test_few_queries(): void {
        global $DB;
        for ($i = 0; $i < 6; $i++) {
            $class = $this->course("Class $i", array_fill(0, 9, 3), "Unit $i");
            $this->mirror->create_result($this->student, $class);
            $DB->insert_record('local_zohosync_outcome', [
                'userid' => $this->user->id, 'courseid' => $class->courseid, 'letter' => 'F', 'reason' => 'Nothing.',
                'assignid' => $this->assignment($class->courseid)->iteminstance, 'timecreated' => 1, 'timemodified' => 1,
            ]);
        }
        [$first] = released::of_student((int) $this->user->id)->get();
        seen::acknowledge($first->key, $first->version);
        // Whatever the page has read before it comes to this tab.
        $tab = new tabs\grades(['userid' => $this->user->id]);
        $this->assertTrue($tab->is_available());
        \core\context_helper::reset_caches();
        \core\context\user::instance($this->user->id);

        $before = $DB->perf_get_reads();
        $rows = released::of_student((int) $this->user->id)->get();
        $reads = $DB->perf_get_reads() - $before;

        $this->assertCount(66, $rows);
        $this->assertLessThanOrEqual(6, $reads, 'and one where rubrics decide');
    }

    /**
     * Makes a class with its course and marked assignments in it.
     *
     * @param string $name its name
     * @param float[] $marks on the scale 0-4, the newest first
     * @param string $unit its unit
     * @param int $time unix seconds of the first mark
     * @return stdClass row of create_class()
     */
    private function course(string $name, array $marks, string $unit = 'Unit 1: Programming', int $time = 1600000000): stdClass {
        global $DB;
        $course = $this->getDataGenerator()->create_course(['fullname' => $name]);
        $this->getDataGenerator()->enrol_user($this->user->id, $course->id, 'student');
        foreach ($marks as $i => $mark) {
            $item = $this->assignment((int) $course->id);
            $item->update_final_grade($this->user->id, $mark, 'test');
            $DB->set_field('grade_grades', 'timemodified', $time - $i, ['itemid' => $item->id]);
            $DB->set_field('grade_grades', 'overridden', $time - $i, ['itemid' => $item->id]);
        }
        return $this->mirror->create_class($course->id, ['fullname' => $name, 'unitname' => $unit]);
    }

    /**
     * Makes an assignment.
     *
     * @param int $courseid its course
     * @return \grade_item its item
     */
    private function assignment(int $courseid): \grade_item {
        $assign = $this->getDataGenerator()->create_module('assign', ['course' => $courseid, 'grade' => 4]);
        return \grade_item::fetch(['courseid' => $courseid, 'iteminstance' => $assign->id, 'itemmodule' => 'assign']);
    }

    /**
     * Reads the results that a filter leaves.
     *
     * @param string $group a class, empty: all
     * @param string $letter a letter, empty: all
     * @return string[]
     */
    private function filtered(string $group, string $letter): array {
        $_GET['class'] = $group;
        $_GET['letter'] = $letter;
        return $this->texts($this->page($this->user, 'grades'), self::CARD . '//tbody//td[1]');
    }

    /**
     * Reads what is drawn.
     *
     * @return array labels and values, empty: nothing is drawn
     */
    private function chart(): array {
        global $PAGE;
        $data = grades_card::of_student((int) $this->user->id)->export_for_template($PAGE->get_renderer('core'));
        if ($data['chart'] === '') {
            return [];
        }
        $chart = (new \ReflectionMethod(grades_card::class, 'chart'))->invoke(grades_card::of_student((int) $this->user->id));
        return [$chart->get_labels(), $chart->get_series()[0]->get_values()];
    }

    /**
     * Collects values of attributes.
     *
     * @param \DOMXPath $page the page
     * @param string $query which
     * @return string[]
     */
    private function texts_of(\DOMXPath $page, string $query): array {
        return array_map(fn($node): string => $node->nodeValue, iterator_to_array($page->query($query), false));
    }
}
