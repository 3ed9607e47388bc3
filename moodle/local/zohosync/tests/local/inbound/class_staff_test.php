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

namespace local_zohosync\local\inbound;

use core\context\course as course_context;

/**
 * The accounts that every class has are brought into its course.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\class_staff
 * @covers \local_zohosync\local\inbound\course_roles
 * @covers \local_zohosync\local\inbound\courses
 */
final class class_staff_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * Found by user name, ID number or address, whatever its letters' case; enrolled with the role; again: nothing is written.
     */
    public function test_enrolled(): void {
        global $DB;
        $names = ['username' => 'lead.it', 'idnumber' => 'St-17', 'email' => 'Dean@college.example'];
        $ids = array_map(fn($name) => (int) $this->getDataGenerator()->create_user($name)->id, array_map(
            fn($column) => [$column => $names[$column]],
            array_keys($names)
        ));
        $staff = [$this->line('Lead.IT', 'editingteacher'), $this->line('ST-17', 'teacher'), $this->line('dean@COLLEGE.example')];
        $class = $this->generator->course_row(['staff' => $staff]);
        $result = $this->one($class);
        $this->assertSame(['created', ''], [$result['status'], $result['errorcode']]);
        $roles = array_map(fn($userid) => $this->roles($result['moodleid'], $userid), $ids);
        $this->assertSame([['editingteacher'], ['teacher'], ['manager']], $roles);
        $this->assertCount(3, get_enrolled_users(course_context::instance($result['moodleid'])));
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($class)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * Who was taken out in Moodle is brought back; who is no longer listed stays.
     */
    public function test_mended_never_removed(): void {
        [$one, $two] = [$this->getDataGenerator()->create_user(), $this->getDataGenerator()->create_user()];
        $class = $this->generator->course_row(['staff' => [$this->line($one->username)]]);
        $courseid = $this->one($class)['moodleid'];
        role_unassign_all(['userid' => $one->id]);
        $this->assertSame('updated', $this->one($class)['status']);
        $this->assertSame(['manager'], $this->roles($courseid, $one->id));
        enrol_get_plugin('manual')->unenrol_user(manual_enrolments::instance($courseid), $one->id);
        $this->assertSame('updated', $this->one($class)['status']);
        $this->assertTrue(is_enrolled(course_context::instance($courseid), $one->id));
        $class['staff'] = [$this->line($two->username)];
        $this->assertSame('updated', $this->one($class)['status'], 'the list alone has changed');
        $this->assertSame([['manager'], ['manager']], [$this->roles($courseid, $one->id), $this->roles($courseid, $two->id)]);
        $class['staff'] = [];
        $this->assertSame('updated', $this->one($class)['status']);
        $this->assertSame('unchanged', $this->one($class)['status']);
        $this->assertSame(['manager'], $this->roles($courseid, $two->id));
    }

    /**
     * Nobody, two, a deleted account, the guest, a role that does not exist: named, and the others are enrolled all the same.
     */
    public function test_missing(): void {
        $good = $this->getDataGenerator()->create_user(['username' => 'good']);
        $this->getDataGenerator()->create_user(['username' => 'both']);
        $this->getDataGenerator()->create_user(['idnumber' => 'both']);
        $gone = $this->getDataGenerator()->create_user(['idnumber' => 'gone']);
        delete_user($gone);
        $staff = array_map([$this, 'line'], ['nobody', 'both', 'gone', 'guest', '', 'good']);
        $staff[] = $this->line('good', 'dean');
        $class = $this->generator->course_row(['staff' => $staff]);
        foreach (['created', 'unchanged'] as $status) {
            $result = $this->one($class);
            $this->assertSame([$status, 'staffmissing'], [$result['status'], $result['errorcode']]);
            foreach (['nobody (manager)', 'both (manager)', 'gone (manager)', 'guest (manager)', 'good (dean)'] as $name) {
                $this->assertStringContainsString($name, $result['message']);
            }
            $this->assertStringNotContainsString('good (manager)', $result['message']);
            $this->assertSame(['manager'], $this->roles($result['moodleid'], $good->id));
        }
        $this->getDataGenerator()->create_user(['username' => 'nobody']);
        $this->assertSame('updated', $this->one($class)['status']);
    }

    /**
     * A class without a course has no staff, and says nothing of it; its course gets them. Several rows share one account.
     */
    public function test_without_course(): void {
        $user = $this->getDataGenerator()->create_user();
        $class = $this->generator->course_row(['create' => 0, 'staff' => [$this->line('nobody'), $this->line($user->username)]]);
        $result = $this->one($class);
        $this->assertSame(['updated', ''], [$result['status'], $result['errorcode']]);
        $other = $this->generator->course_row(['staff' => $class['staff']]);
        $results = (new courses([['create' => 1] + $class, $other]))->upsert();
        foreach ($results as $result) {
            $this->assertSame(['created', 'staffmissing'], [$result['status'], $result['errorcode']]);
            $this->assertSame(['manager'], $this->roles($result['moodleid'], $user->id));
        }
    }

    /**
     * A line of the staff.
     *
     * @param string $user
     * @param string $role
     * @return string[]
     */
    private function line(string $user, string $role = 'manager'): array {
        return ['user' => $user, 'role' => $role];
    }

    /**
     * Short names of the roles that somebody has in a course.
     *
     * @param int $courseid
     * @param int $userid
     * @return string[]
     */
    private function roles(int $courseid, int $userid): array {
        return array_values(array_column(get_user_roles(course_context::instance($courseid), $userid, false), 'shortname'));
    }

    /**
     * Carry out one row of a class.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new courses([$row]))->upsert()[0];
    }
}
