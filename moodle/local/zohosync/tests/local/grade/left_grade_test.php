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

use local_zohosync\grade_testcase;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../grade_testcase.php');

/**
 * Which grade of a student who left is hers, and which grades are none of ours.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\left_grade
 * @covers \local_zohosync\local\grade\listing
 */
final class left_grade_test extends grade_testcase {
    /**
     * She left, came back, was graded anew, and a person took that away before she left again: she has none.
     */
    public function test_taken_away_the_second_time(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->leave();
        $this->assertSame([$this->key($assign)], array_column(listing::page(0, 10), 'key'));
        $this->come_back();
        $this->grade($assign, '70');
        $this->gradebook($assign)->delete('test');
        $this->leave();
        $this->assertSame([], listing::page(0, 10));
        $this->assertNull(left_grade::of($assign->get_grade_item(), (int) $this->linked->user->id));
    }

    /**
     * Left twice with a grade each time: the later one, once.
     */
    public function test_left_twice(): void {
        $assign = $this->assignment();
        foreach (['60', '70'] as $mark) {
            $this->grade($assign, $mark);
            $this->leave();
            $this->come_back();
        }
        $this->leave();
        $this->assertCount(1, listing::page(0, 10));
        $left = left_grade::of($assign->get_grade_item(), (int) $this->linked->user->id);
        $this->assertEquals(70, $left->finalgrade);
    }

    /**
     * Graded after she left: that grade is the one, and is listed once.
     */
    public function test_graded_after_leaving(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->leave();
        $assign->get_grade_item()->update_final_grade($this->linked->user->id, 80);
        $this->assertNull(left_grade::of($assign->get_grade_item(), (int) $this->linked->user->id));
        $this->assertSame([(int) $this->gradebook($assign)->id], array_column(listing::page(0, 10), 'id'));
    }

    /**
     * A page begins after the last one of the page before, also where that has left.
     */
    public function test_pages(): void {
        $assigns = array_map(fn() => $this->assignment(), range(1, 3));
        foreach ($assigns as $assign) {
            $this->grade($assign, '60');
        }
        $this->leave();
        $ids = array_column(listing::page(0, 10), 'id');
        $this->assertCount(3, $ids);
        $this->assertSame(array_slice($ids, 1), array_column(listing::page($ids[0], 10), 'id'));
        $this->assertSame([], listing::page($ids[2], 10));
    }

    /**
     * Outcomes of an assignment, and what a linked student does in a course that is no class, are no grades of ours.
     */
    public function test_others(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $outcome = (array) $DB->get_record('grade_items', ['id' => $assign->get_grade_item()->id]);
        unset($outcome['id']);
        $outcome = $DB->insert_record('grade_items', ['itemnumber' => 1000] + $outcome);
        $DB->insert_record('grade_grades', ['itemid' => $outcome, 'userid' => $this->linked->user->id, 'finalgrade' => 1]);
        $this->setAdminUser();
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->linked->user->id, $course->id);
        $other = $this->create_instance($course, ['grade' => 100]);
        $other->get_grade_item()->update_final_grade($this->linked->user->id, 50);
        $this->assertSame([$this->key($assign)], array_column(listing::page(0, 10), 'key'));
    }

    /**
     * Unenrol the student, as an administrator does.
     */
    private function leave(): void {
        enrol_get_plugin('manual')->unenrol_user($this->instance(), $this->linked->user->id);
    }

    /**
     * Enrol her again, without her grades.
     */
    private function come_back(): void {
        enrol_get_plugin('manual')->enrol_user($this->instance(), $this->linked->user->id, null, 0, 0, ENROL_USER_ACTIVE, false);
    }

    /**
     * The course's manual enrolments.
     *
     * @return \stdClass
     */
    private function instance(): \stdClass {
        global $DB;
        return $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
    }
}
