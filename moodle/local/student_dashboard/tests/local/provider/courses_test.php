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

#[\PHPUnit\Framework\Attributes\CoversClass(courses::class)]
/**
 * Tests of the list of courses.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\provider\courses
 */
final class courses_test extends \advanced_testcase {
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
     * A synced class that she is enrolled in: Moodle's name and link, Zoho's unit and dates.
     */
    public function test_synced_course(): void {
        $course = $this->enrol(['fullname' => 'Programming A, renamed by the teacher']);
        $class = $this->mirror->create_class($course->id, ['startdate' => '2026-09-01', 'enddate' => '2999-01-31']);
        $this->mirror->create_enrollment($this->student, $class, ['enddate' => '2998-12-31', 'timemodified' => 4102444800]);

        $row = $this->only();

        $this->assertSame('Programming A, renamed by the teacher', $row->name);
        $this->assertSame((int) $course->id, $row->courseid);
        $this->assertSame('Unit 1: Programming', $row->unit);
        $this->assertSame('2026-09-01', $row->startdate);
        $this->assertSame('2998-12-31', $row->enddate, "the student's own dates go before the class's");
        $this->assertSame('active', $row->status);
        $this->assertSame(4102444800, $row->updated);
    }

    /**
     * A course that Zoho does not know, with Moodle's dates.
     */
    public function test_course_of_moodle_alone(): void {
        $this->enrol(['fullname' => 'Library', 'startdate' => gmmktime(12, 0, 0, 9, 1, 2026), 'enddate' => 0]);

        $row = $this->only();

        $this->assertSame('Library', $row->name);
        $this->assertSame('', $row->unit);
        $this->assertSame('2026-09-01', $row->startdate);
        $this->assertSame('', $row->enddate);
        $this->assertSame(0, $row->updated);
    }

    /**
     * A suspended enrolment is listed as such and leads nowhere.
     */
    public function test_suspended(): void {
        $course = $this->enrol([], ENROL_USER_SUSPENDED);
        $this->mirror->create_enrollment($this->student, $this->mirror->create_class($course->id));

        $this->assertSame('suspended', $this->only()->status);
        $this->assertSame(0, $this->only()->courseid);
    }

    /**
     * An enrollment deleted in Zoho, and one whose last day is past, have ended; the last day itself still counts.
     *
     * @dataProvider endings
     * @param array $enrollment fields of the enrollment
     * @param string $status the status
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('endings')]
    public function test_ended(array $enrollment, string $status): void {
        $this->mock_clock_with_frozen(gmmktime(12, 0, 0, 11, 22, 2026));
        $course = $this->enrol(['enddate' => 0]);
        $this->mirror->create_enrollment($this->student, $this->mirror->create_class($course->id), $enrollment);

        $this->assertSame($status, $this->only()->status);
    }

    /**
     * Enrollments that end, or do not.
     *
     * @return array[]
     */
    public static function endings(): array {
        return [
            'deleted in Zoho' => [['deleted' => 1], 'ended'],
            'ended yesterday' => [['enddate' => '2026-11-21'], 'ended'],
            'ends today' => [['enddate' => '2026-11-22'], 'active'],
            'open end' => [[], 'active'],
        ];
    }

    /**
     * A class without a course in Moodle yet is shown with Zoho's name.
     */
    public function test_class_waiting_for_its_course(): void {
        $class = $this->mirror->create_class(0, ['fullname' => 'شبكات الحاسوب 🎓']);
        $this->mirror->create_enrollment($this->student, $class);

        $row = $this->only();

        $this->assertSame('شبكات الحاسوب 🎓', $row->name);
        $this->assertSame('waiting', $row->status);
        $this->assertSame(0, $row->courseid);
    }

    /**
     * The class got its course after the enrollment was stored: one row, not two.
     */
    public function test_course_linked_later(): void {
        $course = $this->enrol();
        $class = $this->mirror->create_class($course->id);
        $this->mirror->create_enrollment($this->student, $class, ['courseid' => 0]);

        $this->assertSame('active', $this->only()->status);
    }

    /**
     * A hidden course: Zoho's name of the class, no link.
     */
    public function test_hidden_course(): void {
        $course = $this->enrol(['fullname' => 'Secret draft', 'visible' => 0]);
        $this->assertSame([], $this->rows(), 'known to Moodle alone');

        $this->mirror->create_enrollment($this->student, $this->mirror->create_class($course->id));
        $this->assertSame('Programming A', $this->only()->name);
        $this->assertSame(0, $this->only()->courseid);
    }

    /**
     * Enrolled a second time in the same class: one row, the enrollment that still runs.
     */
    public function test_enrolled_again(): void {
        $course = $this->enrol();
        $class = $this->mirror->create_class($course->id);
        foreach ([['deleted' => 1], ['enddate' => '2999-12-31'], ['deleted' => 1, 'enddate' => '2999-12-31']] as $fields) {
            $this->mirror->create_enrollment($this->student, $class, $fields);
        }

        $this->assertSame('active', $this->only()->status);
    }

    /**
     * Other students' enrollments are not hers.
     */
    public function test_own_courses_only(): void {
        $other = $this->getDataGenerator()->create_user();
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($other->id, $course->id);
        $record = $this->mirror->create_student($other->id);
        $this->mirror->create_enrollment($record, $this->mirror->create_class($course->id));
        $this->mirror->create_enrollment($record, $this->mirror->create_class());

        $this->assertSame([], $this->rows());

        $shared = $this->mirror->create_class($this->enrol()->id);
        $this->mirror->create_enrollment($this->student, $shared, ['deleted' => 1]);
        $this->mirror->create_enrollment($record, $shared);
        $this->assertSame('ended', $this->only()->status, 'what another student does in the same class is not hers');
    }

    /**
     * Running courses come first, then what begins, waits, is suspended and is over.
     */
    public function test_order(): void {
        $over = $this->enrol(['fullname' => 'Over', 'enddate' => 1000000000, 'startdate' => 900000000]);
        $this->enrol(['fullname' => 'Suspended'], ENROL_USER_SUSPENDED);
        $this->enrol(['fullname' => 'Running']);
        $this->mirror->create_enrollment($this->student, $this->mirror->create_class(0, ['fullname' => 'Waiting']));

        $this->assertSame(['Running', 'Waiting', 'Suspended', 'Over'], array_column($this->rows(), 'name'));
    }

    /**
     * Makes a course and enrols the student.
     *
     * @param array $fields fields of the course
     * @param int $status ENROL_USER_ACTIVE or ENROL_USER_SUSPENDED
     * @return stdClass the course
     */
    private function enrol(array $fields = [], int $status = ENROL_USER_ACTIVE): stdClass {
        $course = $this->getDataGenerator()->create_course($fields);
        $this->getDataGenerator()->enrol_user($this->user->id, $course->id, 'student', 'manual', 0, 0, $status);
        return $course;
    }

    /**
     * Reads the list.
     *
     * @return stdClass[]
     */
    private function rows(): array {
        $now = \core\di::get(\core\clock::class)->time();
        return (new courses(new enrolled_courses((int) $this->user->id, $now)))->get();
    }

    /**
     * Reads the list and expects one row.
     *
     * @return stdClass
     */
    private function only(): stdClass {
        $rows = $this->rows();
        $this->assertCount(1, $rows);
        return $rows[0];
    }
}
