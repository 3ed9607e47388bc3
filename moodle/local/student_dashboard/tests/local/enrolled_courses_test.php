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

namespace local_student_dashboard\local;

#[\PHPUnit\Framework\Attributes\CoversClass(enrolled_courses::class)]
/**
 * Tests of reading a student's enrolments.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\enrolled_courses
 */
final class enrolled_courses_test extends \advanced_testcase {
    /**
     * The state of an enrolment by its dates and its suspension.
     *
     * @dataProvider enrolments
     * @param int $starts seconds from now, 0: no start
     * @param int $ends seconds from now, 0: no end
     * @param int $suspended ENROL_USER_ACTIVE or ENROL_USER_SUSPENDED
     * @param string $state the state
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('enrolments')]
    public function test_state(int $starts, int $ends, int $suspended, string $state): void {
        $this->resetAfterTest();
        $now = time();
        $course = $this->getDataGenerator()->create_course();
        $user = $this->getDataGenerator()->create_user();
        $this->getDataGenerator()->enrol_user(
            $user->id,
            $course->id,
            'student',
            'manual',
            $starts ? $now + $starts : 0,
            $ends ? $now + $ends : 0,
            $suspended,
        );

        $courses = (new enrolled_courses((int) $user->id, $now))->visible();

        $this->assertSame([$state], array_column($courses, 'enrolment'));
        $this->assertSame([(int) $course->id], array_map('intval', array_keys($courses)));
    }

    /**
     * Enrolments and their states.
     *
     * @return array[]
     */
    public static function enrolments(): array {
        return [
            'active' => [-HOURSECS, HOURSECS, ENROL_USER_ACTIVE, 'active'],
            'without dates' => [0, 0, ENROL_USER_ACTIVE, 'active'],
            'begins later' => [HOURSECS, 0, ENROL_USER_ACTIVE, 'upcoming'],
            'over' => [-DAYSECS, -HOURSECS, ENROL_USER_ACTIVE, 'ended'],
            'suspended' => [0, 0, ENROL_USER_SUSPENDED, 'suspended'],
            'suspended and over' => [0, -HOURSECS, ENROL_USER_SUSPENDED, 'ended'],
        ];
    }

    /**
     * With two enrolments in one course the stronger counts, whichever is read first.
     */
    public function test_stronger_enrolment_counts(): void {
        $this->resetAfterTest();
        $course = $this->getDataGenerator()->create_course();
        $user = $this->getDataGenerator()->create_user();
        $this->enable_self_enrolment($course->id);
        $this->getDataGenerator()->enrol_user($user->id, $course->id, 'student', 'manual', 0, 0, ENROL_USER_SUSPENDED);
        $this->getDataGenerator()->enrol_user($user->id, $course->id, 'student', 'self');
        $this->assertSame('active', current((new enrolled_courses((int) $user->id, time()))->all())->enrolment);
    }

    /**
     * A hidden course is not the student's to see.
     */
    public function test_hidden_course(): void {
        $this->resetAfterTest();
        $course = $this->getDataGenerator()->create_course(['visible' => 0]);
        $user = $this->getDataGenerator()->create_and_enrol($course, 'student');
        $enrolled = new enrolled_courses((int) $user->id, time());
        $this->assertSame([], $enrolled->visible());
        $this->assertCount(1, $enrolled->all());
    }

    /**
     * Opens the self-enrolment instance of a course.
     *
     * @param int $courseid the course
     */
    private function enable_self_enrolment(int $courseid): void {
        global $DB;
        $DB->set_field('enrol', 'status', ENROL_INSTANCE_ENABLED, ['courseid' => $courseid, 'enrol' => 'self']);
    }
}
