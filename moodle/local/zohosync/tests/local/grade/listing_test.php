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

namespace local_zohosync\local\grade;

use core_external\external_api;
use local_zohosync\external\list_grades;
use local_zohosync\grade_testcase;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../grade_testcase.php');

/**
 * Lists of grades, and grades of students who left.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\listing
 * @covers \local_zohosync\local\grade\left_grade
 * @covers \local_zohosync\external\list_grades
 */
final class listing_test extends grade_testcase {
    /**
     * Page by page, by id; only grades of linked students for assignments of linked courses.
     */
    public function test_list(): void {
        global $DB;
        $assigns = array_map(fn() => $this->assignment(), range(1, 3));
        foreach ($assigns as $assign) {
            $this->grade($assign, '60');
        }
        $stranger = $this->getDataGenerator()->create_and_enrol($this->linked->course, 'student');
        $assigns[0]->get_grade_item()->update_final_grade($stranger->id, 5);
        $quiz = $this->getDataGenerator()->create_module('quiz', ['course' => $this->linked->course->id]);
        $item = \grade_item::fetch(['itemmodule' => 'quiz', 'iteminstance' => $quiz->id]);
        $item->update_final_grade($this->linked->user->id, 5);
        $this->setAdminUser();
        $listed = $this->list_page(0, 2);
        $this->assertCount(2, $listed);
        $listed = [...$listed, ...$this->list_page(end($listed)['id'], 2)];
        $this->assertSame([], $this->list_page(end($listed)['id'], 2));
        $expected = [];
        foreach ($assigns as $assign) {
            $grade = $this->gradebook($assign);
            $expected[(int) $grade->id] = [
                'id' => (int) $grade->id,
                'key' => $this->key($assign),
                'timemodified' => (int) $grade->timemodified,
            ];
        }
        ksort($expected);
        $this->assertSame(array_values($expected), $listed);
        $before = $DB->perf_get_queries();
        $this->assertCount(3, listing::page(0, 1000));
        $this->assertSame(1, $DB->perf_get_queries() - $before);
        try {
            list_grades::execute(0, 1001);
            $this->fail('a page that is none');
        } catch (\invalid_parameter_exception $e) {
            $this->assertStringContainsString('1 to 1000', $e->debuginfo);
        }
    }

    /**
     * Unenrolled, a student keeps the grade that she left with: in the list, in the snapshot, and nothing is told of it.
     */
    public function test_left(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, '60', ['assignfeedbackcomments_editor' => ['text' => 'Good', 'format' => FORMAT_HTML]]);
        $this->take_events();
        $key = key::parse($this->key($assign));
        $before = [(new snapshot())->build($key), array_column(listing::page(0, 10), 'key', 'id')];
        $this->setAdminUser();
        $plugin = enrol_get_plugin('manual');
        $instance = $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        $plugin->unenrol_user($instance, $this->linked->user->id);
        $this->assertFalse($DB->record_exists('grade_grades', ['userid' => $this->linked->user->id]));
        $after = [(new snapshot())->build($key), array_column(listing::page(0, 10), 'key', 'id')];
        $this->assertSame('60.00000', $after[0]['finalgrade']);
        unset($before[0]['timemodified'], $after[0]['timemodified']);
        $this->assertSame($before, $after);
        $this->assertSame(['enrolment.updated'], array_column($this->take_events(), 'type'));
        // Back without them: now she has none.
        $plugin->enrol_user($instance, $this->linked->user->id, null, 0, 0, ENROL_USER_ACTIVE, false);
        $snapshot = (new snapshot())->build($key);
        $this->assertSame(['', 0], [$snapshot['finalgrade'], $snapshot['gradeid']]);
        $this->assertSame([], listing::page(0, 10));
    }

    /**
     * A grade that a person removed before the student left is no grade of hers.
     */
    public function test_removed_before_leaving(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->gradebook($assign)->delete('test');
        $this->setAdminUser();
        $instance = $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        enrol_get_plugin('manual')->unenrol_user($instance, $this->linked->user->id);
        $this->assertSame('', (new snapshot())->build(key::parse($this->key($assign)))['finalgrade']);
        $this->assertSame([], listing::page(0, 10));
    }

    /**
     * Ask for a page as the agent does.
     *
     * @param int $after
     * @param int $limit
     * @return array[]
     */
    private function list_page(int $after, int $limit): array {
        return external_api::clean_returnvalue(list_grades::execute_returns(), list_grades::execute($after, $limit))['grades'];
    }
}
