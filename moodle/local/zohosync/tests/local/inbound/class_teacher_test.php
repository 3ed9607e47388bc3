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
 * The teacher of a class is enrolled into its course, and replaced.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\class_teacher
 * @covers \local_zohosync\local\inbound\courses
 * @covers \local_zohosync\local\inbound\teachers
 */
final class class_teacher_test extends \advanced_testcase {
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
     * The teacher whom Zoho names is enrolled manually with the default role; again: nothing is written.
     */
    public function test_enrolled(): void {
        global $DB;
        [$teacher, $userid] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $result = $this->one($class);
        $this->assertSame('created', $result['status']);
        $this->assertSame(['editingteacher'], $this->roles($result['moodleid'], $userid));
        $this->assertTrue($this->is_enrolled($result['moodleid'], $userid));
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($class)['status']);
        $this->assertSame('unchanged', (new teachers([$teacher]))->upsert()[0]['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * Another teacher: the new one is enrolled, the former one loses role and enrolment that the sync gave.
     */
    public function test_replaced(): void {
        [$one, $oneid] = $this->teacher();
        [$two, $twoid] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $one['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        $this->assertSame('updated', $this->one($this->taught_by($two, $class))['status']);
        $this->assertSame([[], ['editingteacher']], [$this->roles($courseid, $oneid), $this->roles($courseid, $twoid)]);
        $this->assertSame([false, true], [$this->is_enrolled($courseid, $oneid), $this->is_enrolled($courseid, $twoid)]);
        // No teacher any more.
        $this->one(['teacherid' => '', 'sourcetime' => 3000, 'changehash' => md5('none')] + $class);
        $this->assertSame([], $this->roles($courseid, $twoid));
        $this->assertFalse($this->is_enrolled($courseid, $twoid));
    }

    /**
     * A role that somebody else gave the former teacher stays, and with it her enrolment.
     */
    public function test_other_role_stays(): void {
        [$one, $oneid] = $this->teacher();
        [$two] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $one['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        $this->getDataGenerator()->role_assign('teacher', $oneid, course_context::instance($courseid)->id);
        $this->one($this->taught_by($two, $class));
        $this->assertSame(['teacher'], $this->roles($courseid, $oneid));
        $this->assertTrue($this->is_enrolled($courseid, $oneid));
    }

    /**
     * Whoever was enrolled before the sync named her stays enrolled; with the same role: she keeps that too.
     */
    public function test_earlier_enrolment_stays(): void {
        global $DB;
        [$one, $oneid] = $this->teacher();
        [$two, $twoid] = $this->teacher();
        [$three] = $this->teacher();
        $class = $this->generator->course_row();
        $courseid = $this->one($class)['moodleid'];
        $this->getDataGenerator()->enrol_user($oneid, $courseid, 'editingteacher', 'manual', 100, 4000000000);
        $this->getDataGenerator()->enrol_user($twoid, $courseid, 'student');
        $this->one($this->taught_by($one, $class));
        $enrolment = $DB->get_record('user_enrolments', ['userid' => $oneid], 'timestart, timeend', MUST_EXIST);
        $this->assertEquals([100, 4000000000], array_values((array) $enrolment));
        $this->one($this->taught_by($two, $class, 3000));
        $this->assertSame(['editingteacher'], $this->roles($courseid, $oneid));
        $this->assertSame(['editingteacher', 'student'], $this->roles($courseid, $twoid));
        $this->one($this->taught_by($three, $class, 4000));
        $this->assertSame([['editingteacher'], ['student']], [$this->roles($courseid, $oneid), $this->roles($courseid, $twoid)]);
        $this->assertTrue($this->is_enrolled($courseid, $oneid) && $this->is_enrolled($courseid, $twoid));
    }

    /**
     * An enrolment that an administrator made is not removed although its last role was the sync's.
     */
    public function test_enrolment_without_role_stays(): void {
        [$one, $oneid] = $this->teacher();
        [$two] = $this->teacher();
        $class = $this->generator->course_row();
        $courseid = $this->one($class)['moodleid'];
        $instance = manual_enrolments::instance($courseid);
        enrol_get_plugin('manual')->enrol_user($instance, $oneid);
        $this->one($this->taught_by($one, $class));
        $this->one($this->taught_by($two, $class, 3000));
        $this->assertSame([], $this->roles($courseid, $oneid));
        $this->assertTrue($this->is_enrolled($courseid, $oneid));
    }

    /**
     * A teacher who arrives after her classes is enrolled into them: into those that are linked and not deleted.
     */
    public function test_teacher_arrives_later(): void {
        [$former, $formerid] = $this->teacher();
        $teacher = $this->generator->teacher_row();
        $class = $this->generator->course_row(['teacherid' => $former['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        $this->assertSame('updated', $this->one($this->taught_by($teacher, $class))['status']);
        $this->assertSame([], $this->roles($courseid, $formerid));
        $this->assertSame('unchanged', $this->one($this->taught_by($teacher, $class))['status']);
        $gone = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $goneid = $this->one($gone)['moodleid'];
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $gone);
        $this->one($this->generator->course_row(['teacherid' => $teacher['zohoid'], 'create' => 0]));
        $result = (new teachers([$teacher]))->upsert()[0];
        $this->assertSame('created', $result['status']);
        $this->assertSame(['editingteacher'], $this->roles($courseid, $result['moodleid']));
        $this->assertSame([], $this->roles($goneid, $result['moodleid']));
        $this->assertSame('unchanged', $this->one($this->taught_by($teacher, $class))['status']);
    }

    /**
     * The class's row says which role; one that is missing costs the row, which says so, and works once it is there.
     */
    public function test_role_setting(): void {
        global $DB;
        [$teacher, $userid] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid'], 'teacherrole' => 'lecturer']);
        $result = $this->one($class);
        $this->assertSame(['error', 'rolemissing'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString('lecturer', $result['message']);
        $this->assertSame(1, $DB->count_records('course'), 'the row left nothing behind');
        $this->getDataGenerator()->create_role(['shortname' => 'lecturer']);
        $this->assertSame(['lecturer'], $this->roles($this->one($class)['moodleid'], $userid));
    }

    /**
     * A teacher who arrives after her classes gets the role that each of them kept for her.
     */
    public function test_role_is_kept_for_a_later_teacher(): void {
        global $DB;
        $late = $this->generator->teacher_row();
        $waiting = array_map(fn($role) => $this->generator->course_row([
            'teacherid' => $late['zohoid'],
            'teacherrole' => $role,
        ]), ['lecturer', 'lecturer', 'teacher']);
        [$firstid, $secondid, $thirdid] = array_column((new courses($waiting))->upsert(), 'moodleid');
        $this->assertSame('rolemissing', (new teachers([$late]))->upsert()[0]['errorcode']);
        $lateid = (int) $DB->get_field('local_zohosync_teacher', 'userid', ['zohoid' => $late['zohoid']], MUST_EXIST);
        $this->assertSame(['teacher'], $this->roles($thirdid, $lateid));
        $this->getDataGenerator()->create_role(['shortname' => 'lecturer']);
        // Either row mends it, although neither has changed: the class's own, or the teacher's for all of hers.
        $this->assertSame('updated', $this->one($waiting[0])['status']);
        $this->assertSame([['lecturer'], []], [$this->roles($firstid, $lateid), $this->roles($secondid, $lateid)]);
        $this->assertSame('updated', (new teachers([$late]))->upsert()[0]['status']);
        $this->assertSame(['lecturer'], $this->roles($secondid, $lateid));
    }

    /**
     * Another role for the same teacher replaces the one that the sync gave, and only that; then she may be replaced as ever.
     */
    public function test_role_changes(): void {
        [$teacher, $userid] = $this->teacher();
        [$other, $otherid] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        $changed = ['teacherrole' => 'teacher'] + $class;
        $this->assertSame('updated', $this->one($changed)['status'], 'the form may hash the same');
        $this->assertSame(['teacher'], $this->roles($courseid, $userid));
        $this->assertSame('unchanged', $this->one($changed)['status']);
        $this->getDataGenerator()->role_assign('manager', $userid, course_context::instance($courseid)->id);
        $this->one($class);
        $this->assertSame(['editingteacher', 'manager'], $this->roles($courseid, $userid));
        $this->one($this->taught_by($other, $class));
        $this->assertSame([['manager'], ['editingteacher']], [$this->roles($courseid, $userid), $this->roles($courseid, $otherid)]);
    }

    /**
     * A role that was taken from the teacher in Moodle is given back, and stays the sync's to take.
     */
    public function test_lost_role_is_mended(): void {
        [$teacher, $userid] = $this->teacher();
        [$other] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $courseid = $this->one($class)['moodleid'];
        role_unassign_all(['userid' => $userid]);
        $this->assertSame('updated', $this->one($class)['status']);
        $this->assertSame(['editingteacher'], $this->roles($courseid, $userid));
        enrol_get_plugin('manual')->unenrol_user(manual_enrolments::instance($courseid), $userid);
        $this->assertSame('updated', $this->one($class)['status']);
        $this->assertTrue($this->is_enrolled($courseid, $userid));
        $this->one($this->taught_by($other, $class));
        $this->assertSame([[], false], [$this->roles($courseid, $userid), $this->is_enrolled($courseid, $userid)]);
    }

    /**
     * A course made anew gets the teacher again; so does a teacher whose account was made anew.
     */
    public function test_made_anew(): void {
        [$teacher, $userid] = $this->teacher();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        delete_course($this->one($class)['moodleid'], false);
        $courseid = $this->one($class)['moodleid'];
        $this->assertSame(['editingteacher'], $this->roles($courseid, $userid));
        delete_course($courseid, false);
        $courseid = (int) $this->getDataGenerator()->create_course(['idnumber' => $class['zohoid']])->id;
        $this->assertSame($courseid, $this->one($class)['moodleid']);
        $this->assertSame(['editingteacher'], $this->roles($courseid, $userid), 'adopted');
        delete_user(\core_user::get_user($userid));
        $this->one(['fullname' => 'Meanwhile', 'changehash' => md5('m')] + $class);
        $newid = (new teachers([$teacher]))->upsert()[0]['moodleid'];
        $this->assertNotSame($userid, $newid);
        $this->assertSame(['editingteacher'], $this->roles($courseid, $newid));
    }

    /**
     * An id that is none costs the row.
     */
    public function test_bad_id(): void {
        $this->assertSame('idinvalid', $this->one($this->generator->course_row(['teacherid' => '12']))['errorcode']);
        $this->assertSame('idinvalid', $this->one($this->generator->course_row(['programid' => 'x']))['errorcode']);
    }

    /**
     * A teacher with an account.
     *
     * @return array row, user id
     */
    private function teacher(): array {
        $row = $this->generator->teacher_row();
        return [$row, (new teachers([$row]))->upsert()[0]['moodleid']];
    }

    /**
     * The class with another teacher.
     *
     * @param array $teacher
     * @param array $class
     * @param int $sourcetime
     * @return array
     */
    private function taught_by(array $teacher, array $class, int $sourcetime = 2000): array {
        $id = $teacher['zohoid'];
        return ['teacherid' => $id, 'sourcetime' => $sourcetime, 'changehash' => md5($id)] + $class;
    }

    /**
     * Short names of the roles that somebody has in a course.
     *
     * @param int $courseid
     * @param int $userid
     * @return string[]
     */
    private function roles(int $courseid, int $userid): array {
        $roles = array_column(get_user_roles(course_context::instance($courseid), $userid, false), 'shortname');
        sort($roles);
        return $roles;
    }

    /**
     * Is somebody enrolled?
     *
     * @param int $courseid
     * @param int $userid
     * @return bool
     */
    private function is_enrolled(int $courseid, int $userid): bool {
        return is_enrolled(course_context::instance($courseid), $userid);
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
