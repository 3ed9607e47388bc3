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

use core\context;
use core\exception\require_login_exception;
use core\exception\required_capability_exception;
use local_student_dashboard\event\dashboard_viewed;

#[\PHPUnit\Framework\Attributes\CoversClass(access::class)]
/**
 * Tests of who sees whose dashboard.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\access
 */
final class access_test extends \advanced_testcase {
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
    }

    /**
     * An ordinary user gets her own page, asked for by id or not, and nothing is logged.
     */
    public function test_own_page(): void {
        $student = $this->getDataGenerator()->create_user();
        $this->setUser($student);
        $events = $this->redirectEvents();

        $this->assertEquals($student->id, access::require_subject()->id);
        $this->assertEquals($student->id, access::require_subject((int) $student->id)->id);
        $this->assertSame([], $events->get_events());
    }

    /**
     * Another student's page is refused.
     */
    public function test_other_student_is_refused(): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $other = $this->getDataGenerator()->create_user();

        $this->expectException(required_capability_exception::class);
        access::require_subject((int) $other->id);
    }

    /**
     * A teacher has no access to the pages of her own students.
     */
    public function test_teacher_is_refused(): void {
        $course = $this->getDataGenerator()->create_course();
        $student = $this->getDataGenerator()->create_and_enrol($course, 'student');
        $this->setUser($this->getDataGenerator()->create_and_enrol($course, 'editingteacher'));

        $this->expectException(required_capability_exception::class);
        access::require_subject((int) $student->id);
    }

    /**
     * An id that belongs to nobody is refused in the same words as one that belongs to somebody.
     */
    public function test_ids_cannot_be_probed(): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $other = $this->getDataGenerator()->create_user();
        $gone = $this->getDataGenerator()->create_user();
        delete_user($gone);
        $messages = [];
        foreach ([(int) $other->id, (int) $gone->id, 99999999, -1] as $id) {
            try {
                access::require_subject($id);
                $this->fail("id $id was not refused");
            } catch (required_capability_exception $refusal) {
                $messages[] = $refusal->getMessage();
            }
        }
        $this->assertCount(1, array_unique($messages));
    }

    /**
     * Guests get nothing, nor does somebody who is not logged in.
     */
    public function test_guest_is_refused(): void {
        $this->setGuestUser();
        $this->expectException(require_login_exception::class);
        access::require_subject();
    }

    /**
     * Nobody gets a page without having logged in.
     */
    public function test_not_logged_in_is_refused(): void {
        $this->setUser(null);
        $this->expectException(require_login_exception::class);
        access::require_subject();
    }

    /**
     * Without the capability not even the own page is shown.
     */
    public function test_own_page_needs_the_capability(): void {
        global $CFG;
        $role = $CFG->defaultuserroleid;
        assign_capability('local/student_dashboard:view', CAP_PROHIBIT, $role, context\system::instance(), true);
        $this->setUser($this->getDataGenerator()->create_user());

        $this->expectException(required_capability_exception::class);
        access::require_subject();
    }

    /**
     * The capability in one student's user context opens her page only, and the view is logged.
     */
    public function test_viewany_is_logged(): void {
        $tutor = $this->getDataGenerator()->create_user();
        $student = $this->getDataGenerator()->create_user();
        $stranger = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, context\system::instance());
        role_assign($role, $tutor->id, context\user::instance($student->id));
        $this->setUser($tutor);
        $sink = $this->redirectEvents();

        $this->assertEquals($student->id, access::require_subject((int) $student->id)->id);

        $events = $sink->get_events();
        $this->assertCount(1, $events);
        $this->assertInstanceOf(dashboard_viewed::class, $events[0]);
        $this->assertEquals($student->id, $events[0]->relateduserid);
        $this->assertEquals($tutor->id, $events[0]->userid);
        $this->assertEquals(context\user::instance($student->id), $events[0]->get_context());

        $this->expectException(required_capability_exception::class);
        access::require_subject((int) $stranger->id);
    }

    /**
     * A manager may look at every student.
     */
    public function test_manager_sees_students(): void {
        $manager = $this->getDataGenerator()->create_user();
        role_assign($this->role('manager'), $manager->id, context\system::instance());
        $student = $this->getDataGenerator()->create_user();
        $this->setUser($manager);

        $this->assertEquals($student->id, access::require_subject((int) $student->id)->id);
    }

    /**
     * The link is offered to students, and to others only for pages that they may see.
     */
    public function test_is_offered(): void {
        $generator = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $student = $this->getDataGenerator()->create_user();
        $other = $this->getDataGenerator()->create_user();
        $generator->create_student($student->id);

        $this->setUser($student);
        $this->assertTrue(access::is_offered((int) $student->id));
        $this->setUser($other);
        $this->assertFalse(access::is_offered((int) $other->id), 'not a student');
        $this->assertFalse(access::is_offered((int) $student->id), 'may not see that page');
        $this->setAdminUser();
        $this->assertTrue(access::is_offered((int) $student->id));
        $this->assertFalse(access::is_offered((int) $other->id), 'nothing to see there');
        $this->setGuestUser();
        $this->assertFalse(access::is_offered((int) $student->id));
    }

    /**
     * Finance: the owner, and whoever has both capabilities in her context; never her teacher, a guest, or who is
     * logged in as her.
     */
    public function test_finance(): void {
        global $CFG, $USER;
        $course = $this->getDataGenerator()->create_course();
        $student = $this->getDataGenerator()->create_and_enrol($course, 'student');
        $teacher = $this->getDataGenerator()->create_and_enrol($course, 'editingteacher');
        $tutor = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, context\system::instance());
        role_assign($role, $tutor->id, context\user::instance($student->id));
        $sees = fn(): bool => access::may_see_finance((int) $student->id);

        $this->setUser($student);
        $this->assertTrue($sees());
        $this->assertFalse(access::may_see_finance((int) $tutor->id));
        $this->assertFalse(access::may_see_finance(99999999));
        $USER->realuser = get_admin()->id;
        $this->assertFalse($sees(), 'logged in as the student');
        unset($USER->realuser);
        $this->setUser($teacher);
        $this->assertFalse($sees(), 'teacher');
        $this->setUser($tutor);
        $this->assertFalse($sees(), 'sees the page, but no money');
        assign_capability('local/student_dashboard:viewanyfinance', CAP_ALLOW, $role, context\system::instance());
        $this->assertTrue($sees(), 'allowed to');
        $this->setGuestUser();
        $this->assertFalse($sees(), 'guest');
        $this->setUser(null);
        $this->assertFalse($sees(), 'nobody');
        $everybody = $CFG->defaultuserroleid;
        assign_capability('local/student_dashboard:viewfinance', CAP_PROHIBIT, $everybody, context\system::instance(), true);
        $this->setUser($student);
        $this->assertFalse($sees(), 'switched off');
    }

    /**
     * Requests: a student whom the college knows, for herself.
     */
    public function test_request(): void {
        global $CFG, $DB, $USER;
        $student = $this->getDataGenerator()->create_user();
        $stranger = $this->getDataGenerator()->create_user();
        $row = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard')->create_student($student->id);
        $may = fn(): bool => access::may_request((int) $student->id);

        $this->setUser($student);
        $this->assertTrue($may());
        access::require_request();
        $this->assertFalse(access::may_request((int) $stranger->id));
        $USER->realuser = get_admin()->id;
        $this->assertFalse($may(), 'logged in as the student');
        unset($USER->realuser);
        $this->setAdminUser();
        $this->assertFalse($may(), 'for another person');
        $DB->set_field('local_zohosync_student', 'deleted', 1, ['id' => $row->id]);
        $this->setUser($student);
        $this->assertFalse($may(), 'no student any more');
        $DB->set_field('local_zohosync_student', 'deleted', 0, ['id' => $row->id]);
        $everybody = $CFG->defaultuserroleid;
        assign_capability('local/student_dashboard:request', CAP_PROHIBIT, $everybody, context\system::instance(), true);
        $this->assertFalse($may(), 'switched off');
        $this->setUser($stranger);
        $this->expectException(required_capability_exception::class);
        access::require_request();
    }

    /**
     * Finds a role.
     *
     * @param string $shortname its short name
     * @return int its id
     */
    private function role(string $shortname): int {
        global $DB;
        return (int) $DB->get_field('role', 'id', ['shortname' => $shortname], MUST_EXIST);
    }
}
