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

#[\PHPUnit\Framework\Attributes\CoversClass(results::class)]
/**
 * Tests of the results that were typed into Zoho.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\provider\results
 */
final class results_test extends \advanced_testcase {
    /** @var \stdClass The student's account. */
    private \stdClass $user;

    /** @var \stdClass Her row in the mirror. */
    private \stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student($this->user->id);
    }

    /**
     * Released ones only, of this student only, newest first.
     */
    public function test_released_only(): void {
        $class = $this->mirror->create_class();
        $this->mirror->create_result($this->student, $class, ['name' => 'Old', 'attemptdate' => '2026-01-01']);
        $this->mirror->create_result($this->student, $class, ['name' => 'New', 'attemptdate' => '2026-05-01', 'attempt' => 2]);
        $this->mirror->create_result($this->student, $class, ['name' => 'Draft', 'gradestatus' => 'In review']);
        $this->mirror->create_result($this->student, $class, ['name' => 'Taken back', 'deleted' => 1]);
        $other = $this->mirror->create_student($this->getDataGenerator()->create_user()->id);
        $this->mirror->create_result($other, $class, ['name' => 'Not hers']);

        $found = $this->results();

        $this->assertSame(['New', 'Old'], array_column($found, 'name'));
        $this->assertSame('2026-05-01', $found[0]->day);
        $this->assertSame(2, $found[0]->attempt);
        $this->assertSame('Programming A', $found[0]->course);
    }

    /**
     * An assignment that Moodle has graded is not shown a second time, however the name was typed, and not even when hidden.
     *
     * @param bool $hidden whether the teacher hides the grade
     * @dataProvider hiding
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('hiding')]
    public function test_never_twice(bool $hidden): void {
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->user->id, $course->id, 'student');
        $options = ['course' => $course->id, 'name' => 'Portfolio Task', 'grade' => 4];
        $assign = $this->getDataGenerator()->create_module('assign', $options);
        $class = $this->mirror->create_class($course->id);
        $elsewhere = $this->mirror->create_class();
        $this->mirror->create_result($this->student, $class, ['name' => ' portfolio  task']);
        $this->mirror->create_result($this->student, $class, ['name' => 'Presentation']);
        $this->mirror->create_result($this->student, $elsewhere, ['name' => 'Portfolio Task']);
        $this->assertCount(3, $this->results(), 'Moodle has no grade yet');

        $item = \grade_item::fetch(['courseid' => $course->id, 'iteminstance' => $assign->id, 'itemmodule' => 'assign']);
        $item->update_final_grade($this->user->id, 3, 'test');
        $item->set_hidden((int) $hidden);

        $found = array_map(fn($row) => [$row->course, $row->name], $this->results());
        $this->assertCount(2, $found);
        $this->assertContains([$course->fullname, 'Presentation'], $found);
        $this->assertContains(['Programming A', 'Portfolio Task'], $found);
    }

    /**
     * Hidden or not.
     *
     * @return bool[][]
     */
    public static function hiding(): array {
        return ['shown' => [false], 'hidden' => [true]];
    }

    /**
     * A result without class, name or date is still a result.
     */
    public function test_bare_result(): void {
        $this->mirror->create_result($this->student, (object) ['zohoid' => ''], ['name' => '', 'attemptdate' => '']);

        [$found] = $this->results();

        $this->assertSame('Unit 1: Programming', $found->name);
        $this->assertSame('Unit 1: Programming', $found->course);
        $this->assertSame('', $found->day);
    }

    /**
     * Reads the results.
     *
     * @return \stdClass[]
     */
    private function results(): array {
        return (new results(new enrolled_courses((int) $this->user->id, time())))->get();
    }
}
