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

namespace local_student_dashboard\local\provider;

use local_student_dashboard\local\enrolled_courses;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(progress::class)]
/**
 * Tests of how far a student has come.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\provider\progress
 */
final class progress_test extends \advanced_testcase {
    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her record in the mirror. */
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

    /**
     * A unit is passed when each of its assignments is; a referral is more work; hidden assignments do not count.
     *
     * @dataProvider marks
     * @param array $marks of its assignments on 0 to 4, null: not marked
     * @param string $state expected
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('marks')]
    public function test_state(array $marks, string $state): void {
        $course = $this->class_with_unit('Unit 1', ['credit' => '15', 'level' => '4'])[0];
        $this->mark($course, $marks);
        $this->getDataGenerator()->create_module('assign', ['course' => $course->id, 'grade' => 4, 'visible' => 0]);
        $this->getDataGenerator()->create_module('assign', ['course' => $course->id, 'grade' => 0]);

        [$unit] = $this->units();

        $this->assertSame(['Unit 1', '4', 15, $state], [$unit->name, $unit->level, $unit->credit, $unit->state]);
    }

    /**
     * Marks of a unit's assignments.
     *
     * @return array[]
     */
    public static function marks(): array {
        return [
            'nothing yet' => [[], 'open'],
            'not marked' => [[null], 'open'],
            'one of two' => [[4, null], 'open'],
            'all' => [[2, 3, 4], 'passed'],
            'one refers' => [[4, 1], 'referred'],
            'refers before the rest is marked' => [[0, null], 'referred'],
        ];
    }

    /**
     * What the college recorded counts as well; what another student has does not.
     */
    public function test_recorded(): void {
        [$course, $class] = $this->class_with_unit('Unit 1');
        $this->mirror->create_result($this->student, $class, ['letter' => 'Mapped']);
        [, $other] = $this->class_with_unit('Unit 2');
        $this->mirror->create_result($this->student, $other, ['letter' => 'F']);
        [, $third] = $this->class_with_unit('Unit 3');
        $stranger = $this->mirror->create_student($this->getDataGenerator()->create_user()->id);
        $this->mirror->create_result($stranger, $third);

        $this->assertSame(
            ['Unit 1' => 'passed', 'Unit 2' => 'referred', 'Unit 3' => 'open'],
            array_column($this->units(), 'state', 'name'),
        );
    }

    /**
     * A unit that was taken twice is one, and the better time counts.
     */
    public function test_taken_twice(): void {
        $unit = $this->mirror->create_unit('Unit 1', []);
        foreach ([['R', '2026-01-01'], ['P', '2025-01-01'], [null, '2024-01-01']] as [$letter, $start]) {
            $class = $this->mirror->create_class(0, ['unitid' => $unit->zohoid, 'unitname' => 'Unit 1', 'startdate' => $start]);
            $this->mirror->create_enrollment($this->student, $class);
            if ($letter) {
                $this->mirror->create_result($this->student, $class, ['letter' => $letter]);
            }
        }
        $this->assertSame(['passed'], array_column($this->units(), 'state'));
    }

    /**
     * Credits are whole numbers that somebody typed.
     */
    public function test_credits(): void {
        foreach (['15', '15 credits', ' 20', '', 'many', '7.5', '-3', '99999'] as $i => $typed) {
            $this->class_with_unit("Unit $i", ['credit' => $typed]);
        }
        $credits = array_column($this->units(), 'credit', 'name');
        ksort($credits);
        $this->assertSame([15, 15, 20, 0, 0, 0, 0, 0], array_values($credits));
    }

    /**
     * Courses of Moodle alone belong to no unit.
     */
    public function test_course_without_unit(): void {
        $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'student');
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->user->id, $course->id, 'student');
        $this->assertSame([], $this->units());
    }

    /**
     * Makes a class with a course that the student takes, and its unit.
     *
     * @param string $name of the unit
     * @param array $fields of the unit
     * @return stdClass[] course and class
     */
    private function class_with_unit(string $name, array $fields = []): array {
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->user->id, $course->id, 'student');
        $unit = $this->mirror->create_unit($name, [], $fields);
        $class = $this->mirror->create_class($course->id, ['unitname' => $name, 'unitid' => $unit->zohoid]);
        $this->mirror->create_enrollment($this->student, $class);
        return [$course, $class];
    }

    /**
     * Makes assignments and marks them.
     *
     * @param stdClass $course the course
     * @param array $marks one for each, null: not marked
     */
    private function mark(stdClass $course, array $marks): void {
        foreach ($marks as $mark) {
            $assign = $this->getDataGenerator()->create_module('assign', ['course' => $course->id, 'grade' => 4]);
            $item = \grade_item::fetch(['courseid' => $course->id, 'iteminstance' => $assign->id, 'itemmodule' => 'assign']);
            if ($mark !== null) {
                $item->update_final_grade($this->user->id, $mark, 'test');
            }
        }
    }

    /**
     * Reads the units.
     *
     * @return stdClass[]
     */
    private function units(): array {
        $enrolled = new enrolled_courses((int) $this->user->id, \core\di::get(\core\clock::class)->time());
        return (new progress($enrolled))->units((new courses($enrolled))->get());
    }
}
