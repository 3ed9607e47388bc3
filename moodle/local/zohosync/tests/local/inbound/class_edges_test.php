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
 * Classes whose course people have worked on: what they did stays, and only what the sync did is undone.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\courses
 * @covers \local_zohosync\local\inbound\class_teacher
 * @covers \local_zohosync\local\inbound\class_staff
 * @covers \local_zohosync\local\inbound\course_roles
 */
final class class_edges_test extends \advanced_testcase {
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
     * A name that a person changed stays when something else changes in Zoho, and a name that Zoho takes away stays too.
     */
    public function test_names(): void {
        global $DB;
        $class = $this->generator->course_row();
        $courseid = $this->one($class)['moodleid'];
        $names = fn() => array_values((array) $DB->get_record('course', ['id' => $courseid], 'fullname, shortname'));
        $DB->update_record('course', (object) ['id' => $courseid, 'fullname' => 'By hand', 'shortname' => 'HAND']);
        $this->one(['unitname' => 'Unit 2', 'changehash' => md5('unit')] + $class);
        $this->assertSame(['By hand', 'HAND'], $names());
        $this->one(['shortname' => 'HAND', 'changehash' => md5('same')] + $class);
        $this->assertSame(['By hand', 'HAND'], $names(), 'its own name is not taken by another');
        $this->one(['fullname' => '', 'shortname' => '', 'changehash' => md5('none')] + $class);
        $this->assertSame(['By hand', 'HAND'], $names());
        $this->assertSame('', $DB->get_field('local_zohosync_course', 'fullname', []));
    }

    /**
     * A class of one day; then Zoho knows its dates no longer.
     */
    public function test_dates(): void {
        global $DB;
        $class = $this->generator->course_row(['startdate' => '2026-03-01', 'enddate' => '2026-03-01']);
        $result = $this->one($class);
        $this->assertSame('created', $result['status'], $result['message']);
        $dates = fn() => array_values((array) $DB->get_record('course', ['id' => $result['moodleid']], 'startdate, enddate'));
        [$start, $end] = $dates();
        $this->assertEquals(DAYSECS - 1, $end - $start);
        $this->one(['startdate' => '', 'enddate' => '', 'changehash' => md5('none')] + $class);
        $this->assertEquals([$start, 0], $dates(), 'Moodle wants a start; what has no end goes on');
    }

    /**
     * A class whose course is gone adopts another one as it is: hidden by whoever hid it, with the roles that she gave.
     */
    public function test_adopted_instead(): void {
        global $DB;
        [$teacher, $userid] = $this->teacher();
        $class = $this->generator->course_row(['hide' => 1, 'teacherid' => $teacher['zohoid']]);
        $this->assertNotSame(0, $first = $this->one($class)['moodleid']);
        delete_course($first, false);
        $other = $this->getDataGenerator()->create_course(['idnumber' => $class['zohoid'], 'visible' => 0]);
        $this->getDataGenerator()->enrol_user($userid, $other->id, 'editingteacher');
        $result = $this->one(['hide' => 0, 'changehash' => md5('shown')] + $class);
        $this->assertSame(['updated', (int) $other->id], [$result['status'], $result['moodleid']]);
        $this->assertEquals(0, $DB->get_field('course', 'visible', ['id' => $other->id]));
        [$next] = $this->teacher();
        $this->one(['hide' => 0, 'teacherid' => $next['zohoid'], 'changehash' => md5('next')] + $class);
        $this->assertSame(['editingteacher'], $this->roles((int) $other->id, $userid));
    }

    /**
     * Another role for the teacher: the former one goes although she has the new one already, and never comes back to the sync.
     */
    public function test_role_had_by_hand(): void {
        [$teacher, $userid] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        $give = fn($role) => $this->getDataGenerator()->role_assign($role, $userid, course_context::instance($courseid)->id);
        $give('teacher');
        $this->assertSame('updated', $this->one(['teacherrole' => 'teacher'] + $class)['status']);
        $this->assertSame(['teacher'], $this->roles($courseid, $userid));
        $give('editingteacher');
        $this->one(['teacherrole' => 'teacher', 'teacherid' => '', 'changehash' => md5('none')] + $class);
        $this->assertSame(['editingteacher', 'teacher'], $this->roles($courseid, $userid), 'both were given by hand');
    }

    /**
     * What a person took away and the sync gave again is still the sync's: it goes with the teacher.
     */
    public function test_given_again(): void {
        global $DB;
        foreach (['role_assignments', 'user_enrolments'] as $taken) {
            [$teacher, $userid] = $this->teacher();
            $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
            $courseid = $this->one($class)['moodleid'];
            $this->getDataGenerator()->create_and_enrol(get_course($courseid));
            $DB->delete_records($taken, ['userid' => $userid]);
            $this->assertSame('updated', $this->one($class)['status'], $taken);
            $this->assertSame(['editingteacher'], $this->roles($courseid, $userid));
            $this->one(['teacherid' => '', 'changehash' => md5('none')] + $class);
            $this->assertSame([], $this->roles($courseid, $userid), $taken);
            $this->assertFalse(is_enrolled(course_context::instance($courseid), $userid), $taken);
        }
    }

    /**
     * A teacher who comes after her class is new all the same; one who was deleted in Zoho comes into no class any more.
     */
    public function test_arrival(): void {
        global $DB;
        $teacher = $this->generator->teacher_row();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        $result = (new teachers([$teacher]))->upsert()[0];
        $this->assertSame('created', $result['status']);
        $this->assertSame(['editingteacher'], $this->roles($courseid, $result['moodleid']));

        [$gone, $goneid] = $this->teacher();
        $waiting = $this->generator->course_row();
        $waitingid = $this->one($waiting)['moodleid'];
        // As after a backup: the class names her, and does not have her yet.
        $DB->set_field('local_zohosync_course', 'teacherid', $gone['zohoid'], ['zohoid' => $waiting['zohoid']]);
        $result = (new teachers([['deleted' => 1, 'sourcetime' => 2000] + $gone]))->upsert()[0];
        $this->assertSame('updated', $result['status']);
        $this->assertSame([], $this->roles($waitingid, $goneid));
        $this->assertFalse(is_enrolled(course_context::instance($waitingid), $goneid));
    }

    /**
     * Somebody whose user name is her address is one person; a role elsewhere with the course's number is none in it.
     */
    public function test_staff(): void {
        global $DB;
        $dean = $this->getDataGenerator()->create_user(['username' => 'dean@college.example', 'email' => 'Dean@college.example']);
        $class = $this->generator->course_row(['staff' => [['user' => 'dean@college.example', 'role' => 'manager']]]);
        $result = $this->one($class);
        $this->assertSame(['created', ''], [$result['status'], $result['errorcode']], $result['message']);
        $this->assertSame(['manager'], $this->roles($result['moodleid'], (int) $dean->id));

        $elsewhere = $DB->insert_record('context', (object) [
            'contextlevel' => CONTEXT_COURSECAT, 'instanceid' => $result['moodleid'], 'path' => '/1/999999', 'depth' => 2,
        ]);
        $DB->set_field('role_assignments', 'contextid', $elsewhere, ['userid' => $dean->id]);
        $this->assertSame('updated', $this->one($class)['status']);
        $this->assertSame(['manager'], $this->roles($result['moodleid'], (int) $dean->id));
    }

    /**
     * A teacher who is in Moodle.
     *
     * @return array her row, her account's id
     */
    private function teacher(): array {
        $row = $this->generator->teacher_row();
        return [$row, (new teachers([$row]))->upsert()[0]['moodleid']];
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new courses([$row]))->upsert()[0];
    }

    /**
     * Short names of somebody's roles in a course.
     *
     * @param int $courseid
     * @param int $userid
     * @return string[]
     */
    private function roles(int $courseid, int $userid): array {
        $names = array_column(get_user_roles(course_context::instance($courseid), $userid, false), 'shortname');
        sort($names);
        return $names;
    }
}
